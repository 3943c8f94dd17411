"""Margins of a class: points above its own edge, and points short of the better class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from assess.rules import RuleSet
    from assess.scoring import Scores

_DECIMALS = 9


def margins(scores: Scores) -> pd.DataFrame:
    """Return one row per meeting classified by its total: ``meeting_id``, ``spare`` and ``short``.

    ``spare`` is how many points of its total it could lose and keep its class, ``short`` how many
    it lacks for the next better class; NaN for the lowest class and the best one. Meetings held
    down by a class condition, which lack no points, and rule sets without points are left out.
    """
    meetings = scores.meetings
    either = (meetings["counting"] == "both") & (meetings["superior_gate"].fillna("") != "")
    meetings = meetings[
        meetings["assessed"] & meetings["total"].notna() & (meetings["gate"] == "") & ~either
    ]
    own, upper = (
        meetings["self_cuts"].to_numpy(dtype=float),
        meetings["superior_cuts"].to_numpy(dtype=float),
    )
    counting = meetings["counting"].to_numpy()
    cuts = np.select([counting == "self", counting == "superior"], [own, upper], (own + upper) / 2)
    spare, short = np.full(len(meetings), np.nan), np.full(len(meetings), np.nan)
    total, rank = meetings["total"].to_numpy(dtype=float), meetings["rank"].to_numpy(dtype=int)
    rule_set = meetings["rule_set_id"].to_numpy()
    for rules in scores.rule_sets.values():
        mine = rule_set == rules.id
        edges = _edges(rules)
        if edges is None or not mine.any():
            continue
        lower = np.round(edges[rank[mine]] * cuts[mine], _DECIMALS)
        better = np.round(edges[np.maximum(rank[mine] - 1, 0)] * cuts[mine], _DECIMALS)
        spare[mine] = total[mine] - lower
        short[mine] = np.where(rank[mine] > 0, better - total[mine], np.nan)
    return pd.DataFrame(
        {"meeting_id": meetings["meeting_id"].to_numpy(), "spare": spare, "short": short}
    )


def _edges(rules: RuleSet) -> np.ndarray | None:
    """Return the lower edge of every band, best first; NaN for the lowest."""
    if not rules.bands:
        return None
    lower = [band.lower[0] for band in rules.bands]
    return np.array([np.nan if edge is None else edge.plus for edge in lower])
