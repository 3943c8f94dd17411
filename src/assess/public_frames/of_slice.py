"""The frames of ``Slice.tables`` that are no table of the records."""

from __future__ import annotations

from assess.public_frames.column import PublicColumn, PublicFrame, date, text

CHANGE: dict[str, PublicColumn] = {
    "meeting_id": text("the meeting"),
    "sheet_id": text("the score sheet; empty for a value of the meeting"),
    "item": text("the column or criterion"),
    "before": text("the old value; missing where there was none"),
    "after": text("the new value; missing where it was emptied"),
    "recorded_at": date("when it was recorded"),
    "source": text("the file that it came from; may be empty"),
}

SLICE: dict[str, PublicFrame] = {
    "due": PublicFrame(
        "a month begun by as_of in which a chi bộ of the đảng bộ has to meet",
        {"chi_bo_id": text("the chi bộ"), "month": text("the month, YYYY-MM")},
    ),
    "change": PublicFrame("a corrected value of a meeting or a score sheet", CHANGE),
}
"""Frames of :class:`assess.Slice`, by their key in ``tables``."""
