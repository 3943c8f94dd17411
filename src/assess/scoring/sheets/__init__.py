"""Score sheets: from entries to lines, totals and the class of a meeting.

Offers the facts of meetings, levels, counted lines, totals, and which rater's sheet decides; all
as arrays over sheets.
Must not know: periods, the annual class, and any room but ``rules``.
"""
