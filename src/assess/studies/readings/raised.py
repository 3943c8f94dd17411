"""Choice of questions for a study: those a slice's rule sets raise that can change its results."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from assess.records.slices import slice_of
from assess.rules import catalogue
from assess.studies.readings.answered import settled_questions
from assess.studies.readings.meeting_tensors import MeetingTensors, may_touch
from assess.studies.readings.space import (
    BASIS,
    MEETING,
    MOST,
    PERIOD,
    PERIOD_QUESTIONS,
    WAY,
    RaisedQuestions,
    meeting_questions,
    space_of,
)
from assess.studies.readings.study import study_readings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from assess.records import Slice
    from assess.records.slices import HasSlice
    from assess.rules import Readings, RuleSet

LEADS_TO = "not_applicable"
"""The question of what an inapplicable line counts as.

Every rule set has such lines, and options of other questions lead here.
"""
MOST_OF_PERIOD = 5000
"""The bound for a period, whose roll-up takes longer per combination than scoring a meeting."""


def raised_questions(
    what: Slice | HasSlice,
    readings: Readings | None = None,
    *,
    of: str = MEETING,
    basis: bool = True,
    most: int = 0,
    together: bool = False,
) -> RaisedQuestions:
    """Return the questions that a slice's rule sets raise, by what they can change on its data.

    They are in catalogue order; one that an authority has answered for all is in none of the parts
    where it changes nothing. :data:`LEADS_TO` is added; for a study of periods (``of`` =
    :data:`~assess.studies.readings.space.PERIOD`) also the questions of the roll-up that change
    something, which every rule set leaves open where it does not answer them. ``basis`` states
    whether what points are taken from is studied too: without it, questions on facts change nothing
    under entered points.

    ``most`` bounds the combinations of the questions that may touch one meeting; of a period, or
    with ``together``, those of all questions. The default is
    :data:`~assess.studies.readings.space.MOST`, of a period :data:`MOST_OF_PERIOD`. Where there
    would be more, the questions that change the class of the largest part of cases go first, while
    they fit, and the others are left out. Each is studied by itself: those of the roll-up over chi
    bộ together with how a class is found, the others over meetings; of equals, those that touch
    most go first.
    """
    made, readings = slice_of(what, readings)
    of_period = of == PERIOD
    raised = {question.id for rules in _rule_sets(made) for question in rules.questions}
    possible = {q.id for q in meeting_questions()} - {BASIS}
    own = [q for q in catalogue() if q in possible and (q in raised or q == LEADS_TO)]
    sheets = MeetingTensors(made, space_of(own, basis=basis), readings, rolled_up=of_period)
    touching = [
        {q.id for axis, q in enumerate(sheets.space.questions) if bits >> axis & 1}
        for bits in may_touch(sheets)
    ]
    found = {q for q in own if any(q in questions for questions in touching)}
    effects: dict[str, tuple[float, float]] = {}
    if of_period:
        effects = {q: _effect(made, readings, q) for q in PERIOD_QUESTIONS}
        found |= {q for q, effect in effects.items() if any(effect)}
    asked = set(found)
    most = most or (MOST_OF_PERIOD if of_period else MOST)
    everything = {*found, BASIS} if basis else found
    groups = [everything] if of_period or together else touching
    if _largest(asked | {BASIS}, groups) > most:
        effects |= {q: _effect(made, readings, q, basis=basis) for q in found if q not in effects}
        asked = set()
        for question in sorted(
            (q for q in catalogue() if q in found), key=lambda q: effects[q], reverse=True
        ):
            if _largest({*asked, question, BASIS}, groups) <= most:
                asked.add(question)
    idle = {q for q in raised if q in {*own, *effects}} - found - settled_questions(made)
    return RaisedQuestions(_ordered(asked), _ordered(idle), _ordered(found - asked), most)


def _rule_sets(made: Slice) -> Iterable[RuleSet]:
    """Return the rule sets of the held meetings of a slice."""
    meetings = made.tables["meeting"]
    used = set(meetings.loc[meetings["status"] == "held", "rule_set_id"].dropna())
    return [rules for rule_id, rules in made.rule_sets.items() if rule_id in used]


def _ordered(questions: Collection[str]) -> tuple[str, ...]:
    return tuple(q for q in catalogue() if q in questions)


def _effect(
    made: Slice, readings: Readings, question: str, *, basis: bool = False
) -> tuple[float, float]:
    """Return the part of cases whose class a question changes alone, and the part it touches."""
    of = PERIOD if question in PERIOD_QUESTIONS else MEETING
    study = study_readings(
        made, {question, WAY} if of == PERIOD else {question}, readings, of=of, basis=basis
    )
    about = study.questions.set_index("question_id").loc[question]
    return float(about["class_moves"]) / max(len(study.cases), 1), float(about["touched"]) / max(
        len(study.cases), 1
    )


def _largest(questions: Collection[str], groups: Iterable[Collection[str]]) -> int:
    """Return the most combinations that some questions make within one group."""
    return max(
        (
            math.prod(len(catalogue()[q].options) for q in group if q in questions)
            for group in groups
        ),
        default=1,
    )
