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
