"""Forms without points: every mark that applies must be met; raters, gates and thematic forms."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.rules.parts import Edge
from assess.scoring import score
from kit.examples import examples
from kit.reached import Reached
from kit.small_slices import small_slice

ONE = {"m": {}}


@pytest.fixture(scope="module")
def hd12(rules):
    return rules["hd12-2018"]


def meeting(form, sheets, readings=None, meetings=None, **chi_bo):
    made = small_slice(form, meetings or ONE, sheets, chi_bo=chi_bo)
    return score(made, readings).meetings.iloc[0]


def test_a_meeting_is_met_when_no_line_that_applies_fails(hd12):
    reached = Reached()
    # most lines are met, or nothing applies: with an even draw of 17 lines hardly any meeting is
    marks = st.sampled_from(
        [[1.0], [1.0] * 40 + ["n/a"], [1.0] * 20 + [0.0, "n/a"], ["n/a"]]
    ).flatmap(lambda usual: st.lists(st.sampled_from(usual), min_size=17, max_size=17))

    @examples(40, derandomize=True)
    @given(
        st.lists(marks, min_size=1, max_size=12),
        st.sampled_from(["rescale_total", "zero", "leave_out"]),
    )
    def check(sheets, reading):
        held = {f"m{i:02d}": {"for_month": f"2026-{i + 1:02d}"} for i in range(len(sheets))}
        entries = {
            (name, "self"): dict(zip((c.id for c in hd12.criteria), marks, strict=True))
            for name, marks in zip(held, sheets, strict=True)
        }
        scored = score(small_slice(hd12, held, entries), {"not_applicable": reading})
        results = scored.meetings.set_index("meeting_id").loc[list(held)].to_dict("records")
        for marks, found in zip(sheets, results, strict=True):
            class_id = None if pd.isna(found["class_id"]) else found["class_id"]
            reached.note(class_id, reading == "zero")
            if all(
                mark == "n/a" for mark in marks
            ):  # nothing applies: no class, however a single line is read
                assert found["why_waiting"] == ""
                assert class_id is None
            else:
                fails = 0.0 in marks or (reading == "zero" and "n/a" in marks)
                assert class_id == ("chua_dat" if fails else "dat")
            assert found["total"] != found["total"]

    check()
    reached.must_have_seen(
        *((name, zero) for name in ("dat", "chua_dat", None) for zero in (False, True))
    )


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
    assert (
        meeting(an_phu, blank, {"superior_silent": "pending"}, combined)["why_waiting"] == "blank"
    )


def test_seventeen_of_twenty_fails_and_own_minutes_hold_for_a_tiny_chi_bo(hd12):
    recomputed = {"score_basis": "recomputed"}
    sheets = {("m", "self"): {}}
    assert (
        meeting(hd12, sheets, recomputed, {"m": {"present": 17, "absent_excused": 3}})["class_id"]
        == "chua_dat"
    )
    assert (
        meeting(hd12, sheets, recomputed, {"m": {"present": 18, "absent_excused": 2}})["class_id"]
        == "dat"
    )
    tiny = {"roll": 3, "present": 3, "speakers": 3, "minutes": 45}
    assert meeting(hd12, sheets, recomputed, {"m": tiny})["class_id"] == "chua_dat"
    assert (
        meeting(hd12, sheets, recomputed, {"m": {**tiny, "own_required_minutes": 45}})["class_id"]
        == "dat"
    )


def test_a_failed_gate_on_a_sheet_with_only_a_total_lowers_one_class(rules):
    form = rules["binh-thuan-khoi"]
    found = score(
        small_slice(form, ONE, {("m", "self"): {"b_total": 95.0, "b_time": 0.0}})
    ).sheets.iloc[0]
    assert (found["total"], found["class_id"], found["gate"]) == (95, "kha", "bon_tieu_chi")


def test_a_thematic_form_scores_thematic_meetings(cut):
    scores = score(cut("ct-mo-phong", "2025-H1"))
    on_two = scores.meetings[scores.meetings["rule_set_id"] == "nghe-an-qd27-bieu2"]
    assert set(on_two["kind"]) == {"chuyen_de"}
    assert on_two["assessed"].any()


def line_of(form, criterion_id, **change):
    """The form with one line changed, built anew."""
    groups = tuple(
        g.model_copy(
            update={
                "criteria": tuple(
                    c.model_copy(update=change) if c.id == criterion_id else c for c in g.criteria
                )
            }
        )
        for g in form.groups
    )
    return type(form).model_construct(
        **{**{name: getattr(form, name) for name in type(form).model_fields}, "groups": groups}
    )


COMBINED = {"m": {"kind": "ket_hop", "minutes": 120}}


@pytest.mark.parametrize(
    "reading", ["rescale_total", "zero", "full", "rescale_group", "leave_out", "scale_cuts"]
)
def test_a_bonus_that_is_not_counted_is_not_counted_whatever_is_done_with_what_does_not_apply(
    an_phu, reading
):
    entries = {"c2_bonus": 0.0, "c3_notify": 0.0}
    found = meeting(
        an_phu,
        {("m", "self"): entries},
        {"bonus_line": "left_out", "not_applicable": reading},
        COMBINED,
    )
    assert found["total"] == pytest.approx(98 / 99 * 100)


@pytest.mark.parametrize("lost", [0.0, 2.0, 17.0, 20.0])
def test_a_bonus_on_top_of_a_form_of_105_never_makes_more_than_105(an_phu, lost):
    """The trial rule set of 100 points and a bonus of 5 had given 98 + 5 points as 107.9 of 105."""
    form = line_of(an_phu, "c2_bonus", max=6.0)
    bands = (an_phu.bands[0].model_copy(update={"at_most": Edge(plus=105)}), *an_phu.bands[1:])
    form = type(form).model_construct(
        **{
            **{name: getattr(form, name) for name in type(form).model_fields},
            "total": 105.0,
            "bands": bands,
        }
    )
    entries = {
        "c2_bonus": 5.0,
        "c4_regular": 10 - min(lost, 10.0),
        "c4_process": 5.0 - max(lost - 10.0, 0.0) / 2,
        "c4_thematic": 5.0 - max(lost - 10.0, 0.0) / 2,
    }
    found = meeting(form, {("m", "self"): entries}, {"bonus_line": "on_top"}, COMBINED)
    whole = 99.0
    assert found["total"] == pytest.approx(min(105.0, (whole - lost) / whole * 105 + 5))
    assert found["total"] <= found["out_of"] == 105
    assert found["class_id"] == ("tot" if found["total"] >= 90 else "kha")


def test_whether_an_entry_is_over_the_maximum_is_asked_of_what_was_written(an_phu):
    over = meeting(
        an_phu, {("m", "self"): {"c4_regular": 10.4}}, {"decimal_points": "whole"}, COMBINED
    )
    assert over["why_waiting"] == "over_max"
    half = line_of(an_phu, "c5_conclude", max=2.5)
    full = score(
        small_slice(half, COMBINED, {("m", "self"): {}}), {"decimal_points": "whole"}
    ).lines.set_index("criterion_id")
    assert full.loc["c5_conclude", "points"] == 2.5


def test_the_lower_of_two_equal_totals_is_the_one_that_a_condition_holds_down(rules):
    sheets = {("m", "self"): {"b_total": 91.5}, ("m", "superior"): {"b_total": 91.5, "b_time": 0.0}}
    found = meeting(rules["binh-thuan-khoi"], sheets, {"self_vs_superior": "lower"})
    assert (found["counting"], found["class_id"], found["gate"]) == (
        "superior",
        "kha",
        "bon_tieu_chi",
    )
