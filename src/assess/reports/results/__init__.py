"""Results that a template prints: documented frames and named numbers, each with its whole.

A result is worked out here once; its words, its table columns and their order stand in the
notebook. Must not know: sentences, layouts.
"""

from typing import NoReturn

from assess.reports.named_figures import missing_name
from assess.reports.results.agreement import agreement
from assess.reports.results.annual import AnnualResults, CapResults, Listed, OverCap, annual_results
from assess.reports.results.attendance import RoleVisits, VisitResults, visit_results
from assess.reports.results.basis import closing_addressee, instruments
from assess.reports.results.case import CaseResults, case_results
from assess.reports.results.class_list import ClassList, FormList, class_list
from assess.reports.results.concerns import Concerns, concerns
from assess.reports.results.coverage import PrerequisiteResults, prerequisite
from assess.reports.results.duties import DutyResults, RolloutResults, duty_results, rollout_results
from assess.reports.results.identity import Identity, identity
from assess.reports.results.inspections import (
    InspectionResults,
    JudgedForm,
    JudgedOtherwise,
    Programme,
    Way,
    inspection_results,
    judged_otherwise,
    programme,
)
from assess.reports.results.issuer import acting_body, petition_addressee, petitioner
from assess.reports.results.meetings import (
    ContradictedResults,
    RaterResults,
    contradicted_results,
    meeting_list,
    rater_results,
)
from assess.reports.results.moves import Move, moves
from assess.reports.results.period import FormResults, PeriodResults, period_results
from assess.reports.results.petition import PetitionResults, UnclearClause, petition_results
from assess.reports.results.plan import PlanResults, inspection_plan
from assess.reports.results.sent_up import SentForm, SentUp, sent_up
from assess.reports.results.signals import SignalResults, signal_results, with_questions
from assess.reports.results.study_meetings import Combinations, StudyResults, study_results
from assess.reports.results.study_period import PeriodStudy, period_study
from assess.reports.results.topics import TopicResults, thematic_topics
from assess.reports.results.year_class import YearClasses, YearRule, year_classes

__all__ = [
    "AnnualResults",
    "CapResults",
    "CaseResults",
    "ClassList",
    "Combinations",
    "Concerns",
    "ContradictedResults",
    "DutyResults",
    "FormList",
    "FormResults",
    "Identity",
    "InspectionResults",
    "JudgedForm",
    "JudgedOtherwise",
    "Listed",
    "Move",
    "OverCap",
    "PeriodResults",
    "PeriodStudy",
    "PetitionResults",
    "PlanResults",
    "PrerequisiteResults",
    "Programme",
    "RaterResults",
    "RoleVisits",
    "RolloutResults",
    "SentForm",
    "SentUp",
    "SignalResults",
    "StudyResults",
    "TopicResults",
    "UnclearClause",
    "VisitResults",
    "Way",
    "YearClasses",
    "YearRule",
    "acting_body",
    "agreement",
    "annual_results",
    "case_results",
    "class_list",
    "closing_addressee",
    "concerns",
    "contradicted_results",
    "duty_results",
    "identity",
    "inspection_plan",
    "inspection_results",
    "instruments",
    "judged_otherwise",
    "meeting_list",
    "moves",
    "period_results",
    "period_study",
    "petition_addressee",
    "petition_results",
    "petitioner",
    "prerequisite",
    "programme",
    "rater_results",
    "rollout_results",
    "sent_up",
    "signal_results",
    "study_results",
    "thematic_topics",
    "visit_results",
    "with_questions",
    "year_classes",
]


def __getattr__(name: str) -> NoReturn:
    """Say what to do about a template that was written for another version of the package."""
    raise missing_name("results", name, __all__)
