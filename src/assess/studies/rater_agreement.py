"""Agreement of the chi bộ, its superior and inspectors on the same meetings, by rule set."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.records.tables import RATERS
from assess.studies.agreement_coefficients import alpha_with_interval, kappa_with_interval

if TYPE_CHECKING:
    from assess.scoring import Scores

SEED = 2026
"""The seed of the resampling for the intervals: the same data give the same interval."""
FEWEST = 10
"""The fewest meetings for an interval: resampling fewer is not informative."""


def rater_agreement(scores: Scores, seed: int = SEED) -> pd.DataFrame:
    """Return one row per rule set, raters and measure, over meetings classified by two or more.

    Columns: ``rule_set_id``; ``raters`` (joined by ``+``: all of them, or a pair); ``measure``:
    ``alpha_class`` (Krippendorff's alpha of the ordered classes), ``alpha_points`` (of the totals
    out of 100, as intervals; rule sets with points), ``kappa`` (Cohen's with linear weights, of
    pairs); ``value`` with ``low`` and ``high`` (95 %, from 2 000 seeded resamplings of meetings,
    with :data:`FEWEST` or more) and ``meetings``. The interval is rather too narrow, because
    meetings of one chi bộ are alike. A measure is NaN where it is undefined because nothing could
    have differed.
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
