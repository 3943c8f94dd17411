import pytest
from hypothesis import Phase

from assess.rules import load_rule_sets
from assess.studies.readings import PERIOD, period_questions, study_readings
from studies.readings.brute import base_of, results_of_periods
from studies.readings.checks import check
from studies.readings.slices import SLICES, slice_of

PHASES = set(Phase) - {Phase.shrink}
MANY = 24
"""Combinations of a case, besides the two of what points are taken from."""
ASKABLE = [q.id for q in period_questions() if q.id != "score_basis"]


def check_periods(made, asked, readings):
    study = study_readings(made, asked, readings, of=PERIOD)
    questions = [q.id for q in study.space.questions]
    known, everything = results_of_periods(made, questions, readings)
    meetings = made.tables["meeting"]
    used = meetings[(meetings["status"] == "held")].groupby("chi_bo_id")["rule_set_id"].agg(lambda ids: sorted(set(ids.dropna())))
    form = {case: (used.get(case) or [None])[0] for case in known}
    rules = {case: made.rule_sets.get(form[case]) for case in known}
    check(
        study, known, everything, {case: base_of(rules[case], questions, readings) for case in known}, {case: case for case in known}, form
    )
    return study


@pytest.mark.parametrize("name", SLICES)
def test_every_number_of_a_period_equals_that_of_rolling_up_each_combination(name):
    check_periods(slice_of(name), ["unclassed_month", "cancelled_month", "not_applicable"], {"period_class": "mean"})
