"""The records (organisation tree, meetings, score sheets) and the slice of one report.

Offers the tables and their columns, the dated organisation tree, adoptions, the source protocol,
and the slice, which is the immutable inputs of one report.
Must not know: file formats of offices (CSV, Excel, DuckDB), scores and notebooks.
"""

from assess.records.cut_slice import make_slice
from assess.records.slice_files import OWN_FILES, open_slice, slice_files, write_slice
from assess.records.slices import AUTO, Slice
from assess.records.source import Records, RecordSource
from assess.records.tables import TABLES
from assess.records.tree import Tree, Unit

__all__ = [
    "AUTO",
    "OWN_FILES",
    "TABLES",
    "RecordSource",
    "Records",
    "Slice",
    "Tree",
    "Unit",
    "make_slice",
    "open_slice",
    "slice_files",
    "write_slice",
]
