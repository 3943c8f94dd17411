"""The cap on the best annual class: how many units of a group may have it, and which ones.

QĐ 366-QĐ/TW (30/8/2025), Điều 11, 1.5: at most 20 % of the number classified *hoàn thành tốt* among
similar units; up to 25 % by decision. It specifies neither the rounding, nor ties, nor small
groups: each is a question with readings.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that qualifies for the best class, with its points and votes (``None``: unknown)."""

    unit_id: str
    points: float
    votes: float | None = None


@dataclass(frozen=True, slots=True)
class Capped:
    """A group after the cap.

    ``pool`` units qualify for the two best classes, ``limit`` may have the best, ``kept`` have it.
    ``tied`` are the units of equal rank at the last place, which the reading of ties kept or left
    out.
    """

    pool: int
    limit: int
    kept: tuple[str, ...]
    left_out: tuple[str, ...]
    tied: tuple[str, ...] = ()


def limit(pool: int, percent: int, denominator: str, rounding: str) -> int:
    """Return how many units of a pool may have the best class.

    ``pool`` counts the units of the two best classes together. ``denominator``: ``httnv_only``
    counts those left in the second class, ``httnv_and_htxsnv`` the whole pool. ``rounding`` of the
    share: ``floor``, ``half_up``, ``ceiling``.

    >>> [limit(10, 20, d, r) for d, r in (("httnv_only", "floor"),
    ...     ("httnv_and_htxsnv", "floor"), ("httnv_and_htxsnv", "ceiling"))]
    [1, 2, 2]
    """
    found = 0
    for best in range(pool + 1):
        counted = pool - best if denominator == "httnv_only" else pool
        if best <= _rounded(Fraction(counted * percent, 100), rounding):
            found = best
    return found


def _rounded(value: Fraction, rounding: str) -> int:
    if rounding == "floor":
        return int(value // 1)
    return int((2 * value + 1) // 2) if rounding == "half_up" else int(-(-value // 1))


def cap_group(
    candidates: Sequence[Candidate],
    second: int,
    percent: int,
    up_to: int | None,
    options: Mapping[str, str],
    *,
    at_least: int = 0,
) -> Capped:
    """Choose the units of one group that keep the best class; ``second`` more have the second.

    Candidates are ordered by points, best first. Where equal points straddle the last place,
    ``cap_tie`` decides: ``all_out`` leaves all of them out; ``by_points_then_vote`` takes those
    with more votes, and leaves out those that are still equal (all of them, if the votes of one are
    unknown); ``all_in_to_25_percent`` takes all of them if that keeps within ``up_to`` percent,
    else none.
    """
    pool = len(candidates) + second
    how = options["cap_denominator"], options["cap_rounding"]
    may = max(limit(pool, percent, *how), min(at_least, len(candidates)))
    silent = {c.points for c in candidates if c.votes is None}
    by_vote = options["cap_tie"] == "by_points_then_vote"

    def place(candidate: Candidate) -> tuple[float, float]:
        told = by_vote and candidate.points not in silent and candidate.votes is not None
        return candidate.points, candidate.votes or 0.0 if told else 0.0

    ordered = sorted(candidates, key=lambda c: (-place(c)[0], -place(c)[1], c.unit_id))

    kept, tied = list(ordered[:may]), []
    if 0 < may < len(ordered) and place(ordered[may - 1]) == place(ordered[may]):
        edge = place(ordered[may])
        tied = [c for c in ordered if place(c) == edge]
        kept = [c for c in kept if place(c) != edge]
        if options["cap_tie"] == "all_in_to_25_percent" and len(kept) + len(tied) <= limit(
            pool, up_to or percent, *how
        ):
            kept += tied
    chosen = {c.unit_id for c in kept}
    left_out = tuple(c.unit_id for c in ordered if c.unit_id not in chosen)
    return Capped(
        pool, may, tuple(c.unit_id for c in kept), left_out, tuple(c.unit_id for c in tied)
    )
