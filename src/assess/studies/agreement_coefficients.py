"""Agreement of raters beyond chance: Krippendorff's alpha and Cohen's weighted kappa.

Intervals come from seeded resampling of the units. Sources: K. Krippendorff, "Computing
Krippendorff's Alpha-Reliability" (2011), section D (any number of raters, any metric, missing
data); J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Level = Literal["nominal", "ordinal", "interval"]
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its interval and the number of ``units`` that at least two raters rated.

    The bounds ``low`` and ``high`` are percentiles over resampled units. The coefficient is NaN
    where it is undefined: no such unit, or all values are equal.
    """

    value: float
    low: float
    high: float
    units: int


def alpha(values: np.ndarray, level: Level) -> float:
    """Return Krippendorff's alpha.

    ``values`` has a row per rater and a column per unit, NaN where a rater did not rate. For
    ``ordinal`` only the order of the values counts, for ``interval`` their differences count too.
    The result is NaN where no unit has two values or all values are equal.
    """
    domain, counts = _counts(values)
    return _alpha(counts, _distances(domain, level))


def weighted_kappa(one: np.ndarray, other: np.ndarray, classes: int, power: int = 1) -> float:
    """Return Cohen's weighted kappa of two raters' classes (0 … ``classes`` - 1).

    A disagreement weighs its distance to the ``power`` (1 or 2). Units that one of them did not
    rate (NaN) are left out. The result is NaN where no unit is left or the expected disagreement is
    zero.
    """
    both = ~(np.isnan(one) | np.isnan(other))
    table = np.zeros((classes, classes))
    np.add.at(table, (one[both].astype(int), other[both].astype(int)), 1)
    weights = (
        np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))).astype(float) ** power
    )
    seen = table.sum()
    if not seen:
        return float("nan")
    by_chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / seen
    expected = float((weights * by_chance).sum())
    return 1 - float((weights * table).sum()) / expected if expected else float("nan")


def alpha_with_interval(
    values: np.ndarray, level: Level, seed: int, share: float = 0.95, resamples: int = _RESAMPLES
) -> Agreement:
    """Return :func:`alpha` with a bootstrap interval of coverage ``share`` over resampled units."""
    if level == "interval":
        # there may be as many values as units, so the sums of each unit replace the counts
        return _with_interval(_sums(values), _alpha_of_sums, seed, share, resamples)
    domain, counts = _counts(values)
    distances = _distances(domain, level)
    return _with_interval(counts, lambda drawn: _alpha(drawn, distances), seed, share, resamples)


def kappa_with_interval(
    one: np.ndarray,
    other: np.ndarray,
    classes: int,
    seed: int,
    power: int = 1,
    share: float = 0.95,
    resamples: int = _RESAMPLES,
) -> Agreement:
    """Return :func:`weighted_kappa` with an interval, as :func:`alpha_with_interval` does."""
    both = ~(np.isnan(one) | np.isnan(other))
    pairs = np.column_stack([one[both], other[both]])
    return _with_interval(
        pairs,
        lambda drawn: weighted_kappa(drawn[:, 0], drawn[:, 1], classes, power),
        seed,
        share,
        resamples,
    )


def _counts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the values and how often each unit has each; units rated once are dropped."""
    rated = values[:, (~np.isnan(values)).sum(axis=0) >= 2]
    domain = np.unique(rated[~np.isnan(rated)])
    return domain, (rated[:, :, None] == domain).sum(axis=0).astype(float)


def _distances(domain: np.ndarray, level: Level) -> np.ndarray | None:
    """Return squared distances between the values; None for ranks, which depend on the counts."""
    if level == "ordinal":
        return None
    apart = np.subtract.outer(domain, domain)
    distances: np.ndarray = (apart != 0).astype(float) if level == "nominal" else apart**2
    return distances


def _alpha(counts: np.ndarray, distances: np.ndarray | None) -> float:
    """Return alpha from how often each unit has each value; ranks where no distances are given."""
    if not len(counts):
        return float("nan")
    in_unit = counts.sum(axis=1)
    totals = counts.sum(axis=0)
    whole = totals.sum()
    if distances is None:
        # the distance of two ranks: half of each of the two values, and all values between them
        middle = np.cumsum(totals) - totals / 2
        distances = np.subtract.outer(middle, middle) ** 2
    pairs = (counts / (in_unit - 1)[:, None]).T @ counts - np.diag(
        (counts / (in_unit - 1)[:, None]).sum(axis=0)
    )
    expected = float((np.outer(totals, totals) * distances).sum())
    return (
        1 - (whole - 1) * float((pairs * distances).sum()) / expected if expected else float("nan")
    )


def _sums(values: np.ndarray) -> np.ndarray:
    """Return count, sum and sum of squares for each unit that two raters or more have rated.

    Values are taken about the overall mean, for numerical precision.
    """
    rated = values[:, (~np.isnan(values)).sum(axis=0) >= 2]
    if not rated.shape[1]:
        return np.empty((0, 3))
    there = ~np.isnan(rated)
    about = np.where(there, rated - np.nanmean(rated), 0.0)
    return np.column_stack([there.sum(axis=0), about.sum(axis=0), (about**2).sum(axis=0)])


def _alpha_of_sums(units: np.ndarray) -> float:
    """Return alpha for squared differences from the sums of each unit.

    Over all pairs of n values, the squared differences add up to n times the sum of squares less
    the square of the sum.
    """
    if not len(units):
        return float("nan")
    count, whole, squares = units.T
    values = count.sum()
    expected = values * squares.sum() - whole.sum() ** 2
    if expected <= _NOISE * values * squares.sum() or not expected:
        return float("nan")
    seen = ((count * squares - whole**2) / (count - 1)).sum()
    return 1 - float((values - 1) * seen / expected)


_NOISE = 1e-12


def _with_interval(
    units: np.ndarray, of: Callable[[np.ndarray], float], seed: int, share: float, resamples: int
) -> Agreement:
    rng = np.random.default_rng(seed)
    value = of(units)
    if not len(units) or np.isnan(value):
        return Agreement(value, float("nan"), float("nan"), len(units))
    found = np.array([of(units[rng.integers(0, len(units), len(units))]) for _ in range(resamples)])
    # a draw in which nothing differs has no coefficient and is left out
    found = found[~np.isnan(found)]
    if not len(found):
        return Agreement(value, float("nan"), float("nan"), len(units))
    low, high = np.quantile(found, [(1 - share) / 2, (1 + share) / 2])
    return Agreement(value, float(low), float(high), len(units))
