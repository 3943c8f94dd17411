"""From a fact to a level and its points, with gaps and overlaps, for many meetings at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assess.rules.model import Criterion, Level
    from assess.rules.parts import Condition, Edge, Span

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LazyFacts(Mapping[str, "NDArray[np.float64]"]):
    """The facts of some rows (``at``), such as each sheet's meeting, taken only when needed."""

    of_all: Mapping[str, Floats]
    at: NDArray[np.integer]

    def __getitem__(self, name: str) -> Floats:
        """Return one fact, with one value per row."""
        values: Floats = self.of_all[name][self.at]
        return values

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the facts."""
        return iter(self.of_all)

    def __len__(self) -> int:
        """Return the number of facts."""
        return len(self.of_all)


@dataclass(frozen=True, slots=True)
class ImpliedPoints:
    """What the facts imply for one criterion: its points and its level.

    ``points`` are NaN where the facts imply nothing; ``level`` is a position (−1: none). ``clause``
    is 0 where a level holds as written, 1 where a gap, 2 where an overlap and 3 where an override
    decided.
    """

    points: Floats
    level: Ints
    clause: Ints


NO_CLAUSE, GAP, OVERLAP, OVERRIDE = 0, 1, 2, 3


def holds(
    condition: Condition,
    facts: Mapping[str, Floats],
    shift: float = 0.0,
    bounds: str = "as_written",
) -> tuple[Flags, Flags]:
    """Return where a condition holds and where its fact, to which ``shift`` is added, is known."""
    value = facts[condition.fact] + shift
    known = ~np.isnan(value)
    if condition.is_ is not None:
        return known & ((value > 0) == condition.is_), known
    return known & _inside(condition, value, facts, bounds), known


def points_from_facts(
    criterion: Criterion, facts: Mapping[str, Floats], options: Mapping[str, str]
) -> ImpliedPoints | None:
    """Compute one criterion from the facts; ``None`` where the rule set leaves it to the rater."""
    if criterion.met_when is not None:
        # "More than three times" read as "from the third": adding one to the count does it.
        shift = (
            1.0
            if criterion.streak_question and options[criterion.streak_question] == "third"
            else 0.0
        )
        bounds = options[criterion.bounds_question] if criterion.bounds_question else "as_written"
        met, known = holds(criterion.met_when, facts, shift, bounds)
        points = np.where(known, np.where(met, criterion.top, 0.0), np.nan)
        none = np.full(len(points), -1)
        return ImpliedPoints(points, none, np.zeros_like(none))
    if criterion.kind != "levels" or criterion.fact is None:
        return None
    return _from_levels(criterion, facts, options)


def _from_levels(
    criterion: Criterion, facts: Mapping[str, Floats], options: Mapping[str, str]
) -> ImpliedPoints:
    value = facts[criterion.fact or ""]
    for bound in {
        edge.of
        for level in criterion.levels
        for edge, _ in (level.lower, level.upper)
        if edge is not None and edge.of
    }:
        # A value compared with an unknown bound is in no level, and in no gap between two either.
        value = np.where(np.isnan(facts[bound]), np.nan, value)
    bounds = options[criterion.bounds_question] if criterion.bounds_question else "as_written"
    inside = np.stack([_inside(level, value, facts, bounds) for level in criterion.levels])
    worth = np.array([level.points for level in criterion.levels])
    known = ~np.isnan(value)
    hits = inside.sum(axis=0)
    level = np.where(hits == 1, inside.argmax(axis=0), -1)
    points = np.where(hits == 1, worth[level], np.nan)
    clause = np.zeros(len(value), dtype=int)

    several = hits > 1
    if several.any():
        clause[several] = OVERLAP
        choice = options["level_overlap"]
        if choice != "refuse":
            ranked = np.where(inside, worth[:, None], -np.inf if choice == "better" else np.inf)
            best = ranked.argmax(axis=0) if choice == "better" else ranked.argmin(axis=0)
            level, points = np.where(several, best, level), np.where(several, worth[best], points)

    hole = (hits == 0) & known
    if hole.any():
        clause[hole] = GAP
        at = np.flatnonzero(hole)
        picked, given = _fill_hole(
            criterion.levels, worth, value[at], LazyFacts(facts, at), options["level_gap"]
        )
        level[at], points[at] = picked, given

    for override in criterion.overrides:
        struck, _ = holds(override, facts)
        reading = options[override.question] if override.question else "as_written"
        state = _override(
            override.level,
            criterion,
            struck,
            (level, points, clause),
            facts[override.fact],
            reading,
        )
        level, points, clause = state
        known |= struck & (clause == OVERRIDE)
    level = np.where(known, level, -1)
    return ImpliedPoints(np.where(known, points, np.nan), level, np.where(known, clause, NO_CLAUSE))


def _override(
    level_id: str,
    criterion: Criterion,
    struck: Flags,
    state: tuple[Ints, Floats, Ints],
    count: Floats,
    reading: str,
) -> tuple[Ints, Floats, Ints]:
    """Apply an override: set its level, or lower it by one per person; ``gate`` changes nothing."""
    level, points, clause = state
    worth = np.array([item.points for item in criterion.levels])
    if reading == "gate" or not struck.any():
        return level, points, clause
    if reading == "deduct":
        ranking = np.argsort(-worth, kind="stable")
        position = np.argsort(ranking, kind="stable")
        lowered = np.minimum(position[level] + np.nan_to_num(count).astype(int), len(worth) - 1)
        target = ranking[lowered]
        struck = struck & (level >= 0)
    else:
        target = np.full(len(level), [item.id for item in criterion.levels].index(level_id))
    return (
        np.where(struck, target, level),
        np.where(struck, worth[target], points),
        np.where(struck, OVERRIDE, clause),
    )


def _fill_hole(
    levels: Sequence[Level], worth: Floats, value: Floats, facts: Mapping[str, Floats], reading: str
) -> tuple[Ints, Floats]:
    """Decide values that fall in no level, from the nearest level below and the nearest above."""
    if reading == "refuse":
        return np.full(len(value), -1), np.full(len(value), np.nan)
    low_edge = np.stack([_edge(level.upper[0], facts, len(value), np.inf) for level in levels])
    high_edge = np.stack([_edge(level.lower[0], facts, len(value), -np.inf) for level in levels])
    under = np.where(low_edge <= value, low_edge, -np.inf)
    over = np.where(high_edge >= value, high_edge, np.inf)
    # Of two levels that end on the same edge, the one that includes the edge is the neighbour.
    has_top = np.array([[level.upper[1]] for level in levels])
    has_bottom = np.array([[level.lower[1]] for level in levels])
    below = ((under == under.max(axis=0)) * (1 + has_top)).argmax(axis=0)
    above = ((over == over.min(axis=0)) * (1 + has_bottom)).argmax(axis=0)
    if reading == "interpolate":
        start, end = under.max(axis=0), over.min(axis=0)
        width = end - start
        share = np.where(width > 0, (value - start) / np.where(width > 0, width, 1.0), 0.5)
        return np.full(len(value), -1), worth[below] + share * (worth[above] - worth[below])
    worse = np.where(worth[below] <= worth[above], below, above)
    better = np.where(worth[below] <= worth[above], above, below)
    chosen = worse if reading == "next_worse" else better
    return chosen, worth[chosen]


def _inside(span: Span, value: Floats, facts: Mapping[str, Floats], bounds: str) -> Flags:
    (start, start_in), (end, end_in) = span.lower, span.upper
    if span.equals is None and bounds != "as_written":
        start_in, end_in = (False, True) if bounds == "strict" else (True, False)
    result = ~np.isnan(value)
    if start is not None:
        edge = _edge(start, facts, len(value), 0.0)
        result &= (value >= edge) if start_in else (value > edge)
    if end is not None:
        edge = _edge(end, facts, len(value), 0.0)
        result &= (value <= edge) if end_in else (value < edge)
    return result


def _edge(edge: Edge | None, facts: Mapping[str, Floats], length: int, unbounded: float) -> Floats:
    if edge is None:
        return np.full(length, unbounded)
    if edge.of is None:
        return np.full(length, edge.plus)
    return facts[edge.of] * edge.times + edge.plus
