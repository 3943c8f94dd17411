"""Check a study against brute force: every number of every table, by definition.

The numbers follow from the result of each case under each combination.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from assess.studies.readings import CONTESTED, PERIOD
from kit.each_combination import parts, replaced, smallest_sets

NOTHING_SAID = {"waiting", "no_result", "outside", "no_rule", "no_points", "open"}
NO_CLASS = {
    "waiting",
    "no_result",
    "outside",
    "none_known",
    "necessary_only",
    "no_rule",
    "no_points",
    "open",
}


def check(study, known, everything, base, chi_bo, form):
    """Check a study.

    ``known``: by case and combination; ``base``, ``chi_bo`` and ``form`` by case.
    """
    _alone(study, chi_bo, known, base)
    counts_as = _same_options(study, known, everything)
    everything = [c for c in everything if c == tuple(map(_at, counts_as, c))]
    assert len(everything) == study.distinct.size
    base = {case: tuple(map(_at, counts_as, origin)) for case, origin in base.items()}
    _cases(study, known, everything, base)
    _questions(study, known, everything, base, chi_bo)
    _combinations(study, known, everything, base, form)
    _in_one_way(study, known, everything, base)


def _at(counts_as, option):
    return counts_as[option]


def changes(study, one, other):
    """Whether two results differ.

    Of a period, only a change between classes counts, or to and from having failed the known tests.
    """
    return one != other and not (study.of == PERIOD and {one, other} & NOTHING_SAID)


def ruled(study, mine, everything):
    """Return the combinations that count for one case.

    Of a period, options of ``period_class`` that give the case no rule are left out.
    """
    names = [q.id for q in study.space.questions]
    if study.of != PERIOD or "period_class" not in names:
        return everything
    at = names.index("period_class")
    some = {c[at] for c in everything if mine[c][0] != "no_rule"}
    return [c for c in everything if c[at] in some] if some else everything


def firm(study, names, origin):
    """Return share and verdict of one case, from the results of its combinations."""
    classes = [name for name in names if name not in NO_CLASS]
    if study.of == PERIOD:
        told = [name for name in names if name not in NOTHING_SAID]
        held = (
            told.count(origin)
            if origin not in NOTHING_SAID
            else max(Counter(classes).values(), default=0)
        )
        share = held / len(told) if classes else None
    else:
        share = names.count(origin) / len(names)
    return (
        share,
        ""
        if not classes
        else "robust"
        if share == 1
        else "fragile"
        if share >= CONTESTED
        else "contested",
    )


def _in_one_way(study, known, everything, base):
    names = [q.id for q in study.space.questions]
    found = {(row.case_id, row.option): row for row in study.by_way.itertuples()}
    if study.of != PERIOD or "period_class" not in names:
        assert not found
        return
    at = names.index("period_class")
    wanted = set()
    for case, mine in known.items():
        for way in study.distinct.options(at):
            results = [mine[c][0] for c in everything if c[at] == way]
            if set(results) == {"no_rule"}:
                continue
            wanted.add((case, way))
            origin = mine[(*base[case][:at], way, *base[case][at + 1 :])][0]
            share, verdict = firm(study, results, origin)
            row = found[case, way]
            assert (row.class_id, row.verdict) == (origin, verdict)
            assert near(row.share, share)
    assert set(found) == wanted


def near(found, wanted):
    """Whether two numbers are equal up to rounding; a missing one equals a missing one."""
    wanted = math.nan if wanted is None else wanted
    return found == pytest.approx(wanted, rel=1e-9, abs=1e-9, nan_ok=True)


def _cases(study, known, everything, base):
    assert set(study.cases["case_id"]) == set(known)
    accepted, flips = defaultdict(dict), defaultdict(dict)
    for row in study.acceptability.itertuples():
        accepted[row.case_id][row.class_id] = row.share
    names = [q.id for q in study.space.questions]
    for row in study.flips.itertuples():
        flips[row.case_id][tuple(names.index(q) for q in row.questions.split("+"))] = set(
            row.reached.split(", ")
        )
    for row in study.cases.itertuples():
        origin, points = known[row.case_id][base[row.case_id]]
        mine = {c: known[row.case_id][c] for c in ruled(study, known[row.case_id], everything)}
        counted = Counter(name for name, _ in mine.values())
        assert accepted[row.case_id] == pytest.approx(
            {name: count / len(mine) for name, count in counted.items()}
        )
        share, wanted = firm(study, [name for name, _ in mine.values()], origin)
        assert row.class_id == origin
        assert near(row.points, points)
        assert near(row.share, share)
        values = [value for _, value in mine.values() if value is not None]
        assert near(row.low, min(values, default=None))
        assert near(row.high, max(values, default=None))
        assert row.verdict == wanted
        assert row.different == len(
            {(name, None if value is None else round(value, 6)) for name, value in mine.values()}
        )
        sets = smallest_sets(
            known[row.case_id],
            everything,
            base[row.case_id],
            lambda one, other: changes(study, one, other),
        )
        assert row.flips == min(map(len, sets), default=0)
        assert {some: flips[row.case_id].get(some) for some in sets if len(some) <= 4} == {
            s: r for s, r in sets.items() if len(s) <= 4
        }
        assert set(flips[row.case_id]) <= set(sets)


def _questions(study, known, everything, base, chi_bo):
    whole = Counter()
    sums = defaultdict(float)
    pairs = Counter()
    for mine in known.values():
        counting = ruled(study, mine, everything)
        if all(mine[c][1] is not None for c in counting):
            _add((whole, sums, pairs), "points", parts({c: mine[c][1] for c in counting}, counting))
        names = {mine[c][0] for c in counting}
        for name in names if names - NO_CLASS else ():
            _add(
                (whole, sums, pairs),
                "class",
                parts({c: float(mine[c][0] == name) for c in counting}, counting),
            )
    for axis, row in enumerate(study.questions.itertuples()):
        moves = {"touched": 0, "class": 0}
        sizes = []
        alone, together = set(), set()
        for case, mine in known.items():
            origin = base[case]
            counting = ruled(study, mine, everything)
            results_along = [[mine[replaced(c, [axis], by)] for by in counting] for c in counting]
            moving = any(
                not _same(a, b) for along in results_along for a, b in itertools.pairwise(along)
            )
            moves["touched"] += moving
            moves["class"] += any(
                changes(study, a, b)
                for along in results_along
                for (a, _), (b, _) in itertools.combinations(along, 2)
            )
            moved = [
                abs(mine[c][1] - mine[replaced(c, [axis], origin)][1])
                for c in everything
                if c[axis] != origin[axis]
                and mine[c][1] is not None
                and mine[replaced(c, [axis], origin)][1] is not None
            ]
            sizes += [np.mean(moved)] if moved and moving else []
            for some in smallest_sets(
                mine, everything, origin, lambda one, other: changes(study, one, other)
            ):
                if axis in some and (len(some) <= 4):
                    (alone if len(some) == 1 else together).add(chi_bo[case])
        assert (row.touched, row.class_moves) == (moves["touched"], moves["class"])
        assert (row.alone, row.together) == (len(alone), len(together - alone))
        assert near(row.mean_change, np.mean(sizes) if sizes else None)
        counting = [(mine, ruled(study, mine, everything)) for mine in known.values()]
        whole_ones = [
            (mine, some) for mine, some in counting if all(mine[c][1] is not None for c in some)
        ]
        seen = any(
            not _same(mine[c], mine[replaced(c, [axis], by)])
            for mine, some in whole_ones
            for c in some
            for by in some
        )
        points = row.first, row.total
        if moves["touched"] and not seen:
            assert np.isnan(points).all()
            points = tuple(
                sums["points", part, axis] / whole["points"] if whole["points"] > 1e-9 else math.nan
                for part in ("first", "total")
            )
        for name, first, total in (
            ("points", *points),
            ("class", row.class_first, row.class_total),
        ):
            assert near(
                first, sums[name, "first", axis] / whole[name] if whole[name] > 1e-9 else None
            )
            assert near(
                total, sums[name, "total", axis] / whole[name] if whole[name] > 1e-9 else None
            )
    names = list(study.questions["question_id"])
    for row in study.pairs.itertuples():
        at = names.index(row.one), names.index(row.other)
        assert near(
            row.points, pairs["points", at] / whole["points"] if whole["points"] > 1e-9 else None
        )
        assert near(
            row.class_id, pairs["class", at] / whole["class"] if whole["class"] > 1e-9 else None
        )


def _alone(study, chi_bo, known, base):
    """Check what each option of the whole space does by itself, and in which cases."""
    names = [q.id for q in study.space.questions]
    by_option = study.alone_cases.groupby(["question_id", "option"])["case_id"].agg(list).to_dict()
    for row in study.alone.itertuples():
        axis = names.index(row.question_id)
        changed = []
        for case, mine in known.items():
            origin = base[case]
            there = (*origin[:axis], row.option, *origin[axis + 1 :])
            changed += [case] if changes(study, mine[there][0], mine[origin][0]) else []
        assert (row.changed, row.chi_bo) == (len(changed), len({chi_bo[case] for case in changed}))
        assert sorted(by_option.get((row.question_id, row.option), [])) == sorted(changed)


def _same_options(study, known, everything):
    """Return, by axis, the option that each option counts as.

    Of options that are equal for every case exactly one is kept.
    """
    said = {(r.question_id, r.option, r.other) for r in study.same_options.itertuples()}
    counts_as = []
    for axis, question in enumerate(study.space.questions):
        options = study.space.options(axis)
        kept = study.distinct.options(axis)
        place = {option: option for option in kept}
        for one, other in itertools.combinations(options, 2):
            alike = all(
                _same(found[c], found[(*c[:axis], other, *c[axis + 1 :])])
                for found in known.values()
                for c in everything
                if c[axis] == one
            )
            assert ((question.id, one, other) in said) == alike
            if alike:
                assert not {one, other} <= set(kept)
                place |= {name: by for name, by in ((one, other), (other, one)) if by in kept}
        assert set(place) == set(options)
        assert all(study.counted_as(question.id, option) == by for option, by in place.items())
        counts_as.append(place)
    return counts_as


def _same(one, other):
    return one[0] == other[0] and (
        one[1] == other[1] or (None not in (one[1], other[1]) and abs(one[1] - other[1]) < 1e-9)
    )


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
    counts = {
        (r.combination, r.rule_set_id, r.class_id): r.cases for r in study.counts.itertuples()
    }
    numbers = {}
    for place, (combination, row) in enumerate(zip(everything, frame.itertuples(), strict=True)):
        mine = {meeting: found[combination] for meeting, found in known.items()}
        assert row.changed == sum(changes(study, mine[m][0], known[m][base[m]][0]) for m in known)
        values = [value for _, value in mine.values() if value is not None]
        assert near(row.points, np.mean(values) if values else None)
        for (at, rules, name), count in counts.items():
            if at == place:
                assert count == sum(
                    found == name and form[m] == rules for m, (found, _) in mine.items()
                )
        key = tuple(
            sorted(
                (m, name, None if value is None else round(value, 6))
                for m, (name, value) in mine.items()
            )
        )
        assert numbers.setdefault(key, row.number) == row.number
    assert len(set(numbers.values())) == len(numbers) == study.different
