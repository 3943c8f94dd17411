"""Signals on small provinces with known troubles.

The generator that plants them shares nothing with the signals.
"""

import dataclasses
import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.base.errors import InputError
from assess.scoring import score
from assess.studies.signals import LEVEL, SIGNALS, SignalInput, SignalThresholds, signals
from assess.studies.signals.chance import adjusted, heaped_at_edges, higher_when_visited
from assess.studies.signals.recorded import signed_late
from kit.examples import examples
from kit.planted_troubles import TROUBLE_OF, Province, count
from kit.small_dang_bo import meeting, year_slice

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
    assert (mine["p"] > 0).all()  # a permutation test never gives p = 0


def test_a_sighting_names_the_meetings_behind_it(spoilt, found):
    made = spoilt.slice()
    known = dict(
        zip(made.tables["meeting"]["meeting_id"], made.tables["meeting"]["chi_bo_id"], strict=True)
    )
    for row in found[found["p"].isna()].itertuples():
        assert {known[meeting] for meeting in row.meetings} <= {row.unit_id}
        assert len(row.meetings) > 0 or row.signal_id == "no_thematic"
        assert row.text
    copied = found[
        (found["signal_id"] == "same_sheets") & found["unit_id"].isin(spoilt.planted["copied"])
    ]
    assert (copied["meetings"].map(len) >= 5).all()


def test_the_same_slice_gives_the_same_signals_whatever_the_order_of_rows(spoilt, found):
    made = spoilt.slice()
    tables = {
        name: table.sample(frac=1, random_state=1).reset_index(drop=True)
        for name, table in made.tables.items()
    }
    again = dataclasses.replace(made, tables=tables)
    other = signals(again, score(again))
    key = ["signal_id", "unit_id"]
    pd.testing.assert_frame_equal(
        other.drop(columns="meetings").sort_values(key, ignore_index=True),
        found.drop(columns="meetings").sort_values(key, ignore_index=True),
    )


def stand_in(rows, rules, groups, visits=()):
    """Make a slice as the statistical signals see it, from rows (chi bộ, form, total, day)."""
    own = pd.DataFrame(rows, columns=["chi_bo_id", "rule_set_id", "self_total", "held_on"])
    own = own.assign(
        meeting_id=[f"m{i}" for i in range(len(own))], self_out_of=100.0, self_cuts=1.0
    )
    units = {chi_bo: SimpleNamespace(kind="thon_to_dan_pho") for chi_bo in groups}
    day = pd.Timestamp("2025-12-31")
    made = SimpleNamespace(
        rule_sets=rules,
        chi_bo=tuple(groups),
        as_of=day,
        period=SimpleNamespace(end=day.date()),
        tree=SimpleNamespace(on=lambda _: units),
        tables={
            "visit": pd.DataFrame(list(visits), columns=["chi_bo_id", "done_on"]),
            "inspection": pd.DataFrame(columns=["form", "chi_bo_id", "inspected_on"]),
        },
    )
    return SimpleNamespace(own=own, made=made, group_of=groups)


def test_a_form_whose_steps_leave_no_total_just_under_an_edge_is_no_heaping(rules):
    one = rules["an-phu-hd42"]
    other = one.model_copy(update={"id": "buoc-nam"})
    rng = np.random.default_rng(1)
    groups, rows = {}, []
    for unit in range(10):
        for cell in range(4):
            name = f"c{unit}-{cell}"
            groups[name] = f"u{unit}"
            form, totals = (
                (one, np.arange(86, 95)) if unit < 5 else (other, np.array([85.0, 90.0, 95.0]))
            )
            rows += [
                (name, form.id, float(total), pd.Timestamp("2025-03-03"))
                for total in rng.choice(totals, 12)
            ]
    found = list(heaped_at_edges(stand_in(rows, {one.id: one, other.id: other}, groups)))
    assert len(found) == 10
    assert min(adjusted([sighting.p for sighting in found])) > LEVEL


def test_a_visit_after_a_change_of_form_is_not_taken_for_its_effect(rules):
    one = rules["an-phu-hd42"]
    rng = np.random.default_rng(2)
    groups = {f"c{n}": f"u{n // 6}" for n in range(12)}
    days = [pd.Timestamp(f"2025-{month:02d}-03") for month in range(1, 13)]
    rows = [
        (
            cell,
            "cu" if day.month < 11 else "moi",
            (80.0 if day.month < 11 else 95.0) + float(rng.integers(-2, 3)),
            day,
        )
        for cell in groups
        for day in days
    ]
    found = list(
        higher_when_visited(
            stand_in(rows, {"cu": one, "moi": one}, groups, [(cell, days[10]) for cell in groups])
        )
    )
    assert len(found) == 2
    for sighting in found:  # the fifteen points apart are due to the rule sets
        assert abs(float(sighting.text.split("bình quân ")[1].split(" ")[0].replace(",", "."))) < 3
        assert sighting.p > 0.01


def test_one_unit_stands_out_among_hundreds(rules):
    one = rules["an-phu-hd42"]
    rng = np.random.default_rng(3)
    groups, rows = {}, []
    for unit in range(220):
        for cell in range(2):
            name = f"c{unit}-{cell}"
            groups[name] = f"u{unit}"
            totals = rng.integers(90, 93, 12) if unit == 7 else rng.integers(87, 93, 12)
            rows += [(name, one.id, float(total), pd.Timestamp("2025-03-03")) for total in totals]
    found = list(heaped_at_edges(stand_in(rows, {one.id: one}, groups)))
    q = dict(zip([s.unit_id for s in found], adjusted([s.p for s in found]), strict=True))
    assert {unit for unit, value in q.items() if value <= LEVEL} == {"u7"}


def test_a_chance_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="no number"):
        adjusted([0.01, float("nan")])


def test_every_signal_says_what_it_looks_for_what_it_cannot_tell_and_where_it_is_from():
    for signal in SIGNALS:
        assert min(map(len, (signal.title, signal.definition, signal.limits, signal.source))) > 10
    assert len({signal.id for signal in SIGNALS}) == len(SIGNALS)


@pytest.mark.parametrize(
    ("signal", "strict", "lax"),
    [
        ("above_others", {"points_apart": 100}, {"points_apart": 0.5}),
        ("same_sheets", {"alike": 13}, {"alike": 2}),
        ("all_maximum", {"alike": 13}, {"alike": 2}),
        ("no_variation", {"steady": 13}, {"steady": 2}),
        ("exact_minutes", {"steady": 13}, {"exact_share": 0}),
        ("few_present", {"few": 0}, {"few": 1}),
        ("signed_late", {"late_days": 400, "signed_together": 13}, {"late_days": 0}),
    ],
)
def test_an_office_sets_from_where_a_signal_is_raised_and_its_definition_says_so(
    spoilt, signal, strict, lax
):
    made = spoilt.slice()
    scores = score(made)
    (asked,) = (each for each in SIGNALS if each.id == signal)
    few, usual, many = (
        {each.unit_id for each in asked.find(SignalInput(made, scores, SignalThresholds(**own)))}
        for own in (strict, {}, lax)
    )
    assert few < usual <= many
    defined = asked.defined(SignalThresholds(late_days=45))
    assert "{" not in defined
    assert ("hơn 45 ngày" in defined) == (signal == "signed_late")


@pytest.mark.parametrize(
    "wrong",
    [
        {"alike": 1},
        {"late_days": -1},
        {"points_apart": 0},
        {"few": 1.5},
        {"exact_share": float("nan")},
    ],
)
def test_a_threshold_that_would_make_a_signal_of_everything_or_nothing_is_refused(wrong):
    with pytest.raises(InputError) as caught:
        SignalThresholds(**wrong)
    assert caught.value.findings[0].place.file == next(iter(wrong))


def test_a_slice_without_meetings_has_no_signals(spoilt):
    made = spoilt.slice()
    empty = {
        name: table.head(0) for name, table in made.tables.items() if name not in ("unit", "due")
    }
    none = dataclasses.replace(made, tables={**made.tables, **empty})
    seen = signals(none, score(none))
    assert seen.empty
    assert seen.attrs["tests"] == 0


@given(st.lists(st.floats(0.0005, 1), min_size=1, max_size=30))
@examples(60)
def test_adjusted_chances_are_benjamini_and_hochbergs(chances):
    found = adjusted(chances)
    order = np.argsort(chances, kind="stable")
    for level in (0.01, 0.05, 0.2):
        # the step-up rule as stated: the largest k with p(k) ≤ k/m · level, and all before it
        passing = [
            k
            for k in range(1, len(chances) + 1)
            if chances[order[k - 1]] <= k / len(chances) * level + 1e-15
        ]
        rejected = set(order[: max(passing, default=0)])
        assert {i for i in range(len(chances)) if found[i] <= level + 1e-15} == rejected


@pytest.mark.soak
def test_over_many_provinces_statistical_signals_stay_within_their_level(rules):
    _, _, _, _, crying = count(range(100), rules["an-phu-hd42"])
    # 5 % of 100, and what chance adds to it once in forty times
    assert crying <= 10


@pytest.mark.parametrize(("months_of_a", "seen"), [(2, False), (3, True)])
def test_only_months_of_one_chi_bo_count_as_signed_together(months_of_a, seen):
    days = [dt.date(2026, month, 3) for month in (1, 2, 3)]
    held = [meeting("a", f"{day:%Y-%m}", day.isoformat()) for day in days[:months_of_a]]
    held += [meeting("b", "2026-03", "2026-03-03")]
    sheets = [
        {
            "sheet_id": f"s-{row['meeting_id']}",
            "meeting_id": row["meeting_id"],
            "rater": "self",
            "rule_set_id": "an-phu-hd42",
            "signed_on": dt.date(2026, 3, 5),
        }
        for row in held
    ]
    made = year_slice(meeting=held, sheet=sheets)
    told = {
        each.unit_id: each.text
        for each in signed_late(SignalInput(made, score(made), SignalThresholds()))
    }
    assert list(told) == ["a"]
    assert ("phiếu của 3 tháng ký cùng một ngày" in told["a"]) is seen
    assert ("cùng một ngày" in told["a"]) is seen
