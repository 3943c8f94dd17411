import pytest

from assess.scoring import score
from assess.studies import (
    contradictions,
    losses_by_criterion,
    losses_by_group,
    rater_pairs,
    rater_summary,
)
from kit.small_slices import small_slice

TWO = {
    "a": {"kind": "ket_hop", "for_month": "2026-01"},
    "b": {"kind": "ket_hop", "for_month": "2026-02"},
}


def test_lost_points_by_group_are_the_means_over_the_sheets_that_count(an_phu):
    sheets = {
        ("a", "self"): {"c4_regular": 0.0},
        ("b", "self"): {"c3_content": 0.0, "c7_result": 24.0},
    }
    table = losses_by_group(score(small_slice(an_phu, TWO, sheets))).set_index("group_id")
    assert table["lost"].to_dict() == {
        "g1": 0,
        "g2": 0,
        "g3": 1.5,
        "g4": 5,
        "g5": 0,
        "g6": 0,
        "g7": 3,
        "g8": 0,
    }
    assert table["share"].sum() == pytest.approx(1)
    assert table["weight"].sum() == 100


def test_where_the_superior_decides_only_the_superiors_lines_count(an_phu):
    sheets = {("a", "self"): {"c4_regular": 0.0}, ("a", "superior"): {"c3_content": 0.0}}
    scores = score(small_slice(an_phu, TWO, sheets))
    assert set(scores.counting_lines["rater"]) == {"superior"}
    assert losses_by_criterion(scores).iloc[0]["criterion_id"] == "c3_content"
    both = score(small_slice(an_phu, TWO, sheets), {"self_vs_superior": "mean"})
    assert set(both.counting_lines["rater"]) == {"self", "superior"}


def test_pairs_are_compared_in_points_and_classes(an_phu):
    sheets = {
        ("a", "self"): {},
        ("a", "superior"): {"c4_regular": 0.0, "c3_direction": 0.0},
        ("b", "self"): {"c3_content": 0.0},
        ("b", "superior"): {},
    }
    found = rater_summary(rater_pairs(score(small_slice(an_phu, TWO, sheets))))
    assert found == {
        "pairs": 2,
        "same_class": 1,
        "class_higher": 1,
        "class_lower": 0,
        "with_points": 2,
        "self_higher": 1,
        "self_lower": 1,
        "mean_difference": 4.5,
        "largest_difference": 12,
    }


def test_without_pairs_there_is_nothing_to_compare(an_phu):
    pairs = rater_pairs(score(small_slice(an_phu, TWO, {("a", "self"): {}})))
    assert pairs.empty
    assert rater_summary(pairs)["pairs"] == 0


def test_contradictions_are_listed_with_both_numbers(an_phu):
    made = small_slice(
        an_phu,
        {"a": {"kind": "ket_hop", "minutes": 80, "targets_met": 5}},
        {("a", "self"): {"c7_result": 10.0}},
    )
    table = contradictions(score(made)).set_index("criterion_id")
    assert table[["entered", "recomputed", "difference"]].to_dict("index") == {
        "c1_time": {"entered": 5.0, "recomputed": 4.0, "difference": 1.0},
        "c7_result": {"entered": 10.0, "recomputed": 15.0, "difference": -5.0},
    }


def test_a_line_that_does_not_apply_contradicts_nothing(an_phu):
    made = small_slice(
        an_phu,
        {"a": {"kind": "ket_hop", "chi_uy_met": False}},
        {("a", "self"): {}},
        chi_bo={"has_chi_uy": False, "has_deputy": False},
    )
    assert contradictions(score(made)).empty
