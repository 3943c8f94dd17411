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


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "points", "–"),
        (float("nan"), "percent", "–"),
        (0.5, "percent", "50,0%"),
        (3.0, "integer", "3"),
        ("2026-03", "month", "3/2026"),
        ("Cộng", "month", "Cộng"),
        ("2026-01-09", "date", "09/01/2026"),
        (92.5, "points", "92,5"),
    ],
)
def test_a_value_is_written_by_the_kind_of_its_column(value, kind, text):
    assert numbers.show(value, kind) == text


def test_points_of_one_column_can_share_their_decimals():
    assert numbers.show(90, "points", 2) == "90,00"


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_none_and_all_are_said_of_none_and_all_alone(part, whole):
    part = min(part, whole)
    shown = numbers.percent(part / whole)
    assert (shown == "0%") == (part == 0)
    assert (shown == "100%") == (part == whole)


def test_a_share_near_all_keeps_its_sign_in_every_format():
    shown = [numbers.show(v, "percent") for v in (34550 / 34560, 1 / 3000, 0.9994, 0.0006, 1.0004)]
    assert shown == [">99,9%", "<0,1%", "99,9%", "0,1%", ">100%"]
    assert [numbers.show(v, "percent", 2) for v in (0.99999, 0.00001, 0.9996)] == [
        ">99,99%",
        "<0,01%",
        "99,96%",
    ]


def test_points_that_are_not_zero_are_not_written_as_zero_and_zero_has_no_sign():
    assert [numbers.points(v) for v in (0.0, -0.0, 0.004, -0.004, 0.005, -1e-12)] == [
        "0",
        "0",
        "<0,01",
        ">-0,01",
        "0,01",
        "0",
    ]
    assert numbers.show(0.0025, "points", 2) == "<0,01"
    assert numbers.decimal(-0.004, 2) == "0,00"


CUTS = (90.0, 70.0, 50.0, 89.995)


@given(
    st.one_of(
        st.sampled_from(CUTS).flatmap(lambda cut: st.integers(-9, 9).map(lambda n: cut + n / 1000)),
        st.floats(0, 100),
    ),
    st.integers(0, 9),
)
def test_points_are_printed_on_the_side_of_every_cut_on_which_they_are(value, places):
    value = round(value, places)
    printed = Decimal(numbers.points_beside(value, CUTS).replace(",", "."))
    exact = Decimal(repr(value))
    assert all((printed > Decimal(repr(c))) == (exact > Decimal(repr(c))) for c in CUTS)
    assert all((printed < Decimal(repr(c))) == (exact < Decimal(repr(c))) for c in CUTS)


def test_no_more_decimals_are_printed_than_the_cuts_ask_for():
    assert numbers.points_beside(89.996, (90.0,)) == "89,996"
    assert numbers.points_beside(89.9958, (90.0,)) == "89,996"
    assert numbers.points_beside(91.234567, (90.0,)) == "91,23"
    assert numbers.points_beside(90.0, (90.0,)) == "90"
    assert (
        numbers.points_beside(90 - 1e-14, (90.0,)) == "90"
    )  # binary rounding noise is no difference
    assert numbers.percent_beside(0.8996, (0.9,)) == "89,96%"
    assert numbers.percent_beside(0.9, (0.9,)) == "90,0%"
    assert numbers.percent_beside(0.9999, ()) == "99,99%"
    assert numbers.percent_beside(1.0, (0.9,)) == "100%"
    assert numbers.points_beside(9000 / 105, (9000 / 105,)) == "85,71"
    assert numbers.written(89.995) == "89,995"
    assert numbers.written(120.0) == "120"
