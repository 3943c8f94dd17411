"""A study held against brute force: every number of every table by its definition, from the result of each case under each combination."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from assess.studies.readings import CONTESTED
from studies.readings.brute import parts, replaced, smallest_sets

NO_CLASS = {"waiting", "no_result", "outside", "none_known", "necessary_only", "no_rule", "no_points", "open"}


def check(study, known, everything, base, chi_bo, form):
    """``known``: by case and combination; ``base``, ``chi_bo`` and ``form`` by case."""
    _cases(study, known, everything, base)
    _questions(study, known, everything, base, chi_bo)
    _combinations(study, known, everything, base, form)


def near(found, wanted):
    """Equal up to rounding; missing is equal to missing."""
    wanted = math.nan if wanted is None else wanted
    return found == pytest.approx(wanted, rel=1e-9, abs=1e-9, nan_ok=True)


def _cases(study, known, everything, base):
    assert set(study.cases["case_id"]) == set(known)
    accepted, flips = defaultdict(dict), defaultdict(dict)
    for row in study.acceptability.itertuples():
        accepted[row.case_id][row.class_id] = row.share
    names = [q.id for q in study.space.questions]
    for row in study.flips.itertuples():
        flips[row.case_id][tuple(names.index(q) for q in row.questions.split("+"))] = set(row.reached.split(", "))
    for row in study.cases.itertuples():
        mine = known[row.case_id]
        counted = Counter(name for name, _ in mine.values())
        assert accepted[row.case_id] == pytest.approx({name: count / len(everything) for name, count in counted.items()})
        origin, points = mine[base[row.case_id]]
        share = counted[origin] / len(everything)
        assert row.class_id == origin
        assert near(row.points, points)
        assert near(row.share, share)
        values = [value for _, value in mine.values() if value is not None]
        assert near(row.low, min(values, default=None))
        assert near(row.high, max(values, default=None))
        classed = any(name not in NO_CLASS for name in counted)
        wanted = "" if not classed else "robust" if len(counted) == 1 else "fragile" if share >= CONTESTED else "contested"
        assert row.verdict == wanted
        assert row.different == len({(name, None if value is None else round(value, 6)) for name, value in mine.values()})
        sets = smallest_sets(mine, everything, base[row.case_id])
        assert row.flips == min(map(len, sets), default=0)
        assert {some: flips[row.case_id].get(some) for some in sets if len(some) <= 4} == {s: r for s, r in sets.items() if len(s) <= 4}
        assert set(flips[row.case_id]) <= set(sets)


def _questions(study, known, everything, base, chi_bo):
    whole = Counter()
    sums = defaultdict(float)
    pairs = Counter()
    for mine in known.values():
        if all(value is not None for _, value in mine.values()):
            _add((whole, sums, pairs), "points", parts({c: mine[c][1] for c in everything}, everything))
        names = {name for name, _ in mine.values()}
        for name in names if names - NO_CLASS else ():
            _add((whole, sums, pairs), "class", parts({c: float(mine[c][0] == name) for c in everything}, everything))
    for axis, row in enumerate(study.questions.itertuples()):
        moves = {"touched": 0, "class": 0}
        changes = []
        alone, together = set(), set()
        for case, mine in known.items():
            origin = base[case]
            results_along = [[mine[replaced(c, [axis], by)] for by in everything] for c in everything]
            moving = any(not _same(a, b) for along in results_along for a, b in itertools.pairwise(along))
            moves["touched"] += moving
            moves["class"] += any(len({name for name, _ in along}) > 1 for along in results_along)
            moved = [
                abs(mine[c][1] - mine[replaced(c, [axis], origin)][1]) for c in everything
                if c[axis] != origin[axis] and mine[c][1] is not None and mine[replaced(c, [axis], origin)][1] is not None
            ]  # fmt: skip
            changes += [np.mean(moved)] if moved and moving else []
            for some in smallest_sets(mine, everything, origin):
                if axis in some and (len(some) <= 4):
                    (alone if len(some) == 1 else together).add(chi_bo[case])
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
        changed = []
        for case, mine in known.items():
            origin = base[case]
            there = replaced(origin, [axis], (*origin[:axis], row.option, *origin[axis + 1 :]))
            changed += [case] if mine[there][0] != mine[origin][0] else []
        assert (row.changed, row.chi_bo) == (len(changed), len({chi_bo[case] for case in changed}))


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


def _combinations(study, known, everything, base, form):
    names = [q.id for q in study.space.questions]
    frame = study.combinations
    assert [tuple(row) for row in frame[names].itertuples(index=False)] == everything
    counts = {(r.combination, r.rule_set_id, r.class_id): r.cases for r in study.counts.itertuples()}
    numbers = {}
    for place, (combination, row) in enumerate(zip(everything, frame.itertuples(), strict=True)):
        mine = {meeting: found[combination] for meeting, found in known.items()}
        assert row.changed == sum(mine[m][0] != known[m][base[m]][0] for m in known)
        values = [value for _, value in mine.values() if value is not None]
        assert near(row.points, np.mean(values) if values else None)
        for (at, rules, name), count in counts.items():
            if at == place:
                assert count == sum(found == name and form[m] == rules for m, (found, _) in mine.items())
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
