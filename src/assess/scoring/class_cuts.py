"""The totals at which classes begin and end, as they are under the readings in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from assess.scoring.score import Scores


def class_cuts(scores: Scores) -> tuple[float, ...]:
    """Return every total at which a class of the forms in use begins or ends.

    Also those that a reading lowers on some sheets (``scale_cuts``): whoever prints a total beside its class keeps it on its side of all.
    """
    columns = [
        scores.every_meeting[f"{rater}_cuts"].to_numpy(dtype=float)
        for rater in ("self", "superior", "inspector")
    ]
    found = np.unique(np.concatenate(columns))
    factors = found[~np.isnan(found)].tolist() or [1.0]
    return tuple(
        sorted(
            {
                scaled(cut, factor)
                for rules in scores.rule_sets.values()
                for cut in rules.mean_cuts
                for factor in factors
            }
        )
    )


def scaled(cut: float, factor: float) -> float:
    """Return a cut times the factor that a sheet's bands have, as totals are compared with it."""
    return round(cut * factor, 9)
