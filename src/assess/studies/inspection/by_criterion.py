"""The chi bộ's own entries against another rater's, criterion by criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from assess.scoring import Scores

COLUMNS = (
    "rule_set_id",
    "criterion_id",
    "title",
    "pairs",
    "same",
    "higher",
    "lower",
    "one_left_out",
    "difference",
)


def own_against(scores: Scores, rater: str) -> pd.DataFrame:
    """Return one row per rule set and criterion that the chi bộ and ``rater`` both judged.

    The rows have :data:`COLUMNS` and compare judgements of the same meeting. ``higher``: pairs in
    which the chi bộ's own share of the maximum is higher; ``one_left_out``: pairs in which one side
    left the line out (a line left blank by one side is not a pair); ``difference``: mean of own
    points minus the other's, over pairs where both count the line (NaN without).
    """
    lines = scores.lines[
        scores.lines["meeting_id"].isin(scores.meetings["meeting_id"])
        & (scores.lines["state"] != "blank")
    ]
    key = ["meeting_id", "rule_set_id", "criterion_id"]
    values = [*key, "points", "share", "weight"]
    own, other = (lines.loc[lines["rater"] == who, values] for who in ("self", rater))
    both = own.merge(other, on=key, suffixes=("", "_other"))
    if both.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    counted = both["share"].notna() & both["share_other"].notna()
    both = both.assign(
        same=counted & (both["share"] == both["share_other"]),
        higher=counted & (both["share"] > both["share_other"]),
        lower=counted & (both["share"] < both["share_other"]),
        one_left_out=both["share"].notna() != both["share_other"].notna(),
        difference=(both["points"] - both["points_other"]).where(counted),
    )
    found = both.groupby(["rule_set_id", "criterion_id"], sort=False).agg(
        pairs=("meeting_id", "size"),
        same=("same", "sum"),
        higher=("higher", "sum"),
        lower=("lower", "sum"),
        one_left_out=("one_left_out", "sum"),
        difference=("difference", "mean"),
    )
    titles = {
        (rules.id, c.id): c.title for rules in scores.rule_sets.values() for c in rules.criteria
    }
    found = found.reset_index()
    found["title"] = [
        titles[pair] for pair in zip(found["rule_set_id"], found["criterion_id"], strict=True)
    ]
    return found[list(COLUMNS)]
