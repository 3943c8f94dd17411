"""Cut the slice of one report from the records."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from assess.base import numbers
from assess.base.arguments import as_day, as_moment, as_period, as_text
from assess.base.errors import input_error
from assess.base.periods import last_day, month_end, month_start, shift_month
from assess.base.text import nearest
from assess.records.adoption import Adoptions, adopted_forms
from assess.records.origin import BATCH, origin_of
from assess.records.slice_checks import (
    check_adoption,
    check_annual,
    check_answers,
    check_criteria,
)
from assess.records.slices import AUTO, Slice, digest_of, head_of
from assess.records.tree import Tree
from assess.records.year_rows import units_below, year_rows
from assess.rules import pick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.base.periods import Period
    from assess.records.source import Records
    from assess.rules import RuleBook

_EDGE = dt.timedelta(days=6)
"""Days around a period: a meeting by the 5th (the usual window) may review the month before."""


def make_slice(
    records: Records,
    rules: RuleBook,
    *,
    dang_bo: str,
    period: Period | str | int,
    as_of: dt.datetime | dt.date | str,
    document_date: dt.date | str,
    rule_set: str | None = AUTO,
) -> Slice:
    """Cut the inputs of one report from the records.

    A period may be text or the number of a year; a moment or a day may be text; a day given as
    ``as_of`` is its end. Of the month under way, the meetings held by ``as_of`` count. Raise
    :class:`~assess.base.errors.InputError` for an unknown đảng bộ, a period that has not begun by
    ``as_of``, a đảng bộ without chi bộ in the period, a period with held meetings in which no rule
    set applies, an invalid adoption, answer or annual file, and lines that are not in their sheet's
    rule set.
    """
    period, as_of = as_period(period), as_moment(as_of)
    document_date = as_day(document_date, "document_date")
    rule_set = AUTO if rule_set is None else as_text(rule_set, "rule_set")
    _check_dang_bo(records.tree, as_text(dang_bo, "dang_bo"))
    if as_of.date() < period.start:
        raise input_error(
            "period-not-begun",
            "period",
            found=period.label,
            start=numbers.day(period.start),
            as_of=numbers.day(as_of.date()),
        )
    due = _due(records.tree, dang_bo, period, as_of.date())
    if due.empty:
        raise input_error(
            "no-chi-bo",
            dang_bo,
            found=records.tree.name_on(dang_bo, period.end),
            period=period.text,
        )
    chi_bo = set(due["chi_bo_id"])
    below = units_below(records, dang_bo, period, as_of)
    before = set().union(*(records.tree.merged_into(unit_id) for unit_id in chi_bo))
    yearly = year_rows(records, dang_bo, period, chi_bo, before, below, as_of)
    units = _units(records, dang_bo, chi_bo | before, below, period, as_of.date(), yearly)
    meetings = _meetings(records.lookup.rows("meeting", "chi_bo_id", chi_bo), due, period, as_of)
    tree = Tree(units)
    adoption = records.lookup.rows("adoption", "unit_id", set(units["unit_id"]))
    check_adoption(adoption, rules)
    answers = records.lookup.rows("answer", "unit_id", set(units["unit_id"]))
    check_answers(answers, rules)
    adoptions = Adoptions(tree, adoption)
    adopted = adopted_forms(meetings, adoptions)
    applying = adopted
    if rule_set != AUTO:
        thematic = pick(rules, rule_set).meeting == "chuyen_de"
        applying = adopted.mask((meetings["kind"] == "chuyen_de") == thematic, rule_set)
    meetings = meetings.assign(rule_set_id=applying, adopted_id=adopted)
    used = sorted(set(meetings["rule_set_id"].dropna()))
    if not used and (meetings["in_period"] & (meetings["status"] == "held")).any():
        candidates = [
            r.id for r in rules.values() if r.in_force(period.end) and r.meeting == "thuong_ky"
        ]
        facts = {"found": tree.name_on(dang_bo, period.end), "period": period.text}
        raise input_error("no-adoption", dang_bo, allowed=candidates, **facts)
    meeting_ids = meetings["meeting_id"].tolist()
    sheets = records.lookup.rows("sheet", "meeting_id", meeting_ids)
    lines = records.lookup.rows("line", "sheet_id", sheets["sheet_id"].tolist())
    check_criteria(sheets, lines, rules)
    tables = {
        "unit": units,
        "adoption": adoption,
        "answer": answers,
        "meeting": meetings,
        "sheet": sheets,
        "line": lines,
    }
    tables |= yearly | {
        "due": due,
        "change": records.lookup.rows("change", "meeting_id", meeting_ids),
    }
    withdrawn = _withdrawn(records.withdrawn, {dang_bo, *below, *chi_bo}, period)
    tables, origin = origin_of(tables, withdrawn, records.batches)
    tables |= {"withdrawn": withdrawn.drop(columns=BATCH)} if len(withdrawn) else {}
    of_year = adoptions.on(dang_bo, "annual_rules", period.end)
    used += [of_year] if of_year else []
    texts = {r: rules.texts[r] for r in used}
    corrections = {r: rules.corrections[r] for r in used if r in rules.corrections}
    head = head_of(dang_bo, period, as_of, document_date, rule_set, origin, corrections)
    picked = {r: rules[r] for r in used if r in rules}
    check_annual(tables, rules, used)
    annual = next((rules.annual[r] for r in used if r in rules.annual), None)
    return Slice(
        dang_bo,
        period,
        as_of,
        document_date,
        rule_set,
        tables,
        texts,
        picked,
        digest_of(head, tables, texts),
        annual,
        origin,
        corrections,
    )


def _withdrawn(rows: pd.DataFrame, units: set[str], period: Period) -> pd.DataFrame:
    """Return the withdrawals of rows about some units and a period.

    Those of meetings and their sheets are chosen by month; those of what holds from a day on, if it
    began by the period's end; others by the year.
    """
    in_period = [time[:7] in period.months for time in rows["time"]]
    in_year = [time[:4] == str(period.year) for time in rows["time"]]
    monthly = rows["table"].isin(["meeting", "sheet", "line"])
    kept = pd.Series(in_period, index=rows.index, dtype=bool).where(
        monthly, pd.Series(in_year, index=rows.index, dtype=bool)
    )
    lasting = rows["table"].isin(["unit", "adoption", "answer", "assignment"])
    begun = rows["time"] <= period.end.isoformat()
    kept = kept.where(~lasting, begun)
    return rows[rows["unit_id"].isin(units) & kept].reset_index(drop=True)


def _check_dang_bo(tree: Tree, dang_bo: str) -> None:
    if dang_bo not in tree.ids:
        near = nearest(dang_bo, tree.ids)
        raise input_error("unknown-dang-bo", "dang_bo", hint=near, found=dang_bo)


def _due(tree: Tree, dang_bo: str, period: Period, as_of: dt.date) -> pd.DataFrame:
    """Return the months in which each chi bộ of the đảng bộ has to meet.

    These are the months begun by ``as_of`` at whose end the chi bộ is under the đảng bộ. A month
    that still lasts is looked up at ``as_of``.
    """
    pairs = [
        (c, m)
        for m in period.months
        if month_start(m) <= as_of
        for c in tree.chi_bo_under(dang_bo, last_day(m, as_of))
    ]
    pairs.sort()
    return pd.DataFrame(
        {
            "chi_bo_id": pd.Series([p[0] for p in pairs], dtype="str"),
            "month": pd.Series([p[1] for p in pairs], dtype="str"),
        }
    )


def _units(
    records: Records,
    dang_bo: str,
    chi_bo: set[str],
    below: set[str],
    period: Period,
    as_of: dt.date,
    yearly: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Return the ``unit`` rows that the report needs.

    These are the đảng bộ, its chi bộ (with those that they took over and their successors), the
    units below it, every unit above the đảng bộ or a chi bộ in the period, every unit above a chi
    bộ on the day of an inspection or visit, and the units that inspected or visited.
    """
    # Also the day when the month began, since its meeting may use the rule set of the unit above
    # then, and ``as_of`` while the month lasts.
    of_period = {
        day
        for month in period.months
        for day in (month_start(month), month_end(month), last_day(month, as_of))
    }
    days = {unit_id: set(of_period) for unit_id in {dang_bo, *chi_bo}}
    needed = set(chi_bo) | below | {dang_bo}
    for name, by, on in (
        ("inspection", "inspected_by", "inspected_on"),
        ("visit", "office_id", "done_on"),
    ):
        rows = yearly[name]
        rows = rows[rows[on].notna()]
        needed.update(rows[by].dropna())
        for unit_id, day in zip(rows["chi_bo_id"], rows[on].dt.date, strict=True):
            days.setdefault(unit_id, set()).add(day)
    needed |= records.tree.all_above(days)
    successors = records.lookup.rows("unit", "unit_id", chi_bo)["successor_id"]
    return records.lookup.rows("unit", "unit_id", needed | set(successors.dropna()))


def _meetings(
    meetings: pd.DataFrame, due: pd.DataFrame, period: Period, as_of: dt.datetime
) -> pd.DataFrame:
    """Return the meetings of the period and the months next to it, or held within some days of it.

    While the period lasts, a meeting recorded for a day after ``as_of`` has not been held yet and
    is left out.
    """
    if as_of.date() < period.end:
        meetings = meetings[~(meetings["held_on"] > pd.Timestamp(as_of))]
    around = {shift_month(period.months[0], -1), *period.months, shift_month(period.months[-1], 1)}
    held = meetings["held_on"].between(
        pd.Timestamp(period.start - _EDGE), pd.Timestamp(period.end + _EDGE)
    )
    meetings = meetings[meetings["for_month"].isin(around) | held].reset_index(drop=True)
    pairs = set(zip(due["chi_bo_id"], due["month"], strict=True))
    keys = zip(meetings["chi_bo_id"], meetings["for_month"], strict=True)
    return meetings.assign(
        in_period=pd.Series([key in pairs for key in keys], index=meetings.index, dtype=bool)
    )
