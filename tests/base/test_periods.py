import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base.errors import InputError
from assess.base.periods import Period, moment, month_end, shift_month


@pytest.mark.parametrize(
    ("text", "months", "label"),
    [
        ("2026", 12, "năm 2026"),
        ("2026-H2", 6, "6 tháng cuối năm 2026"),
        ("2026-Q4", 3, "quý IV/2026"),
        ("2026-11", 1, "tháng 11/2026"),
    ],
)
def test_a_period_knows_its_months_and_its_name(text, months, label):
    period = Period.parse(text)
    assert len(period.months) == months
    assert period.label == label
    assert period.end == month_end(period.months[-1])


@pytest.mark.parametrize(
    "text", ["2026-Q5", "2026-13", "26", "2026-H3", "2026-1", "", "2026-Q1 ", "quý 1"]
)
def test_anything_else_is_refused_with_what_is_allowed(text):
    with pytest.raises(InputError) as caught:
        Period.parse(text)
    assert "2025-Q3" in str(caught.value)


@given(st.integers(2000, 2098), st.integers(1, 12), st.integers(-500, 500))
def test_shifting_months_there_and_back_changes_nothing(year, month, by):
    text = f"{year}-{month:02d}"
    assert shift_month(shift_month(text, by), -by) == text


def test_a_day_as_a_moment_means_its_end():
    assert moment("2026-12-31") == dt.datetime(2026, 12, 31, 23, 59, 59)
    for wrong in ("31/12/2026", "2026-12-31T08:00Z", "hôm nay"):
        with pytest.raises(InputError):
            moment(wrong)
