"""The lines of a rule set that a question is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.rules.model import LINE_QUESTIONS
from assess.rules.questions import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.rules.model import Criterion, RuleSet
    from assess.rules.parts import Edge

NOT_APPLICABLE = "not_applicable"
"""The question of every inapplicable line, where no other question decides what it counts as."""
_LEADS_THERE = ("as_not_applicable", "not_judged")
_FACTS = {
    "attendance_denominator": ("attendance_rate",),
    "exempt_present": ("attendance_rate",),
    "speakers_base": ("speaker_rate",),
    "rate_rounding": ("attendance_rate", "speaker_rate", "target_rate"),
}
"""Questions of how facts are computed, with these facts."""


def leads_to_not_applicable(question_id: str) -> bool:
    """Return whether an option of a question leads to :data:`NOT_APPLICABLE`, so it is nested."""
    question = catalogue().get(question_id)
    return (
        question is not None
        and question_id != NOT_APPLICABLE
        and any(o.id in _LEADS_THERE for o in question.options)
    )


def lines_of(rules: RuleSet, question_id: str) -> tuple[Criterion, ...]:
    """Return the lines of a rule set that a question is about, in order.

    There are none where it is about every line or the whole sheet.
    """
    return tuple(c for c in rules.criteria if question_id in set(_questions(rules, c)))


def _questions(rules: RuleSet, line: Criterion) -> Iterator[str]:
    """Yield the questions that a line can depend on."""
    yield from (named for named in (getattr(line, key) for key in LINE_QUESTIONS) if named)
    yield from (part.question for part in (*line.gaps, *line.overlaps))
    yield from (override.question for override in line.overrides if override.question is not None)
    if line.otherwise is not None:
        yield line.otherwise.question
        if leads_to_not_applicable(line.otherwise.question):
            yield NOT_APPLICABLE
    yield from (question for question, facts in _FACTS.items() if set(facts) & set(line.facts))
    minutes = rules.required_minutes
    if (
        minutes is not None
        and minutes.large is not None
        and any(edge.of == "required_minutes" for edge in _edges(line))
    ):
        yield minutes.large.question
    if rules.combined is not None and line.id in rules.combined.lines:
        yield rules.combined.question
    yield from (
        gate.question for gate in rules.gates if line.id in {need.criterion for need in gate.needs}
    )


def _edges(line: Criterion) -> Iterator[Edge]:
    spans = (
        *line.levels,
        *line.overrides,
        *(condition for condition in (line.met_when, line.applies_when) if condition is not None),
    )
    yield from (edge for span in spans for edge, _ in (span.lower, span.upper) if edge is not None)
