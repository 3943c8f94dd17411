"""The points that a rater may enter on a line, as its rule set and the chosen readings allow."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from assess.base import numbers
from assess.rules.intervals import exact
from assess.rules.questions import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.rules.model import Criterion

Verdict = Literal["offered", "read", "not_offered", "out_of_range"]
_QUESTIONS = ("partial_entry", "decimal_points")
_STEPS = {"as_written": Fraction(0), "halves": Fraction(1, 2), "whole": Fraction(1)}


def offers(criterion: Criterion, points: float) -> bool:
    """Return whether the rule set itself offers these points.

    Offered are the line's levels, whole multiples of its step, or any number up to the maximum.
    """
    if not 0 <= points <= criterion.top:
        return False
    if criterion.allowed_points:
        return points in criterion.allowed_points
    return criterion.step is None or exact(points) % exact(criterion.step) == 0


def step_in_words(criterion: Criterion) -> str:
    """Return the points of a line without levels in words: 0 to its maximum, with its step."""
    step = f", mỗi nấc {numbers.points(criterion.step)}" if criterion.step is not None else ""
    return f"0–{numbers.points(criterion.top)}{step}"


def as_read(criterion: Criterion, points: float, options: Mapping[str, str]) -> float:
    """Return an entry as counted under the questions ``decimal_points`` and ``partial_entry``.

    Points that the rule set offers by name, such as a level of 22.5 points, are never rounded.
    """
    named = bool(criterion.allowed_points) or criterion.step is not None
    step = _STEPS[options["decimal_points"]]
    if step and criterion.kind != "mark" and not (named and offers(criterion, points)):
        points = float(step * ((exact(points) / step * 2 + 1) // 2))
    if (
        criterion.kind not in ("yes_no", "mark")
        or options["partial_entry"] == "as_entered"
        or points >= criterion.top
    ):
        return points
    half = criterion.top / 2
    return (
        half
        if criterion.kind == "yes_no" and options["partial_entry"] == "halves" and points >= half
        else 0.0
    )


def entry_questions(criterion: Criterion, points: float) -> tuple[str, ...]:
    """Return the questions with an option that counts this entry differently from its points."""
    known = catalogue()
    as_written = {name: known[name].default for name in _QUESTIONS}
    return tuple(
        name
        for name in _QUESTIONS
        if any(
            as_read(criterion, points, {**as_written, name: option.id}) != points
            for option in known[name].options
        )
    )


def allowed(
    criterion: Criterion, points: float, readings: Mapping[str, str] | None = None
) -> Verdict:
    """Return whether points are allowed on a line under the readings (question → option).

    Questions without a reading have their defaults. *offered*: the rule set has these points;
    *read*: it does not, but a reading counts them (part of a yes/no line, decimals that round to a
    level); *not_offered*: no reading in use does, so the entry is an error; *out_of_range*: below
    zero or over the maximum, the subject of the question ``over_max_entry``.
    >>> lines = {line.id: line for line in an_phu.criteria}
    >>> yes_no, levels = lines["c3_upload"], lines["c2_rate"]
    >>> [allowed(yes_no, 1.5), allowed(levels, 3.5), allowed(levels, 5)]
    ['read', 'not_offered', 'out_of_range']
    >>> allowed(levels, 3.5, {"decimal_points": "whole"})
    'read'
    """
    if not 0 <= points <= criterion.top:
        return "out_of_range"
    if offers(criterion, points):
        return "offered"
    options = {name: catalogue()[name].default for name in _QUESTIONS} | dict(readings or {})
    if criterion.kind == "yes_no" or offers(criterion, as_read(criterion, points, options)):
        return "read"
    return "not_offered"
