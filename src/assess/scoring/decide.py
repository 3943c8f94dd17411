"""From the sheets of a meeting to its total and class: whose sheet counts, their mean, and what must wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assess.scoring.codes import positions
from assess.scoring.totals import rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from assess.rules import RuleSet
    from assess.scoring.form import ScoredForm

    Floats = NDArray[np.float64]
    Ints = NDArray[np.integer]
    Flags = NDArray[np.bool_]
    Objects = NDArray[np.object_]

RATERS = ("self", "superior", "inspector")


@dataclass(frozen=True, slots=True)
class Results:
    """What sheets came to, one value each: of all sheets, or of one rater's sheet of each meeting.

    Where a meeting has no sheet of the rater, ``there`` is false and everything else missing.
    """

    there: Flags
    total: Floats
    cuts: Floats
    rank: Floats
    waits: Flags
    class_id: Objects
    status: Objects
    reason: Objects
    gate: Objects

    def take(self, at: Ints) -> Results:
        """Return the results at some positions; −1 is the last of all, where nothing is."""
        return Results(*(getattr(self, name)[at] for name in self.__slots__))


def results_of(size: int, forms: Sequence[ScoredForm], others: Ints, why: Objects) -> Results:
    """Gather the results of all ``size`` sheets, and one more that is none; ``others`` wait and say ``why``."""
    missing = np.full(size + 1, np.nan)
    objects = [missing.astype(object) for _ in range(4)]
    found = Results(np.zeros(size + 1, dtype=bool), missing, missing.copy(), missing.copy(), np.zeros(size + 1, dtype=bool), *objects)
    for form in forms:
        rows = form.rows
        found.there[rows], found.waits[rows] = True, form.waits
        found.total[rows], found.cuts[rows], found.rank[rows] = form.total, form.totals.cuts, form.classed.rank
        found.status[rows], found.reason[rows], found.gate[rows] = form.status, form.reason_id, form.gate_id
        classed = form.classed.rank >= 0
        found.class_id[rows[classed]] = form.class_id[classed]
    found.there[others], found.waits[others], found.rank[others] = True, True, -1.0
    found.status[others], found.reason[others], found.gate[others] = "waiting", why, ""
    return found


def by_rater(sheets: pd.DataFrame, meeting: Ints, results: Results, meetings: int) -> dict[str, Results]:
    """Return each rater's results, meeting by meeting; ``meeting`` is the row of each sheet's meeting (−1: none)."""
    code = positions(sheets["rater"], RATERS)
    found = {}
    for number, rater in enumerate(RATERS):
        theirs = np.flatnonzero((code == number) & (meeting >= 0))
        sheet = np.full(meetings, -1)
        sheet[meeting[theirs]] = theirs
        found[rater] = results.take(sheet)
    return found


class Reading:
    """Which option of a question applies to each meeting: that of its form; none where there is no form."""

    def __init__(self, form: Ints, options: Sequence[Mapping[str, str]]) -> None:
        """Keep the number of each meeting's form (−1: none) and the options of each form."""
        self.form = form
        self.options = options

    def is_(self, question: str, *wanted: str) -> Flags:
        """Return where the option of a question is one of the wanted."""
        return np.array([*(options[question] in wanted for options in self.options), False])[self.form]


def decide(held: Flags, raters: Mapping[str, Results], rule_sets: Sequence[RuleSet], reading: Reading) -> dict[str, NDArray[np.generic]]:
    """Give each meeting the total and class of the sheet or sheets that count; return the columns of the frame of meetings."""
    own, upper = raters["self"], raters["superior"]
    both = own.there & upper.there
    without_points = np.isnan(own.total) & np.isnan(upper.total)
    with np.errstate(invalid="ignore"):
        scaled_own, scaled_upper = own.total / own.cuts, upper.total / upper.cuts
        alike = without_points | (scaled_own == scaled_upper)  # then the class decides: a gate may hold one of them down
        lower = (scaled_upper < scaled_own) | (alike & (upper.rank > own.rank))
        differ = own.rank != upper.rank
    prefer = reading.is_("self_vs_superior", "superior_if_present") | (reading.is_("self_vs_superior", "lower") & lower)
    use_upper = upper.there & (~own.there | prefer)
    result = _pick(use_upper, upper, own)
    waiting = both & (own.waits | upper.waits)
    averaged = both & reading.is_("self_vs_superior", "mean")
    _take_mean(result, own, upper, averaged & ~waiting & ~without_points, rule_sets, reading.form)
    _wait(result, waiting & reading.is_("self_vs_superior", "mean", "lower"), "other_rater_waits")
    _wait(result, averaged & ~waiting & without_points & differ, "no_mean")
    silent = own.there & ~own.waits & ~upper.there
    _wait(result, silent & reading.is_("superior_silent", "pending"), "no_superior")
    ranks = np.where(np.isnan(result.rank), -1, result.rank).astype(int)
    classed = ranks >= 0
    waits = result.waits & held
    return {
        "counting": _COUNTING[np.where(averaged, 2, use_upper.astype(int))],
        "total": result.total,
        "rank": ranks,
        "class_id": np.where(classed, result.class_id, _NOTHING),
        "gate": np.where(classed, result.gate, ""),
        "assessed": result.there & ~result.waits & held,
        "waiting": waits,
        "why_waiting": np.where(waits, result.reason, ""),
    }


_COUNTING = np.array(["self", "superior", "both"], dtype=object)
_NOTHING = np.array(None, dtype=object)


def _pick(first: Flags, one: Results, other: Results) -> Results:
    return Results(*(np.where(first, getattr(one, name), getattr(other, name)) for name in Results.__slots__))


def _wait(result: Results, rows: Flags, reason: str) -> None:
    """Take the class of some meetings back, and say why."""
    result.total[rows], result.rank[rows] = np.nan, -1.0
    result.waits[rows], result.reason[rows] = True, reason


def _take_mean(result: Results, own: Results, upper: Results, both: Flags, rule_sets: Sequence[RuleSet], form: Ints) -> None:
    """Average the two totals and class the average; a gate that held either sheet down holds the meeting down too."""
    for number, rules in enumerate(rule_sets):
        rows = np.flatnonzero(both & (form == number))
        if not len(rows):
            continue
        first, second = own.take(rows), upper.take(rows)
        mean = (first.total + second.total) / 2
        by_mean = rank(rules, mean, (first.cuts + second.cuts) / 2)
        by_own, by_upper = rank(rules, first.total, first.cuts), rank(rules, second.total, second.cuts)
        held = (first.rank > by_own) | (second.rank > by_upper)
        lowest = np.maximum(first.rank, second.rank).astype(int)
        ranks = np.where(held, np.maximum(by_mean, np.minimum(lowest, by_mean + 1)), by_mean)
        result.total[rows], result.rank[rows] = mean, ranks
        result.class_id[rows] = np.array([band.id for band in rules.bands], dtype=object)[ranks]
