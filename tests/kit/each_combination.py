"""The same study the slow way: every combination scored by itself, by definition.

No code of the fast way is used.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from fractions import Fraction

import numpy as np

from assess.rules import catalogue, choose, resolve
from assess.scoring import score
from assess.scoring.period.roll_up import period_results
from assess.studies import every_combination
from assess.studies.readings import PERIOD_QUESTIONS


def results(made, questions, readings):
    """Map meeting → combination (a tuple of options) → (class, points of 100 or None).

    A code stands for the class where there is none.
    """
    frame = every_combination(made, questions, readings)
    found = defaultdict(dict)
    for row in frame.to_dict("records"):
        waits = row["waiting"]
        classed = isinstance(row["class_id"], str)
        points = (
            round(100 * row["total"] / row["out_of"], 6)
            if classed and row["total"] == row["total"]
            else None
        )
        name = "waiting" if waits else row["class_id"] if classed else "no_result"
        found[row["meeting_id"]][tuple(row[q] for q in questions)] = name, points
    everything = list(
        itertools.product(*([o.id for o in catalogue()[q].options] for q in questions))
    )
    for known in found.values():
        for combination in everything:
            known.setdefault(combination, ("outside", None))
    return found, everything


def results_of_periods(made, questions, readings):
    """Map chi bộ → combination → (class of the period, its mean of 100 or None).

    A code stands for the class where there is none.
    """
    everything = list(
        itertools.product(*([o.id for o in catalogue()[q].options] for q in questions))
    )
    found = defaultdict(dict)
    for combination in everything:
        chosen = {**readings, **dict(zip(questions, combination, strict=True))}
        for chi_bo, outcome in period_results(made, score(made, chosen), chosen).items():
            name = (
                outcome.class_id
                if outcome.status == "classed"
                else NAMES.get(outcome.status, outcome.status)
            )
            known = (
                outcome.status in ("classed", "none_known", "necessary_only")
                and outcome.mean is not None
            )
            points = (
                round(
                    float(
                        100
                        * outcome.mean
                        / Fraction(repr(made.rule_sets[outcome.rule_set_id].total))
                    ),
                    6,
                )
                if known
                else None
            )
            found[chi_bo][combination] = name, points
    return found, everything


NAMES = {
    "waits": "waiting",
    "left": "outside",
    "nothing": "no_result",
    "several_forms": "no_result",
}


def base_of(rules, questions, readings):
    """Return the readings in use of one rule set, or without any rule set."""
    given = {q.id: readings.get(q.id, q.default) for q in catalogue().values()}
    chosen = (
        {**given, **{key: value.option.id for key, value in resolve(rules, readings).items()}}
        if rules
        else given
    )
    of_period = {q: choose(q, readings, rules).option.id for q in PERIOD_QUESTIONS}
    return tuple({**chosen, **of_period}[q] for q in questions)


def replaced(combination, axes, by):
    """Return a combination with the options of some axes taken from another one."""
    return tuple(by[i] if i in axes else option for i, option in enumerate(combination))


def smallest_sets(known, everything, base, changes):
    """Return the smallest sets of axes that change the class when only they leave the base.

    Each set is mapped to the classes that it reaches.
    """
    axes = range(len(base))
    found = {}
    for size in range(1, len(base) + 1):
        for some in itertools.combinations(axes, size):
            if any(set(part) < set(some) for part in found):
                continue
            reached = {known[replaced(base, some, by)][0] for by in everything}
            reached = {name for name in reached if changes(known[base][0], name)}
            if reached:
                found[some] = reached
    return found


def parts(values, everything):
    """Return the whole variance and its first, total and pair parts.

    They are computed from the conditional means of their definitions.
    """
    count = len(everything[0])
    array = np.array([values[c] for c in everything])

    def mean_given(axes):
        groups = defaultdict(list)
        for combination, value in zip(everything, array, strict=True):
            groups[tuple(combination[i] for i in axes)].append(value)
        return {key: np.mean(group) for key, group in groups.items()}

    def closed(axes):
        # all options are equally likely, so all groups have the same weight
        return float(np.var(list(mean_given(axes).values())))

    whole = float(np.var(array))
    first = [closed([i]) for i in range(count)]
    total = [
        whole - closed([j for j in range(count) if j != i]) if count > 1 else whole
        for i in range(count)
    ]
    pair = {
        (i, j): closed([i, j]) - first[i] - first[j]
        for i, j in itertools.combinations(range(count), 2)
    }
    return whole, first, total, pair
