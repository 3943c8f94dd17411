import math

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assess.base.errors import InputError
from assess.rules import catalogue
from assess.studies.readings import study_readings
from assess.studies.readings.space import SCORING_ROLES
from kit.each_combination import base_of, results
from kit.examples import examples
from kit.random_forms import slices
from kit.small_slices import small_slice
from kit.study_checks import check

PHASES = set(Phase) - {Phase.shrink}  # cases are small, and shrinking them takes minutes
ASKABLE = [
    q.id for q in catalogue().values() if q.role in SCORING_ROLES and q.id != "score_basis"
] + ["window_month"]
MANY = 40
"""Combinations of a case, besides the two of ``score_basis``.

Each is scored by itself in 20 ms.
"""


@st.composite
def cases(draw):
    """Draw a slice of meetings on random rule sets, some questions, and readings of some others."""
    made = draw(slices())
    raised = [q.id for rules in made.rule_sets.values() for q in rules.questions]
    own = [*[q for q in raised if q in ASKABLE], *ASKABLE]
    asked = []
    for question in draw(st.lists(st.sampled_from(own), min_size=1, max_size=4, unique=True)):
        if math.prod(len(catalogue()[q].options) for q in [*asked, question]) <= MANY or not asked:
            asked.append(question)
    others = draw(
        st.lists(st.sampled_from([q for q in ASKABLE if q not in asked]), max_size=2, unique=True)
    )
    readings = {q: draw(st.sampled_from([o.id for o in catalogue()[q].options])) for q in others}
    return made, asked, readings


@given(cases())
@examples(12, suppress_health_check=list(HealthCheck), phases=list(PHASES))
def test_every_number_equals_that_of_scoring_each_combination_by_itself(case):
    check_meetings(*case)


@pytest.mark.soak
@given(cases())
@settings(max_examples=600, suppress_health_check=list(HealthCheck), phases=list(PHASES))
def test_the_same_over_many_forms(case):
    check_meetings(*case)


def check_meetings(made, asked, readings):
    study = study_readings(made, asked, readings)
    questions = [q.id for q in study.space.questions]
    assert set(questions) == {*asked, "score_basis"}
    known, everything = results(made, questions, readings)
    meetings = made.tables["meeting"].set_index("meeting_id")
    form = {case: meetings.loc[case, "rule_set_id"] for case in known}
    base = {case: base_of(made.rule_sets.get(form[case]), questions, readings) for case in known}
    check(study, known, everything, base, meetings["chi_bo_id"], form)


def test_questions_that_decide_no_meeting_are_refused(an_phu):
    made = small_slice(an_phu, {"a": {}}, {("a", "self"): {}})
    for wrong in (["mean_basis"], ["khong_co"]):
        with pytest.raises(InputError):
            study_readings(made, wrong)


MANY_FACTS = [
    "attendance_denominator",
    "exempt_present",
    "rate_rounding",
    "attendance_bound",
    "level_gap",
    "bonus_line",
]


def test_of_too_many_combinations_some_are_listed_and_everything_else_stays_exact(
    an_phu, monkeypatch
):
    present = {
        "a": {"present": 17, "exempt": 2, "exempt_present": 1},
        "b": {"minutes": 52},
        "c": {"kind": "ket_hop"},
    }
    made = small_slice(an_phu, present, {(name, "self"): {"c4_regular": "n/a"} for name in present})
    whole = study_readings(made, [*MANY_FACTS, "not_applicable"])
    monkeypatch.setattr("assess.studies.readings.study.MOST", 900)
    monkeypatch.setattr("assess.studies.readings.study.DRAWN", 500)
    some = study_readings(made, [*MANY_FACTS, "not_applicable"])
    assert whole.space.size > whole.distinct.size > 900  # what counts is how many differ
    assert (whole.drawn, some.drawn) == (0, len(some.combinations))
    assert 300 < some.drawn <= 501
    for name in (
        "cases",
        "acceptability",
        "flips",
        "questions",
        "alone",
        "alone_cases",
        "pairs",
        "same_options",
    ):
        pd.testing.assert_frame_equal(getattr(some, name), getattr(whole, name))
    names = [q.id for q in whole.space.questions]
    both = some.combinations.merge(whole.combinations, on=names, suffixes=("", "_whole"))
    assert len(both) == some.drawn
    assert both["changed"].tolist() == both["changed_whole"].tolist()
    assert both["points"].tolist() == pytest.approx(both["points_whole"].tolist())
    assert some.combinations.iloc[0][names].tolist() == list(base_of(an_phu, names, {}))
    again = study_readings(made, [*MANY_FACTS, "not_applicable"])
    pd.testing.assert_frame_equal(some.combinations, again.combinations)
    other = study_readings(made, [*MANY_FACTS, "not_applicable"], seed=7)
    assert not some.combinations.equals(other.combinations)
    monkeypatch.setattr("assess.studies.readings.study.MOST_OF_ONE", 20)
    with pytest.raises(InputError, match="20"):
        study_readings(made, [*MANY_FACTS, "not_applicable"])


def test_a_slice_without_meetings_has_no_results_and_says_so(an_phu):
    study = study_readings(
        small_slice(an_phu, {"a": {"status": "postponed"}}, {}), ["not_applicable"]
    )
    assert study.cases.empty
    assert study.different == 1
    assert study.questions["touched"].tolist() == [0, 0]
