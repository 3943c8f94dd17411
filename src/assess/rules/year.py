"""The rule for the year: the class that a chi bộ's months give, and which classes are reachable."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from assess.rules.intervals import edge_value, exact, inside
from assess.rules.parts import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assess.rules.model import RuleSet
    from assess.rules.parts import YearTest

MONTHS = 12
QUARTERS = 4
YEAR_TESTS = {
    "mean": "điểm bình quân",
    "months_held": "số tháng họp",
    "months_classed": "số tháng xếp",
    "meetings_classed": "số buổi xếp",
    "share_classed": "tỷ lệ buổi xếp",
    "thematic_quarters": "số quý có chuyên đề",
}
"""What a test of a year measures, in Vietnamese words."""
_NO_POINTS = (Fraction(0), True, Fraction(0), True)


@dataclass(frozen=True)
class YearShape:
    """A kind of year: months in each class, months held, quarters with a thematic meeting.

    The mean total lies between ``low`` and ``high``; ``low_in`` and ``high_in`` say whether it can
    equal them.
    """

    months: Mapping[str, int]
    held: int
    thematic: int
    low: Fraction
    low_in: bool
    high: Fraction
    high_in: bool

    def means(self, edges: Sequence[Fraction]) -> Iterator[Fraction]:
        """Yield means that represent all possible ones when they are compared with ``edges``."""
        cuts = sorted({self.low, self.high, *(e for e in edges if self.low < e < self.high)})
        for cut in cuts:
            if (cut != self.low or self.low_in) and (cut != self.high or self.high_in):
                yield cut
        yield from ((a + b) / 2 for a, b in itertools.pairwise(cuts))

    def value(self, test: YearTest, mean: Fraction) -> Fraction | None:
        """Return what a test measures; a mean or share of no meetings is unknown (None)."""
        counted = sum(self.months[c] for c in test.classes)
        values = {
            "months_held": Fraction(self.held),
            "months_classed": Fraction(counted),
            "meetings_classed": Fraction(counted),
            "thematic_quarters": Fraction(self.thematic),
            "share_classed": Fraction(counted, self.held) if self.held else None,
            "mean": mean if self.held else None,
        }
        return values[test.of]


def holds(test: YearTest, value: Fraction | None) -> bool:
    """Whether a test holds for a value; an unknown value never passes."""
    return value is not None and inside(test, value, value, {})


def first_class(rules: RuleSet, value: Callable[[YearTest], Fraction | None]) -> int:
    """Return the position of the first year class whose tests all hold, −1 if there is none."""
    found = (k for k, c in enumerate(rules.year) if all(holds(t, value(t)) for t in c.tests))
    return next(found, -1)


def all_years(rules: RuleSet) -> Iterator[YearShape]:
    """Yield every way to spread 12 months over a rule set's classes and *not held*."""
    names = [c.id for c in rules.classes]
    ends = [
        _ends(c, exact(rules.total)) if isinstance(c, Span) else _NO_POINTS for c in rules.classes
    ]
    # conditions may lower any meeting, so every class below the best may have the highest totals
    if rules.gates or any(q.id == "unexcused" for q in rules.questions):
        ends = [ends[0], *((low, low_in, exact(rules.total), True) for low, low_in, *_ in ends[1:])]
    quarters = (
        QUARTERS if any(t.of == "thematic_quarters" for c in rules.year for t in c.tests) else 0
    )
    for bars in itertools.combinations(range(MONTHS + len(names)), len(names)):
        cuts = (-1, *bars, MONTHS + len(names))
        # the best years come first, so that reachable classes are found soon
        not_held, *counts = (b - a - 1 for a, b in itertools.pairwise(cuts))
        counts.reverse()
        held = MONTHS - not_held
        used = [(n, *end) for n, end in zip(counts, ends, strict=True) if n]
        low = sum((n * low for n, low, *_ in used), Fraction(0)) / max(held, 1)
        high = sum((n * high for n, _, _, high, _ in used), Fraction(0)) / max(held, 1)
        low_in, high_in = all(u[2] for u in used), all(u[4] for u in used)
        for thematic in range(quarters, -1, -1):
            yield YearShape(
                dict(zip(names, counts, strict=True)), held, thematic, low, low_in, high, high_in
            )


def _ends(band: Span, total: Fraction) -> tuple[Fraction, bool, Fraction, bool]:
    (low, low_in), (high, high_in) = band.lower, band.upper
    start = (edge_value(low, {}), low_in) if low else (Fraction(0), True)
    end = (edge_value(high, {}), high_in) if high else (total, True)
    return (*start, *end)


def unreachable(rules: RuleSet) -> list[int]:
    """Return the positions of year classes that no year can get after the classes before them."""
    tests = [test for c in rules.year for test in c.tests]
    edges = [edge_value(e, {}) for t in tests if t.of == "mean" for e, _ in (t.lower, t.upper) if e]
    missing = set(range(len(rules.year)))
    for year in all_years(rules):
        for mean in year.means(edges):
            for k, found in enumerate(rules.year):
                if all(holds(t, year.value(t, mean)) for t in found.tests):
                    missing.discard(k)
                    if found.complete:  # an incomplete class may have unknown tests that fail
                        break
        if not missing:
            break
    return sorted(missing)
