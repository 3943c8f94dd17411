"""The class of one chi bộ for a period: the tests of its rule set in order, with every value.

The tests of a rule set are for the year. For a shorter period, and for rule sets without tests, a
class is given only under a named reading (``period_class``), because no instrument was found that
says how.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assess.rules import NO_ANSWERS, choose
from assess.rules.intervals import exact, inside
from assess.rules.year import MONTHS, first_class, holds
from assess.scoring.period.counts import count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from assess.rules import Answer, Readings, RuleSet
    from assess.rules.parts import YearClass, YearTest
    from assess.scoring.period.counts import RollUpCounts, RollUpInput

YEAR_QUESTIONS = (
    "cancelled_month",
    "merged_month",
    "unclassed_month",
    "extra_meeting",
    "mean_basis",
    "mean_rounding",
    "part_year",
)


@dataclass(frozen=True, slots=True)
class YearTestResult:
    """One test of a class, the value found and whether the test holds."""

    test: YearTest
    value: Fraction | None
    holds: bool


@dataclass(frozen=True, slots=True)
class ClassAttempt:
    """A class of the year that was tried, with all its tests."""

    found: YearClass
    tests: tuple[YearTestResult, ...]

    @property
    def holds(self) -> bool:
        """Whether every test holds."""
        return all(test.holds for test in self.tests)


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """The class of one chi bộ for a period, or why there is none.

    ``status``: *classed*; *necessary_only* (the known tests of ``class_id`` hold, but the known
    text breaks off); *none_known* (no class with known tests holds); *waits* (months without a
    class); *open* (the period is not over); *left* (at the end of the period the chi bộ is
    elsewhere or no longer exists); *several_forms* (meetings on several rule sets); *no_rule*;
    *no_points* (the reading needs them); *nothing* (no meeting that counts). ``held`` counts the
    months with a meeting, ``required`` those in which a meeting is required, ``base`` the chi bộ's
    months.
    """

    status: str
    class_id: str | None = None
    title: str = ""
    mean: Fraction | None = None
    counts: Mapping[str, int] | None = None
    held: int = 0
    required: int = 0
    base: int = 0
    tried: tuple[ClassAttempt, ...] = ()
    reading: str = ""
    rule_set_id: str = ""


def year_options(
    rules: RuleSet, given: Readings, answers: Mapping[str, Answer] = NO_ANSWERS
) -> dict[str, str]:
    """Return the reading of each question that a roll-up asks, by question id."""
    return {
        q: choose(q, given, rules, answers).option.id for q in (*YEAR_QUESTIONS, "period_class")
    }


def roll_up_one(asked: RollUpInput) -> PeriodResult:
    """Return the class of one chi bộ for a period that is over."""
    rules, how = asked.rules, asked.options["period_class"]
    whole = len(asked.period) == MONTHS and bool(rules.year)
    no_rule = not whole and (how == "none" or (how == "scaled_year_rule" and not rules.year))
    counted = None if no_rule else count(asked)
    if counted is None:
        # Show the numbers all the same, without the months that have no class.
        # A ChainMap, because the options of a study are worked out only when they are read.
        excluded = ChainMap({"unclassed_month": "excluded"}, asked.options)  # type: ignore[arg-type]  # only read
        bare = count(replace(asked, options=excluded))
        shown = _shown(asked, bare, "") if bare is not None else PeriodResult("nothing")
        return replace(shown, status="no_rule" if no_rule else "waits")
    outcome = _shown(asked, counted, "" if whole else how)
    if not counted.by_month:
        return replace(outcome, status="nothing")
    if whole or how == "scaled_year_rule":
        return _by_tests(rules, counted, outcome)
    return _by_reading(rules, counted, outcome, how)


def _shown(asked: RollUpInput, counted: RollUpCounts, reading: str) -> PeriodResult:
    numbers = (counted.mean, counted.meetings, counted.held, counted.required, counted.base)
    return PeriodResult("classed", None, "", *numbers, (), reading, asked.rules.id)


def _by_tests(rules: RuleSet, counted: RollUpCounts, outcome: PeriodResult) -> PeriodResult:
    position = first_class(rules, counted.value)
    last = len(rules.year) if position < 0 else position + 1
    tried = tuple(_try(c, counted) for c in rules.year[:last])
    if position < 0:
        return replace(outcome, status="none_known", tried=tried)
    found = rules.year[position]
    status = "classed" if found.complete else "necessary_only"
    return replace(outcome, status=status, class_id=found.id, title=found.title, tried=tried)


def _try(found: YearClass, counted: RollUpCounts) -> ClassAttempt:
    tests = tuple(
        YearTestResult(t, counted.value(t), holds(t, counted.value(t))) for t in found.tests
    )
    return ClassAttempt(found, tests)


def _by_reading(
    rules: RuleSet, counted: RollUpCounts, outcome: PeriodResult, how: str
) -> PeriodResult:
    names = [c.id for c in rules.classes]
    present = [name for name in names if counted.meetings[name]]
    if how == "minimum":
        class_id = present[-1]
    elif how == "majority":
        most = max(counted.meetings.values())
        class_id = next(name for name in reversed(names) if counted.meetings[name] == most)
    elif counted.mean is None:
        return replace(outcome, status="no_points")
    else:
        class_id = _band(rules, counted.mean)
    return replace(outcome, class_id=class_id, title=rules.class_title(class_id))


def _band(rules: RuleSet, mean: Fraction) -> str:
    """Return the class whose band contains a mean.

    The bands cover every total of the rule set; thematic meetings may be scored on a larger scale.
    """
    mean = min(mean, exact(rules.total))
    return next(band.id for band in rules.bands if inside(band, mean, mean, {}))


def best_meetings(rules: RuleSet, outcome: PeriodResult) -> bool | None:
    """Return whether a chi bộ's period has the best class of its rule set; ``None`` if unknown.

    A year that fails the tests of the best class does not have it, even if no lower class is known.
    """
    if outcome.reading:
        return outcome.class_id == rules.classes[0].id if outcome.status == "classed" else None
    if outcome.tried and outcome.tried[0].found is rules.year[0]:
        return (
            outcome.tried[0].holds
            if rules.year[0].complete
            else (None if outcome.tried[0].holds else False)
        )
    return None
