"""The class and points of every meeting under every combination, each meeting over the questions that touch it alone.

A question that cannot change anything of a meeting is an axis along which nothing varies: shares, indices and flip sets over the
whole space are those over the axes that are left. Meetings with the same axes left are scored together by the ordinary functions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from assess.rules import catalogue
from assess.scoring.codes import pairs_among, positions
from assess.scoring.decide import Reading, settle
from assess.scoring.form import Written, only_total_known, sum_up
from assess.scoring.lines import BLANK, Entries, count
from assess.scoring.meeting_facts import FACTS, months_of, recorded
from assess.studies.readings.asking import explore, options_at
from assess.studies.readings.lines import Facts, open_line
from assess.studies.readings.space import FormSpace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assess.records import Slice
    from assess.rules import Readings
    from assess.scoring.form import Summed
    from assess.studies.readings.asking import Given
    from assess.studies.readings.space import Space

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.integer]

WAITING, NO_RESULT, OUTSIDE = -1, -2, -3
"""Codes beside the positions of a form's classes: the meeting waits; has no sheet that counts; is not of the period."""
_RATERS = ("self", "superior")
_MONTH = "window_month"
_DECIMALS = 6
"""Points are rounded to a millionth: totals are to a billionth, and the same result by two ways is one result."""
_AT_ONCE = 200_000
"""Sheets times combinations that are worked on at a time: about 100 MB for a form of twenty lines."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """What some meetings come to under every combination of ``axes``, with a last dimension of meetings.

    ``code`` is the position of the class in the form, or :data:`WAITING`, :data:`NO_RESULT`, :data:`OUTSIDE`; ``points`` are the total
    in hundredths of what it is out of, NaN where there is none. ``base`` is the position along ``axes`` of the readings in use.
    """

    form: int
    meetings: Ints
    axes: tuple[int, ...]
    base: tuple[int, ...]
    code: Codes
    points: Floats


class Sheets:
    """What a slice holds, arranged once: the meetings of the period, their forms, and their sheets' entries."""

    def __init__(self, made: Slice, space: Space, readings: Readings) -> None:
        """Read the records once for every month that a meeting may count for."""
        self.made, self.space, self.readings = made, space, readings
        meetings, sheets, due = made.tables["meeting"], made.tables["sheet"], made.tables["due"]
        self.months = _months(space, readings)
        month = {option: months_of(meetings, option) for option in self.months}
        self.records = {option: recorded(meetings, month[option], made.tables["unit"]) for option in self.months}
        within = [pairs_among(meetings["chi_bo_id"], month[option], (due["chi_bo_id"], due["month"])) for option in self.months]
        self.within: Flags = np.stack(within) & (meetings["status"] == "held").to_numpy(dtype=bool)
        self.forms = [FormSpace.of(space, rules, readings) for rules in made.rule_sets.values()]
        self.form: Ints = positions(meetings["rule_set_id"], list(made.rule_sets))
        self.sheet_form: Ints = positions(sheets["rule_set_id"], list(made.rule_sets))
        self.meeting: Ints = positions(sheets["meeting_id"], meetings["meeting_id"])
        self.written = Written.read(made.tables["line"], sheets["sheet_id"])
        self.stated: Floats = sheets["stated_total"].to_numpy(dtype=float)
        code = positions(sheets["rater"], _RATERS)
        self.of: Ints = np.full((len(_RATERS), len(meetings)), -1)
        for number in range(len(_RATERS)):
            theirs = np.flatnonzero((code == number) & (self.meeting >= 0))
            self.of[number, self.meeting[theirs]] = theirs


def tensors(made: Slice, space: Space, readings: Readings) -> Iterator[Tensor]:
    """Go through the held meetings of the period, some at a time, with what they come to under every combination."""
    sheets = Sheets(made, space, readings)
    any_month = sheets.within.any(axis=0)
    for number, form in enumerate(sheets.forms):
        mine = np.flatnonzero((sheets.form == number) & any_month)
        for part in np.array_split(mine, max(1, math.ceil(len(mine) / _block(sheets, form)))):
            if len(part):
                yield from _Block(sheets, number, form, part).tensors()
    without = np.flatnonzero((sheets.form < 0) & any_month)
    if len(without):
        yield _on_no_form(sheets, without)


def _months(space: Space, readings: Readings) -> tuple[str, ...]:
    axis = space.position.get(_MONTH)
    return space.options(axis) if axis is not None else (readings.get(_MONTH, catalogue()[_MONTH].default),)


_LINE_BYTES = 300_000_000


def _block(sheets: Sheets, form: FormSpace) -> int:
    """Return how many meetings are worked on at a time: their lines under every reading have to be kept meanwhile."""
    nothing, blank = np.full(1, np.nan), np.full(1, BLANK, dtype=np.int8)
    none = np.zeros(1, dtype=np.int64)

    def facts(options: Mapping[str, str]) -> Facts:
        return Facts({option: records.take(none) for option, records in sheets.records.items()}, none, form.rules, options)

    if not len(sheets.form):
        return 1
    lines = [open_line(criterion, nothing, blank, facts, form) for criterion in form.rules.criteria]
    each = 2 * 10 * sum(line.value.size for line in lines)
    return max(1000, _LINE_BYTES // each)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """One rater's sheets in numbers: see :class:`assess.scoring.decide.Sheet`."""

    there: Flags
    total: Floats
    out_of: Floats
    cuts: Floats
    rank: Floats
    waits: Flags


class _Block:
    """Some meetings of one form."""

    def __init__(self, sheets: Sheets, number: int, form: FormSpace, meetings: Ints) -> None:
        self.all, self.number, self.form, self.meetings = sheets, number, form, meetings
        self.of = sheets.of[:, meetings]
        on_form = np.append(sheets.sheet_form == number, False)[self.of]
        rows = self.of[on_form]
        self.entries = sheets.written.on(form.rules, rows)
        self.stated = sheets.stated[rows]
        self.bare = only_total_known(form.rules, self.entries, self.stated)
        self.place = np.full(self.of.shape, -1)
        """The place among the block's sheets of each rater's sheet of each meeting; −1: none on this form."""
        self.place[on_form] = np.arange(len(rows))
        at = np.broadcast_to(np.arange(len(meetings)), self.of.shape)[on_form]
        records = {option: found.take(meetings) for option, found in sheets.records.items()}
        self.records, self.at = records, at
        self.lines = [
            open_line(c, self.entries.points[j], self.entries.state[j], self.facts, form) for j, c in enumerate(form.rules.criteria)
        ]

    def facts(self, options: Mapping[str, str]) -> Facts:
        """The facts of the meeting of each sheet of the block under some options."""
        return Facts(self.records, self.at, self.form.rules, options)

    def tensors(self) -> Iterator[Tensor]:
        bits = self._touching()
        for touching in np.unique(bits):
            axes = tuple(axis for axis in range(len(self.form.space.shape)) if touching >> axis & 1)
            group = np.flatnonzero(bits == touching)
            size = math.prod(self.form.space.shape[axis] for axis in axes)
            for part in np.array_split(group, max(1, math.ceil(len(group) * size / _AT_ONCE))):
                yield self._tensor(axes, part)

    @cached_property
    def late(self) -> frozenset[int]:
        """The axes of questions that are read when lines are added up and classed."""
        one = np.zeros(1, dtype=np.int64)
        if not len(self.stated):
            return frozenset()
        found: set[int] = set()
        for bare in (False, True):
            flags = np.array([bare]) & self.form.rules.has_points & (not self.form.rules.gates)
            ways = explore(partial(self._sum_up, {}, (), one, bare=flags), self.form)
            found.update(axis for given, _ in ways for axis in given)
        return frozenset(found)

    def _touching(self) -> Ints:
        """The axes that may change anything of each meeting, a bit an axis."""
        form, rules = self.form, self.form.rules
        bits: Ints = np.zeros(len(self.stated) + 1, dtype=np.int64)  # the last, −1, is no sheet
        if len(self.stated):
            whole = np.ones(len(self.stated), dtype=bool)
            for line in self.lines:
                bits[:-1] |= line.touched
                whole &= line.whole
            bits[:-1][self.bare] = 0
            facts = self.facts(form.options)
            combined = (facts["combined"] > 0) & (rules.combined is not None)
            # what a question of the whole sheet cannot touch; the others may touch every sheet
            where = {
                "not_applicable": (~whole | combined) & ~self.bare,
                "over_max_entry": self.bare & (self.stated > rules.total),
                "unexcused": np.nan_to_num(facts["absent_unexcused"]) > 0,
            }
            for axis in self.late:
                question = form.space.questions[axis].id
                touched = combined if rules.combined and question == rules.combined.question else where.get(question)
                bits[:-1] |= np.int64(1 << axis) * (True if touched is None else touched)
        own, upper = self.of >= 0
        found: Ints = bits[self.place[0]] | bits[self.place[1]]
        concerned = {"self_vs_superior": own & upper, "superior_silent": own & ~upper}
        for question, flags in concerned.items():
            axis = form.space.position.get(question, -1)
            if axis in form.live:
                found |= np.int64(1 << axis) * flags
        within = self.all.within[:, self.meetings]
        if len(within) > 1:
            found |= np.int64(1 << form.space.position[_MONTH]) * (within != within[0]).any(axis=0)
        return found

    def _tensor(self, axes: tuple[int, ...], part: Ints) -> Tensor:
        form, space = self.form, self.form.space
        deciding = [space.position[q] for q in ("self_vs_superior", "superior_silent") if space.position.get(q) in axes]
        of_sheets = [axis for axis in axes if axis not in deciding]
        own, upper = (self._numbers(of_sheets, self.of[n, part], self.place[n, part]) for n in (0, 1))
        shape = tuple(space.shape[axis] for axis in axes)
        code, points = np.empty((*shape, len(part)), dtype=np.int8), np.empty((*shape, len(part)))
        size = own.total.size
        for options in itertools.product(*(range(space.shape[axis]) for axis in deciding)):
            given = dict(zip(deciding, options, strict=True))
            reading = Reading(np.zeros(size, dtype=np.int64), [options_at(form, given)])
            found = settle(_flat(own), _flat(upper), [form.rules], reading)
            there = np.broadcast_to((self.of[:, part] >= 0).any(axis=0), own.total.shape).reshape(-1)
            codes = np.where(found.waits, WAITING, np.where(there & (found.rank >= 0), found.rank, NO_RESULT))
            index = tuple(given.get(axis, slice(None)) for axis in axes)
            code[index] = codes.reshape(own.total.shape)
            with np.errstate(invalid="ignore", divide="ignore"):
                hundredths = np.where(found.waits, np.nan, np.round(100.0 * found.total / found.out_of, _DECIMALS))
            points[index] = hundredths.reshape(own.total.shape)
        self._leave_out(axes, part, code, points)
        return Tensor(self.number, self.meetings[part], axes, tuple(form.base[axis] for axis in axes), code, points)

    def _leave_out(self, axes: tuple[int, ...], part: Ints, code: Codes, points: Floats) -> None:
        """Mark the meetings that are not of the period under some reading of which month they count for."""
        within = self.all.within[:, self.meetings[part]]
        month = self.form.space.position.get(_MONTH)
        if month in axes:
            within = within.reshape([len(within) if axis == month else 1 for axis in axes] + [len(part)])
        else:
            within = within[self.form.base[month] if month is not None else 0]
        outside = np.broadcast_to(~within, code.shape)
        code[outside], points[outside] = OUTSIDE, np.nan

    def _numbers(self, axes: Sequence[int], sheet: Ints, place: Ints) -> _Numbers:
        """Score one rater's sheets of some meetings under every combination of some axes."""
        shape = (*(self.form.space.shape[axis] for axis in axes), len(sheet))
        missing = np.full(shape, np.nan)
        on_form = place >= 0
        waits = np.zeros(shape, dtype=bool)
        rank = missing.copy()
        other = (sheet >= 0) & ~on_form  # a sheet on another form waits
        waits[..., other], rank[..., other] = True, -1.0
        found = _Numbers(np.broadcast_to(sheet >= 0, shape), missing, missing.copy(), missing.copy(), rank, waits)
        if not on_form.any():
            return found
        fixed = [axis for axis in axes if axis in self.late]
        free = [axis for axis in axes if axis not in self.late]
        inner = (*(self.form.space.shape[axis] for axis in free), int(on_form.sum()))
        for options in itertools.product(*(range(self.form.space.shape[axis]) for axis in fixed)):
            given = dict(zip(fixed, options, strict=True))
            index = tuple(given.get(axis, slice(None)) for axis in axes)
            summed = self._sum_up(given, free, place[on_form], options_at(self.form, given))
            totals = summed.totals
            for into, values in (
                (found.total, np.where(summed.waits, np.nan, totals.total)), (found.out_of, totals.out_of), (found.cuts, totals.cuts),
                (found.rank, summed.classed.rank), (found.waits, summed.waits),
            ):  # fmt: skip
                into[index][..., on_form] = values.reshape(inner)
        return found

    def _sum_up(self, given: Given, free: Sequence[int], sheets: Ints, options: Mapping[str, str], bare: Flags | None = None) -> Summed:
        """Add up and class some sheets, flat: under every combination of the ``free`` axes, sheet by sheet."""
        rules = self.form.rules
        times = math.prod(self.form.space.shape[axis] for axis in free)
        treated = [line.at(self.form, given, free, sheets) for line in self.lines]
        facts = _Repeated(self.facts(options), sheets, times)
        shape = (len(treated), times * len(sheets))
        nothing = Entries(np.broadcast_to(np.nan, shape), np.broadcast_to(np.int8(0), shape))  # it is in the lines already
        lines = count(rules, nothing, treated, facts, options)
        bare = self.bare[sheets] if bare is None else bare
        return sum_up(rules, lines, np.tile(bare, times), np.tile(self.stated[sheets], times), facts, options)


class _Repeated(Mapping[str, "NDArray[np.float64]"]):
    """The facts of some sheets, once for every combination."""

    def __init__(self, facts: Facts, sheets: Ints, times: int) -> None:
        self._facts, self._sheets, self._times = facts, sheets, times

    def __getitem__(self, name: str) -> Floats:
        return np.tile(self._facts[name][self._sheets], self._times)

    def __iter__(self) -> Iterator[str]:
        return iter(FACTS)

    def __len__(self) -> int:
        return len(FACTS)


def _flat(numbers: _Numbers) -> _Numbers:
    return _Numbers(*(getattr(numbers, name).reshape(-1) for name in _Numbers.__slots__))


def _on_no_form(sheets: Sheets, meetings: Ints) -> Tensor:
    """Meetings that no form applies to: one with a sheet waits, under every reading."""
    space = sheets.space
    within = sheets.within[:, meetings]
    month = space.position.get(_MONTH)
    there = (sheets.of[:, meetings] >= 0).any(axis=0)
    code = np.where(within, np.where(there, WAITING, NO_RESULT), OUTSIDE).astype(np.int8)
    if month is None:
        return Tensor(-1, meetings, (), (), code[0], np.full(len(meetings), np.nan))
    base = space.options(month).index(sheets.readings.get(_MONTH, catalogue()[_MONTH].default))
    return Tensor(-1, meetings, (month,), (base,), code, np.full(code.shape, np.nan))
