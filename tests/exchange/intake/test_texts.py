"""What people write in their own words: old letters, letters that do not print, names."""

import openpyxl
import pytest

from assess.exchange.intake.texts import person_in, unprinted
from assess.records.tables import TABLES
from kit.score_forms import codes


def told(result, code):
    return [(f.place.cell, f.sentence) for f in result.files[0].findings if f.code == code]


def topic_of(store):
    return store.tables(("meeting",))["meeting"]["topic"].iloc[0]


def test_old_letters_are_told_at_their_cell_and_kept_as_sent(store, send, take):
    send(facts={"topic": "Häc tËp vµ lµm theo B¸c"})
    result = take()
    [(cell, said)] = told(result, "old-letters")
    assert "TCVN3" in said
    assert "Học tập và làm theo Bác" in said
    book = openpyxl.load_workbook(result.files[0].path)
    assert book.active[cell].value == "Häc tËp vµ lµm theo B¸c"
    assert topic_of(store) == "Häc tËp vµ lµm theo B¸c"


def test_old_letters_are_converted_on_request_and_told(store, send, take):
    send(facts={"topic": "Hoïc taäp vaø laøm theo Baùc"})
    take()
    result = take(again=True, to_unicode=True)
    assert topic_of(store) == "Học tập và làm theo Bác"
    [(_, said)] = told(result, "old-letters-converted")
    assert "VNI" in said


def test_letters_that_reports_cannot_print_are_told(store, send, take):
    send(facts={"topic": "Học tập ភាសា 🙂"})
    result = take()
    [(_, said)] = told(result, "letters-unprinted")
    assert "U+1F642" in said
    assert result.files[0].outcome == "taken"


def test_letters_that_nobody_sees_are_left_out_and_told_once(store, send, take):
    send(facts={"topic": "Học\u200b tập", "reason": "b\u2060ão\ufeff"})
    result = take()
    [(_, said)] = told(result, "invisible-letters")
    assert "2 ô" in said
    assert topic_of(store) == "Học tập"


def test_a_persons_name_beside_a_post_is_pointed_out_once(store, send, take):
    send(facts={"topic": "Đồng chí Nguyễn Văn Mẫu trình bày", "reason": "bí thư Trần Thị Thử ốm"})
    result = take()
    [(_, said)] = told(result, "person-name")
    assert "2 chỗ" in said
    assert "Nguyễn Văn Mẫu" in said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Đ/c Phạm Mẫu", "Phạm Mẫu"),
        ("ông Lê Văn Thử báo cáo", "Lê Văn Thử"),
        ("Bí thư chi bộ Hoàng Thị Ví Dụ", "Hoàng Thị Ví Dụ"),
        ("Phó Bí thư Đảng ủy phường Lê Lợi", ""),
        ("Trưởng ban, đường Trần Phú", ""),
        ("Hiệu trưởng Trường Nguyễn Du", ""),
        ("Học tập tư tưởng Hồ Chí Minh", ""),
        ("Phó Bí thư Thường trực", ""),
    ],
)
def test_names_of_places_and_schools_are_no_persons(text, found):
    assert person_in(text) == found


def test_a_post_that_is_a_name_is_one():
    assert person_in("Nguyễn Văn Mẫu", post=True) == "Nguyễn Văn Mẫu"
    assert person_in("Ủy viên Ban Thường vụ 01", post=True) == ""


@pytest.mark.parametrize("text", ["Điều 5 – “ổn” … • ₫ ½ § → ✓ ☒ ≥", "Đảng ủy"])
def test_usual_signs_print(text):
    assert unprinted(text) == ""


def test_warnings_leave_the_outcome_alone(store, send, take):
    send(facts={"topic": "Häc tËp vµ lµm theo B¸c"})
    result = take()
    assert result.files[0].outcome == "taken"
    assert "old-letters" in codes(result.files[0].findings)
    assert TABLES["meeting"]["topic"].free
