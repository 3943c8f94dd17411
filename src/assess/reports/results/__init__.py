"""Results that a template prints: documented frames and named numbers, each with its whole.

A result is worked out here once; its words, its table columns and their order stand in the
notebook. Must not know: sentences, layouts.
"""

from assess.reports.results.basis import closing_addressee, instruments
from assess.reports.results.class_list import ClassList, FormList, class_list
from assess.reports.results.concerns import Concerns, concerns
from assess.reports.results.coverage import PrerequisiteResults, prerequisite
from assess.reports.results.issuer import acting_body
from assess.reports.results.meetings import (
    ContradictedResults,
    RaterResults,
    contradicted_results,
    meeting_list,
    rater_results,
)
from assess.reports.results.moves import Move, moves
from assess.reports.results.period import FormResults, PeriodResults, period_results
from assess.reports.results.plan import PlanResults, inspection_plan
from assess.reports.results.topics import TopicResults, thematic_topics
from assess.reports.results.year_class import YearClasses, YearRule, year_classes

__all__ = [
    "ClassList",
    "Concerns",
    "ContradictedResults",
    "FormList",
    "FormResults",
    "Move",
    "PeriodResults",
    "PlanResults",
    "PrerequisiteResults",
    "RaterResults",
    "TopicResults",
    "YearClasses",
    "YearRule",
    "acting_body",
    "class_list",
    "closing_addressee",
    "concerns",
    "contradicted_results",
    "inspection_plan",
    "instruments",
    "meeting_list",
    "moves",
    "period_results",
    "prerequisite",
    "rater_results",
    "thematic_topics",
    "year_classes",
]
