"""The columns of the public frames, by name: what each value is.

Points are numbers, shares and rates are ratios from 0 to 1, flags among the facts are 1 and 0. A
value that is missing is unknown, or does not apply; it is never zero.
"""

from __future__ import annotations

CLASSIFIED: dict[str, str] = {
    "meeting_id": "the meeting",
    "chi_bo_id": "its chi bộ",
    "month": "the month it counts for, YYYY-MM",
    "rule_set_id": "the rule set that is applied; missing where none is",
    "total": "points that count; missing while it waits and under a rule set without points",
    "class_id": "id of the class; missing while it waits",
    "class_title": "name of the class; empty while it waits",
    "counting": "whose score sheet gave it: self, superior or both; empty while it waits",
    "condition": "id of the class condition that held the class down; empty where none did",
    "why_waiting": "code of the reason why there is no class; empty where there is one",
}
"""Columns of :func:`assess.classify`: one row per meeting of the period."""

ROLLED_UP: dict[str, str] = {
    "chi_bo_id": "the chi bộ",
    "name": "its name at the end of the period",
    "rule_set_id": "the rule set of the period; empty where there is none or several",
    "status": "classed, or why not (see PeriodResult)",
    "class_id": "id of the class for the period; missing unless there is one",
    "class_title": "name of the class; empty unless there is one",
    "mean": "mean of the totals of the months, in points; missing without points",
    "held": "months with a meeting",
    "required": "months in which a meeting is required",
    "why": "the status in Vietnamese; empty for classed",
}
"""Columns of :func:`assess.roll_up`: one row per chi bộ that had to meet in the period."""

ANNUAL: dict[str, str] = {
    "unit_id": "the unit",
    "name": "its name at the end of the year",
    "level": "its level: chi_bo, bo_phan, co_so …",
    "group": "the units among which the cap is counted",
    "self_class": "class that the unit gives itself; missing where it gives none",
    "supported": "class that its file supports, before the cap; missing where it supports none",
    "proposed": "class proposed, after the cap; missing where none can be",
    "decided": "class decided by the competent level; missing before it is",
    "decided_by": "the level that decides, in words",
}
"""Columns of :func:`assess.annual_class`: one row per unit with an annual file.

Classes are htxsnv, httnv, htnv and khtnv.
"""

LINES: dict[str, str] = {
    "sheet_id": "the score sheet",
    "meeting_id": "its meeting",
    "rater": "self, superior or inspector",
    "rule_set_id": "the rule set of the sheet",
    "group_id": "the group of the criterion",
    "criterion_id": "the criterion",
    "max": "maximum of the line, in points; 0 for a mark",
    "state": "entered, not_applicable or blank",
    "entered": "points entered, or 1 and 0 for a mark; missing unless entered",
    "recomputed": "points that the recorded facts imply; missing where they imply none",
    "level": "level that the facts fall in; empty where there is none",
    "clause": "clause that decided the implied points: level, gap, overlap, override …",
    "contradicts": "the entry differs from what the facts imply",
    "off_form": "the rule set does not offer the entry",
    "treatment": "how the line counts: judged, left_out, full, zero, half, moved, clamped, refused",
    "points": "points that count",
    "weight": "maximum that counts, in points",
    "left_out": "part of the maximum that does not apply, in points",
    "share": "part of its maximum that the line reached; missing where it does not count",
    "reason": "why the sheet waits because of this line; empty where it does not",
}
"""Columns of ``Scores.lines``: one row per score sheet and criterion."""

SHEETS: dict[str, str] = {
    "sheet_id": "the score sheet",
    "meeting_id": "its meeting",
    "rater": "self, superior or inspector",
    "rule_set_id": "the rule set of the sheet",
    "signed_on": "day of signature",
    "status": "assessed or waiting",
    "reason": "code of the reason why it waits; empty otherwise",
    "raw": "sum of the points that count; missing while it waits",
    "total": "total out of out_of; missing while it waits and under a rule set without points",
    "out_of": "what the total is out of, in points",
    "cuts": "factor on the bands; below 1 where a reading lowers them",
    "rank": "position of the class, 0 is the best; -1 is none",
    "class_id": "id of the class; missing while it waits",
    "gate": "id of the class condition that held the class down; empty where none did",
    "by_total": "only the total is known, from a monthly table",
}
"""Columns of ``Scores.sheets``: one row per score sheet."""

_OF_RATER = {
    "total": "total of the sheet of the {rater}",
    "out_of": "what that total is out of",
    "cuts": "factor on the bands of that sheet",
    "rank": "position of its class; missing without a sheet",
    "class_id": "id of its class",
    "status": "its status: assessed or waiting",
    "reason": "why it waits",
    "gate": "id of the class condition that held it down",
}

MEETINGS: dict[str, str] = {
    "meeting_id": "the meeting",
    "chi_bo_id": "its chi bộ",
    "for_month": "the month whose work it reviews, as the chi bộ declares",
    "held_on": "the day; missing when it was not held",
    "status": "held, cancelled, postponed or merged",
    "reason": "why it was not held",
    "kind": "thuong_ky, chuyen_de or ket_hop",
    "rule_set_id": "the rule set that is applied; missing where none is",
    "month": "the month it counts for, YYYY-MM",
    "in_period": "it counts for the period",
    "minutes": "length in minutes",
    "required_minutes": "length that is required, in minutes",
    "roll": "members of the chi bộ",
    "attendance_rate": "part of those who must attend that attended",
    "absent_unexcused": "members absent without a reason",
    "longest_excused_streak": "longest run of excused absences of a member in the year",
    "speaker_rate": "part of the members who spoke",
    "target_rate": "part of the targets of the month before that was met",
    "papers_lead_days": "days between the papers and the meeting",
    "result_lag_days": "days between the meeting and the result",
    "chi_uy_met": "the chi ủy met before",
    "thematic_in_month": "the month has a thematic meeting or part",
    "combined": "a regular meeting combined with a thematic part",
    "has_chi_uy": "the chi bộ has a chi ủy",
    "has_deputy": "the chi bộ has a deputy secretary",
    "leads_mass_organisations": "the chi bộ leads mass organisations",
    "has_targets": "there were targets for the month before",
    "attendance_over_all": "the attendance rate is over the whole roll, as nothing says who is exempt",
    **{
        f"{rater}_{name}": about.format(rater=rater)
        for rater in ("self", "superior", "inspector")
        for name, about in _OF_RATER.items()
    },
    "counting": "whose sheet counts: self, superior or both",
    "total": "total that counts; missing while it waits and under a rule set without points",
    "out_of": "what it is out of, in points",
    "rank": "position of the class, 0 is the best; -1 is none",
    "class_id": "id of the class; missing while it waits",
    "gate": "id of the class condition that held the class down; empty where none did",
    "assessed": "there is a class",
    "waiting": "there is a sheet, and no class yet",
    "why_waiting": "code of the reason; missing or empty where it does not wait",
}
"""Columns of ``Scores.meetings``, ``neighbours`` and ``every_meeting``: one row per meeting."""

FRAMES: dict[str, dict[str, str]] = {
    "assess.classify": CLASSIFIED,
    "assess.roll_up": ROLLED_UP,
    "assess.annual_class": ANNUAL,
    "Scores.meetings": MEETINGS,
    "Scores.sheets": SHEETS,
    "Scores.lines": LINES,
}
"""The columns of each public frame. Those of a slice are ``assess.records.TABLES``."""
