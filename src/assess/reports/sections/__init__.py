"""The sections of reports: each takes a :class:`~assess.reports.report.Report` and returns a block."""

from assess.reports.sections.annexes import annex_contradictions, annex_meetings
from assess.reports.sections.changes import corrections, organisation
from assess.reports.sections.frame import header, signature, stamp
from assess.reports.sections.method import basis, citations, readings
from assess.reports.sections.overview import coverage, key_results
from assess.reports.sections.readings_case import every_reading, unclear_lines
from assess.reports.sections.results import chi_bo_table, classes_over_months
from assess.reports.sections.scrutiny import contradictions, losses, raters

__all__ = [
    "annex_contradictions",
    "annex_meetings",
    "basis",
    "chi_bo_table",
    "citations",
    "classes_over_months",
    "contradictions",
    "corrections",
    "coverage",
    "every_reading",
    "header",
    "key_results",
    "losses",
    "organisation",
    "raters",
    "readings",
    "signature",
    "stamp",
    "unclear_lines",
]
