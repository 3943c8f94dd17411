"""Meetings with low attendance among those who must attend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.errors import input_error

if TYPE_CHECKING:
    import pandas as pd

    from assess.scoring.score import Scores

HALF = 0.5
"""Attendance below this is low, unless a template says otherwise: rule sets set no such limit."""


def known_attendance(scores: Scores) -> pd.DataFrame:
    """Return the held meetings of the period whose attendance is known.

    Columns: ``chi_bo_id``, ``month``, ``meeting_id``, ``rate`` (the ``attendance_rate`` of the
    meeting, worked out as its rule set says).
    """
    meetings = scores.meetings
    held = meetings[(meetings["status"] == "held") & meetings["attendance_rate"].notna()]
    return held[["chi_bo_id", "month", "meeting_id", "attendance_rate"]].rename(
        columns={"attendance_rate": "rate"}
    )


def low_attendance(known: pd.DataFrame, few: float = HALF) -> pd.DataFrame:
    """Return the rows of :func:`known_attendance` with a rate below ``few``, lowest first.

    Raise :class:`~assess.base.errors.InputError` for a rate that is none.
    """
    if not 0 <= few <= 1:
        raise input_error("plan-part", "few", found=str(few))
    found = known[known["rate"] < few].sort_values(["rate", "chi_bo_id", "month"], kind="stable")
    return found.reset_index(drop=True)
