"""Worked cases of a rule set, simple enough for a clerk: facts, entries and expected results."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from assess.base import marked_yaml, schema
from assess.base.errors import Finding, InputError
from assess.base.numbers import points as show_points
from assess.base.periods import FAR_OFF, Period
from assess.base.schema import Identifier, Number, Strict, Text
from assess.base.text import nearest
from assess.records import Slice
from assess.records.columns import ColumnSpec
from assess.records.tables import TABLES, WANTED, from_rows, read_value
from assess.rules import check_readings
from assess.rules.allowed_entries import allowed, step_in_words
from assess.rules.intervals import exact
from assess.rules.year import MONTHS, QUARTERS
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
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from assess.base.marked_yaml import Marked
    from assess.rules import RuleSet
    from assess.scoring.period.period_class import PeriodResult

_DAY = dt.date(2026, 3, 3)
_MEETING: dict[str, Any] = {
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
_CHI_BO: dict[str, Any] = {
    "official_members": 20,
    "has_chi_uy": True,
    "has_deputy": True,
    "leads_mass_organisations": True,
}
_ALLOWED_MEETING = (
    *_MEETING,
    "own_required_minutes",
    "thematic_apart",
    "papers_days_before",
    "result_days_after",
)
_NEAR = Fraction(1, 200)
_FAR = 3650
"""The most days before or after a meeting; more is taken for a typing error."""
_EXTRA = {
    "thematic_apart": ColumnSpec(
        "thematic_apart", "flag", "a thematic meeting was held apart in the month"
    ),
    "papers_days_before": ColumnSpec(
        "papers_days_before", "integer", "days between the papers and the meeting"
    ),
    "result_days_after": ColumnSpec(
        "result_days_after", "integer", "days between the meeting and its results"
    ),
}
NOT_APPLICABLE_WORDS = ("kad", "không áp dụng", "not_applicable")


class ExpectedSheet(Strict):
    """The expected result; keys left out are not compared.

    ``lines`` are the points that the facts imply.
    """

    total: Number | None = None
    out_of: Number | None = None
    class_: Identifier | None = Field(default=None, alias="class")
    waits: Identifier | None = None
    gate: str | None = None
    lines: dict[str, Number | None] = {}
    levels: dict[str, str] = {}


class Case(Strict):
    """One worked case; ``lines`` are entries, and lines not named here have their maximum."""

    name: Text
    chi_bo: dict[str, Any] = {}
    meeting: dict[str, Any] = {}
    lines: dict[str, Number | str | None] = {}
    readings: dict[str, str] = {}
    expect: ExpectedSheet


YearMonth = Number | Literal["huy", "gop", "thieu", "cho", "chua_co"] | tuple[Number, ...]
"""A month of a worked year: a total, totals of several meetings, or why there is no total.

The reasons are *huy* (cancelled), *gop* (merged), *thieu* (no record), *cho* (held, not classified)
and *chua_co* (the chi bộ did not exist).
"""
_STATES = {"huy": CANCELLED, "gop": MERGED, "thieu": NO_RECORD, "cho": UNCLASSED}


class YearCase(Strict):
    """One worked year: its 12 months, and the class expected under the readings.

    With ``complete: false`` the known text of that class breaks off; ``expect: null`` means that no
    known class fits. ``thematic`` has the totals of thematic meetings with score sheets of their
    own. ``mean`` is compared if given.
    """

    name: Text
    totals: Annotated[tuple[YearMonth, ...], Field(min_length=MONTHS, max_length=MONTHS)]
    thematic_quarters: Annotated[int, Field(strict=True, ge=0, le=QUARTERS)] = 0
    thematic: tuple[Number, ...] = ()
    readings: dict[str, str] = {}
    expect: Identifier | None
    complete: bool = True
    mean: Number | None = None


class CaseFile(Strict):
    """A file of worked cases."""

    rule_set: Identifier
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    years: tuple[YearCase, ...] = ()


def cases_path(rules_path: Path) -> Path:
    """Return the path of the worked cases of a rule file."""
    return rules_path.with_name(rules_path.name.removesuffix(".yaml") + ".cases.yaml")


def run_cases(rules: RuleSet, path: Path) -> int:
    """Run every case of a rule set and return their number.

    Raise :class:`~assess.base.errors.InputError` with each difference, at its expectation's place.
    """
    marked = marked_yaml.read(path)
    found = schema.validate(CaseFile, marked)
    findings = sorted(differences(rules, found, marked), key=lambda f: f.place)
    if findings:
        raise InputError(findings)
    return len(found.cases) + len(found.years)


def differences(rules: RuleSet, found: CaseFile, marked: Marked) -> Iterator[Finding]:
    """Yield a finding for each invalid case, then for each expectation that fails.

    Cases with the same readings are scored together.
    """
    if found.rule_set != rules.id:
        yield Finding(
            "case-rule-set",
            marked.place(("rule_set",)),
            {"found": found.rule_set, "wanted": rules.id},
        )
    groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for i, case in enumerate(found.cases):
        problems = _written_wrongly(rules, case, i, marked)
        yield from problems
        if not problems:
            groups.setdefault(tuple(sorted(case.readings.items())), []).append(i)
    for readings, members in groups.items():
        scores = score_cases(rules, [found.cases[i] for i in members], dict(readings))
        lines = dict(list(scores.lines.groupby("sheet_id")))
        sheets = scores.sheets.set_index("sheet_id")
        for k, i in enumerate(members):
            case = found.cases[i]
            for where, what, wanted, got in _differences(case, sheets.loc[f"s{k}"], lines[f"s{k}"]):
                facts = {"name": case.name, "what": what, "wanted": wanted, "found": got}
                yield Finding("case-differs", marked.place(("cases", i, "expect", *where)), facts)
    for i, year in enumerate(found.years):
        yield from _run_year(rules, year, i, marked)


def _run_year(rules: RuleSet, case: YearCase, i: int, marked: Marked) -> list[Finding]:
    try:
        check_readings(case.readings, marked.place(("years", i, "readings")))
    except InputError as error:
        return list(error.findings)
    totals = [
        total
        for month in case.totals
        if not isinstance(month, str)
        for total in (month if isinstance(month, tuple) else (month,))
    ]
    for total in totals:
        if not 0 <= total <= rules.total:
            facts = {"found": show_points(total)}
            return [
                Finding(
                    "out-of-range",
                    marked.place(("years", i, "totals")),
                    facts,
                    (f"0–{show_points(rules.total)}",),
                )
            ]
    got = roll_up_case(rules, case)
    mean = None if got.mean is None or case.mean is None else float(got.mean)
    compared = (
        ("expect", "xếp loại năm", case.expect, got.class_id),
        ("complete", "văn bản đủ ý", case.complete, got.status != "necessary_only"),
        ("mean", "điểm bình quân", case.mean, mean),
    )
    return [
        Finding(
            "case-differs",
            marked.place(("years", i, key)),
            {"name": case.name, "what": what, "wanted": in_case(wanted), "found": in_case(given)},
        )
        for key, what, wanted, given in compared
        if not agrees(wanted, given)
    ]


def agrees(wanted: object, got: object) -> bool:
    """Whether values are equal or, as numbers, print alike or differ by less than 0.005."""
    if isinstance(wanted, float) and isinstance(got, float) and got == got:
        return abs(exact(wanted) - exact(got)) < _NEAR or show_points(wanted) == show_points(got)
    return wanted == got


def in_case(value: object) -> str:
    """Return a value as text for the message about a failed case."""
    return (
        "không có"
        if value is None or value != value
        else show_points(value)
        if isinstance(value, float)
        else str(value)
    )


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


def _written_wrongly(rules: RuleSet, case: Case, i: int, marked: Marked) -> list[Finding]:
    """Return findings for unknown keys and invalid values of a case."""
    names = [c.id for c in rules.criteria]
    problems = [
        Finding(
            "unknown-key",
            marked.place(("cases", i, part, key), key=True),
            {"found": key},
            tuple(allowed),
            nearest(key, allowed),
        )
        for part, keys, allowed in (
            ("chi_bo", case.chi_bo, _CHI_BO),
            ("meeting", case.meeting, _ALLOWED_MEETING),
        )
        for key in keys
        if key not in allowed
    ]
    for part, keys in (
        ("lines", case.lines),
        ("expect", [*case.expect.lines, *case.expect.levels]),
    ):
        problems += [
            Finding(
                "case-criterion",
                marked.place(("cases", i, part, key), key=True),
                {"name": case.name, "found": key},
                hint=nearest(key, names),
            )
            for key in keys
            if key not in names
        ]
    problems += [
        Finding(
            "not-allowed",
            marked.place(("cases", i, "lines", key)),
            {"found": value},
            NOT_APPLICABLE_WORDS,
            "kad",
        )
        for key, value in case.lines.items()
        if isinstance(value, str) and value not in NOT_APPLICABLE_WORDS
    ]
    problems += _wrong_entries(rules, case, i, marked)
    if not case.expect.model_fields_set:
        problems.append(
            Finding(
                "case-expects-nothing", marked.place(("cases", i, "expect")), {"name": case.name}
            )
        )
    problems += _wrong_facts(case, i, marked)
    try:
        check_readings(case.readings, marked.place(("cases", i, "readings")))
    except InputError as error:
        problems += error.findings
    return problems


def _wrong_entries(rules: RuleSet, case: Case, i: int, marked: Marked) -> list[Finding]:
    """Return findings for points that no reading of the case allows on their line.

    Points over the maximum are allowed here: the question ``over_max_entry`` is about them.
    """
    found = []
    for criterion in rules.criteria:
        value = case.lines.get(criterion.id)
        if not isinstance(value, int | float):
            continue
        place = marked.place(("cases", i, "lines", criterion.id))
        if value < 0:
            found.append(Finding("negative-points", place, {"found": show_points(value)}))
        elif allowed(criterion, value, case.readings) == "not_offered":
            offered = tuple(show_points(points) for points in criterion.allowed_points)
            found.append(
                Finding(
                    "off-form-points",
                    place,
                    {"found": show_points(value)},
                    offered or (step_in_words(criterion),),
                )
            )
    return found


def _wrong_facts(case: Case, i: int, marked: Marked) -> list[Finding]:
    """Return findings for facts that do not fit the type and limits of their table column."""
    found = []
    for part, facts, table in (
        ("chi_bo", case.chi_bo, TABLES["unit"]),
        ("meeting", case.meeting, TABLES["meeting"]),
    ):
        for key, value in facts.items():
            if value is None or key not in (*_CHI_BO, *_ALLOWED_MEETING):
                continue
            column = table[key] if key in table.names else _EXTRA[key]
            place = marked.place(("cases", i, part, key))
            try:
                read = read_value(
                    column, str(value).lower() if isinstance(value, bool) else str(value)
                )
            except ValueError:
                found.append(
                    Finding("bad-value", place, {"found": value, "wanted": WANTED[column.dtype]})
                )
                continue
            if column.choices and read not in column.choices:
                found.append(
                    Finding(
                        "value-not-allowed",
                        place,
                        {"found": value},
                        column.choices,
                        nearest(str(value), column.choices),
                    )
                )
            elif key in _EXTRA and not isinstance(read, bool) and abs(read) > _FAR:
                found.append(Finding("out-of-range", place, {"found": value}, (f"±{_FAR}",)))
            elif column.low is not None and read < column.low:
                found.append(
                    Finding("value-too-small", place, {"found": value, "wanted": f"{column.low:g}"})
                )
    return found


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
        units.append({"unit_id": f"cb{k}", **about, **_CHI_BO, **case.chi_bo})
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
    facts = {**_MEETING, "kind": rules.meeting, **case.meeting}
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


def _differences(
    case: Case, sheet: pd.Series, lines: pd.DataFrame
) -> list[tuple[tuple[str, ...], str, str, str]]:
    expect = case.expect
    lines = lines.set_index("criterion_id")
    found: list[tuple[tuple[str, ...], str, str, str]] = []

    def compare(where: tuple[str, ...], what: str, wanted: object, got: object) -> None:
        if not agrees(wanted, got):
            found.append((where, what, in_case(wanted), in_case(got)))

    if expect.total is not None:
        compare(("total",), "tổng điểm", float(expect.total), float(sheet["total"]))
    if expect.out_of is not None:
        compare(("out_of",), "thang điểm", float(expect.out_of), float(sheet["out_of"]))
    if expect.class_ is not None:
        compare(("class",), "xếp loại", expect.class_, sheet["class_id"])
    if expect.waits is not None:
        compare(("waits",), "lý do chưa xếp loại", expect.waits, sheet["reason"])
    if expect.gate is not None:
        compare(("gate",), "điều kiện làm hạ mức", expect.gate, sheet["gate"])
    for criterion_id, wanted in expect.lines.items():
        got = float(lines.loc[criterion_id, "recomputed"])
        compare(
            ("lines", criterion_id),
            f"điểm tính lại của {criterion_id}",
            wanted if wanted is None else float(wanted),
            None if got != got else got,
        )
    for criterion_id, level in expect.levels.items():
        compare(
            ("levels", criterion_id),
            f"mức của {criterion_id}",
            level,
            lines.loc[criterion_id, "level"],
        )
    return found
