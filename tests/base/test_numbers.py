from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base import numbers


@given(st.integers(0, 10_000_000), st.integers(0, 2))
def test_a_decimal_is_rounded_half_up_as_it_is_written(thousandths, places):
    value = thousandths / 1000
    wanted = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert numbers.decimal(value, places) == str(wanted).replace(".", ",")


@pytest.mark.parametrize(("value", "kind", "text"), [
    (None, "points", "–"), (float("nan"), "percent", "–"), (0.5, "percent", "50,0%"), (3.0, "integer", "3"),
    ("2026-03", "month", "3/2026"), ("Cộng", "month", "Cộng"), ("2026-01-09", "date", "09/01/2026"), (92.5, "points", "92,5"),
])  # fmt: skip
def test_a_value_is_written_by_the_kind_of_its_column(value, kind, text):
    assert numbers.show(value, kind) == text


def test_points_of_one_column_can_share_their_decimals():
    assert numbers.show(90, "points", 2) == "90,00"


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_none_and_all_are_said_of_none_and_all_alone(part, whole):
    part = min(part, whole)
    shown = numbers.percent(part / whole)
    assert (shown == "0,0%") == (part == 0)
    assert (shown == "100,0%") == (part == whole)


def test_a_share_near_all_keeps_its_sign_in_every_format():
    assert [numbers.show(v, "percent") for v in (34550 / 34560, 1 / 3000, 0.9994, 0.0006, 1.0004)] == [
        ">99,9%",
        "<0,1%",
        "99,9%",
        "0,1%",
        ">100%",
    ]


def test_points_that_are_not_zero_are_not_written_as_zero_and_zero_has_no_sign():
    assert [numbers.points(v) for v in (0.0, -0.0, 0.004, -0.004, 0.005, -1e-12)] == ["0", "0", "<0,01", ">-0,01", "0,01", "0"]
    assert numbers.show(0.0025, "points", 2) == "<0,01"
    assert numbers.decimal(-0.004, 2) == "0,00"
