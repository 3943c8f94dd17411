"""The letter counts what it lists.

Checked by scoring every combination of the listed contents, everything else as in use.
"""

import itertools

import pytest

from assess.scoring import score
from assess.studies.readings import study_readings
from assess.studies.readings.petition import petition
from kit.slices_to_read import cut

FIVE = [
    "not_applicable",
    "no_chi_uy",
    "chi_uy_in_criticism",
    "results_first_month",
    "thematic_points_off_month",
]


def slice_of(dang_bo, year):
    return cut("data/sample", dang_bo, year, f"{int(year) + 1}-01-10")


def classes(made, readings):
    """Return the class of every held meeting of the period, None while it waits."""
    held = score(made, readings).meetings
    held = held[held["status"] == "held"]
    return {
        m.meeting_id: m.class_id if isinstance(m.class_id, str) and not m.waiting else None
        for m in held.itertuples()
    }


def moved(made, space, asked):
    """Return the meetings that change class under some combination of some questions.

    The second set holds those that change where one question alone is read otherwise.
    """
    now = classes(made, {})
    (chosen,) = score(made, {}).chosen.values()
    in_use = [chosen[q].option.id for q in asked]
    any_way, alone = set(), set()
    for combination in itertools.product(
        *([o.id for o in space.question(q).options] for q in asked)
    ):
        then = classes(made, dict(zip(asked, combination, strict=True)))
        moving = {meeting for meeting in now if then[meeting] != now[meeting]}
        any_way |= moving
        alone |= (
            moving
            if sum(one != other for one, other in zip(combination, in_use, strict=True)) == 1
            else set()
        )
    return any_way, alone


@pytest.mark.parametrize(
    ("dang_bo", "year", "number"),
    [("phuong-vi-du", "2026", 41), ("ubnd-vi-du", "2026", 10), ("dh-gia-lap", "2026", 24)],
)
def test_a_meeting_counts_only_if_combinations_of_the_listed_contents_alone_change_its_class(
    dang_bo, year, number
):
    made = slice_of(dang_bo, year)
    found = petition(made, study_readings(made, FIVE, basis=False))
    any_way, alone = moved(made, found.study.space, found.asked)
    assert (found.any_way, found.one_alone) == (len(any_way), len(alone))
    assert found.any_way == number
    assert found.changed_by(*found.asked) == len(alone)
    assert found.held >= found.classed >= found.any_way >= found.one_alone > 0


@pytest.mark.parametrize(
    ("dang_bo", "year", "any_way", "one_alone"),
    [
        ("xa-mau-thu", "2026", 63, 44),
        ("xa-mau-thu", "2025", 18, 10),
        ("qs-tinh", "2026", 20, 17),
        ("ct-mo-phong", "2025", 21, 5),
    ],
)
def test_any_combination_and_one_content_alone_are_two_numbers(dang_bo, year, any_way, one_alone):
    made = slice_of(dang_bo, year)
    found = petition(made, study_readings(made, FIVE, basis=False))
    assert (found.any_way, found.one_alone) == (any_way, one_alone)


def test_a_study_that_moved_what_points_are_taken_from_counts_no_more_in_the_letter():
    made = slice_of("phuong-vi-du", "2026")
    wide = study_readings(made, FIVE)
    assert (
        wide.flips.loc[wide.flips["questions"] != "score_basis", "case_id"].nunique() == 44
    )  # three move only together with the basis, which the letter does not list
    assert petition(made, wide).any_way == 41


def test_a_content_within_another_stands_after_it_and_says_which_meetings_both_count():
    made = slice_of("phuong-vi-du", "2026")
    found = petition(made, study_readings(made, FIVE, basis=False))
    assert found.asked == ("not_applicable", "thematic_points_off_month", "results_first_month")
    assert found.idle == ("no_chi_uy", "chi_uy_in_criticism")
    assert found.nested == {
        "thematic_points_off_month": "not_applicable",
        "results_first_month": "not_applicable",
    }
    shared = {s.option: s for s in found.shared["thematic_points_off_month"]}
    zero, full = shared["literal"], shared["full"]
    assert (zero.both, zero.changed, zero.other, zero.other_changed) == (29, 29, "zero", 33)
    assert (full.both, full.changed, full.other, full.other_changed) == (8, 8, "full", 10)
