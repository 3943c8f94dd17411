"""Sections of reports: functions from a :class:`~assess.reports.report.Report` to a block.

Offers what the cells of a template call: header, results, tables, charts, annexes, signature,
all in Vietnamese.
Must not know: HTML, PDF, Word and Excel. A section shows frames; calculation belongs to
``scoring`` and ``studies``.
"""

from assess.reports.sections.agreement import agreement
from assess.reports.sections.annexes import annex_contradictions, annex_meetings
from assess.reports.sections.annual_list import (
    annual_list,
    annual_result,
    cap,
    commendation,
    decisions,
    request,
)
from assess.reports.sections.attendance import annex_visits, attendance, attendance_by_post
from assess.reports.sections.changes import corrections, organisation
from assess.reports.sections.clarification import annex_basis, request_to_clarify
from assess.reports.sections.conflicts import source_conflicts
from assess.reports.sections.control import control_sheet
from assess.reports.sections.duties import annex_late, calendar, duties, model_meetings
from assess.reports.sections.frame import header, how_far, signature, stamp
from assess.reports.sections.identity import identity
from assess.reports.sections.inspected import inspections, own_against_inspector, programme
from assess.reports.sections.inspection import (
    annex_signals,
    follow_up,
    questions_to_ask,
    reasons_of_plan,
    signals_seen,
)
from assess.reports.sections.inspection_gate import inspection_gate
from assess.reports.sections.method import annual_basis, basis, citations, readings
from assess.reports.sections.overview import coverage, key_results
from assess.reports.sections.readings_case import every_reading, unclear_lines
from assess.reports.sections.readings_study import study_limits, study_method, study_results
from assess.reports.sections.results import chi_bo_table, classes_over_months
from assess.reports.sections.scrutiny import contradictions, losses, losses_chart, raters
from assess.reports.sections.study_period import study_period
from assess.reports.sections.study_questions import study_combinations, study_flips, study_questions
from assess.reports.sections.topics import thematic_topics
from assess.reports.sections.upward import filed, from_below, reconciled, sent_up
from assess.reports.sections.year_class import annex_year_tests, year_classes

__all__ = [
    "agreement",
    "annex_basis",
    "annex_contradictions",
    "annex_late",
    "annex_meetings",
    "annex_signals",
    "annex_visits",
    "annex_year_tests",
    "annual_basis",
    "annual_list",
    "annual_result",
    "attendance",
    "attendance_by_post",
    "basis",
    "calendar",
    "cap",
    "chi_bo_table",
    "citations",
    "classes_over_months",
    "commendation",
    "contradictions",
    "control_sheet",
    "corrections",
    "coverage",
    "decisions",
    "duties",
    "every_reading",
    "filed",
    "follow_up",
    "from_below",
    "header",
    "how_far",
    "identity",
    "inspection_gate",
    "inspections",
    "key_results",
    "losses",
    "losses_chart",
    "model_meetings",
    "organisation",
    "own_against_inspector",
    "programme",
    "questions_to_ask",
    "raters",
    "readings",
    "reasons_of_plan",
    "reconciled",
    "request",
    "request_to_clarify",
    "sent_up",
    "signals_seen",
    "signature",
    "source_conflicts",
    "stamp",
    "study_combinations",
    "study_flips",
    "study_limits",
    "study_method",
    "study_period",
    "study_questions",
    "study_results",
    "thematic_topics",
    "unclear_lines",
    "year_classes",
]
