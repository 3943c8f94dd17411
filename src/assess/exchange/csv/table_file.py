"""Parse one table from a CSV file strictly, with the place of every finding.

What Excel does to a table is forgiven: the separator (comma, semicolon or tab, by locale, and the
line ``sep=``), empty rows and columns, dates and months as it rewrites them, UTF-16. So is how
people write: titles in Vietnamese or in capitals, có and không, words for codes. What can mean two
things is refused.
"""

from __future__ import annotations

import codecs
import csv
import re
from typing import TYPE_CHECKING

from assess.base.errors import Finding, InputError, Place, column_letters, input_error
from assess.base.machine_faults import reason
from assess.base.text import casefold_vi, nearest, tidy, tidy_vietnamese
from assess.exchange.text_table import HINTS, TextTable
from assess.exchange.written import canonical
from assess.records import words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assess.records.columns import ColumnSpec, TableSpec

_STATED_SEPARATOR = re.compile(r'"?sep=([,;\t])"?[^\n]*\n', re.IGNORECASE)
"""The first line by which Excel is told the separator."""
_MAX_BYTES = 128 * 1024 * 1024
"""A year of about 5 000 chi bộ; what is larger is sent in parts."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
SEPARATORS = (",", ";", "\t")
_LIVE = ("=", "+", "-", "@", "'")


def read_file(
    path: Path, table: TableSpec, findings: list[Finding], shown_as: str = ""
) -> TextTable:
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
    text = _decoded(raw, name)
    stated = _STATED_SEPARATOR.match(text)
    above = 1 if stated else 0
    text = text[stated.end() :] if stated else text
    separator = stated[1] if stated else _separator(text)
    reader = csv.reader(_lines(text), strict=True, delimiter=separator)
    header = [_column_named(tidy(cell), table) for cell in _next(reader, name, 1 + above) or []]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise InputError([Finding("no-header", Place(name, 1 + above))])
    _check_header(name, table, header, 1 + above)
    columns: list[list[str]] = [[] for _ in header]
    known: dict[str, str] = {}  # of millions of cells, few differ
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
            findings.append(Finding("open-quote", Place(name, line + above, swallowed + 1)))
        elif not any(cell and not cell.isspace() for cell in row):
            pass  # an empty row, as Excel leaves them
        elif len(row) < len(header) or any(row[len(header) :]):
            findings.append(
                Finding(
                    "ragged-row",
                    Place(name, line + above),
                    {"found": len(row), "wanted": len(header)},
                )
            )
        else:
            for column, cell in zip(columns, row, strict=False):
                column.append(known.setdefault(cell, cell))
            lines.append(line + above)
        line = reader.line_num + 1
    tidied = {
        column: _tidied(table[column], values)
        for column, values in zip(header, columns, strict=True)
    }
    return TextTable(name, tidied, {column: i + 1 for i, column in enumerate(header)}, lines)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends, whatever these are."""
    return (found[0] for found in _LINE.finditer(text) if found[0])


def _next(reader: Iterator[list[str]], name: str, line: int) -> list[str] | None:
    """Return the next record or None at the end; raise ``InputError`` for a quote never closed."""
    try:
        return next(reader, None)
    except csv.Error as error:
        raise InputError([Finding("open-quote", Place(name, line))]) from error


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: prefix an apostrophe where needed."""
    return f"'{text}" if text.startswith(_LIVE) else text


def _decoded(raw: bytes, name: str) -> str:
    """Return a file's text: UTF-8, UTF-16 with its mark, or windows-1258 where it is certain."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise InputError([Finding("not-utf8", Place(name, 1))]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        try:
            text = tidy_vietnamese(raw.decode("cp1258"))
        except UnicodeDecodeError:
            text = ""
        if text:
            return text
        line = raw[: error.start].count(b"\n") + 1
        raise InputError([Finding("not-utf8", Place(name, line))]) from error


def _column_named(title: str, table: TableSpec) -> str:
    """Return the column that a title of the header means, in whatever case or in Vietnamese."""
    plain = casefold_vi(title)
    meant = [
        name
        for name in table.names
        if plain in (casefold_vi(name), casefold_vi(words.title_of(name, table.name)))
    ]
    return meant[0] if len(meant) == 1 else title


def _tidied(column: ColumnSpec, values: list[str]) -> list[str]:
    """Return a column's cells in the form of the records, each distinct value read once."""
    plain = {value: canonical(column, _plain(value)) for value in set(values)}
    return [plain[value] for value in values]


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


def _check_header(file: str, table: TableSpec, header: list[str], line: int) -> None:
    findings: list[Finding] = []
    seen: set[str] = set()
    for position, column in enumerate(header, start=1):
        place = Place(file, line, position, column_letters(position))
        if column in seen:
            findings.append(Finding("duplicate-column", place, {"found": column[:80]}))
        elif column not in table.names:
            facts = {"found": column[:80], "table": table.name}
            hint = nearest(column, table.names) if len(findings) < HINTS else ""
            findings.append(Finding("unknown-column", place, facts, table.names, hint))
        seen.add(column)
    findings.extend(
        Finding("missing-column", Place(file, line), {"wanted": column.name})
        for column in table.columns
        if column.required and column.name not in seen
    )
    if findings:
        raise InputError(findings)
