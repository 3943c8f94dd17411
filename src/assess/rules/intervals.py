"""Exact intervals: which pieces of a domain are covered by none, one or several of a list of spans.

Edges are fractions, so nothing is sampled or rounded: a domain is cut at every edge into points and
open pieces, and each piece lies either wholly inside a span or wholly outside.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assess.rules.parts import Edge, Span

_INFINITY = Fraction(10**12)
"""The end of an unbounded domain, beyond any number in a rule set."""


@lru_cache(maxsize=1 << 14)
def exact(number: float) -> Fraction:
    """Return the fraction that a decimal number means: 0.9 is nine tenths."""
    if number == float("inf"):
        return _INFINITY
    return -_INFINITY if number == float("-inf") else Fraction(repr(number))


@dataclass(frozen=True, slots=True)
class Piece:
    """A point (``low == high``) or an open interval, and the positions of the spans covering it."""

    low: Fraction
    high: Fraction
    covered_by: tuple[int, ...]

    @property
    def example(self) -> float:
        """A number inside the piece, whole if possible."""
        if self.low == self.high:
            return float(self.low)
        if self.high - self.low > 1:
            whole = (self.low.numerator // self.low.denominator) + 1
            return float(whole)
        return float((self.low + self.high) / 2)


def edge_value(edge: Edge, parameters: Mapping[str, Fraction]) -> Fraction:
    """Return an edge's value, given values of the facts it refers to."""
    base = parameters[edge.of] if edge.of else Fraction(0)
    return base * exact(edge.times) + exact(edge.plus)


def inside(span: Span, low: Fraction, high: Fraction, parameters: Mapping[str, Fraction]) -> bool:
    """Whether a point (``low == high``) or the open interval (low, high) lies in the span."""
    start, start_in = span.lower
    if start is not None:
        value = edge_value(start, parameters)
        if low < value or (low == high == value and not start_in):
            return False
    end, end_in = span.upper
    if end is not None:
        value = edge_value(end, parameters)
        if high > value or (low == high == value and not end_in):
            return False
    return True


def pieces(
    spans: Sequence[Span],
    domain: tuple[float, float],
    parameters: Mapping[str, Fraction] | None = None,
) -> Iterator[Piece]:
    """Cut ``domain`` (closed) at every edge and yield its pieces from low to high."""
    parameters = parameters or {}
    low, high = exact(domain[0]), exact(domain[1])
    cuts = {low, high}
    for span in spans:
        for edge, _ in (span.lower, span.upper):
            if edge is not None:
                cuts.add(edge_value(edge, parameters))
    ordered = sorted(c for c in cuts if low <= c <= high)
    for i, cut in enumerate(ordered):
        if abs(cut) != _INFINITY:
            covering = tuple(k for k, s in enumerate(spans) if inside(s, cut, cut, parameters))
            yield Piece(cut, cut, covering)
        if i + 1 < len(ordered):
            covering = tuple(
                k for k, s in enumerate(spans) if inside(s, cut, ordered[i + 1], parameters)
            )
            yield Piece(cut, ordered[i + 1], covering)


def critical_values(spans: Sequence[Span], low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
    """Return values of the one parameter that represent all values in [low, high].

    Each edge is a linear function of the parameter, so the order of the edges can change only where
    two lines cross. The crossings, a value between each two of them, and the ends are enough.
    """
    lines: set[tuple[Fraction, Fraction]] = {(Fraction(0), Fraction(0))}
    for span in spans:
        for edge, _ in (span.lower, span.upper):
            if edge is not None:
                lines.add((exact(edge.times) if edge.of else Fraction(0), exact(edge.plus)))
    crossings = {low, high}
    ordered = sorted(lines)
    for i, (slope, offset) in enumerate(ordered):
        for other_slope, other_offset in ordered[i + 1 :]:
            if slope != other_slope:
                value = (other_offset - offset) / (slope - other_slope)
                if low < value < high:
                    crossings.add(value)
    points = sorted(crossings)
    between = [(a + b) / 2 for a, b in itertools.pairwise(points)]
    return tuple(sorted({*points, *between}))
