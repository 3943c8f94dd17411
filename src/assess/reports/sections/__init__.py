"""What every document shares: functions from a report to a block, one call in a template.

Offers the head, the signature, the control sheet with its parts, charts, and the figures of a đảng
bộ as a file. Everything else a template says itself, from :mod:`assess.reports.results`. Must not
know: HTML, PDF, Word and Excel.
"""

from typing import NoReturn

from assess.reports.named_figures import missing_name
from assess.reports.sections.changes import corrections
from assess.reports.sections.charts import (
    classes_chart,
    curve_chart,
    flips_chart,
    importance_chart,
)
from assess.reports.sections.conflicts import source_conflicts
from assess.reports.sections.control import control_sheet
from assess.reports.sections.filed import filed
from assess.reports.sections.frame import header, how_far, signature, stamp
from assess.reports.sections.method import annual_basis, basis, citations, readings, readings_used

__all__ = [
    "annual_basis",
    "basis",
    "citations",
    "classes_chart",
    "control_sheet",
    "corrections",
    "curve_chart",
    "filed",
    "flips_chart",
    "header",
    "how_far",
    "importance_chart",
    "readings",
    "readings_used",
    "signature",
    "source_conflicts",
    "stamp",
]


def __getattr__(name: str) -> NoReturn:
    """Say what to do about a template that was written for another version of the package."""
    raise missing_name("sections", name, __all__)
