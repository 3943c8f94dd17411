"""The cap on the best class: the worked table, ties, small groups, and what must always hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.rules import catalogue
from assess.scoring.annual.cap import Candidate, cap_group, limit
from kit.examples import examples

FOUR = (
    ("httnv_only", "floor"),
    ("httnv_and_htxsnv", "floor"),
    ("httnv_and_htxsnv", "half_up"),
    ("httnv_and_htxsnv", "ceiling"),
)
TABLE = {
    4: (0, 0, 1, 1),
    5: (0, 1, 1, 1),
    6: (1, 1, 1, 2),
    9: (1, 1, 2, 2),
    10: (1, 2, 2, 2),
    12: (2, 2, 2, 3),
    15: (2, 3, 3, 3),
    18: (3, 3, 4, 4),
    30: (5, 6, 6, 6),
}
DEFAULT = {q: catalogue()[q].default for q in ("cap_denominator", "cap_rounding", "cap_tie")}


@pytest.mark.parametrize("pool", TABLE)
def test_the_worked_table_of_nine_pools_and_four_readings(pool):
    assert tuple(limit(pool, 20, *reading) for reading in FOUR) == TABLE[pool]


def units(*points, votes=()):
    return [Candidate(f"u{i}", p, votes[i] if votes else 0) for i, p in enumerate(points)]


def test_the_best_points_come_first():
    found = cap_group(units(91, 97, 93), 9, 20, 25, DEFAULT)
    assert (found.limit, found.kept, found.left_out, found.tied) == (2, ("u1", "u2"), ("u0",), ())


@pytest.mark.parametrize(
    ("tie", "votes", "kept"),
    [
        ("all_out", (), ["u0"]),
        ("by_points_then_vote", (0, 8, 9), ["u0", "u2"]),
        ("by_points_then_vote", (0, 8, 8), ["u0"]),
        ("all_in_to_25_percent", (), ["u0"]),
    ],
)
def test_a_tie_at_the_last_place_is_read_in_three_ways(tie, votes, kept):
    found = cap_group(units(99, 95, 95, votes=votes), 9, 20, 25, {**DEFAULT, "cap_tie": tie})
    assert list(found.kept) == kept
    assert set(found.tied) == (set() if votes == (0, 8, 9) else {"u1", "u2"})


def test_a_tie_goes_in_whole_where_twenty_five_percent_hold_it():
    options = {**DEFAULT, "cap_tie": "all_in_to_25_percent"}
    # 40 units: 6 places at 20 %, 8 at 25 %; the three tied at the sixth place make eight
    found = cap_group(units(99, 98, 97, 96, 95, 90, 90, 90), 32, 20, 25, options)
    assert (found.limit, len(found.kept)) == (6, 8)
    # one more would make nine, so none of the tied units is taken
    found = cap_group(units(99, 98, 97, 96, 95, 90, 90, 90, 90), 31, 20, 25, options)
    assert (found.limit, len(found.kept)) == (6, 5)


def test_a_small_group_may_be_given_one_place_by_a_reading():
    assert cap_group(units(95, 92), 1, 20, 25, DEFAULT).kept == ()
    assert cap_group(units(95, 92), 1, 20, 25, DEFAULT, at_least=1).kept == ("u0",)


OPTIONS = st.fixed_dictionaries(
    {q: st.sampled_from([o.id for o in catalogue()[q].options]) for q in DEFAULT}
)


@examples(300)
@given(
    st.lists(st.tuples(st.integers(180, 200), st.integers(0, 4)), max_size=20),
    st.integers(0, 40),
    OPTIONS,
)
def test_the_cap_is_kept_and_nobody_passes_over_a_better_unit(found, second, options):
    candidates = [Candidate(f"u{i}", p / 2, v) for i, (p, v) in enumerate(found)]
    capped = cap_group(candidates, second, 20, 25, options)
    highest = limit(
        len(candidates) + second,
        25 if options["cap_tie"] == "all_in_to_25_percent" else 20,
        options["cap_denominator"],
        options["cap_rounding"],
    )
    assert len(capped.kept) <= highest
    assert sorted((*capped.kept, *capped.left_out)) == sorted(c.unit_id for c in candidates)
    points = {c.unit_id: c.points for c in candidates}
    assert all(points[k] >= points[out] for k in capped.kept for out in capped.left_out)
    again = cap_group(list(reversed(candidates)), second, 20, 25, options)
    assert set(again.kept) == set(capped.kept)


@given(st.integers(0, 60), st.sampled_from(FOUR))
def test_more_units_never_have_fewer_places(pool, reading):
    assert limit(pool, 20, *reading) <= limit(pool + 1, 20, *reading)
    assert limit(pool, 20, *reading) <= limit(pool, 25, *reading)
