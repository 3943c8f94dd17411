"""Questions that are not named follow from the rule sets and the data."""

import pytest

from assess.base.errors import InputError
from assess.studies.readings import PERIOD, raised_questions, study_readings
from kit.slices_to_read import cut, slice_of


def test_a_form_brings_its_own_questions_and_no_others():
    made = slice_of("a year by tests on points")
    (rules,) = made.rule_sets.values()
    found = raised_questions(made)
    raised = {question.id for question in rules.questions}
    assert {*found.asked, *found.idle, *found.left_out} <= raised | {"not_applicable"}
    assert "thematic_points_off_month" not in {*found.asked, *found.idle}


def test_a_question_that_the_form_raises_and_that_moves_something_is_asked_the_rest_is_told():
    made = cut("data/sample", "phuong-vi-du", "2026", "2027-01-10")
    (rules,) = made.rule_sets.values()
    letter, study = raised_questions(made, basis=False), raised_questions(made)
    assert "unexcused" in letter.asked
    assert "level_gap" in letter.idle  # points are taken as they were entered
    assert "level_gap" in study.asked
    raised = {question.id for question in rules.questions}
    for found in (letter, study):
        parts = [*found.asked, *found.idle, *found.left_out]
        assert len(parts) == len(set(parts))
        assert set(parts) == raised | {"not_applicable"}
    # an idle question changes nothing, under any combination of the others
    every = study_readings(made, [*letter.asked, *letter.idle], basis=False).questions.set_index(
        "question_id"
    )
    assert (every.loc[list(letter.idle), "touched"] == 0).all()
    assert every.loc[list(letter.asked), "touched"].min() > 0


def test_of_too_many_combinations_those_questions_are_kept_that_move_most_and_the_others_are_named():
    made = cut("data/sample", "phuong-vi-du", "2026-Q1", "2027-01-10")
    whole, some = (
        raised_questions(made, basis=False),
        raised_questions(made, basis=False, most=100, together=True),
    )
    assert study_readings(made, some, basis=False).space.size <= 100
    assert some.left_out
    assert {*some.asked, *some.left_out} == set(whole.asked)
    assert some.idle == whole.idle
    alone = {
        q: int(study_readings(made, [q], basis=False).questions["class_moves"].iloc[0])
        for q in whole.asked
    }
    assert max(alone, key=alone.get) in some.asked
    assert study_readings(made, some, basis=False).raised == some


def test_a_letter_where_nothing_is_open_has_one_way_to_read_every_sheet():
    made = cut("data/sample", "phuong-vi-du", "2026-Q1", "2027-01-10")
    study = study_readings(made, (), basis=False)
    assert study.space.size == 1
    assert len(study.cases) > 0
    assert set(study.cases["verdict"]) <= {"robust", ""}


def test_a_study_of_a_period_asks_what_the_roll_up_leaves_open():
    made = cut("data/sample", "cqd-09", "2026-Q3", "2027-01-10")
    found = raised_questions(made, of=PERIOD)
    assert "period_class" in found.asked
    study = study_readings(made, found, of=PERIOD)
    assert study.space.size <= found.most


@pytest.mark.parametrize("wrong", ["Period", "x", "", None])
def test_a_study_is_of_meetings_or_of_periods(wrong):
    with pytest.raises(InputError, match="meeting") as caught:
        study_readings(slice_of("a quarter"), ["not_applicable"], of=wrong)
    assert [finding.code for finding in caught.value.findings] == ["study-of"]
