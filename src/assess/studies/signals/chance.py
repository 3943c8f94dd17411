"""Statistical signals: permutation tests of whether a unit stands out from the others by chance.

A p-value is ``(1 + permutations at least as extreme) / (1 + permutations)``, never zero (Phipson
and Smyth, 2010, *Permutation p-values should never be zero*). Benjamini and Hochberg's procedure
(1995) controls the false-discovery rate over all tests of a run.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.base import numbers
from assess.rules.intervals import edge_value
from assess.studies.signals.sighting import LEVEL, Sighting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from assess.rules import RuleSet
    from assess.studies.signals.sighting import SignalInput

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DRAWS = 1999
_FINE = 10
"""How fine p-values are: the smallest possible one is a tenth of what a single finding needs."""
SEED = 2026
REACH = 3.0
"""The points below and above an edge within which totals are looked at."""
FEWEST = 10
"""The fewest meetings near an edge for a unit to be tested."""
VISITS = 3
"""The fewest meetings with a visitor for a unit to be tested."""


@dataclass(slots=True)
class _NearEdge:
    """Counts of one chi bộ's meetings near an edge and of those that reach it, with their ids."""

    looked: int = 0
    reached: int = 0
    meetings: list[str] = field(default_factory=list)


def heaped_at_edges(seen: SignalInput) -> Iterator[Sighting]:
    """Test whether a unit's own totals lie just above a class edge more often than elsewhere.

    Among the totals less than :data:`REACH` from an edge between two classes, count those that
    reach it. The comparison is with the other units of the slice on the same rule set, rule set by
    rule set: whole chi bộ are drawn for the unit from all chi bộ of its kinds, because months of
    one chi bộ are alike and the totals that a rule set makes likely are the same for all. A test
    for a discrete score must not take the steps of the rule set for manipulation (Frandsen, 2017,
    *Party bias in union representation elections*, on discrete running variables); comparing with
    other units avoids this, but finds nothing where all do the same. A unit whose kinds no other
    unit has is not tested.
    """
    own = seen.own[seen.own["self_total"].notna() & seen.own["self_out_of"].notna()]
    near = [
        _near_edges(own[own["rule_set_id"] == rules.id], rules)
        for rules in seen.made.rule_sets.values()
    ]
    kinds = _kinds(seen)
    tested = [
        (found, unit, members) for found in near for unit, members in _testable(seen, found, kinds)
    ]
    rng = np.random.default_rng(SEED)
    for found, unit, members in tested:
        usual = sum(n.reached for n in found.values()) / sum(n.looked for n in found.values())
        looked, reached = (
            sum(getattr(found[c], name) for c in members) for name in ("looked", "reached")
        )
        pools = [
            sorted(c for c in found if kinds[c] == kind)
            for kind in sorted({kinds[c] for c in members})
        ]
        values = [
            np.array([(found[c].reached, found[c].looked) for c in pool], dtype=float)
            for pool in pools
        ]
        sizes = [sum(c in members for c in pool) for pool in pools]

        def draw(
            count: int,
            values: list[Floats] = values,
            sizes: list[int] = sizes,
            usual: float = usual,
        ) -> Floats:
            sums = np.zeros((count, 2))
            for pool, size in zip(values, sizes, strict=True):
                sums += pool[rng.random((count, len(pool))).argsort(axis=1)[:, :size]].sum(axis=1)
            # a drawn unit with too few meetings to be tested is not compared
            return np.where(sums[:, 1] >= FEWEST, _beyond(sums[:, 0], sums[:, 1], usual), np.nan)

        p = _chance(float(_beyond(np.array(reached), np.array(looked), usual)), draw, len(tested))
        text = f"trong {looked} buổi có tổng điểm sát mốc xếp loại (dưới {numbers.points(REACH)} điểm), {reached} buổi ở ngay trên mốc"
        yield Sighting(unit, text, tuple(m for c in members for m in found[c].meetings), p)


def higher_when_visited(seen: SignalInput) -> Iterator[Sighting]:
    """Test whether a unit's chi bộ score themselves higher in months with a visitor from above.

    A visitor sat in on the meeting's day. The comparison draws the visited months anew among the
    months of each chi bộ on the same rule set.
    """
    own = seen.own[seen.own["self_total"].notna()]
    own = own.assign(
        share=100 * own["self_total"] / own["self_out_of"], visited=_visited(seen, own)
    )
    months: dict[str, list[tuple[Floats, Ints]]] = defaultdict(list)
    meetings: dict[str, list[str]] = defaultdict(list)
    for (chi_bo, _), theirs in own.groupby(["chi_bo_id", "rule_set_id"]):
        there = theirs["visited"].to_numpy(dtype=bool)
        unit = seen.group_of.get(str(chi_bo))
        if unit is not None and there.any() and not there.all():
            months[unit].append((theirs["share"].to_numpy(dtype=float), np.flatnonzero(there)))
            meetings[unit].extend(theirs.loc[there, "meeting_id"])
    tested = [unit for unit in months if len(meetings[unit]) >= VISITS]
    rng = np.random.default_rng(SEED)
    for unit in tested:
        whole = sum(
            float(_above_others(values, values[at].sum(), len(at))) for values, at in months[unit]
        )

        def draw(count: int, mine: list[tuple[Floats, Ints]] = months[unit]) -> Floats:
            sums = np.zeros(count)
            for values, at in mine:
                picks = rng.random((count, len(values))).argsort(axis=1)[:, : len(at)]
                sums += _above_others(values, values[picks].sum(axis=1), len(at))
            return sums

        p = _chance(whole, draw, len(tested))
        more = numbers.decimal(whole / len(meetings[unit]), 2)
        text = f"{len(meetings[unit])} buổi có cấp trên dự: tự chấm hơn các tháng khác của cùng chi bộ bình quân {more} điểm"
        yield Sighting(unit, text, tuple(meetings[unit]), p)


def adjusted(chances: Sequence[float]) -> Floats:
    """Return Benjamini and Hochberg's adjusted p-values.

    Among the values under a level, the expected share of false ones is at most that level. Raise
    ``ValueError`` for NaN: nothing may be shown because it could not be computed.
    """
    p = np.asarray(chances, dtype=float)
    if np.isnan(p).any():
        message = "a chance is no number"
        raise ValueError(message)
    order = np.argsort(p, kind="stable")
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    smallest = np.minimum.accumulate(ranked[::-1])[::-1]
    found = np.empty(len(p))
    found[order] = np.minimum(smallest, 1.0)
    return found


def _chance(found: float, draw: Callable[[int], Floats], tests: int) -> float:
    """Return the p-value of a statistic; more is drawn while no draw is as extreme."""
    beyond = count = 0
    for _ in range(math.ceil(max(1.0, _FINE * 2 * tests / LEVEL / DRAWS))):
        values = draw(DRAWS)
        values = values[~np.isnan(values)]
        beyond += int((values >= found - 1e-9).sum())
        count += len(values)
        if beyond or not count:
            break
    return (1 + beyond) / (1 + count)


def _near_edges(own: pd.DataFrame, rules: RuleSet) -> dict[str, _NearEdge]:
    """Count the totals near an edge of one rule set, by chi bộ, in points of the whole rule set."""
    edges = [
        edge
        for band in rules.bands
        if band.lower[0] is not None and (edge := float(edge_value(band.lower[0], {}))) > 0
    ]
    found: dict[str, _NearEdge] = defaultdict(_NearEdge)
    total = (own["self_total"] / own["self_cuts"]).to_numpy(dtype=float)
    for chi_bo, meeting, value in zip(own["chi_bo_id"], own["meeting_id"], total, strict=True):
        away = min((value - edge for edge in edges), key=abs, default=math.inf)
        if -REACH <= away < REACH:
            near = found[str(chi_bo)]
            near.looked += 1
            near.reached += away >= 0
            near.meetings += [meeting] if away >= 0 else []
    return dict(found)


def _testable(
    seen: SignalInput, found: dict[str, _NearEdge], kinds: dict[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the testable units with their chi bộ.

    They have enough meetings near an edge, and other units have chi bộ of their kinds.
    """
    groups: dict[str, list[str]] = {}
    for chi_bo in sorted(found):
        if chi_bo in seen.group_of:
            groups.setdefault(seen.group_of[chi_bo], []).append(chi_bo)
    for unit, members in groups.items():
        mine = {kinds[c] for c in members}
        if sum(found[c].looked for c in members) >= FEWEST and any(
            kinds[c] in mine for c in found if c not in members
        ):
            yield unit, members


def _kinds(seen: SignalInput) -> dict[str, str]:
    day = min(seen.made.period.end, seen.made.as_of.date())
    units = seen.made.tree.on(day)
    return {chi_bo: units[chi_bo].kind if chi_bo in units else "" for chi_bo in seen.made.chi_bo}


def _beyond(reached: Floats, looked: Floats, usual: float) -> Floats:
    """Return how far a count is above the usual part, over the root of the number looked at."""
    found: Floats = (reached - usual * looked) / np.sqrt(np.maximum(looked, 1.0))
    return found


def _above_others(values: Floats, picked: Floats, count: int) -> Floats:
    """Return how far the sum of some months is above what the mean of the others predicts."""
    found: Floats = picked - count * (values.sum() - picked) / (len(values) - count)
    return found


def _visited(seen: SignalInput, own: pd.DataFrame) -> pd.Series:
    """Return whether a leader or an inspector sat in on the day of each meeting."""
    visits, inspections = seen.made.tables["visit"], seen.made.tables["inspection"]
    sat = inspections[inspections["form"] == "du_sinh_hoat"]
    there = {
        *zip(visits["chi_bo_id"], visits["done_on"], strict=True),
        *zip(sat["chi_bo_id"], sat["inspected_on"], strict=True),
    }
    days = list(zip(own["chi_bo_id"], own["held_on"], strict=True))
    return pd.Series([day in there for day in days], index=own.index)
