"""Signals on small provinces whose troubles are known: planted by a generator that shares nothing with them."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assess.scoring import score
from assess.studies.signals import LEVEL, SIGNALS, signals
from assess.studies.signals.chances import adjusted
from studies.planted import TROUBLE_OF, Province, count

FACTS = [s.id for s in SIGNALS if not s.statistical]


@pytest.fixture(scope="module")
def spoilt(rules):
    return Province(3, rules["an-phu-hd42"])


@pytest.fixture(scope="module")
def found(spoilt):
    made = spoilt.slice()
    return signals(made, score(made))


def of(found, signal):
    return set(found.loc[found["signal_id"] == signal, "unit_id"])


@pytest.mark.parametrize("signal", FACTS)
def test_a_planted_trouble_is_seen(spoilt, found, signal):
    wanted = spoilt.planted[TROUBLE_OF[signal]]
    assert len(of(found, signal) & wanted) >= len(wanted) - 1


@pytest.mark.parametrize("signal", ["heaped_at_edges", "higher_when_visited"])
def test_a_planted_trouble_of_a_unit_stands_out_from_chance(spoilt, found, signal):
    assert of(found, signal) == spoilt.planted[TROUBLE_OF[signal]]
    mine = found[found["signal_id"] == signal]
    assert (mine["q"] <= LEVEL).all()
    assert (mine["p"] > 0).all()  # a permutation test is never sure


def test_a_sighting_names_the_meetings_behind_it(spoilt, found):
    made = spoilt.slice()
    known = dict(zip(made.tables["meeting"]["meeting_id"], made.tables["meeting"]["chi_bo_id"], strict=True))
    for row in found[found["p"].isna()].itertuples():
        assert {known[meeting] for meeting in row.meetings} <= {row.unit_id}
        assert len(row.meetings) > 0 or row.signal_id == "no_thematic"
        assert row.text
    copied = found[(found["signal_id"] == "same_sheets") & found["unit_id"].isin(spoilt.planted["copied"])]
    assert (copied["meetings"].map(len) >= 5).all()


def test_the_same_slice_gives_the_same_signals_whatever_the_order_of_rows(spoilt, found):
    made = spoilt.slice()
    tables = {name: table.sample(frac=1, random_state=1).reset_index(drop=True) for name, table in made.tables.items()}
    again = dataclasses.replace(made, tables=tables)
    other = signals(again, score(again))
    key = ["signal_id", "unit_id"]
    pd.testing.assert_frame_equal(
        other.drop(columns="meetings").sort_values(key, ignore_index=True),
        found.drop(columns="meetings").sort_values(key, ignore_index=True),
    )


def test_every_signal_says_what_it_looks_for_what_it_cannot_tell_and_where_it_is_from():
    for signal in SIGNALS:
        assert min(map(len, (signal.title, signal.definition, signal.limits, signal.source))) > 10
    assert len({signal.id for signal in SIGNALS}) == len(SIGNALS)


def test_a_slice_without_meetings_has_no_signals(spoilt):
    made = spoilt.slice()
    empty = {name: table.head(0) for name, table in made.tables.items() if name not in ("unit", "due")}
    none = dataclasses.replace(made, tables={**made.tables, **empty})
    seen = signals(none, score(none))
    assert set(seen["signal_id"]) <= {"no_thematic"}
    assert seen.attrs["tests"] == 0


@given(st.lists(st.floats(0.0005, 1), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_adjusted_chances_are_benjamini_and_hochbergs(chances):
    found = adjusted(chances)
    order = np.argsort(chances, kind="stable")
    for level in (0.01, 0.05, 0.2):
        # the step-up rule as it is stated: the largest k with p(k) ≤ k/m · level, and all before it
        passing = [k for k in range(1, len(chances) + 1) if chances[order[k - 1]] <= k / len(chances) * level + 1e-15]
        rejected = set(order[: max(passing, default=0)])
        assert {i for i in range(len(chances)) if found[i] <= level + 1e-15} == rejected


@pytest.mark.soak
def test_over_many_provinces_statistical_signals_stay_within_their_level(rules):
    _, _, _, _, crying = count(range(100), rules["an-phu-hd42"])
    # 5 % of 100, and what chance adds to it once in forty times
    assert crying <= 10
