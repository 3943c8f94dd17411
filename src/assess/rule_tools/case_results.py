"""The results of worked cases: the slice of a case, and the functions that reports use on it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assess.base.periods import FAR_OFF, Period
from assess.records import Slice
from assess.records.tables import from_rows
from assess.rules.intervals import exact
from assess.scoring.period.counts import (
    CANCELLED,
    CLASSED,
    MERGED,
    NO_RECORD,
    UNCLASSED,
    MonthResult,
    RollUpInput,
)
from assess.scoring.period.period_class import roll_up_one, year_options
from assess.scoring.score import Scores, score
from assess.scoring.sheets.totals import rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.rule_tools.case_file import Case, YearCase
    from assess.rules import RuleSet
    from assess.scoring.period.period_class import PeriodResult

_DAY = dt.date(2026, 3, 3)
MEETING_DEFAULTS: dict[str, Any] = {
    "kind": "thuong_ky",
    "minutes": 90,
    "roll": 20,
    "exempt": 0,
    "special_duty": 0,
    "present": 20,
    "exempt_present": 0,
    "absent_excused": 0,
    "absent_unexcused": 0,
    "longest_excused_streak": 0,
    "speakers": 20,
    "chi_uy_met": True,
    "targets_set": 10,
    "targets_met": 10,
}
CHI_BO_DEFAULTS: dict[str, Any] = {
    "official_members": 20,
    "has_chi_uy": True,
    "has_deputy": True,
    "leads_mass_organisations": True,
}
"""What a case need not say: a meeting and a chi bộ with nothing amiss."""
_STATES = {"huy": CANCELLED, "gop": MERGED, "thieu": NO_RECORD, "cho": UNCLASSED}


def score_cases(rules: RuleSet, cases: Sequence[Case], readings: Mapping[str, str]) -> Scores:
    """Score cases with the ordinary scoring function, each as one meeting of its own chi bộ.

    The sheet of case ``k`` is ``s{k}``, counted from 0.
    """
    units, meetings, lines = [], [], []
    about = {
        "name": "Chi bộ ví dụ",
        "level": "chi_bo",
        "kind": "thon_to_dan_pho",
        "valid_from": dt.date(2000, 1, 1),
    }
    for k, case in enumerate(cases):
        units.append({"unit_id": f"cb{k}", **about, **CHI_BO_DEFAULTS, **case.chi_bo})
        meetings += _meetings(rules, case, k)
        entries = {c.id: c.top for c in rules.criteria} | dict(case.lines)
        lines += [_line(f"s{k}", key, value) for key, value in entries.items()]
    rule_ids = [None if row["meeting_id"].startswith("t") else rules.id for row in meetings]
    sheets = [
        {"sheet_id": f"s{k}", "meeting_id": f"m{k}", "rater": "self", "rule_set_id": rules.id}
        for k in range(len(cases))
    ]
    tables = {
        "unit": from_rows("unit", units),
        "adoption": from_rows("adoption", []),
        "meeting": from_rows("meeting", meetings).assign(
            in_period=True, rule_set_id=rule_ids, adopted_id=rule_ids
        ),
        "sheet": from_rows("sheet", sheets),
        "line": from_rows("line", lines),
    }
    tables["due"] = pd.DataFrame(
        {"chi_bo_id": [f"cb{k}" for k in range(len(cases))], "month": "2026-03"}, dtype="str"
    )
    made = Slice(
        "cb0",
        Period.parse("2026-03"),
        FAR_OFF,
        FAR_OFF.date(),
        rules.id,
        tables,
        {},
        {rules.id: rules},
        "",
    )
    return score(made, dict(readings))


def _meetings(rules: RuleSet, case: Case, k: int) -> list[dict[str, Any]]:
    """Return the case's meeting, and a separate thematic one in the same month if there was one."""
    facts = {**MEETING_DEFAULTS, "kind": rules.meeting, **case.meeting}
    apart = facts.pop("thematic_apart", False)
    before, after = facts.pop("papers_days_before", None), facts.pop("result_days_after", None)
    meeting = {
        "meeting_id": f"m{k}",
        "chi_bo_id": f"cb{k}",
        "for_month": "2026-03",
        "held_on": _DAY,
        "status": "held",
        **facts,
        "papers_at": None if before is None else _DAY - dt.timedelta(days=before),
        "result_at": None if after is None else _DAY + dt.timedelta(days=after),
    }
    return (
        [meeting, {**meeting, "meeting_id": f"t{k}", "kind": "chuyen_de"}] if apart else [meeting]
    )


def _line(sheet_id: str, criterion_id: str, value: float | str | None) -> dict[str, Any]:
    state = "entered"
    if value is None or isinstance(value, str):
        state, value = ("blank" if value is None else "not_applicable"), None
    return {"sheet_id": sheet_id, "criterion_id": criterion_id, "state": state, "points": value}


def roll_up_case(rules: RuleSet, case: YearCase) -> PeriodResult:
    """Return the year class of a worked year, through the function that reports use."""
    period = Period.parse("2024").months
    months = []
    for month, value in zip(period, case.totals, strict=True):
        if isinstance(value, str):
            months += [] if value == "chua_co" else [MonthResult(month, _STATES[value])]
            continue
        totals = list(value) if isinstance(value, tuple) else [value]
        ranks = rank(rules, np.array(totals, dtype=float), np.ones(len(totals)))
        results = tuple(
            (exact(t), rules.classes[k].id) for t, k in zip(totals, ranks.tolist(), strict=True)
        )
        months.append(MonthResult(month, CLASSED, results))
    thematic = {period[3 * quarter] for quarter in range(case.thematic_quarters)}
    options = year_options(rules, case.readings)
    return roll_up_one(
        RollUpInput(
            rules, period, months, frozenset(thematic), [exact(t) for t in case.thematic], options
        )
    )
