"""Self against superior: the meetings that both have classified."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from assess.scoring import Scores


def rater_pairs(scores: Scores) -> pd.DataFrame:
    """Return one row per meeting of the period that both the chi bộ and its superior classified.

    Columns: ``meeting_id``, ``chi_bo_id``, ``month``, ``rule_set_id``, ``self_total``,
    ``superior_total``, ``difference`` (self minus superior, in points; missing on a rule set
    without points), ``self_class_id``, ``superior_class_id``, ``self_rank``, ``superior_rank`` (0:
    the best class).
    """
    meetings = scores.meetings
    both = meetings[meetings["self_class_id"].notna() & meetings["superior_class_id"].notna()]
    pairs = both[
        ["meeting_id", "chi_bo_id", "month", "rule_set_id", "self_total", "superior_total"]
    ].copy()
    pairs["difference"] = (pairs["self_total"] - pairs["superior_total"]).round(9)
    for name in ("self_class_id", "superior_class_id", "self_rank", "superior_rank"):
        pairs[name] = both[name]
    return pairs.reset_index(drop=True)


def rater_summary(pairs: pd.DataFrame) -> dict[str, float]:
    """Compare both raters over all pairs.

    Return the number of ``pairs``, of pairs with the ``same_class`` and of pairs where the class by
    self is higher or lower; the number of pairs ``with_points``, of these where self is higher or
    lower, the mean difference and the largest absolute one, in points (NaN without).
    """
    difference = pairs["difference"]
    ranks = pairs["superior_rank"] - pairs["self_rank"]
    return {
        "pairs": len(pairs),
        "same_class": int((pairs["self_class_id"] == pairs["superior_class_id"]).sum()),
        "class_higher": int((ranks > 0).sum()),
        "class_lower": int((ranks < 0).sum()),
        "with_points": int(difference.notna().sum()),
        "self_higher": int((difference > 0).sum()),
        "self_lower": int((difference < 0).sum()),
        "mean_difference": float(difference.mean()),
        "largest_difference": float(difference.abs().max()),
    }
