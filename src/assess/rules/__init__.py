"""Rules as data: rule sets, their proofs, questions about unclear clauses, and readings.

Offers loading, the model of a form, the catalogue of facts, the questions that unclear clauses
raise, the choice of readings, and rules in words.
Must not know: any meeting, any score, and how a fact is worked out.
"""

from assess.rules.annual import AnnualRules
from assess.rules.load import (
    Correction,
    KeptRules,
    RuleBook,
    as_used,
    load_rule_set,
    load_rule_sets,
    parse_annual_rules,
    parse_rule_set,
    pick,
    rule_files,
)
from assess.rules.model import Criterion, RuleSet
from assess.rules.parts import FIDELITIES
from assess.rules.questions import catalogue
from assess.rules.readings import (
    NO_ANSWERS,
    Answer,
    Chosen,
    Readings,
    check_readings,
    checked_readings,
    choose,
    options_of,
    resolve,
)

__all__ = [
    "FIDELITIES",
    "NO_ANSWERS",
    "AnnualRules",
    "Answer",
    "Chosen",
    "Correction",
    "Criterion",
    "KeptRules",
    "Readings",
    "RuleBook",
    "RuleSet",
    "as_used",
    "catalogue",
    "check_readings",
    "checked_readings",
    "choose",
    "load_rule_set",
    "load_rule_sets",
    "options_of",
    "parse_annual_rules",
    "parse_rule_set",
    "pick",
    "resolve",
    "rule_files",
]
