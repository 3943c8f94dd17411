"""The frames of ``Report``, which templates show."""

from __future__ import annotations

from assess.public_frames.column import PublicFrame, date, flag, ids, integer, number, text
from assess.public_frames.of_slice import CHANGE

_CHI_BO = text("the chi bộ")
_MEETING = text("the meeting")
_MONTH = text("the month, YYYY-MM")
_RULE_SET = text("the rule set")
_CRITERION = text("the criterion")
_TITLE = text("its title")

REPORT: dict[str, PublicFrame] = {
    "coverage": PublicFrame(
        "a month of the period that has begun; due = held + not_held + no_record",
        {
            "month": _MONTH,
            "due": integer("chi bộ of which a meeting is required", "chi bộ"),
            "held": integer("with a regular or combined meeting", "chi bộ"),
            "not_held": integer("cancelled, postponed or merged, and no other meeting", "chi bộ"),
            "no_record": integer("required, and nothing on record", "chi bộ"),
            "still_open": integer(
                "in the month under way: nothing on record, and not yet required", "chi bộ"
            ),
            "assessed": integer("held, with a class", "chi bộ"),
            "waiting": integer("held, the sheet not classified", "chi bộ"),
            "no_sheet": integer("held, without a sheet", "chi bộ"),
            "thematic": integer("with a thematic meeting or part", "chi bộ"),
        },
    ),
    "classes_by_month": PublicFrame(
        "a month of the period that has begun, in the frame of each rule set",
        {
            "month": _MONTH,
            "CLASS": integer("meetings of each class of the rule set", "meetings"),
            "assessed": integer("meetings with a class", "meetings"),
        },
    ),
    "by_chi_bo": PublicFrame(
        "a chi bộ that had to meet in the period",
        {
            "chi_bo_id": _CHI_BO,
            "name": text("its name at the end of the period"),
            "due": integer("months of which a meeting is required", "months"),
            "held": integer("months with a regular or combined meeting", "months"),
            "assessed": integer("regular meetings with a class", "meetings"),
            "not_held": integer("months cancelled, postponed or merged", "months"),
            "no_record": integer("months required without a record", "months"),
            "attendance": number("mean attendance rate; missing where none is known", "ratio"),
            "attendance_of": integer("meetings in that mean", "meetings"),
            "attendance_over_all": flag("the rates are over the whole roll"),
            "attendance_apart": integer(
                "meetings left out: their rate is over other members", "meetings"
            ),
        },
    ),
    "results_by_chi_bo": PublicFrame(
        "a chi bộ that had to meet in the period, in the frame of each rule set",
        {
            "chi_bo_id": _CHI_BO,
            "CLASS": integer("meetings of each class of the rule set", "meetings"),
            "assessed": integer("meetings with a class", "meetings"),
            "mean": number("mean of their totals; missing without", "points"),
            "minimum": number("lowest of their totals; missing without", "points"),
        },
    ),
    "losses": PublicFrame(
        "a rule set and a group with points",
        {
            "rule_set_id": _RULE_SET,
            "group_id": text("the group"),
            "title": _TITLE,
            "max": number("maximum in the rule set", "points"),
            "weight": number("mean maximum that applied", "points"),
            "lost": number("mean points not reached", "points"),
            "sheets": integer("score sheets with lines, over which the means are", "sheets"),
            "share": number("part of all points lost; missing where none was", "ratio"),
        },
    ),
    "costly_lines": PublicFrame(
        "a rule set and a criterion, the largest loss first",
        {
            "rule_set_id": _RULE_SET,
            "criterion_id": _CRITERION,
            "title": _TITLE,
            "max": number("maximum of the line; 0 for a mark", "points"),
            "lost": number("mean points not reached where the line applied", "points"),
            "sheets": integer("score sheets on which it applied", "sheets"),
            "short": integer("of these, not met in full", "sheets"),
        },
    ),
    "counted_sheets": PublicFrame(
        "a rule set (the index): the score sheets that decided a class",
        {
            "sheets": integer("how many they are", "sheets"),
            "with_lines": integer("of these, with lines", "sheets"),
            "by_total": integer("of these, known by their total only", "sheets"),
        },
    ),
    "pairs": PublicFrame(
        "a meeting that both the chi bộ and its superior classified",
        {
            "meeting_id": _MEETING,
            "chi_bo_id": _CHI_BO,
            "month": _MONTH,
            "rule_set_id": _RULE_SET,
            "self_total": number("total of the chi bộ; missing without points", "points"),
            "superior_total": number("total of the superior; missing without points", "points"),
            "difference": number("self minus superior; missing without points", "points"),
            "self_class_id": text("class by the chi bộ"),
            "superior_class_id": text("class by the superior"),
            "self_rank": number("position of the class by the chi bộ, 0 is the best"),
            "superior_rank": number("position of the class by the superior, 0 is the best"),
        },
    ),
    "contradictions": PublicFrame(
        "a line whose entry differs from what the facts imply",
        {
            "chi_bo_id": _CHI_BO,
            "month": _MONTH,
            "meeting_id": _MEETING,
            "rater": text("self or superior"),
            "rule_set_id": _RULE_SET,
            "criterion_id": _CRITERION,
            "title": _TITLE,
            "entered": number("points entered", "points"),
            "recomputed": number("points that the facts imply", "points"),
            "difference": number("entered minus recomputed", "points"),
            "level": text("level that the facts fall in; empty where there is none"),
            "clause": text("gap, overlap or override; empty where none of these decided"),
        },
    ),
    "moves": PublicFrame(
        "a change of a chi bộ within the period",
        {
            "chi_bo_id": _CHI_BO,
            "what": text("came, left, founded, ended or within"),
            "day": date("first day of the new state"),
            "other": text("the unit above on the other side, or the successor; may be empty"),
        },
    ),
    "corrections": PublicFrame(
        "a value of a counted meeting that was recorded later",
        {
            **CHANGE,
            "fills": flag("a blank was filled in"),
            "chi_bo_id": _CHI_BO,
        },
    ),
    "conflicts": PublicFrame(
        "two sources that contradict each other; scoring uses the second",
        {
            "kind": text("total, class or filed"),
            "unit_id": text("the chi bộ, or the unit that sent the figure"),
            "month": _MONTH,
            "meeting_id": text("the meeting; empty for a figure"),
            "what": text("the rater, or the measure"),
            "rule_set_id": text("the rule set; empty for a figure"),
            "first": number("value of the first source; missing where only a class is stated"),
            "first_class": text("class by the first source; empty where there is none"),
            "second": number("value of the second source"),
            "second_class": text("class by the second source; empty where there is none"),
            "first_source": text("summary, mark or sent"),
            "second_source": text("lines, points or records"),
        },
    ),
    "compliance": PublicFrame(
        "a duty and an occasion",
        {
            "duty": text("id of the duty"),
            "unit_id": text("the unit it is due from"),
            "about": text("the month, quarter, period or meeting"),
            "due_on": date("the last day for it"),
            "done_on": date("the day it was done; missing where none is on record"),
            "state": text("on_time, late, missing, blank, unknown, not_applicable or not_due"),
            "note": text("why, in Vietnamese; may be empty"),
        },
    ),
    "inspected": PublicFrame(
        "a chi bộ under the đảng bộ at the end of the period or of the data",
        {
            "chi_bo_id": _CHI_BO,
            "kiem_tra": integer("kiểm tra in the year", "inspections"),
            "giam_sat": integer("giám sát in the year", "inspections"),
            "du_sinh_hoat": integer("meetings sat in on in the year", "inspections"),
            "ho_so": integer("checks of documents in the year", "inspections"),
            "no_meeting": integer("sat in on a day without a meeting; not counted", "inspections"),
            "last": date("latest day that counts; missing where none does"),
            "covered": flag("something counts as an inspection"),
            "direct": flag("by the committee to which it reported that day"),
            "higher": flag("by a committee further above"),
        },
    ),
    "signals": PublicFrame(
        "a sighting of a signal",
        {
            "signal_id": text("the signal"),
            "unit_id": text("the chi bộ, or for a statistical signal the unit above"),
            "text": text("what was seen, in Vietnamese"),
            "meetings": ids("the meetings behind it"),
            "p": number("p-value; missing for plain facts", "ratio"),
            "q": number("p-value adjusted for all tests; missing for plain facts", "ratio"),
        },
    ),
    "visits": PublicFrame(
        "a visit that the period answers for; the first columns are those of the table visit",
        {
            "visit_id": text("the visit"),
            "post": text("the post, not a person's name"),
            "office_id": text("the unit whose post it is; may be missing"),
            "role": text("leader, or head or deputy head of a section"),
            "chi_bo_id": _CHI_BO,
            "planned_for": text("the month it was planned for, YYYY-MM"),
            "status": text("planned, done, missed or moved"),
            "done_on": date("the day it took place; missing until then"),
            "reason": text("why it was missed or moved"),
            "moved_to": text("the month it was moved to"),
            "recorded_at": date("when the row entered the records"),
            "came": flag("it was planned for an earlier period"),
            "moved_on": flag("it took place, or was moved to, after the period"),
            "no_meeting_that_day": flag("the chi bộ is known not to have met that day"),
            "not_compared": flag("no meeting of that month is on record"),
            "no_meeting": flag("it would count as done, but for no_meeting_that_day"),
            "same_day_elsewhere": flag("the post is recorded elsewhere on that day, too"),
            "done": flag("it counts as done in this period"),
            "ahead": flag("it has not taken place, and its month is not over"),
        },
    ),
    "figures": PublicFrame(
        "a chi bộ, a month and a measure that is not zero",
        {
            "chi_bo_id": _CHI_BO,
            "month": _MONTH,
            "measure": text("due, held, thematic, assessed, or RULE_SET.CLASS"),
            "value": integer("1, or for a class its meetings"),
        },
    ),
}
"""The frames of :class:`assess.Report`, by attribute."""
