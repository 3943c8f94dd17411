"""The combinations of some questions' options: one axis per question, in catalogue order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from assess.base.errors import input_error
from assess.base.text import nearest
from assess.rules import NO_ANSWERS, catalogue, choose, options_of, resolve
from assess.rules.questions import Option, Question
from assess.scoring.period.period_class import YEAR_QUESTIONS
from assess.scoring.period.roll_up import MOVED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from assess.rules import Answer, RuleSet

BASIS = "score_basis"
"""The question of what points are taken from; part of a study unless it is left out.

Entered points and points implied by the facts differ more than any two readings of a clause.
"""
SCORING_ROLES = frozenset(
    {
        "otherwise",
        "bounds",
        "streak",
        "bonus",
        "closing",
        "override",
        "gaps",
        "overlaps",
        "gate",
        "minutes",
        "combined",
        "sheet",
    }
)
"""The roles of questions that a meeting's points and class can depend on."""
MONTH = "window_month"
RULE_SET = "rule_set"
"""The question of which rule set applies, for studies over several rule sets; in no catalogue."""
WAY = "period_class"
"""The question of how the class of a period is found where no rule states it."""
PERIOD_QUESTIONS = (*YEAR_QUESTIONS, WAY, MOVED)
"""The questions that a period's class can depend on besides the results of its meetings."""


MEETING, PERIOD = "meeting", "period"
"""What a study classifies: a meeting, or a chi bộ over the period."""
MOST = 50_000
"""The most combinations listed one by one; of more, some are drawn."""


@dataclass(frozen=True)
class RaisedQuestions:
    """The ids of questions that the rule sets of a slice raise, each in one part.

    ``asked`` can change something on these data; ``idle`` cannot; ``left_out`` could, but would
    make more than ``most`` combinations.
    """

    asked: tuple[str, ...]
    idle: tuple[str, ...]
    left_out: tuple[str, ...]
    most: int


@dataclass(frozen=True)
class Space:
    """All combinations of the options of ``questions``."""

    questions: tuple[Question, ...]

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The number of options of each question."""
        return tuple(len(question.options) for question in self.questions)

    @property
    def size(self) -> int:
        """The number of combinations."""
        return math.prod(self.shape)

    @cached_property
    def position(self) -> dict[str, int]:
        """The axis of each question."""
        return {question.id: axis for axis, question in enumerate(self.questions)}

    def question(self, question_id: str) -> Question:
        """Return one of the questions by its id."""
        return self.questions[self.position[question_id]]

    def options(self, axis: int) -> tuple[str, ...]:
        """Return the ids of one question's options, in order."""
        return tuple(option.id for option in self.questions[axis].options)


def meeting_questions() -> tuple[Question, ...]:
    """Return the questions that a meeting's points and class can depend on, in catalogue order."""
    return tuple(q for q in catalogue().values() if q.role in SCORING_ROLES or q.id == MONTH)


def period_questions() -> tuple[Question, ...]:
    """Return the questions that a chi bộ's class for a period can depend on, in catalogue order."""
    return tuple(
        q for q in catalogue().values() if q in meeting_questions() or q.id in PERIOD_QUESTIONS
    )


def space_of(questions: Collection[str], *, of_period: bool = False, basis: bool = True) -> Space:
    """Return the combinations of some questions, with :data:`BASIS` as well if ``basis``.

    Raise :class:`~assess.base.errors.InputError` for a question that is unknown, or that no
    meeting's class (``of_period``: no class of a chi bộ for a period) can depend on.
    """
    known = {q.id: q for q in (period_questions() if of_period else meeting_questions())}
    for question in questions:
        if question not in known:
            code = _why_not(question, of_period=of_period)
            raise input_error(
                code, "questions", allowed=known, hint=nearest(question, known), found=question
            )
    return Space(tuple(q for q in known.values() if q.id in questions or (basis and q.id == BASIS)))


def _why_not(question: str, *, of_period: bool) -> str:
    if question not in catalogue():
        return "unknown-question"
    if of_period:
        return "question-of-no-class"
    return "question-of-periods" if question in PERIOD_QUESTIONS else "question-not-of-meetings"


def with_rule_sets(space: Space, rule_sets: Sequence[RuleSet]) -> Space:
    """Return a space with one more question, the last: which of some rule sets applies."""
    options = tuple(Option(id=rules.id, title=rules.short) for rules in rule_sets)
    return Space(
        (
            *space.questions,
            Question(id=RULE_SET, title="Biểu được áp dụng", role="report", options=options),
        )
    )


@dataclass(frozen=True)
class RuleSetSpace:
    """A space for one rule set: its ``options`` by default, and the axes that can affect it.

    ``open_base`` has the options by default where nothing is answered.
    """

    space: Space
    rules: RuleSet
    options: Mapping[str, str]
    live: frozenset[int]

    open_base: Mapping[str, str]

    @classmethod
    def of(
        cls,
        space: Space,
        rules: RuleSet,
        readings: Mapping[str, str],
        answers: Mapping[str, Answer] = NO_ANSWERS,
    ) -> RuleSetSpace:
        """Resolve the readings for a rule set.

        For meetings, a question that the rule set does not raise and that is not common has no
        effect; nor has one that is answered, unless ``readings`` has another option for it.
        """
        given = dict(readings)
        chosen, unanswered = resolve(rules, given, answers), resolve(rules, given)
        of_period = {q: choose(q, given, rules, answers) for q in PERIOD_QUESTIONS}
        settled = {q for q, found in (of_period | chosen).items() if found.origin == "answer"}
        live = frozenset(
            axis
            for axis, q in enumerate(space.questions)
            if (q.id in chosen or q.id in of_period) and q.id not in settled
        )
        options = options_of(chosen) | {q: found.option.id for q, found in of_period.items()}
        base = options_of(unanswered) | {
            q: choose(q, given, rules).option.id for q in PERIOD_QUESTIONS
        }
        own = {RULE_SET: rules.id}
        return cls(space, rules, options | own, live, base | own)

    @cached_property
    def base(self) -> tuple[int, ...]:
        """The combination of the readings in use, as the position of each option.

        On the axis of a question that is answered, along which nothing varies, it is the reading
        without the answer, so that all meetings on a rule set have one combination in use.
        """
        return tuple(
            self.space.options(axis).index(self.open_base[q.id])
            for axis, q in enumerate(self.space.questions)
        )
