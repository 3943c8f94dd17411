"""Worked cases for the rules of an annual class: a unit's file and the class it must support."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from assess.base import marked_yaml, schema
from assess.base.errors import Finding, InputError
from assess.base.schema import Day, Identifier, Number, Strict, Text
from assess.base.text import nearest
from assess.records.tables import TABLES, WANTED, read_value
from assess.rule_tools.cases import agrees, in_case
from assess.rules import check_readings
from assess.scoring.annual.annual_class import propose
from assess.scoring.annual.annual_list import annual_options
from assess.scoring.annual.cap import limit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assess.base.marked_yaml import Marked
    from assess.rules.annual import AnnualRules

_GOOD: dict[str, Any] = {
    "common_points": 28,
    "result_points": 65,
    "tasks_set": 10,
    "tasks_on_time": 10,
    "tasks_late": 0,
    "tasks_beyond": 4,
    "disciplined": False,
    "shortcomings": 2,
    "shortcomings_remedied": 2,
}
"""The defaults of a case's file: points and facts that support the best class."""


class ExpectedAnnual(Strict):
    """The expected result; keys left out are not compared.

    ``places`` is how many units of a pool may have the best class.
    """

    class_: Identifier | None = Field(default=None, alias="class")
    status: Identifier | None = None
    points: Number | None = None
    places: int | None = None


class AnnualCase(Strict):
    """One worked file or, with ``pool``, a group of units under the cap.

    ``raised`` applies the cap's higher limit ``up_to`` instead of ``percent``.
    """

    name: Text
    file: dict[str, Any] = {}
    best_meetings: Annotated[bool, Field(strict=True)] | None = None
    pool: int | None = None
    raised: Annotated[bool, Field(strict=True)] = False
    readings: dict[str, str] = {}
    expect: ExpectedAnnual


class AnnualCaseFile(Strict):
    """A file of worked cases; ``deadlines`` gives the expected days for the class of ``year``."""

    rules: Identifier
    year: Annotated[int, Field(strict=True, ge=2000, le=2100)] = 2026
    deadlines: dict[str, Day] = {}
    cases: Annotated[tuple[AnnualCase, ...], Field(min_length=1)]


def run_annual_cases(rules: AnnualRules, path: Path) -> int:
    """Run the cases in ``path`` and return their number; raise ``InputError`` if any fails."""
    marked = marked_yaml.read(path)
    found = schema.validate(AnnualCaseFile, marked)
    if found.rules != rules.id:
        raise InputError(
            [
                Finding(
                    "case-rule-set",
                    marked.place(("rules",)),
                    {"found": found.rules, "wanted": rules.id},
                )
            ]
        )
    findings = list(annual_differences(rules, found, marked))
    if findings:
        raise InputError(findings)
    return len(found.cases)


def annual_differences(
    rules: AnnualRules, found: AnnualCaseFile, marked: Marked
) -> Iterator[Finding]:
    """Yield a finding for each invalid case and each expectation that fails, at its place."""
    days = {deadline.id: deadline.on(found.year) for deadline in rules.deadlines}
    for key, day in found.deadlines.items():
        if days.get(key) != day:
            facts = {"name": key, "what": "hạn", "wanted": day, "found": days.get(key)}
            yield Finding("case-differs", marked.place(("deadlines", key)), facts)
    for i, case in enumerate(found.cases):
        try:
            check_readings(case.readings, marked.place(("cases", i, "readings")))
        except InputError as error:
            yield from error.findings
            continue
        wrong = list(_written_wrongly(case, i, marked))
        yield from wrong
        if wrong:
            continue
        for key, what, wanted, got in _compared(rules, case):
            facts = {
                "name": case.name,
                "what": what,
                "wanted": in_case(wanted),
                "found": in_case(got),
            }
            yield Finding("case-differs", marked.place(("cases", i, "expect", key)), facts)


def _compared(rules: AnnualRules, case: AnnualCase) -> Iterator[tuple[str, str, Any, Any]]:
    options = annual_options(rules, case.readings)
    got: dict[str, Any] = {}
    if case.pool is not None and rules.cap is not None:
        percent = (rules.cap.up_to if case.raised else None) or rules.cap.percent
        got["places"] = limit(
            case.pool, percent, options["cap_denominator"], options["cap_rounding"]
        )
    else:
        proposal = propose(rules, _GOOD | case.file, options, best_meetings=case.best_meetings)
        got |= {"class": proposal.class_id, "status": proposal.status, "points": proposal.points}
    wanted = {
        "class": case.expect.class_,
        "status": case.expect.status,
        "points": case.expect.points,
        "places": case.expect.places,
    }
    names = {
        "class": "mức xếp loại",
        "status": "tình trạng hồ sơ",
        "points": "tổng điểm",
        "places": "số suất xuất sắc",
    }
    for key, value in wanted.items():
        given = "class_" if key == "class" else key
        if given in case.expect.model_fields_set and not agrees(value, got.get(key)):
            yield key, names[key], value, got.get(key)


def _written_wrongly(case: AnnualCase, i: int, marked: Marked) -> Iterator[Finding]:
    """Yield findings for unknown columns, values of the wrong type, and empty expectations."""
    table = TABLES["annual"]
    if not case.expect.model_fields_set:
        yield Finding(
            "case-expects-nothing", marked.place(("cases", i, "expect")), {"name": case.name}
        )
    for key, value in case.file.items():
        place = marked.place(("cases", i, "file", key), key=True)
        if key not in table.names:
            yield Finding(
                "unknown-key", place, {"found": key}, table.names, nearest(key, table.names)
            )
        elif value is not None:
            try:
                read_value(
                    table[key], str(value).lower() if isinstance(value, bool) else str(value)
                )
            except ValueError:
                yield Finding(
                    "bad-value", place, {"found": value, "wanted": WANTED[table[key].dtype]}
                )
