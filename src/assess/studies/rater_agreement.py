"""How far the chi bộ, its superior and inspectors agree about the same meetings, form by form."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.scoring.sheets.decide import RATERS
from assess.studies.agreement import alpha_with_interval, kappa_with_interval

if TYPE_CHECKING:
    from assess.scoring import Scores

SEED = 2026
"""Of the resampling that gives the intervals: the same data give the same interval."""
FEWEST = 10
"""Fewer meetings give no interval: drawing few again and again says little of others."""


def rater_agreement(scores: Scores, seed: int = SEED) -> pd.DataFrame:
    """Return one row per form, raters and measure, for the meetings of the period that two of the raters or more have classed.

    Columns: ``rule_set_id``; ``raters`` (joined by ``+``: all of them, or a pair); ``measure``: ``alpha_class`` (Krippendorff's, the
    classes in their order), ``alpha_points`` (the totals of 100, as intervals; forms with points), ``kappa`` (Cohen's with linear weights, of
    pairs); ``value`` with ``low`` and ``high`` (95 %, from 2 000 seeded resamplings of meetings, :data:`FEWEST` or more; meetings of one chi bộ are
    alike, so it is rather too narrow) and ``meetings``. A measure that does
    not exist, because nothing could have differed, is NaN.
    """
    meetings = scores.meetings
    rows = []
    for rules in scores.rule_sets.values():
        mine = meetings[(meetings["rule_set_id"] == rules.id) & (meetings["status"] == "held")]
        ranks = np.stack(
            [
                mine[f"{rater}_rank"].where(mine[f"{rater}_rank"] >= 0).to_numpy(dtype=float)
                for rater in RATERS
            ]
        )
        totals = np.stack(
            [
                (100 * mine[f"{rater}_total"] / mine[f"{rater}_out_of"]).to_numpy(dtype=float)
                for rater in RATERS
            ]
        )
        there = [number for number in range(len(RATERS)) if not np.isnan(ranks[number]).all()]
        groups = [tuple(there)] if len(there) > 2 else []
        for some in [*groups, *combinations(there, 2)]:
            both = (~np.isnan(ranks[list(some)])).sum(axis=0) >= 2
            if not both.any():
                continue
            found = {"alpha_class": alpha_with_interval(ranks[np.ix_(some, both)], "ordinal", seed)}
            if rules.has_points:
                found["alpha_points"] = alpha_with_interval(
                    totals[np.ix_(some, both)], "interval", seed
                )
            if len(some) == 2:
                found["kappa"] = kappa_with_interval(
                    ranks[some[0], both], ranks[some[1], both], len(rules.classes), seed
                )
            names = "+".join(RATERS[number] for number in some)
            for measure, a in found.items():
                enough = a.units >= FEWEST
                rows.append(
                    (
                        rules.id,
                        names,
                        measure,
                        a.value,
                        a.low if enough else np.nan,
                        a.high if enough else np.nan,
                        a.units,
                    )
                )
    return pd.DataFrame(
        rows, columns=["rule_set_id", "raters", "measure", "value", "low", "high", "meetings"]
    )
