"""Class and points of every meeting under every combination of the questions that touch it.

A question that cannot change anything of a meeting is an axis along which nothing varies: shares,
indices and flip sets over the whole space equal those over the remaining axes. Meetings with the
same remaining axes are scored together by the ordinary functions.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from assess.base.errors import input_error
from assess.rules import catalogue
from assess.scoring.sheets.column_codes import pairs_among, positions
from assess.scoring.sheets.decide import OptionLookup, settle
from assess.scoring.sheets.meeting_facts import months_of, recorded
from assess.scoring.sheets.scored import LineTable
from assess.studies.readings.asking import options_at
from assess.studies.readings.sheet_tensors import RuleSetSheets, SheetsUnder
from assess.studies.readings.space import MONTH, RuleSetSpace
from assess.studies.readings.tensor import NO_RESULT, OUTSIDE, WAITING, Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assess.records import Slice
    from assess.rules import Readings
    from assess.studies.readings.space import Space

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.integer]

_RATERS = ("self", "superior")
_DECIDING = ("self_vs_superior", "superior_silent")
"""The questions that decide which sheet counts: where there are both, and only the chi bộ's."""
_DECIMALS = 6
"""Points are rounded to a millionth, so that one result reached in two ways stays one result.

Totals are rounded to a billionth.
"""
_AT_ONCE = 100_000
"""The number of sheets times combinations computed at a time: about 60 MB for twenty lines."""


class MeetingTensors:
    """The contents of a slice, prepared once: meetings, their rule sets and sheets' entries."""

    def __init__(
        self, made: Slice, space: Space, readings: Readings, *, rolled_up: bool = False
    ) -> None:
        """Prepare the records once for every month that a meeting may count for.

        With ``rolled_up``, the results serve to classify the period: meetings of its months count
        wherever their chi bộ belonged then, and totals are not scaled.
        """
        self.made, self.space, self.readings, self.rolled_up = made, space, readings, rolled_up
        meetings, sheets, due = made.tables["meeting"], made.tables["sheet"], made.tables["due"]
        self.months = _months(space, readings)
        self.month = {option: months_of(meetings, option) for option in self.months}
        self.records = {
            option: recorded(meetings, month, made.tables["unit"])
            for option, month in self.month.items()
        }
        pairs = due["chi_bo_id"], due["month"]
        self.due: Flags = np.stack(
            [pairs_among(meetings["chi_bo_id"], month, pairs) for month in self.month.values()]
        )
        """By option of the counting month: whether the chi bộ had to meet here in that month."""
        in_period = (
            np.stack([month.isin(made.period.months) for month in self.month.values()])
            if rolled_up
            else self.due
        )
        self.within: Flags = in_period & (meetings["status"] == "held").to_numpy(dtype=bool)
        self.rule_sets = [
            RuleSetSpace.of(space, rules, readings) for rules in made.rule_sets.values()
        ]
        every, self.which = made.as_read
        """Which of ``as_read`` scores each meeting, −1 where no rule set does."""
        self.number_of = [list(made.rule_sets).index(each.rule_set_id) for each in every]
        self.as_read = [
            RuleSetSpace.of(space, made.rule_sets[each.rule_set_id], readings, each.answers)
            for each in every
        ]
        """The rule sets, without answers first, then with those that some meetings have."""
        self.sheet_rule_set: Ints = positions(sheets["rule_set_id"], list(made.rule_sets))
        self.meeting: Ints = positions(sheets["meeting_id"], meetings["meeting_id"])
        self.written = LineTable.read(made.tables["line"], sheets["sheet_id"])
        self.stated: Floats = sheets["stated_total"].to_numpy(dtype=float)
        code = positions(sheets["rater"], _RATERS)
        self.of: Ints = np.full((len(_RATERS), len(meetings)), -1)
        for number in range(len(_RATERS)):
            theirs = np.flatnonzero((code == number) & (self.meeting >= 0))
            self.of[number, self.meeting[theirs]] = theirs

    @property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """The ids of the classes that a meeting can have, by rule set, best first."""
        return {
            rules.id: tuple(c.id for c in rules.classes) for rules in self.made.rule_sets.values()
        }

    def tensors(self, most: int, which: Ints | None = None) -> Iterator[Tensor]:
        """Iterate over the results of the period's held meetings, or those in some rows.

        Raise :class:`~assess.base.errors.InputError` where the questions that touch a meeting have
        more than ``most`` combinations.
        """
        wanted: Flags = np.asarray(self.within.any(axis=0))
        if which is not None:
            wanted = wanted & np.isin(np.arange(len(self.which)), which)
        for number, rule_set in enumerate(self.as_read):
            mine = np.flatnonzero((self.which == number) & wanted)
            if len(mine):
                for part in np.array_split(
                    mine, math.ceil(len(mine) / _block(self, rule_set, mine))
                ):
                    yield from _Block(self, rule_set, part).tensors(most)
        without = np.flatnonzero((self.which < 0) & wanted)
        if len(without):
            yield _on_no_rule_set(self, without)


def may_touch(sheets: MeetingTensors) -> Counter[int]:
    """Count the held meetings of the period by the axes that may change anything of them.

    The key has one bit per axis; the other axes cannot touch these meetings.
    """
    found: Counter[int] = Counter()
    for number, rule_set in enumerate(sheets.as_read):
        mine = np.flatnonzero((sheets.which == number) & sheets.within.any(axis=0))
        if len(mine):
            for part in np.array_split(mine, math.ceil(len(mine) / _block(sheets, rule_set, mine))):
                found.update(_Block(sheets, rule_set, part).touching().tolist())
    return found


def _months(space: Space, readings: Readings) -> tuple[str, ...]:
    axis = space.position.get(MONTH)
    return (
        space.options(axis)
        if axis is not None
        else (readings.get(MONTH, catalogue()[MONTH].default),)
    )


_LINE_BYTES = 300_000_000
"""The bytes of lines under every reading kept at a time."""
_TRIED = 500


def _block(sheets: MeetingTensors, rule_set: RuleSetSpace, meetings: Ints) -> int:
    """Return how many meetings to work on at a time, by the memory that the lines of some take."""
    some = meetings[:: max(1, len(meetings) // _TRIED)]
    lines = _Block(sheets, rule_set, some).sheets.lines
    each = sum(
        line.value.nbytes + line.treatment.nbytes + line.reason.nbytes for line in lines
    ) / len(some)
    return max(1, int(_LINE_BYTES / max(each, 1.0)))


class _Block:
    """Some meetings of one rule set."""

    def __init__(self, sheets: MeetingTensors, rule_set: RuleSetSpace, meetings: Ints) -> None:
        self.all, self.rule_set, self.meetings = sheets, rule_set, meetings
        self.number = sheets.number_of[sheets.as_read.index(rule_set)]
        self.of = sheets.of[:, meetings]
        on_rule_set = np.append(sheets.sheet_rule_set == self.number, False)[self.of]
        rows = self.of[on_rule_set]
        self.place = np.full(self.of.shape, -1)
        """The place of each rater's sheet of each meeting among the block's sheets; −1 for none."""
        self.place[on_rule_set] = np.arange(len(rows))
        at = np.broadcast_to(np.arange(len(meetings)), self.of.shape)[on_rule_set]
        records = {option: found.take(meetings) for option, found in sheets.records.items()}
        self.sheets = RuleSetSheets(
            rule_set, sheets.written.on(rule_set.rules, rows), sheets.stated[rows], records, at
        )

    def tensors(self, most: int) -> Iterator[Tensor]:
        bits = self.touching()
        for touching in np.unique(bits):
            axes = tuple(
                axis for axis in range(len(self.rule_set.space.shape)) if touching >> axis & 1
            )
            group = np.flatnonzero(bits == touching)
            size = math.prod(self.rule_set.space.shape[axis] for axis in axes)
            if size > most:
                raise input_error("meeting-too-open", "questions", found=size, limit=most)
            deciding = [
                self.rule_set.space.position[q]
                for q in _DECIDING
                if self.rule_set.space.position.get(q) in axes
            ]
            scoring = SheetsUnder(self.sheets, [axis for axis in axes if axis not in deciding])
            for part in np.array_split(group, max(1, math.ceil(len(group) * size / _AT_ONCE))):
                yield self._tensor(axes, deciding, scoring, part)

    def touching(self) -> Ints:
        """Return the axes that may change anything of each meeting, one bit per axis."""
        rule_set = self.rule_set
        bits = np.append(self.sheets.touching(), 0)  # the last, −1, is no sheet
        own, upper = self.of >= 0
        found: Ints = bits[self.place[0]] | bits[self.place[1]]
        for question, flags in zip(_DECIDING, (own & upper, own & ~upper), strict=True):
            axis = rule_set.space.position.get(question, -1)
            if axis in rule_set.live:
                found |= np.int64(1 << axis) * flags
        within = self.all.within[:, self.meetings]
        if len(within) > 1:
            found |= np.int64(1 << rule_set.space.position[MONTH]) * (within != within[0]).any(
                axis=0
            )
        return found

    def _tensor(
        self, axes: tuple[int, ...], deciding: Sequence[int], scoring: SheetsUnder, part: Ints
    ) -> Tensor:
        rule_set, space = self.rule_set, self.rule_set.space
        own, upper = (scoring.numbers(self.of[n, part], self.place[n, part]) for n in (0, 1))
        shape = tuple(space.shape[axis] for axis in axes)
        code, points = np.empty((*shape, len(part)), dtype=np.int8), np.empty((*shape, len(part)))
        size = own.total.size
        there = np.broadcast_to((self.of[:, part] >= 0).any(axis=0), own.total.shape).reshape(-1)
        for options in itertools.product(*(range(space.shape[axis]) for axis in deciding)):
            given = dict(zip(deciding, options, strict=True))
            reading = OptionLookup(np.zeros(size, dtype=np.int64), [options_at(rule_set, given)])
            found = settle(own.flat, upper.flat, [rule_set.rules], reading)
            codes = np.where(
                found.waits, WAITING, np.where(there & (found.rank >= 0), found.rank, NO_RESULT)
            )
            index = tuple(given.get(axis, slice(None)) for axis in axes)
            code[index] = codes.reshape(own.total.shape)
            with np.errstate(invalid="ignore", divide="ignore"):
                reached = (
                    found.total
                    if self.all.rolled_up
                    else np.round(100.0 * found.total / found.out_of, _DECIMALS)
                )
            points[index] = np.where(found.waits, np.nan, reached).reshape(own.total.shape)
        self._leave_out(axes, part, code, points)
        return Tensor(
            self.number,
            self.meetings[part],
            axes,
            tuple(rule_set.base[axis] for axis in axes),
            code,
            points,
        )

    def _leave_out(self, axes: tuple[int, ...], part: Ints, code: Codes, points: Floats) -> None:
        """Mark the meetings that are outside the period under some reading of their month."""
        within = self.all.within[:, self.meetings[part]]
        month = self.rule_set.space.position.get(MONTH)
        if month in axes:
            within = within.reshape(
                [len(within) if axis == month else 1 for axis in axes] + [len(part)]
            )
        else:
            within = within[self.rule_set.base[month] if month is not None else 0]
        outside = np.broadcast_to(~within, code.shape)
        code[outside], points[outside] = OUTSIDE, np.nan


def _on_no_rule_set(sheets: MeetingTensors, meetings: Ints) -> Tensor:
    """Return meetings without a rule set: one with a sheet waits, under every reading."""
    space = sheets.space
    within = sheets.within[:, meetings]
    month = space.position.get(MONTH)
    there = (sheets.of[:, meetings] >= 0).any(axis=0)
    code = np.where(within, np.where(there, WAITING, NO_RESULT), OUTSIDE).astype(np.int8)
    if month is None:
        return Tensor(-1, meetings, (), (), code[0], np.full(len(meetings), np.nan))
    base = space.options(month).index(sheets.readings.get(MONTH, catalogue()[MONTH].default))
    return Tensor(-1, meetings, (month,), (base,), code, np.full(code.shape, np.nan))
