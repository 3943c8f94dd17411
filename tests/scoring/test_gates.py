"""Class conditions on a copy of An Phú's rule set, which has none of its own."""

import pytest

from assess.rules.model import ClassCondition
from assess.scoring import score
from kit.small_slices import small_slice

THEMATIC = {"kind": "ket_hop"}


@pytest.fixture(scope="module")
def gated(an_phu):
    cite = an_phu.bands[0].cite
    gate = ClassCondition(
        id="g",
        title="x",
        holds="tot",
        needs=[{"criterion": "c2_rate"}, {"criterion": "c7_result"}],
        cite=cite,
    )
    return an_phu.model_copy(update={"gates": (gate,)})


def sheet(rules, entries, readings=None):
    return score(
        small_slice(rules, {"m": THEMATIC}, {("m", "self"): entries}), readings or {}
    ).sheets.iloc[0]


def test_a_failed_gate_lowers_the_class_by_one_and_keeps_the_points(gated):
    found = sheet(gated, {"c2_rate": 3.0})
    assert (found["total"], found["class_id"], found["gate"]) == (99, "kha", "g")


def test_a_passed_gate_and_a_lower_class_are_left_alone(gated):
    assert sheet(gated, {"c3_content": 0.0})["class_id"] == "tot"
    found = sheet(gated, {"c2_rate": 3.0, "c4_regular": 0.0})
    assert (found["class_id"], found["gate"]) == ("kha", "")


def test_the_class_may_be_that_of_the_line_that_failed(an_phu, gated):
    raised = gated.model_copy(
        update={
            "questions": (
                *gated.questions,
                gated.questions[0].model_copy(update={"id": "gate_fall"}),
            )
        }
    )
    assert (
        sheet(raised, {"c2_rate": 2.0}, {"gate_fall": "class_of_failed_line"})["class_id"]
        == "trung_binh"
    )
    assert (
        sheet(raised, {"c2_rate": 1.0}, {"gate_fall": "class_of_failed_line"})["class_id"] == "kem"
    )
    assert (
        sheet(raised, {"c2_rate": 3.0}, {"gate_fall": "class_of_failed_line"})["class_id"] == "kha"
    )


def test_a_line_that_does_not_apply_fails_no_gate(gated):
    assert sheet(gated, {"c2_rate": "n/a"})["class_id"] == "tot"
