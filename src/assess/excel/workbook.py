"""A workbook from outside as plain cells, with nothing that could run.

The zip file is checked before openpyxl opens it: its unpacked size, macros, links to other files,
embedded objects and how far apart its cells are. A hostile file can still cost much memory or
time, so :mod:`assess.excel.confined` calls :func:`read_workbook` in a child process with limits.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from assess.base.errors import InputError, input_error
from assess.base.machine_faults import reason
from assess.excel.cells_only import cells_only

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Kind = Literal["text", "number", "percent", "flag", "date", "formula", "error"]
Where = tuple[int, int]
"""Row and column of a cell, both from 1."""

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column."""

MAX_BYTES = 20 * 1024 * 1024
_MAX_UNPACKED = 120 * 1024 * 1024
_MAX_PARTS = 3000
_MAX_SHEETS = 600
_MAX_ROW, _MAX_COLUMN = 5000, 120
_MAX_CELLS, _MAX_MERGED = 400_000, 20_000
_CELL = re.compile(rb'\br="([A-Z]{1,4})([0-9]{1,9})"')
_MERGED = re.compile(
    rb'<mergeCell\b[^>]*?\bref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"'
)
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")
"""How a workbook writes control characters, which XML cannot hold."""
_LITERAL = re.compile(r'"[^"]*"|\\.')
"""Literal text in a number format."""
_DECLARATION = b"<!DOCTYPE"
_STRICT, _HEAD = b"purl.oclc.org/ooxml", 4096
"""The names of *Strict Open XML*, which openpyxl does not know, near the top of a worksheet."""
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
"""The kind and content of a cell; plain tuples, because many are sent between processes.

A formula is its text, a date a datetime, an Excel error its name. A number that its format shows as
a percentage is a *percent*: whoever wrote 1 there sees 100 %.
"""


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One worksheet: its cells by row and column, its merged areas, and whether it is hidden."""

    name: str
    cells: dict[Where, Cell]
    merged: tuple[Area, ...] = ()
    hidden: bool = False

    def texts(self) -> Iterator[tuple[Where, str]]:
        """Yield the cells that hold text, row by row."""
        for where in sorted(self.cells):
            kind, value = self.cells[where]
            if kind == "text":
                yield where, value


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook: its worksheets in order, and the day from which its serial numbers count."""

    sheets: tuple[Worksheet, ...]
    epoch: dt.datetime = field(default=dt.datetime.fromisoformat("1899-12-30"))

    def day(self, serial: float) -> dt.date:
        """Return the day of a serial number in this workbook's date system."""
        return (self.epoch + dt.timedelta(days=int(serial))).date()


def read_workbook(path: Path) -> Workbook:
    """Return a workbook's cells; raise ``InputError`` for anything but a plain ``.xlsx``."""
    name = path.name
    looked = _look_at_zip(path)
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    try:
        # read-only: the other mode formats merged areas and takes three times as long
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about looks, and what the sender cannot see
            book = openpyxl.load_workbook(
                cells_only(looked.parts), read_only=True, keep_links=False
            )
            sheets = tuple(_sheet(sheet, looked.merged) for sheet in book.worksheets)
        epoch = book.epoch
        book.close()
        cells = sum(len(sheet.cells) for sheet in sheets)
    except MemoryError:
        raise
    except Exception as error:
        # openpyxl fails in many ways on a damaged workbook; to the sender they all mean the same
        raise input_error("workbook-broken", name, reason=type(error).__name__) from error
    base = (
        dt.datetime.fromisoformat("1904-01-01")
        if epoch == CALENDAR_MAC_1904
        else dt.datetime.fromisoformat("1899-12-30")
    )
    if cells > _MAX_CELLS:
        raise input_error(
            "workbook-large", name, found=cells, limit=_MAX_CELLS, what="ô có nội dung"
        )
    return Workbook(sheets, base)


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """The parts of a zip file that has nothing unsafe in it, and each worksheet's merged areas."""

    parts: dict[str, bytes]
    merged: dict[str, tuple[Area, ...]]


def _look_at_zip(path: Path) -> _LookedAt:
    """Refuse unsafe or oversized files; return their parts by name."""
    name = path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            magic = handle.read(8)
    except OSError as error:
        raise input_error("unreadable", name, reason=reason(error)) from error
    if size == 0:
        raise input_error("empty-file", name)
    if size > MAX_BYTES:
        raise input_error("too-large", name, size=size, limit=MAX_BYTES)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise input_error("workbook-old", name)
    if not magic.startswith(b"PK"):
        raise input_error("not-a-workbook", name)
    try:
        with zipfile.ZipFile(path) as archive:
            return _look_at_parts(name, archive)
    except InputError:
        raise
    except MemoryError:
        raise
    except Exception as error:
        raise input_error("workbook-broken", name, reason=type(error).__name__) from error


def _look_at_parts(name: str, archive: zipfile.ZipFile) -> _LookedAt:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _MAX_UNPACKED or len(parts) > _MAX_PARTS:
        raise input_error("workbook-bomb", name, size=unpacked, limit=_MAX_UNPACKED)
    if any(part.flag_bits & 1 for part in parts):
        raise input_error("workbook-old", name)
    lower = [part.filename.lower() for part in parts]
    for mark, code in _UNWANTED:
        found = next((part for part in lower if mark in part), None)
        if found is not None:
            raise input_error(code, name, found=found)
    if "[content_types].xml" not in lower or not any(part.startswith("xl/") for part in lower):
        raise input_error("not-a-workbook", name)
    sheets = [
        part
        for part in parts
        if part.filename.lower().startswith("xl/worksheets/")
        and part.filename.lower().endswith(".xml")
    ]
    if len(sheets) > _MAX_SHEETS:
        raise input_error("workbook-sheets", name, found=len(sheets), limit=_MAX_SHEETS)
    merged = {}
    contents: dict[str, bytes] = {}
    for part in sheets:
        raw = contents[part.filename] = _without_declarations(name, archive, part)
        if _STRICT in raw[:_HEAD]:
            raise input_error("workbook-strict", name)
        merged[part.filename] = _areas(name, raw)
    for part in parts:  # whatever they are called: the workbook says which of them are XML
        if part.filename not in merged:
            contents[part.filename] = _without_declarations(name, archive, part)
    return _LookedAt(contents, merged)


def _areas(name: str, raw: bytes) -> tuple[Area, ...]:
    """Return the merged areas of a worksheet; refuse cells too far apart and too many areas."""
    for letters_, row in _CELL.findall(raw):
        if int(row) > _MAX_ROW or _number(letters_) > _MAX_COLUMN:
            raise input_error(
                "workbook-wide",
                name,
                found=(letters_ + row).decode(),
                rows=_MAX_ROW,
                columns=_MAX_COLUMN,
            )
    areas = _MERGED.findall(raw)
    if len(areas) > _MAX_MERGED:
        raise input_error(
            "workbook-large", name, found=len(areas), limit=_MAX_MERGED, what="vùng gộp ô"
        )
    return tuple(
        (int(r1), _number(c1), min(int(r2), _MAX_ROW), min(_number(c2), _MAX_COLUMN))
        for c1, r1, c2, r2 in areas
    )


def _without_declarations(name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Return a part; refuse a declaration of a document type, in whatever encoding.

    No office program writes one. Entities, which can unfold without end or point elsewhere, stand
    in it only.
    """
    raw = archive.read(part)
    if _DECLARATION in raw or _DECLARATION in raw.replace(b"\0", b""):
        raise input_error("workbook-entities", name, found=part.filename[:80])
    return raw


def _number(letters_: bytes) -> int:
    number = 0
    for letter in letters_:
        number = number * 26 + letter - 64
    return number


def _sheet(sheet: Any, merged: dict[str, tuple[Area, ...]]) -> Worksheet:
    cells = {}
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                read = _cell(cell)
                if read is not None:
                    cells[cell.row, cell.column] = read
    areas = merged.get(sheet._worksheet_path, ())  # noqa: SLF001 - openpyxl has no public name for a worksheet's part
    return Worksheet(str(sheet.title), cells, areas, sheet.sheet_state != "visible")


def _cell(cell: Any) -> Cell | None:
    value, kind = cell.value, cell.data_type
    if kind == "f":
        return ("formula", str(getattr(value, "text", value) or "="))
    if kind == "e":
        return ("error", str(value))
    if isinstance(value, bool):
        return ("flag", value)
    if isinstance(value, int | float):
        shown = _LITERAL.sub("", str(cell.number_format or ""))
        return ("percent" if "%" in shown else "number", float(value))
    if isinstance(value, dt.datetime):
        return ("date", value)
    if isinstance(value, dt.date):
        return ("date", dt.datetime.combine(value, dt.time()))
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))
    return ("text", text) if text.strip() else None
