"""What was due, and whether it was done in time: meetings, windows, thematic parts, papers, results, briefings, reports.

Each duty holds where the records or the rules say so: papers and results where the form in use has a line on them (with
its own number of days), a window, a briefing and reports where a unit has adopted them. Nothing is due before its day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.periods import Period, month_end, month_start, shift_month
from assess.records.adoption import Adoptions
from assess.records.checks import in_window
from assess.records.topics import topic_of
from assess.rules.intervals import edge_value
from assess.scoring.classing import is_listed
from assess.scoring.summary import NOT_HELD, REGULAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assess.records import Slice
    from assess.rules import RuleSet
    from assess.scoring.score import Scores

ON_TIME, LATE, MISSING, NOT_DUE = "on_time", "late", "missing", "not_due"
STATES = (ON_TIME, LATE, MISSING, NOT_DUE)
NOW = dt.date(2025, 10, 28)
"""From this day HD 42-HD/BTCTW is in force; before it, HD 12-HD/BTCTW (2018) and what provinces issued."""
HD42 = "Hướng dẫn 42-HD/BTCTW, ngày 28/10/2025 (theo các biểu đã triển khai)"
HD12 = "Hướng dẫn 12-HD/BTCTW, ngày 06/7/2018, phần II, mục 3"

COLUMNS = ("duty", "unit_id", "about", "due_on", "done_on", "state", "note")


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty: ``adopted`` is what a unit adopts to ask for it, ``now`` and ``before`` the guidance it comes from otherwise."""

    id: str
    title: str
    adopted: str = ""
    now: str = ""
    before: str = ""


DUTIES = {
    duty.id: duty
    for duty in (
        Duty("meeting", "Sinh hoạt thường kỳ hằng tháng", "", HD42, HD12),
        Duty("window", "Họp trong khoảng ngày quy định", "meeting_window"),
        Duty("thematic", "Sinh hoạt chuyên đề mỗi quý", "thematic_quarterly", HD42),
        Duty("papers", "Gửi tài liệu trước buổi họp"),
        Duty("result", "Đăng kết quả sau buổi họp"),
        Duty("briefing", "Quán triệt quy định ở kỳ sinh hoạt đầu năm", "first_briefing"),
        Duty("first_report", "Báo cáo triển khai lần đầu", "first_report"),
        Duty("quarter_report", "Báo cáo quý", "quarter_report"),
        Duty("half_report", "Báo cáo 6 tháng", "half_report"),
        Duty("year_report", "Báo cáo năm", "year_report"),
        Duty("annual", "Quyết định xếp loại năm"),
    )
}
_REPORTS = {"quarter_report": ("Q1", "Q2", "Q3", "Q4"), "half_report": ("H1", "H2"), "year_report": ("",)}
_LINES = {"papers": "papers_lead_days", "result": "result_lag_days"}

Row = tuple[str, str, str, dt.date, dt.date | None, str, str]


def compliance(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per duty and occasion: :data:`COLUMNS`.

    ``unit_id`` is who it is due from; ``about`` the month, quarter, period or meeting; ``state`` one of :data:`STATES`;
    ``note`` says why a meeting was not held.
    """
    look = _Look(made, scores)
    rows: list[Row] = [row for duty in _ALL for row in duty(look)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = {name: i for i, name in enumerate(DUTIES)}
    return table.sort_values(
        ["duty", "due_on", "unit_id", "about"], key=lambda c: c.map(order) if c.name == "duty" else c, kind="stable"
    ).reset_index(drop=True)


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per duty that was asked for: ``duty``, ``due`` (occasions), and the number in each state."""
    if table.empty:
        return pd.DataFrame(columns=["duty", "due", *STATES])
    found = pd.crosstab(table["duty"], table["state"]).reindex(columns=list(STATES), fill_value=0)
    found = found.reindex([d for d in DUTIES if d in found.index])
    found.insert(0, "due", found.sum(axis=1))
    return found.rename_axis(index="duty", columns=None).reset_index()


def topics(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per topic of thematic meetings held in the period: ``topic`` (its id, nothing where none is named), ``count``."""
    meetings = scores.in_period
    held = meetings[(meetings["status"] == "held") & (meetings["kind"] != "thuong_ky")]
    records = made.tables["meeting"]
    found = records.loc[records["meeting_id"].isin(held["meeting_id"]), "topic"].map(topic_of)
    return found.value_counts(sort=False).rename_axis("topic").rename("count").reset_index()


class _Look:
    """What the duties look at, worked out once."""

    def __init__(self, made: Slice, scores: Scores) -> None:
        self.made, self.scores = made, scores
        self.today = made.as_of.date()
        self.adoptions = Adoptions(made.tree, made.tables["adoption"])
        meetings = scores.in_period
        self.held = meetings[meetings["status"] == "held"]
        self.regular = meetings[meetings["kind"].isin(REGULAR)]
        self.due = list(made.tables["due"].itertuples(index=False, name=None))

    def state(self, due: dt.date, done: dt.date | None) -> str:
        if done is not None and done <= self.today:
            return ON_TIME if done <= due else LATE
        return MISSING if self.today > due else NOT_DUE

    def window_end(self, chi_bo: str, month: str) -> dt.date:
        """The last day on which a month's meeting is in time: the end of its window, or of the month."""
        window = self.adoptions.window_on(chi_bo, month_end(month))
        if window is None:
            return month_end(month)
        first, last = window
        base = month_start(shift_month(month, 1)) if first > last else month_start(month)
        return min(base + dt.timedelta(days=last - 1), month_end(base.strftime("%Y-%m")))


def _meeting(look: _Look) -> Iterator[Row]:
    held = look.regular[look.regular["status"] == "held"].groupby(["chi_bo_id", "month"])["held_on"].min()
    not_held = look.regular[look.regular["status"].isin(NOT_HELD)].drop_duplicates(["chi_bo_id", "month"])
    why = {(m.chi_bo_id, m.month): m.reason if isinstance(m.reason, str) else "" for m in not_held.itertuples()}
    for chi_bo, month in look.due:
        due, found = look.window_end(chi_bo, month), held.get((chi_bo, month))
        done = None if found is None else found.date()
        yield "meeting", chi_bo, month, due, done, look.state(due, done), "" if done else why.get((chi_bo, month), "")


def _window(look: _Look) -> Iterator[Row]:
    for m in look.regular[look.regular["status"] == "held"].itertuples():
        day = m.held_on.date()
        window = look.adoptions.window_on(m.chi_bo_id, day)
        if window is not None:
            state = ON_TIME if in_window(day, window) else LATE
            asked = f"từ ngày {window[0]} đến ngày {window[1]}"
            yield "window", m.chi_bo_id, m.meeting_id, look.window_end(m.chi_bo_id, m.month), day, state, asked


def _thematic(look: _Look) -> Iterator[Row]:
    parts = look.held[look.held["kind"] != "thuong_ky"].groupby(["chi_bo_id", "month"])["held_on"].min()
    due = set(look.due)
    for quarter in _quarters(look.made.period):
        asked = sorted({chi_bo for chi_bo, _ in due if all((chi_bo, month) in due for month in quarter.months)})
        for chi_bo in asked:
            if quarter.end < NOW and look.adoptions.on(chi_bo, "thematic_quarterly", quarter.end) != "co":
                continue
            found = [parts[chi_bo, month].date() for month in quarter.months if (chi_bo, month) in parts.index]
            last = look.window_end(chi_bo, quarter.months[-1])
            done = min(found, default=None)
            yield "thematic", chi_bo, quarter.text, last, done, look.state(last, done), ""


def _quarters(period: Period) -> list[Period]:
    """The whole quarters of a period."""
    quarters = [Period.parse(f"{period.year}-Q{q}") for q in range(1, 5)]
    return [quarter for quarter in quarters if set(quarter.months) <= set(period.months)]


def _papers(look: _Look) -> Iterator[Row]:
    for m, bound in _with_line(look, "papers", lower=True):
        due = m.held_on.date() - dt.timedelta(days=bound)
        yield _of_day(look, "papers", m, due, m.papers_at)


def _result(look: _Look) -> Iterator[Row]:
    for m, bound in _with_line(look, "result", lower=False):
        due = m.held_on.date() + dt.timedelta(days=bound)
        yield _of_day(look, "result", m, due, m.result_at)


def _with_line(look: _Look, duty: str, *, lower: bool) -> Iterator[tuple[Any, int]]:
    """The meetings held on a form that has a line on the duty, with the number of days that the line asks for."""
    days = {rules.id: _days(rules, _LINES[duty], lower=lower) for rules in look.made.rule_sets.values()}
    table = look.made.tables["meeting"].set_index("meeting_id")[["papers_at", "result_at"]]
    for m in look.regular[look.regular["status"] == "held"].join(table, on="meeting_id").itertuples():
        bound = days.get(m.rule_set_id)
        if bound is not None:
            yield m, bound


def _days(rules: RuleSet, fact: str, *, lower: bool) -> int | None:
    """The days that a form's line asks for: at least so many before, at most so many after."""
    for criterion in rules.criteria:
        if criterion.met_when is not None and criterion.met_when.fact == fact:
            edge = (criterion.met_when.lower if lower else criterion.met_when.upper)[0]
            return None if edge is None else int(edge_value(edge, {}))
    return None


def _of_day(look: _Look, duty: str, meeting: Any, due: dt.date, at: Any) -> Row:
    done = None if pd.isna(at) else at.date()
    return duty, meeting.chi_bo_id, meeting.meeting_id, due, done, look.state(due, done), ""


def _briefing(look: _Look) -> Iterator[Row]:
    """In the first meeting of the year; where none is recorded yet, by the end of the year's first window."""
    steps = look.made.tables["milestone"]
    year = str(look.made.period.year)
    done = steps[(steps["what"] == "briefing") & (steps["year"] == year)].set_index("unit_id")["done_on"]
    first_month = f"{year}-01"
    for chi_bo in sorted({c for c, month in look.due if month == first_month}):
        if look.adoptions.on(chi_bo, "first_briefing", month_end(first_month)) == "co":
            held = look.regular[(look.regular["chi_bo_id"] == chi_bo) & (look.regular["status"] == "held")]["held_on"].min()
            due = look.window_end(chi_bo, first_month) if pd.isna(held) else held.date()
            found = done.get(chi_bo)
            day = None if found is None or pd.isna(found) else found.date()
            yield "briefing", chi_bo, year, due, day, look.state(due, day), ""


def _reports(look: _Look) -> Iterator[Row]:
    """Each unit reports to the one that sums it up, by the days after the period which that one has set."""
    made, tree = look.made, look.made.tree
    sent = made.tables["filed"].groupby(["unit_id", "period"])["filed_on"].max()
    for duty, parts in _REPORTS.items():
        for part in parts:
            period = Period.parse(f"{made.period.year}-{part}" if part else str(made.period.year))
            if not set(period.months) <= set(made.period.months):
                continue
            for unit_id in sorted(tree.on(period.end)):
                days = _asked(look, unit_id, duty, period.end)
                if days is not None:
                    due = period.end + dt.timedelta(days=int(days))
                    found = sent.get((unit_id, period.text))
                    done = None if found is None else found.date()
                    yield duty, unit_id, period.text, due, done, look.state(due, done), ""


def _asked(look: _Look, unit_id: str, duty: str, day: dt.date) -> str | None:
    """What the unit that sums up another, below or at the report's đảng bộ, has set for it."""
    tree = look.made.tree
    upper = tree.reports_to(unit_id, day)
    above = [unit.unit_id for unit in tree.above(unit_id, day)]
    if upper is None or look.made.dang_bo not in above or tree.on(day)[unit_id].level == "bo_phan":
        return None
    return look.adoptions.own_on(upper.unit_id, duty, day)


def _first_report(look: _Look) -> Iterator[Row]:
    """The report on putting a rule into effect, by the day its superior named: sent when any report of that year was."""
    made = look.made
    rows = made.tables["adoption"]
    for row in rows[rows["what"] == "first_report"].itertuples():
        due = dt.date.fromisoformat(row.value)
        if not made.period.start <= due <= made.period.end:
            continue
        filed = made.tables["filed"]
        sent = filed[filed["filed_on"] >= row.valid_from].groupby("unit_id")["filed_on"].min()
        for unit_id in sorted(made.tree.on(due)):
            upper = made.tree.reports_to(unit_id, due)
            if upper is not None and upper.unit_id == row.unit_id and made.tree.on(due)[unit_id].level != "bo_phan":
                found = sent.get(unit_id)
                done = None if found is None else found.date()
                yield "first_report", unit_id, str(made.period.year), due, done, look.state(due, done), ""


def _annual(look: _Look) -> Iterator[Row]:
    """A decision on every unit with a file, by the day that the rules of the annual class name for its level."""
    made = look.made
    if made.annual is None:
        return
    units = made.tree.on(made.period.end)
    decided = made.tables["decision"].groupby("unit_id")["decided_on"].min()
    for unit_id in made.tables["annual"]["unit_id"]:
        if not is_listed(made, unit_id):
            continue  # another level decides on it
        days = made.annual.decision_deadlines(units[unit_id].level)
        due = days[0].on(made.period.year) if days else None
        if due is None or due < made.period.start:
            continue
        found = decided.get(unit_id)
        done = None if found is None else found.date()
        yield "annual", unit_id, str(made.period.year), due, done, look.state(due, done), ""


_ALL: tuple[Callable[[_Look], Iterator[Row]], ...] = (
    _meeting, _window, _thematic, _papers, _result, _briefing, _first_report, _reports, _annual,
)  # fmt: skip
