"""Parse the contents of cells: numbers with comma or point, dates in several formats, choices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.errors import Finding, Place
from assess.base.text import casefold_vi, invisible, nearest, tidy
from assess.exchange.entry_checks import about_points, not_an_entry
from assess.exchange.written import (
    one_line,
    read_choice,
    read_day,
    read_yes_no,
    without_unit,
)
from assess.records import words
from assess.records.tables import WANTED, has_thousands

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from assess.excel.workbook import Cell, Workbook
    from assess.records.columns import ColumnSpec
    from assess.rules import Criterion

_FIGURES = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,6})?")
_SERIALS = (30_000, 60_000)
"""Excel serial numbers accepted as the day of a meeting (1982 to 2064)."""
_NOT_APPLICABLE = {
    casefold_vi(word) for word in (words.NOT_APPLICABLE, "kad", "k.a.d", "không áp dụng.", "n/a")
}
_MET_IN_WORDS = {casefold_vi(word) for word in (words.MET, "có")}
_NOT_MET_IN_WORDS = {casefold_vi(word) for word in (words.NOT_MET, "không")}
_MET = _MET_IN_WORDS | {"x", "1"}
_NOT_MET = _NOT_MET_IN_WORDS | {"0"}
CROSSES = {"x", "✓", "✔", "v", "1", "true"} | _MET_IN_WORDS
"""Marks of a class in a monthly summary."""
_SHOWN = 60
_LARGEST = 1e9
"""Limit for numbers on a score form: larger and non-finite values are not parsed as numbers."""

Read = tuple[Any, Finding | None]


def shown(cell: Cell) -> str:
    """Return a cell's content as short text for messages."""
    kind, value = cell
    if kind == "number":
        return (
            numbers.decimal(value, 6).rstrip("0").rstrip(",")
            if abs(value) < _LARGEST
            else f"{value:g}"
        )
    if kind == "percent":
        return f"{shown(('number', value * 100))}%"
    if kind == "date":
        return numbers.day(value)
    text = tidy(str(value))
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def unusable(cell: Cell) -> Finding | None:
    """Return a finding if the cell holds a formula or an Excel error value, else None."""
    kind, value = cell
    if kind == "formula":
        return Finding("formula-in-entry", Place(""), {"found": shown(("text", value))})
    return Finding("error-in-entry", Place(""), {"found": value}) if kind == "error" else None


def unseen(cell: Cell) -> Finding | None:
    """Return a finding if the text has letters that nobody sees, which are left out."""
    found = invisible(cell[1]) if cell[0] == "text" and not cell[1].isascii() else ""
    facts = {"found": found, "count": 1}
    return Finding("invisible-letters", Place(""), facts) if found else None


def percent(cell: Cell) -> Finding | None:
    """Return a finding if the number has a percentage format, where 1 shows as 100 %."""
    return (
        Finding("percent-in-number", Place(""), {"found": shown(cell)})
        if cell[0] == "percent"
        else None
    )


def read_number(cell: Cell, unit: str = "điểm") -> float:
    """Return the number in a cell, also if it is text; raise ``ValueError`` if there is none.

    ``unit`` may be written behind it.
    """
    kind, value = cell
    if kind == "number" and abs(value) < _LARGEST:
        return float(value)
    text = without_unit(unit, tidy(str(value))).replace(" ", "") if kind == "text" else ""
    if not _FIGURES.fullmatch(text):
        raise ValueError(text)
    return float(text.replace(",", "."))


def read_entry(criterion: Criterion, cell: Cell) -> tuple[str, float | None, Finding | None]:
    """Return the state and points of a line's entry, and the finding on it, if any."""
    kind, value = cell
    text = casefold_vi(str(value)) if kind == "text" else ""
    if text in _NOT_APPLICABLE:
        return "not_applicable", None, None
    found = unusable(cell) or percent(cell) or (_moved_to_a_day(value) if kind == "date" else None)
    if found is not None:
        return "blank", None, found
    points = _in_words(criterion, kind, value, text)
    if points is None:
        try:
            points = read_number(cell)
        except ValueError:
            return "blank", None, not_an_entry(criterion, shown(cell))
        found = about_points(criterion, points)
    return (
        ("entered", points, found)
        if found is None or found.severity != "error"
        else ("blank", None, found)
    )


def _in_words(criterion: Criterion, kind: str, value: Any, text: str) -> float | None:
    """Return the points given by a word (met: all, not met: 0), or None if it is no such word."""
    if criterion.kind == "mark":
        if kind == "flag":
            return float(value)
        return 1.0 if text in _MET else 0.0 if text in _NOT_MET else None
    if criterion.kind == "yes_no":
        # a cross is ambiguous on a line with points, so a word is required
        return (
            criterion.top if text in _MET_IN_WORDS else 0.0 if text in _NOT_MET_IN_WORDS else None
        )
    return None


def _moved_to_a_day(value: dt.datetime) -> Finding:
    facts = {"found": numbers.day(value), "day": value.day, "month": value.month}
    return Finding("date-in-points", Place(""), facts)


def read_fact(column: ColumnSpec, cell: Cell, book: Workbook, choices: Mapping[str, str]) -> Read:
    """Return the value of a fact and None, or None and the finding on it."""
    problem = unusable(cell)
    if problem is not None:
        return None, problem
    kind, value = cell
    text = tidy(str(value)) if kind == "text" else shown(cell)
    if column.dtype == "text":
        return text, unseen(cell)
    if column.dtype == "date":
        return _day(cell, book)
    if column.dtype == "choice":
        return _choice(text, choices)
    if column.dtype == "flag":
        return (value, None) if kind == "flag" else _flag(text)
    return _number(column, cell)


def _number(column: ColumnSpec, cell: Cell) -> Read:
    problem = percent(cell)
    if problem is not None:
        return None, problem
    try:
        number = read_number(cell, column.unit)
    except ValueError:
        return None, Finding(
            "bad-value", Place(""), {"found": shown(cell), "wanted": WANTED[column.dtype]}
        )
    written = without_unit(column.unit, tidy(str(cell[1]))) if cell[0] == "text" else ""
    if column.dtype == "integer" and (
        number != int(number) or has_thousands(written.replace(" ", ""))
    ):
        return None, Finding(
            "bad-value", Place(""), {"found": shown(cell), "wanted": WANTED["integer"]}
        )
    if column.low is not None and number < column.low:
        return None, Finding(
            "value-too-small",
            Place(""),
            {"found": numbers.points(number), "wanted": f"{column.low:g}"},
        )
    return number, None


def _flag(text: str) -> Read:
    found = read_yes_no(text)
    if found is not None:
        return found, None
    return None, Finding(
        "value-not-allowed", Place(""), {"found": text[:_SHOWN]}, (words.YES, words.NO)
    )


def _choice(text: str, choices: Mapping[str, str]) -> Read:
    found = read_choice(choices, text)
    if found is not None:
        return found, None
    names = tuple(choices.values())
    near = nearest(one_line(text), names)
    return None, Finding("value-not-allowed", Place(""), {"found": text[:_SHOWN]}, names, near)


def _day(cell: Cell, book: Workbook) -> Read:
    kind, value = cell
    if kind == "date":
        return value.date(), None
    if kind == "number" and _SERIALS[0] <= value <= _SERIALS[1] and value == int(value):
        return book.day(value), None
    if kind == "text":
        found = read_day(" ".join(tidy(value).split()))
        if found is not None:
            return found[0], None
    return None, Finding("date-unreadable", Place(""), {"found": shown(cell)})
