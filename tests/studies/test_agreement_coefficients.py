"""Coefficients of agreement against published figures and against their definitions."""

import itertools
import math

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assess.studies.agreement_coefficients import (
    alpha,
    alpha_with_interval,
    kappa_with_interval,
    weighted_kappa,
)

NONE = math.nan
# four observers, twelve units, missing data: Krippendorff 2011, example C, with its published
# coefficients
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
)


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_krippendorffs_own_example_gives_his_figures(level, published):
    assert alpha(PUBLISHED, level) == pytest.approx(published, abs=0.0006)


@given(
    arrays(float, (3, 8), elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, NONE])),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_the_published_package_gives_the_same(values, level):
    rated = values[:, (~np.isnan(values)).sum(axis=0) >= 2]
    if len(np.unique(rated[~np.isnan(rated)])) < 2:
        return  # no coefficient is defined here, and it is refused
    assert alpha(values, level) == pytest.approx(
        krippendorff.alpha(values, level_of_measurement=level)
    )


@given(arrays(float, (3, 8), elements=st.sampled_from([0.0, 1.5, 2.0, 95.25, NONE])))
def test_the_value_with_an_interval_is_the_value(values):
    for level in ("nominal", "ordinal", "interval"):
        assert alpha_with_interval(values, level, 1, resamples=2).value == pytest.approx(
            alpha(values, level), nan_ok=True
        )


def by_definition(values, level):
    """Return observed over expected disagreement, pair by pair."""
    units = [[v for v in column if v == v] for column in values.T]
    units = [unit for unit in units if len(unit) > 1]
    every = [v for unit in units for v in unit]
    if not every:
        return NONE

    def apart(a, b):
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return (a - b) ** 2
        low, high = min(a, b), max(a, b)
        return (
            (sum(low <= v <= high for v in every) - (every.count(a) + every.count(b)) / 2) ** 2
            if a != b
            else 0.0
        )

    seen = sum(
        apart(a, b) / (len(unit) - 1) for unit in units for a, b in itertools.permutations(unit, 2)
    ) / len(every)
    chance = sum(apart(a, b) for a, b in itertools.permutations(every, 2)) / (
        len(every) * (len(every) - 1)
    )
    return 1 - seen / chance if chance else NONE


@given(
    arrays(
        float,
        st.tuples(st.integers(2, 4), st.integers(1, 8)),
        elements=st.sampled_from([NONE, 0.0, 1.0, 2.0, 5.0]),
    ),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_alpha_is_what_its_definition_says_pair_by_pair(values, level):
    assert alpha(values, level) == pytest.approx(by_definition(values, level), nan_ok=True)


def test_full_agreement_is_one_and_nothing_to_compare_is_nothing():
    assert alpha(np.array([[1.0, 2, 3], [1, 2, 3]]), "interval") == 1
    assert math.isnan(alpha(np.array([[1.0, 1], [1, 1]]), "interval"))
    assert math.isnan(alpha(np.array([[1.0, NONE], [NONE, 1]]), "ordinal"))


def test_kappa_of_two_classes_is_cohens_kappa():
    # 20 both yes, 5 and 10 apart, 15 both no: observed 0.7, by chance 0.5
    one = np.repeat([0.0, 0, 1, 1], [20, 5, 10, 15])
    other = np.repeat([0.0, 1, 0, 1], [20, 5, 10, 15])
    assert weighted_kappa(one, other, 2) == pytest.approx(0.4)


def test_quadratic_kappa_of_the_same_margins_is_the_correlation():
    one, other = np.array([0.0, 1, 2, 3, 0, 1, 2, 3]), np.array([1.0, 0, 2, 3, 0, 1, 3, 2])
    assert weighted_kappa(one, other, 4, power=2) == pytest.approx(np.corrcoef(one, other)[0, 1])


def test_intervals_hold_the_value_come_again_from_their_seed_and_are_none_where_nothing_differs():
    found = alpha_with_interval(PUBLISHED, "ordinal", seed=7, resamples=300)
    assert found == alpha_with_interval(PUBLISHED, "ordinal", seed=7, resamples=300)
    assert found.low < found.value < found.high <= 1
    assert found.units == 11
    same = kappa_with_interval(np.zeros(5), np.zeros(5), 4, seed=1)
    assert math.isnan(same.value)
    assert math.isnan(same.low)
