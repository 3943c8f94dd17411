"""The frames that public functions return."""

from __future__ import annotations

from assess.public_frames.column import PublicFrame, date, flag, integer, number, text

CLASSIFIED = PublicFrame(
    "a meeting of the period",
    {
        "meeting_id": text("the meeting"),
        "chi_bo_id": text("its chi bộ"),
        "month": text("the month it counts for, YYYY-MM"),
        "rule_set_id": text("the rule set that is applied; missing where none is"),
        "total": number(
            "points that count; missing while it waits and under a rule set without points",
            "points",
        ),
        "class_id": text("id of the class; missing while it waits"),
        "class_title": text("name of the class; empty while it waits"),
        "counting": text("whose score sheet gave it: self, superior or both; empty while it waits"),
        "condition": text(
            "id of the class condition that held the class down; empty where none did"
        ),
        "why_waiting": text("code of the reason why there is no class; empty where there is one"),
    },
)
"""Columns of :func:`assess.classify`."""

ROLLED_UP = PublicFrame(
    "a chi bộ that had to meet in the period",
    {
        "chi_bo_id": text("the chi bộ"),
        "name": text("its name at the end of the period"),
        "rule_set_id": text("the rule set of the period; empty where there is none or several"),
        "status": text("classed, or why not (see PeriodResult)"),
        "class_id": text("id of the class for the period; missing unless there is one"),
        "class_title": text("name of the class; empty unless there is one"),
        "mean": number("mean of the totals of the months; missing without points", "points"),
        "held": integer("months with a meeting", "months"),
        "required": integer("months in which a meeting is required", "months"),
        "why": text("the status in Vietnamese; empty for classed"),
    },
)
"""Columns of :func:`assess.roll_up`."""

ANNUAL = PublicFrame(
    "a unit with an annual file; classes are htxsnv, httnv, htnv and khtnv",
    {
        "unit_id": text("the unit"),
        "name": text("its name at the end of the year"),
        "level": text("its level: chi_bo, bo_phan, co_so …"),
        "group": text("the units among which the cap is counted"),
        "self_class": text("class that the unit gives itself; missing where it gives none"),
        "supported": text(
            "class that its file supports, before the cap; missing where it supports none"
        ),
        "proposed": text("class proposed, after the cap; missing where none can be"),
        "decided": text("class decided by the competent level; missing before it is"),
        "decided_by": text("the level that decides, in words"),
    },
)
"""Columns of :func:`assess.annual_class`."""

PLAN = PublicFrame(
    "a chi bộ under the đảng bộ at the end of the period, in the order of the plan",
    {
        "chi_bo_id": text("the chi bộ"),
        "stratum": text("its kind and the unit it reports to, KIND/UNIT"),
        "chosen": flag("the plan has it inspected"),
        "order": integer("place in the plan, from 1"),
        "need": integer("weight of the reasons to inspect it; larger is more"),
        "why": text("why it was chosen or not, in Vietnamese"),
        "last": date("latest inspection that counts; missing where none does"),
        "signals": integer("kinds of signals from plain facts", "signals"),
        "weak": flag("it had a meeting in a weak class of its rule set"),
        "hard": flag("it is in a hard place, or of a hard kind"),
        "number": number("its own number, drawn from the seed and its id", "ratio"),
    },
)
"""Columns of :func:`assess.inspection_plan`."""
