"""Read and write records as a folder of CSV files."""

from assess.exchange.csv.folder import CsvFolder, read_folder, write_folder

__all__ = ["CsvFolder", "read_folder", "write_folder"]
