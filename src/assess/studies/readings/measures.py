"""Measures of a tensor of results: shares, Sobol indices, flip sets.

These are pure functions of arrays; every option counts the same. A tensor has one dimension for
each question and a last one of cases (meetings). Sobol indices: I. M. Sobol', "Sensitivity
estimates for nonlinear mathematical models" (1993); total indices: T. Homma and A. Saltelli,
"Importance measures in global sensitivity analysis of nonlinear models" (1996). With every
combination known they are sums, not estimates. The variance of a class is that of its indicators,
summed over the classes: F. Gamboa, A. Janon, T. Klein and A. Lagnoux, "Sensitivity analysis for
multidimensional and functional outputs" (2014).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assess.studies.readings.tensor import is_result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

_NOTHING = 1e-9
"""A variance (of points out of 100, or of indicators) below this is a rounding error."""


@dataclass(frozen=True, slots=True)
class Variance:
    """The variance of each case's result, split by question: arrays with a last dimension of cases.

    ``whole`` is the variance over all combinations. For each question, ``first`` is its effect
    alone and ``total`` its effect alone and with others; ``pair`` is the effect of two together
    beyond the effects of each alone. Divided by ``whole`` they are Sobol's indices.
    """

    whole: Floats
    first: Floats
    total: Floats
    pair: Floats

    def __add__(self, other: Variance) -> Variance:
        """Add the parts of two results of the same cases, such as the indicators of two classes."""
        return Variance(
            self.whole + other.whole,
            self.first + other.first,
            self.total + other.total,
            self.pair + other.pair,
        )


class VarianceSums:
    """Variances summed over cases by question, for indices of all results together."""

    def __init__(self, axes: int) -> None:
        """Start at zero; ``axes`` is the number of questions."""
        self.whole, self.first, self.total, self.pair = (
            0.0,
            np.zeros(axes),
            np.zeros(axes),
            np.zeros((axes, axes)),
        )

    def add(self, axes: list[int], found: Variance) -> None:
        """Add the variances of some cases, split by the questions at ``axes``."""
        self.whole += float(found.whole.sum())
        self.first[axes] += found.first.sum(axis=-1)
        self.total[axes] += found.total.sum(axis=-1)
        self.pair[np.ix_(axes, axes)] += found.pair.sum(axis=-1)

    def index(self, part: Floats) -> Floats:
        """Return a part as an index, NaN where nothing varies."""
        return part / self.whole if self.whole > _NOTHING else part * math.nan


def variance(values: Floats) -> Variance:
    """Split the variance of a tensor of numbers by axis; a case with a missing value is all NaN."""
    axes = range(values.ndim - 1)
    everything = tuple(axes)
    centred = values - values.mean(
        axis=everything
    )  # centring avoids the loss of precision of large numbers
    whole = (centred**2).mean(axis=everything)
    cases = values.shape[-1]
    first, total = np.zeros((len(axes), cases)), np.zeros((len(axes), cases))
    pair = np.zeros((len(axes), len(axes), cases))
    together = {
        both: centred.mean(axis=tuple(a for a in axes if a not in both))
        for both in itertools.combinations(axes, 2)
    }
    for axis in axes:
        # averaging an axis out leaves what the others do without it
        total[axis] = whole - (centred.mean(axis=axis) ** 2).mean(axis=tuple(range(len(axes) - 1)))
        some = next((both for both in together if axis in both), None)
        alone = centred if some is None else together[some].mean(axis=1 - some.index(axis))
        first[axis] = (alone**2).mean(axis=0)
    for (one, other), means in together.items():
        pair[one, other] = pair[other, one] = (
            (means**2).mean(axis=(0, 1)) - first[one] - first[other]
        )
    for parts in (first, total, pair):
        parts[parts < _NOISE * whole] = 0.0  # rounding errors of sums that cancel
    return Variance(whole, first, total, pair)


_NOISE = 1e-12


def class_variance(codes: NDArray[np.integer]) -> Variance:
    """Split the variance of a tensor of classes, by code: the sum over the classes' indicators."""
    found = [variance((codes == code).astype(float)) for code in kinds_of(codes)]
    # the last indicator follows from the others but is included: no class is singled out
    return sum(found[1:], found[0])


def kinds_of(codes: NDArray[np.integer]) -> Ints:
    """Return the codes that occur, in order; they are small numbers."""
    lowest = int(codes.min(initial=0))
    found: Ints = np.flatnonzero(np.bincount(codes.reshape(-1).astype(np.int64) - lowest)) + lowest
    return found


def shares(codes: NDArray[np.integer], code: int) -> Floats:
    """Return the part of all combinations under which each case has a code."""
    part: Floats = (codes == code).mean(axis=tuple(range(codes.ndim - 1)))
    return part


def varies(values: NDArray[np.generic]) -> Flags:
    """Return, per axis and case, whether the value ever changes along it; missing is a value."""
    found = np.zeros((values.ndim - 1, values.shape[-1]), dtype=bool)
    missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros(1, dtype=bool)
    known = np.where(missing, 0.0, values) if missing.any() else values
    for axis in range(values.ndim - 1):
        others = tuple(a for a in range(values.ndim - 2))
        found[axis] = (np.diff(known, axis=axis) != 0).any(axis=axis).any(axis=others)
        if missing.any():
            found[axis] |= (np.diff(missing, axis=axis) != 0).any(axis=axis).any(axis=others)
    return found


def changed_class(
    codes: NDArray[np.integer], origin: NDArray[np.integer], *, classes_only: bool
) -> Flags:
    """Return where a class differs from the one at the origin.

    With ``classes_only``, only where both sides are results (:func:`is_result`).
    """
    changed: Flags = codes != origin
    return changed & is_result(codes) & is_result(origin) if classes_only else changed


def varies_in_class(codes: NDArray[np.integer]) -> Flags:
    """Return, per axis and case, whether the class ever changes along it among results only."""
    found = np.zeros((codes.ndim - 1, codes.shape[-1]), dtype=bool)
    result, ends = is_result(codes), np.iinfo(codes.dtype)
    for axis in range(codes.ndim - 1):
        low = np.where(result, codes, ends.max).min(axis=axis)
        high = np.where(result, codes, ends.min).max(axis=axis)
        found[axis] = (low < high).any(axis=tuple(range(codes.ndim - 2)))
    return found


def mean_change(values: Floats, base: Sequence[int]) -> Floats:
    """Return, per axis and case, the mean absolute change of a value away from its base option.

    The mean is over the other options and all combinations of the other axes in which both values
    are known; NaN where there are none.
    """
    found = np.full((values.ndim - 1, values.shape[-1]), np.nan)
    for axis in range(values.ndim - 1):
        moved = np.abs(values - np.take(values, [base[axis]], axis=axis))
        moved = np.delete(moved, base[axis], axis=axis)
        there = ~np.isnan(moved)
        inner = tuple(range(values.ndim - 1))
        count = there.sum(axis=inner)
        found[axis] = np.where(
            count > 0, np.where(there, moved, 0.0).sum(axis=inner) / np.maximum(count, 1), np.nan
        )
    return found


def flip_sets(
    codes: NDArray[np.integer], base: Sequence[int], largest: int = 4
) -> Iterator[tuple[tuple[int, ...], Ints, Flags]]:
    """Yield the minimal sets of axes that change the class when only they leave the base.

    With each set come the cases (positions) that it flips, and, for each of :func:`kinds_of` the
    codes, which of them it can bring there. Sets of more than ``largest`` axes are tried only for
    cases that no smaller set flips.
    """
    axes = range(codes.ndim - 1)
    kinds = kinds_of(codes)
    origin = codes[tuple(base)]
    flips = (
        (codes != origin).any(axis=tuple(axes))
        if codes.ndim > 1
        else np.zeros(codes.shape[-1], dtype=bool)
    )
    flipped_by: dict[tuple[int, ...], Flags] = {}
    settled = ~flips
    for size in range(1, codes.ndim):
        if size > largest and settled.all():
            return
        for some in itertools.combinations(axes, size):
            smaller = [known for part, known in flipped_by.items() if set(part) < set(some)]
            left = flips & ~np.logical_or.reduce(smaller) if smaller else flips.copy()
            if size > largest:
                left &= ~settled
            if not left.any():
                continue
            plane = codes[tuple(slice(None) if axis in some else base[axis] for axis in axes)][
                ..., left
            ]
            by = plane != origin[left]
            hit = by.any(axis=tuple(range(size)))
            if not hit.any():
                continue
            cases = np.flatnonzero(left)[hit]
            reached = np.stack(
                [((plane == kind) & by)[..., hit].any(axis=tuple(range(size))) for kind in kinds]
            )
            flipped_by[some] = np.isin(np.arange(len(flips)), cases)
            yield some, cases, reached
        for known in flipped_by.values():
            settled = settled | known


def same_results(results: Sequence[NDArray[np.generic]]) -> Ints:
    """Number the combinations; two have the same number if every case has the same results.

    The tensors in ``results`` have one shape.
    """
    rows = []
    for values in results:
        flat = np.ascontiguousarray(values.reshape(-1, values.shape[-1]))
        if flat.dtype.kind == "f":
            flat = np.where(np.isnan(flat), np.inf, flat) + 0.0  # one missing value, one zero
        rows.append(flat.view(np.uint8).reshape(len(flat), -1))
    together = np.ascontiguousarray(np.concatenate(rows, axis=1))
    _, number = np.unique(
        together.view(np.dtype((np.void, together.shape[1]))).reshape(-1), return_inverse=True
    )
    return number.reshape(results[0].shape[:-1])
