"""Results that a template prints: documented frames and named numbers, each with its whole.

A result is worked out here once; its words, its table columns and their order stand in the
notebook. Must not know: sentences, layouts.
"""

from assess.reports.results.issuer import acting_body
from assess.reports.results.plan import PlanResults, inspection_plan

__all__ = ["PlanResults", "acting_body", "inspection_plan"]
