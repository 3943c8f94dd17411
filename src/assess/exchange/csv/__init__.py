"""Records as a folder of CSV files."""
