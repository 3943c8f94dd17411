"""Worked cases of a rule set: run them, and report what differs from what they expect."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from assess.base import marked_yaml, schema
from assess.base.errors import Finding, InputError
from assess.base.numbers import points as show_points
from assess.rule_tools.case_checks import written_wrongly
from assess.rule_tools.case_file import CaseFile
from assess.rule_tools.case_results import roll_up_case, score_cases
from assess.rules import check_readings
from assess.rules.intervals import exact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from assess.base.marked_yaml import Marked
    from assess.rule_tools.case_file import Case, YearCase
    from assess.rules import RuleSet

_NEAR = Fraction(1, 200)


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
        problems = written_wrongly(rules, case, i, marked)
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
