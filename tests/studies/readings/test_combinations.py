import pytest

from assess.base.errors import InputError
from assess.scoring import score
from assess.studies import every_combination
from kit.small_slices import small_slice

S0 = ["not_applicable", "no_chi_uy", "chi_uy_in_criticism"]
LACKING = {"has_chi_uy": False, "leads_mass_organisations": False}


@pytest.fixture(scope="module")
def case(rules):
    sheets = {
        ("m", "self"): {"l5_mass": "n/a", "l2_chi_uy": 0.0, "l4_criticism": 6.0, "l3_speak": 4.0}
    }
    return small_slice(rules["lai-chau-qd14"], {"m": {}}, sheets, chi_bo=LACKING)


@pytest.fixture(scope="module")
def found(case):
    return every_combination(case, S0)


def test_every_option_of_every_question_is_combined_with_every_other(found):
    assert len(found) == 6 * 4 * 3 == len(found.drop_duplicates(S0))


def test_each_combination_is_what_scoring_with_those_readings_gives(case, found):
    for row in found.sample(12, random_state=1).itertuples():
        alone = score(case, {q: getattr(row, q) for q in S0}).meetings.iloc[0]
        assert (alone["total"], alone["class_id"]) == (row.total, row.class_id)


def test_by_hand_the_same_sheet_is_very_good_or_middling(found):
    """85 of 100: 10 points not applicable, and three lines short.

    Lost: 5 for the chi ủy's meeting, 4 of 10 for criticism, 1 for speaking.
    """
    classes = set(found["class_id"])
    found = found.set_index(S0)["total"]
    assert found["zero", "secretary_and_deputy", "members_alone"] == 80
    assert found["rescale_total", "secretary_and_deputy", "members_alone"] == pytest.approx(
        80 / 90 * 100
    )
    assert found["full", "full", "as_not_applicable"] == 99
    assert found["rescale_total", "as_not_applicable", "as_not_applicable"] == pytest.approx(
        74 / 75 * 100
    )
    assert classes >= {"tot", "kha"}


def test_unknown_questions_and_too_many_combinations_are_refused(case):
    with pytest.raises(InputError) as caught:
        every_combination(case, ["not_aplicable"])
    assert caught.value.findings[0].hint == "not_applicable"
    with pytest.raises(InputError) as caught:
        every_combination(case, [*S0, "attendance_denominator", "exempt_present", "level_gap"])
    assert caught.value.findings[0].code == "too-many-combinations"
