"""Duties and whether they were done in time: meetings, papers, results, briefings, reports.

A duty applies where the records or rules state it: papers and results where the rule set in use has
a line on them (with its own number of days), a window, a briefing and reports where a unit has
adopted them. Nothing is due before its day.

Unknown is not the same as not done. Once its day has passed, an occasion without a recorded day is

* *missing* (not done) where the records show it: the meeting is recorded as cancelled, postponed or
  merged; every month of the quarter has a full record (:mod:`assess.studies.evidence`) and none is
  thematic; a step has a row without a day; the register of what was received (reports, decisions,
  briefings) has rows of other units of the same superior for that occasion, and none of this unit;
* *blank* where a score form asked for the day of papers or results and it was left blank;
* *not_applicable* where the sheet marks the line on it so;
* *unknown* otherwise: no record of the month's meeting, a monthly summary that does not ask, a
  register that nobody has kept.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.periods import Period, month_end
from assess.exchange.table_checks import in_window
from assess.records.adoption import Adoptions
from assess.rules.intervals import edge_value
from assess.scoring.annual.annual_list import is_listed
from assess.scoring.period.summary import NOT_HELD, REGULAR
from assess.studies.evidence import full_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assess.records import Slice
    from assess.rules import RuleSet
    from assess.scoring.score import Scores

ON_TIME, LATE, MISSING, NOT_DUE = "on_time", "late", "missing", "not_due"
BLANK, UNKNOWN, NOT_APPLICABLE = "blank", "unknown", "not_applicable"
STATES = (ON_TIME, LATE, MISSING, BLANK, UNKNOWN, NOT_APPLICABLE, NOT_DUE)
NO_RECORD = "chưa có ghi nhận buổi sinh hoạt của tháng"
NOT_ASKED = "chỉ có bảng tổng hợp tháng, bảng này không hỏi ngày"
KIND_NOT_KNOWN = "có tháng trong quý chưa có phiếu đầy đủ"
NOT_KEPT = "chưa ghi nhận đơn vị nào"
"""The notes that explain why something is unknown."""
NOW = dt.date(2025, 10, 28)
"""HD 42-HD/BTCTW applies from this day; before it, HD 12-HD/BTCTW (2018) and provincial rules."""
HD42 = "Hướng dẫn 42-HD/BTCTW, ngày 28/10/2025 (theo các biểu đã triển khai)"
HD12 = "Hướng dẫn 12-HD/BTCTW, ngày 06/7/2018, phần II, mục 3"

COLUMNS = ("duty", "unit_id", "about", "due_on", "done_on", "state", "note")


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty: ``adopted`` is what a unit adopts to ask for it.

    Otherwise it comes from the guidance ``now`` in force, or the one ``before`` it.
    """

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
_REPORTS = {
    "quarter_report": ("Q1", "Q2", "Q3", "Q4"),
    "half_report": ("H1", "H2"),
    "year_report": ("",),
}
_LINES = {"papers": "papers_lead_days", "result": "result_lag_days"}

Row = tuple[str, str, str, dt.date, dt.date | None, str, str]


def compliance(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per duty and occasion: :data:`COLUMNS`.

    ``unit_id`` is the unit it is due from; ``about`` the month, quarter, period or meeting;
    ``state`` one of :data:`STATES`; ``note`` why a meeting was not held, why something is unknown,
    or what the sheet states where the day was left blank.
    """
    look = _Look(made, scores)
    rows: list[Row] = [row for duty in _ALL for row in duty(look)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = {name: i for i, name in enumerate(DUTIES)}
    return table.sort_values(
        ["duty", "due_on", "unit_id", "about"],
        key=lambda c: c.map(order) if c.name == "duty" else c,
        kind="stable",
    ).reset_index(drop=True)


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per duty asked for: ``duty``, ``due`` (occasions), and the count per state."""
    if table.empty:
        return pd.DataFrame(columns=["duty", "due", *STATES])
    counted = Counter(zip(table["duty"], table["state"], strict=True))
    by_duty = {duty: [counted[duty, state] for state in STATES] for duty in DUTIES}
    rows = [(duty, sum(states), *states) for duty, states in by_duty.items() if any(states)]
    return pd.DataFrame(rows, columns=["duty", "due", *STATES])


_OF_MEETING = (
    "meeting_id",
    "chi_bo_id",
    "month",
    "held_on",
    "status",
    "reason",
    "kind",
    "rule_set_id",
)


class _Look:
    """The inputs that all duties share, prepared once."""

    def __init__(self, made: Slice, scores: Scores) -> None:
        self.made, self.scores = made, scores
        self.today = made.as_of.date()
        self.adoptions = Adoptions(made.tree, made.tables["adoption"])
        meetings = scores.meetings[list(_OF_MEETING)]
        self.held = meetings[meetings["status"] == "held"]
        self.regular = meetings[meetings["kind"].isin(REGULAR)]
        self.due = list(made.tables["due"].itertuples(index=False, name=None))
        self.full = full_records(made)

    def state(self, due: dt.date, done: dt.date | None, otherwise: str = MISSING) -> str:
        """Return the state of an occasion; ``otherwise`` if past due with no day on record."""
        if done is not None and done <= self.today:
            return ON_TIME if done <= due else LATE
        return otherwise if self.today > due else NOT_DUE

    def of_register(
        self,
        duty: str,
        about: str,
        asked: Sequence[tuple[str, dt.date]],
        done: Mapping[str, Any],
        day: dt.date,
    ) -> Iterator[Row]:
        """Yield the occasions of units (``asked``: unit and due day) against a register of days.

        See the module on what a missing row means.
        """
        upper = {unit_id: self.made.tree.reports_to(unit_id, day) for unit_id, _ in asked}
        kept = {upper[unit_id] for unit_id, _ in asked if unit_id in done}
        for unit_id, due in asked:
            found = done.get(unit_id)
            on = None if found is None or pd.isna(found) else found.date()
            state = self.state(due, on, MISSING if upper[unit_id] in kept else UNKNOWN)
            yield duty, unit_id, about, due, on, state, NOT_KEPT if state == UNKNOWN else ""


def _meeting(look: _Look) -> Iterator[Row]:
    held = (
        look.regular[look.regular["status"] == "held"]
        .groupby(["chi_bo_id", "month"])["held_on"]
        .min()
    )
    not_held = look.regular[look.regular["status"].isin(NOT_HELD)].drop_duplicates(
        ["chi_bo_id", "month"]
    )
    why = {
        (m.chi_bo_id, m.month): m.reason if isinstance(m.reason, str) else ""
        for m in not_held.itertuples()
    }
    for chi_bo, month in look.due:
        due, found = look.adoptions.last_day(chi_bo, month), held.get((chi_bo, month))
        done = None if found is None else found.date()
        state = look.state(due, done, MISSING if (chi_bo, month) in why else UNKNOWN)
        yield (
            "meeting",
            chi_bo,
            month,
            due,
            done,
            state,
            "" if done else why.get((chi_bo, month), NO_RECORD if state == UNKNOWN else ""),
        )


def _window(look: _Look) -> Iterator[Row]:
    for m in look.regular[look.regular["status"] == "held"].itertuples():
        day = m.held_on.date()
        window = look.adoptions.window_on(m.chi_bo_id, day)
        if window is not None:
            state = ON_TIME if in_window(day, window) else LATE
            asked = f"từ ngày {window[0]} đến ngày {window[1]}"
            yield (
                "window",
                m.chi_bo_id,
                m.meeting_id,
                look.adoptions.last_day(m.chi_bo_id, m.month),
                day,
                state,
                asked,
            )


def _thematic(look: _Look) -> Iterator[Row]:
    parts = (
        look.held[look.held["kind"] != "thuong_ky"].groupby(["chi_bo_id", "month"])["held_on"].min()
    )
    told = look.regular[
        (look.regular["status"] != "held") | look.regular["meeting_id"].isin(look.full)
    ]
    kind_known = set(zip(told["chi_bo_id"], told["month"], strict=True))
    due = set(look.due)
    for quarter in _quarters(look.made.period):
        asked = sorted(
            {chi_bo for chi_bo, _ in due if all((chi_bo, month) in due for month in quarter.months)}
        )
        for chi_bo in asked:
            if (
                quarter.end < NOW
                and look.adoptions.on(chi_bo, "thematic_quarterly", quarter.end) != "co"
            ):
                continue
            found = [
                parts[chi_bo, month].date()
                for month in quarter.months
                if (chi_bo, month) in parts.index
            ]
            last = look.adoptions.last_day(chi_bo, quarter.months[-1])
            done = min(found, default=None)
            state = look.state(
                last,
                done,
                MISSING
                if all((chi_bo, month) in kind_known for month in quarter.months)
                else UNKNOWN,
            )
            yield (
                "thematic",
                chi_bo,
                quarter.text,
                last,
                done,
                state,
                KIND_NOT_KNOWN if state == UNKNOWN else "",
            )


def _quarters(period: Period) -> list[Period]:
    """Return the whole quarters of a period."""
    quarters = [Period.parse(f"{period.year}-Q{q}") for q in range(1, 5)]
    return [quarter for quarter in quarters if set(quarter.months) <= set(period.months)]


def _papers(look: _Look) -> Iterator[Row]:
    for m, bound, said in _with_line(look, "papers", lower=True):
        due = m.held_on.date() - dt.timedelta(days=bound)
        yield _of_day(look, "papers", m, due, m.papers_at, said)


def _result(look: _Look) -> Iterator[Row]:
    for m, bound, said in _with_line(look, "result", lower=False):
        due = m.held_on.date() + dt.timedelta(days=bound)
        yield _of_day(look, "result", m, due, m.result_at, said)


def _with_line(look: _Look, duty: str, *, lower: bool) -> Iterator[tuple[Any, int, str]]:
    """Yield the meetings whose rule set has a line on the duty, the days it asks for, the entry.

    The entry is put in words: an empty text where no sheet has one. Of two sheets it is the chi
    bộ's own.
    """
    wanted = {
        rules.id: found
        for rules in look.made.rule_sets.values()
        if (found := _line_on(rules, _LINES[duty], lower=lower))
    }
    said = _said(look.made, {line for line, _ in wanted.values()})
    table = look.made.tables["meeting"].set_index("meeting_id")[["papers_at", "result_at"]]
    for m in (
        look.regular[look.regular["status"] == "held"].join(table, on="meeting_id").itertuples()
    ):
        if m.rule_set_id in wanted:
            line, bound = wanted[m.rule_set_id]
            yield m, bound, said.get((m.meeting_id, line), "")


def _line_on(rules: RuleSet, fact: str, *, lower: bool) -> tuple[str, int] | None:
    """Return a rule set's line on a fact and its days: the least before or the most after."""
    for criterion in rules.criteria:
        if criterion.met_when is not None and criterion.met_when.fact == fact:
            edge = (criterion.met_when.lower if lower else criterion.met_when.upper)[0]
            return None if edge is None else (criterion.id, int(edge_value(edge, {})))
    return None


SAID_NOT_APPLICABLE, SAID_MET, SAID_NOT_MET = (
    "không áp dụng",
    "phiếu chấm đạt",
    "phiếu chấm không đạt",
)


def _said(made: Slice, criteria: set[str]) -> dict[tuple[str, str], str]:
    """Return how sheets fill in some lines, by meeting and line; the chi bộ's own goes first."""
    lines = made.tables["line"]
    lines = lines[lines["criterion_id"].isin(criteria) & (lines["state"] != "blank")]
    sheets = made.tables["sheet"]
    own_last = sheets[sheets["rater"] != "inspector"].sort_values(
        "rater", key=lambda rater: rater == "self", kind="stable"
    )
    found = own_last.merge(lines, on="sheet_id")
    words = (
        found["points"]
        .gt(0)
        .map({True: SAID_MET, False: SAID_NOT_MET})
        .mask(found["state"] == "not_applicable", SAID_NOT_APPLICABLE)
    )
    return dict(
        zip(zip(found["meeting_id"], found["criterion_id"], strict=True), words, strict=True)
    )


def _of_day(look: _Look, duty: str, meeting: Any, due: dt.date, at: Any, said: str) -> Row:
    """Return the row of an occasion whose day score forms ask for and monthly summaries do not."""
    done = None if pd.isna(at) else at.date()
    asked = meeting.meeting_id in look.full
    state = look.state(due, done, BLANK if asked else UNKNOWN)
    if done is None and said == SAID_NOT_APPLICABLE:
        state = NOT_APPLICABLE
    note = {BLANK: said, UNKNOWN: NOT_ASKED}.get(state, "")
    return duty, meeting.chi_bo_id, meeting.meeting_id, due, done, state, note


def _briefing(look: _Look) -> Iterator[Row]:
    """Yield the briefings, due at the first meeting of the year.

    Where no meeting is recorded yet, a briefing is due by the end of the year's first window.
    """
    steps = look.made.tables["milestone"]
    year = str(look.made.period.year)
    done = (
        steps[(steps["what"] == "briefing") & (steps["year"] == year)]
        .set_index("unit_id")["done_on"]
        .to_dict()
    )
    first_month = f"{year}-01"
    first_held = (
        look.regular[look.regular["status"] == "held"].groupby("chi_bo_id")["held_on"].min()
    )
    asked = []
    for chi_bo in sorted({c for c, month in look.due if month == first_month}):
        if look.adoptions.on(chi_bo, "first_briefing", month_end(first_month)) == "co":
            held = first_held.get(chi_bo)
            asked.append(
                (
                    chi_bo,
                    look.adoptions.last_day(chi_bo, first_month) if pd.isna(held) else held.date(),
                )
            )
    yield from look.of_register("briefing", year, asked, done, month_end(first_month))


def _reports(look: _Look) -> Iterator[Row]:
    """Yield the reports that units owe the unit that sums them up.

    They are due as many days after the period as that unit has set.
    """
    made, tree = look.made, look.made.tree
    sent = made.tables["filed"].groupby(["unit_id", "period"])["filed_on"].max()
    for duty, parts in _REPORTS.items():
        for part in parts:
            period = Period.parse(f"{made.period.year}-{part}" if part else str(made.period.year))
            if not set(period.months) <= set(made.period.months):
                continue
            found = {unit_id: day for (unit_id, text), day in sent.items() if text == period.text}
            days = (
                (unit_id, _asked(look, unit_id, duty, period.end))
                for unit_id in sorted(tree.on(period.end))
            )
            asked = [
                (unit_id, period.end + dt.timedelta(days=int(after)))
                for unit_id, after in days
                if after is not None
            ]
            yield from look.of_register(duty, period.text, asked, found, period.end)


def _asked(look: _Look, unit_id: str, duty: str, day: dt.date) -> str | None:
    """Return what the unit that sums up another has set for it, within the report's đảng bộ."""
    tree = look.made.tree
    upper = tree.reports_to(unit_id, day)
    above = [unit.unit_id for unit in tree.above(unit_id, day)]
    if upper is None or look.made.dang_bo not in above or tree.on(day)[unit_id].level == "bo_phan":
        return None
    return look.adoptions.own_on(upper.unit_id, duty, day)


def _first_report(look: _Look) -> Iterator[Row]:
    """Yield the reports on introducing a rule set, due by the day the superior named.

    A first report counts as sent once any report was sent since the adoption.
    """
    made = look.made
    rows = made.tables["adoption"]
    for row in rows[rows["what"] == "first_report"].itertuples():
        due = dt.date.fromisoformat(row.value)
        if not made.period.start <= due <= made.period.end:
            continue
        filed = made.tables["filed"]
        sent = (
            filed[filed["filed_on"] >= row.valid_from]
            .groupby("unit_id")["filed_on"]
            .min()
            .to_dict()
        )
        standing = made.tree.on(due)
        uppers = (
            (unit_id, made.tree.reports_to(unit_id, due))
            for unit_id in sorted(standing)
            if standing[unit_id].level != "bo_phan"
        )
        asked = [
            (unit_id, due)
            for unit_id, upper in uppers
            if upper is not None and upper.unit_id == row.unit_id
        ]
        yield from look.of_register("first_report", str(made.period.year), asked, sent, due)


def _annual(look: _Look) -> Iterator[Row]:
    """Yield the decisions on units with an annual file, due by the day set for their level."""
    made = look.made
    if made.annual is None:
        return
    units = made.tree.on(made.period.end)
    decided = made.tables["decision"].groupby("unit_id")["decided_on"].min().to_dict()
    asked = []
    for unit_id in made.tables["annual"]["unit_id"]:
        # another level decides on those that are not listed
        days = (
            made.annual.decision_deadlines(units[unit_id].level) if is_listed(made, unit_id) else ()
        )
        due = days[0].on(made.period.year) if days else None
        if due is not None and due >= made.period.start:
            asked.append((unit_id, due))
    yield from look.of_register("annual", str(made.period.year), asked, decided, made.period.end)


_ALL: tuple[Callable[[_Look], Iterator[Row]], ...] = (
    _meeting,
    _window,
    _thematic,
    _papers,
    _result,
    _briefing,
    _first_report,
    _reports,
    _annual,
)
