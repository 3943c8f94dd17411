"""The readings in use: given, answered by an authority, set by the rule set, or the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from assess.base.arguments import wrong_type
from assess.base.errors import Finding, InputError, Place
from assess.base.text import nearest
from assess.rules.model import RuleSet
from assess.rules.question_words import worded
from assess.rules.questions import catalogue

if TYPE_CHECKING:
    import datetime as dt

    from assess.rules.annual import AnnualRules
    from assess.rules.model import RaisedQuestion
    from assess.rules.questions import Option, Question

Readings = dict[str, str]
"""Question id → option id."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An authority's answer to a question: the reading that ``unit_id`` and those below it use.

    It is about one rule set (of meetings or of the annual class), holds from the day ``since``, and
    ``citation`` names the document that gives it.
    """

    unit_id: str
    rule_set_id: str
    question: str
    option: str
    since: dt.date
    citation: str


NO_ANSWERS: Mapping[str, Answer] = MappingProxyType({})
"""Question id → answer, for a unit and day without any."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The reading used for one question: its option and origin, and the clause that raises it.

    ``origin`` is *given*, *answer*, *rule_set* or *default*. ``answer`` is the answer in force; a
    given reading may differ from it.
    """

    question: Question
    option: Option
    origin: str
    clause: str
    why: str
    answer: Answer | None = None


def checked_readings(given: Mapping[str, str] | None, place: Place | None = None) -> Readings:
    """Return readings as a new dict; anything that is no mapping of known names is refused."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        wanted = "cặp câu_hỏi: cách_hiểu, chẳng hạn {level_gap: lower}"
        raise wrong_type(given, (place or Place("readings")).file, wanted)
    readings = dict(given)
    check_readings(readings, place)
    return readings


def check_readings(readings: Readings, place: Place | None = None) -> None:
    """Raise ``InputError`` for all unknown questions and options, with the nearest valid names."""
    place = place or Place("readings")
    known = catalogue()
    findings = []
    for question_id, option_id in readings.items():
        question = known.get(question_id)
        if question is None:
            facts = {"found": question_id}
            findings.append(
                Finding(
                    "unknown-question", place, facts, tuple(known), nearest(str(question_id), known)
                )
            )
            continue
        options = tuple(o.id for o in question.options)
        if option_id not in options:
            facts = {"found": option_id, "question": question_id}
            findings.append(
                Finding("unknown-option", place, facts, options, nearest(str(option_id), options))
            )
    if findings:
        raise InputError(findings)


def resolve(
    rule_set: RuleSet, given: Readings, answers: Mapping[str, Answer] = NO_ANSWERS
) -> dict[str, Chosen]:
    """Return a reading for each question of a rule set: given, answered, its own, or the default.

    Questions come in the catalogue's order: the common ones and those that the rule set raises. A
    given reading of any other question is left out, as it has no effect.
    """
    check_readings(given)
    raised = {q.id: q for q in rule_set.questions}
    found = (q for q in catalogue().values() if q.common or q.id in raised)
    return {q.id: _choose(q, given, raised.get(q.id), rule_set, answers.get(q.id)) for q in found}


def choose(
    question_id: str,
    given: Readings,
    rules: RuleSet | AnnualRules | None = None,
    answers: Mapping[str, Answer] = NO_ANSWERS,
) -> Chosen:
    """Return the reading of one question.

    It is the one given, the one answered for these rules, the one set by the rules that raise it,
    or the default.
    """
    raised = (
        next((q for q in rules.questions if q.id == question_id), None)
        if rules is not None
        else None
    )
    return _choose(catalogue()[question_id], given, raised, rules, answers.get(question_id))


def answerable(rules: RuleSet | AnnualRules) -> tuple[str, ...]:
    """Return the questions about a rule set that an authority can answer, in catalogue order.

    For a form these are those that it raises, those that concern every form, and how the class of a
    period is found; for annual rules, those about the annual class. How a report counts and rounds,
    whatever the rules, is no question to an authority.
    """
    if not isinstance(rules, RuleSet):
        return tuple(q.id for q in catalogue().values() if q.role == "annual")
    raised = {q.id for q in rules.questions}
    return tuple(
        q.id
        for q in catalogue().values()
        if q.role not in _OF_REPORTS and (q.common or q.id in raised or q.id == "period_class")
    )


_OF_REPORTS = ("report", "visit", "annual")


def _choose(
    question: Question,
    given: Readings,
    own: RaisedQuestion | None,
    rules: RuleSet | AnnualRules | None,
    answer: Answer | None,
) -> Chosen:
    if own is not None and isinstance(rules, RuleSet):
        question = worded(question, [rules])
    if question.id in given:
        option, origin = given[question.id], "given"
    elif answer is not None:
        option, origin = answer.option, "answer"
    elif own is not None and own.default is not None:
        option, origin = own.default, "rule_set"
    else:
        option, origin = question.default, "default"
    clause = rules.clause(own.cite) if own is not None and rules is not None else ""
    why = own.why if own else ""
    return Chosen(question, question.option(option), origin, clause, why, answer)


def options_of(chosen: Mapping[str, Chosen]) -> dict[str, str]:
    """Return question id → option id, with defaults for questions that are not in ``chosen``."""
    options = {q.id: q.default for q in catalogue().values()}
    options.update({key: value.option.id for key, value in chosen.items()})
    return options
