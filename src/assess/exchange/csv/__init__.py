"""Read and write records as a folder of CSV files.

Offers :class:`CsvFolder`, a source of records, and strict reading and writing: every finding has
its file, line and column.
Must not know: score forms, intake and the store.
"""

from assess.exchange.csv.folder import CsvFolder, read_folder, write_folder

__all__ = ["CsvFolder", "read_folder", "write_folder"]
