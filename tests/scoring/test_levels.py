"""Levels against a plain reading of the rule set, one value at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.rules import catalogue
from assess.scoring.sheets.levels import points_from_facts

DEFAULTS = {q.id: q.default for q in catalogue().values()}


def points(rules, criterion_id, facts, **readings):
    criterion = next(c for c in rules.criteria if c.id == criterion_id)
    arrays = {name: np.array([float(value)]) for name, value in facts.items()}
    return float(points_from_facts(criterion, arrays, DEFAULTS | readings).points[0])


@given(st.integers(0, 200), st.sampled_from([90, 120]))
def test_duration_as_a_clerk_reads_the_form(an_phu, minutes, required):
    short = required - minutes
    if short <= 0:
        wanted = 5
    elif short <= 15:
        wanted = 4
    elif short <= 30:
        wanted = 3
    elif minutes >= required / 2:
        wanted = 2  # exactly half, or the gap above it under the reading next_worse
    else:
        wanted = 1
    assert points(an_phu, "c1_time", {"minutes": minutes, "required_minutes": required}) == wanted


@pytest.mark.parametrize("minutes", range(46, 60))
def test_31_to_44_minutes_short_of_90_fall_in_the_named_hole(an_phu, minutes):
    facts = {"minutes": minutes, "required_minutes": 90}
    found = {
        reading: points(an_phu, "c1_time", facts, level_gap=reading)
        for reading in ("next_worse", "next_better", "interpolate", "refuse")
    }
    assert (found["next_worse"], found["next_better"]) == (2, 3)
    assert found["interpolate"] == pytest.approx(2 + (minutes - 45) / 15)
    assert np.isnan(found["refuse"])


@pytest.mark.parametrize(
    ("present", "wanted"), [(20, 4), (18, 4), (17, 3), (15, 3), (14, 2), (13, 2), (12, 1), (0, 1)]
)
def test_attendance_of_twenty(an_phu, present, wanted):
    assert (
        points(an_phu, "c2_rate", {"attendance_rate": present / 20, "absent_unexcused": 0})
        == wanted
    )


def test_one_unexcused_absence_overrides_95_percent(an_phu):
    facts = {"attendance_rate": 0.95, "absent_unexcused": 1}
    assert [
        points(an_phu, "c2_rate", facts, unexcused=r) for r in ("as_written", "gate", "deduct")
    ] == [1, 4, 3]
    assert points(an_phu, "c2_rate", {**facts, "absent_unexcused": 9}, unexcused="deduct") == 1


def test_exactly_half_speaking_is_in_no_level(an_phu):
    found = [
        points(an_phu, "c4_discuss", {"speaker_rate": 0.5}, level_gap=r)
        for r in ("next_worse", "next_better", "interpolate")
    ]
    assert found == [4, 5, 4.5]


def test_minutes_say_nothing_where_the_length_asked_for_is_not_known(an_phu):
    """Without a roll nobody knows whether a meeting had to last 90 or 120 minutes."""
    for reading in ("next_worse", "next_better", "interpolate", "refuse"):
        assert np.isnan(
            points(
                an_phu, "c1_time", {"minutes": 65, "required_minutes": np.nan}, level_gap=reading
            )
        )
