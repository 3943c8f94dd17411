"""The counts of one chi bộ's months under the readings, as the tests of a year need them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from assess.rules.year import MONTHS, QUARTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.rules import RuleSet
    from assess.rules.parts import YearTest

CLASSED, UNCLASSED, NO_RECORD, CANCELLED, MERGED = (
    "classed",
    "unclassed",
    "no_record",
    "cancelled",
    "merged",
)
_DECIMALS = {"one_decimal": 10, "whole": 1}

Result = tuple[Fraction | None, str]
"""A meeting's total (``None`` on a rule set without points) and class."""


@dataclass(frozen=True, slots=True)
class MonthResult:
    """A month in which the chi bộ had to meet: its state and its regular meetings' results."""

    month: str
    state: str
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class RollUpInput:
    """The input from which one chi bộ is classified for a period.

    ``period``: all months of the period; ``months``: those in which the chi bộ had to meet;
    ``thematic``: the months with a thematic part; ``apart``: the totals of thematic meetings that
    have a sheet of their own; ``options``: the reading of each question, see
    :func:`~assess.scoring.period.period_class.year_options`.
    """

    rules: RuleSet
    period: Sequence[str]
    months: Sequence[MonthResult]
    thematic: frozenset[str]
    apart: Sequence[Fraction]
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RollUpCounts:
    """The counts that the tests look at; :meth:`value` scales a part of the year to a year."""

    by_month: tuple[str, ...]
    meetings: Mapping[str, int]
    mean: Fraction | None
    held: int
    met: int
    required: int
    base: int
    quarters: int
    thematic: int

    def value(self, test: YearTest) -> Fraction | None:
        """Return the value that a test looks at; ``None`` where there is nothing to count."""
        months = sum(found in test.classes for found in self.by_month)
        meetings, total = sum(self.meetings[c] for c in test.classes), sum(self.meetings.values())
        values = {
            "months_held": Fraction(self.met * MONTHS, self.required) if self.required else None,
            "months_classed": Fraction(months * MONTHS, self.base) if self.base else None,
            "meetings_classed": Fraction(meetings * MONTHS, self.base) if self.base else None,
            # Where the period has no whole quarter, no thematic meeting is missing.
            "thematic_quarters": Fraction(self.thematic * QUARTERS, self.quarters)
            if self.quarters
            else Fraction(QUARTERS),
            "share_classed": Fraction(meetings, total) if total else None,
            "mean": self.mean,
        }
        return values[test.of]


def count(asked: RollUpInput) -> RollUpCounts | None:
    """Count a period under the readings; ``None`` if a month without a class makes it wait."""
    rules, options = asked.rules, asked.options
    order = {c.id: k for k, c in enumerate(rules.classes)}
    lowest = rules.classes[-1].id
    results: list[Result] = []
    by_month: list[str] = []
    held = met = excluded = 0
    for month in asked.months:
        treated = _treat(month, options)
        if treated == "waits":
            return None
        held += month.state in (CLASSED, UNCLASSED)
        met += month.state in (CLASSED, UNCLASSED) or treated in ("zero", "kem")
        excluded += treated == "excluded" and month.state != UNCLASSED
        counting: list[Result] = []
        if month.state == CLASSED:
            counting = (
                list(month.results)
                if len(month.results) == 1
                else _of_month(month.results, options["extra_meeting"], order)
            )
        elif treated in ("zero", "kem"):
            counting = [(Fraction(0) if treated == "zero" and rules.has_points else None, lowest)]
        results += counting
        by_month += (
            [max((found for _, found in counting), key=order.__getitem__)] if counting else []
        )
    existed = {m.month for m in asked.months}
    whole = len(existed) == len(asked.period) or options["part_year"] == "absolute"
    base = len(asked.period) if whole else len(existed)
    quarters = [q for q in _quarters(asked.period) if whole or q <= existed]
    meetings = {c.id: sum(found == c.id for _, found in results) for c in rules.classes}
    mean = _mean([total for total, _ in results if total is not None], asked.apart, base, options)
    thematic = sum(bool(q & asked.thematic) for q in quarters)
    return RollUpCounts(
        tuple(by_month), meetings, mean, held, met, base - excluded, base, len(quarters), thematic
    )


def _treat(month: MonthResult, options: Mapping[str, str]) -> str:
    """Return *waits*, an option of ``cancelled_month``, or an empty text if it has a class."""
    if month.state == CLASSED:
        return ""
    if month.state == CANCELLED:
        return options["cancelled_month"]
    option = options["merged_month" if month.state == MERGED else "unclassed_month"]
    return options["cancelled_month"] if option == "as_cancelled" else option


def _of_month(results: Sequence[Result], option: str, order: Mapping[str, int]) -> list[Result]:
    """Return the results of one month that count, where the month has several."""
    if option == "first":
        return list(results[:1])
    if option == "best":
        return [min(results, key=lambda result: (order[result[1]], -(result[0] or Fraction(0))))]
    return list(results)


def _quarters(period: Sequence[str]) -> list[frozenset[str]]:
    """Return the whole quarters of a period, each as the set of its months."""
    by_quarter: dict[int, set[str]] = {}
    for month in period:
        by_quarter.setdefault((int(month[5:7]) - 1) // 3, set()).add(month)
    return [frozenset(months) for months in by_quarter.values() if len(months) == 3]


def _mean(
    totals: Sequence[Fraction], apart: Sequence[Fraction], base: int, options: Mapping[str, str]
) -> Fraction | None:
    basis = options["mean_basis"]
    counted = [*totals, *(apart if basis == "with_thematic" else ())]
    if not counted:
        return None
    mean = sum(counted, Fraction(0)) / (
        max(base, len(counted)) if basis == "twelve" else len(counted)
    )
    step = _DECIMALS.get(options["mean_rounding"])
    return mean if step is None else Fraction((mean * step * 2 + 1) // 2, step)
