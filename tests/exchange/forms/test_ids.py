import hashlib
import json
from pathlib import Path

import pytest

from assess.base.errors import InputError
from assess.exchange.forms.ids import (
    FormId,
    is_id,
    law_digest,
    meeting_id_for,
    parse_id,
    titles_digest,
)
from assess.rules import parse_rule_set
from kit.score_forms import codes, read

FIRST = Path(__file__).with_name("first-edition.xlsx")
"""A score form handed out in the first edition, filled in."""


def test_an_id_reads_back_as_it_was_written(rules):
    about = FormId(
        "form", "an-phu-hd42", law_digest(rules["an-phu-hd42"]), "pvd-01", "2026-03", "pvd-01.2603"
    )
    assert parse_id(str(about)) == about
    assert is_id(str(about))


@pytest.mark.parametrize(
    "parts",
    [
        {"month": "2026-13"},
        {"month": "2026-Q1"},
        {"unit_id": "a b"},
        {"unit_id": "../x"},
        {"meeting_id": "m" * 500},
        {"meeting_id": 'a"; x'},
        {"rule_set_id": ""},
    ],
)
def test_an_id_with_a_right_check_but_impossible_parts_is_no_id(parts):
    parts = {
        "rule_set_id": "an-phu-hd42",
        "rules_digest": "0" * 12,
        "unit_id": "pvd-01",
        "month": "2026-03",
        "meeting_id": "m",
        **parts,
    }
    with pytest.raises(ValueError, match="assess"):
        parse_id(str(FormId("form", **parts)))


def test_any_slip_in_an_id_is_noticed():
    text = str(FormId("form", "an-phu-hd42", "0" * 12, "pvd-01", "2026-03", "m"))
    for i in range(len(text)):
        slipped = text[:i] + ("x" if text[i] != "x" else "y") + text[i + 1 :]
        with pytest.raises(ValueError, match=r"\|"):
            parse_id(slipped)


def changed(rules, *pairs):
    """The rule set of An Phú with some of its text replaced."""
    text = rules.texts["an-phu-hd42"]
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return parse_rule_set(text, Path("an-phu-hd42.yaml"))


LABELS = [
    [("title: Thời lượng buổi sinh hoạt", "title: Thời lượng của buổi sinh hoạt")],
    [("title: từ 90%, points", "title: 90% trở lên, points")],
    [("title: Tập trung dân chủ", "title: Dân chủ")],
    [("id: tot, title: Tốt", "id: tot, title: Loại Tốt")],
    [("valid_from: 2025-", "valid_from: 2024-")],
]
LAW = [
    [
        ("title: từ 90%, points: 4, at_least: 0.9}", "title: từ 90%, points: 4, at_least: 0.95}"),
        ("points: 3, at_least: 0.75, below: 0.9}", "points: 3, at_least: 0.75, below: 0.95}"),
    ],
    [
        ("at_least: 70, below: 90", "at_least: 75, below: 90"),
        ("at_least: 50, below: 70", "at_least: 50, below: 75"),
    ],
    [
        ("at_least: 90, cite", "above: 90, cite"),
        ("at_least: 70, below: 90", "at_least: 70, at_most: 90"),
    ],
    [("fact: longest_excused_streak, at_most: 3", "fact: longest_excused_streak, at_most: 4")],
    [("fact: has_chi_uy, is: true", "fact: has_chi_uy, is: false")],
    [("fact: absent_unexcused, at_least: 1", "fact: absent_unexcused, at_least: 2")],
    [("members: 30", "members: 50")],
]


@pytest.mark.parametrize("pairs", LABELS, ids=lambda pairs: pairs[0][1][:40])
def test_a_mended_label_leaves_the_identity(rules, pairs):
    assert law_digest(changed(rules, *pairs)) == law_digest(rules["an-phu-hd42"])


@pytest.mark.parametrize("pairs", LAW, ids=lambda pairs: pairs[0][1][:40])
def test_a_number_or_condition_that_decides_points_or_classes_changes_the_identity(rules, pairs):
    assert law_digest(changed(rules, *pairs)) != law_digest(rules["an-phu-hd42"])


def test_every_rule_set_has_an_identity_of_its_own_and_the_order_of_lines_is_no_part_of_it(rules):
    assert len({law_digest(rule_set) for rule_set in rules.values()}) == len(rules)
    for rule_set in rules.values():
        turned = rule_set.model_copy(update={"groups": rule_set.groups[::-1], "note": "khác"})
        assert law_digest(turned) == law_digest(rule_set)


def first_edition_digest(rules):
    """Compute the digest of the first edition independently from its score forms.

    It covers what a rater saw of lines and levels.
    """
    lines = []
    for group in rules.groups:
        for c in group.criteria:
            levels = [[level.id, level.points, level.title] for level in c.levels]
            lines.append([c.id, c.kind, c.max, c.step, levels, c.title])
    text = json.dumps(
        [rules.id, rules.total, lines], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def test_forms_of_the_first_edition_are_still_known_by_their_titles(rules):
    for rule_set in rules.values():
        assert titles_digest(rule_set) == first_edition_digest(rule_set)


def test_a_form_of_the_first_edition_is_taken_with_a_word_that_its_bounds_cannot_be_checked(rules):
    found = read(FIRST, rules)
    assert (codes(found.findings), found.ok, len(found.rows["line"])) == (
        ["form-first-edition"],
        True,
        28,
    )
    assert found.form_id.version == 1
    moved = {
        "an-phu-hd42": changed(rules, *LAW[0])
    }  # a bound that no score form showed then: taken, with the same finding
    assert codes(read(FIRST, moved).findings) == ["form-first-edition"]


@pytest.mark.parametrize(
    ("pairs", "code"),
    [(LAW[1], "form-other-rules"), (LAW[2], "form-other-rules"), (LABELS[0], "form-other-titles")],
)
def test_a_form_of_the_first_edition_is_refused_where_its_own_formula_or_titles_show_other_rules(
    rules, pairs, code
):
    found = read(FIRST, {"an-phu-hd42": changed(rules, *pairs)})
    assert (codes(found.findings), found.ok, found.rows["line"]) == ([code], False, [])


def test_a_meeting_id_that_would_be_too_long_is_refused():
    assert meeting_id_for("pvd-01", "2026-03", "chuyen_de") == "pvd-01.2603cd"
    with pytest.raises(InputError):
        meeting_id_for("x" * 60, "2026-03", "thuong_ky")
