"""Class of every chi bộ for the period under every combination of readings.

Combinations under which all meetings of a chi bộ have the same results are rolled up once, by the
ordinary function. The questions of the roll-up are left open and branched on where it looks them
up.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from assess.base.errors import input_error
from assess.rules.intervals import exact
from assess.scoring.period.roll_up import MOVED, ChiBoMeetings, MembershipMonths, meetings_of_each
from assess.studies.readings.asking import branch_on_options
from assess.studies.readings.meeting_tensors import MeetingTensors
from assess.studies.readings.space import MONTH, RuleSetSpace
from assess.studies.readings.tensor import (
    NECESSARY_ONLY,
    NO_POINTS,
    NO_RESULT,
    NO_RULE,
    NONE_KNOWN,
    OPEN,
    OUTSIDE,
    WAITING,
    Tensor,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assess.records import Slice
    from assess.rules import Readings
    from assess.scoring.period.period_class import PeriodResult
    from assess.scoring.period.roll_up import MeetingRow
    from assess.studies.readings.asking import Given, LazyOptions
    from assess.studies.readings.space import Space

    Ints = NDArray[np.integer]
    Floats = NDArray[np.float64]

_CODES = {
    "waits": WAITING,
    "open": OPEN,
    "left": OUTSIDE,
    "nothing": NO_RESULT,
    "several_forms": NO_RESULT,
    "none_known": NONE_KNOWN,
    "necessary_only": NECESSARY_ONLY,
    "no_rule": NO_RULE,
    "no_points": NO_POINTS,
}
_WITH_POINTS = frozenset({"classed", "none_known", "necessary_only"})
"""The outcomes for which the mean is that of all months that count."""
_DECIMALS = 6
_AT_ONCE = 3000
"""The number of meetings whose results are kept at a time."""


@dataclass(frozen=True, slots=True)
class _Result:
    """The result of one meeting along some axes: the class (or why there is none) and the total."""

    axes: tuple[int, ...]
    classes: tuple[str, ...]
    code: NDArray[np.int8]
    total: Floats


class PeriodTensors:
    """The chi bộ of a slice over its period, by their rows in its ``chi_bo``."""

    def __init__(self, made: Slice, space: Space, readings: Readings) -> None:
        """Prepare once what does not depend on readings."""
        self.made, self.space = made, space
        self.sheets = MeetingTensors(made, space, readings, rolled_up=True)
        self.readings, self.rule_sets = readings, self.sheets.rule_sets
        self.places, self.chi_bo = MembershipMonths(made), made.chi_bo
        meetings = made.tables["meeting"].reset_index(drop=True)
        by_chi_bo = meetings_of_each(
            meetings.assign(month="", in_period=False, assessed=False, total=np.nan, class_id="")
        )
        self.sat = {sat.sort_key[2]: sat for mine in by_chi_bo.values() for sat in mine}
        self.ids = meetings["meeting_id"].to_numpy()
        self.rows = meetings.groupby("chi_bo_id", sort=False).indices
        self.month = [month.to_numpy() for month in self.sheets.month.values()]
        self.of_meeting = list(self.sheets.classes.values())
        found = (c.id for rules in made.rule_sets.values() for c in (*rules.classes, *rules.year))
        self.any_class = tuple(dict.fromkeys(found))

    @property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """The ids of a period's classes by rule set: all ids, as a chi bộ may change rule sets."""
        return dict.fromkeys(self.made.rule_sets, self.any_class)

    def tensors(self, most: int, which: Ints | None = None) -> Iterator[Tensor]:
        """Iterate over the results of all chi bộ, or those in some rows, under every combination.

        Raise :class:`~assess.base.errors.InputError` where the questions that touch a chi bộ have
        more than ``most`` combinations.
        """
        part: list[tuple[int, Ints]] = []
        for number in range(len(self.chi_bo)) if which is None else which:
            part.append(
                (int(number), self.rows.get(self.chi_bo[number], np.empty(0, dtype=np.int64)))
            )
            if sum(len(rows) for _, rows in part) >= _AT_ONCE:
                yield from self._rolled_up(part, most)
                part = []
        yield from self._rolled_up(part, most)

    def _rolled_up(self, part: Sequence[tuple[int, Ints]], most: int) -> Iterator[Tensor]:
        """Roll up some chi bộ, given by their places and the rows of their meetings."""
        results: dict[int, _Result] = {}
        for tensor in (
            self.sheets.tensors(most, np.concatenate([rows for _, rows in part])) if part else ()
        ):
            classes = self.of_meeting[tensor.rule_set] if tensor.rule_set >= 0 else ()
            for column, row in enumerate(tensor.cases):
                results[int(row)] = _Result(
                    tensor.axes, classes, tensor.code[..., column], tensor.points[..., column]
                )
        alike: dict[
            tuple[int, tuple[int, ...], tuple[int, ...]], list[tuple[int, NDArray[np.int8], Floats]]
        ] = defaultdict(list)
        for number, mine in part:
            rule_set, axes, base, code, points = _ChiBo(
                self, self.chi_bo[number], mine, results, most
            ).rolled_up()
            alike[rule_set, axes, base].append((number, code, points))
        for (rule_set, axes, base), cases in alike.items():
            numbers, codes, points_of = zip(*cases, strict=True)
            yield Tensor(
                rule_set,
                np.array(numbers),
                axes,
                base,
                np.stack(codes, axis=-1),
                np.stack(points_of, axis=-1),
            )


class _ChiBo:
    """One chi bộ over the period."""

    def __init__(
        self, period: PeriodTensors, chi_bo: str, rows: Ints, results: dict[int, _Result], most: int
    ) -> None:
        self.period, self.space, self.chi_bo, self.rows, self.most = (
            period,
            period.space,
            chi_bo,
            rows,
            most,
        )
        self.results = {int(row): results[int(row)] for row in rows if int(row) in results}
        axes = {axis for found in self.results.values() for axis in found.axes}
        months = period.month
        if any((months[0][rows] != other[rows]).any() for other in months[1:]):
            axes.add(self.space.position[MONTH])
        self.axes = tuple(sorted(axes))
        self.shape = self._bounded(self.axes)

    def rolled_up(self) -> tuple[int, tuple[int, ...], tuple[int, ...], NDArray[np.int8], Floats]:
        """Return the position of the rule set, axes, base, codes and points."""
        which, first = self._ways()
        rule_sets = self.period.rule_sets
        if not rule_sets:
            return -1, (), (), np.array(NO_RESULT, dtype=np.int8), np.array(np.nan)
        sat = [self._sat(int(at)) for at in first]
        to_class = (ChiBoMeetings(self.period.places, self.chi_bo, mine) for mine in sat)
        found = [branch_on_options(partial(self._outcome, mine), rule_sets[0]) for mine in to_class]
        later = tuple(sorted({axis for ways in found for given, _ in ways for axis in given}))
        axes = (*self.axes, *later)
        self._bounded(axes)
        shape = (len(first), *(self.space.shape[axis] for axis in later))
        code, points = np.empty(shape, dtype=np.int8), np.empty(shape)
        for way, outcomes in enumerate(found):
            for given, outcome in outcomes:
                index = (way, *(given.get(axis, slice(None)) for axis in later))
                code[index], points[index] = self._numbers(outcome)
        order = np.argsort(axes)
        grid = which.reshape(self.shape)
        number = self._rule_set(which, found)
        rule_set = rule_sets[max(number, 0)]
        base = tuple(rule_set.base[axis] for axis in sorted(axes))
        return (
            number,
            tuple(sorted(axes)),
            base,
            code[grid].transpose(order),
            points[grid].transpose(order),
        )

    def _bounded(self, axes: Sequence[int]) -> tuple[int, ...]:
        shape = tuple(self.space.shape[axis] for axis in axes)
        if math.prod(shape) > self.most:
            raise input_error(
                "chi-bo-too-open", "questions", found=math.prod(shape), limit=self.most
            )
        return shape

    def _ways(self) -> tuple[Ints, Ints]:
        """Number the combinations by the results of all meetings, and return one of each number."""
        size = math.prod(self.shape)
        number: Ints = np.zeros(size, dtype=np.int64)
        for found in self.results.values():
            pairs = np.stack(
                [
                    found.code.reshape(-1).astype(float),
                    np.nan_to_num(found.total.reshape(-1), nan=-1.0),
                ]
            )
            mine = np.unique(pairs, axis=1, return_inverse=True)[1].reshape(found.code.shape)
            number = _renumbered(number, self._along(mine, found.axes))
        month = self.space.position.get(MONTH)
        if month in self.axes:
            number = _renumbered(number, self._along(np.arange(self.space.shape[month]), (month,)))
        _, first, which = np.unique(number, return_index=True, return_inverse=True)
        return which.reshape(-1), first

    def _along(self, values: NDArray[np.int64], axes: tuple[int, ...]) -> Ints:
        """Broadcast values along some axes over all axes of the chi bộ, flat."""
        shape = [self.space.shape[axis] if axis in axes else 1 for axis in self.axes]
        return np.broadcast_to(values.reshape(shape), self.shape).reshape(-1)

    def _sat(self, at: int) -> list[MeetingRow]:
        """Return the meetings under one combination, given by its flat position along the axes."""
        position = dict(
            zip(self.axes, np.unravel_index(at, self.shape) if self.shape else (), strict=True)
        )
        option = int(
            position.get(self.space.position.get(MONTH, -1), 0)
        )  # where none is open, all options give the same months
        meetings = []
        for row in map(int, self.rows):
            sat = self.period.sat[self.period.ids[row]]._replace(
                month=self.period.month[option][row], due=bool(self.period.sheets.due[option, row])
            )
            found = self.results.get(row)
            if found is not None:
                index = tuple(position[axis] for axis in found.axes)
                code = int(found.code[index])
                if code >= 0:
                    sat = sat._replace(
                        assessed=True, total=float(found.total[index]), class_id=found.classes[code]
                    )
            meetings.append(sat)
        return meetings

    def _outcome(self, to_class: ChiBoMeetings, options: LazyOptions) -> PeriodResult:
        return to_class.outcome(
            lambda: options[MOVED],
            {rule_set.rules.id: options.on(rule_set) for rule_set in self._rule_sets},
        )

    @cached_property
    def _rule_sets(self) -> list[RuleSetSpace]:
        """The rule sets with the answers in force for the chi bộ at the period's end."""
        made, period = self.period.made, self.period
        found = []
        for rule_set in period.rule_sets:
            answers = made.year_answers(self.chi_bo, rule_set.rules.id)
            found.append(
                RuleSetSpace.of(self.space, rule_set.rules, period.readings, answers)
                if answers
                else rule_set
            )
        return found

    def _numbers(self, outcome: PeriodResult) -> tuple[int, float]:
        code = (
            self.period.any_class.index(outcome.class_id)
            if outcome.status == "classed" and outcome.class_id
            else _CODES[outcome.status]
        )
        if outcome.status not in _WITH_POINTS or outcome.mean is None:
            return code, math.nan
        whole = exact(self.period.made.rule_sets[outcome.rule_set_id].total)
        return code, round(float(100 * outcome.mean / whole), _DECIMALS)

    def _rule_set(self, which: Ints, found: Sequence[list[tuple[Given, PeriodResult]]]) -> int:
        """Return the rule set that classifies the period under its own readings in use, else −1."""
        for number, rule_set in enumerate(self.period.rule_sets):
            at = (
                np.ravel_multi_index([rule_set.base[axis] for axis in self.axes], self.shape)
                if self.shape
                else 0
            )
            mine = [
                o
                for given, o in found[int(which[int(at)])]
                if all(rule_set.base[axis] == option for axis, option in given.items())
            ]
            if any(outcome.rule_set_id == rule_set.rules.id for outcome in mine):
                return number
        return -1


def _renumbered(number: Ints, other: Ints) -> Ints:
    """Number the pairs of two numberings."""
    found: Ints = np.unique(number * (int(other.max()) + 1) + other, return_inverse=True)[
        1
    ].reshape(-1)
    return found
