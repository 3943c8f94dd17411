"""The office's tables as an Excel workbook: units, adoption, visits, annual files and the others.

Offers :func:`write_tables`, which draws them from the data model, empty or as on record, and
:func:`parse_tables` with ``judge`` and ``merge``, which take them back.
Must not know: score forms, intake, and how rows are recorded.
"""

from assess.exchange.tables.draw import TablesBook, write_tables
from assess.exchange.tables.parse import ParsedSheet, has_tables, parse_tables

__all__ = [
    "ParsedSheet",
    "TablesBook",
    "has_tables",
    "parse_tables",
    "write_tables",
]
