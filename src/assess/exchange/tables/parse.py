"""Parse the worksheets of a workbook of tables into tables of text, each row with what it was.

Columns are found by their hidden marks and rows by where they stand, so moved, sorted and inserted
ones do no harm. A worksheet without marks is read by its titles, like a CSV file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, Place
from assess.base.text import casefold_vi, tidy
from assess.exchange.forms.cells import percent, shown, unseen, unusable
from assess.exchange.forms.parsed import find_id
from assess.exchange.forms.printed import other_heads
from assess.exchange.tables.ids import VERSION, TableId, find_table_id, is_lists, parse_table_id
from assess.exchange.tables.layout import (
    HIDDEN_KEYS,
    NUMBER,
    OFFICE_TABLES,
    WITHDRAW,
    columns_shown,
    titles,
)
from assess.exchange.text_table import TextTable
from assess.exchange.written import WANTED, canonical
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assess.excel.workbook import Cell, Where, Workbook, Worksheet
    from assess.records.columns import ColumnSpec, TableSpec

ROW, HEAD, END, SIGNED = "row:", "@head", "@end", "@signed"
"""What stands in the hidden column: the key of a row, the last row of the head, what follows."""
_TOP = 30
"""The rows among which the titles of a plain worksheet are looked for."""

Key = tuple[str, ...]


@dataclass
class ParsedSheet:
    """One worksheet as a table of text.

    ``keys`` are those with which its rows were written, None for added ones, and ``reasons`` why a
    row is to be withdrawn. ``about`` is None for a plain worksheet.
    """

    name: str
    text: TextTable
    keys: list[Key | None]
    reasons: list[str]
    about: TableId | None
    columns: Mapping[str, int] = field(default_factory=dict)

    @property
    def table(self) -> TableSpec:
        """The table's specification."""
        return TABLES[self.name]


def has_tables(book: Workbook) -> bool:
    """Whether a workbook has tables of an office: ours, or plain ones with such titles."""
    if any(find_table_id(sheet) is not None for sheet in book.sheets):
        return True
    if any(find_id(sheet) is not None for sheet in book.sheets):
        return False
    return any(_plain_head(sheet) is not None for sheet in book.sheets)


def parse_tables(file: str, book: Workbook) -> tuple[list[ParsedSheet], list[Finding]]:
    """Return the tables of a workbook and the findings on its worksheets and cells."""
    found: list[ParsedSheet] = []
    findings: list[Finding] = []
    for sheet in book.sheets:
        place = Place(file, sheet=tidy(sheet.name))
        where = find_table_id(sheet)
        if where is not None:
            parsed = _ours(file, sheet, book, where, findings)
        elif is_lists(sheet) or not sheet.cells:
            continue
        else:
            parsed = _plain(file, sheet, book, findings)
            if parsed is None:
                findings.append(Finding("sheet-not-a-table", place))
        if parsed is not None:
            found.append(parsed)
    return found, findings


def _ours(
    file: str, sheet: Worksheet, book: Workbook, at: tuple[Where, str], findings: list[Finding]
) -> ParsedSheet | None:
    (top, left), text = at
    place = Place(file, sheet=tidy(sheet.name))
    try:
        about = parse_table_id(text)
    except ValueError:
        findings.append(Finding("table-id-changed", place))
        return None
    if about.version != VERSION:
        facts = {"found": about.version, "wanted": VERSION}
        findings.append(Finding("table-version", place, facts))
        return None
    table = TABLES[about.table]
    columns = {
        tidy(mark).removeprefix("@"): where[1]
        for where, mark in sheet.texts()
        if where[0] == top and where[1] != left and mark.startswith("@")
    }
    keyed = {where[0]: tidy(mark) for where, mark in sheet.texts() if where[1] == left}
    head = max((row for row, mark in keyed.items() if mark == HEAD), default=top)
    _check_columns(sheet, table, columns, place, (top, head), findings)
    closing = {row for row, mark in keyed.items() if mark in (END, SIGNED)}
    end = min((row for row, mark in keyed.items() if mark == END), default=0)
    rows = [
        row
        for row in _written(sheet, {**columns, NUMBER: 0}.values())
        if row > head and row not in closing
    ]
    if end and (below := [row for row in rows if row > end]):
        spot = Place(file, below[0], min(columns.values(), default=1), "", tidy(sheet.name))
        findings.append(Finding("row-below-table", spot))
        rows = [row for row in rows if row < end]
    keys = [_key(keyed.get(row, ""), len(table.key)) for row in rows]
    return _parsed(file, sheet, book, table, columns, rows, keys, about, findings)


def _key(mark: str, length: int) -> Key | None:
    if not mark.startswith(ROW):
        return None
    try:
        found = json.loads(mark.removeprefix(ROW))
    except ValueError:
        return None
    sound = isinstance(found, list) and len(found) == length
    return tuple(str(part) for part in found) if sound else None


def _check_columns(
    sheet: Worksheet,
    table: TableSpec,
    columns: dict[str, int],
    place: Place,
    rows: tuple[int, int],
    findings: list[Finding],
) -> None:
    """Report marks of columns that are missing, and titles that stand over another column."""
    called = titles(table)
    for name in [name for name in columns if name not in called]:
        del columns[name]
    for column in columns_shown(table):
        needed = column.required and not (table.name == "unit" and column.name == "unit_id")
        if needed and column.name not in columns:
            findings.append(Finding("missing-column", place, {"wanted": called[column.name]}))
    above: dict[str, dict[str, Where]] = {name: {} for name in columns}
    for where, text in sheet.texts():
        for name, at in columns.items():
            if where[1] == at and rows[0] < where[0] <= rows[1]:
                above[name].setdefault(text, where)
    for name, text in other_heads(above, {name: called[name] for name in columns}):
        spot = Place(place.file, *above[name][text], "", place.sheet)
        findings.append(Finding("column-other", spot, {"found": text, "wanted": called[name]}))


def _plain(
    file: str, sheet: Worksheet, book: Workbook, findings: list[Finding]
) -> ParsedSheet | None:
    found = _plain_head(sheet)
    if found is None:
        return None
    table, head, columns = found
    rows = [row for row in _written(sheet, columns.values()) if row > head]
    return _parsed(file, sheet, book, table, columns, rows, [None] * len(rows), None, findings)


def _plain_head(sheet: Worksheet) -> tuple[TableSpec, int, dict[str, int]] | None:
    """Return the table whose titles a row among the first has, that row and the columns."""
    rows: dict[int, dict[str, int]] = {}
    for (row, column), (kind, value) in sheet.cells.items():
        if row <= _TOP and kind == "text":
            rows.setdefault(row, {})[casefold_vi(str(value))] = column
    for row, texts in sorted(rows.items()):
        fitting = []
        for name in OFFICE_TABLES:
            columns = _columns_titled(TABLES[name], texts)
            if columns is not None:
                fitting.append((TABLES[name], row, columns))
        if fitting:
            return max(fitting, key=lambda each: len(each[2]))
    return None


def _columns_titled(table: TableSpec, texts: Mapping[str, int]) -> dict[str, int] | None:
    """Return the columns that a row of titles names, or None unless all needed ones are there."""
    found = {}
    for column in table.columns:
        for title in (column.name, words.title_of(column.name, table.name)):
            if casefold_vi(title) in texts:
                found[column.name] = texts[casefold_vi(title)]
    made = {HIDDEN_KEYS.get(table.name), "unit_id" if table.name == "unit" else None}
    needed = {c.name for c in table.columns if c.required} - made
    return found if needed <= set(found) else None


def _written(sheet: Worksheet, columns: Iterator[int] | Any) -> list[int]:
    """Return the rows with content in one of some columns."""
    wanted = set(columns)
    return sorted({row for row, column in sheet.cells if column in wanted})


def _parsed(  # noqa: PLR0917 - all of a worksheet
    file: str,
    sheet: Worksheet,
    book: Workbook,
    table: TableSpec,
    columns: Mapping[str, int],
    rows: Sequence[int],
    keys: list[Key | None],
    about: TableId | None,
    findings: list[Finding],
) -> ParsedSheet:
    called, name = titles(table), tidy(sheet.name)
    texts: dict[str, list[str]] = {}
    for column in table.columns:
        if column.name in columns:
            texts[column.name] = []
            for row in rows:
                where = (row, columns[column.name])
                text, problem = _text(column, sheet.cells.get(where), book)
                if problem is not None:
                    place = Place(file, *where, called.get(column.name, ""), name)
                    findings.append(Finding(problem.code, place, problem.facts))
                texts[column.name].append(text)
    reasons = [
        shown(cell) if (cell := sheet.cells.get((row, columns.get(WITHDRAW, 0)))) else ""
        for row in rows
    ]
    whole = TextTable(
        file,
        texts,
        {c: at for c, at in columns.items() if c in texts},
        list(rows),
        name,
        called,
    )
    return ParsedSheet(table.name, whole, keys, reasons, about, columns)


def _text(column: ColumnSpec, cell: Cell | None, book: Workbook) -> tuple[str, Finding | None]:
    """Return a cell's content in the form of the records, or what is wrong with it."""
    if cell is None:
        return "", None
    problem = unusable(cell) or percent(cell)
    if problem is not None:
        return "", problem
    kind, value = cell
    if kind == "text":
        text = tidy(str(value))  # only what people say in their own words has several lines
        found = unseen(cell)
        return canonical(column, text if column.free else " ".join(text.split())), found
    if kind == "date":
        return _of_day(column, cell)
    if kind == "flag":
        said = "true" if value else "false"
        return (said, None) if column.dtype == "flag" else ("", _unfit(column, cell))
    if column.dtype == "date" and 30_000 <= value <= 60_000 and value == int(value):
        return book.day(value).isoformat(), None
    plain = str(int(value)) if value == int(value) and abs(value) < 1e12 else repr(value)
    return canonical(column, plain), None


def _of_day(column: ColumnSpec, cell: Cell) -> tuple[str, Finding | None]:
    day = cell[1]
    if column.dtype == "date" and not (day.hour or day.minute):
        return day.date().isoformat(), None
    if column.dtype in ("month", "period") and day.day == 1:
        return f"{day:%Y-%m}", None
    if column.dtype in ("date", "month", "period"):
        return "", _unfit(column, cell)
    wanted = WANTED.get(column.dtype, "chữ")
    return "", Finding("excel-changed", Place(""), {"found": shown(cell), "wanted": wanted})


def _unfit(column: ColumnSpec, cell: Cell) -> Finding:
    facts = {"found": shown(cell), "wanted": WANTED.get(column.dtype, "chữ")}
    return Finding("bad-value", Place(""), facts)
