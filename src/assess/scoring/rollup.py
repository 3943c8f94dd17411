"""From the meetings of a period to the class of a chi bộ for it: the tests of its form, in order, with every value kept.

A form's rule is for the year. For a shorter period, and for forms without such a rule, a class is given only under a
named reading (``period_class``), because no instrument was found that says how.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from assess.rules import choose
from assess.rules.intervals import exact
from assess.rules.year import MONTHS, QUARTERS, first_class, holds
from assess.scoring.summary import NOT_HELD, REGULAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from assess.records import Slice
    from assess.rules import Readings, RuleSet
    from assess.rules.year import YearClass, YearTest
    from assess.scoring.score import Scores

YEAR_QUESTIONS = ("cancelled_month", "merged_month", "unclassed_month", "extra_meeting", "mean_basis", "mean_rounding", "part_year")
CLASSED, UNCLASSED, NO_RECORD, CANCELLED, MERGED = "classed", "unclassed", "no_record", "cancelled", "merged"
_DECIMALS = {"one_decimal": 10, "whole": 1}

Result = tuple[Fraction | None, str]
"""A meeting's total (nothing on a form without points) and class."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which the chi bộ had to meet: what became of it, and the results of its regular meetings by day."""

    month: str
    state: str
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Tested:
    """One test of a class: the value, and whether it holds."""

    test: YearTest
    value: Fraction | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A class of the year that was looked at: all its tests."""

    found: YearClass
    tests: tuple[Tested, ...]

    @property
    def holds(self) -> bool:
        """Whether every test holds."""
        return all(test.holds for test in self.tests)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The class of one chi bộ for a period, or why there is none.

    ``status``: *classed*; *necessary_only* (the known tests of ``class_id`` hold, but the known text breaks off);
    *none_known* (no class whose tests are known); *waits* (months that are not classed); *several_forms*; *no_rule*;
    *no_points* (the reading needs them); *nothing* (no meeting that counts).
    """

    status: str
    class_id: str | None = None
    title: str = ""
    mean: Fraction | None = None
    counts: Mapping[str, int] | None = None
    held: int = 0
    required: int = 0
    base: int = 0
    quarters: int = 0
    thematic: int = 0
    tried: tuple[Tried, ...] = ()
    reading: str = ""


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the tests look at, under the readings: counts for a part of the year are scaled to the whole of it."""

    counts: Mapping[str, int]
    mean: Fraction | None
    held: int
    required: int
    base: int
    quarters: int
    thematic: int

    def value(self, test: YearTest) -> Fraction | None:
        counted, total = sum(self.counts.get(c, 0) for c in test.classes), sum(self.counts.values())
        values = {
            "months_held": Fraction(self.held * MONTHS, self.required) if self.required else None,
            "months_classed": Fraction(counted * MONTHS, self.base) if self.base else None,
            # where no whole quarter is asked for, nothing is missing
            "thematic_quarters": Fraction(self.thematic * QUARTERS, self.quarters) if self.quarters else Fraction(QUARTERS),
            "share_classed": Fraction(counted, total) if total else None,
            "mean": self.mean,
        }
        return values[test.of]


def roll_up(made: Slice, scores: Scores, readings: Readings | None = None) -> dict[str, Outcome]:
    """Return the class of every chi bộ of a slice for its period, by id, in the order of ids.

    The readings of :data:`YEAR_QUESTIONS` and ``period_class`` decide what the instruments leave open.
    """
    given = dict(readings or {})
    meetings = scores.in_period
    by_chi_bo = {str(chi_bo): theirs for chi_bo, theirs in meetings.groupby("chi_bo_id")}
    due = made.tables["due"].groupby("chi_bo_id")["month"].agg(sorted).to_dict()
    options = {rules.id: year_options(rules, given) for rules in made.rule_sets.values()}
    found = {}
    for chi_bo in made.chi_bo:
        theirs = by_chi_bo.get(chi_bo, meetings.head(0))
        regular = theirs[theirs["kind"].isin(REGULAR)]
        forms = set(regular.loc[regular["status"] == "held", "rule_set_id"].dropna())
        if len(forms) > 1:
            found[chi_bo] = Outcome("several_forms")
            continue
        if not forms:
            found[chi_bo] = Outcome("nothing")
            continue
        rules = made.rule_sets[forms.pop()]
        apart = theirs[(theirs["kind"] == "chuyen_de") & theirs["assessed"] & theirs["total"].notna()]
        thematic = theirs[(theirs["status"] == "held") & (theirs["kind"] != "thuong_ky")]["month"]
        months = _months(due[chi_bo], regular)
        totals = [exact(float(t)) for t in apart["total"]]
        found[chi_bo] = roll_up_one(rules, made.period.months, months, set(thematic), totals, options[rules.id])
    return found


def year_options(rules: RuleSet, given: Readings) -> dict[str, str]:
    """Return the reading of each question that a roll-up asks, by its id."""
    return {q: choose(q, given, rules).option.id for q in (*YEAR_QUESTIONS, "period_class")}


def _months(due: Iterable[str], regular: pd.DataFrame) -> list[Month]:
    by_month = {str(month): theirs for month, theirs in regular.groupby("month")}
    return [_month(month, by_month.get(month)) for month in due]


def _month(month: str, meetings: pd.DataFrame | None) -> Month:
    if meetings is None:
        return Month(month, NO_RECORD)
    classed = meetings[meetings["assessed"]].sort_values(["held_on", "meeting_id"], kind="stable")
    if len(classed):
        results = ((None if t != t else exact(float(t)), str(c)) for t, c in zip(classed["total"], classed["class_id"], strict=True))
        return Month(month, CLASSED, tuple(results))
    if (meetings["status"] == "held").any():
        return Month(month, UNCLASSED)
    return Month(month, MERGED if meetings["status"].isin(NOT_HELD[2:]).all() else CANCELLED)


def roll_up_one(
    rules: RuleSet,
    period: Sequence[str],
    months: Sequence[Month],
    thematic: set[str],
    apart: Sequence[Fraction],
    options: Mapping[str, str],
) -> Outcome:
    """Return the class of one chi bộ for a period.

    ``period``: all months of it; ``months``: those in which the chi bộ had to meet; ``thematic``: the months with a
    thematic part; ``apart``: the totals of thematic meetings that have a sheet of their own; ``options``: see
    :func:`year_options`.
    """
    whole, how = len(period) == MONTHS and bool(rules.year), options["period_class"]
    if not whole and (how == "none" or (how == "scaled_year_rule" and not rules.year)):
        return replace(_bare(rules, period, months, thematic, apart, options), status="no_rule")
    counted = _count(rules, period, months, thematic, apart, options)
    if counted is None:
        return replace(_bare(rules, period, months, thematic, apart, options), status="waits")
    outcome = _shown(counted, "" if whole else how)
    if not sum(counted.counts.values()):
        return replace(outcome, status="nothing")
    if whole or how == "scaled_year_rule":
        return _by_tests(rules, counted, outcome)
    return _by_reading(rules, counted, outcome, how)


def _shown(counted: _Counted, reading: str) -> Outcome:
    return Outcome(
        "classed", None, "", counted.mean, counted.counts, counted.held, counted.required, counted.base, counted.quarters, counted.thematic,
        (), reading,
    )  # fmt: skip


def _bare(
    rules: RuleSet,
    period: Sequence[str],
    months: Sequence[Month],
    thematic: set[str],
    apart: Sequence[Fraction],
    options: Mapping[str, str],
) -> Outcome:
    """The numbers of a period without a class, months that are not classed left out."""
    counted = _count(rules, period, months, thematic, apart, {**options, "unclassed_month": "excluded"})
    return Outcome("nothing") if counted is None else _shown(counted, "")


def _by_tests(rules: RuleSet, counted: _Counted, outcome: Outcome) -> Outcome:
    position = first_class(rules, counted.value)
    last = len(rules.year) if position < 0 else position + 1
    tried = tuple(_try(c, counted) for c in rules.year[:last])
    if position < 0:
        return replace(outcome, status="none_known", tried=tried)
    found = rules.year[position]
    status = "classed" if found.complete else "necessary_only"
    return replace(outcome, status=status, class_id=found.id, title=found.title, tried=tried)


def _try(found: YearClass, counted: _Counted) -> Tried:
    tests = tuple(Tested(t, counted.value(t), holds(t, counted.value(t))) for t in found.tests)
    return Tried(found, tests)


def _by_reading(rules: RuleSet, counted: _Counted, outcome: Outcome, how: str) -> Outcome:
    names = [c.id for c in rules.classes]
    present = [name for name in names if counted.counts.get(name)]
    if how == "minimum":
        class_id = present[-1]
    elif how == "majority":
        most = max(counted.counts[name] for name in present)
        class_id = next(name for name in reversed(names) if counted.counts.get(name) == most)
    elif counted.mean is None:
        return replace(outcome, status="no_points")
    else:
        class_id = _band(rules, counted.mean)
    return replace(outcome, class_id=class_id, title=rules.class_title(class_id))


def _band(rules: RuleSet, mean: Fraction) -> str:
    """The class of a mean; the bands cover every total, as was proved when the form was loaded."""
    from assess.rules.intervals import inside

    return next(band.id for k, band in enumerate(rules.bands) if inside(band, mean, mean, {}) or (k == 0 and mean > exact(rules.total)))


def _count(
    rules: RuleSet,
    period: Sequence[str],
    months: Sequence[Month],
    thematic: set[str],
    apart: Sequence[Fraction],
    options: Mapping[str, str],
) -> _Counted | None:
    """Count a period under the readings; nothing when a month that is not classed makes it wait."""
    lowest = rules.classes[-1].id
    results: list[Result] = []
    held = excluded = 0
    for month in months:
        treated = _treat(month, options)
        if treated == "waits":
            return None
        held += month.state in (CLASSED, UNCLASSED) or treated in ("zero", "kem")
        excluded += treated == "excluded" and month.state != UNCLASSED
        if month.state == CLASSED:
            results += _of_month(month.results, options["extra_meeting"])
        elif treated in ("zero", "kem"):
            results.append((Fraction(0) if treated == "zero" and rules.has_points else None, lowest))
    existed = {m.month for m in months}
    base = len(existed) if options["part_year"] == "pro_rata" else len(period)
    quarters = [q for q in _quarters(period) if options["part_year"] == "absolute" or q <= existed]
    counts = {c.id: sum(found == c.id for _, found in results) for c in rules.classes}
    totals = [total for total, _ in results if total is not None]
    return _Counted(
        counts, _mean(totals, apart, base, options), held, base - excluded, base, len(quarters), sum(bool(q & thematic) for q in quarters)
    )


def _treat(month: Month, options: Mapping[str, str]) -> str:
    """How a month without a class is treated: *waits*, or an option of ``cancelled_month``; nothing for one with a class."""
    if month.state == CLASSED:
        return ""
    option = {
        MERGED: options["merged_month"],
        CANCELLED: "as_cancelled",
        UNCLASSED: options["unclassed_month"],
        NO_RECORD: options["unclassed_month"],
    }[month.state]
    return options["cancelled_month"] if option == "as_cancelled" else option


def _of_month(results: Sequence[Result], option: str) -> list[Result]:
    """The results of one month that count, where it has several."""
    if option == "first":
        return list(results[:1])
    if option == "best":
        return [max(results, key=lambda result: result[0] or Fraction(0))]
    return list(results)


def _quarters(period: Sequence[str]) -> list[frozenset[str]]:
    """The whole quarters of a period, each as its months."""
    by_quarter: dict[int, set[str]] = {}
    for month in period:
        by_quarter.setdefault((int(month[5:7]) - 1) // 3, set()).add(month)
    return [frozenset(months) for months in by_quarter.values() if len(months) == 3]


def _mean(totals: Sequence[Fraction], apart: Sequence[Fraction], base: int, options: Mapping[str, str]) -> Fraction | None:
    basis = options["mean_basis"]
    counted = [*totals, *(apart if basis == "with_thematic" else ())]
    if not counted:
        return None
    mean = sum(counted, Fraction(0)) / (max(base, len(counted)) if basis == "twelve" else len(counted))
    step = _DECIMALS.get(options["mean_rounding"])
    return mean if step is None else Fraction((mean * step * 2 + 1) // 2, step)
