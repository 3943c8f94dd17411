"""A question is worded with the numbers of the rule set that raises it.

An exception in a rule set's own text raises no question.
"""

import re
from pathlib import Path

import pytest

from assess.base.errors import InputError
from assess.rules import catalogue, choose, parse_rule_set
from assess.rules.question_words import worded
from assess.scoring import score
from assess.scoring.explain_meeting import trace_of
from assess.scoring.sheets.meeting_facts import REVIEW_DAYS
from kit.small_slices import small_slice

ROOT = Path(__file__).parents[2]
AN_PHU = ROOT / "params/rules/an-phu-hd42.yaml"
TEXT = AN_PHU.read_text(encoding="utf-8")
EXCEPTION = "        overrides:\n          - {fact: chi_uy_met, is: false, level: under_65"


def form(*changes):
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_rule_set(text, AN_PHU)


def words(rules, question_id):
    question = worded(catalogue()[question_id], [rules])
    return [question.title, *(option.title for option in question.options)]


FIFTY = form(
    ("{members: 30,", "{members: 50,"),
    ("longest_excused_streak, at_most: 3", "longest_excused_streak, at_most: 2"),
    ("  max: 10\n  question: combined", "  max: 12\n  question: combined"),
    ("points: 1, below: 0.65", "points: 0.5, below: 0.65"),
)


@pytest.mark.parametrize(
    ("question", "an_phu", "other"),
    [
        (
            "required_minutes_at_30",
            [
                "Thời lượng phải đạt của chi bộ có đúng 30 đảng viên",
                "từ 30 đảng viên là chi bộ đông",
                "trên 30 đảng viên mới là chi bộ đông",
            ],
            [
                "Thời lượng phải đạt của chi bộ có đúng 50 đảng viên",
                "từ 50 đảng viên là chi bộ đông",
                "trên 50 đảng viên mới là chi bộ đông",
            ],
        ),
        (
            "excused_streak",
            ["Vắng có lý do “quá 3 lần liên tiếp”", "từ lần thứ tư", "từ lần thứ ba"],
            ["Vắng có lý do “quá 2 lần liên tiếp”", "từ lần thứ ba", "từ lần thứ hai"],
        ),
        (
            "combined_maximum",
            [
                "Điểm tối đa khi kết hợp thường kỳ và chuyên đề",
                "10 điểm là mức tối đa của dòng thường kỳ, chuyên đề tính riêng",
                "10 điểm là mức tối đa của cả hai dòng",
            ],
            [
                "Điểm tối đa khi kết hợp thường kỳ và chuyên đề",
                "12 điểm là mức tối đa của dòng thường kỳ, chuyên đề tính riêng",
                "12 điểm là mức tối đa của cả hai dòng",
            ],
        ),
    ],
)
def test_a_question_has_the_numbers_of_its_form(question, an_phu, other):
    assert words(form(), question) == an_phu
    assert words(FIFTY, question) == other
    assert choose(question, {}, FIFTY).option.title == other[1]


def test_an_exception_names_its_own_line_and_points_and_a_bound_its_own_fact():
    assert words(form(), "unexcused")[1] == "dòng “Tỷ lệ dự họp” xuống mức 1 điểm"
    assert words(FIFTY, "unexcused")[1] == "dòng “Tỷ lệ dự họp” xuống mức 0,5 điểm"
    assert words(form(), "attendance_bound")[0] == "Tỷ lệ dự họp đúng bằng mốc"


def test_forms_that_differ_and_no_form_at_all_get_the_words_without_numbers():
    for question in ("required_minutes_at_30", "excused_streak", "combined_maximum", "unexcused"):
        for rule_sets in ([form(), FIFTY], []):
            told = worded(catalogue()[question], rule_sets)
            assert not any(
                re.search(r"\d|[{}]", text)
                for text in (told.title, *(o.title for o in told.options))
            ), told


def test_no_text_of_the_catalogue_has_a_number_that_a_form_could_have_otherwise():
    """The numbers that stay belong to the option: 100%, zero points, the days of the review."""
    for question in catalogue().values():
        for text in (question.title, *(o.title for o in question.options)):
            rest = (
                text.replace("100%", "")
                .replace("0 điểm", "")
                .replace("từ ngày 1 đến ngày 5", "")
                .replace("một nửa", "")
            )
            assert not re.search(r"\d", rest), text
    assert (
        f"từ ngày 1 đến ngày {REVIEW_DAYS}" in catalogue()["window_month"].option("reviewed").title
    )


def test_a_trace_says_the_numbers_of_its_form():
    made = small_slice(
        FIFTY,
        {"m": {"kind": "ket_hop", "roll": 50, "longest_excused_streak": 3}},
        {("m", "self"): {}},
    )
    text = trace_of(made, score(made), "m").as_text()
    assert "từ 50 đảng viên là chi bộ đông" in text
    assert "“quá 2 lần liên tiếp”: từ lần thứ ba" in text
    assert "30 đảng viên" not in text


def test_an_exception_that_the_text_decides_sets_the_level_and_is_printed_as_no_question():
    rules = form(
        (
            "        overrides:\n          - {fact: absent_unexcused, at_least: 1, level: under_65, question: unexcused}",
            f"{EXCEPTION}}}",
        )
    )
    made = small_slice(rules, {"m": {"chi_uy_met": False}}, {("m", "self"): {}})
    scores = score(made)
    line = scores.lines.set_index("criterion_id").loc["c2_rate"]
    assert (line["recomputed"], line["clause"]) == (1.0, "override")
    text = trace_of(made, scores, "m").as_text()
    assert "vắng không lý do: 0" not in text
    assert "Có đảng viên vắng không lý do" not in text


def test_of_several_exceptions_only_the_one_that_struck_names_its_question():
    rules = form(("        overrides:\n", f"{EXCEPTION}}}\n"))
    for meeting, named in (
        ({"chi_uy_met": False}, False),
        ({"absent_unexcused": 1, "present": 19}, True),
    ):
        made = small_slice(rules, {"m": meeting}, {("m", "self"): {}})
        assert (
            "Có đảng viên vắng không lý do" in trace_of(made, score(made), "m").as_text()
        ) is named


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "{fact: absent_unexcused, at_least: 1, level: under_65, question: unexcused}",
            "{fact: chi_uy_met, is: false, level: under_65, question: unexcused}",
        ),
        (
            "met_when: {fact: longest_excused_streak, at_most: 3}",
            "met_when: {fact: roll, at_most: 30}",
        ),
        (
            "applies_when: {fact: has_targets, is: true}",
            "applies_when: {fact: has_deputy, is: true}",
        ),
    ],
)
def test_a_question_about_another_fact_is_refused_where_it_is_named(old, new):
    with pytest.raises(InputError) as caught:
        form((old, new))
    (found,) = [f for f in caught.value.findings if f.code == "question-other-fact"]
    assert abs(found.place.line - TEXT[: TEXT.index(old)].count("\n")) <= 3
