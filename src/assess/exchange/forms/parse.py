"""Parse a returned score form into rows of the records and findings, each with its cell.

Rows and columns are found by their hidden keys, so inserted or moved ones do no harm. Nothing is
guessed: an invalid value is a finding, and a form with an error is set aside whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, Place
from assess.base.text import tidy
from assess.exchange.forms.cells import read_fact
from assess.exchange.forms.find_cells import SIGNED, FormGrid, fact_titles, line_label, line_titles
from assess.exchange.forms.ids import sheet_id_for
from assess.exchange.forms.layout import COLUMN_MARKS, NOTE, RATERS, SELF, fact_names
from assess.exchange.forms.parse_checklist import ChecklistParser
from assess.exchange.forms.parsed import ParsedForm, identify
from assess.exchange.table_checks import count_findings
from assess.exchange.written import read_choice
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.excel.workbook import Cell, Where, Workbook, Worksheet
    from assess.exchange.forms.ids import FormId
    from assess.rules import Criterion, RuleSet


def parse_form(
    file: str, sheet: Worksheet, book: Workbook, rules: Mapping[str, RuleSet]
) -> ParsedForm:
    """Parse a worksheet as a score form or checklist; without errors its rows are complete."""
    read = ParsedForm(file, tidy(sheet.name))
    origin = identify(sheet, read, rules)
    if origin is None or read.rules is None or read.form_id is None:
        return read
    kind = ChecklistParser if read.form_id.kind == "checklist" else _FormParser
    kind(read, sheet, book, read.rules, read.form_id, origin).all()
    return read


class _FormParser:
    """Parses one score form: the facts, then the column of each rater."""

    def __init__(
        self,
        read: ParsedForm,
        sheet: Worksheet,
        book: Workbook,
        rules: RuleSet,
        about: FormId,
        origin: Where,
    ) -> None:
        self.read, self.sheet, self.book, self.rules, self.about = read, sheet, book, rules, about
        self._criteria = {c.id: c for c in rules.criteria}
        titles = {**fact_titles(fact_names(rules)), **line_titles(rules.criteria), "signed": SIGNED}
        self.grid = FormGrid(read, sheet, book, origin, COLUMN_MARKS, titles)

    def all(self) -> None:
        lines = [f"line:{c.id}" for c in self.rules.criteria]
        facts = [(f"fact:{name}", SELF) for name in fact_names(self.rules)]
        entries = [(key, column) for key in (*lines, "signed") for column in RATERS.values()]
        notes = [(key, NOTE) for key in lines]
        if not self.grid.written([*facts, *entries, *notes]):
            self.read.blank = True
            return
        self.grid.refuse_merged([*facts, *entries, *notes])
        meeting = self._facts()
        held = meeting.get("status") in ("held", None)  # an invalid status has its own finding
        meeting |= {
            "meeting_id": self.about.meeting_id,
            "chi_bo_id": self.about.unit_id,
            "for_month": self.about.month,
        }
        self.read.rows["meeting"].append(
            {
                **meeting,
                "address": self.read.address(self.read.cells.get("held_on")),
                "cells": {name: self.read.address(at) for name, at in self.read.cells.items()},
            }
        )
        scored = [rater for rater in RATERS if self._sheet(rater, held=held)]
        first = next((key for key in self.grid.rows if key.startswith("line:")), None)
        if held and not scored and first is not None:
            self.read.add(
                Finding("form-empty", Place("")), (self.grid.rows[first], self.grid.columns[SELF])
            )
        self._counts(meeting)
        self.grid.drop_within_merged()

    def _facts(self) -> dict[str, Any]:
        meeting: dict[str, Any] = {}
        thematic = self.rules.meeting == "chuyen_de"
        for name in fact_names(self.rules):
            column = TABLES["meeting"][name]
            found = self.grid.cell(f"fact:{name}", SELF)
            meeting[name] = None
            if found is None:
                continue
            where, cell = found
            self.read.cells[name] = where
            if cell is None:
                continue
            choices = words.CHOICES.get(name, {})
            if name == "kind":
                choices = {
                    code: word
                    for code, word in choices.items()
                    if (code == "chuyen_de") == thematic
                }
            meeting[name], problem = read_fact(column, cell, self.book, choices)
            if problem is not None and name == "kind" and _is_of_other_form(cell, choices):
                code = "regular-on-thematic" if thematic else "thematic-on-regular"
                problem = Finding(code, Place(""))
            if problem is not None:
                self.read.add(problem, where, words.FACTS[name])
        broken = {f.place.label for f in self.read.findings}
        meeting["status"] = meeting["status"] or (
            "held" if words.FACTS["status"] not in broken else None
        )
        meeting["kind"] = meeting["kind"] or ("chuyen_de" if thematic else "thuong_ky")
        if meeting["status"] == "held":
            for name in _EXPECTED:
                if (
                    meeting[name] is None
                    and words.FACTS[name] not in broken
                    and f"fact:{name}" in self.grid.rows
                ):
                    code = "held-without-day" if name == "held_on" else "blank-fact"
                    facts = {} if name == "held_on" else {"found": words.FACTS[name]}
                    self.read.add(
                        Finding(code, Place(""), facts),
                        self.read.cells.get(name),
                        words.FACTS[name],
                    )
        elif (
            meeting["status"] is not None
            and meeting["reason"] is None
            and "reason" in self.read.cells
        ):
            label = words.FACTS["reason"]
            self.read.add(
                Finding("blank-fact", Place(""), {"found": label}), self.read.cells["reason"], label
            )
        return meeting

    def _sheet(self, rater: str, *, held: bool) -> bool:
        """Parse one rater's column; return False if it has no entry, so that there is no sheet."""
        sheet_id, column = sheet_id_for(self.about.meeting_id, rater), RATERS[rater]
        found = [
            self.grid.line(c, column, sheet_id, line_label(c.title, rater))
            for c in self.rules.criteria
        ]
        lines = [line for line in found if line is not None]
        first = next((where for where, _, written in lines if written), None)
        if first is None:
            return False
        if not held:
            facts = {
                "found": words.STATUSES.get(
                    self.read.rows["meeting"][0]["status"] or "", "chưa họp"
                )
            }
            self.read.add(Finding("scored-not-held", Place(""), facts), first)
        signed, where = self.grid.signed(column)
        about = {
            "sheet_id": sheet_id,
            "meeting_id": self.about.meeting_id,
            "rater": rater,
            "rule_set_id": self.rules.id,
        }
        self.read.rows["sheet"].append(
            {**about, "signed_on": signed, "address": self.read.address(where or first)}
        )
        for at, line, written in lines:
            criterion = self._criteria[line["criterion_id"]]
            note = self._note(criterion, rater)
            self.read.rows["line"].append({**line, "note": note, "cells": self._cells(line, note)})
            if not written and criterion.applies_when is None:
                self.read.add(
                    Finding("blank-line", Place("")),
                    at,
                    line_label(criterion.title, rater),
                    self.rules.clause(criterion.cite),
                )
        return True

    def _cells(self, line: Mapping[str, Any], note: str | None) -> dict[str, str]:
        """Return the address of a line's remark; its entry has the address of the line."""
        found = self.grid.cell(f"line:{line['criterion_id']}", NOTE) if note else None
        return {"note": self.read.address(found[0])} if found else {}

    def _note(self, criterion: Criterion, rater: str) -> str | None:
        """Return the remark on a line if it belongs to this rater.

        The one column of remarks goes with the chi bộ's own entry, else with the superior's.
        """
        key = f"line:{criterion.id}"
        own = self.grid.cell(key, SELF)
        if rater != "self" and own is not None and own[1] is not None:
            return None
        return self.grid.note(key, NOTE)

    def _counts(self, meeting: Mapping[str, Any]) -> None:
        for finding, name in count_findings(meeting):
            self.read.add(finding, self.read.cells.get(name), words.FACTS[name])


_EXPECTED = ("held_on", "minutes", "roll", "present")
"""Facts expected of every held meeting; a blank one is a finding."""


def _is_of_other_form(cell: Cell, choices: Mapping[str, str]) -> bool:
    """Whether a cell names a kind of meeting that has a form of its own."""
    kind = read_choice(words.CHOICES["kind"], str(cell[1]))
    return kind is not None and kind not in choices
