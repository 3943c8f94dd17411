"""Texts of templates: values filled in, printed as everywhere, and wrong names told."""

import datetime as dt
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base.errors import InputError
from assess.base.text import tidy
from assess.reports.blocks import Bullets, Column, Heading, Note, Paragraph, Table
from assess.reports.frame_table import frame_table
from assess.reports.named_figures import NamedCount, NamedRate
from assess.reports.sentences import DOTS, fill_in


def texts(source, **values):
    """Return the text of each block as it is printed."""
    return [block.as_json().get("text") for block in fill_in(source, values).blocks]


def code(source, **values):
    with pytest.raises(InputError) as caught:
        fill_in(source, values)
    (finding,) = caught.value.findings
    return finding.code, str(caught.value)


def test_markdown_becomes_blocks_and_a_numbered_list_numbered_paragraphs():
    found = fill_in(
        "# Mục đích\n\nMột câu\nhai dòng.\n\n1. trước\n2. sau\n\n- a\n- b\n\n> để ý\n", {}
    ).blocks
    assert found == (
        Heading("Mục đích", 1),
        Paragraph("Một câu hai dòng."),
        Paragraph("1. trước"),
        Paragraph("2. sau"),
        Bullets(("a", "b")),
        Note("để ý"),
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234, "1.234"),
        (0, "0"),
        (np.int64(7), "7"),
        (Fraction(5, 2), "2,5"),
        (dt.date(2027, 3, 1), "01/3/2027"),
        (pd.Timestamp("2027-03-01"), "01/3/2027"),
        (None, "chưa rõ"),
        (float("nan"), "chưa rõ"),
        (pd.NaT, "chưa rõ"),
        (pd.NA, "chưa rõ"),
        (True, "có"),
        (["a", "b", "c"], "a, b và c"),
        ("chữ", "chữ"),
    ],
)
def test_a_value_is_printed_by_its_kind_and_what_is_not_known_is_not_zero(value, shown):
    assert texts("x {{ v }} y", v=value) == [f"x {shown} y"]


@given(st.text(min_size=1))
def test_no_text_of_a_value_is_read_as_markdown_or_as_a_template(text):
    assert texts("đầu {{ v }} cuối", v=text) == [tidy(f"đầu {tidy(text)} cuối")]


def test_filters_print_decimals_days_and_shortened_lists():
    assert texts(
        "{{ a | percent }} {{ b | points }} {{ c | day }}", a=0.5, b=2.5, c="2027-03-01"
    ) == ["50,0% 2,5 01/3/2027"]
    assert texts("{{ n | at_most(2, 'chi bộ') }}", n=list("abcd")) == ["a, b và 2 chi bộ khác"]
    assert texts("{{ n | at_most(4) }}", n=list("abcd")) == ["a, b, c và d"]
    assert texts("{{ n | percent }}", n=None) == ["chưa rõ"]
    assert texts("{{ d | day | default(dots, true) }}", d="") == [DOTS]


def test_a_named_number_keeps_its_name_and_its_place_in_the_printed_text():
    (block,) = fill_in(
        "Chọn *{{ n }}* chi bộ, {{ r }}; bằng {{ r | points }}.",
        {"n": NamedCount("plan.chosen", 12), "r": NamedRate("plan.rate", 0.25)},
    ).blocks
    data = block.as_json()
    assert data["text"] == "Chọn 12 chi bộ, 25,0%; bằng 0,25."
    assert [(f["name"], f["value"], f["shown"], f["at"]) for f in data["figures"]] == [
        ("plan.chosen", 12, "12", 5),
        ("plan.rate", 0.25, "25,0%", 16),
        ("plan.rate", 0.25, "0,25", 28),
    ]


def test_conditions_leave_words_out_and_empty_paragraphs_are_none():
    source = "{% if n %}Còn {{ n }}.{% endif %}\n\n{{ nothing }}\n\nHết."
    assert texts(source, n=0, nothing="") == ["Hết."]
    assert texts(source, n=2, nothing="") == ["Còn 2.", "Hết."]


@pytest.mark.parametrize(
    "source",
    ["{{ chosn }}", "{% if chosn %}a{% endif %}", "{{ chosn + 1 }}", "{{ chosn | upper }}"],
)
def test_a_name_without_a_value_is_told_with_the_nearest(source):
    found, said = code(source, chosen=3)
    assert (found, "“chosn”" in said, "chosen" in said.split("“chosn”")[1]) == (
        "no-such-value",
        True,
        True,
    )


def test_an_attribute_that_is_not_there_is_told_too():
    assert code("{{ frame.khong_co }}", frame=pd.DataFrame())[0] == "no-such-value"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("{{ v }}", "bare-decimal"),
        ("{{ frame }}", "not-printable"),
        ("{% if %}", "bad-text"),
        ("{{ v / 0 }}", "bad-text"),
        ("{{ v.__class__.__mro__ }}", "no-such-value"),
        ("{% include 'x' %}", "bad-text"),
    ],
)
def test_what_cannot_be_printed_is_one_sentence(source, wanted):
    assert code(source, v=0.5, frame=pd.DataFrame())[0] == wanted


FRAME = pd.DataFrame(
    {
        "number": [1, 2],
        "name": ["Chi bộ 1", "Chi bộ 2"],
        "day": pd.to_datetime(["2026-03-01", None]),
        "rate": [0.5, None],
    }
)


def test_a_table_prints_the_named_columns_of_a_frame_in_their_order():
    table = frame_table(
        "t",
        "Tên bảng",
        FRAME,
        {
            "name": "Chi bộ",
            "number": "TT",
            "day": "Ngày",
            "rate": Column("rate", "Tỷ lệ", "percent"),
        },
        note="ghi chú",
    )
    assert isinstance(table, Table)
    assert [(c.title, c.kind) for c in table.columns] == [
        ("Chi bộ", "text"),
        ("TT", "integer"),
        ("Ngày", "date"),
        ("Tỷ lệ", "percent"),
    ]
    lines = table.as_text().splitlines()
    assert lines[2].split("  ")[0] == "Chi bộ 1"
    assert "01/3/2026" in lines[2]
    assert "50,0%" in lines[2]
    assert table.as_json()["rows"][1][2:] == [None, None]


def test_a_column_that_the_frame_does_not_have_is_told():
    with pytest.raises(InputError) as caught:
        frame_table("t", "Tên", FRAME, {"nam": "Chi bộ"})
    assert caught.value.findings[0].code == "no-such-column"
    assert "name" in str(caught.value)
