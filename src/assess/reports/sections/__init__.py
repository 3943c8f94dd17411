"""What every document shares: functions from a report to a block, one call in a template.

Offers the head, the signature, the control sheet with its parts, charts, and the figures of a đảng
bộ as a file; also the documents about readings. Everything else a template says itself, from
:mod:`assess.reports.results`. Must not know: HTML, PDF, Word and Excel.
"""

from assess.reports.sections.agreement import agreement
from assess.reports.sections.changes import corrections
from assess.reports.sections.charts import losses_chart
from assess.reports.sections.clarification import annex_basis, request_to_clarify
from assess.reports.sections.conflicts import source_conflicts
from assess.reports.sections.control import control_sheet
from assess.reports.sections.filed import filed
from assess.reports.sections.frame import header, how_far, signature, stamp
from assess.reports.sections.method import annual_basis, basis, citations, readings, readings_used
from assess.reports.sections.readings_case import every_reading, unclear_lines
from assess.reports.sections.readings_study import study_limits, study_method, study_results
from assess.reports.sections.study_period import study_period
from assess.reports.sections.study_questions import study_combinations, study_flips, study_questions

__all__ = [
    "agreement",
    "annex_basis",
    "annual_basis",
    "basis",
    "citations",
    "control_sheet",
    "corrections",
    "every_reading",
    "filed",
    "header",
    "how_far",
    "losses_chart",
    "readings",
    "readings_used",
    "request_to_clarify",
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
    "unclear_lines",
]
