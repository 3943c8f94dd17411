"""Totals and classes of one rule set's sheets under every combination of the readings.

The ordinary scoring functions compute them.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from assess.scoring.sheets.levels import LazyFacts
from assess.scoring.sheets.lines import EntryArrays, count
from assess.scoring.sheets.scored import only_total_known, sum_up
from assess.studies.readings.asking import branch_on_options, options_at
from assess.studies.readings.line_options import LazySheetFacts, open_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from assess.scoring.sheets.lines import CountedLines
    from assess.scoring.sheets.meeting_facts import RecordedFacts
    from assess.scoring.sheets.scored import SheetTotals
    from assess.studies.readings.asking import Given
    from assess.studies.readings.line_options import LineValuePositions
    from assess.studies.readings.space import RuleSetSpace

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class RaterNumbers:
    """One rater's sheets as arrays; see :class:`assess.scoring.sheets.decide.SheetResults`."""

    there: Flags
    total: Floats
    out_of: Floats
    band_scale: Floats
    rank: Floats
    waits: Flags

    @property
    def flat(self) -> RaterNumbers:
        """The same arrays in one dimension."""
        return RaterNumbers(*(getattr(self, name).reshape(-1) for name in RaterNumbers.__slots__))


class RuleSetSheets:
    """Some sheets of one rule set, with every line under every reading that it depends on."""

    def __init__(
        self,
        rule_set: RuleSetSpace,
        entries: EntryArrays,
        stated: Floats,
        records: Mapping[str, RecordedFacts],
        meeting: Ints,
    ) -> None:
        """Keep the sheets and open their lines.

        ``records`` has the meetings' records by the option of which month a meeting counts for,
        ``meeting`` the row there of each sheet's meeting.
        """
        self.rule_set, self.stated = rule_set, stated
        self.bare = only_total_known(rule_set.rules, entries, stated)
        self._records, self._meeting = records, meeting
        criteria = enumerate(rule_set.rules.criteria)
        self.lines = [
            open_line(c, entries.points[j], entries.state[j], self.facts, rule_set)
            for j, c in criteria
        ]

    def facts(self, options: Mapping[str, str]) -> LazySheetFacts:
        """Return the facts of the meeting of each sheet under some options."""
        return LazySheetFacts(self._records, self._meeting, self.rule_set.rules, options)

    def positions(self, given: Given, free: Sequence[int]) -> dict[int, Ints]:
        """Return the position on every axis of the space for every combination of ``free`` axes.

        Other axes have the given position, or the rule set's own.
        """
        shape = tuple(self.rule_set.space.shape[axis] for axis in free)
        size = math.prod(shape)
        varied = dict(zip(free, np.indices(shape).reshape(len(free), size), strict=True))
        return {
            axis: varied[axis] if axis in varied else np.full(size, given.get(axis, own))
            for axis, own in enumerate(self.rule_set.base)
        }

    def counted(
        self, picks: Sequence[LineValuePositions], sheets: Ints, options: Mapping[str, str]
    ) -> CountedLines:
        """Count the lines of some sheets, flat: sheet by sheet under each combination picked."""
        treated = [line.at(picked, sheets) for line, picked in zip(self.lines, picks, strict=True)]
        times = len(picks[0].which)
        shape = (len(treated), times * len(sheets))
        nothing = EntryArrays(
            np.broadcast_to(np.nan, shape), np.broadcast_to(np.int8(0), shape)
        )  # the entries are in the lines already
        return count(
            self.rule_set.rules,
            nothing,
            treated,
            LazyFacts(self.facts(options), np.tile(sheets, times)),
            options,
        )

    def summed(
        self,
        lines: CountedLines,
        sheets: Ints,
        options: Mapping[str, str],
        bare: Flags | None = None,
    ) -> SheetTotals:
        """Add up and classify sheets whose lines are counted."""
        times = lines.points.shape[1] // len(sheets)
        bare = self.bare[sheets] if bare is None else bare
        facts = LazyFacts(self.facts(options), np.tile(sheets, times))
        return sum_up(
            self.rule_set.rules,
            lines,
            np.tile(bare, times),
            np.tile(self.stated[sheets], times),
            facts,
            options,
        )

    @cached_property
    def counting(self) -> frozenset[int]:
        """The axes of questions that are looked up when lines are counted."""
        return self._asked(
            self.counted, [line.pick(self.positions({}, ())) for line in self.lines], _ONE
        )

    @cached_property
    def last(self) -> frozenset[int]:
        """The axes of questions that are looked up when counted lines are summed and classified."""
        if not len(self.stated):
            return frozenset()
        rules = self.rule_set.rules
        lines = self.counted(
            [line.pick(self.positions({}, ())) for line in self.lines], _ONE, self.rule_set.options
        )
        found: set[int] = set()
        for bare in (False, True):
            flags = np.array([bare]) & rules.has_points & (not rules.gates)
            found |= self._asked(partial(self.summed, bare=flags), lines, _ONE)
        return frozenset(found)

    def _asked(self, run: Callable[..., object], *arguments: object) -> frozenset[int]:
        """Return the axes of the questions that something looks up, whatever the other readings."""
        if not len(self.stated):
            return frozenset()
        return frozenset(
            axis
            for given, _ in branch_on_options(partial(run, *arguments), self.rule_set)
            for axis in given
        )

    def touching(self) -> Ints:
        """Return the axes that may change anything of each sheet, one bit per axis."""
        rule_set, rules = self.rule_set, self.rule_set.rules
        bits: Ints = np.zeros(len(self.stated), dtype=np.int64)
        if not len(bits):
            return bits
        whole = np.ones(len(bits), dtype=bool)
        for line in self.lines:
            bits |= line.touched
            whole &= line.whole
        bits[self.bare] = 0
        facts = self.facts(rule_set.options)
        combined = (facts["combined"] > 0) & (rules.combined is not None)
        # the sheets that these questions can touch; any other may touch every sheet
        where = {
            "not_applicable": (~whole | combined) & ~self.bare,
            "over_max_entry": self.bare & (self.stated > rules.total),
            "unexcused": np.nan_to_num(facts["absent_unexcused"]) > 0,
        }
        for axis in self.counting | self.last:
            question = rule_set.space.questions[axis].id
            touched = (
                combined
                if rules.combined and question == rules.combined.question
                else where.get(question)
            )
            bits |= np.int64(1 << axis) * (True if touched is None else touched)
        return bits


_ONE = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Part:
    """The combinations with the same options of the questions that counting looks up.

    ``picks``: each line's values under the ``several`` combinations that differ in any line;
    ``which`` is the one of these that each combination equals.
    """

    given: Given
    picks: list[LineValuePositions]
    several: int
    which: Ints


class SheetsUnder:
    """Sheets under every combination of some axes; parts common to all sheets are prepared once."""

    def __init__(self, sheets: RuleSetSheets, axes: Sequence[int]) -> None:
        """Find the combinations that give all lines the same values."""
        self._sheets, self._axes, self._shape = sheets, axes, sheets.rule_set.space.shape
        by_lines = {axis for line in sheets.lines for axis in line.axes}
        self._after = [
            axis
            for axis in axes
            if axis in sheets.last and axis not in sheets.counting and axis not in by_lines
        ]
        first = [
            axis
            for axis in axes
            if axis in sheets.counting or (axis in sheets.last and axis not in self._after)
        ]
        self._free = [axis for axis in axes if axis not in first and axis not in self._after]
        self._parts = [self._part(given) for given in self._combinations(first)]

    def _combinations(self, axes: Sequence[int]) -> Iterator[Given]:
        for options in itertools.product(*(range(self._shape[axis]) for axis in axes)):
            yield dict(zip(axes, options, strict=True))

    def _part(self, given: Given) -> _Part:
        at = self._sheets.positions(given, self._free)
        ways = np.stack([line.pick(at).which for line in self._sheets.lines])
        _, first, which = np.unique(ways, axis=1, return_index=True, return_inverse=True)
        one_of_each = {axis: positions[first] for axis, positions in at.items()}
        return _Part(
            given,
            [line.pick(one_of_each) for line in self._sheets.lines],
            len(first),
            which.reshape(-1),
        )

    def numbers(self, sheet: Ints, place: Ints) -> RaterNumbers:
        """Score one rater's sheets of some meetings.

        ``sheet`` is the row of each, −1 for none, ``place`` its row among the rule set's sheets.
        """
        shape = (*(self._shape[axis] for axis in self._axes), len(sheet))
        on_rule_set = place >= 0
        total, out_of, band_scale, rank = (np.full(shape, np.nan) for _ in range(4))
        waits = np.zeros(shape, dtype=bool)
        other = (sheet >= 0) & ~on_rule_set  # a sheet on another rule set waits
        waits[..., other], rank[..., other] = True, -1.0
        found = RaterNumbers(
            np.broadcast_to(sheet >= 0, shape), total, out_of, band_scale, rank, waits
        )
        if on_rule_set.any():
            for part in self._parts:
                self._fill(found, part, on_rule_set, place[on_rule_set])
        return found

    def _fill(self, found: RaterNumbers, part: _Part, on_rule_set: Flags, place: Ints) -> None:
        inner = tuple(self._shape[axis] for axis in self._free)
        rule_set = self._sheets.rule_set
        lines = self._sheets.counted(part.picks, place, options_at(rule_set, part.given))
        for after in self._combinations(self._after):
            given = {**part.given, **after}
            summed = self._sheets.summed(lines, place, options_at(rule_set, given))
            totals = summed.totals
            index = tuple(given.get(axis, slice(None)) for axis in self._axes)
            for into, values in (
                (found.total, np.where(summed.waits, np.nan, totals.total)),
                (found.out_of, totals.out_of),
                (found.band_scale, totals.band_scale),
                (found.rank, summed.classed.rank),
                (found.waits, summed.waits),
            ):
                of_each = values.reshape(part.several, len(place))
                into[index][..., on_rule_set] = of_each[part.which].reshape(*inner, len(place))
