"""Rows that a person typed somewhere else than in Excel, as a worksheet that intake takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.excel.style import new_workbook, save
from assess.exchange.tables.layout import titles
from assess.records.tables import TABLES
from assess.records.words import TABLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def write_typed(path: Path, rows: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    """Write rows as typed, by table, under the titles of their columns.

    A column that no row has is left out; intake reads words, names and days as on any worksheet.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    book = new_workbook(path, "Dòng gõ tay")
    for name, theirs in rows.items():
        sheet = book.add_worksheet(TABLE_NAMES[name].capitalize()[:31])
        needed = {column.name for column in TABLES[name].columns if column.required}
        shown = [
            (column, title)
            for column, title in titles(TABLES[name]).items()
            if column in needed or any(row.get(column) for row in theirs)
        ]
        for place, (column, title) in enumerate(shown):
            sheet.write_string(0, place, title)
            for number, row in enumerate(theirs, start=1):
                if row.get(column):
                    sheet.write_string(number, place, row[column])
    save(book, path)
