"""The frames of ``Scores``."""

from __future__ import annotations

from assess.public_frames.column import PublicColumn, PublicFrame, date, flag, integer, number, text


def _of_rater(rater: str) -> dict[str, PublicColumn]:
    """Return what a meeting has of the score sheet of one rater."""
    columns = {
        "total": number(f"total of the sheet of the {rater}", "points"),
        "out_of": number("what that total is out of", "points"),
        "cuts": number("factor on the bands of that sheet", "ratio"),
        "rank": number("position of its class; missing without a sheet"),
        "class_id": text("id of its class"),
        "status": text("its status: assessed or waiting"),
        "reason": text("why it waits"),
        "gate": text("id of the class condition that held it down"),
    }
    return {f"{rater}_{name}": column for name, column in columns.items()}


_MEETINGS = {
    "meeting_id": text("the meeting"),
    "chi_bo_id": text("its chi bộ"),
    "for_month": text("the month whose work it reviews, as the chi bộ declares"),
    "held_on": date("the day; missing when it was not held"),
    "status": text("held, cancelled, postponed or merged"),
    "reason": text("why it was not held"),
    "kind": text("thuong_ky, chuyen_de or ket_hop"),
    "rule_set_id": text("the rule set that is applied; missing where none is"),
    "month": text("the month it counts for, YYYY-MM"),
    "in_period": flag("it counts for the period"),
    "minutes": number("length", "minutes"),
    "required_minutes": number("length that is required", "minutes"),
    "roll": number("members of the chi bộ", "members"),
    "attendance_rate": number("part of those who must attend that attended", "ratio"),
    "absent_unexcused": number("members absent without a reason", "members"),
    "longest_excused_streak": number(
        "longest run of excused absences of a member in the year", "meetings"
    ),
    "speaker_rate": number("part of the members who spoke", "ratio"),
    "target_rate": number("part of the targets of the month before that was met", "ratio"),
    "papers_lead_days": number("days between the papers and the meeting", "days"),
    "result_lag_days": number("days between the meeting and the result", "days"),
    "chi_uy_met": number("the chi ủy met before", "1 or 0"),
    "thematic_in_month": number("the month has a thematic meeting or part", "1 or 0"),
    "combined": number("a regular meeting combined with a thematic part", "1 or 0"),
    "has_chi_uy": number("the chi bộ has a chi ủy", "1 or 0"),
    "has_deputy": number("the chi bộ has a deputy secretary", "1 or 0"),
    "leads_mass_organisations": number("the chi bộ leads mass organisations", "1 or 0"),
    "has_targets": number("there were targets for the month before", "1 or 0"),
    "attendance_over_all": flag(
        "the attendance rate is over the whole roll, as nothing says who is exempt"
    ),
    **_of_rater("self"),
    **_of_rater("superior"),
    **_of_rater("inspector"),
    "counting": text("whose sheet counts: self, superior or both"),
    "total": number(
        "total that counts; missing while it waits and under a rule set without points", "points"
    ),
    "out_of": number("what it is out of", "points"),
    "rank": integer("position of the class, 0 is the best; -1 is none"),
    "class_id": text("id of the class; missing while it waits"),
    "gate": text("id of the class condition that held the class down; empty where none did"),
    "assessed": flag("there is a class"),
    "waiting": flag("there is a sheet, and no class yet"),
    "why_waiting": text("code of the reason; missing or empty where it does not wait"),
}
_SHEETS = {
    "sheet_id": text("the score sheet"),
    "meeting_id": text("its meeting"),
    "rater": text("self, superior or inspector"),
    "rule_set_id": text("the rule set of the sheet"),
    "signed_on": date("day of signature"),
    "status": text("assessed or waiting"),
    "reason": text("code of the reason why it waits; empty otherwise"),
    "raw": number("sum of the points that count; missing while it waits", "points"),
    "total": number(
        "total out of out_of; missing while it waits and under a rule set without points", "points"
    ),
    "out_of": number("what the total is out of", "points"),
    "cuts": number("factor on the bands; below 1 where a reading lowers them", "ratio"),
    "rank": integer("position of the class, 0 is the best; -1 is none"),
    "class_id": text("id of the class; missing while it waits"),
    "gate": text("id of the class condition that held the class down; empty where none did"),
    "by_total": flag("only the total is known, from a monthly table"),
}
_LINES = {
    "sheet_id": text("the score sheet"),
    "meeting_id": text("its meeting"),
    "rater": text("self, superior or inspector"),
    "rule_set_id": text("the rule set of the sheet"),
    "group_id": text("the group of the criterion"),
    "criterion_id": text("the criterion"),
    "max": number("maximum of the line; 0 for a mark", "points"),
    "state": text("entered, not_applicable or blank"),
    "entered": number("points entered, or 1 and 0 for a mark; missing unless entered", "points"),
    "recomputed": number(
        "points that the recorded facts imply; missing where they imply none", "points"
    ),
    "level": text("level that the facts fall in; empty where there is none"),
    "clause": text("what decided the implied points: gap, overlap or override; empty for a level"),
    "contradicts": flag("the entry differs from what the facts imply"),
    "off_form": flag("the rule set does not offer the entry"),
    "treatment": text(
        "how the line counts: judged, left_out, full, zero, half, moved, clamped, refused"
    ),
    "points": number("points that count", "points"),
    "weight": number("maximum that counts", "points"),
    "left_out": number("part of the maximum that does not apply", "points"),
    "share": number(
        "part of its maximum that the line reached; missing where it does not count", "ratio"
    ),
    "reason": text("why the sheet waits because of this line; empty where it does not"),
}

SCORES: dict[str, PublicFrame] = {
    "meetings": PublicFrame("a meeting that counts for the period", _MEETINGS),
    "neighbours": PublicFrame("a meeting around the period that rules look at", _MEETINGS),
    "every_meeting": PublicFrame("a meeting of either", _MEETINGS),
    "sheets": PublicFrame("a score sheet", _SHEETS),
    "lines": PublicFrame("a criterion on a score sheet", _LINES),
    "counting_sheets": PublicFrame("a score sheet that decided the class of a meeting", _SHEETS),
    "counting_lines": PublicFrame(
        "a criterion on a score sheet that decided a class",
        {
            name: _LINES[name]
            for name in (
                "sheet_id",
                "rater",
                "rule_set_id",
                "group_id",
                "criterion_id",
                "max",
                "weight",
                "points",
                "share",
            )
        },
    ),
}
"""The frames of :class:`assess.Scores`, by attribute."""
