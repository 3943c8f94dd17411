"""Meetings that few of those who must attend did attend."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from assess.scoring.score import Scores

HALF = 0.5
"""Below it a meeting is worth a look. The threshold is ours: no rule names it, and each form has its own levels of attendance."""


def low_attendance(scores: Scores) -> pd.DataFrame:
    """Return the meetings of the period whose attendance is below one half: ``chi_bo_id``, ``month``, ``meeting_id``, ``rate``.

    The rate is the form's own (``attendance_rate`` of the meetings); where it is not known nothing is said.
    """
    found = known_attendance(scores)
    found = found[found["rate"] < HALF].sort_values(["rate", "chi_bo_id", "month"], kind="stable")
    return found.reset_index(drop=True)


def known_attendance(scores: Scores) -> pd.DataFrame:
    """Return the meetings held in the period of which the attendance is known, with the same columns."""
    meetings = scores.meetings
    held = meetings[(meetings["status"] == "held") & meetings["attendance_rate"].notna()]
    return held[["chi_bo_id", "month", "meeting_id", "attendance_rate"]].rename(
        columns={"attendance_rate": "rate"}
    )
