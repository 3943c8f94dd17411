"""Lines whose entered points differ from those that the recorded facts imply: findings only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.scoring.sheets.lines import COMPARED

if TYPE_CHECKING:
    import pandas as pd

    from assess.scoring import Scores


def contradictions(scores: Scores) -> pd.DataFrame:
    """Return one row per contradicting line of the period, by chi bộ, month, rater and line.

    Inspectors' entries are judgements and are not checked.

    Columns: ``chi_bo_id``, ``month``, ``meeting_id``, ``rater``, ``rule_set_id``, ``criterion_id``,
    ``title``, ``entered``, ``recomputed`` and ``difference`` (entered minus recomputed, in points),
    ``level`` and ``clause``.
    """
    titles = {(r.id, c.id): c.title for r in scores.rule_sets.values() for c in r.criteria}
    lines = scores.lines[scores.lines["contradicts"] & (scores.lines["rater"] != "inspector")]
    meetings = scores.meetings[["meeting_id", "chi_bo_id", "month"]]
    found = lines.merge(meetings, on="meeting_id")
    found["title"] = [
        titles[key] for key in zip(found["rule_set_id"], found["criterion_id"], strict=True)
    ]
    found["difference"] = found["entered"] - found["recomputed"]
    columns = [
        "chi_bo_id",
        "month",
        "meeting_id",
        "rater",
        "rule_set_id",
        "criterion_id",
        "title",
        "entered",
        "recomputed",
        "difference",
        "level",
        "clause",
    ]
    return found.sort_values(["chi_bo_id", "month", "rater", "criterion_id"], kind="stable")[
        columns
    ].reset_index(drop=True)


def compared(scores: Scores) -> tuple[int, int]:
    """Return how many lines could be compared, and of how many sheets.

    A line can be compared when it has an entry and facts that imply points; inspectors' lines are
    left out. Where no line could be compared, the absence of contradictions means nothing.
    """
    lines = scores.lines
    both = (
        lines["meeting_id"].isin(scores.meetings["meeting_id"])
        & (lines["rater"] != "inspector")
        & lines["entered"].notna()
        & lines["recomputed"].notna()
        & lines["treatment"].isin(COMPARED)
    )
    return int(both.sum()), lines.loc[both, "sheet_id"].nunique()
