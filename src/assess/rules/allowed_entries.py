"""What a rater may enter on a line: the form offers levels or steps, and a reading may say how to count what it does not offer."""

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
    """Return whether the form itself offers these points: one of its levels, a whole number of its steps, or any number up to the maximum."""
    if not 0 <= points <= criterion.top:
        return False
    if criterion.allowed_points:
        return points in criterion.allowed_points
    return criterion.step is None or exact(points) % exact(criterion.step) == 0


def step_in_words(criterion: Criterion) -> str:
    """Return the points of a line without levels: from 0 to its maximum, in its steps."""
    step = f", mỗi nấc {numbers.points(criterion.step)}" if criterion.step is not None else ""
    return f"0–{numbers.points(criterion.top)}{step}"


def as_read(criterion: Criterion, points: float, options: Mapping[str, str]) -> float:
    """Return an entry as the questions ``decimal_points`` and ``partial_entry`` are read.

    What the form offers by name, such as a level of 22.5 points, is never rounded.
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
    """Return the questions with an option that counts this entry otherwise than as it was written."""
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
    """Return whether points may stand on a line under the readings (question → option; the rest have their defaults).

    *offered*: the form has them; *read*: it does not, but a reading says how they count (a part of a yes/no line, decimals
    that round to a level); *not_offered*: no reading in use does, so the entry is an error; *out_of_range*: below zero or
    over the maximum, which the question ``over_max_entry`` is about.

    >>> lines = {line.id: line for line in an_phu.criteria}
    >>> yes_no, levels = lines["c3_upload"], lines["c2_rate"]
    >>> [allowed(yes_no, 1.5), allowed(levels, 3.5), allowed(levels, 3.5, {"decimal_points": "whole"}), allowed(levels, 5)]
    ['read', 'not_offered', 'read', 'out_of_range']
    """
    if not 0 <= points <= criterion.top:
        return "out_of_range"
    if offers(criterion, points):
        return "offered"
    options = {name: catalogue()[name].default for name in _QUESTIONS} | dict(readings or {})
    if criterion.kind == "yes_no" or offers(criterion, as_read(criterion, points, options)):
        return "read"
    return "not_offered"
