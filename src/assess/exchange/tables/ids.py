"""The id in a hidden cell of a table's worksheet: which table, and as on record at which link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.base import digests
from assess.base.text import tidy
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from assess.excel.workbook import Where, Worksheet

MARK = "assess|tables|"
LISTS = "assess-lists"
"""The first cell of the hidden worksheet with the choices of the others."""
VERSION = 1


@dataclass(frozen=True, slots=True)
class TableId:
    """The identity of a table's worksheet.

    ``rows`` is the digest of the rows as they were written, ``link`` the end of the store's chain
    then and ``moment`` that of the records; all are empty where there was no store. ``scope`` is
    the unit that the rows are about, with those below it; empty for all.
    """

    table: str
    link: str = ""
    moment: str = ""
    scope: str = ""
    rows: str = ""
    version: int = VERSION

    def __str__(self) -> str:
        """Return the id as written in the hidden cell, with a checksum."""
        parts = (self.table, str(self.version), self.link, self.moment, self.scope, self.rows)
        body = MARK + "|".join(parts)
        return f"{body}|{digests.of_text(body)[:8]}"


def parse_table_id(text: str) -> TableId:
    """Parse an id; raise ``ValueError`` if it is damaged."""
    table, version, link, moment, scope, rows, _ = [
        *tidy(text).removeprefix(MARK).split("|"),
        *[""] * 7,
    ][:7]
    found = TableId(table, link, moment, scope, rows, int(version))
    if str(found) != tidy(text) or table not in TABLES:
        raise ValueError(text)
    return found


def find_table_id(sheet: Worksheet) -> tuple[Where, str] | None:
    """Return the cell that holds a table's id and its text, or None."""
    marked = ((where, text) for where, text in sheet.texts() if MARK in text)
    return next((found for found in marked if tidy(found[1]).startswith(MARK)), None)


def is_lists(sheet: Worksheet) -> bool:
    """Whether a worksheet holds the choices of the others."""
    return any(text == LISTS for _, text in sheet.texts())
