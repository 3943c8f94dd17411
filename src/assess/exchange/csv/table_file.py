"""Parse one table from a CSV file strictly, with the place of every finding.

Only details without meaning are normalized: Unicode form, control characters and spaces around a
value. The separator may be a comma, semicolon or tab, since spreadsheets choose it by locale.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.errors import Finding, InputError, Place, column_letters, input_error
from assess.base.machine_faults import reason
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
"""How many wrong names get a suggestion (the nearest valid name), which is slow to find."""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """One file's cells by column, and the line on which each row begins.

    ``positions`` are the column numbers in the file, from 1.
    """

    name: str
    columns: dict[str, list[str]]
    positions: dict[str, int]
    lines: list[int]

    def place(self, row: int, column: str) -> Place:
        """Return the place of a value in the file."""
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
    """Read a file's cells as text.

    Damaged rows are added to ``findings``; a damaged file raises ``InputError``.
    """
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
        if reader.line_num > line:  # a cell contains a line break
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
    """Return the next record or None at the end; raise ``InputError`` for a quote never closed."""
    try:
        return next(reader, None)
    except csv.Error as error:
        raise InputError([Finding("open-quote", Place(name, line))]) from error


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: prefix an apostrophe where needed."""
    return f"'{text}" if text.startswith(_LIVE) else text


def _tidied(values: list[str]) -> list[str]:
    """Return a column's cells, each distinct value normalized once."""
    # ASCII letters and digits need no change; NFC may change other characters
    plain = {
        value: _plain(value) for value in set(values) if not (value.isascii() and value.isalnum())
    }
    return [plain.get(value, value) for value in values]


def _plain(text: str) -> str:
    """Return a cell's text normalized, without the apostrophe of :func:`guarded`."""
    plain = tidy(text)
    return plain[1:] if plain.startswith("'") and plain[1:].startswith(_LIVE) else plain


def _separator(text: str) -> str:
    """Return the separator: the one of the three that is most frequent in the header."""
    header = text.split("\n", 1)[0]
    return max(SEPARATORS, key=header.count)


def _holds_rows(cell: str, columns: int, separator: str) -> bool:
    """Whether a cell seems to contain whole rows, because a quote was closed only rows later."""
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
    """Return a file's cells as a typed frame; add every invalid value to ``findings``."""
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
    """Parse one value; the caller fills in the place of the finding."""
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
    """Report keys that occur twice in one file."""
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
    """Report references to rows that do not exist; ``known`` has the ids of each table."""
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
