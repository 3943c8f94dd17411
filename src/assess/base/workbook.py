"""A workbook from outside, as plain cells: what stands where, and nothing that could run.

openpyxl reads it, after the zip itself was looked at: how large it unpacks to, whether it holds macros, links to other
files or embedded objects, and how far apart its cells stand. A hostile file can still make a reader take much memory or
time, so :mod:`assess.base.confined` calls :func:`read_workbook` in a child process with limits.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from assess.base.errors import InputError, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Kind = Literal["text", "number", "flag", "date", "formula", "error"]
Where = tuple[int, int]
"""Row and column of a cell, both from 1."""

MAX_BYTES = 20 * 1024 * 1024
_MAX_UNPACKED = 120 * 1024 * 1024
_MAX_PARTS = 3000
_MAX_SHEETS = 600
_MAX_ROW, _MAX_COLUMN = 5000, 120
_CELL = re.compile(rb'\br="([A-Z]{1,4})([0-9]{1,9})"')
_UNWANTED = (
    ("vbaproject", "workbook-macros"),
    ("xl/macrosheets/", "workbook-macros"),
    ("xl/externallinks/", "workbook-links"),
    ("xl/connections", "workbook-links"),
    ("xl/querytables/", "workbook-links"),
    ("xl/embeddings/", "workbook-objects"),
    ("xl/activex/", "workbook-objects"),
)


Cell = tuple[Kind, Any]
"""What stands in a cell: a formula as its text, a date as a date, an Excel error as its name. Plain, because many travel."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its cells by row and column, and its merged areas as (first row, first column, last row, last column)."""

    name: str
    cells: dict[Where, Cell]
    merged: tuple[tuple[int, int, int, int], ...] = ()

    def texts(self) -> Iterator[tuple[Where, str]]:
        """Yield the cells that hold text, row by row."""
        for where in sorted(self.cells):
            kind, value = self.cells[where]
            if kind == "text":
                yield where, value


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: its sheets in order, and the day from which its serial numbers count."""

    sheets: tuple[Sheet, ...]
    epoch: dt.datetime = field(default=dt.datetime.fromisoformat("1899-12-30"))

    def day(self, serial: float) -> dt.date:
        """Return the day that a serial number stands for in this workbook's date system."""
        return (self.epoch + dt.timedelta(days=int(serial))).date()


def read_workbook(path: Path) -> Book:
    """Read a workbook; anything that is not an honest ``.xlsx`` is an :class:`~assess.base.errors.InputError`."""
    name = path.name
    _look_at_zip(path)
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    try:
        book = openpyxl.load_workbook(path, keep_vba=False, keep_links=False, rich_text=False)
        sheets = tuple(_sheet(sheet) for sheet in book.worksheets)
        epoch = book.epoch
    except MemoryError:
        raise
    except Exception as error:
        # a damaged workbook makes the reader fail in any way it can; each means the same to its sender
        raise refuse("workbook-broken", name, reason=type(error).__name__) from error
    base = dt.datetime.fromisoformat("1904-01-01") if epoch == CALENDAR_MAC_1904 else dt.datetime.fromisoformat("1899-12-30")
    return Book(sheets, base)


def _look_at_zip(path: Path) -> None:
    name = path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            magic = handle.read(8)
    except OSError as error:
        raise refuse("unreadable", name, reason=error.strerror or "?") from error
    if size == 0:
        raise refuse("empty-file", name)
    if size > MAX_BYTES:
        raise refuse("too-large", name, size=size, limit=MAX_BYTES)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("workbook-old", name)
    if not magic.startswith(b"PK"):
        raise refuse("not-a-workbook", name)
    try:
        with zipfile.ZipFile(path) as archive:
            _look_at_parts(name, archive)
    except InputError:
        raise
    except MemoryError:
        raise
    except Exception as error:
        raise refuse("workbook-broken", name, reason=type(error).__name__) from error


def _look_at_parts(name: str, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _MAX_UNPACKED or len(parts) > _MAX_PARTS:
        raise refuse("workbook-bomb", name, size=unpacked, limit=_MAX_UNPACKED)
    if any(part.flag_bits & 1 for part in parts):
        raise refuse("workbook-old", name)
    lower = [part.filename.lower() for part in parts]
    for mark, code in _UNWANTED:
        found = next((part for part in lower if mark in part), None)
        if found is not None:
            raise refuse(code, name, found=found)
    if "[content_types].xml" not in lower or not any(part.startswith("xl/") for part in lower):
        raise refuse("not-a-workbook", name)
    sheets = [part for part in parts if part.filename.lower().startswith("xl/worksheets/") and part.filename.lower().endswith(".xml")]
    if len(sheets) > _MAX_SHEETS:
        raise refuse("workbook-sheets", name, found=len(sheets), limit=_MAX_SHEETS)
    for part in sheets:
        for letters_, row in _CELL.findall(archive.read(part)):
            if int(row) > _MAX_ROW or _number(letters_) > _MAX_COLUMN:
                raise refuse("workbook-wide", name, found=(letters_ + row).decode(), rows=_MAX_ROW, columns=_MAX_COLUMN)


def _number(letters_: bytes) -> int:
    number = 0
    for letter in letters_:
        number = number * 26 + letter - 64
    return number


def _sheet(sheet: Any) -> Sheet:
    cells = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                read = _cell(cell)
                if read is not None:
                    cells[cell.row, cell.column] = read
    merged = tuple((area.min_row, area.min_col, area.max_row, area.max_col) for area in sheet.merged_cells.ranges)
    return Sheet(str(sheet.title), cells, merged)


def _cell(cell: Any) -> Cell | None:
    value, kind = cell.value, cell.data_type
    if kind == "f":
        return ("formula", str(getattr(value, "text", value) or "="))
    if kind == "e":
        return ("error", str(value))
    if isinstance(value, bool):
        return ("flag", value)
    if isinstance(value, int | float):
        return ("number", float(value))
    if isinstance(value, dt.datetime):
        return ("date", value)
    if isinstance(value, dt.date):
        return ("date", dt.datetime.combine(value, dt.time()))
    text = str(value)
    return ("text", text) if text.strip() else None
