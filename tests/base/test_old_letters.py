"""Text in the letters of TCVN3 and VNI is recognised only where it is certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base.old_letters import _TCVN3, converted
from kit.examples import examples

TO_TCVN3 = {letter: sign for sign, letter in _TCVN3.items()}
SENTENCES = [
    "học tập và làm theo tấm gương đạo đức hồ chí minh",
    "chi ủy chưa họp trước, biên bản ghi thiếu ý kiến",
    "đồng chí được phân công phụ trách vắng có lý do",
    "nghị quyết tháng trước thực hiện được bảy trên mười chỉ tiêu",
]
"""In small letters: TCVN3 has its capitals in fonts of their own."""


@pytest.mark.parametrize("sentence", SENTENCES)
def test_tcvn3_comes_back_as_it_was(sentence):
    old = "".join(TO_TCVN3.get(letter, letter) for letter in sentence)
    assert converted(old) == ("TCVN3", sentence)


@pytest.mark.parametrize(
    ("old", "meant"),
    [
        ("Sinh hoaït chuyeân ñeà quyù I", "Sinh hoạt chuyên đề quý I"),
        ("Chi boä Toå daân phoá 5", "Chi bộ Tổ dân phố 5"),
        ("Nghò quyeát cuûa Ñaûng uûy", "Nghị quyết của Đảng ủy"),
        ("Tröôøng hôïp vaéng khoâng lyù do", "Trường hợp vắng không lý do"),
        ("ngöôøi döï hoïp", "người dự họp"),
    ],
)
def test_vni_comes_back_as_it_was(old, meant):
    assert converted(old) == ("VNI", meant)


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
@examples(40)
def test_text_in_unicode_is_never_taken_for_old_letters(parts):
    for text in (" ".join(parts), " ".join(parts).upper(), f"{parts[0]} • ½ §2 – 25°C"):
        assert converted(text) is None


@pytest.mark.parametrize(
    "text", ["", "Cafe", "Café Zürich", "Ê-đê, Krông Búk, Y Bliă", "µ ± ¶", "naïve"]
)
def test_other_languages_and_signs_are_left_alone(text):
    assert converted(text) is None
