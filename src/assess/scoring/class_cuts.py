"""The totals at which classes begin and end, under the readings in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from assess.scoring.score import Scores


def class_cuts(scores: Scores) -> tuple[float, ...]:
    """Return every total at which a class of the rule sets in use begins or ends.

    Cuts that a reading lowers on some sheets (``scale_cuts``) are included. A total that is printed
    beside its class must be rounded so that it stays on its side of every cut.
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
    """Return a cut times the band scale of a sheet, rounded as totals are before comparison."""
    return round(cut * factor, 9)
