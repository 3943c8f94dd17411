"""Topics of thematic meetings: as written, and under the heading whose words they contain.

None is lost.
"""

import datetime as dt

import pytest

from assess import score
from assess.studies.topic_headings import HEADINGS, topic_of
from assess.studies.topics import CV285, cited, on_regular, topics
from kit.small_dang_bo import adopted, meeting, unit, year_slice


@pytest.mark.parametrize(
    ("text", "heading", "words"),
    [
        (
            "Học tập và làm theo tấm gương đạo đức Hồ Chí Minh quý 1",
            "hoc_tap_bac",
            "học tập và làm theo",
        ),
        ("HỌC TẬP  VÀ LÀM THEO…", "hoc_tap_bac", "học tập và làm theo"),
        ("Ho\u0323c tâ\u0323p và làm theo Bác", "hoc_tap_bac", "học tập và làm theo"),  # NFD
        (
            "Phòng, chống “tự chuyển hoá” trong nội bộ",
            "chong_suy_thoai",
            "tự chuyển hóa",
        ),  # another way of placing the tone mark
        ("Giáo dục truyền thống", "truyen_thong", "truyền thống"),
        (
            "Giữ truyền, thống nhất cách làm",
            "truyen_thong",
            "truyền thống",
        ),  # punctuation does not matter
        (
            "Triển khai Nghị quyết về phát triển đảng viên",
            "chi_thi_nghi_quyet",
            "nghị quyết",
        ),  # the heading that comes first
        ("Phát triển đảng viên theo Nghị quyết", "phat_trien_dang", "phát triển đảng"),
        ("Chuyển đổi số ở khu phố", "khac", ""),
        ("Đề ántạm", "khac", ""),  # whole words only
        ("tu_hoc", "tu_hoc", ""),  # by its id
        ("  ", "", ""),
        (None, "", ""),
    ],
)
def test_a_topic_stands_under_the_first_words_that_are_found_in_it(text, heading, words):
    assert (topic_of(text).heading, topic_of(text).words) == (heading, words)


def test_every_phrase_finds_its_own_heading_and_belongs_to_one():
    assert len(HEADINGS) == 10
    phrases = [(words, heading.id) for heading in HEADINGS for words in heading.words]
    assert len({words for words, _ in phrases}) == len(phrases)
    assert [(words, topic_of(words).heading) for words, _ in phrases] == phrases


def sittings(*written, kind="ket_hop"):
    cells = [unit(f"c{i:02d}", "xa") for i in range(len(written))]
    rows = [
        meeting(f"c{i:02d}", "2026-03", "2026-03-03", kind=kind, topic=text)
        for i, text in enumerate(written)
    ]
    return {"units": cells, "meeting": rows}


def test_the_twelve_sittings_of_march_are_ten_of_one_topic_one_of_another_and_one_that_says_none():
    made = year_slice(
        "2026-03",
        **sittings(
            *["Học tập và làm theo tấm gương đạo đức Hồ Chí Minh quý 1"] * 10,
            "Chuyển đổi số ở khu phố",
            None,
        ),
    )
    table = topics(made, score(made))
    assert list(table.itertuples(index=False, name=None)) == [
        (
            "hoc_tap_bac",
            "Học tập và làm theo tấm gương đạo đức Hồ Chí Minh quý 1",
            "học tập và làm theo",
            10,
        ),
        ("khac", "Chuyển đổi số ở khu phố", "", 1),
        ("", "", "", 1),
    ]


def test_spellings_that_differ_in_case_or_tone_placement_are_one_topic_and_nothing_is_lost():
    texts = [
        "Xoá nhà tạm",
        "Xóa nhà tạm",
        "Xóa nhà tạm",
        "XÓA NHÀ TẠM",
        "Vườn mẫu",
        "tu_hoc",
        "Tự học",
        None,
        "",
    ]
    made = year_slice("2026-03", **sittings(*texts))
    table = topics(made, score(made))
    assert table["count"].sum() == len(texts)
    assert dict(zip(table["text"], table["count"], strict=True)) == {
        "Xóa nhà tạm": 4,
        "Vườn mẫu": 1,
        "tu_hoc": 1,
        "Tự học": 1,
        "": 2,
    }
    assert topics(year_slice("2026-03"), score(year_slice("2026-03"))).empty


def test_only_thematic_sittings_count_and_a_topic_on_a_regular_one_is_told_apart():
    made = year_slice("2026-03", **sittings("Vườn mẫu", "Tự học", None, kind="thuong_ky"))
    scores = score(made)
    assert topics(made, scores).empty
    assert on_regular(made, scores) == 2


def test_the_letter_of_2018_is_cited_only_for_units_that_it_binds():
    ours = year_slice("2026-03", **sittings("Vườn mẫu"))
    assert cited(ours) == ""
    form = adopted("rule_set", "lai-chau-qd14", "tinh", dt.date(2018, 10, 8), dt.date(2025, 10, 27))
    asked = adopted("thematic_quarterly", "co", begins=dt.date(2018, 10, 24))
    old = {
        "units": [
            unit("tinh", None, "tinh", "cap_uy", dt.date(2018, 1, 1)),
            unit("xa", "tinh", "tren_co_so", "cap_uy", dt.date(2018, 1, 1)),
            unit("a", "xa", begins=dt.date(2018, 1, 1)),
        ]
    }
    rows = [meeting("a", "2018-12", "2018-12-03", kind="ket_hop")]
    assert cited(year_slice("2018-12", adoption=[form, asked], meeting=rows, **old)) == CV285
    assert cited(year_slice("2018-12", adoption=[form], meeting=rows, **old)) == ""
    later = adopted("thematic_quarterly", "co", begins=dt.date(2018, 11, 1))
    assert cited(year_slice("2018-12", adoption=[form, later], meeting=rows, **old)) == ""
    # the adoption may still be in force in 2026; the rule set is not
    assert (
        cited(
            year_slice(
                "2026-03", adoption=[form, asked], meeting=[meeting("a", "2026-03", "2026-03-03")]
            )
        )
        == ""
    )
