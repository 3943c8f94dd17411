"""Titles of questions and options with the numbers of the rule sets that raise them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.numbers import written
from assess.base.text import listing
from assess.rules.facts import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assess.rules.model import RuleSet
    from assess.rules.questions import Question

_ORDINALS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")


def worded(question: Question, rule_sets: Iterable[RuleSet]) -> Question:
    """Return a question worded with the numbers of the rule sets that raise it.

    It keeps its general title if these rule sets differ or name no numbers.
    """
    found = [
        _numbers(question, rules)
        for rules in rule_sets
        if any(q.id == question.id for q in rules.questions)
    ]
    if not found or not found[0] or any(numbers != found[0] for numbers in found):
        return question
    options = tuple(
        o.model_copy(update={"title": o.worded.format(**found[0])}) if o.worded else o
        for o in question.options
    )
    title = question.worded.format(**found[0]) if question.worded else question.title
    return question.model_copy(update={"title": title, "options": options})


def _numbers(question: Question, rules: RuleSet) -> dict[str, str]:
    """Return the numbers in the clauses that name a question; empty if the clauses differ."""
    found = list(dict.fromkeys(tuple(each.items()) for each in _by_clause(question, rules)))
    return dict(found[0]) if len(found) == 1 else {}


def _by_clause(question: Question, rules: RuleSet) -> Iterable[dict[str, str]]:
    minutes, combined = rules.required_minutes, rules.combined
    if minutes is not None and minutes.large is not None and minutes.large.question == question.id:
        yield {"members": str(minutes.large.members)}
    if combined is not None and combined.question == question.id:
        yield {"points": written(combined.max)}
    rates = [
        FACTS[name].label
        for c in rules.criteria
        if c.bounds_question == question.id
        for name in c.facts[:1]
    ]
    if rates:
        label = listing(dict.fromkeys(rates))
        yield {"fact": label[:1].upper() + label[1:]}
    for criterion in rules.criteria:
        if criterion.streak_question == question.id and criterion.met_when is not None:
            times = _most_times(criterion.met_when.upper)
            yield (
                {}
                if times is None
                else {"times": str(times), "at": _ordinal(times), "after": _ordinal(times + 1)}
            )
        for override in criterion.overrides:
            if override.question == question.id:
                level = next(level for level in criterion.levels if level.id == override.level)
                yield {"line": criterion.title, "points": written(level.points)}


def _most_times(upper: tuple[object, bool]) -> int | None:
    """Return how often something may happen in a row.

    "Not more than three times" is three, "fewer than three" is two.
    """
    edge, inside = upper
    plus = getattr(edge, "plus", None)
    if plus is None or plus != int(plus):
        return None
    return int(plus) if inside else int(plus) - 1


def _ordinal(number: int) -> str:
    return f"thứ {_ORDINALS[number - 1] if 0 < number <= len(_ORDINALS) else number}"
