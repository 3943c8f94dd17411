"""A number within a sentence keeps its name, whatever is printed around it."""

import pytest

from assess.base import numbers
from assess.base.errors import InputError
from assess.base.text import tidy
from assess.reports.blocks import Attachment, Bullets, Column, Paragraph, Table
from assess.reports.html import block_html
from assess.reports.named_figures import figures_of, named, split_named


def test_the_mark_leaves_no_trace_in_what_is_printed_and_says_where_the_number_stands():
    block = Paragraph(
        f"  Đã họp   {named('coverage.held', 116)} lượt ({named('coverage.share', 0.5, numbers.percent)})"
    ).as_json()
    assert block["text"] == "Đã họp 116 lượt (50,0%)"
    assert [(f["name"], f["value"], f["shown"]) for f in block["figures"]] == [
        ("coverage.held", 116, "116"),
        ("coverage.share", 0.5, "50,0%"),
    ]
    for figure in block["figures"]:
        assert block["text"][figure["at"] :].startswith(figure["shown"])
    assert "\ufdd0" not in block_html(block)
    assert "figures" not in Paragraph("116").as_json()


def test_the_words_about_a_file_beside_the_report_name_their_numbers_without_a_trace_and_its_lines_stay_as_they_are():
    block = Attachment(
        "filed.csv", "a,b\n 1,2\n", f"đặt cạnh báo cáo,  {named('filed.rows', 18)} dòng"
    ).as_json()
    assert block["text"] == "đặt cạnh báo cáo, 18 dòng"
    assert [(f["name"], f["value"]) for f in figures_of([block])] == [("filed.rows", 18)]
    assert block["content"] == "a,b\n 1,2\n"


def test_a_number_at_the_start_and_after_an_equal_one_is_told_apart():
    _, found = split_named(f"2 trong {named('a', 2)}, {named('b', 2)}")
    assert [f["at"] for f in found] == [8, 11]
    assert split_named(named("a", 3))[1][0]["at"] == 0


def test_items_cells_and_texts_for_a_terminal_are_free_of_marks_too():
    bullets = Bullets((f"còn {named('x', 1)}",), f"Trong {named('y', 2)}")
    assert bullets.as_text() == "Trong 2\n- còn 1"
    table = Table(
        "t",
        f"Bảng {named('z', 3)}",
        (Column("a", "A"),),
        ((f"{named('w', 4)} buổi",),),
        keys=("k",),
    )
    assert table.as_text().splitlines() == ["Bảng 3", "A", "4 buổi"]
    assert [f["name"] for f in figures_of([bullets.as_json(), table.as_json()])] == [
        "x",
        "y",
        "z",
        "w",
    ]
    assert 'data-k="k"' in block_html(table.as_json())
    assert 'data-k="a"' in block_html(table.as_json())


def test_one_name_stands_for_one_number():
    twice = [Paragraph(named("x", 1)).as_json(), Paragraph(named("x", 1)).as_json()]
    assert len(figures_of(twice)) == 2
    with pytest.raises(InputError, match="figure-twice"):
        figures_of([*twice, Paragraph(named("x", 2)).as_json()])


def test_text_from_outside_cannot_forge_a_name():
    assert tidy("a\ufdd0x\ufdd31\ufdd11\ufdd2b") == "ax11b"
    # a name may hold the id of a unit, and an id may hold any letter
    assert split_named(named("list.a=b.points", 1))[1][0]["name"] == "list.a=b.points"
