"""The measures give published and closed-form values."""

import itertools

import numpy as np
import pytest

from assess.studies.readings.measures import (
    class_variance,
    flip_sets,
    mean_change,
    same_results,
    variance,
    varies,
)

LEVELS = np.linspace(-1.0, 1.0, 9)


def on_grid(function, *levels):
    """Evaluate a function of independent, uniform factors on their levels.

    The result is a tensor of one case.
    """
    return function(*np.meshgrid(*levels, indexing="ij"))[..., None]


def test_sobols_g_function_over_levels_equals_its_closed_form():
    """Saltelli and Sobol' (1995): a product of (|4x − 2| + a) / (1 + a).

    Its parts are products of the variances V of the factors. On 4 000 levels a factor's V is (1/3)
    / (1 + a)², to one part in a million; the sums are over the exact values of the levels.
    """
    weights = (0.0, 1.0, 4.5)
    levels = (np.arange(8) + 0.5) / 8
    parts = [np.var((np.abs(4 * levels - 2) + a) / (1 + a)) for a in weights]
    found = variance(
        on_grid(
            lambda *x: np.prod(
                [(np.abs(4 * v - 2) + a) / (1 + a) for v, a in zip(x, weights, strict=True)], axis=0
            ),
            *[levels] * 3,
        )
    )
    whole = np.prod([1 + v for v in parts]) - 1
    assert found.whole[0] == pytest.approx(whole)
    for axis, v in enumerate(parts):
        others = np.prod([1 + other for i, other in enumerate(parts) if i != axis])
        assert found.first[axis, 0] == pytest.approx(v)
        assert found.total[axis, 0] == pytest.approx(v * others)
    for one, other in itertools.combinations(range(3), 2):
        assert found.pair[one, other, 0] == pytest.approx(parts[one] * parts[other])


def test_the_g_functions_variances_on_many_levels_are_those_published():
    levels = (np.arange(4000) + 0.5) / 4000
    found = variance(on_grid(lambda x: np.abs(4 * x - 2), levels))
    assert found.whole[0] == pytest.approx(1 / 3, rel=1e-6)


def test_an_interaction_alone_has_no_first_order_part():
    found = variance(on_grid(lambda x, y: x * y, np.array([-1.0, 1.0]), np.array([-1.0, 1.0])))
    assert (found.whole[0], found.first[0, 0], found.total[0, 0], found.pair[0, 1, 0]) == (
        1,
        0,
        1,
        1,
    )


def test_the_parts_of_an_additive_function_add_up():
    found = variance(on_grid(lambda x, y, z: x + 2 * y + 0 * z, LEVELS, LEVELS[:3], LEVELS[:2]))
    assert found.first.sum() == pytest.approx(found.whole[0])
    assert found.first == pytest.approx(found.total)
    assert found.first[2, 0] == 0
    assert not found.pair.any()


def test_a_constant_has_no_variance_and_a_missing_value_makes_all_of_its_case_missing():
    values = np.zeros((2, 3, 2))
    values[0, 1, 1] = np.nan
    found = variance(values)
    assert found.whole[0] == 0
    assert np.isnan(found.whole[1])
    assert varies(values).tolist() == [[False, True], [False, True]]


def test_the_variance_of_a_class_is_that_of_its_indicators():
    codes = np.array([[0, 0], [1, 2]])[..., None]
    found = class_variance(codes)
    # shares 1/2, 1/4, 1/4: 1/4 + 3/16 + 3/16
    assert found.whole[0] == pytest.approx(10 / 16)
    # the first axis alone gives the whole indicator of 0 (1/4) and 1/16 each of those of 1 and 2;
    # the second axis gives only the latter two
    assert found.first[:, 0].tolist() == pytest.approx([1 / 4 + 2 / 16, 2 / 16])


def test_flip_sets_are_the_smallest_and_say_which_class_they_reach():
    # class 0 at the base; the first axis alone flips to 1, the others only together to 2; in all
    # cases but the last
    codes = np.zeros((2, 2, 2, 2), dtype=int)
    codes[1, :, :, 0] = 1
    codes[:, 1, 1, 0] = 2
    found = {
        some: (cases.tolist(), reached.tolist())
        for some, cases, reached in flip_sets(codes, (0, 0, 0))
    }
    assert found == {
        (0,): ([0], [[False], [True], [False]]),
        (1, 2): ([0], [[False], [False], [True]]),
    }


def test_a_set_larger_than_asked_is_found_where_nothing_smaller_flips():
    codes = np.zeros((2, 2, 2, 2), dtype=int)
    codes[1, 1, 1, 1] = 1
    codes[0, 0, 1, 0] = 1
    codes[1, 1, 1, 0] = 1
    found = [(some, cases.tolist()) for some, cases, _ in flip_sets(codes, (0, 0, 0), largest=2)]
    assert found == [((2,), [0]), ((0, 1, 2), [1])]


def test_mean_change_is_over_the_other_options_and_leaves_missing_ones_out():
    values = np.array([[1.0, 3.0], [4.0, np.nan]])[..., None]
    assert mean_change(values, (0, 0))[:, 0].tolist() == [3, 2]


def test_equal_combinations_share_a_number():
    codes = np.array([[0, 1], [0, 1], [1, 1]])
    points = np.array([[np.nan, 1.0], [np.nan, 1.0], [2.0, 1.0]])
    first, second, third = same_results([codes, points]).tolist()
    assert first == second != third
