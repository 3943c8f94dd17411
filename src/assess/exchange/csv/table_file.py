"""One table in a CSV file, read strictly: every finding at ``file:line:column``.

Nothing is guessed, dropped or repaired except what has no meaning: Unicode form, control characters, spaces around a
value; and the separator, which spreadsheets choose by the language of the system (comma, semicolon or tab).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.errors import Finding, InputError, Place, column_letters, input_error
from assess.base.faults import reason
from assess.base.text import nearest, tidy
from assess.records.tables import WANTED, frame, read_value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from assess.records.columns import ColumnSpec, TableSpec

_MAX_BYTES = 512 * 1024 * 1024
SEPARATORS = (",", ";", "\t")
_LIVE = ("=", "+", "-", "@", "'")
_HINTS = 20
"""How many wrong names get the nearest right one beside them; looking for it is slow."""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """One file's cells by column, and the line on which each row begins."""

    name: str
    columns: dict[str, list[str]]
    positions: dict[str, int]
    lines: list[int]

    def place(self, row: int, column: str) -> Place:
        """Return where a value stands."""
        position = self.positions.get(column, 0)
        return Place(
            self.name,
            self.lines[row],
            position,
            f"cột {column}, {column_letters(position)}" if position else "",
        )


def read_file(
    path: Path, table: TableSpec, findings: list[Finding], shown_as: str = ""
) -> CsvTable:
    """Read a file's cells as text; damaged rows go to ``findings``, a damaged file is an ``InputError``."""
    name = shown_as or path.name
    try:
        size = path.stat().st_size
        if size > _MAX_BYTES:
            raise input_error("too-large", name, size=size, limit=_MAX_BYTES)
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise input_error("no-table", str(path), found=table.name) from error
    except OSError as error:
        raise input_error("unreadable", str(path), reason=reason(error)) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [Finding("not-utf8", Place(name, raw[: error.start].count(b"\n") + 1))]
        ) from error
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    header = [tidy(cell) for cell in _next(reader, name, 1) or []]
    if not any(header):
        raise InputError([Finding("no-header", Place(name, 1))])
    _check_header(name, table, header)
    cells: list[list[str]] = []
    lines: list[int] = []
    line = reader.line_num + 1
    while (row := _next(reader, name, line)) is not None:
        swallowed = None
        if reader.line_num > line:  # a record of several lines: a cell has a line break in it
            swallowed = next(
                (
                    i
                    for i, cell in enumerate(row)
                    if "\n" in cell and _holds_rows(cell, len(header), separator)
                ),
                None,
            )
        if swallowed is not None:
            findings.append(Finding("open-quote", Place(name, line, swallowed + 1)))
        elif row and len(row) != len(header):
            findings.append(
                Finding("ragged-row", Place(name, line), {"found": len(row), "wanted": len(header)})
            )
        elif row:
            cells.append(row)
            lines.append(line)
        line = reader.line_num + 1
    columns = (
        [list(column) for column in zip(*cells, strict=True)] if cells else [[] for _ in header]
    )
    tidied = {column: _tidied(values) for column, values in zip(header, columns, strict=True)}
    return CsvTable(name, tidied, {column: i + 1 for i, column in enumerate(header)}, lines)


def _next(reader: Iterator[list[str]], name: str, line: int) -> list[str] | None:
    """Return the next record, or nothing at the end; a quote that is never closed is refused at the record's line."""
    try:
        return next(reader, None)
    except csv.Error as error:
        raise InputError([Finding("open-quote", Place(name, line))]) from error


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: one that begins like one, or with our own guard, is guarded."""
    return f"'{text}" if text.startswith(_LIVE) else text


def _tidied(values: list[str]) -> list[str]:
    """Return a column's cells tidy; the same value is tidied once."""
    # letters and figures of ASCII are tidy; others may be of a kind that NFC writes otherwise
    plain = {
        value: _plain(value) for value in set(values) if not (value.isascii() and value.isalnum())
    }
    return [plain.get(value, value) for value in values]


def _plain(text: str) -> str:
    """Return a cell's text tidy, without the guard."""
    plain = tidy(text)
    return plain[1:] if plain.startswith("'") and plain[1:].startswith(_LIVE) else plain


def _separator(text: str) -> str:
    """Return what separates the columns: the one of the usual three that the header has most of."""
    header = text.split("\n", 1)[0]
    return max(SEPARATORS, key=header.count)


def _holds_rows(cell: str, columns: int, separator: str) -> bool:
    """Whether a cell of several lines holds what looks like whole rows: a quote was opened and closed rows later."""
    return any(line.count(separator) >= columns - 1 for line in cell.split("\n"))


def _check_header(file: str, table: TableSpec, header: list[str]) -> None:
    findings: list[Finding] = []
    seen: set[str] = set()
    for position, column in enumerate(header, start=1):
        place = Place(file, 1, position, column_letters(position))
        if column in seen:
            findings.append(Finding("duplicate-column", place, {"found": column[:80]}))
        elif column not in table.names:
            facts = {"found": column[:80], "table": table.name}
            hint = nearest(column, table.names) if len(findings) < _HINTS else ""
            findings.append(Finding("unknown-column", place, facts, table.names, hint))
        seen.add(column)
    findings.extend(
        Finding("missing-column", Place(file, 1), {"wanted": column.name})
        for column in table.columns
        if column.required and column.name not in seen
    )
    if findings:
        raise InputError(findings)


def typed(table: TableSpec, sheet: CsvTable, findings: list[Finding]) -> pd.DataFrame:
    """Return a file's cells as a frame with its dtypes; every value that is not of its type goes to ``findings``."""
    data: dict[str, list[Any]] = {}
    for column in table.columns:
        texts = sheet.columns.get(column.name)
        if texts is None:
            data[column.name] = [None] * len(sheet.lines)
            continue
        known: dict[str, Any] = {}
        problems: dict[str, Finding] = {}
        for text in dict.fromkeys(texts):
            value, problem = _cell(column, text, hints=len(problems) < _HINTS)
            known[text] = value
            if problem is not None:
                problems[text] = problem
        if problems:
            for row, text in enumerate(texts):
                if text in problems:
                    found = problems[text]
                    findings.append(
                        Finding(
                            found.code,
                            sheet.place(row, column.name),
                            found.facts,
                            found.allowed,
                            found.hint,
                        )
                    )
            known = {text: None if text in problems else value for text, value in known.items()}
        data[column.name] = [known[text] for text in texts]
    if findings:
        return pd.DataFrame()
    return frame(table, data)


def _cell(column: ColumnSpec, text: str, *, hints: bool) -> tuple[Any, Finding | None]:
    """Read one value; the place of the finding is filled in by the caller."""
    nowhere = Place("")
    if not text:
        return None, Finding("empty-value", nowhere) if column.required else None
    try:
        value = read_value(column, text)
    except ValueError:
        return None, Finding(
            "bad-value", nowhere, {"found": text[:80], "wanted": WANTED[column.dtype]}
        )
    if column.choices and value not in column.choices:
        hint = nearest(text, column.choices) if hints else ""
        return None, Finding(
            "value-not-allowed", nowhere, {"found": text[:80]}, column.choices, hint
        )
    if column.low is not None and value < column.low:
        return None, Finding(
            "value-too-small", nowhere, {"found": text, "wanted": f"{column.low:g}"}
        )
    return value, None


def check_keys(table: TableSpec, sheet: CsvTable, findings: list[Finding]) -> None:
    """No key stands twice in one file."""
    for columns in (table.key, *table.unique):
        first: dict[tuple[str, ...], int] = {}
        for row, key in enumerate(zip(*(sheet.columns[c] for c in columns), strict=True)):
            if key in first:
                facts = {"found": " · ".join(key), "line": sheet.lines[first[key]]}
                findings.append(Finding("duplicate-key-row", sheet.place(row, columns[0]), facts))
            first.setdefault(key, row)


def check_references(
    table: TableSpec, sheet: CsvTable, known: Mapping[str, Collection[str]], findings: list[Finding]
) -> None:
    """Every reference names a row that exists; ``known`` has the ids of each table that is referred to."""
    for column in table.columns:
        if not column.refers_to or column.name not in sheet.columns:
            continue
        for row, value in enumerate(sheet.columns[column.name]):
            if value and value not in known[column.refers_to]:
                facts = {"found": value, "table": column.refers_to}
                hint = nearest(value, known[column.refers_to]) if len(findings) < _HINTS else ""
                findings.append(
                    Finding("unknown-reference", sheet.place(row, column.name), facts, hint=hint)
                )
