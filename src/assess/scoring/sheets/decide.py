"""From the sheets of a meeting to its total and class: which sheet counts, and what must wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assess.records.tables import RATERS
from assess.scoring.sheets.column_codes import positions
from assess.scoring.sheets.totals import rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from assess.rules import RuleSet
    from assess.scoring.sheets.scored import ScoredForm

    Floats = NDArray[np.float64]
    Ints = NDArray[np.integer]
    Flags = NDArray[np.bool_]
    Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class SheetResults:
    """The results of sheets: of all sheets, or of one rater's sheet of each meeting.

    Where a meeting has no sheet of the rater, ``there`` is false and everything else is missing.
    """

    there: Flags
    total: Floats
    out_of: Floats
    band_scale: Floats
    rank: Floats
    waits: Flags
    class_id: Objects
    status: Objects
    reason: Objects
    gate: Objects

    def take(self, at: Ints) -> SheetResults:
        """Return the results at some positions; −1 is the last row, which is no sheet."""
        return SheetResults(*(getattr(self, name)[at] for name in self.__slots__))


def results_of(size: int, forms: Sequence[ScoredForm], others: Ints, why: Objects) -> SheetResults:
    """Gather the results of ``size`` sheets, plus one empty row; ``others`` wait for ``why``."""
    missing = np.full(size + 1, np.nan)
    objects = [missing.astype(object) for _ in range(4)]
    numbers = [missing.copy() for _ in range(4)]
    there, waits = np.zeros(size + 1, dtype=bool), np.zeros(size + 1, dtype=bool)
    found = SheetResults(there, *numbers, waits, *objects)  # type: ignore[call-arg]  # ten fields
    for form in forms:
        rows = form.rows
        found.there[rows], found.waits[rows] = True, form.waits
        found.total[rows], found.out_of[rows], found.band_scale[rows] = (
            form.total,
            form.totals.out_of,
            form.totals.band_scale,
        )
        found.rank[rows] = form.classed.rank
        found.status[rows], found.reason[rows], found.gate[rows] = (
            form.status,
            form.reason_id,
            form.gate_id,
        )
        classed = form.classed.rank >= 0
        found.class_id[rows[classed]] = form.class_id[classed]
    found.there[others], found.waits[others], found.rank[others] = True, True, -1.0
    found.status[others], found.reason[others], found.gate[others] = "waiting", why, ""
    return found


def by_rater(
    sheets: pd.DataFrame, meeting: Ints, results: SheetResults, meetings: int
) -> dict[str, SheetResults]:
    """Return each rater's results by meeting; ``meeting`` has each sheet's meeting (−1: none)."""
    code = positions(sheets["rater"], RATERS)
    found = {}
    for number, rater in enumerate(RATERS):
        theirs = np.flatnonzero((code == number) & (meeting >= 0))
        sheet = np.full(meetings, -1)
        sheet[meeting[theirs]] = theirs
        found[rater] = results.take(sheet)
    return found


class OptionLookup:
    """The option of a question that applies to each meeting: that of its rule set, if any."""

    def __init__(self, form: Ints, options: Sequence[Mapping[str, str]]) -> None:
        """Keep the number of each meeting's rule set (−1: none) and each rule set's options."""
        self.form = form
        self.options = options

    def is_(self, question: str, *wanted: str) -> Flags:
        """Return where the option of a question is one of ``wanted``."""
        return np.array([*(options[question] in wanted for options in self.options), False])[
            self.form
        ]


class RaterTotals(Protocol):
    """One rater's sheet of each meeting in numbers; :class:`SheetResults` satisfies it."""

    @property
    def there(self) -> Flags:
        """Whether there is a sheet."""

    @property
    def total(self) -> Floats:
        """The total; missing while the sheet waits, and on a rule set without points."""

    @property
    def out_of(self) -> Floats:
        """The maximum that the total is out of."""

    @property
    def band_scale(self) -> Floats:
        """The factor on the bands."""

    @property
    def rank(self) -> Floats:
        """The position of the class, −1 for none."""

    @property
    def waits(self) -> Flags:
        """Whether the sheet cannot be classified."""


@dataclass(frozen=True, slots=True)
class MeetingResult:
    """The result of each meeting.

    ``counting`` says whose sheet counts (0 self, 1 superior, 2 both). ``why`` is a code of
    :data:`WHY` for a meeting that waits; it is 0 where the counting sheet has the reason. ``rank``
    is −1 where there is no class.
    """

    counting: Ints
    total: Floats
    out_of: Floats
    rank: Ints
    waits: Flags
    why: Ints


WHY = ("", "other_rater_waits", "no_mean", "no_superior")
"""Why a meeting waits although the sheet that counts may not wait."""


def settle(
    own: RaterTotals, upper: RaterTotals, rule_sets: Sequence[RuleSet], reading: OptionLookup
) -> MeetingResult:
    """Give each meeting the total and class that count; ``upper`` are the superior's sheets."""
    both = own.there & upper.there
    without_points = np.isnan(own.total) & np.isnan(upper.total)
    with np.errstate(invalid="ignore"):
        scaled_own, scaled_upper = own.total / own.band_scale, upper.total / upper.band_scale
        alike = without_points | (
            scaled_own == scaled_upper
        )  # then the class decides: a class condition may hold one down
        lower = (scaled_upper < scaled_own) | (alike & (upper.rank > own.rank))
        differ = own.rank != upper.rank
    prefer = reading.is_("self_vs_superior", "superior_if_present") | (
        reading.is_("self_vs_superior", "lower") & lower
    )
    use_upper = upper.there & (~own.there | prefer)
    total, out_of, found_rank = (
        np.where(use_upper, getattr(upper, n), getattr(own, n)) for n in ("total", "out_of", "rank")
    )
    waits = np.where(use_upper, upper.waits, own.waits)
    waiting = both & (own.waits | upper.waits)
    averaged = both & reading.is_("self_vs_superior", "mean")
    _take_mean(
        (total, out_of, found_rank),
        own,
        upper,
        averaged & ~waiting & ~without_points,
        rule_sets,
        reading.form,
    )
    silent = own.there & ~own.waits & ~upper.there
    why = np.zeros(len(total), dtype=np.int8)
    why[waiting & reading.is_("self_vs_superior", "mean", "lower")] = 1
    why[averaged & ~waiting & without_points & differ] = 2
    why[silent & reading.is_("superior_silent", "pending")] = 3
    back = why > 0
    total[back], found_rank[back] = np.nan, -1.0
    ranks = np.where(np.isnan(found_rank), -1, found_rank).astype(int)
    return MeetingResult(
        np.where(averaged, 2, use_upper.astype(int)), total, out_of, ranks, waits | back, why
    )


def decide(
    held: Flags,
    raters: Mapping[str, SheetResults],
    rule_sets: Sequence[RuleSet],
    reading: OptionLookup,
) -> dict[str, NDArray[np.generic]]:
    """Settle each meeting; return the columns of the frame of meetings, with ids for codes."""
    own, upper = raters["self"], raters["superior"]
    found = settle(own, upper, rule_sets, reading)
    use_upper = found.counting == 1  # where both count, the own sheet gives reason and gate
    classed = found.rank >= 0
    waits = found.waits & held
    reason = np.where(
        found.why > 0,
        np.array(WHY, dtype=object)[found.why],
        np.where(use_upper, upper.reason, own.reason),
    )
    return {
        "counting": _COUNTING[found.counting],
        "total": found.total,
        "out_of": found.out_of,
        "rank": found.rank,
        "class_id": _class_ids(rule_sets)[np.where(classed, reading.form, -1), found.rank],
        "gate": np.where(classed, np.where(use_upper, upper.gate, own.gate), ""),
        "assessed": np.where(use_upper, upper.there, own.there) & ~found.waits & held,
        "waiting": waits,
        "why_waiting": np.where(waits, reason, ""),
    }


_COUNTING = np.array(["self", "superior", "both"], dtype=object)


def _class_ids(rule_sets: Sequence[RuleSet]) -> Objects:
    """Return the ids of the classes by rule set and rank; the last row and column (−1) are none."""
    names = np.full(
        (len(rule_sets) + 1, 1 + max((len(rules.classes) for rules in rule_sets), default=0)),
        None,
        dtype=object,
    )
    for number, rules in enumerate(rule_sets):
        names[number, : len(rules.classes)] = [c.id for c in rules.classes]
    return names


def _take_mean(
    result: tuple[Floats, Floats, Floats],
    own: RaterTotals,
    upper: RaterTotals,
    both: Flags,
    rule_sets: Sequence[RuleSet],
    form: Ints,
) -> None:
    """Average the two totals and classify the mean.

    A class condition that held either sheet down holds the meeting down too.
    """
    total, out_of, found_rank = result
    for number, rules in enumerate(rule_sets):
        rows = np.flatnonzero(both & (form == number))
        if not len(rows):
            continue
        totals, band_scale = (
            (own.total[rows], upper.total[rows]),
            (own.band_scale[rows], upper.band_scale[rows]),
        )
        given = own.rank[rows], upper.rank[rows]
        mean = (totals[0] + totals[1]) / 2
        by_mean = rank(rules, mean, (band_scale[0] + band_scale[1]) / 2)
        by_own, by_upper = (
            rank(rules, totals[0], band_scale[0]),
            rank(rules, totals[1], band_scale[1]),
        )
        held = (given[0] > by_own) | (given[1] > by_upper)
        lowest = np.maximum(*given).astype(int)
        total[rows], out_of[rows] = mean, (own.out_of[rows] + upper.out_of[rows]) / 2
        found_rank[rows] = np.where(
            held, np.maximum(by_mean, np.minimum(lowest, by_mean + 1)), by_mean
        )
