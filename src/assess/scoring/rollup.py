"""From the meetings of a period to the class of a chi bộ for it: the tests of its form, in order, with every value kept.

A form's rule is for the year. For a shorter period, and for forms without such a rule, a class is given only under a
named reading (``period_class``), because no instrument was found that says how.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assess.base.periods import month_end
from assess.rules import choose
from assess.rules.intervals import exact, inside
from assess.rules.year import MONTHS, QUARTERS, first_class, holds
from assess.scoring.summary import NOT_HELD, REGULAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from assess.records import Slice
    from assess.rules import Readings, RuleSet
    from assess.rules.year import YearClass, YearTest
    from assess.scoring.score import Scores

YEAR_QUESTIONS = ("cancelled_month", "merged_month", "unclassed_month", "extra_meeting", "mean_basis", "mean_rounding", "part_year")
MOVED = "moved_chi_bo"
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


class Sat(NamedTuple):
    """One meeting; ``place`` puts those of a month in order: by day, an unknown one last, then by id; ``due``: its chi bộ stood here."""

    place: tuple[bool, object, str]
    month: str
    due: bool
    kind: str
    status: str
    rule_set_id: str
    assessed: bool
    total: float
    class_id: str


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
    *none_known* (no class whose tests are known); *waits* (months that are not classed); *open* (the period is not over);
    *left* (the chi bộ stands elsewhere, or no longer, at the end of the period); *several_forms*; *no_rule*; *no_points*
    (the reading needs them); *nothing* (no meeting that counts). ``held`` are months with a meeting, ``required`` those in
    which one is asked for, ``base`` those of the chi bộ.
    """

    status: str
    class_id: str | None = None
    title: str = ""
    mean: Fraction | None = None
    counts: Mapping[str, int] | None = None
    held: int = 0
    required: int = 0
    base: int = 0
    tried: tuple[Tried, ...] = ()
    reading: str = ""
    rule_set_id: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one chi bộ is classed on.

    ``period``: all months of it; ``months``: those in which the chi bộ had to meet; ``thematic``: the months with a thematic
    part; ``apart``: the totals of thematic meetings that have a sheet of their own; ``options``: see :func:`year_options`.
    """

    rules: RuleSet
    period: Sequence[str]
    months: Sequence[Month]
    thematic: frozenset[str]
    apart: Sequence[Fraction]
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the tests look at, under the readings: counts for a part of the year are scaled to the whole of it."""

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
        months = sum(found in test.classes for found in self.by_month)
        meetings, total = sum(self.meetings[c] for c in test.classes), sum(self.meetings.values())
        values = {
            "months_held": Fraction(self.met * MONTHS, self.required) if self.required else None,
            "months_classed": Fraction(months * MONTHS, self.base) if self.base else None,
            "meetings_classed": Fraction(meetings * MONTHS, self.base) if self.base else None,
            # where no whole quarter is asked for, nothing is missing
            "thematic_quarters": Fraction(self.thematic * QUARTERS, self.quarters) if self.quarters else Fraction(QUARTERS),
            "share_classed": Fraction(meetings, total) if total else None,
            "mean": self.mean,
        }
        return values[test.of]


def roll_up(made: Slice, scores: Scores, readings: Readings | None = None) -> dict[str, Outcome]:
    """Return the class of every chi bộ of a slice for its period, by id, in the order of ids.

    A chi bộ that moved within the period is classed once, where it stands at the end, on all its months (the reading
    ``moved_chi_bo``); elsewhere it has *left*. Before the period is over nobody is classed. The readings of
    :data:`YEAR_QUESTIONS` and ``period_class`` decide what the instruments leave open.
    """
    given = dict(readings or {})
    moved = choose(MOVED, given).option.id
    places = Places(made)
    sat = meetings_of_each(scores.meetings)
    options = {rules.id: year_options(rules, given) for rules in made.rule_sets.values()}
    return {chi_bo: ToClass(places, chi_bo, sat.get(chi_bo, [])).outcome(lambda: moved, options) for chi_bo in made.chi_bo}


def meetings_of_each(meetings: pd.DataFrame) -> dict[str, list[Sat]]:
    """Return the meetings of each chi bộ as plain rows: a province has sixty thousand months, too many to filter frames for."""
    days = meetings["held_on"].to_numpy(dtype="datetime64[s]")
    known = meetings[["month", "in_period", "kind", "status", "rule_set_id", "assessed", "total", "class_id", "meeting_id"]]
    columns = [known[name].tolist() for name in known.columns]
    found: dict[str, list[Sat]] = {}
    for chi_bo, undated, day, *rest in zip(meetings["chi_bo_id"].tolist(), np.isnat(days).tolist(), days.tolist(), *columns, strict=True):
        found.setdefault(chi_bo, []).append(Sat((undated, None if undated else day, rest[-1]), *rest[:-1]))
    return found


class Places:
    """Where the chi bộ of a slice stood within its period."""

    def __init__(self, made: Slice) -> None:
        """Read the months in which each chi bộ had to meet here."""
        self.rule_sets, self.period = made.rule_sets, made.period.months
        self.over = made.as_of.date() >= made.period.end
        self.due: dict[str, list[str]] = made.tables["due"].groupby("chi_bo_id")["month"].agg(sorted).to_dict()
        self.here = frozenset(made.tree.chi_bo_under(made.dang_bo, made.period.end))
        self._units = {month: made.tree.on(month_end(month)) for month in self.period}

    def months_of(self, chi_bo: str) -> list[str]:
        """Return the months of the period that a chi bộ saw, wherever it stood."""
        return [month for month in self.period if chi_bo in self._units[month]]


class ToClass:
    """One chi bộ with all its meetings that a slice has: what the class of its period is made from, arranged once for all readings."""

    def __init__(self, places: Places, chi_bo: str, meetings: Sequence[Sat]) -> None:
        """Find out whether it matters where the chi bộ stood."""
        self._places, self._meetings, self._chi_bo = places, meetings, chi_bo
        self._stayed = chi_bo in places.here and self._here == self._everywhere

    def outcome(self, moved: Callable[[], str], options: Mapping[str, Mapping[str, str]]) -> Outcome:
        """Return the class of the period.

        ``moved`` gives the reading of :data:`MOVED`, and is asked for only where the chi bộ moved; ``options`` those of the year by form.
        """
        if not self._places.over:
            return Outcome("open")
        if not self._stayed and moved() == "split_by_date":
            counted = self._counted_here
        elif self._chi_bo in self._places.here:
            counted = self._counted_everywhere
        else:
            return Outcome("left")
        if isinstance(counted, Outcome):
            return counted
        return roll_up_one(replace(counted, options=options[counted.rules.id]))

    @cached_property
    def _here(self) -> tuple[list[str], list[Sat]]:
        return self._places.due.get(self._chi_bo, []), [m for m in self._meetings if m.due]

    @cached_property
    def _everywhere(self) -> tuple[list[str], list[Sat]]:
        # what a chi bộ did elsewhere in the period is in its slice, as rows around it
        return self._places.months_of(self._chi_bo), [m for m in self._meetings if m.month in self._places.period]

    @cached_property
    def _counted_here(self) -> Asked | Outcome:
        return self._asked(*self._here)

    @cached_property
    def _counted_everywhere(self) -> Asked | Outcome:
        return self._asked(*self._everywhere)

    def _asked(self, months: Sequence[str], meetings: Sequence[Sat]) -> Asked | Outcome:
        """What is counted, but for the readings; or why nothing is."""
        regular = [m for m in meetings if m.kind in REGULAR]
        forms = {m.rule_set_id for m in regular if m.status == "held" and m.rule_set_id == m.rule_set_id}
        if len(forms) != 1:
            return Outcome("several_forms" if forms else "nothing")
        rules = self._places.rule_sets[forms.pop()]
        thematic = frozenset(m.month for m in meetings if m.status == "held" and m.kind != "thuong_ky")
        totals = [exact(m.total) for m in meetings if m.kind == "chuyen_de" and m.assessed and m.total == m.total]
        return Asked(rules, self._places.period, _months(months, regular), thematic, totals, {})


def year_options(rules: RuleSet, given: Readings) -> dict[str, str]:
    """Return the reading of each question that a roll-up asks, by its id."""
    return {q: choose(q, given, rules).option.id for q in (*YEAR_QUESTIONS, "period_class")}


def _months(due: Iterable[str], regular: list[Sat]) -> list[Month]:
    by_month: dict[str, list[Sat]] = {}
    for meeting in regular:
        by_month.setdefault(meeting.month, []).append(meeting)
    return [_month(month, by_month.get(month)) for month in due]


def _month(month: str, meetings: list[Sat] | None) -> Month:
    if meetings is None:
        return Month(month, NO_RECORD)
    classed = sorted((m for m in meetings if m.assessed), key=lambda m: m.place)
    if classed:
        return Month(month, CLASSED, tuple((None if m.total != m.total else exact(m.total), m.class_id) for m in classed))
    if any(m.status == "held" for m in meetings):
        return Month(month, UNCLASSED)
    return Month(month, MERGED if all(m.status in NOT_HELD[2:] for m in meetings) else CANCELLED)


def roll_up_one(asked: Asked) -> Outcome:
    """Return the class of one chi bộ for a period that is over."""
    rules, how = asked.rules, asked.options["period_class"]
    whole = len(asked.period) == MONTHS and bool(rules.year)
    no_rule = not whole and (how == "none" or (how == "scaled_year_rule" and not rules.year))
    counted = None if no_rule else _count(asked)
    if counted is None:
        # the numbers all the same, months that are not classed left out
        bare = _count(replace(asked, options=ChainMap({"unclassed_month": "excluded"}, asked.options)))  # type: ignore[arg-type]  # only read
        shown = _shown(asked, bare, "") if bare is not None else Outcome("nothing")
        return replace(shown, status="no_rule" if no_rule else "waits")
    outcome = _shown(asked, counted, "" if whole else how)
    if not counted.by_month:
        return replace(outcome, status="nothing")
    if whole or how == "scaled_year_rule":
        return _by_tests(rules, counted, outcome)
    return _by_reading(rules, counted, outcome, how)


def _shown(asked: Asked, counted: _Counted, reading: str) -> Outcome:
    numbers = (counted.mean, counted.meetings, counted.held, counted.required, counted.base)
    return Outcome("classed", None, "", *numbers, (), reading, asked.rules.id)


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
    """The class of a mean; the bands cover every total, as was proved when the form was loaded."""
    return next(band.id for k, band in enumerate(rules.bands) if inside(band, mean, mean, {}) or (k == 0 and mean > exact(rules.total)))


def best_meetings(rules: RuleSet, outcome: Outcome) -> bool | None:
    """Return whether a chi bộ's period has the best class of its form: by what is known, or nothing where that cannot be told.

    A year that fails the tests of the best class does not have it, though no lower class may be known.
    """
    if outcome.reading:
        return outcome.class_id == rules.classes[0].id if outcome.status == "classed" else None
    if outcome.tried and outcome.tried[0].found is rules.year[0]:
        return outcome.tried[0].holds if rules.year[0].complete else (None if outcome.tried[0].holds else False)
    return None


def _count(asked: Asked) -> _Counted | None:
    """Count a period under the readings; nothing when a month that is not classed makes it wait."""
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
            counting = list(month.results) if len(month.results) == 1 else _of_month(month.results, options["extra_meeting"], order)
        elif treated in ("zero", "kem"):
            counting = [(Fraction(0) if treated == "zero" and rules.has_points else None, lowest)]
        results += counting
        by_month += [max((found for _, found in counting), key=order.__getitem__)] if counting else []
    existed = {m.month for m in asked.months}
    whole = len(existed) == len(asked.period) or options["part_year"] == "absolute"
    base = len(asked.period) if whole else len(existed)
    quarters = [q for q in _quarters(asked.period) if whole or q <= existed]
    meetings = {c.id: sum(found == c.id for _, found in results) for c in rules.classes}
    mean = _mean([total for total, _ in results if total is not None], asked.apart, base, options)
    thematic = sum(bool(q & asked.thematic) for q in quarters)
    return _Counted(tuple(by_month), meetings, mean, held, met, base - excluded, base, len(quarters), thematic)


def _treat(month: Month, options: Mapping[str, str]) -> str:
    """How a month without a class is treated: *waits*, or an option of ``cancelled_month``; nothing for one with a class."""
    if month.state == CLASSED:
        return ""
    if month.state == CANCELLED:
        return options["cancelled_month"]
    option = options["merged_month" if month.state == MERGED else "unclassed_month"]
    return options["cancelled_month"] if option == "as_cancelled" else option


def _of_month(results: Sequence[Result], option: str, order: Mapping[str, int]) -> list[Result]:
    """The results of one month that count, where it has several."""
    if option == "first":
        return list(results[:1])
    if option == "best":
        return [min(results, key=lambda result: (order[result[1]], -(result[0] or Fraction(0))))]
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
