"""Write score forms and checklists for the chi bộ of a unit, with their adopted rule sets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import pandas as pd

from assess.base import numbers
from assess.base.errors import Finding, InputError, Place, input_error
from assess.base.periods import FAR_OFF, MONTH, Period, month_end, month_start
from assess.base.text import nearest, tidy
from assess.exchange.forms.checklist import (
    Checklist,
    OpenRecommendation,
    checklist_of,
    write_checklists,
)
from assess.exchange.forms.draw_monthly import write_monthly_table
from assess.exchange.forms.layout import FilledValues, ScoreForm, filled_from, form_of
from assess.exchange.forms.monthly_table import monthly_table_of
from assess.exchange.forms.score_form import write_forms
from assess.exchange.written import canonical
from assess.records.adoption import Adoptions
from assess.records.slices import AUTO
from assess.records.tables import TABLES
from assess.records.unit_names import unit_meant
from assess.rules import pick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from assess.records.source import Records, RecordSource
    from assess.rules import RuleBook, RuleSet

How = Literal["files", "workbook", "summary"]


def make_forms(
    source: RecordSource,
    rules: RuleBook,
    unit: str,
    month: str,
    folder: Path,
    *,
    how: How = "files",
    thematic: bool = False,
    rule_set: str = AUTO,
    filled: bool = False,
    force: bool = False,
) -> list[Path]:
    """Write the score forms of a month for a chi bộ or all chi bộ under a unit; return the files.

    ``how``: *files*, one per chi bộ; *workbook*, a single one with a worksheet per chi bộ;
    *summary*, the monthly table instead. ``thematic``: for the thematic meeting held apart.
    ``filled``: filled in with the records of the month's meeting. ``force``: overwrite existing
    files, which may hold someone's work. ``rule_set``: used instead of the one each chi bộ adopted.

    Raise :class:`~assess.base.errors.InputError` for an unknown unit or month, an existing file,
    a month in which a chi bộ has adopted no rule set or two, a summary over several rule sets, and
    a summary for a rule set that does not classify by the total alone.
    """
    chosen = _choose(source, rules, unit, month, thematic=thematic, rule_set=rule_set)
    unit, month, tree = chosen.unit, chosen.month, chosen.records.tree
    folder.mkdir(parents=True, exist_ok=True)
    suffix = "-chuyen-de" if thematic else ""
    if how == "summary":
        forms = list(dict.fromkeys(found.id for found in chosen.rules.values()))
        if len(forms) > 1:
            raise input_error(
                "form-two-rules",
                "ĐƠN_VỊ",
                allowed=forms,
                month=Period.parse(month).label,
                found=", ".join(forms),
            )
        path = _free(folder / f"tong-hop-{unit}-{month}{suffix}.xlsx", force=force)
        write_monthly_table(path, monthly_table_of(rules[forms[0]], tree, unit, month))
        return [path]
    made = chosen.forms(filled=filled)
    if how == "workbook":
        path = _free(folder / f"so-phieu-{unit}-{month}{suffix}.xlsx", force=force)
        write_forms(path, made)
        return [path]
    paths = [
        _free(folder / f"phieu-{form.form_id.unit_id}-{month}{suffix}.xlsx", force=force)
        for form, _ in made
    ]
    for path, pair in zip(paths, made, strict=True):
        write_forms(path, [pair])
    return paths


def forms_of_month(
    source: RecordSource,
    rules: RuleBook,
    unit: str,
    month: str,
    *,
    thematic: bool = False,
    rule_set: str = AUTO,
    filled: bool = False,
) -> list[tuple[ScoreForm, FilledValues | None]]:
    """Return the score forms of a month in the order of the list, see :func:`make_forms`."""
    chosen = _choose(source, rules, unit, month, thematic=thematic, rule_set=rule_set)
    return chosen.forms(filled=filled)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The unit and month that are meant, the records, and the rule set of each chi bộ."""

    unit: str
    month: str
    records: Records
    rules: dict[str, RuleSet]

    def forms(self, *, filled: bool) -> list[tuple[ScoreForm, FilledValues | None]]:
        return [
            _one(self.records, found, chi_bo_id, self.month, filled=filled)
            for chi_bo_id, found in self.rules.items()
        ]


def _choose(
    source: RecordSource,
    rules: RuleBook,
    unit: str,
    month: str,
    *,
    thematic: bool,
    rule_set: str,
) -> _Chosen:
    month = canonical(TABLES["meeting"]["for_month"], tidy(month))
    if not MONTH.fullmatch(month):
        raise InputError([Finding("not-a-month", Place("THÁNG"), {"found": month}, ("3/2026",))])
    period = Period.parse(month)
    unit = unit_meant(source.tree, unit)
    records = source.records_of(FAR_OFF, unit)
    tree = records.tree
    if unit not in tree.ids:
        raise input_error("form-no-unit", "ĐƠN_VỊ", hint=nearest(unit, tree.ids), found=unit)
    chi_bo = tree.chi_bo_under(unit, period.end)
    if not chi_bo and unit not in tree.on(period.end):
        raise input_error(
            "form-unit-gone", "ĐƠN_VỊ", found=tree.name_on(unit, period.end), month=period.label
        )
    if not chi_bo:
        raise input_error(
            "no-chi-bo", "ĐƠN_VỊ", found=tree.name_on(unit, period.end), period=period.text
        )
    adoptions = Adoptions(tree, records["adoption"])
    kind = "chuyen_de" if thematic else "thuong_ky"
    chosen = {
        c: _rules(rules, adoptions, c, kind, period, rule_set, tree.name_on(c, period.end))
        for c in chi_bo
    }
    return _Chosen(unit, month, records, chosen)


def make_checklists(
    source: RecordSource,
    rules: RuleBook,
    reasons: Mapping[str, Sequence[str]],
    months: Mapping[str, Sequence[str]],
    folder: Path,
    *,
    inspected_by: str,
    issued_for: str,
    plan: str = "",
    force: bool = False,
) -> list[Path]:
    """Write a workbook of checklists for each chi bộ of ``reasons``; return the files.

    ``reasons``: why each chi bộ was chosen and what to look at. ``months``: those to be inspected
    of each chi bộ, with a worksheet for every regular meeting held for them under an adopted rule
    set; a chi bộ without one has no file. ``inspected_by``: the unit that inspects.
    ``issued_for``: see :func:`~assess.exchange.forms.checklist.checklist_of`. ``plan``: the number
    of the plan as written on the checklist. Existing files may be filled in: unless ``force``,
    they are refused before anything is written.
    """
    records = source.records(FAR_OFF)
    adoptions = Adoptions(records.tree, records["adoption"])
    meetings = records["meeting"]
    meetings = meetings[
        (meetings["status"] == "held")
        & (meetings["kind"] != "chuyen_de")
        & meetings["chi_bo_id"].isin(list(reasons))
    ]
    meetings = meetings.sort_values(["for_month", "held_on", "meeting_id"])
    by_path: dict[Path, list[Checklist]] = {}
    for chi_bo, why in reasons.items():
        found = []
        for _, meeting in meetings[
            (meetings["chi_bo_id"] == chi_bo) & meetings["for_month"].isin(list(months[chi_bo]))
        ].iterrows():
            adopted = adoptions.form_on(chi_bo, str(meeting["kind"]), meeting["held_on"].date())
            if adopted is None:
                continue
            form = form_of(
                pick(rules, adopted),
                records.tree,
                chi_bo,
                str(meeting["for_month"]),
                str(meeting["meeting_id"]),
            )
            filled = values_of(records, form, meeting)
            own = {key: value for key, value in filled.entries.items() if key[0] != "inspector"}
            found.append(
                Checklist(
                    form=checklist_of(form, tidy(issued_for)),
                    facts=meeting.to_dict(),
                    filled=replace(filled, notes={}, entries=own),
                    inspected_by=inspected_by,
                    plan=plan,
                    reasons=tuple(why),
                    open=_open(records, chi_bo),
                )
            )
        if found:
            by_path[_free(folder / f"phieu-kiem-tra-{chi_bo}.xlsx", force=force)] = found
    folder.mkdir(parents=True, exist_ok=True)
    for path, found in by_path.items():
        write_checklists(path, found)
    return list(by_path)


def _open(records: Records, chi_bo: str) -> tuple[OpenRecommendation, ...]:
    """Return the unremedied findings and recommendations for a chi bộ and those merged into it."""
    table = records["inspection"]
    table = table[
        table["chi_bo_id"].isin(records.tree.merged_into(chi_bo))
        & table["remedied_on"].isna()
        & table["inspected_on"].notna()
    ]
    table = table[table["finding"].notna() | table["recommendation"].notna()].sort_values(
        ["inspected_on", "inspection_id"]
    )
    said = []
    for row in table.itertuples():
        texts = [str(text) for text in (row.finding, row.recommendation) if not pd.isna(text)]
        due = None if pd.isna(row.remedy_by) else row.remedy_by.date()
        at = (
            ""
            if row.chi_bo_id == chi_bo
            else f", tại {records.tree.name_on(str(row.chi_bo_id), row.inspected_on.date())}"
        )
        said.append(
            OpenRecommendation(
                str(row.inspection_id),
                f"{numbers.day(row.inspected_on.date())}{at}: {'. Kiến nghị: '.join(texts)}",
                due,
            )
        )
    return tuple(said)


def _free(path: Path, *, force: bool) -> Path:
    if path.exists() and not force:
        raise input_error("file-exists", str(path), hint="--force")
    return path


def _rules(
    rules: RuleBook,
    adoptions: Adoptions,
    chi_bo: str,
    kind: str,
    period: Period,
    wanted: str,
    name: str,
) -> RuleSet:
    if wanted != AUTO:
        return pick(rules, wanted)
    found = {
        adoptions.form_on(chi_bo, kind, day)
        for day in (month_start(period.text), month_end(period.text))
    } - {None}
    if not found:
        candidates = [r.id for r in rules.values() if r.in_force(period.end) and r.meeting == kind]
        words = "chuyên đề" if kind == "chuyen_de" else "thường kỳ"
        raise input_error(
            "form-no-adoption",
            chi_bo,
            allowed=candidates,
            month=period.label,
            found=name,
            kind=words,
        )
    if len(found) > 1:
        names = sorted(str(form) for form in found)
        raise input_error(
            "form-two-rules",
            chi_bo,
            allowed=names,
            hint="--rule-set",
            month=period.label,
            found=", ".join(names),
        )
    return pick(rules, str(found.pop()))


def _one(
    records: Records, rules: RuleSet, chi_bo: str, month: str, *, filled: bool
) -> tuple[ScoreForm, FilledValues | None]:
    """Return a chi bộ's form, with the id of its meeting of that month if one is on record."""
    meetings = records["meeting"]
    thematic = rules.meeting == "chuyen_de"
    theirs = meetings[
        (meetings["chi_bo_id"] == chi_bo)
        & (meetings["for_month"] == month)
        & ((meetings["kind"] == "chuyen_de") == thematic)
    ]
    meeting = None if theirs.empty else theirs.iloc[0]
    form = form_of(
        rules, records.tree, chi_bo, month, "" if meeting is None else str(meeting["meeting_id"])
    )
    return form, None if meeting is None or not filled else values_of(records, form, meeting)


def values_of(records: Records, form: ScoreForm, meeting: pd.Series) -> FilledValues:
    """Return the records of a meeting as the values of its score form."""
    sheets = records["sheet"]
    sheets = sheets[
        (sheets["meeting_id"] == meeting["meeting_id"]) & (sheets["rule_set_id"] == form.rules.id)
    ]
    lines = records["line"]
    return filled_from(
        form, meeting.to_dict(), sheets, lines[lines["sheet_id"].isin(sheets["sheet_id"])]
    )
