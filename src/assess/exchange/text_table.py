"""A table as text, from whatever file: its typed frame, and what is wrong with its cells."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.errors import Finding, Place, column_letters
from assess.base.text import nearest
from assess.exchange.written import MANGLED, WANTED
from assess.records.tables import frame, read_value
from assess.records.words import choices_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from assess.records.columns import ColumnSpec, TableSpec

_MOST = 2000
"""Findings on one table after which no more are looked for."""
HINTS = 20
"""How many wrong names get a suggestion (the nearest valid name), which is slow to find."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """The cells of one table by column, in the form of the records, and the line of each row.

    ``positions`` are the column numbers in the file, from 1; ``sheet`` is the worksheet, if any,
    and ``titles`` what its columns are called there.
    """

    name: str
    columns: dict[str, list[str]]
    positions: dict[str, int]
    lines: list[int]
    sheet: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    def place(self, row: int, column: str) -> Place:
        """Return the place of a value in the file."""
        position = self.positions.get(column, 0)
        if self.sheet:
            label = self.titles.get(column, column)
        else:
            label = f"cột {column}, {column_letters(position)}" if position else ""
        return Place(self.name, self.lines[row], position, label, self.sheet)

    def address(self, row: int, column: str = "") -> str:
        """Return the address of a row, or of a value in a worksheet, for the records."""
        if not self.sheet:
            return f"dòng {self.lines[row]}"
        position = self.positions.get(column) or min(self.positions.values())
        return f"{self.sheet}!{column_letters(position)}{self.lines[row]}"

    def take(self, rows: Sequence[int]) -> TextTable:
        """Return the table of some of its rows."""
        columns = {name: [values[row] for row in rows] for name, values in self.columns.items()}
        return replace(self, columns=columns, lines=[self.lines[row] for row in rows])


def typed(table: TableSpec, sheet: TextTable, findings: list[Finding]) -> pd.DataFrame:
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
            value, problem = _cell(column, text, hints=len(problems) < HINTS)
            known[text] = value
            if problem is not None:
                problems[text] = problem
        if problems:
            for row, text in enumerate(texts):
                if len(findings) >= _MOST:
                    break
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
        code = "excel-changed" if MANGLED.fullmatch(text) else "bad-value"
        return None, Finding(code, nowhere, {"found": text[:80], "wanted": WANTED[column.dtype]})
    if column.choices and value not in column.choices:
        words = choices_of(column)
        near = nearest(text, (*words.values(), *words)) if hints else ""
        hint = words.get(near, near)
        return None, Finding(
            "value-not-allowed", nowhere, {"found": text[:80]}, tuple(words.values()), hint
        )
    if column.low is not None and value < column.low:
        return None, Finding(
            "value-too-small", nowhere, {"found": text, "wanted": f"{column.low:g}"}
        )
    return value, None


def check_keys(table: TableSpec, sheet: TextTable, findings: list[Finding]) -> None:
    """Report keys that occur twice in one file."""
    for columns in (table.key, *table.unique):
        first: dict[tuple[str, ...], int] = {}
        for row, key in enumerate(zip(*(sheet.columns[c] for c in columns), strict=True)):
            if key in first and len(findings) < _MOST:
                facts = {"found": " · ".join(key), "line": sheet.lines[first[key]]}
                findings.append(Finding("duplicate-key-row", sheet.place(row, columns[0]), facts))
            first.setdefault(key, row)


def check_references(
    table: TableSpec,
    sheet: TextTable,
    known: Mapping[str, Collection[str]],
    findings: list[Finding],
) -> None:
    """Report references to rows that do not exist; ``known`` has the ids of each table."""
    for column in table.columns:
        if not column.refers_to or column.name not in sheet.columns:
            continue
        for row, value in enumerate(sheet.columns[column.name]):
            if len(findings) >= _MOST:
                return
            if value and value not in known[column.refers_to]:
                facts = {"found": value, "table": column.refers_to}
                hint = nearest(value, known[column.refers_to]) if len(findings) < HINTS else ""
                findings.append(
                    Finding("unknown-reference", sheet.place(row, column.name), facts, hint=hint)
                )
