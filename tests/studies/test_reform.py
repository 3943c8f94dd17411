from pathlib import Path

import pytest

from assess.rule_tools.diff import changes, with_change
from assess.rules import parse_rule_set
from assess.scoring import score
from assess.studies import compare
from kit.small_slices import small_slice

COMBINED = {"kind": "ket_hop", "minutes": 120}


def changed(rules, *pairs):
    """Return a rule set with some of its YAML changed."""
    path = Path(__file__).parents[2] / f"params/rules/{rules.id}.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return parse_rule_set(text, path)


STREAK = "met_when: {fact: longest_excused_streak, at_most: 3}"


@pytest.fixture(scope="module")
def stricter_bands(an_phu):
    return changed(
        an_phu,
        ("title: Tốt, at_least: 90,", "title: Tốt, at_least: 95,"),
        ("at_least: 70, below: 90", "at_least: 70, below: 95"),
    )


def test_a_higher_cut_moves_only_the_meetings_below_it_and_names_the_classes(
    an_phu, stricter_bands
):
    sheets = {("a", "self"): {}, ("b", "self"): {"c4_regular": 0.0}}
    made = small_slice(an_phu, {"a": COMBINED, "b": {**COMBINED, "for_month": "2026-02"}}, sheets)
    found = compare(made, an_phu, stricter_bands)
    assert [c.key for c in found.changes] == ["bands"]
    table = found.meetings.set_index("meeting_id")
    assert table.loc["a", "verdict"] == "same"
    assert table.loc["b", ["old", "new", "verdict"]].tolist() == ["Tốt", "Khá", "changed"]
    assert table.loc["b", "through"] == "các mức xếp loại"


def test_a_changed_line_is_named_with_what_it_was_and_what_it_is(an_phu):
    new = changed(an_phu, (STREAK, STREAK.replace("3", "2")))
    (change,) = changes(an_phu, new)
    assert change.key == "c2_bonus"
    assert (" không quá 3;" in change.before, " không quá 2;" in change.after) == (True, True)
    assert with_change(an_phu, new, change).criteria[2].met_when.at_most.plus == 2


def test_the_clause_that_flips_a_class_alone_is_found_among_several(an_phu):
    made = small_slice(
        an_phu,
        {"a": {**COMBINED, "longest_excused_streak": 3}},
        {("a", "self"): {"c4_regular": 0.0}},
    )
    assert score(made, {"score_basis": "recomputed"}).meetings.loc[0, "total"] == 90
    new = changed(an_phu, (STREAK, STREAK.replace("3", "1")), ("  base: 90\n", "  base: 80\n"))
    found = compare(made, an_phu, new)
    assert {c.key for c in found.changes} == {"c2_bonus", "required_minutes"}
    row = found.meetings.loc[0]
    assert (row["old"], row["new"]) == ("Tốt", "Khá")
    assert "c2_bonus" in row["through"]
    assert "thời lượng" not in row["through"]


def test_without_its_lines_a_class_is_stated_only_when_the_facts_alone_decide(an_phu, rules):
    hd12 = rules["hd12-2018"]
    meetings = {
        "a": {**COMBINED, "present": 17, "absent_excused": 3},
        "b": {**COMBINED, "for_month": "2026-02"},
    }
    made = small_slice(an_phu, meetings, {("a", "self"): {}, ("b", "self"): {}})
    found = compare(made, an_phu, hd12)
    table = found.meetings.set_index("meeting_id")
    assert table.loc["a", ["new", "verdict"]].tolist() == ["Chưa đạt", "changed"]
    assert "m1_rate" in table.loc["a", "through"]
    assert table.loc["b", ["new", "verdict"]].tolist() == ["Chưa đạt – Đạt", "unknown"]
    assert "m3_book" in found.missing["new"]
    assert found.missing["old"] == ()


def test_a_form_compared_with_itself_changes_nothing(an_phu, cut):
    found = compare(cut("qs-tinh", "2026-Q1"), an_phu, an_phu)
    assert found.changes == ()
    assert set(found.meetings["verdict"]) == {"same"}


def test_forms_that_share_no_line_are_compared_without_borrowing_clauses(an_phu, rules, cut):
    made = cut("qst-01", "2026-Q1")
    for other in ("binh-thuan-khoi", "hd12-2018"):
        found = compare(made, an_phu, rules[other])
        assert set(found.meetings["verdict"]) <= {"same", "changed", "unknown"}
        assert compare(made, rules[other], an_phu).missing["old"]


def test_a_renamed_class_is_said_to_be_only_renamed(an_phu, cut):
    found = compare(
        cut("qs-tinh", "2026-Q1"), an_phu, changed(an_phu, ("title: Tốt,", "title: Xuất sắc,"))
    ).meetings
    renamed = found[found["verdict"] == "changed"]
    assert len(renamed)
    assert set(renamed["through"]) <= {"chỉ khác tên gọi của mức", "các mức xếp loại"}


def test_a_draft_that_only_decides_a_question_otherwise_is_a_change(an_phu):
    new = changed(an_phu, ("default: full_if_lone_secretary", "default: full"))
    (change,) = changes(an_phu, new)
    assert change.key == "questions.no_chi_uy"
    assert with_change(an_phu, new, change).questions[-1].default == "full"
