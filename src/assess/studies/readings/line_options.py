"""How each line of a rule set counts under every reading of the questions that it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assess.scoring.sheets.lines import (
    CLAMPED,
    FULL,
    JUDGED,
    LEFT_OUT,
    MOVED,
    REFUSED,
    ZERO,
    LineTreatment,
    treat_entries,
)
from assess.scoring.sheets.meeting_facts import FACTS, fact
from assess.studies.readings.asking import branch_on_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from assess.rules import Criterion, RuleSet
    from assess.scoring.sheets.meeting_facts import RecordedFacts
    from assess.studies.readings.space import RuleSetSpace

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.integer]

_VALUE_COUNTS = np.array([code not in (LEFT_OUT, FULL, ZERO, MOVED, REFUSED) for code in range(8)])
"""By treatment: whether the entry affects the points."""
_WHOLE = np.array([code in (JUDGED, FULL, ZERO, CLAMPED, REFUSED) for code in range(8)])
"""By treatment: whether the line weighs its whole maximum."""


class LazySheetFacts(Mapping[str, "NDArray[np.float64]"]):
    """The facts of each sheet's meeting, under the options that are looked up with a fact."""

    def __init__(
        self,
        records: Mapping[str, RecordedFacts],
        meeting: Ints,
        rules: RuleSet,
        options: Mapping[str, str],
    ) -> None:
        """Keep ``records`` by the option of which month a meeting counts for."""
        self._records, self._meeting, self._rules, self._options = records, meeting, rules, options

    def __getitem__(self, name: str) -> Floats:
        """Return one fact, sheet by sheet."""
        one = (
            len(self._records) == 1 or name != "thematic_in_month"
        )  # the only fact that depends on the month
        records = (
            next(iter(self._records.values()))
            if one
            else self._records[self._options["window_month"]]
        )
        return fact(name, records, self._rules, self._options)[self._meeting]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the facts."""
        return iter(FACTS)

    def __len__(self) -> int:
        """Return the number of facts."""
        return len(FACTS)


class _NeedsFactsError(Exception):
    """A line cannot be judged from its entry alone."""


class _NoFacts(Mapping[str, "NDArray[np.float64]"]):
    def __getitem__(self, name: str) -> Floats:
        raise _NeedsFactsError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(FACTS)

    def __len__(self) -> int:
        return len(FACTS)


@dataclass(frozen=True)
class OpenLine:
    """One criterion's lines under every combination of ``axes``: arrays with a last axis of rows.

    ``row`` is the row of each sheet: sheets with the same entry share one where facts are not used.
    ``way`` numbers the branches, in the shape of ``axes``: where it is equal, so is everything
    else.
    """

    axes: tuple[int, ...]
    value: Floats
    treatment: Codes
    reason: Codes
    row: Ints
    way: Ints

    @property
    def touched(self) -> Ints:
        """The axes along which each sheet's line changes, one bit per axis."""
        bits = np.zeros(self.value.shape[-1], dtype=np.int64)
        counting = np.where(_VALUE_COUNTS[self.treatment], np.nan_to_num(self.value), 0.0)
        for place, axis in enumerate(self.axes):
            inner = tuple(range(self.value.ndim - 1))
            for values in (counting, self.treatment, self.reason):
                bits[(np.diff(values, axis=place) != 0).any(axis=inner)] |= np.int64(1 << axis)
        return bits[self.row]

    @property
    def whole(self) -> Flags:
        """Whether the line weighs its whole maximum under every reading."""
        found: Flags = np.asarray(
            _WHOLE[self.treatment].all(axis=tuple(range(self.treatment.ndim - 1)))
        )
        return found[self.row]

    def pick(self, at: Mapping[int, Ints]) -> LineValuePositions:
        """Find the rows of some combinations, given by the position of each along every axis."""
        if not self.axes:
            return LineValuePositions((), np.zeros(len(at[0]) if at else 1, dtype=np.int64), 1)
        _, first, which = np.unique(
            self.way[tuple(at[axis] for axis in self.axes)], return_index=True, return_inverse=True
        )
        return LineValuePositions(
            tuple(at[axis][first, None] for axis in self.axes), which, len(first)
        )

    def at(self, picked: LineValuePositions, sheets: Ints) -> LineTreatment:
        """Return the lines of some sheets, flat: sheet by sheet under each combination picked."""
        rows = self.row[sheets]

        def flat(values: NDArray[Any]) -> NDArray[Any]:
            few = values[*picked.index, rows[None, :]] if picked.index else values[None, rows]
            return (
                np.broadcast_to(few, (len(picked.which), len(rows)))
                if picked.ways == 1
                else few[picked.which]
            ).reshape(-1)

        return LineTreatment(flat(self.value), flat(self.treatment), flat(self.reason))


@dataclass(frozen=True, slots=True)
class LineValuePositions:
    """Where a line's values under some combinations are.

    There are ``ways`` different values at ``index``; ``which`` is the one of each combination.
    """

    index: tuple[Ints, ...]
    which: Ints
    ways: int


def open_line(
    criterion: Criterion,
    points: Floats,
    state: Codes,
    facts: Callable[[Mapping[str, str]], LazySheetFacts],
    rule_set: RuleSetSpace,
) -> OpenLine:
    """Judge one criterion's lines under every reading; ``facts`` gives facts under some options."""
    try:
        # most lines are judged by their entry alone, and there are few different entries
        seen, row = np.unique(
            np.stack([np.nan_to_num(points, nan=-1.0), state]), axis=1, return_inverse=True
        )
        entered, states = np.where(seen[0] < 0, np.nan, seen[0]), seen[1].astype(np.int8)
        found = branch_on_options(
            lambda options: treat_entries(criterion, entered, states, _NoFacts(), options), rule_set
        )
    except _NeedsFactsError:
        row = np.arange(len(points))
        found = branch_on_options(
            lambda options: treat_entries(criterion, points, state, facts(options), options),
            rule_set,
        )
    axes = tuple(sorted({axis for given, _ in found for axis in given}))
    shape = (*(rule_set.space.shape[axis] for axis in axes), len(found[0][1].value))
    codes = np.empty((2, *shape), dtype=np.int8)
    line = OpenLine(
        axes,
        np.empty(shape),
        codes[0],
        codes[1],
        row.reshape(-1),
        np.empty(shape[:-1], dtype=np.int64),
    )
    for number, (given, treated) in enumerate(found):
        index = tuple(given.get(axis, slice(None)) for axis in axes)
        line.value[index], line.treatment[index], line.reason[index] = (
            treated.value,
            treated.treatment,
            treated.reason,
        )
        line.way[index] = number
    return line
