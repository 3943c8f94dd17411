"""Inspections of a period: planned and done, what was found, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.text import committee_of
from assess.records.words import INSPECTION_KINDS, LEVELS
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount, NamedList, NamedPoints, NamedRate
from assess.reports.results.forms import on_form
from assess.rules import catalogue
from assess.scoring.explain_meeting import entry_in_words
from assess.studies.inspection.by_criterion import own_against
from assess.studies.inspection.coverage import inspected, inspections_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.reports.report import Report
    from assess.rules import Criterion, RuleSet

STATES = {
    "remedied": "đã khắc phục",
    "late": "khắc phục muộn",
    "overdue": "quá hạn, chưa ghi nhận khắc phục",
    "not_due": "chưa đến hạn",
    "no_day": "không có hạn",
}
"""What may have become of a finding or recommendation by the day of the data."""


@dataclass(frozen=True)
class TitledCount:
    """A number with the words for what it counts."""

    title: str
    count: NamedCount


@dataclass(frozen=True)
class InspectionResults:
    """The inspections of a period and of its meetings, or all on record.

    ``all`` inspections of ``chi_bo`` chi bộ, by ``kinds`` (in words); ``with_finding`` of them have
    a finding on record, for the others nothing says whether there was one; ``later`` took place
    after the period. ``plans``: ``plan`` (its number), ``all`` the inspections that belong to it,
    ``done``, ``open``. ``findings`` has a row for each finding or recommendation of these
    inspections and ``earlier`` for each of others: ``name``, ``when``, ``kind``, ``by``, ``plan``,
    ``month`` of the meeting, ``evidence``, ``finding``, ``clause``, ``recommendation``,
    ``remedy_by``, ``state``. ``states`` counts both by what became of them, of ``recommendations``
    in all. ``visits``: ``when``, ``name``, ``kind``, ``by``, ``plan``, ``evidence``, ``finding``
    (whether one is on record), in the order of days.
    """

    all: NamedCount
    chi_bo: NamedCount
    with_finding: NamedCount
    later: NamedCount
    kinds: tuple[TitledCount, ...]
    plans: pd.DataFrame
    findings: pd.DataFrame
    earlier: pd.DataFrame
    recommendations: NamedCount
    states: tuple[TitledCount, ...]
    visits: pd.DataFrame


def inspection_results(report: Report, *, all_years: bool = False) -> InspectionResults:
    """Return the inspections of the period and of its meetings, or all with ``all_years``."""
    table = report.slice.tables["inspection"]
    done = table.dropna(subset="inspected_on").sort_values(
        ["inspected_on", "chi_bo_id", "inspection_id"], kind="stable"
    )
    period = report.slice.period
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
    of_meetings = done["meeting_id"].isin(report.scores.meetings["meeting_id"])
    mine = done
    if not all_years:
        within = done["inspected_on"].between(start, end) | of_meetings
        mine = done[within & done["chi_bo_id"].isin(report.slice.chi_bo)]
    visits = inspections_of(mine)
    counts = visits["form"].value_counts()
    told = table[table["finding"].notna() | table["recommendation"].notna()]
    told = told.sort_values(["chi_bo_id", "inspected_on", "inspection_id"], kind="stable")
    now = told["inspection_id"].isin(mine["inspection_id"])
    findings, earlier = _findings(report, told[now]), _findings(report, told[~now])
    states = pd.concat([findings["state"], earlier["state"]]).value_counts()
    later = inspections_of(mine[mine["inspected_on"] > end])
    return InspectionResults(
        all=NamedCount("inspections.all", len(visits)),
        chi_bo=NamedCount("inspections.chi_bo", int(visits["chi_bo_id"].nunique())),
        with_finding=NamedCount("inspections.with_finding", int(visits["found"].gt(0).sum())),
        later=NamedCount("inspections.later", len(later)),
        kinds=tuple(
            TitledCount(title, NamedCount(f"inspections.{kind}", int(counts[kind])))
            for kind, title in INSPECTION_KINDS.items()
            if kind in counts
        ),
        plans=_plans(table, mine),
        findings=findings,
        earlier=earlier,
        recommendations=NamedCount("follow_up.all", len(told)),
        states=tuple(
            TitledCount(title, NamedCount(f"follow_up.{name}", int(states[title])))
            for name, title in STATES.items()
            if title in states
        ),
        visits=_visits(report, mine),
    )


def _plans(table: pd.DataFrame, mine: pd.DataFrame) -> pd.DataFrame:
    """Return the plans of the inspections, with those of their inspections that are still open."""
    rows = []
    for plan in sorted(set(mine["plan"].dropna())):
        theirs = table[table["plan"] == plan]
        done = inspections_of(theirs)
        waiting = theirs[theirs["inspected_on"].isna()].groupby(["chi_bo_id", "form"]).ngroups
        rows.append((plan, len(done) + waiting, len(done), waiting))
    return pd.DataFrame(rows, columns=["plan", "all", "done", "open"])


def _by(report: Report, unit_id: Any) -> str | None:
    return None if pd.isna(unit_id) else committee_of(report.unit_name(unit_id))


def _findings(report: Report, table: pd.DataFrame) -> pd.DataFrame:
    months = report.scores.every_meeting.set_index("meeting_id")["month"].to_dict()
    day = pd.Timestamp(report.slice.as_of.date())
    rows = [
        (
            report.unit_name(r.chi_bo_id),
            r.inspected_on,
            INSPECTION_KINDS[r.form],
            _by(report, r.inspected_by),
            _text(r.plan),
            months.get(r.meeting_id),
            _text(r.evidence),
            _text(r.finding),
            _text(r.clause),
            _text(r.recommendation),
            r.remedy_by,
            _state(r, day),
        )
        for r in table.itertuples()
    ]
    columns = (
        "name", "when", "kind", "by", "plan", "month", "evidence",
        "finding", "clause", "recommendation", "remedy_by", "state",
    )  # fmt: skip
    return with_kinds(
        pd.DataFrame(rows, columns=list(columns)),
        {"when": "date", "remedy_by": "date", "month": "month"},
    )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _state(row: Any, day: pd.Timestamp) -> str:
    due, done = row.remedy_by, row.remedied_on
    if not pd.isna(done):
        return STATES["late"] if not pd.isna(due) and done > due else STATES["remedied"]
    if pd.isna(due):
        return STATES["no_day"]
    return STATES["overdue"] if due < day else STATES["not_due"]


def _visits(report: Report, table: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (
            r.inspected_on,
            report.unit_name(r.chi_bo_id),
            INSPECTION_KINDS[r.form],
            _by(report, r.inspected_by),
            _text(r.plan),
            _text(r.evidence),
            "chưa ghi" if pd.isna(r.finding) else "có ghi",
        )
        for r in table.itertuples()
    ]
    columns = ["when", "name", "kind", "by", "plan", "evidence", "finding"]
    return with_kinds(pd.DataFrame(rows, columns=columns), {"when": "date"})


# --- the inspector's judgement against the chi bộ's own -------------------------------------------


@dataclass(frozen=True)
class JudgedForm:
    """The comparison on one form, by criterion.

    ``frame``: ``title``, ``pairs`` (meetings), ``same``, ``higher`` (own is higher), ``lower``,
    ``left`` (one side does not count it), ``difference`` (mean of own less the inspector's points).
    """

    rules: RuleSet
    on: str
    frame: pd.DataFrame


@dataclass(frozen=True)
class JudgedOtherwise:
    """Entries that an inspector judged otherwise than the chi bộ.

    ``lines`` entries of ``meetings`` meetings at ``chi_bo`` chi bộ, of ``compared`` entries that
    both judged; where the chi bộ had entered more, ``lost`` points in all. ``frame`` has a row for
    each: ``key``, ``name``, ``meeting_id``, ``month``, ``title``, ``own`` and ``inspector`` entry,
    ``lost`` (own less the inspector's points; None where there are none), ``note`` that the
    inspector wrote beside it, ``plan``. ``forms`` compare by criterion.
    """

    compared: NamedCount
    lines: NamedCount
    meetings: NamedCount
    chi_bo: NamedCount
    lost: NamedPoints
    frame: pd.DataFrame
    forms: tuple[JudgedForm, ...]


def judged_otherwise(report: Report) -> JudgedOtherwise:
    """Return the entries of the period's meetings that an inspector judged otherwise."""
    by_criterion = own_against(report.scores, "inspector")
    frame = _differing(report)
    lost = frame.loc[frame["lost"] > 0, "lost"].sum() if len(frame) else 0.0
    return JudgedOtherwise(
        compared=NamedCount("judged.compared", int(by_criterion["pairs"].sum())),
        lines=NamedCount("judged.lines", len(frame)),
        meetings=NamedCount("judged.meetings", int(frame["meeting_id"].nunique())),
        chi_bo=NamedCount("judged.chi_bo", int(frame["name"].nunique())),
        lost=NamedPoints("judged.lost", float(lost)),
        frame=frame,
        forms=tuple(
            JudgedForm(
                rules,
                on_form(report, rules),
                _of_form(by_criterion, rules),
            )
            for rules in report.forms
            if rules.id in set(by_criterion["rule_set_id"])
        ),
    )


def _of_form(frame: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    mine = frame[frame["rule_set_id"] == rules.id].sort_values(
        ["higher", "lower"], ascending=False, kind="stable"
    )
    return with_kinds(mine.rename(columns={"one_left_out": "left"}), {"difference": "points"})


def _differing(report: Report) -> pd.DataFrame:
    scored = report.scores.lines
    scored = scored[
        scored["meeting_id"].isin(report.scores.meetings["meeting_id"])
        & (scored["state"] != "blank")
    ]
    key = ["meeting_id", "rule_set_id", "criterion_id"]
    own, other = (scored[scored["rater"] == rater] for rater in ("self", "inspector"))
    both = own.merge(other, on=key, suffixes=("", "_other"))
    both = both[(both["entered"] != both["entered_other"]) | (both["state"] != both["state_other"])]
    both = both[~(both["entered"].isna() & both["entered_other"].isna())].copy()
    meetings = report.scores.every_meeting.set_index("meeting_id")
    both["chi_bo_id"] = both["meeting_id"].map(meetings["chi_bo_id"])
    both["month"] = both["meeting_id"].map(meetings["month"])
    both = both.sort_values(["chi_bo_id", "month", "meeting_id"], kind="stable")
    raw = report.slice.tables["line"].set_index(["sheet_id", "criterion_id"])["note"].to_dict()
    table = report.slice.tables["inspection"].dropna(subset=["meeting_id", "plan"])
    plans = dict(zip(table["meeting_id"], table["plan"], strict=True))
    known: Mapping[tuple[str, str], Criterion] = {
        (r.id, c.id): c for r in report.slice.rule_sets.values() for c in r.criteria
    }
    rows = []
    for r in both.itertuples(index=False):
        criterion = known[r.rule_set_id, r.criterion_id]
        mark = criterion.kind == "mark"
        lost = r.entered - r.entered_other
        rows.append(
            (
                f"{r.meeting_id}.{r.criterion_id}",
                report.names.get(r.chi_bo_id, r.chi_bo_id),
                r.meeting_id,
                r.month,
                criterion.title,
                _entry(r.state, r.entered, mark=mark),
                _entry(r.state_other, r.entered_other, mark=mark),
                None if mark or lost != lost else lost,
                _text(raw.get((r.sheet_id_other, r.criterion_id))),
                plans.get(r.meeting_id),
            )
        )
    columns = [
        "key", "name", "meeting_id", "month", "title", "own", "inspector", "lost", "note", "plan",
    ]  # fmt: skip
    kinds = dict.fromkeys(("own", "inspector", "lost"), "points")
    frame = pd.DataFrame(rows, columns=columns)
    return with_kinds(
        frame.astype({"lost": float}) if len(frame) else frame, {**kinds, "month": "month"}
    )


def _entry(state: str, entered: float, *, mark: bool) -> float | str | None:
    if state == "not_applicable":
        return "không áp dụng"
    return entry_in_words(entered, mark=True) if mark else entered


# --- the programme of a year ----------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One way to count inspections: its words, its number from 1, the chi bộ inspected so."""

    title: str
    number: int
    covered: NamedCount
    share: NamedRate


@dataclass(frozen=True)
class Programme:
    """The year's inspections of the chi bộ below, until the day ``until``.

    ``chi_bo`` of them, counted in ``ways``; ``counts_as`` is the way in use. ``by_unit``, by the
    unit that each reports to: ``unit``, ``all`` (chi bộ), the number of each kind of inspection,
    ``c_1``… the chi bộ inspected in each way. ``kinds`` are the titles of the kinds. ``no_meeting``
    visits are left out, because no meeting is on record for their day; ``open`` inspections without
    a day are on record, of the chi bộ ``open_names``. ``duties``: ``unit``, ``level``, ``all``,
    chi bộ inspected by the committee directly above (``direct``), not by it (``left``), by one
    higher up (``higher``), or by an unknown one (``unsaid``). ``whole`` of ``units`` units have
    inspected all of their chi bộ; ``higher`` chi bộ were inspected by a committee higher up.
    """

    until: str
    chi_bo: NamedCount
    ways: tuple[Way, ...]
    counts_as: str
    kinds: dict[str, str]
    by_unit: pd.DataFrame
    no_meeting: NamedCount
    open: NamedCount
    open_names: NamedList
    whole: NamedCount
    units: NamedCount
    higher: NamedCount
    duties: pd.DataFrame


def programme(report: Report) -> Programme:
    """Return the year's inspections of the chi bộ below, done and open."""
    made = report.slice
    options = catalogue()["coverage_counts"].options
    tables = {option.id: inspected(made, option.id) for option in options}
    day = min(made.period.end, made.as_of.date())
    base = tables[report.option("coverage_counts")]
    upper = [made.tree.reports_to(chi_bo, day) for chi_bo in base["chi_bo_id"]]
    base = base.assign(unit=[unit.unit_id if unit else made.dang_bo for unit in upper])
    for number, table in enumerate(tables.values(), start=1):
        base[f"c_{number}"] = table["covered"].to_numpy()
    base["left"] = ~base["direct"]
    base["unsaid"] = base["covered"] & ~base["direct"] & ~base["higher"]
    known = made.tables["inspection"]
    waiting = known[known["inspected_on"].isna() & known["chi_bo_id"].isin(base["chi_bo_id"])]
    names = dict.fromkeys(waiting["chi_bo_id"])
    ways = [f"c_{number}" for number in range(1, len(tables) + 1)]
    duties = _sums(report, base, ["direct", "left", "higher", "unsaid"])
    units = made.tree.on(day)
    duties["level"] = [LEVELS[units[u].level] if u in units else "" for u in duties["unit_id"]]
    return Programme(
        until=numbers.day(day),
        chi_bo=NamedCount("programme.chi_bo", len(base)),
        ways=tuple(
            Way(
                option.title,
                number,
                NamedCount(f"programme.{option.id}.covered", int(base[f"c_{number}"].sum())),
                NamedRate(
                    f"programme.{option.id}.share",
                    float(base[f"c_{number}"].mean()) if len(base) else float("nan"),
                ),
            )
            for number, option in enumerate(options, start=1)
        ),
        counts_as=report.chosen("coverage_counts").option.title,
        kinds={kind: title.capitalize() for kind, title in INSPECTION_KINDS.items()},
        by_unit=_sums(report, base, [*INSPECTION_KINDS, *ways]),
        no_meeting=NamedCount("programme.no_meeting", int(base["no_meeting"].sum())),
        open=NamedCount("programme.open", len(waiting)),
        open_names=NamedList("programme.open", (report.unit_name(chi_bo) for chi_bo in names)),
        whole=NamedCount("programme.whole", int(base.groupby("unit")["direct"].all().sum())),
        units=NamedCount("programme.units", int(base["unit"].nunique())),
        higher=NamedCount("programme.higher", int(base["higher"].sum())),
        duties=duties,
    )


def _sums(report: Report, base: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    rows = [
        (
            str(unit),
            report.unit_name(str(unit)),
            len(theirs),
            *(int(theirs[c].sum()) for c in columns),
        )
        for unit, theirs in base.groupby("unit")
    ]
    return pd.DataFrame(rows, columns=["unit_id", "unit", "all", *columns])
