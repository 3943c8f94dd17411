"""Locate the rows and columns of a returned form by their hidden keys and marks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, Place, column_letters
from assess.base.numbers import points
from assess.base.text import tidy
from assess.exchange.forms.cells import read_entry, read_fact
from assess.exchange.forms.ids import is_id
from assess.exchange.forms.layout import COLUMN_TITLES, KEY, MAX
from assess.exchange.forms.printed import misplaced, other_heads, other_levels, other_maximum, short
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assess.excel.workbook import Cell, Where, Workbook, Worksheet
    from assess.exchange.forms.parsed import ParsedForm
    from assess.records.columns import ColumnSpec
    from assess.rules import Criterion

SIGNED = "Ngày chấm"


class FormGrid:
    """The cells of one form by row key and column; missing and duplicate ones become findings."""

    def __init__(
        self,
        read: ParsedForm,
        sheet: Worksheet,
        book: Workbook,
        origin: Where,
        marks: Mapping[str, int],
        titles: Mapping[str, str],
    ) -> None:
        """Find the rows of ``titles`` (key → title) and columns of ``marks`` (mark → column)."""
        self.read, self.sheet, self._book, self._titles, self._marks = (
            read,
            sheet,
            book,
            titles,
            marks,
        )
        self.columns = self._columns(origin, marks)
        self.rows = self._rows(origin[1])
        self.heads = self._heads()
        self._judge_printed(origin)
        top = min(self.rows.values(), default=0)
        read.heading = tuple(
            (where, text) for where, text in sheet.texts() if origin[0] < where[0] < top
        )

    def _columns(self, origin: Where, wanted: Mapping[str, int]) -> dict[int, int]:
        """Return form column → worksheet column: by its mark, else by its usual distance."""
        marks: dict[str, int] = {}
        for where, text in self.sheet.texts():
            mark = tidy(text)
            if where[0] == origin[0] and mark in marks and mark in wanted:
                self.read.add(
                    Finding("column-twice", Place(""), {"found": COLUMN_TITLES[mark]}),
                    (where[0] + 1, where[1]),
                )
            if where[0] == origin[0]:
                marks.setdefault(mark, where[1])
        for mark in wanted:
            if mark not in marks:
                self.read.add(
                    Finding("column-missing", Place(""), {"found": COLUMN_TITLES[mark]}), None
                )
        return {
            column: marks.get(mark, origin[1] + column - KEY) for mark, column in wanted.items()
        }

    def _rows(self, key_column: int) -> dict[str, int]:
        rows: dict[str, int] = {}
        for where, text in self.sheet.texts():
            key = tidy(text)
            if where[1] != key_column or is_id(key):
                continue
            if key in rows:
                self.read.add(
                    Finding(
                        "row-twice",
                        Place(""),
                        {"found": self._titles.get(key, key), "line": rows[key]},
                    ),
                    where,
                )
            elif key not in self._titles:
                self.read.add(Finding("row-unknown", Place(""), {"found": key[:60]}), where)
            else:
                rows[key] = where[0]
        for key, title in self._titles.items():
            if key not in rows:
                self.read.add(Finding("row-missing", Place(""), {"found": title}), None)
        return rows

    def _heads(self) -> dict[Where, Where]:
        """Return the first cell of the merged area for each merged cell within the form."""
        last = (max(self.rows.values(), default=0), max(self.columns.values()))
        found = {}
        for first_row, first_column, last_row, last_column in self.sheet.merged:
            for row in range(first_row, min(last_row, last[0]) + 1):
                found.update(
                    {
                        (row, column): (first_row, first_column)
                        for column in range(first_column, min(last_column, last[1]) + 1)
                    }
                )
        return found

    def _judge_printed(self, origin: Where) -> None:
        """Add findings for printed titles that do not match the hidden key of the row or column."""
        named = {
            key: title
            for key, title in self._titles.items()
            if key.partition(":")[0] in ("line", "fact", "check", "signed")
        }
        between = range(origin[1] + 1, self.columns[MAX])
        for key, row in self.rows.items():
            if key in named:
                texts = {
                    text: (row, c)
                    for c in between
                    for kind, text in [self.sheet.cells.get((row, c), ("", ""))]
                    if kind == "text"
                }
                found = misplaced(texts, named[key], named.values())
                if found is not None:
                    code, text = found
                    self.read.add(
                        Finding(
                            code, Place(""), {"found": short(text), "wanted": short(named[key])}
                        ),
                        texts[text],
                    )
                if key.startswith("line:") and (found is None or found[0] != "row-other"):
                    self._judge_numbers(key.removeprefix("line:"), row, texts)
        top = min(
            (row for key, row in self.rows.items() if key.startswith("line:")), default=origin[0]
        )
        above: dict[str, dict[str, Where]] = {mark: {} for mark in self._marks}
        for where, text in self.sheet.texts():
            for mark, column in self._marks.items():
                if where[1] == self.columns[column] and origin[0] < where[0] < top:
                    above[mark].setdefault(text, where)
        for mark, text in other_heads(above, COLUMN_TITLES):
            facts = {"found": short(text), "wanted": COLUMN_TITLES[mark]}
            self.read.add(Finding("column-other", Place(""), facts), above[mark][text])

    def _judge_numbers(self, criterion_id: str, row: int, texts: Mapping[str, Where]) -> None:
        """Add findings for a printed maximum or level points that differ from the rule set."""
        rules = self.read.rules
        criterion = (
            next((c for c in rules.criteria if c.id == criterion_id), None)
            if rules is not None
            else None
        )
        if rules is None or criterion is None:
            return
        where = (row, self.columns[MAX])
        head = self.heads.get(where)
        # if merged with an entry cell, the maximum cell holds the entry
        entries = {
            self.heads.get((row, column))
            for number, column in self.columns.items()
            if number != MAX
        }
        maximum = (
            ""
            if head is not None and head in entries
            else other_maximum(criterion, self.sheet.cells.get(where))
        )
        if maximum:
            facts = {"found": maximum, "wanted": points(criterion.max)}
            self.read.add(
                Finding("max-other", Place(""), facts),
                where,
                short(criterion.title),
                rules.clause(criterion.cite),
            )
        levels = other_levels(criterion, texts)
        if levels:
            facts = {
                "found": levels,
                "wanted": "; ".join(
                    points(value) for value in sorted(criterion.allowed_points, reverse=True)
                ),
            }
            self.read.add(
                Finding("levels-other", Place(""), facts),
                max(texts.items(), key=lambda pair: len(pair[0]))[1],
                short(criterion.title),
            )

    def cell(self, key: str, column: int) -> tuple[Where, Cell | None] | None:
        """Return a cell's place and content; for a merged area, those of its first cell."""
        if key not in self.rows:
            return None
        where = (self.rows[key], self.columns[column])
        where = self.heads.get(where, where)
        return where, self.sheet.cells.get(where)

    def written(self, entries: Iterable[tuple[str, int]]) -> bool:
        """Whether any of these cells (row key, column) has content."""
        return any(
            (self.rows[key], self.columns[column]) in self.sheet.cells
            for key, column in entries
            if key in self.rows
        )

    def refuse_merged(self, entries: Iterable[tuple[str, int]]) -> None:
        """Add a finding at each merged area that covers several entries and so is ambiguous."""
        places = {
            (self.rows[key], self.columns[column]) for key, column in entries if key in self.rows
        }
        inside = Counter(self.heads[where] for where in places if where in self.heads)
        for first_row, first_column, last_row, last_column in self.sheet.merged:
            if inside[first_row, first_column] > 1:
                area = f"{column_letters(first_column)}{first_row}:{column_letters(last_column)}{last_row}"
                self.read.add(
                    Finding("merged-entries", Place(""), {"found": area}), (first_row, first_column)
                )

    def drop_within_merged(self) -> None:
        """Drop all other findings at the first cell of a merged area that was refused."""
        merged = {f.place.cell for f in self.read.findings if f.code == "merged-entries"}
        self.read.findings = [
            f
            for f in self.read.findings
            if f.code == "merged-entries" or f.place.cell not in merged
        ]

    def value(
        self,
        key: str,
        number: int,
        column: ColumnSpec,
        label: str,
        choices: Mapping[str, str] | None = None,
    ) -> Any:
        """Return a cell's value parsed as a column; None if empty or invalid (a finding)."""
        found = self.cell(key, number)
        if found is None or found[1] is None:
            return None
        value, problem = read_fact(column, found[1], self._book, choices or {})
        if problem is not None:
            self.read.add(problem, found[0], label)
        return value

    def line(
        self, criterion: Criterion, number: int, sheet_id: str, label: str
    ) -> tuple[Where, dict[str, Any], bool] | None:
        """Return a rater's entry: its place, its ``line`` row without note, whether it has content.

        Return None if the form lacks the row.
        """
        found = self.cell(f"line:{criterion.id}", number)
        if found is None:
            return None
        where, cell = found
        state, points = "blank", None
        if cell is not None:
            state, points, problem = read_entry(criterion, cell)
            if problem is not None:
                cite = self.read.rules.clause(criterion.cite) if self.read.rules is not None else ""
                self.read.add(problem, where, label, cite)
        line = {
            "sheet_id": sheet_id,
            "criterion_id": criterion.id,
            "state": state,
            "points": points,
            "address": self.read.address(where),
        }
        return where, line, cell is not None

    def note(self, key: str, number: int) -> str | None:
        """Return the remark beside a line."""
        note = self.value(key, number, TABLES["line"]["note"], COLUMN_TITLES["@note"])
        return None if note is None else str(note)

    def signed(self, number: int, label: str = SIGNED) -> tuple[Any, Where | None]:
        """Return the day on which a rater signed, and its cell unless that is empty."""
        found = self.cell("signed", number)
        where = found[0] if found is not None and found[1] is not None else None
        return self.value("signed", number, TABLES["sheet"]["signed_on"], label), where


def line_label(title: str, rater: str) -> str:
    """Return the label of a line's entry in findings: its short title and the rater."""
    short = title if len(title) <= 70 else f"{title[:69]}…"
    return f"{short}, {words.RATERS_IN_FULL[rater]}"


def line_titles(criteria: Iterable[Criterion]) -> dict[str, str]:
    """Return the row keys of a form's lines with their titles."""
    return {f"line:{c.id}": c.title for c in criteria}


def fact_titles(names: Iterable[str]) -> dict[str, str]:
    """Return the row keys of a form's facts with their titles."""
    return {f"fact:{name}": words.FACTS[name] for name in names}
