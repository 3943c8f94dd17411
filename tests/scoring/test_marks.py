"""Forms without points: every mark that applies must be met; raters, gates and thematic forms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assess.scoring import score
from scoring.build import small_slice

ONE = {"m": {}}


@pytest.fixture(scope="module")
def hd12(rules):
    return rules["hd12-2018"]


def meeting(form, sheets, readings=None, meetings=None, **chi_bo):
    made = small_slice(form, meetings or ONE, sheets, chi_bo=chi_bo)
    return score(made, readings).meetings.iloc[0]


@given(st.lists(st.sampled_from([1.0, 0.0, "n/a"]), min_size=17, max_size=17), st.sampled_from(["rescale_total", "zero", "leave_out"]))
@settings(max_examples=60, deadline=None)
def test_a_meeting_is_met_when_no_line_that_applies_fails(hd12, marks, reading):
    entries = dict(zip((c.id for c in hd12.criteria), marks, strict=True))
    found = meeting(hd12, {("m", "self"): entries}, {"not_applicable": reading})
    if all(mark == "n/a" for mark in marks) and reading != "zero":
        assert found["why_waiting"] == ""
        assert found["class_id"] is None
    else:
        fails = 0.0 in marks or (reading == "zero" and "n/a" in marks)
        assert found["class_id"] == ("chua_dat" if fails else "dat")
    assert found["total"] != found["total"]


def test_raters_of_a_form_without_points_are_compared_by_class(hd12):
    sheets = {("m", "self"): {}, ("m", "superior"): {"m3_book": 0.0}}
    assert meeting(hd12, sheets)["class_id"] == "chua_dat"
    assert meeting(hd12, sheets, {"self_vs_superior": "self"})["class_id"] == "dat"
    assert meeting(hd12, sheets, {"self_vs_superior": "lower"})["counting"] == "superior"
    assert meeting(hd12, sheets, {"self_vs_superior": "mean"})["why_waiting"] == "no_mean"
    agreed = {("m", "self"): {}, ("m", "superior"): {}}
    assert meeting(hd12, agreed, {"self_vs_superior": "mean"})["class_id"] == "dat"


def test_a_meeting_that_the_superior_has_not_scored_may_have_to_wait(an_phu):
    sheets = {("m", "self"): {}}
    combined = {"m": {"kind": "ket_hop"}}
    assert meeting(an_phu, sheets, meetings=combined)["class_id"] == "tot"
    found = meeting(an_phu, sheets, {"superior_silent": "pending"}, combined)
    assert (found["class_id"], found["why_waiting"]) == (None, "no_superior")
    both = {**sheets, ("m", "superior"): {}}
    assert meeting(an_phu, both, {"superior_silent": "pending"}, combined)["class_id"] == "tot"
    blank = {("m", "self"): {"c3_content": None}}
    assert meeting(an_phu, blank, {"superior_silent": "pending"}, combined)["why_waiting"] == "blank"


def test_seventeen_of_twenty_fails_and_own_minutes_hold_for_a_tiny_chi_bo(hd12):
    recomputed = {"score_basis": "recomputed"}
    sheets = {("m", "self"): {}}
    assert meeting(hd12, sheets, recomputed, {"m": {"present": 17, "absent_excused": 3}})["class_id"] == "chua_dat"
    assert meeting(hd12, sheets, recomputed, {"m": {"present": 18, "absent_excused": 2}})["class_id"] == "dat"
    tiny = {"roll": 3, "present": 3, "speakers": 3, "minutes": 45}
    assert meeting(hd12, sheets, recomputed, {"m": tiny})["class_id"] == "chua_dat"
    assert meeting(hd12, sheets, recomputed, {"m": {**tiny, "own_required_minutes": 45}})["class_id"] == "dat"


def test_a_failed_gate_on_a_sheet_with_only_a_total_lowers_one_class(rules):
    form = rules["binh-thuan-khoi"]
    found = score(small_slice(form, ONE, {("m", "self"): {"b_total": 95.0, "b_time": 0.0}})).sheets.iloc[0]
    assert (found["total"], found["class_id"], found["gate"]) == (95, "kha", "bon_tieu_chi")


def test_a_thematic_form_scores_thematic_meetings(cut):
    scores = score(cut("ct-mo-phong", "2025-H1"))
    on_two = scores.meetings[scores.meetings["rule_set_id"] == "nghe-an-qd27-bieu2"]
    assert set(on_two["kind"]) == {"chuyen_de"}
    assert on_two["assessed"].any()
