"""What people and Excel write, as it is read in tables and on forms."""

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.exchange.forms.cells import read_entry, read_fact
from assess.exchange.written import canonical, read_day
from assess.records import words
from assess.records.columns import ColumnSpec
from assess.records.tables import TABLES, read_value

MEETING = TABLES["meeting"]


def fact(name, text):
    choices = words.CHOICES.get(name, {})
    return read_fact(MEETING[name], ("text", text), None, choices)[0]


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("minutes", "95 phút", 95),
        ("minutes", "120 phút", 120),
        ("minutes", "1h30", 90),
        ("minutes", "1h35", 95),
        ("minutes", "1 giờ 35 phút", 95),
        ("minutes", "2 giờ", 120),
        ("roll", "32 đ/c", 32),
        ("roll", "32 người", 32),
        ("roll", "16 đồng chí", 16),
        ("held_on", "5/3/26", dt.date(2026, 3, 5)),
        ("held_on", "01-03-26", dt.date(2026, 3, 1)),
        ("held_on", "5 / 3 / 2026", dt.date(2026, 3, 5)),
        ("held_on", "5/3/2026 19:30", dt.date(2026, 3, 5)),
        ("held_on", "ngày 5 tháng 3 năm 2026", dt.date(2026, 3, 5)),
        ("chi_uy_met", "ko", False),
        ("chi_uy_met", "Co", True),
        ("chi_uy_met", "v", True),
        ("chi_uy_met", "✓", True),
        ("chi_uy_met", "Có (biên bản số 5)", True),
        ("kind", "thường kì", "thuong_ky"),
        ("kind", "định kỳ", "thuong_ky"),
        ("kind", "thường\nkỳ", "thuong_ky"),
    ],
)
def test_what_a_clerk_writes_in_a_cell_is_read_where_there_is_no_doubt(name, text, wanted):
    assert fact(name, text) == wanted


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("minutes", "95 người"),
        ("minutes", "khoảng 95"),
        ("minutes", "1h75"),
        ("roll", "1.016"),
        ("roll", "1.016 người"),
        ("roll", "16 phút"),
        ("roll", "16-17"),
        ("held_on", "5/3"),
        ("held_on", "31/02/2026"),
        ("chi_uy_met", "có lẽ"),
        ("chi_uy_met", "Không (hoãn)"),
        ("chi_uy_met", "Có (chưa đủ)"),
        ("chi_uy_met", "Có, không đều"),
        ("chi_uy_met", "?"),
        ("kind", "họp"),
    ],
)
def test_what_can_mean_two_things_is_refused(name, text):
    value, finding = read_fact(MEETING[name], ("text", text), None, words.CHOICES.get(name, {}))
    assert value is None
    assert finding.severity == "error"


def test_points_may_have_their_unit_behind_them_and_no_other(an_phu):
    line = next(c for c in an_phu.criteria if c.kind == "points" or c.max == 5)
    for text in ("5đ", "5 điểm", "5", " 5 đ"):
        assert read_entry(line, ("text", text))[:2] == ("entered", 5.0)
    for text in ("5 phút", "5 người", "năm", "100%"):
        assert read_entry(line, ("text", text))[0] == "blank"


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("month", "3/2026", "2026-03"),
        ("month", "2026-3", "2026-03"),
        ("month", "Mar-26", "2026-03"),
        ("month", "thg 3-26", "2026-03"),
        ("month", "Tháng 03/2026", "2026-03"),
        ("month", "01/03/2026", "2026-03"),
        ("month", "2026-03-01 00:00:00", "2026-03"),
        ("month", "02/03/2026", "02/03/2026"),
        ("month", "13/2026", "13/2026"),
        ("period", "quý I/2026", "2026-Q1"),
        ("period", "Q4/2026", "2026-Q4"),
        ("period", "6 tháng cuối năm 2026", "2026-H2"),
        ("period", "năm 2026", "2026"),
        ("period", "3/2026", "2026-03"),
        ("period", "2026-q2", "2026-Q2"),
        ("year", "năm 2026", "2026"),
        ("date", "2026.3.5", "2026-03-05"),
        ("date", "5/3/2026 08:30", "5/3/2026 08:30"),
        ("moment", "5/3/2026 8:30", "2026-03-05T08:30"),
        ("moment", "2026-03-05T08:30", "2026-03-05T08:30"),
        ("text", "5/3/2026", "5/3/2026"),
        ("id", "Mar-26", "Mar-26"),
    ],
)
def test_months_periods_and_moments_are_read_as_people_and_excel_write_them(kind, text, wanted):
    assert canonical(ColumnSpec("x", kind, ""), text) == wanted


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))


@given(DAYS, st.sampled_from(["{d}/{m}/{y}", "{d:02}-{m:02}-{y}", "{d}.{m}.{s:02}", "{y}-{m}-{d}"]))
def test_a_day_written_in_any_way_is_that_day(day, shape):
    text = shape.format(d=day.day, m=day.month, y=day.year, s=day.year % 100)
    assert read_day(text) == (day, "")


@given(st.sampled_from([c for t in TABLES.values() for c in t.columns]), st.text(max_size=20))
def test_what_is_read_is_read_the_same_again(column, text):
    once = canonical(column, text)
    assert canonical(column, once) == once
    if once != text and column.dtype not in ("integer", "number"):
        read_value(column, once)


def test_every_word_of_every_list_is_read_as_its_code():
    seen = SimpleNamespace(words=0)
    for table in TABLES.values():
        for column in table.columns:
            for code, word in words.choices_of(column).items():
                assert canonical(column, word) == canonical(column, word.upper()) == code
                assert word != code, (column.name, code)
                seen.words += 1
    assert seen.words > 60
