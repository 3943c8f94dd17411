from pathlib import Path

import pytest

from assess.base.errors import InputError
from assess.rules import load_rule_sets, parse_rule_set

PATH = Path("an-phu-hd42.yaml")


@pytest.fixture(scope="module")
def text(root):
    return (root / "params/rules/an-phu-hd42.yaml").read_text(encoding="utf-8")


def test_the_form_of_an_phu_has_its_28_lines_that_add_up_to_100(an_phu):
    assert [len(g.criteria) for g in an_phu.groups] == [1, 2, 5, 8, 4, 4, 1, 3]
    assert sum(c.max for c in an_phu.criteria) == 100
    assert [g.max for g in an_phu.groups] == [5, 5, 10, 30, 10, 5, 30, 5]


def test_the_weakest_fidelity_of_any_clause_is_that_of_the_file(an_phu, text):
    assert an_phu.fidelity == "third-party-copy"
    mixed = text.replace(
        "cite: {source: bieu, at: nhóm 7}",
        "cite: {source: bieu, at: nhóm 7, fidelity: illustrative}",
        1,
    )
    assert parse_rule_set(mixed, PATH).fidelity == "illustrative"


BROKEN = [
    # old text, new text, code, line and column of the finding
    ("title: Tỷ lệ dự họp", "titel: Tỷ lệ dự họp", "unknown-key"),
    ("id: an-phu-hd42", "id: an-phu-hd42\nid: an-phu-hd42", "duplicate-key"),
    ("        cite: {source: bieu, at: nhóm 7}\n", "", "missing-key"),
    ("points: 4, at_least: 0.9}", "points: 4, at_least: 0.92}", "gap"),
    ("at_least: 0.75, below: 0.9}", "at_least: 0.75, below: 0.95}", "overlap"),
    (
        "          - {between: [half, short_30], question: level_gap}\n",
        "          - {between: [half, short_15], question: level_gap}\n",
        "gap",
    ),
    (
        "          - {between: [from_40, over_50], question: level_gap}",
        "          - {between: [under_30, from_30], question: level_gap}",
        "gap",
    ),
    ("below: 0.3}", "below: 0}", "gap"),
    ("total: 100", "total: 99", "wrong-sum"),
    (
        "    title: Tổ chức sinh hoạt\n    max: 30",
        "    title: Tổ chức sinh hoạt\n    max: 31",
        "wrong-sum",
    ),
    ("valid_from: 2025-10-28", "valid_from: 2025-13-28", "bad-date"),
    ("valid_from: 2025-10-28", "valid_from: 28/10/2025", "bad-date"),
    ("fact: target_rate", "fact: target_rat", "unknown-fact"),
    ("kind: yes_no", "kind: yesno", "not-allowed"),
    ("question: no_chi_uy}", "question: no_chi_uyy}", "unknown-question"),
    ("default: full_if_lone_secretary", "default: full_if_lone", "unknown-option"),
    ("level: under_65,", "level: under_56,", "unknown-level"),
    ("to: c4_regular}", "to: c4_regula}", "unknown-criterion"),
    (
        "cite: {source: hd42, at: phần II.3.1}",
        "cite: {source: hd24, at: phần II.3.1}",
        "unknown-source",
    ),
    ("title: từ 90%, points: 4", "title: từ 90%, points: 3", "best-level-not-max"),
    ("max: 30\n        fact", "max: ba mươi\n        fact", "wrong-type"),
    (
        "{id: kha, title: Khá, at_least: 70, below: 90,",
        "{id: kha, title: Khá, at_least: 70, below: 80,",
        "gap",
    ),
    ("{id: kem, title: Kém, below: 50,", "{id: kem, title: Kém, below: 55,", "overlap"),
    (
        "met_when: {fact: chi_uy_met, is: true}",
        "met_when: {fact: chi_uy_met, at_least: 1}",
        "condition-kind",
    ),
    ("        otherwise: {question: no_chi_uy}\n", "", "applies-without-otherwise"),
    ("  - id: level_overlap\n", "  - id: gate_fall\n", "question-not-raised"),
    ("      - id: c2_bonus", "      - id: c2_rate", "duplicate-id"),
    ("id: an-phu-hd42", "id: an-phu", "id-is-not-file-name"),
]


@pytest.mark.parametrize(
    ("old", "new", "code"), BROKEN, ids=[f"{code}-{i}" for i, (_, _, code) in enumerate(BROKEN)]
)
def test_a_broken_form_is_refused_at_the_line_that_is_wrong(text, old, new, code):
    assert old in text
    broken = text.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        parse_rule_set(broken, PATH)
    found = [f.place for f in caught.value.findings if f.code == code]
    changed = next(
        i
        for i, (a, b) in enumerate(
            zip(text.splitlines(), broken.splitlines(), strict=False), start=1
        )
        if a != b
    )
    if (
        code == "question-not-raised"
    ):  # the clause that asks the question is wrong, not the list that lacks the question
        assert "overlaps" in broken.splitlines()[found[0].line - 2]
    else:  # a proof about levels points at the head of the list that fails, a few lines above the change
        assert any(changed - 16 <= place.line <= changed + 2 for place in found)
    assert all(place.column > 0 for place in found)


OTHER_BROKEN = [
    # file, old text, new text, code
    (
        "hd12-2018",
        "kind: mark\n        met_when: {fact: absent_unexcused",
        "kind: mark\n        max: 5\n        met_when: {fact: absent_unexcused",
        "marks-have-no-points",
    ),
    (
        "hd12-2018",
        "    title: Công tác chuẩn bị\n",
        "    title: Công tác chuẩn bị\n    max: 4\n",
        "marks-have-no-points",
    ),
    ("hd12-2018", "outcome:\n", "total: 10\noutcome:\n", "marks-have-no-points"),
    (
        "hd12-2018",
        "at_least: {of: required_minutes}",
        "at_least: {of: require_minutes}",
        "edge-without-value",
    ),
    (
        "hd12-2018",
        "bounds_question: attendance_bound",
        "bounds_question: excused_streak",
        "question-role",
    ),
    ("hd12-2018", "{id: chua_dat, title", "{id: dat, title", "duplicate-id"),
    ("binh-thuan-khoi", "holds: tot", "holds: tott", "unknown-class"),
    ("binh-thuan-khoi", "holds: tot", "holds: kem", "gate-on-lowest"),
    ("binh-thuan-khoi", "{criterion: b_time}", "{criterion: b_tme}", "unknown-criterion"),
    ("binh-thuan-khoi", "kind: points, max: 100,", "kind: points,", "missing-key"),
    ("binh-thuan-khoi", "kind: points, max: 100,", "kind: points, max: 90,", "wrong-sum"),
    ("binh-thuan-khoi", "  - id: gate_fall\n", "  - id: level_gap\n", "question-not-raised"),
    ("phu-tho-khoi", "valid_to: 2025-10-27", "valid_to: 2015-10-27", "dates-reversed"),
    ("nghe-an-qd27-bieu2", "meeting: chuyen_de", "meeting: chuyende", "not-allowed"),
    (
        "lai-chau-qd14",
        "{id: kha, title: Khá, at_least: 70, below: 90",
        "{id: kha, title: Khá, at_least: 70, below: 95",
        "overlap",
    ),
    (
        "binh-thuan-khoi",
        "title: Tốt, at_least: 90, cite: {source: sotay",
        "title: Tốt, at_least: {of: minutes}, cite: {source: sotay",
        "edge-without-value",
    ),
    (
        "an-phu-hd42",
        "thematic_points_off_month, to: c4_regular}",
        "thematic_points_off_month}",
        "otherwise-to",
    ),
    (
        "an-phu-hd42",
        "otherwise: {question: no_chi_uy}",
        "otherwise: {question: no_chi_uy, to: c4_regular}",
        "otherwise-to",
    ),
    (
        "an-phu-hd42",
        "lines: [c4_regular, c4_thematic]",
        "lines: [c4_regular, c4_regular]",
        "duplicate-id",
    ),
    ("lai-chau-qd14", "kind: points, max: 5,", "kind: points, step: 2, max: 5,", "step-off-max"),
    (
        "lai-chau-qd14",
        "kind: yes_no, max: 10,",
        "kind: yes_no, step: 5, max: 10,",
        "line-key-unused",
    ),
    (
        "lai-chau-qd14",
        "otherwise: {question: not_applicable}",
        "otherwise: {question: blank_line}",
        "question-role",
    ),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    OTHER_BROKEN,
    ids=[f"{n}-{c}-{i}" for i, (n, _, _, c) in enumerate(OTHER_BROKEN)],
)
def test_other_kinds_of_forms_are_refused_at_the_line_that_is_wrong_too(root, name, old, new, code):
    path = root / f"params/rules/{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InputError) as caught:
        parse_rule_set(text.replace(old, new, 1), path)
    found = [f.place for f in caught.value.findings if f.code == code]
    assert found, caught.value
    assert all(place.line > 0 and place.column > 0 for place in found)
    if code not in (
        "question-not-raised",
        "overlap",
    ):  # these point at the clause that asks, and at the list that fails
        changed = text[: text.index(old)].count("\n") + 1
        assert any(changed - 4 <= place.line <= changed + 3 for place in found)


def test_a_form_has_classes_by_points_or_an_outcome_and_not_both(root):
    path = root / "params/rules/hd12-2018.yaml"
    text = path.read_text(encoding="utf-8")
    with pytest.raises(InputError) as caught:
        parse_rule_set(text[: text.index("outcome:")] + text[text.index("questions:") :], path)
    assert [f.code for f in caught.value.findings] == ["bands-or-outcome"]


def test_a_gate_that_can_never_strike_is_refused_with_the_best_total_that_fails_it(an_phu, root):
    text = (root / "params/rules/an-phu-hd42.yaml").read_text(encoding="utf-8")
    gate = "gates:\n  - {id: cua, title: kết quả, holds: tot, needs: [{criterion: c3_content}, {criterion: %s}], cite: {source: bieu, at: x}}\n"
    raised = "questions:\n  - {id: gate_fall, why: thử, cite: {source: bieu, at: x}}\n"
    fine = text.replace("questions:\n", gate % "c7_result" + raised, 1)
    assert parse_rule_set(fine, PATH).gates[0].needs[1].criterion == "c7_result"
    heavy = fine.replace(
        "{id: from_80, title: từ 80% đến dưới 90%, points: 27",
        "{id: from_80, title: từ 80% đến dưới 90%, points: 19",
    )
    with pytest.raises(InputError) as caught:
        parse_rule_set(
            heavy.replace("points: 24,", "points: 18,").replace("points: 20,", "points: 17,"), PATH
        )
    (found,) = caught.value.findings
    assert found.code == "gate-unreachable"
    assert "89" in str(found)


def test_a_gap_comes_with_a_counter_example_and_the_clause(text):
    with pytest.raises(InputError) as caught:
        parse_rule_set(
            text.replace("points: 4, at_least: 0.9}", "points: 4, at_least: 0.92}"), PATH
        )
    message = str(caught.value)
    assert "tỷ lệ dự họp bằng 0,9 " in message
    assert "nhóm 2, dòng 1" in message


def test_a_misspelled_name_is_answered_with_the_nearest_valid_one(text):
    with pytest.raises(InputError) as caught:
        parse_rule_set(text.replace("fact: target_rate", "fact: target_rat"), PATH)
    assert caught.value.findings[0].hint == "target_rate"


def test_all_findings_of_all_files_come_at_once(tmp_path, text):
    (tmp_path / "a.yaml").write_text(
        text.replace("id: an-phu-hd42", "id: a", 1).replace("total: 100", "total: 90"),
        encoding="utf-8",
    )
    (tmp_path / "b.yaml").write_text("id: b\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_rule_sets(tmp_path)
    files = {Path(f.place.file).name for f in caught.value.findings}
    assert files == {"a.yaml", "b.yaml"}
