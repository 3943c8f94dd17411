"""Reproducible assessment of Party-cell meetings. The public names are here; each is loaded when first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assess.base.errors import Finding, InputError
    from assess.base.periods import Period
    from assess.exchange.csv import CsvFolder
    from assess.records import Slice, make_slice, open_slice, write_slice
    from assess.reports import sections
    from assess.reports.explorer import explore_readings
    from assess.reports.report import Report, open_report
    from assess.reports.sections.mission import PlanTerms
    from assess.rules import RuleSet, load_rule_set, load_rule_sets
    from assess.sample import make_sample
    from assess.scoring import Scores, score
    from assess.studies.inspection.choose import PlanOptions, inspection_plan
    from assess.studies.readings import RaisedQuestions, Study, raised_questions, study_readings
    from assess.workspace import Workspace

__version__ = "0.1.0"

_HOMES = {
    "CsvFolder": "assess.exchange.csv",
    "Finding": "assess.base.errors",
    "InputError": "assess.base.errors",
    "PlanTerms": "assess.reports.sections.mission",
    "Period": "assess.base.periods",
    "RaisedQuestions": "assess.studies.readings",
    "Report": "assess.reports.report",
    "RuleSet": "assess.rules",
    "Scores": "assess.scoring",
    "Slice": "assess.records",
    "Study": "assess.studies.readings",
    "PlanOptions": "assess.studies.inspection.choose",
    "Workspace": "assess.workspace",
    "explore_readings": "assess.reports.explorer",
    "inspection_plan": "assess.studies.inspection.choose",
    "load_rule_set": "assess.rules",
    "load_rule_sets": "assess.rules",
    "make_sample": "assess.sample",
    "make_slice": "assess.records",
    "open_report": "assess.reports.report",
    "open_slice": "assess.records",
    "raised_questions": "assess.studies.readings",
    "score": "assess.scoring",
    "sections": "assess.reports.sections",
    "study_readings": "assess.studies.readings",
    "write_slice": "assess.records",
}

__all__ = [
    "CsvFolder",
    "Finding",
    "InputError",
    "Period",
    "PlanOptions",
    "PlanTerms",
    "RaisedQuestions",
    "Report",
    "RuleSet",
    "Scores",
    "Slice",
    "Study",
    "Workspace",
    "explore_readings",
    "inspection_plan",
    "load_rule_set",
    "load_rule_sets",
    "make_sample",
    "make_slice",
    "open_report",
    "open_slice",
    "raised_questions",
    "score",
    "sections",
    "study_readings",
    "write_slice",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    home = importlib.import_module(_HOMES[name])
    value = home if name == "sections" else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
