"""The tables of the year's work: visits, inspections, annual files, decisions and others."""

from __future__ import annotations

from assess.records.columns import RECORDED, ColumnSpec, TableSpec, count

ANNUAL_CLASSES = ("htxsnv", "httnv", "htnv", "khtnv")
ROLES = ("lanh_dao", "truong_pho_phong")
VISIT_STATUSES = ("planned", "done", "missed", "moved")
INSPECTION_KINDS = ("kiem_tra", "giam_sat", "du_sinh_hoat", "ho_so")
MILESTONES = (
    "briefing",
    "model_plan",
    "model_guidance",
    "model_meeting",
    "model_review",
    "rolled_out",
    "gate_override",
)

YEAR_TABLES: tuple[TableSpec, ...] = (
    TableSpec(
        "assignment",
        "Which committee member or officer follows which chi bộ, by post.",
        ("chi_bo_id", "post", "valid_from"),
        (
            ColumnSpec("chi_bo_id", "id", "the chi bộ", required=True, refers_to="unit"),
            ColumnSpec("post", "text", "the post, not a person's name", required=True),
            ColumnSpec(
                "office_id",
                "id",
                "the unit whose post it is; posts of the same name in two units are two",
                refers_to="unit",
            ),
            ColumnSpec(
                "role",
                "choice",
                "leader, or head or deputy head of a section",
                required=True,
                choices=ROLES,
            ),
            ColumnSpec("valid_from", "date", "first day", required=True),
            ColumnSpec("valid_to", "date", "last day; empty while it lasts"),
            RECORDED,
        ),
        optional=True,
    ),
    TableSpec(
        "visit",
        "A leader's attendance at a chi bộ's meeting: as planned, and what became of it.",
        ("visit_id",),
        (
            ColumnSpec("visit_id", "id", "stable name of the visit", required=True),
            ColumnSpec("post", "text", "the post, not a person's name", required=True),
            ColumnSpec(
                "office_id",
                "id",
                "the unit whose post it is; posts of the same name in two units are two",
                refers_to="unit",
            ),
            ColumnSpec(
                "role",
                "choice",
                "leader, or head or deputy head of a section",
                required=True,
                choices=ROLES,
            ),
            ColumnSpec("chi_bo_id", "id", "the chi bộ", required=True, refers_to="unit"),
            ColumnSpec("planned_for", "month", "the month it was planned for", required=True),
            ColumnSpec(
                "status", "choice", "what became of it", required=True, choices=VISIT_STATUSES
            ),
            ColumnSpec("done_on", "date", "the day; empty while it has not taken place"),
            ColumnSpec("reason", "text", "why it was missed or moved", free=True),
            ColumnSpec("moved_to", "month", "the month it was moved to"),
            RECORDED,
        ),
        optional=True,
    ),
    TableSpec(
        "inspection",
        "An inspection of a chi bộ's meetings, or a check of its papers, with what was found. Rows of one chi bộ, form, day and inspecting unit are findings of one inspection.",
        ("inspection_id",),
        (
            ColumnSpec("inspection_id", "id", "stable name of the inspection", required=True),
            ColumnSpec("chi_bo_id", "id", "the chi bộ", required=True, refers_to="unit"),
            ColumnSpec(
                "meeting_id",
                "id",
                "the meeting that was looked at; empty for an inspection of the chi bộ as a whole",
                refers_to="meeting",
            ),
            ColumnSpec(
                "form",
                "choice",
                "inspection, supervision, sitting in, check of papers",
                required=True,
                choices=INSPECTION_KINDS,
            ),
            ColumnSpec(
                "inspected_by",
                "id",
                "the unit whose committee or commission inspected; empty where nobody says",
                refers_to="unit",
            ),
            ColumnSpec("plan", "text", "number of the plan or programme it belongs to"),
            ColumnSpec("inspected_on", "date", "the day; empty while it has not taken place"),
            ColumnSpec("evidence", "text", "what was looked at", free=True),
            ColumnSpec("finding", "text", "what was found", free=True),
            ColumnSpec("clause", "text", "the clause that the finding is about"),
            ColumnSpec("recommendation", "text", "what was recommended", free=True),
            ColumnSpec("remedy_by", "date", "the day by which it is to be remedied"),
            ColumnSpec("remedied_on", "date", "the day on which it was"),
            RECORDED,
        ),
        optional=True,
    ),
    TableSpec(
        "milestone",
        "Steps of putting the rules into effect, and overrides with their reason.",
        ("unit_id", "what", "year"),
        (
            ColumnSpec("unit_id", "id", "the unit", required=True, refers_to="unit"),
            ColumnSpec("what", "choice", "which step", required=True, choices=MILESTONES),
            ColumnSpec("year", "year", "the year it belongs to", required=True),
            ColumnSpec("planned_on", "date", "the day by which it was planned"),
            ColumnSpec("done_on", "date", "the day on which it was done"),
            ColumnSpec(
                "note", "text", "remark; of an override, its reason and who decided", free=True
            ),
            RECORDED,
        ),
        optional=True,
    ),
    TableSpec(
        "annual",
        "A unit's file for its annual class: points, tasks, conditions.",
        ("unit_id", "year"),
        (
            ColumnSpec("unit_id", "id", "the unit", required=True, refers_to="unit"),
            ColumnSpec("year", "year", "the year", required=True),
            ColumnSpec(
                "peer_group",
                "text",
                "units of similar function and task, as the competent level groups them",
            ),
            ColumnSpec(
                "self_class", "choice", "the class the unit gives itself", choices=ANNUAL_CLASSES
            ),
            ColumnSpec(
                "common_points", "number", "points of the common criteria", low=0, unit="điểm"
            ),
            ColumnSpec("result_points", "number", "points of the results", low=0, unit="điểm"),
            ColumnSpec("tasks_set", "integer", "tasks of the year", low=0),
            ColumnSpec(
                "tasks_on_time", "integer", "of these, finished on time and with quality", low=0
            ),
            ColumnSpec("tasks_late", "integer", "of these, finished late", low=0),
            ColumnSpec(
                "tasks_beyond", "integer", "of those on time, beyond what was required", low=0
            ),
            ColumnSpec(
                "disciplined",
                "flag",
                "a subordinate unit or a member of the leading collective was disciplined",
            ),
            ColumnSpec("shortcomings", "integer", "shortcomings of earlier reviews", low=0),
            ColumnSpec("shortcomings_remedied", "integer", "of these, remedied", low=0),
            ColumnSpec(
                "listed_case",
                "id",
                "a listed case that sets the lowest class whatever the points, by its id in the rules",
            ),
            count("votes", "votes for the best class, where points are equal"),
            RECORDED,
        ),
        optional=True,
    ),
    TableSpec(
        "decision",
        "The competent level's decision on a unit's annual class; another version when it is classed again.",
        ("unit_id", "year", "version"),
        (
            ColumnSpec("unit_id", "id", "the unit", required=True, refers_to="unit"),
            ColumnSpec("year", "year", "the year", required=True),
            ColumnSpec(
                "version",
                "integer",
                "1 for the first decision, 2 when it is classed again …",
                required=True,
                low=1,
            ),
            ColumnSpec(
                "annual_class", "choice", "the class decided", required=True, choices=ANNUAL_CLASSES
            ),
            ColumnSpec(
                "decided_by",
                "id",
                "the unit whose committee decided",
                required=True,
                refers_to="unit",
            ),
            ColumnSpec("decided_on", "date", "the day", required=True),
            ColumnSpec("number", "text", "number of the decision"),
            ColumnSpec("reason", "text", "why; needed from version 2 on", free=True),
            RECORDED,
        ),
        optional=True,
    ),
    TableSpec(
        "filed",
        "What a unit sent up: the figures of its summary, month by month, as it sent them.",
        ("unit_id", "period", "month", "measure"),
        (
            ColumnSpec("unit_id", "id", "the unit that sent it", required=True, refers_to="unit"),
            ColumnSpec("period", "period", "the period of the summary", required=True),
            ColumnSpec("month", "month", "the month that the figure is of", required=True),
            ColumnSpec(
                "measure",
                "id",
                "what was counted: due, held, thematic, assessed, or FORM.CLASS",
                required=True,
            ),
            ColumnSpec("value", "integer", "the count", required=True, low=0, unit="lượt"),
            ColumnSpec("filed_on", "date", "the day it was sent", required=True),
            RECORDED,
        ),
        optional=True,
    ),
)
