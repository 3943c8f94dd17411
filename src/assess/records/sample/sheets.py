"""The synthetic province's sheets: filled in as clerks do, mostly truly, sometimes kindly, now and then carelessly."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from assess.base.periods import month_end

if TYPE_CHECKING:
    from random import Random

    from assess.records.sample.tree import Cell
    from assess.rules import Criterion, RuleSet

SheetWithLines = tuple[dict[str, Any], list[dict[str, Any]]]

_VISITED = 0.12
_BLANK_SHEET = 0.012
_KIND_LINE = 0.035


def sheets_of(cell: Cell, meeting: dict[str, Any], rules: RuleSet, rng: Random, *, thematic: bool) -> list[SheetWithLines]:
    """Return the sheets of one meeting with their lines: the chi bộ's own, and the superior's when one visited."""
    truth = {c.id: _truth(c, cell, meeting, rng) for c in rules.criteria}
    made = [_sheet("self", _own_entries(rules, truth, cell, rng, thematic=thematic), meeting, rules, rng)]
    if rng.random() < _VISITED:
        made.append(_sheet("superior", _upper_entries(rules, truth, rng, thematic=thematic), meeting, rules, rng))
    return made


def _truth(criterion: Criterion, cell: Cell, meeting: dict[str, Any], rng: Random) -> float:
    """The points a fair rater gives: by the facts where the form follows them, else by the chi bộ's quality."""
    counted = meeting["roll"] - meeting["exempt"] - meeting["special_duty"]
    attending = meeting["present"] + meeting["exempt_present"]
    facts = {
        "minutes": float(meeting["minutes"]),
        "attendance_rate": attending / (counted + meeting["exempt_present"]),
        "speaker_rate": min(1.0, meeting["speakers"] / max(1, attending)),
        "target_rate": meeting["targets_met"] / meeting["targets_set"] if meeting["targets_set"] else 1.0,
        "longest_excused_streak": float(meeting["longest_excused_streak"]),
        "papers_lead_days": float((meeting["held_on"] - meeting["papers_at"]).days),
        "result_lag_days": float((meeting["result_at"] - meeting["held_on"]).days),
    }
    required = 120.0 if meeting["roll"] >= 30 else 90.0
    if criterion.id == "c2_rate" and meeting["absent_unexcused"]:
        return min(level.points for level in criterion.levels)
    if criterion.kind == "levels" and criterion.fact in facts:
        return _read_level(criterion, facts[criterion.fact], required)
    if criterion.id == "c3_meeting":
        return criterion.max if meeting["chi_uy_met"] or not cell.has_deputy else 0.0
    if criterion.met_when is not None and criterion.met_when.fact in facts:
        value = facts[criterion.met_when.fact]
        low, high = criterion.met_when.lower[0], criterion.met_when.upper[0]
        return criterion.max if (low is None or value >= low.plus) and (high is None or value <= high.plus) else 0.0
    return criterion.max if rng.random() < 0.82 + 0.17 * cell.quality else 0.0


def _read_level(criterion: Criterion, value: float, required: float) -> float:
    """As a clerk reads a form: from the top, the first level whose lower bound is reached; else the last."""
    for level in criterion.levels:
        edge, _ = level.lower
        if edge is not None and value >= (required * edge.times if edge.of else 0.0) + edge.plus:
            return level.points
    return criterion.levels[-1].points


def _own_entries(rules: RuleSet, truth: dict[str, float], cell: Cell, rng: Random, *, thematic: bool) -> dict[str, float | str]:
    entries: dict[str, float | str] = dict(truth)
    for criterion in rules.criteria:
        if truth[criterion.id] < criterion.max and rng.random() < _KIND_LINE * (2.2 - cell.quality):
            entries[criterion.id] = criterion.max
    if not thematic:
        entries["c4_thematic"] = rng.choices(("not_applicable", "blank", 0.0, 5.0), (60, 24, 13, 3))[0]
    if rng.random() < 0.05:
        entries["c4_praise"] = "not_applicable"
    _reach_ninety(rules, entries, rng)
    if rng.random() < _BLANK_SHEET:
        entries[rng.choice(rules.criteria).id] = "blank"
    return entries


def _reach_ninety(rules: RuleSet, entries: dict[str, float | str], rng: Random) -> None:
    """Self-scores bunch at 90: a total a little below is often lifted on the lines that nobody can check."""
    numbers = {k: v for k, v in entries.items() if not isinstance(v, str)}
    total = sum(numbers.values()) + (0.0 if "c4_thematic" in numbers else 5.0)
    if not 83 <= total < 90 or rng.random() < 0.35:
        return
    for criterion in rules.criteria:
        if total >= 90:
            return
        if criterion.met_when is None and criterion.kind == "yes_no" and numbers.get(criterion.id, criterion.max) < criterion.max:
            total += criterion.max - numbers[criterion.id]
            entries[criterion.id] = criterion.max


def _upper_entries(rules: RuleSet, truth: dict[str, float], rng: Random, *, thematic: bool) -> dict[str, float | str]:
    entries: dict[str, float | str] = dict(truth)
    for criterion in rules.criteria:
        if criterion.kind == "yes_no" and criterion.met_when is None and rng.random() < 0.05:
            entries[criterion.id] = 0.0
    if not thematic:
        entries["c4_thematic"] = "not_applicable"
    return entries


def _sheet(rater: str, entries: dict[str, float | str], meeting: dict[str, Any], rules: RuleSet, rng: Random) -> SheetWithLines:
    sheet_id = f"{meeting['meeting_id']}.{'tc' if rater == 'self' else 'ct'}"
    signed = meeting["held_on"] if rater == "self" else meeting["held_on"] + dt.timedelta(days=rng.randint(0, 3))
    recorded = dt.datetime.combine(signed, dt.time(8 + rng.randint(0, 8), 30)) + dt.timedelta(days=rng.randint(1, 4))
    sheet = {
        "sheet_id": sheet_id, "meeting_id": meeting["meeting_id"], "rater": rater, "rule_set_id": rules.id,
        "signed_on": signed, "recorded_at": recorded,
    }  # fmt: skip
    lines = []
    for criterion_id, value in entries.items():
        state = value if isinstance(value, str) else "entered"
        lines.append(
            {"sheet_id": sheet_id, "criterion_id": criterion_id, "state": state, "points": None if isinstance(value, str) else value}
        )
    return sheet, lines


def has_thematic(meeting: dict[str, Any], siblings: list[dict[str, Any]]) -> bool:
    """Whether the month of a meeting holds a thematic part."""
    same = (m for m in siblings if m["for_month"] == meeting["for_month"] and m["status"] == "held")
    return any(m["kind"] in ("chuyen_de", "ket_hop") for m in same)


def adopted(rules: RuleSet, meeting: dict[str, Any]) -> bool:
    """Whether the form was in force when the meeting was held."""
    return rules.in_force(meeting.get("held_on") or month_end(meeting["for_month"]))
