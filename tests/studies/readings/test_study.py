import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assess.base.errors import InputError
from assess.rules import catalogue
from assess.studies.readings.space import SCORING_ROLES
from assess.studies.readings.study import CONTESTED, study_readings
from scoring.build import small_slice
from studies.readings.brute import base_of, parts, replaced, results, smallest_sets
from studies.readings.random_forms import meetings, rule_sets, sheets

PHASES = set(Phase) - {Phase.shrink}  # a case is small as it is, and making it smaller takes minutes
ASKABLE = [q.id for q in catalogue().values() if q.role in SCORING_ROLES and q.id != "score_basis"] + ["window_month"]
MANY = 40
"""Combinations of a case, besides the two of what points are taken from: each is scored by itself in 20 ms."""


@st.composite
def cases(draw):
    """A slice of some meetings on a random form, some questions, and readings of some others."""
    rules = draw(rule_sets())
    found = {f"m{i}": draw(meetings()) for i in range(draw(st.integers(1, 4)))}
    written = {}
    for name in found:
        for rater in draw(
            st.sampled_from([("self",), ("self",), ("superior",), ("self", "superior"), ("self", "superior", "inspector"), ()])
        ):
            written[name, rater] = draw(sheets(rules))
    chi_bo = {name: draw(st.booleans()) for name in ("has_chi_uy", "has_deputy", "leads_mass_organisations")}
    made = small_slice(rules, found, written, chi_bo=chi_bo)
    own = [*[q.id for q in rules.questions if q.id in ASKABLE], *ASKABLE]
    asked = []
    for question in draw(st.lists(st.sampled_from(own), min_size=1, max_size=4, unique=True)):
        if math.prod(len(catalogue()[q].options) for q in [*asked, question]) <= MANY or not asked:
            asked.append(question)
    others = draw(st.lists(st.sampled_from([q for q in ASKABLE if q not in asked]), max_size=2, unique=True))
    readings = {q: draw(st.sampled_from([o.id for o in catalogue()[q].options])) for q in others}
    return made, rules, asked, readings


def near(found, wanted):
    """Equal up to rounding; missing is equal to missing."""
    wanted = math.nan if wanted is None else wanted
    return found == pytest.approx(wanted, rel=1e-9, abs=1e-9, nan_ok=True)


@given(cases())
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=list(PHASES))
def test_every_number_equals_that_of_scoring_each_combination_by_itself(case):
    check(*case)


@pytest.mark.soak
@given(cases())
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), phases=list(PHASES))
def test_the_same_over_many_forms(case):
    check(*case)


def check(made, rules, asked, readings):
    study = study_readings(made, asked, readings)
    questions = [q.id for q in study.space.questions]
    assert set(questions) == {*asked, "score_basis"}
    known, everything = results(made, questions, readings)
    base = base_of(rules, questions, readings)
    _meetings(study, known, everything, base)
    _questions(study, made, known, everything, base)
    _combinations(study, known, everything, base, rules)


def _meetings(study, known, everything, base):
    assert set(study.meetings["meeting_id"]) == set(known)
    accepted, flips = defaultdict(dict), defaultdict(dict)
    for row in study.acceptability.itertuples():
        accepted[row.meeting_id][row.class_id] = row.share
    names = [q.id for q in study.space.questions]
    for row in study.flips.itertuples():
        flips[row.meeting_id][tuple(names.index(q) for q in row.questions.split("+"))] = set(row.reached.split(", "))
    for row in study.meetings.itertuples():
        mine = known[row.meeting_id]
        counted = Counter(name for name, _ in mine.values())
        assert accepted[row.meeting_id] == pytest.approx({name: count / len(everything) for name, count in counted.items()})
        origin, points = mine[base]
        share = counted[origin] / len(everything)
        assert row.class_id == origin
        assert near(row.points, points)
        assert near(row.share, share)
        values = [value for _, value in mine.values() if value is not None]
        assert near(row.low, min(values, default=None))
        assert near(row.high, max(values, default=None))
        classed = any(name not in ("waiting", "no_result", "outside") for name in counted)
        wanted = "" if not classed else "robust" if len(counted) == 1 else "fragile" if share >= CONTESTED else "contested"
        assert row.verdict == wanted
        assert row.different == len({(name, None if value is None else round(value, 6)) for name, value in mine.values()})
        sets = smallest_sets(mine, everything, base)
        assert row.flips == min(map(len, sets), default=0)
        assert {some: flips[row.meeting_id].get(some) for some in sets if len(some) <= 4} == {s: r for s, r in sets.items() if len(s) <= 4}
        assert set(flips[row.meeting_id]) <= set(sets)


def _questions(study, made, known, everything, base):
    chi_bo = dict(zip(made.tables["meeting"]["meeting_id"], made.tables["meeting"]["chi_bo_id"], strict=True))
    whole = Counter()
    sums = defaultdict(float)
    pairs = Counter()
    for mine in known.values():
        if all(value is not None for _, value in mine.values()):
            _add((whole, sums, pairs), "points", parts({c: mine[c][1] for c in everything}, everything))
        names = {name for name, _ in mine.values()}
        for name in names if names - {"waiting", "no_result", "outside"} else ():
            _add((whole, sums, pairs), "class", parts({c: float(mine[c][0] == name) for c in everything}, everything))
    for axis, row in enumerate(study.questions.itertuples()):
        moves = {"touched": 0, "class": 0}
        changes = []
        alone, together = set(), set()
        for meeting, mine in known.items():
            results_along = [[mine[replaced(c, [axis], by)] for by in everything] for c in everything]
            moving = any(not _same(a, b) for along in results_along for a, b in itertools.pairwise(along))
            moves["touched"] += moving
            moves["class"] += any(len({name for name, _ in along}) > 1 for along in results_along)
            moved = [
                abs(mine[c][1] - mine[replaced(c, [axis], base)][1]) for c in everything
                if c[axis] != base[axis] and mine[c][1] is not None and mine[replaced(c, [axis], base)][1] is not None
            ]  # fmt: skip
            changes += [np.mean(moved)] if moved and moving else []
            for some in smallest_sets(mine, everything, base):
                if axis in some and (len(some) <= 4):
                    (alone if len(some) == 1 else together).add(chi_bo[meeting])
        assert (row.touched, row.class_moves) == (moves["touched"], moves["class"])
        assert (row.alone, row.together) == (len(alone), len(together - alone))
        assert near(row.mean_change, np.mean(changes) if changes else None)
        _alone(study, chi_bo, known, axis, base)
        whole_ones = [mine for mine in known.values() if all(value is not None for _, value in mine.values())]
        seen = any(not _same(mine[c], mine[replaced(c, [axis], by)]) for mine in whole_ones for c in everything for by in everything)
        points = row.first, row.total
        if moves["touched"] and not seen:
            assert np.isnan(points).all()
            points = tuple(
                sums["points", part, axis] / whole["points"] if whole["points"] > 1e-9 else math.nan for part in ("first", "total")
            )
        for name, first, total in (("points", *points), ("class", row.class_first, row.class_total)):
            assert near(first, sums[name, "first", axis] / whole[name] if whole[name] > 1e-9 else None)
            assert near(total, sums[name, "total", axis] / whole[name] if whole[name] > 1e-9 else None)
    names = list(study.questions["question_id"])
    for row in study.pairs.itertuples():
        at = names.index(row.one), names.index(row.other)
        assert near(row.points, pairs["points", at] / whole["points"] if whole["points"] > 1e-9 else None)
        assert near(row.class_id, pairs["class", at] / whole["class"] if whole["class"] > 1e-9 else None)


def _alone(study, chi_bo, known, axis, base):
    name = study.space.questions[axis].id
    for row in study.alone[study.alone["question_id"] == name].itertuples():
        if row.option == base[axis]:
            assert (row.changed, row.chi_bo) == (0, 0)
            continue
        there = replaced(base, [axis], (*base[:axis], row.option, *base[axis + 1 :]))
        changed = [meeting for meeting, mine in known.items() if mine[there][0] != mine[base][0]]
        assert (row.changed, row.chi_bo) == (len(changed), len({chi_bo[meeting] for meeting in changed}))


def _same(one, other):
    return one[0] == other[0] and (one[1] == other[1] or (None not in (one[1], other[1]) and abs(one[1] - other[1]) < 1e-9))


def _add(sums_of, name, found):
    whole, sums, pairs = sums_of
    var, first, total, pair = found
    whole[name] += var
    for axis in range(len(first)):
        sums[name, "first", axis] += first[axis]
        sums[name, "total", axis] += total[axis]
    for at, value in pair.items():
        pairs[name, at] += value


def _combinations(study, known, everything, base, rules):
    names = [q.id for q in study.space.questions]
    frame = study.combinations
    assert [tuple(row) for row in frame[names].itertuples(index=False)] == everything
    counts = {(r.combination, r.class_id): r.meetings for r in study.counts.itertuples() if r.rule_set_id == rules.id}
    numbers = {}
    for place, (combination, row) in enumerate(zip(everything, frame.itertuples(), strict=True)):
        mine = {meeting: found[combination] for meeting, found in known.items()}
        assert row.changed == sum(mine[m][0] != known[m][base][0] for m in known)
        values = [value for _, value in mine.values() if value is not None]
        assert near(row.points, np.mean(values) if values else None)
        for c in rules.classes:
            assert counts[place, c.id] == sum(name == c.id for name, _ in mine.values())
        key = tuple(sorted((m, name, None if value is None else round(value, 6)) for m, (name, value) in mine.items()))
        assert numbers.setdefault(key, row.number) == row.number
    assert len(set(numbers.values())) == len(numbers) == study.different
    said = {(r.question_id, r.option, r.other) for r in study.same_options.itertuples()}
    for axis, name in enumerate(names):
        options = study.space.options(axis)
        for one, other in itertools.combinations(options, 2):
            alike = all(
                _same(found[c], found[(*c[:axis], other, *c[axis + 1 :])]) for found in known.values() for c in everything if c[axis] == one
            )
            assert ((name, one, other) in said) == alike


def test_questions_that_decide_no_meeting_are_refused(an_phu):
    made = small_slice(an_phu, {"a": {}}, {("a", "self"): {}})
    for wrong in (["mean_basis"], ["khong_co"]):
        with pytest.raises(InputError):
            study_readings(made, wrong)


MANY_FACTS = ["attendance_denominator", "exempt_present", "rate_rounding", "attendance_bound", "level_gap"]


def test_of_too_many_combinations_some_are_listed_and_everything_else_stays_exact(an_phu, monkeypatch):
    present = {"a": {"present": 17, "exempt": 2, "exempt_present": 1}, "b": {"minutes": 52}, "c": {"kind": "ket_hop"}}
    made = small_slice(an_phu, present, {(name, "self"): {"c4_regular": "n/a"} for name in present})
    whole = study_readings(made, [*MANY_FACTS, "not_applicable"])
    monkeypatch.setattr("assess.studies.readings.study.MOST", 4000)
    some = study_readings(made, [*MANY_FACTS, "not_applicable"])
    assert whole.space.size > 4000
    assert (whole.drawn, some.drawn) == (0, len(some.combinations))
    assert 900 < some.drawn <= 1001
    for name in ("meetings", "acceptability", "flips", "questions", "alone", "pairs", "same_options"):
        pd.testing.assert_frame_equal(getattr(some, name), getattr(whole, name))
    names = [q.id for q in whole.space.questions]
    both = some.combinations.merge(whole.combinations, on=names, suffixes=("", "_whole"))
    assert len(both) == some.drawn
    assert both["changed"].tolist() == both["changed_whole"].tolist()
    assert both["points"].tolist() == pytest.approx(both["points_whole"].tolist())
    assert some.combinations.iloc[0][names].tolist() == list(base_of(an_phu, names, {}))
    again = study_readings(made, [*MANY_FACTS, "not_applicable"])
    pd.testing.assert_frame_equal(some.combinations, again.combinations)
    other = study_readings(made, [*MANY_FACTS, "not_applicable"], seed=7)
    assert not some.combinations.equals(other.combinations)
    monkeypatch.setattr("assess.studies.readings.study.MOST", 20)
    with pytest.raises(InputError, match="20"):
        study_readings(made, [*MANY_FACTS, "not_applicable"])


def test_a_slice_without_meetings_has_no_results_and_says_so(an_phu):
    study = study_readings(small_slice(an_phu, {"a": {"status": "postponed"}}, {}), ["not_applicable"])
    assert study.meetings.empty
    assert study.different == 1
    assert study.questions["touched"].tolist() == [0, 0]
