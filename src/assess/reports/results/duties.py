"""Duties of chi bộ and committees: done in time, late, not done, or unknown; and the calendar."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.errors import InputError
from assess.base.periods import Period
from assess.base.text import committee_of
from assess.records import words
from assess.records.adoption import Adoptions
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount
from assess.studies.compliance import (
    BLANK,
    DUTIES,
    LATE,
    MISSING,
    NOT_APPLICABLE,
    NOT_DUE,
    NOW,
    ON_TIME,
    UNKNOWN,
    counts,
)
from assess.studies.rollout import STEPS, rollout

if TYPE_CHECKING:
    import datetime as dt

    from assess.reports.report import Report
    from assess.rules.annual import Deadline

STATES = {
    ON_TIME: "đúng hạn",
    LATE: "chậm",
    MISSING: "chưa thực hiện",
    BLANK: "chưa ghi ngày",
    UNKNOWN: "chưa có số liệu",
    NOT_APPLICABLE: "không áp dụng",
    NOT_DUE: "chưa đến hạn",
}
"""What may have become of an occasion by the day of the data."""
_REPORTS = ("first_report", "quarter_report", "half_report", "year_report")


@dataclass(frozen=True)
class DutyResults:
    """The duties of a period, each occasion counted once.

    Of ``due`` occasions, ``late`` were done late or outside the days set, ``missing`` were not done
    though due, ``blank`` have a form that leaves the day blank, ``unknown`` are not on record,
    ``not_applicable`` do not apply. ``by_duty``: ``key``, ``duty``, ``due``, a column for each
    state (``on_time``, ``late``, ``missing``, ``blank``, ``unknown``, ``not_applicable``,
    ``not_due``), ``source``. ``titles`` are those of the state columns. ``calendar``, by day:
    ``day``, ``what``, ``units``, ``state``, ``open`` (who is late or has not done it).
    ``late_list`` and ``unknown_list``: ``duty``, ``unit``, ``about``, ``due``, ``done``, ``state``,
    ``note``, one by one, and as far as they are more than the given number ``late_units`` and
    ``unknown_units`` instead: ``unit_id``, ``unit``, a column for each duty (``duty_titles``),
    ``all``.
    """

    due: NamedCount
    late: NamedCount
    missing: NamedCount
    blank: NamedCount
    unknown: NamedCount
    not_applicable: NamedCount
    titles: dict[str, str]
    by_duty: pd.DataFrame
    calendar: pd.DataFrame
    late_list: pd.DataFrame
    unknown_list: pd.DataFrame
    late_units: pd.DataFrame
    unknown_units: pd.DataFrame
    duty_titles: dict[str, str]


def duty_results(report: Report, most: int = 300) -> DutyResults:
    """Return the duties of a period; more than ``most`` late ones are counted by unit."""
    table = counts(report.compliance)

    def total(state: str) -> NamedCount:
        return NamedCount(f"compliance.{state}", int(table[state].sum()))

    late = report.compliance[report.compliance["state"].isin((LATE, MISSING))]
    unknown = report.compliance[report.compliance["state"].isin((BLANK, UNKNOWN))]
    return DutyResults(
        due=NamedCount("compliance.due", int(table["due"].sum())),
        late=total(LATE),
        missing=total(MISSING),
        blank=total(BLANK),
        unknown=total(UNKNOWN),
        not_applicable=total(NOT_APPLICABLE),
        titles={state: f"{title[:1].upper()}{title[1:]}" for state, title in STATES.items()},
        by_duty=table.assign(
            key=table["duty"],
            duty=[DUTIES[duty].title for duty in table["duty"]],
            source=[_source(report, duty) for duty in table["duty"]],
        ),
        calendar=_calendar(report),
        late_list=_one_by_one(report, late if len(late) <= most else late.head(0)),
        unknown_list=_one_by_one(report, unknown if len(unknown) <= most else unknown.head(0)),
        late_units=_by_unit(report, late if len(late) > most else late.head(0)),
        unknown_units=_by_unit(report, unknown if len(unknown) > most else unknown.head(0)),
        duty_titles={name: duty.title for name, duty in DUTIES.items()},
    )


# --- where a duty comes from ----------------------------------------------------------------------


def _source(report: Report, duty: str) -> str:
    """Return the source of a duty: an adoption, a line of the form, or the guidance."""
    about, parts = DUTIES[duty], []
    if about.adopted:
        parts = [
            f"theo quy định của {committee_of(report.unit_name(unit))}, từ ngày {numbers.day(since)}"
            for unit, since in _who_asks(report, duty)
        ]
    if about.now and report.slice.period.end >= NOW:
        parts.append(about.now)
    if about.before and report.slice.period.start < NOW:
        until = f" (trước ngày {numbers.day(NOW)})" if report.slice.period.end >= NOW else ""
        parts.append(f"{about.before}{until}")
    if duty == "annual" and report.slice.annual is not None:
        parts += [report.slice.annual.clause(deadline.cite) for deadline in _decision_days(report)]
    fact = {"papers": "papers_lead_days", "result": "result_lag_days"}.get(duty)
    parts += [
        r.clause(c.cite)
        for r in report.forms
        for c in r.criteria
        if fact and c.met_when is not None and c.met_when.fact == fact
    ]
    shown = list(dict.fromkeys(parts))
    more = len(shown) - report.at_most
    return "; ".join(shown[: report.at_most]) + (f" và {more} đơn vị khác" if more > 0 else "")


def _who_asks(report: Report, duty: str) -> list[tuple[str, dt.date]]:
    """Return the units whose adoption makes a duty due, each with the first day."""
    made, what = report.slice, DUTIES[duty].adopted
    table = report.compliance
    due = table[table["duty"] == duty][["unit_id", "due_on"]].drop_duplicates("unit_id")
    adoptions = Adoptions(made.tree, made.tables["adoption"])
    found = (
        adoptions.who_on(unit, what, min(day, made.period.end))
        for unit, day in due.itertuples(index=False)
    )
    return sorted({(unit, since) for unit, since in found if unit and since is not None})


# --- the calendar ---------------------------------------------------------------------------------


def _calendar(report: Report) -> pd.DataFrame:
    rows = sorted(_days(report), key=lambda row: (row[0], row[1]))
    frame = pd.DataFrame(rows, columns=["day", "what", "units", "state", "open"])
    return with_kinds(frame, {"day": "date", "units": "integer"})


def _days(report: Report) -> list[tuple[Any, ...]]:
    table = report.compliance
    dated = table[table["duty"].isin(["meeting", *_REPORTS])]
    found = [
        (
            due,
            _what(report, str(duty), str(about), theirs),
            theirs["unit_id"].nunique(),
            _states(theirs),
            _open(report, theirs),
        )
        for (duty, about, due), theirs in dated.groupby(["duty", "about", "due_on"], sort=True)
    ]
    briefing = table[table["duty"] == "briefing"]
    if len(briefing):
        found.append(
            (
                briefing["due_on"].max(),
                f"{DUTIES['briefing'].title} (muộn nhất)",
                len(briefing),
                _states(briefing),
                _open(report, briefing),
            )
        )
    return found + _annual_days(report)


def _what(report: Report, duty: str, about: str, rows: pd.DataFrame) -> str:
    """Return what is due; a report also names its recipient."""
    if duty == "meeting":
        return f"Sinh hoạt thường kỳ {Period.parse(about).label}"
    title = DUTIES[duty].title if duty == "first_report" else f"Báo cáo {Period.parse(about).label}"
    day = min(rows["due_on"].iloc[0], report.slice.period.end)
    uppers = {
        upper.unit_id
        for unit in rows["unit_id"]
        if (upper := report.slice.tree.reports_to(unit, day)) is not None
    }
    if len(uppers) != 1:
        return title
    return f"{title}, gửi {committee_of(report.unit_name(uppers.pop()))}"


def _open(report: Report, rows: pd.DataFrame) -> str | None:
    """Return the units that are late or have not done it, by name up to a limit."""
    both = zip(rows["unit_id"], rows["state"], strict=True)
    unmet = dict.fromkeys(unit_id for unit_id, state in both if state in {LATE, MISSING})
    units = [report.unit_name(unit_id) for unit_id in unmet]
    more = len(units) - report.at_most
    shown = ", ".join(units[: report.at_most])
    return (shown + (f" và {more} đơn vị khác" if more > 0 else "")) or None


def _annual_days(report: Report) -> list[tuple[Any, ...]]:
    rules, period = report.slice.annual, report.slice.period
    if rules is None or len(period.months) != 12:
        return []
    annual = report.compliance[report.compliance["duty"] == "annual"]
    rows: list[tuple[Any, ...]] = []
    own = report.slice.tree.on(period.end).get(report.slice.dang_bo)
    decisions = _decision_days(report)
    for deadline in rules.deadlines:
        day = deadline.on(period.year)
        theirs = annual[annual["due_on"] == day] if deadline in decisions else annual[:0]
        if not len(theirs) and not deadline.concerns("" if own is None else own.level):
            continue
        past = "đã qua" if report.slice.as_of.date() > day else STATES[NOT_DUE]
        title = f"{deadline.title} ({rules.clause(deadline.cite)})"
        state = _states(theirs) if len(theirs) else past
        rows.append((day, title, len(theirs) or None, state, None))
    return rows


def _decision_days(report: Report) -> list[Deadline]:
    """Return the deadlines for decisions on the units of the annual duty."""
    units = report.slice.tree.on(report.slice.period.end)
    listed = report.compliance.loc[report.compliance["duty"] == "annual", "unit_id"]
    rules = report.slice.annual
    found = (
        []
        if rules is None
        else [d for unit in listed for d in rules.decision_deadlines(units[unit].level)]
    )
    return list({deadline.id: deadline for deadline in found}.values())


def _states(rows: pd.DataFrame) -> str:
    found = Counter(rows["state"])
    alone = len(rows) == 1
    return ", ".join(
        title if alone else f"{title} {found[state]}"
        for state, title in STATES.items()
        if state in found
    )


# --- one by one -----------------------------------------------------------------------------------

_LISTED = ["duty", "unit", "about", "due", "done", "state", "note"]


def _one_by_one(report: Report, table: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each occasion; one for all units where it is the same for all of them."""
    months = report.scores.every_meeting.set_index("meeting_id")["month"].to_dict()
    rows: list[tuple[Any, ...]] = []
    for duty, theirs in table.groupby("duty", sort=False):
        title = DUTIES[str(duty)].title
        every = report.compliance[report.compliance["duty"] == duty]
        due = Counter(zip(every["about"], every["due_on"], strict=True))
        occasions: dict[tuple[str, dt.date], list[Any]] = {}
        for r in theirs.itertuples(index=False):
            occasions.setdefault((r.about, r.due_on), []).append(r)
        for key, same in occasions.items():
            if len(same) == due[key] > 1 and _alike(same):
                first = same[0]
                state, note = STATES[first.state], first.note or None
                all_of_them = f"Tất cả {len(same)} đơn vị"
                rows.append(
                    (title, all_of_them, _about(first.about), first.due_on, None, state, note)
                )
                continue
            for r in same:
                window = duty == "window"
                rows.append(
                    (
                        title,
                        report.unit_name(r.unit_id),
                        _about(months.get(r.about, r.about)),
                        None if window else r.due_on,
                        r.done_on,
                        "không đúng thời gian quy định" if window else STATES[r.state],
                        r.note or None,
                    )
                )
    return with_kinds(pd.DataFrame(rows, columns=_LISTED), {"due": "date", "done": "date"})


def _alike(occasions: list[Any]) -> bool:
    """Return whether occasions are in the same state with the same note, and not late."""
    first = occasions[0]
    return first.state != LATE and all(
        (r.state, r.note) == (first.state, first.note) for r in occasions
    )


def _about(text: str) -> str:
    """Return a month or period as readers write it, or a meeting's id."""
    try:
        return Period.parse(text).label
    except InputError:
        return text


def _by_unit(report: Report, table: pd.DataFrame) -> pd.DataFrame:
    counted = pd.crosstab(table["unit_id"], table["duty"]) if len(table) else pd.DataFrame()
    rows = [
        (str(unit), report.unit_name(str(unit)), *map(int, row), int(sum(row)))
        for unit, row in zip(counted.index, counted.to_numpy().tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=["unit_id", "unit", *counted.columns, "all"])


# --- model meetings -------------------------------------------------------------------------------


@dataclass(frozen=True)
class RolloutResults:
    """Which unit has taken which step of the model meetings.

    ``done`` of ``units`` units have taken all. ``steps`` are the titles of the steps; ``frame``:
    ``unit_id``, ``name``, the day of each step, ``late`` and ``overdue`` steps (missing where no
    day was planned), ``next`` (what is to be done, or that all is done).
    """

    units: NamedCount
    done: NamedCount
    steps: dict[str, str]
    frame: pd.DataFrame


def rollout_results(report: Report) -> RolloutResults:
    """Return the steps of the model meetings by unit; no units if none is on record."""
    table = rollout(report.slice)
    titles = {
        step: f"{words.MILESTONES[step][:1].upper()}{words.MILESTONES[step][1:]}" for step in STEPS
    }
    following = [words.MILESTONES.get(step, "đã xong") for step in table["next"]]
    counted = dict.fromkeys(("late", "overdue"), "integer")
    return RolloutResults(
        NamedCount("rollout.units", len(table)),
        NamedCount("rollout.done", int(table["next"].isna().sum())),
        titles,
        with_kinds(table.assign(next=following), {**dict.fromkeys(STEPS, "date"), **counted}),
    )
