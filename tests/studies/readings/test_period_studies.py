"""The class of a period under every combination, against rolling up each by itself."""

import math

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assess.base.errors import InputError
from assess.rules import catalogue
from assess.scoring import score
from assess.scoring.period.roll_up import period_results
from assess.studies.readings import PERIOD, PERIOD_QUESTIONS, period_questions, study_readings
from kit.each_combination import base_of, results_of_periods
from kit.examples import examples
from kit.random_forms import years
from kit.slices_to_read import SLICES, slice_of
from kit.study_checks import check

PHASES = set(Phase) - {Phase.shrink}  # cases are small, and shrinking them takes minutes
ASKABLE = [q.id for q in period_questions() if q.id != "score_basis"]


def check_periods(made, asked, readings):
    study = study_readings(made, asked, readings, of=PERIOD)
    questions = [q.id for q in study.space.questions]
    known, everything = results_of_periods(made, questions, readings)
    forms = {case: _form_in_use(made, case, questions, readings) for case in known}
    base = {
        case: base_of(
            made.rule_sets.get(forms[case] or next(iter(made.rule_sets), "")), questions, readings
        )
        for case in known
    }
    check(study, known, everything, base, {case: case for case in known}, forms)
    return study


def _form_in_use(made, chi_bo, questions, readings):
    """Return the rule set on which the ordinary roll-up classifies a chi bộ.

    Under the readings in use of that rule set.
    """
    for rules in made.rule_sets.values():
        base = {
            **readings,
            **dict(zip(questions, base_of(rules, questions, readings), strict=True)),
        }
        if period_results(made, score(made, base), base)[chi_bo].rule_set_id == rules.id:
            return rules.id
    return None


@st.composite
def questions_of(draw, many):
    """Draw some questions with few combinations, and readings of some others.

    The questions are about the roll-up and about meetings.
    """
    asked = []
    for question in draw(
        st.lists(
            st.one_of(st.sampled_from(PERIOD_QUESTIONS), st.sampled_from(ASKABLE)),
            min_size=1,
            max_size=4,
            unique=True,
        )
    ):
        if math.prod(len(catalogue()[q].options) for q in [*asked, question]) <= many or not asked:
            asked.append(question)
    others = draw(
        st.lists(st.sampled_from([q for q in ASKABLE if q not in asked]), max_size=3, unique=True)
    )
    usual = {
        "period_class": draw(st.sampled_from(["mean", "minimum", "majority"])),
        "unclassed_month": draw(st.sampled_from(["excluded", "as_cancelled"])),
    }
    return asked, {
        **usual,
        **{q: draw(st.sampled_from([o.id for o in catalogue()[q].options])) for q in others},
    }


@given(years(), questions_of(8))
@examples(8, suppress_health_check=list(HealthCheck), phases=list(PHASES))
def test_every_number_equals_that_of_rolling_up_each_combination_by_itself(made, case):
    check_periods(made, *case)


@pytest.mark.soak
@given(years(), questions_of(30))
@settings(max_examples=400, suppress_health_check=list(HealthCheck), phases=list(PHASES))
def test_the_same_over_many_years(made, case):
    check_periods(made, *case)


@pytest.mark.soak
@pytest.mark.parametrize("name", SLICES)
@given(case=questions_of(30))
@settings(max_examples=20, suppress_health_check=list(HealthCheck), phases=list(PHASES))
def test_the_same_over_records(name, case):
    check_periods(slice_of(name), *case)


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("thematic meetings on a form of their own", {}),
        ("the month of a change of form", {"period_class": "mean"}),
        ("a quarter with a thematic form", {"period_class": "minimum"}),
        (
            "a body that was dissolved",
            {
                "moved_chi_bo": "split_by_date",
                "period_class": "mean",
                "unclassed_month": "excluded",
            },
        ),
    ],
)
def test_the_form_of_a_period_is_that_of_what_counts_in_it(name, readings):
    study = check_periods(slice_of(name), ["extra_meeting"], readings)
    assert study.cases["rule_set_id"].notna().any()


def test_a_year_by_tests_on_points_turns_on_its_cancelled_and_its_missing_month():
    study = check_periods(
        slice_of("a year by tests on points"), ["unclassed_month", "cancelled_month"], {}
    )
    cases = study.cases.set_index("case_id")
    # ten months Tốt; one cancelled; one sheet missing; nine months of 95 and three of 85
    assert cases.loc[["k23-03", "k23-04", "k23-07", "k23-01"], "class_id"].tolist() == [
        "tot",
        "tot",
        "waiting",
        "none_known",
    ]
    assert cases.loc[["k23-03", "k23-04", "k23-07", "k23-01"], "verdict"].tolist() == [
        "robust",
        "contested",
        "fragile",
        "",
    ]
    flips = {row.case_id: (row.questions, row.reached) for row in study.flips.itertuples()}
    assert flips == {
        "k23-04": ("cancelled_month", "none_known")
    }  # k23-07 waits: being classified at last is no change of class


def test_questions_that_no_class_can_depend_on_are_refused():
    made = slice_of("a quarter")
    for wrong, code in (("cap_tie", "question-of-no-class"), ("khong_co", "unknown-question")):
        with pytest.raises(InputError) as caught:
            study_readings(made, [wrong], of=PERIOD)
        assert caught.value.findings[0].code == code
    with pytest.raises(InputError) as caught:
        study_readings(made, ["mean_basis"])
    assert caught.value.findings[0].code == "question-of-periods"
