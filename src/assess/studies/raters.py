"""Self against superior: the meetings that both have scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from assess.scoring import Scores


def rater_pairs(scores: Scores) -> pd.DataFrame:
    """Return one row per meeting of the period with a total from both the chi bộ and its superior.

    Columns: ``meeting_id``, ``chi_bo_id``, ``month``, ``self_total``, ``superior_total``, ``difference`` (self minus
    superior, in points), ``self_class_id``, ``superior_class_id``.
    """
    meetings = scores.in_period
    both = meetings[meetings["self_total"].notna() & meetings["superior_total"].notna()]
    pairs = both[["meeting_id", "chi_bo_id", "month", "self_total", "superior_total"]].copy()
    pairs["difference"] = (pairs["self_total"] - pairs["superior_total"]).round(9)
    pairs["self_class_id"] = both["self_class_id"]
    pairs["superior_class_id"] = both["superior_class_id"]
    return pairs.reset_index(drop=True)


def rater_summary(pairs: pd.DataFrame) -> dict[str, float]:
    """Compare both raters over all pairs.

    Returns the number of ``pairs``, of those with the ``same_class``, of those where self is higher or lower; the mean
    difference and the largest absolute one, in points (both NaN without pairs).
    """
    difference = pairs["difference"]
    return {
        "pairs": len(pairs),
        "same_class": int((pairs["self_class_id"] == pairs["superior_class_id"]).sum()),
        "self_higher": int((difference > 0).sum()),
        "self_lower": int((difference < 0).sum()),
        "mean_difference": float(difference.mean()),
        "largest_difference": float(difference.abs().max()),
    }
