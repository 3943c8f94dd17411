"""Signals that could be chance: each compares with what would be seen if nothing set the unit apart, by permutation.

A chance is ``(1 + permutations at least as extreme) / (1 + permutations)``, never zero (Phipson and Smyth, 2010, *Permutation p-values
should never be zero*). Over all tests of a run the false-discovery rate is held by Benjamini and Hochberg's procedure (1995).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.base import numbers
from assess.rules.intervals import edge_value
from assess.studies.signals.seen import Sighting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assess.rules import RuleSet
    from assess.studies.signals.seen import Seen

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DRAWS = 1999
SEED = 2026
REACH = 3.0
"""Points below an edge and above it that are looked at."""
FEWEST = 10
"""Meetings near an edge without which a unit is not tested."""


def heaped_at_edges(seen: Seen) -> Iterator[Sighting]:
    """Units whose chi bộ's own totals lie just above the edge of a class more often, and just below it less, than elsewhere.

    Near every edge between two classes: of the totals less than :data:`REACH` from it, how many reach it. Compared with the other units of
    the slice on the same form, by drawing whole chi bộ anew for the unit from all chi bộ of its kind: months of one chi bộ are like each
    other, and the totals that a form makes likely are the same for all. A test for a discrete score must not take the steps of the
    form for manipulation (Frandsen, 2017, *Party bias in union representation elections*, on discrete running variables); here
    the others are what it is compared with, so that it says nothing where all do the same.
    """
    own = seen.own[seen.own["self_total"].notna() & seen.own["self_out_of"].notna()]
    near = [_near_edges(own[own["rule_set_id"] == rules.id], rules) for rules in seen.made.rule_sets.values()]
    counted: dict[str, tuple[int, int, list[str]]] = {}
    for found in near:
        for chi_bo, above, meeting in found:
            reached, looked, meetings = counted.get(chi_bo, (0, 0, []))
            counted[chi_bo] = (reached + above, looked + 1, [*meetings, meeting] if above else meetings)
    groups = _groups(seen, counted)
    if len(groups) < 2:
        return
    kinds = _kinds(seen, counted)
    usual = sum(c[0] for c in counted.values()) / sum(c[1] for c in counted.values())
    rng = np.random.default_rng(SEED)
    for unit, members in groups.items():
        looked = sum(counted[c][1] for c in members)
        if looked < FEWEST:
            continue
        reached = sum(counted[c][0] for c in members)
        p = _chance_of_group((reached, looked), usual, members, kinds, counted, rng)
        behind = tuple(m for c in members for m in counted[c][2])
        text = f"trong {looked} buổi có tổng điểm sát mốc xếp loại (dưới {numbers.points(REACH)} điểm), {reached} buổi ở ngay trên mốc"
        yield Sighting(unit, text, behind, p)


def higher_when_visited(seen: Seen) -> Iterator[Sighting]:
    """Units whose chi bộ score themselves higher in the months in which somebody from above sat in than in their other months.

    Compared with drawing the visited months anew among the months of each chi bộ.
    """
    own = seen.own[seen.own["self_total"].notna()]
    own = own.assign(share=100 * own["self_total"] / own["self_out_of"], visited=_visited(seen, own))
    by_group: dict[str, list[tuple[Floats, Ints]]] = {}
    meetings: dict[str, list[str]] = {}
    for chi_bo, theirs in own.groupby("chi_bo_id"):
        there = theirs["visited"].to_numpy(dtype=bool)
        group = seen.group_of.get(str(chi_bo))
        if group is None or not there.any() or there.all():
            continue
        by_group.setdefault(group, []).append((theirs["share"].to_numpy(dtype=float), np.flatnonzero(there)))
        meetings.setdefault(group, []).extend(theirs.loc[there, "meeting_id"])
    rng = np.random.default_rng(SEED)
    for unit, chi_bo_of in by_group.items():
        if len(meetings[unit]) < 3:
            continue
        whole, drawn = 0.0, np.zeros(DRAWS)
        for values, at in chi_bo_of:
            whole += float(_above_others(values, values[at].sum(), len(at)))
            picks = rng.random((DRAWS, len(values))).argsort(axis=1)[:, : len(at)]
            drawn += _above_others(values, values[picks].sum(axis=1), len(at))
        p = float((1 + (drawn >= whole - 1e-9).sum()) / (1 + DRAWS))
        found = whole / len(meetings[unit])
        text = f"{len(meetings[unit])} buổi có cấp trên dự: tự chấm hơn các tháng khác của cùng chi bộ bình quân {numbers.decimal(found, 2)} điểm"
        yield Sighting(unit, text, tuple(meetings[unit]), p)


def adjusted(chances: Sequence[float]) -> Floats:
    """Return Benjamini and Hochberg's adjusted values: those under a level are a set in which that part, on average, is false at most."""
    p = np.asarray(chances, dtype=float)
    order = np.argsort(p, kind="stable")
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    smallest = np.minimum.accumulate(ranked[::-1])[::-1]
    found = np.empty(len(p))
    found[order] = np.minimum(smallest, 1.0)
    return found


def _near_edges(own: pd.DataFrame, rules: RuleSet) -> Iterator[tuple[str, int, str]]:
    """Yield chi bộ, whether the edge is reached, and the meeting, for totals near an edge, in points of the whole form."""
    edges = [float(edge_value(band.lower[0], {})) for band in rules.bands if band.lower[0] is not None]
    total = (own["self_total"] / own["self_cuts"]).to_numpy(dtype=float)
    for chi_bo, meeting, value in zip(own["chi_bo_id"], own["meeting_id"], total, strict=True):
        edge = min(edges, key=lambda e: abs(value - e), default=None)
        if edge is not None and edge > 0 and -REACH <= value - edge < REACH:
            yield chi_bo, int(value >= edge), meeting


def _groups(seen: Seen, counted: dict[str, tuple[int, int, list[str]]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for chi_bo in sorted(counted):
        if chi_bo in seen.group_of:
            groups.setdefault(seen.group_of[chi_bo], []).append(chi_bo)
    return groups


def _kinds(seen: Seen, counted: dict[str, tuple[int, int, list[str]]]) -> dict[str, str]:
    day = min(seen.made.period.end, seen.made.as_of.date())
    units = seen.made.tree.on(day)
    return {chi_bo: units[chi_bo].kind if chi_bo in units else "" for chi_bo in counted}


def _chance_of_group(
    found: tuple[int, int], usual: float, members: list[str], kinds: dict[str, str], counted: dict[str, tuple[int, int, list[str]]],
    rng: np.random.Generator,
) -> float:  # fmt: skip
    """How often as many chi bộ of the same kinds, drawn from all, reach the edges as far beyond the ``usual`` part."""
    reached, looked = np.zeros(DRAWS), np.zeros(DRAWS)
    for kind in sorted({kinds[c] for c in members}):
        pool = sorted(c for c in counted if kinds[c] == kind)
        size = sum(kinds[c] == kind for c in members)
        numbers_of = np.array([counted[c][:2] for c in pool], dtype=float)
        picks = rng.random((DRAWS, len(pool))).argsort(axis=1)[:, :size]
        reached += numbers_of[picks, 0].sum(axis=1)
        looked += numbers_of[picks, 1].sum(axis=1)
    return float((1 + (_beyond(reached, looked, usual) >= _beyond(*found, usual) - 1e-12).sum()) / (1 + DRAWS))


def _beyond(reached: float | Floats, looked: float | Floats, usual: float) -> Floats:
    """How far a count is beyond the usual part, in standard errors of it: a few meetings prove less than many."""
    spread: Floats = np.sqrt(np.asarray(looked, dtype=float))
    return np.where(spread > 0, (reached - usual * np.asarray(looked, dtype=float)) / np.maximum(spread, 1.0), 0.0)


def _above_others(values: Floats, picked: Floats, count: int) -> Floats:
    """How far the sum of some months is above what the mean of the others would make of it."""
    found: Floats = picked - count * (values.sum() - picked) / (len(values) - count)
    return found


def _visited(seen: Seen, own: pd.DataFrame) -> pd.Series:
    """Whether a leader or an inspector sat in: on the day of the meeting."""
    visits, inspections = seen.made.tables["visit"], seen.made.tables["inspection"]
    sat = inspections[inspections["form"] == "du_sinh_hoat"]
    there = {
        *zip(visits["chi_bo_id"], visits["done_on"], strict=True),
        *zip(sat["chi_bo_id"], sat["inspected_on"], strict=True),
    }
    days = list(zip(own["chi_bo_id"], own["held_on"], strict=True))
    return pd.Series([day in there for day in days], index=own.index)
