"""What the points of a line rest on: the facts of its meeting, and the questions that touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assess.base import numbers
from assess.rules.allowed_entries import entry_questions
from assess.rules.facts import FACTS
from assess.scoring.sheets.levels import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from assess.rules import Criterion
    from assess.rules.model import Override

FACT_QUESTIONS: dict[str, tuple[str, ...]] = {
    "attendance_rate": ("attendance_denominator", "exempt_present", "rate_rounding"),
    "speaker_rate": ("speakers_base", "rate_rounding"),
    "target_rate": ("rate_rounding",),
    "minutes": ("required_minutes_at_30",),
}
"""The questions that affect each fact, so that a trace shows the readings behind a number."""
_CLAUSES = {"gap": "level_gap", "overlap": "level_overlap"}


def facts_in_words(criterion: Criterion, meeting: pd.Series) -> tuple[tuple[str, str], ...]:
    """Return the known facts of a meeting that a line looks at: their labels and values."""
    names = [*criterion.facts, *([criterion.applies_when.fact] if criterion.applies_when else [])]
    if "minutes" in names:
        names.insert(names.index("minutes") + 1, "required_minutes")
    return tuple(
        (FACTS[name].label, _fact(name, meeting[name], _beside(criterion, name, meeting)))
        for name in dict.fromkeys(names)
        if meeting[name] == meeting[name]
    )


def _beside(criterion: Criterion, fact: str, meeting: pd.Series) -> tuple[float, ...]:
    """Return the values with which a line compares a fact of the meeting."""
    edges = (
        edge
        for span in criterion.spans_on(fact)
        for edge, _ in (span.lower, span.upper)
        if edge is not None
    )
    found = (
        edge.plus + (edge.times * float(meeting[edge.of]) if edge.of else 0.0) for edge in edges
    )
    return tuple(value for value in found if value == value)


def _fact(name: str, value: float, beside: tuple[float, ...]) -> str:
    fact = FACTS[name]
    if fact.kind == "flag":
        return "có" if value else "không"
    if fact.kind == "ratio":
        return numbers.percent_beside(value, beside)
    return f"{numbers.points_beside(value, beside)} {fact.unit}".strip()


def touching_questions(
    row: pd.Series, criterion: Criterion, meeting: pd.Series, *, absent: bool
) -> Iterator[str]:
    """Yield the questions whose readings affect a line's points.

    ``row`` is the line as scored; ``absent``: the rule set does not ask it of this meeting. An
    override that the instrument's own text decides has no question.
    """
    if row["recomputed"] == row["recomputed"] or row["clause"]:
        for name in criterion.facts:
            yield from FACT_QUESTIONS.get(name, ())
        yield from (q for q in (criterion.bounds_question, criterion.streak_question) if q)
    if row["clause"] in _CLAUSES:
        yield _CLAUSES[row["clause"]]
    if row["clause"] == "override":
        yield from (o.question for o in _struck(criterion, meeting) if o.question)
    if absent and criterion.otherwise:
        yield criterion.otherwise.question
    if row["state"] == "blank" and not (absent and row["treatment"] != "refused"):
        asked = criterion.closing_question is not None and (
            row["treatment"] == "full" or row["reason"] == "closing_pending"
        )
        yield criterion.closing_question if asked and criterion.closing_question else "blank_line"
    elif row["state"] == "entered":
        yield from entry_questions(criterion, float(row["entered"]))
    if criterion.bonus_question is not None:
        yield criterion.bonus_question
    if row["treatment"] in ("left_out", "half"):
        yield "not_applicable"
    if row["treatment"] == "clamped" or row["reason"] == "over_max":
        yield "over_max_entry"


def _struck(criterion: Criterion, meeting: pd.Series) -> Iterator[Override]:
    """Yield the overrides of a line that hold for a meeting."""
    for override in criterion.overrides:
        struck, _ = holds(
            override, {override.fact: np.array([meeting[override.fact]], dtype=float)}
        )
        if struck[0]:
            yield override
