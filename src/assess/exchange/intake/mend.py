"""A copy of a workbook with some cells corrected, to be taken in as if it had been sent anew."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from assess.base.errors import InputError, input_error
from assess.base.text import tidy
from assess.excel.confined import read_workbooks
from assess.exchange.intake.marked import write_marked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assess.excel.workbook import Cell, Where, Worksheet

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def write_mended(path: Path, target: Path, values: Mapping[str, str]) -> None:
    """Write a copy of a workbook with other values in some cells; the file itself stays.

    ``values`` are texts by address: ``E12``, or ``worksheet!E12`` in a workbook with several; an
    empty text empties the cell. Raise ``InputError`` for a file that cannot be read, a worksheet
    or an address that is not there.
    """
    ((_, book),) = read_workbooks([path])
    if isinstance(book, InputError):
        raise book
    by_sheet: dict[str, dict[Where, str]] = {}
    for address, value in values.items():
        name, _, cell = address.rpartition("!")
        by_sheet.setdefault(_sheet_of(path, book.sheets, name), {})[_where(path, cell)] = value
    sheets = tuple(
        replace(sheet, cells=_with(sheet, by_sheet.get(sheet.name, {}))) for sheet in book.sheets
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    write_marked(target, replace(book, sheets=sheets), ())


def _sheet_of(path: Path, sheets: tuple[Worksheet, ...], name: str) -> str:
    if not name and len(sheets) == 1:
        return sheets[0].name
    for sheet in sheets:
        if tidy(sheet.name) == tidy(name):
            return sheet.name
    raise input_error(
        "no-such-sheet", path.name, allowed=[sheet.name for sheet in sheets], found=name
    )


def _where(path: Path, cell: str) -> Where:
    found = _CELL.fullmatch(cell.strip().upper())
    if found is None:
        raise input_error("no-such-cell", path.name, found=cell)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _with(sheet: Worksheet, values: Mapping[Where, str]) -> dict[Where, Cell]:
    cells: dict[Where, Cell] = dict(sheet.cells)
    for where, value in values.items():
        cells[where] = ("text", tidy(value))
        if not tidy(value):
            del cells[where]
    return cells
