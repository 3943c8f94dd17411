"""Score sheets: from the entries of all sheets of one form to lines, totals and a meeting's class.

Offers the facts of meetings, levels, counted lines, totals, and which rater's sheet decides; all
as arrays over sheets.
Must not know: periods, the annual class, and any room but ``rules``.
"""
