"""The layout of a score form before it is drawn: rows, allowed entries and values to fill in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.periods import Period, month_end
from assess.base.text import committee_of
from assess.exchange.forms.ids import FormId, law_digest, meeting_id_for
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.records.columns import ColumnSpec
    from assess.records.tree import Tree
    from assess.rules import Criterion, RuleSet

KEY, NUMBER, TITLE, MAX, SELF, SUPERIOR, NOTE = range(1, 8)
"""The columns of a score form; the first is hidden and holds the key of each row."""
COLUMN_MARKS = {"@max": MAX, "@self": SELF, "@superior": SUPERIOR, "@note": NOTE}
"""Marks in the hidden first row, by which columns are found even after others were inserted."""
RATERS = {"self": SELF, "superior": SUPERIOR}
INSPECTOR, EVIDENCE = NOTE, NOTE + 1
"""Columns of a checklist that differ from a score form: the inspector's before the remarks."""
CHECK_MARKS = {"@title": TITLE, "@max": MAX, "@inspector": INSPECTOR, "@note": EVIDENCE}
COLUMN_TITLES = {
    "@title": "Tiêu chí",
    "@max": "Điểm tối đa",
    "@self": "Chi bộ tự chấm",
    "@superior": "Cấp trên chấm",
    "@inspector": "Kiểm tra chấm",
    "@note": "Ghi chú",
}
CHECKED = {
    "form": "Hình thức",
    "inspected_by": "Cấp kiểm tra (mã đơn vị)",
    "plan": "Theo kế hoạch, chương trình số",
    "evidence": "Hồ sơ, tài liệu đã xem",
}
"""Fields of a checklist about the inspection itself, by column of ``inspection``."""
FINDINGS = 6
"""Number of rows for findings on a checklist."""
ENTRY_MARKS = ("@self", "@superior", "@inspector", "@note")
"""Marks of the columns for entries."""


@dataclass(frozen=True, slots=True)
class FilledValues:
    """Values for the entries of a score form: text, numbers or dates.

    ``facts`` are keyed by column of ``meeting``, ``entries`` by rater and criterion, ``notes`` by
    criterion and ``signed`` by rater.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    entries: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    signed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoreForm:
    """A chi bộ's score form for one meeting, not filled in."""

    form_id: FormId
    rules: RuleSet
    chi_bo: str
    superior: str
    place: str

    @property
    def month(self) -> str:
        """The label of the month, such as *tháng 3/2026*."""
        return Period.parse(self.form_id.month).label

    @property
    def facts(self) -> tuple[ColumnSpec, ...]:
        """The facts that the form asks for, in order."""
        return tuple(TABLES["meeting"][name] for name in fact_names(self.rules))

    def choices(self, column: ColumnSpec) -> dict[str, str]:
        """Return code → label of the choices for a fact; empty if it has no list of choices."""
        found = words.CHOICES.get(column.name, {})
        if column.name != "kind":
            return found
        thematic = self.rules.meeting == "chuyen_de"
        return {code: word for code, word in found.items() if (code == "chuyen_de") == thematic}


def fact_names(rules: RuleSet) -> tuple[str, ...]:
    """Return the columns of ``meeting`` that a score form of these rules asks for, in order."""
    own = rules.required_minutes is not None and rules.required_minutes.own
    return tuple(name for name in words.FACTS if name != "own_required_minutes" or own)


def form_of(
    rules: RuleSet, tree: Tree, chi_bo_id: str, month: str, meeting_id: str = ""
) -> ScoreForm:
    """Return the score form of a chi bộ for a month.

    ``meeting_id`` is given if the meeting is on record under another id. Raise
    :class:`~assess.base.errors.InputError` if the chi bộ is not valid at the end of the month.
    """
    day = month_end(month)
    unit = tree.on(day).get(chi_bo_id)
    if unit is None or unit.level != "chi_bo":
        raise input_error(
            "form-unit-gone", "chi_bo", found=chi_bo_id, month=Period.parse(month).label
        )
    upper = tree.reports_to(chi_bo_id, day)
    place = next((above.place for above in tree.above(chi_bo_id, day) if above.place), "")
    form_id = FormId(
        "form",
        rules.id,
        law_digest(rules),
        chi_bo_id,
        month,
        meeting_id or meeting_id_for(chi_bo_id, month, rules.meeting),
    )
    return ScoreForm(form_id, rules, unit.name, committee_of(upper.name) if upper else "", place)


def offered(criterion: Criterion) -> tuple[Any, ...]:
    """Return a line's drop-down choices besides *không áp dụng*; empty if any number is allowed."""
    if criterion.kind == "mark":
        return (words.MET, words.NOT_MET)
    return tuple(sorted(criterion.allowed_points, reverse=True))


def hint(criterion: Criterion) -> str:
    """Return the levels of a line as text to show under its title."""
    if criterion.kind == "levels":
        return " · ".join(
            f"{numbers.points(v.points)}: {v.title}"
            for v in sorted(criterion.levels, key=lambda v: -v.points)
        )
    return ""


def filled_from(
    form: ScoreForm, meeting: Mapping[str, Any], sheets: pd.DataFrame, lines: pd.DataFrame
) -> FilledValues:
    """Return a form's values from a row of ``meeting`` and its rows of ``sheet`` and ``line``."""
    facts = {
        c.name: _written(form, c, meeting[c.name])
        for c in form.facts
        if not pd.isna(meeting[c.name])
    }
    rater_of = dict(zip(sheets["sheet_id"], sheets["rater"], strict=True))
    marks = {c.id for c in form.rules.criteria if c.kind == "mark"}
    entries: dict[tuple[str, str], Any] = {}
    notes: dict[str, Any] = {}
    for line in lines.itertuples(index=False):
        rater = rater_of.get(line.sheet_id)
        if rater is None:
            continue
        if line.state == "entered":
            is_mark = line.criterion_id in marks and line.points in (0, 1)
            entries[rater, line.criterion_id] = (
                (words.MET if line.points else words.NOT_MET) if is_mark else line.points
            )
        elif line.state == "not_applicable":
            entries[rater, line.criterion_id] = words.NOT_APPLICABLE
        if not pd.isna(line.note):
            notes[line.criterion_id] = line.note
    signed = {
        r.rater: r.signed_on.date()
        for r in sheets.itertuples(index=False)
        if not pd.isna(r.signed_on)
    }
    return FilledValues(facts, entries, notes, signed)


def _written(form: ScoreForm, column: ColumnSpec, value: Any) -> Any:
    if column.dtype == "choice":
        return form.choices(column).get(value, value)
    if column.dtype == "flag":
        return words.YES if value else words.NO
    return value.date() if column.dtype == "date" else value
