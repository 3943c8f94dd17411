import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from assess.base.text import committee_of, listing, nearest, tidy


@given(st.text())
def test_tidy_text_is_nfc_and_tidying_again_changes_nothing(text):
    once = tidy(text)
    assert unicodedata.is_normalized("NFC", once)
    assert tidy(once) == once


def test_decomposed_vietnamese_becomes_the_composed_form():
    assert tidy(unicodedata.normalize("NFD", "Đảng ủy phường Ví Dụ")) == "Đảng ủy phường Ví Dụ"


def test_direction_and_control_characters_are_dropped():
    assert tidy("Chi\x00 bộ\u202e 1\x07\u200b") == "Chi bộ 1"


def test_the_nearest_name_is_offered_only_when_it_is_near():
    assert nearest("perod", ["period", "dang_bo"]) == "period"
    assert nearest("zzz", ["period", "dang_bo"]) == ""


def test_each_level_of_unit_is_signed_by_its_committee():
    assert committee_of("Đảng bộ tỉnh Minh Họa") == "Tỉnh ủy Minh Họa"
    assert committee_of("Đảng bộ huyện Tiền Lệ") == "Huyện ủy Tiền Lệ"
    assert committee_of("Đảng bộ xã Mẫu Thử") == "Đảng ủy xã Mẫu Thử"
    assert committee_of("Chi bộ 1") == "Chi bộ 1"


def test_a_list_of_one_or_none_needs_no_joining_word():
    assert listing([]) == ""
    assert listing(["một"]) == "một"


def test_signs_that_office_programs_store_as_private_use_letters_become_what_is_meant():
    assert tidy("\uf0b7 ghi thiếu; \uf0fc đủ; \uf0fe; \uf0d8 gửi") == "• ghi thiếu; ✓ đủ; ☑; ➢ gửi"
    assert tidy("\uf041\ue000") == "\uf041\ue000"  # what it means is not known
