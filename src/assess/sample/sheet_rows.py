"""The synthetic province's score sheets: mostly accurate, sometimes generous, rarely careless."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from assess.rules.intervals import exact, inside

if TYPE_CHECKING:
    from random import Random

    from assess.rules import Criterion, RuleSet
    from assess.rules.parts import Condition, Edge
    from assess.sample.units import ChiBoProfile

SheetWithLines = tuple[dict[str, Any], list[dict[str, Any]]]

_VISITED = 0.12
_BLANK_SHEET = 0.012
_KIND_LINE = 0.035
_REACH = 7.0
"""Self-scores at most this far below the best class are often lifted to it."""


def sheets_of(
    cell: ChiBoProfile, meeting: dict[str, Any], rules: RuleSet, rng: Random, *, thematic: bool
) -> list[SheetWithLines]:
    """Return a meeting's score sheets: the chi bộ's, and the superior's after a visit."""
    facts = _facts(cell, meeting, rules)
    truth = {c.id: _truth(c, cell, facts, rng) for c in rules.criteria}
    _lose_with_gates(rules, truth)
    idle = [c for c in rules.criteria if _is_idle(c, cell, thematic=thematic)]
    made = [_sheet("self", _own_entries(rules, truth, idle, cell, rng), meeting, rules, rng)]
    if rng.random() < _VISITED:
        made.append(
            _sheet("superior", _upper_entries(rules, truth, idle, rng), meeting, rules, rng)
        )
    return made


def _is_idle(criterion: Criterion, cell: ChiBoProfile, *, thematic: bool) -> bool:
    """Whether a line is not applicable: no thematic part, or no mass organisations to lead."""
    fact = criterion.applies_when.fact if criterion.applies_when else ""
    return (fact == "thematic_in_month" and not thematic) or (
        fact == "leads_mass_organisations" and not cell.leads_mass
    )


def _facts(cell: ChiBoProfile, meeting: dict[str, Any], rules: RuleSet) -> dict[str, float]:
    """Return the facts of a meeting under the default readings, as a fair rater computes them."""
    counted = meeting["roll"] - meeting["exempt"] - meeting["special_duty"]
    attending = meeting["present"] + meeting["exempt_present"]
    minutes = rules.required_minutes
    required = minutes.base if minutes else 90.0
    if minutes and minutes.large and meeting["roll"] >= minutes.large.members:
        required = minutes.large.minutes
    if minutes and minutes.combined and meeting["kind"] == "ket_hop":
        required = max(required, minutes.combined)
    targets = meeting["targets_set"]
    return {
        "minutes": float(meeting["minutes"]),
        "required_minutes": required,
        "attendance_rate": attending / (counted + meeting["exempt_present"]),
        "absent_unexcused": float(meeting["absent_unexcused"]),
        "speaker_rate": min(1.0, meeting["speakers"] / max(1, attending)),
        "target_rate": meeting["targets_met"] / targets if targets else 1.0,
        "longest_excused_streak": float(meeting["longest_excused_streak"]),
        "papers_lead_days": float((meeting["held_on"] - meeting["papers_at"]).days),
        "result_lag_days": float((meeting["result_at"] - meeting["held_on"]).days),
        # a secretary without a deputy has nobody to confer with and loses no points for it
        "chi_uy_met": float(meeting["chi_uy_met"] or not cell.has_deputy),
    }


def _truth(criterion: Criterion, cell: ChiBoProfile, facts: dict[str, float], rng: Random) -> float:
    """Return a fair rater's points: by facts where the line follows them, else by quality."""
    struck = next((o.level for o in criterion.overrides if _holds(o, facts)), None)
    if struck is not None:
        return next(level.points for level in criterion.levels if level.id == struck)
    if criterion.kind == "levels" and criterion.fact in facts:
        return _read_level(criterion, facts[criterion.fact], facts)
    if criterion.met_when is not None and criterion.met_when.fact in facts:
        value = facts[criterion.met_when.fact]
        (low, low_in), (high, _) = criterion.met_when.lower, criterion.met_when.upper
        enough = low is None or value > _edge(low, facts) or (low_in and value == _edge(low, facts))
        met = (
            bool(value)
            if criterion.met_when.is_ is not None
            else enough and (high is None or value <= _edge(high, facts))
        )
        return criterion.top if met else 0.0
    if criterion.kind in ("points", "deduct"):
        step = criterion.step or 0.5
        return (
            round(criterion.max * min(1.0, 0.72 + 0.24 * cell.quality + 0.1 * rng.random()) / step)
            * step
        )
    likely = (
        0.965 + 0.034 * cell.quality if criterion.kind == "mark" else 0.82 + 0.17 * cell.quality
    )
    return criterion.top if rng.random() < likely else 0.0


def _holds(condition: Condition, facts: dict[str, float]) -> bool:
    """Whether a condition holds for the facts; False if its fact is not among them."""
    value = facts.get(condition.fact)
    if value is None:
        return False
    if condition.is_ is not None:
        return bool(value) == condition.is_
    return inside(
        condition,
        exact(value),
        exact(value),
        {name: exact(number) for name, number in facts.items()},
    )


def _lose_with_gates(rules: RuleSet, truth: dict[str, float]) -> None:
    """Take two points off a line that is the whole total for each unmet class condition mark."""
    marks = {c.id for c in rules.criteria if c.kind == "mark"}
    failed = sum(
        truth[need.criterion] == 0
        for gate in rules.gates
        for need in gate.needs
        if need.criterion in marks
    )
    for criterion in rules.criteria:
        if criterion.kind == "points" and criterion.max == rules.total:
            truth[criterion.id] = max(0.0, truth[criterion.id] - 2.0 * failed)


def _edge(edge: Edge | None, facts: dict[str, float]) -> float:
    if edge is None:
        return 0.0
    return (facts[edge.of] * edge.times if edge.of else 0.0) + edge.plus


def _read_level(criterion: Criterion, value: float, facts: dict[str, float]) -> float:
    """Return the points of the first level whose lower bound is reached; otherwise of the last."""
    for level in criterion.levels:
        edge, _ = level.lower
        if edge is not None and value >= _edge(edge, facts):
            return level.points
    return criterion.levels[-1].points


def _own_entries(
    rules: RuleSet, truth: dict[str, float], idle: list[Criterion], cell: ChiBoProfile, rng: Random
) -> dict[str, float | str]:
    entries: dict[str, float | str] = dict(truth)
    for criterion in rules.criteria:
        if truth[criterion.id] < criterion.top and rng.random() < _KIND_LINE * (2.2 - cell.quality):
            entries[criterion.id] = criterion.top
    for criterion in idle:
        entries[criterion.id] = rng.choices(
            ("not_applicable", "blank", 0.0, criterion.top), (60, 24, 13, 3)
        )[0]
    for criterion in rules.criteria:
        if "(nếu có)" in criterion.title and criterion.applies_when is None and rng.random() < 0.05:
            entries[criterion.id] = "not_applicable"
    if rules.has_points:
        _reach_best(rules, entries, idle, rng)
    if rng.random() < _BLANK_SHEET:
        entries[rng.choice(rules.criteria).id] = "blank"
    return entries


def _reach_best(
    rules: RuleSet, entries: dict[str, float | str], idle: list[Criterion], rng: Random
) -> None:
    """Often lift a self-score just below the best class to it, on lines that nobody can check."""
    numbers = {k: v for k, v in entries.items() if not isinstance(v, str)}
    marks = {c.id for c in rules.criteria if c.kind == "mark"}
    total = sum(v for k, v in numbers.items() if k not in marks) + sum(
        c.max for c in idle if c.id not in numbers
    )
    best = _edge(rules.bands[0].lower[0], {})
    if not best - _REACH <= total < best or rng.random() < 0.35:
        return
    for criterion in rules.criteria:
        if total >= best:
            return
        if (
            criterion.met_when is None
            and criterion.kind == "yes_no"
            and numbers.get(criterion.id, criterion.max) < criterion.max
        ):
            total += criterion.max - numbers[criterion.id]
            entries[criterion.id] = criterion.max


def _upper_entries(
    rules: RuleSet, truth: dict[str, float], idle: list[Criterion], rng: Random
) -> dict[str, float | str]:
    entries: dict[str, float | str] = dict(truth)
    for criterion in rules.criteria:
        if (
            criterion.kind in ("yes_no", "mark")
            and criterion.met_when is None
            and rng.random() < 0.05
        ):
            entries[criterion.id] = 0.0
        elif criterion.kind == "points" and rng.random() < 0.3:
            entries[criterion.id] = max(
                0.0, truth[criterion.id] - (criterion.step or 0.5) * rng.randint(1, 4)
            )
    entries.update({criterion.id: "not_applicable" for criterion in idle})
    return entries


def _sheet(
    rater: str,
    entries: dict[str, float | str],
    meeting: dict[str, Any],
    rules: RuleSet,
    rng: Random,
) -> SheetWithLines:
    sheet_id = f"{meeting['meeting_id']}.{'tc' if rater == 'self' else 'ct'}"
    signed = (
        meeting["held_on"]
        if rater == "self"
        else meeting["held_on"] + dt.timedelta(days=rng.randint(0, 3))
    )
    recorded = dt.datetime.combine(signed, dt.time(8 + rng.randint(0, 8), 30)) + dt.timedelta(
        days=rng.randint(1, 4)
    )
    sheet = {
        "sheet_id": sheet_id,
        "meeting_id": meeting["meeting_id"],
        "rater": rater,
        "rule_set_id": rules.id,
        "signed_on": signed,
        "recorded_at": recorded,
    }
    lines = []
    for criterion_id, value in entries.items():
        state = value if isinstance(value, str) else "entered"
        lines.append(
            {
                "sheet_id": sheet_id,
                "criterion_id": criterion_id,
                "state": state,
                "points": None if isinstance(value, str) else value,
            }
        )
    return sheet, lines


def has_thematic(meeting: dict[str, Any], siblings: list[dict[str, Any]]) -> bool:
    """Whether a meeting's month has a thematic part."""
    same = (m for m in siblings if m["for_month"] == meeting["for_month"] and m["status"] == "held")
    return any(m["kind"] in ("chuyen_de", "ket_hop") for m in same)
