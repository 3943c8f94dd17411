"""A readings study: what every combination of readings makes of the meetings of a slice, by meeting, by question, by combination."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assess.rules import catalogue, check_readings
from assess.scoring import score
from assess.scoring.meeting_facts import months_of
from assess.studies.readings.margins import margins
from assess.studies.readings.measures import class_variance, flip_sets, kinds_of, mean_change, same_results, shares, variance, varies
from assess.studies.readings.space import FormSpace, Space, space_of
from assess.studies.readings.tensors import NO_RESULT, OUTSIDE, WAITING, tensors

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from assess.records import Slice
    from assess.rules import Readings
    from assess.studies.readings.measures import Variance
    from assess.studies.readings.tensors import Tensor

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

MOST = 50_000
"""So many combinations are listed one by one; of more some are drawn. No meeting's own may be more: that is refused."""
DRAWN = 1000
SEED = 2026
CONTESTED = 2 / 3
"""A class that holds under fewer of the combinations than this is contested. The threshold is this toolkit's own, no instrument's."""
VERDICTS = {"robust": "vững", "fragile": "dễ đổi", "contested": "còn tranh cãi"}
"""The class is the same under every combination; under two thirds of them or more; under fewer."""
_OTHER = {WAITING: "waiting", NO_RESULT: "no_result", OUTSIDE: "outside"}


@dataclass(frozen=True)
class Study:
    """What came out. ``space`` has the questions; every table is a frame in a fixed order.

    ``meetings``: a row per held meeting of the period: ``meeting_id``, ``chi_bo_id``, ``month``, ``rule_set_id``; under the readings in
    use ``class_id`` and ``points`` (of 100); ``low`` and ``high`` over all combinations; ``share`` of the combinations that give that
    class, ``verdict`` (:data:`VERDICTS`; empty where there is no class under any), ``touching`` (how many questions change anything), ``different`` (how many results there are),
    ``flips`` (the fewest readings that change the class; 0 where none does), ``spare`` and ``short`` (:func:`~assess.studies.readings.margins.margins`).
    ``acceptability``: ``meeting_id``, ``class_id``, ``share``; where there is no class *waiting*, *no_result* or *outside* (the period).
    ``flips``: the smallest sets of questions that change a class when they alone are read otherwise: ``meeting_id``, ``questions`` (ids,
    joined by ``+``), ``size``, ``reached`` (ids of classes, joined by ``, ``).
    ``questions``: a row per question: ``touched`` meetings, ``class_moves`` (meetings whose class it changes in some company), ``alone`` and
    ``together`` (chi bộ in which it changes a class by itself, and only with others), ``mean_change`` (points of 100, over the meetings
    it touches), and Sobol's indices ``first`` and ``total`` of the points (over meetings with points under every combination; NaN where it touches
    none of those), ``class_first`` and ``class_total`` of the class.
    ``alone``: a row per question and option: ``question_id``, ``option``, ``in_use`` (under the readings in use, on how many of the
    meetings that the question touches), and where this option alone replaces the one in use: ``changed`` (meetings whose class changes),
    ``chi_bo`` (of how many), ``points`` (mean difference in points of 100 where both are there).
    ``pairs``: ``one``, ``other``: the parts of the variance of ``points`` and ``class_id`` that two questions make only together.
    ``same_options``: ``question_id``, ``option``, ``other``: options that make no difference to anybody.
    ``combinations``: a row per combination: an option for each question, ``changed`` (meetings with another class than under the
    readings in use), ``points`` (mean), ``number`` (equal where every meeting has equal results).
    ``counts``: ``combination`` (row of the former), ``rule_set_id``, ``class_id``, ``meetings``.

    Where there are more combinations than :data:`MOST`, ``combinations`` and ``counts`` have those of the readings in use and ``drawn``
    others, drawn with a seed (``drawn`` is 0 where all are there); every other table is over all combinations all the same.

    To wait for something, to have no sheet that counts, or not to be of the period stands beside the classes: going from a class to one of
    these is a change of class. Meetings that have a class under no combination have no part in the indices of the class.
    """

    space: Space
    readings: Mapping[str, str]
    drawn: int
    meetings: pd.DataFrame
    acceptability: pd.DataFrame
    flips: pd.DataFrame
    questions: pd.DataFrame
    alone: pd.DataFrame
    pairs: pd.DataFrame
    same_options: pd.DataFrame
    combinations: pd.DataFrame
    counts: pd.DataFrame

    @property
    def different(self) -> int:
        """How many of the combinations differ for anybody."""
        return int(self.combinations["number"].nunique())


def study_readings(made: Slice, questions: Collection[str], readings: Readings | None = None, seed: int = SEED) -> Study:
    """Score a slice under every combination of the readings of ``questions`` and of what points are taken from.

    Questions that are not named stay as in ``readings``, or as the form has them. ``seed`` draws the combinations that are listed where
    there are too many of them. Raises :class:`~assess.base.errors.InputError` for unknown questions or options, questions that no
    meeting's class can depend on, and where the questions that touch one meeting have more than :data:`MOST` combinations.
    """
    readings = dict(readings or {})
    check_readings(readings)
    space = space_of(questions)
    gathered = _Gathered(made, space, readings, _listed(made, space, readings, seed))
    for tensor in tensors(made, space, readings, MOST):
        gathered.add(tensor)
    return gathered.study()


def _listed(made: Slice, space: Space, readings: Readings, seed: int) -> Ints:
    """Return the combinations to list, a row each, by the position of each question's option: all, or those in use and some drawn."""
    if space.size <= MOST:
        return np.stack(np.unravel_index(np.arange(space.size), space.shape), axis=1)
    rng = np.random.default_rng(seed)
    in_use = [FormSpace.of(space, rules, readings).base for rules in made.rule_sets.values()]
    drawn = np.stack([rng.integers(0, size, DRAWN) for size in space.shape], axis=1)
    rows = np.concatenate([np.array(in_use, dtype=np.int64).reshape(-1, len(space.shape)), drawn])
    _, first = np.unique(rows, axis=0, return_index=True)
    listed: Ints = rows[np.sort(first)]
    return listed


@dataclass
class _Gathered:
    """Sums over the tensors that have gone by. ``listed`` are the combinations that are kept one by one."""

    made: Slice
    space: Space
    readings: Readings
    listed: Ints
    meetings: list[pd.DataFrame] = field(default_factory=list)
    acceptability: list[pd.DataFrame] = field(default_factory=list)
    flips: list[tuple[int, int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin at nothing."""
        axes = len(self.space.shape)
        self.forms = list(self.made.rule_sets.values())
        self.ids = self.made.tables["meeting"]
        self.chi_bo = self.ids["chi_bo_id"].to_numpy()
        self.month = months_of(self.ids, self.readings.get("window_month", catalogue()["window_month"].default))
        self.touched, self.class_moves = np.zeros(axes, dtype=int), np.zeros(axes, dtype=int)
        self.with_variance = np.zeros(axes, dtype=int)
        self.change, self.changes = np.zeros(axes), np.zeros(axes, dtype=int)
        self.parts = {name: _Parts(axes) for name in ("points", "class")}
        self.same = [np.ones((size, size), dtype=bool) for size in self.space.shape]
        self.alone = {(axis, option): _Alone() for axis, size in enumerate(self.space.shape) for option in range(size)}
        size = len(self.listed)
        self.counts = [np.zeros((size, len(rules.classes)), dtype=np.int32) for rules in self.forms]
        self.changed, self.with_points = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
        self.sum, self.number = np.zeros(size), np.zeros(size, dtype=np.int64)

    def add(self, tensor: Tensor) -> None:
        """Take in the results of some meetings."""
        self._by_meeting(tensor)
        self._by_question(tensor)
        self._by_combination(tensor)

    def _class_ids(self, form: int) -> dict[int, str]:
        classes = self.forms[form].classes if form >= 0 else ()
        return {**{code: c.id for code, c in enumerate(classes)}, **_OTHER}

    def _by_meeting(self, tensor: Tensor) -> None:
        names = self._class_ids(tensor.form)
        inner = tuple(range(tensor.code.ndim - 1))
        origin, points = tensor.code[tensor.base], tensor.points[tensor.base]
        kinds = kinds_of(tensor.code)
        parts = {int(kind): shares(tensor.code, kind) for kind in kinds}
        with np.errstate(all="ignore"):
            known = ~np.isnan(tensor.points).all(axis=inner)
            low = np.where(known, np.where(np.isnan(tensor.points), np.inf, tensor.points).min(axis=inner), np.nan)
            high = np.where(known, np.where(np.isnan(tensor.points), -np.inf, tensor.points).max(axis=inner), np.nan)
        share = np.select([origin == kind for kind in parts], list(parts.values()), np.nan)
        classless = (tensor.code < 0).all(axis=inner)
        moving = varies(tensor.code) | varies(tensor.points)
        ids = self.ids.iloc[tensor.meetings]
        fewest = np.zeros(len(origin), dtype=int)
        for axes, cases, reached in flip_sets(tensor.code, tensor.base):
            bits = sum(1 << tensor.axes[axis] for axis in axes)
            fewest[cases] = np.where(fewest[cases] == 0, len(axes), fewest[cases])
            for place, case in enumerate(cases):
                classes = ", ".join(names[int(kind)] for kind, there in zip(kinds, reached[:, place], strict=True) if there)
                self.flips.append((int(tensor.meetings[case]), bits, len(axes), classes))
        self.meetings.append(
            pd.DataFrame(
                {
                    "row": tensor.meetings,
                    "meeting_id": ids["meeting_id"].to_numpy(),
                    "chi_bo_id": ids["chi_bo_id"].to_numpy(),
                    "month": self.month.iloc[tensor.meetings].to_numpy(),
                    "rule_set_id": self.forms[tensor.form].id if tensor.form >= 0 else None,
                    "class_id": [names[int(code)] for code in origin],
                    "points": points,
                    "low": low,
                    "high": high,
                    "share": share,
                    "verdict": np.select([classless, share == 1, share >= CONTESTED], ["", "robust", "fragile"], "contested"),
                    "touching": moving.sum(axis=0),
                    "different": _different(tensor),
                    "flips": fewest,
                }
            )
        )
        for kind, part in parts.items():
            some = np.flatnonzero(part > 0)
            self.acceptability.append(
                pd.DataFrame({"row": tensor.meetings[some], "code": kind, "class_id": names[kind], "share": part[some]})
            )

    def _by_question(self, tensor: Tensor) -> None:
        axes = list(tensor.axes)
        if not axes:
            return
        in_class, in_points = varies(tensor.code), varies(tensor.points)
        moving = in_class | in_points
        self.touched[axes] += moving.sum(axis=1)
        self.class_moves[axes] += in_class.sum(axis=1)
        change = mean_change(tensor.points, tensor.base)
        counted = ~np.isnan(change) & moving
        self.change[axes] += np.where(counted, change, 0.0).sum(axis=1)
        self.changes[axes] += counted.sum(axis=1)
        # points that wait under some combination are no product of readings any more
        whole = ~np.isnan(tensor.points).any(axis=tuple(range(tensor.points.ndim - 1))) & in_points.any(axis=0)
        if whole.any():
            self.parts["points"].add(axes, variance(tensor.points[..., whole]))
            self.with_variance[axes] += moving[:, whole].sum(axis=1)
        # a class that never changes has no variance to split
        classed = (tensor.code >= 0).any(axis=tuple(range(tensor.code.ndim - 1))) & in_class.any(axis=0)
        if classed.any():
            self.parts["class"].add(axes, class_variance(tensor.code[..., classed]))
        touched = self.chi_bo[tensor.meetings]
        for place, axis in enumerate(axes):
            for option in range(self.space.shape[axis]):
                at = (*tensor.base[:place], option, *tensor.base[place + 1 :])
                self.alone[axis, option].add(tensor, at, touched, moving[place], in_use=option == tensor.base[place])
            for one in range(self.space.shape[axis]):
                for other in range(one):
                    if self.same[axis][one, other]:
                        alike = all(
                            np.array_equal(np.take(a, one, axis=place), np.take(a, other, axis=place), equal_nan=a.dtype.kind == "f")
                            for a in (tensor.code, tensor.points)
                        )
                        self.same[axis][one, other] = self.same[axis][other, one] = alike

    def _by_combination(self, tensor: Tensor) -> None:
        shape = tuple(self.space.shape[axis] for axis in tensor.axes)
        at = np.ravel_multi_index([self.listed[:, axis] for axis in tensor.axes], shape) if shape else np.zeros(len(self.listed), dtype=int)

        def of_each(values: NDArray[Any]) -> NDArray[Any]:
            return values.reshape(-1)[at]

        for code in range(len(self.forms[tensor.form].classes) if tensor.form >= 0 else 0):
            self.counts[tensor.form][:, code] += of_each((tensor.code == code).sum(axis=-1))
        self.changed += of_each((tensor.code != tensor.code[tensor.base]).sum(axis=-1))
        there = ~np.isnan(tensor.points)
        self.sum += of_each(np.where(there, tensor.points, 0.0).sum(axis=-1))
        self.with_points += of_each(there.sum(axis=-1))
        mine = of_each(same_results([tensor.code, tensor.points]))
        self.number = np.unique(self.number * (int(mine.max()) + 1) + mine, return_inverse=True)[1]

    def study(self) -> Study:
        """Put the tables together."""
        meetings = _stacked(self.meetings, _MEETINGS).sort_values("row", kind="stable")
        ids = self.ids["meeting_id"].to_numpy()
        accepted = _stacked(self.acceptability, ("row", "code", "class_id", "share"))
        # classes best first, then what is no class
        accepted = accepted.assign(last=accepted["code"] < 0).sort_values(["row", "last", "code"], kind="stable")
        accepted.insert(0, "meeting_id", ids[accepted["row"].to_numpy(dtype=int)])
        return Study(
            self.space,
            self.readings,
            0 if len(self.listed) == self.space.size else len(self.listed),
            meetings.drop(columns="row").merge(margins(score(self.made, self.readings)), on="meeting_id", how="left"),
            accepted[["meeting_id", "class_id", "share"]].reset_index(drop=True),
            self._flips(ids),
            self._questions(),
            self._alone(),
            self._pairs(),
            self._same_options(),
            *self._combinations(),
        )

    def _names(self, bits: int) -> str:
        return "+".join(q.id for axis, q in enumerate(self.space.questions) if bits >> axis & 1)

    def _flips(self, ids: NDArray[np.object_]) -> pd.DataFrame:
        rows = [
            (ids[row], self._names(bits), size, reached)
            for row, bits, size, reached in sorted(self.flips, key=lambda f: (f[0], f[2], f[1]))
        ]
        return pd.DataFrame(rows, columns=["meeting_id", "questions", "size", "reached"])

    def _questions(self) -> pd.DataFrame:
        alone: list[set[str]] = [set() for _ in self.space.shape]
        together: list[set[str]] = [set() for _ in self.space.shape]
        for row, bits, size, _ in self.flips:
            for axis in range(len(self.space.shape)):
                if bits >> axis & 1:
                    (alone if size == 1 else together)[axis].add(self.chi_bo[row])
        points, classes = self.parts["points"], self.parts["class"]
        hidden = (self.touched > 0) & (self.with_variance == 0)  # every meeting it touches waits under some combination
        return pd.DataFrame(
            {
                "question_id": [q.id for q in self.space.questions],
                "options": self.space.shape,
                "touched": self.touched,
                "class_moves": self.class_moves,
                "alone": [len(found) for found in alone],
                "together": [len(found - by_itself) for found, by_itself in zip(together, alone, strict=True)],
                "mean_change": np.where(self.changes > 0, self.change / np.maximum(self.changes, 1), np.nan),
                "first": np.where(hidden, np.nan, points.index(points.first)),
                "total": np.where(hidden, np.nan, points.index(points.total)),
                "class_first": classes.index(classes.first),
                "class_total": classes.index(classes.total),
            }
        )

    def _alone(self) -> pd.DataFrame:
        rows = [
            (
                self.space.questions[axis].id, self.space.options(axis)[option], found.in_use, found.changed, len(found.chi_bo),
                found.difference / found.compared if found.compared else math.nan,
            )
            for (axis, option), found in self.alone.items()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["question_id", "option", "in_use", "changed", "chi_bo", "points"])

    def _pairs(self) -> pd.DataFrame:
        parts = {"points": self.parts["points"], "class_id": self.parts["class"]}
        rows = []
        for one in range(len(self.space.shape)):
            for other in range(one + 1, len(self.space.shape)):
                found = {name: float(part.index(part.pair[one, other])) for name, part in parts.items()}
                rows.append({"one": self.space.questions[one].id, "other": self.space.questions[other].id, **found})
        return pd.DataFrame(rows, columns=["one", "other", "points", "class_id"])

    def _same_options(self) -> pd.DataFrame:
        rows = []
        for axis, same in enumerate(self.same):
            options = self.space.options(axis)
            rows += [
                (self.space.questions[axis].id, options[one], options[other])
                for one in range(len(options)) for other in range(one + 1, len(options)) if same[one, other]
            ]  # fmt: skip
        return pd.DataFrame(rows, columns=["question_id", "option", "other"])

    def _combinations(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        size = len(self.listed)
        options = {
            q.id: np.array(self.space.options(axis), dtype=object)[self.listed[:, axis]] for axis, q in enumerate(self.space.questions)
        }
        mean = np.where(self.with_points > 0, self.sum / np.maximum(self.with_points, 1), np.nan)
        frame = pd.DataFrame({**options, "changed": self.changed, "points": mean, "number": self.number})
        counts = [
            pd.DataFrame(
                {
                    "combination": np.repeat(np.arange(size), len(rules.classes)),
                    "rule_set_id": rules.id,
                    "class_id": np.tile(np.array([c.id for c in rules.classes], dtype=object), size),
                    "meetings": found.reshape(-1),
                }
            )
            for rules, found in zip(self.forms, self.counts, strict=True)
        ]
        return frame, _stacked(counts, ("combination", "rule_set_id", "class_id", "meetings"))


_MEETINGS = (
    "row", "meeting_id", "chi_bo_id", "month", "rule_set_id", "class_id", "points", "low", "high", "share", "verdict", "touching",
    "different", "flips",
)  # fmt: skip


_NOTHING = 1e-9
"""A variance (of points of 100, or of indicators) that is what rounding left."""


@dataclass
class _Alone:
    """What one option does by itself."""

    in_use: int = 0
    changed: int = 0
    chi_bo: set[str] = field(default_factory=set)
    difference: float = 0.0
    compared: int = 0

    def add(self, tensor: Tensor, at: tuple[int, ...], chi_bo: NDArray[np.object_], moving: Flags, *, in_use: bool) -> None:
        if in_use:
            self.in_use += int(moving.sum())
            return
        changed = tensor.code[at] != tensor.code[tensor.base]
        self.changed += int(changed.sum())
        self.chi_bo.update(chi_bo[changed])
        difference = (tensor.points[at] - tensor.points[tensor.base])[moving]
        there = ~np.isnan(difference)
        self.difference += float(difference[there].sum())
        self.compared += int(there.sum())


class _Parts:
    """Parts of variances, added up over meetings: the indices of all results together."""

    def __init__(self, axes: int) -> None:
        self.whole, self.first, self.total, self.pair = 0.0, np.zeros(axes), np.zeros(axes), np.zeros((axes, axes))

    def add(self, axes: list[int], found: Variance) -> None:
        self.whole += float(found.whole.sum())
        self.first[axes] += found.first.sum(axis=-1)
        self.total[axes] += found.total.sum(axis=-1)
        self.pair[np.ix_(axes, axes)] += found.pair.sum(axis=-1)

    def index(self, part: Floats) -> Floats:
        """Return a part as an index; where nothing varies there is none."""
        return part / self.whole if self.whole > _NOTHING else part * math.nan


def _different(tensor: Tensor) -> Ints:
    """How many different results each meeting has."""
    code = tensor.code.reshape(-1, tensor.code.shape[-1])
    points = np.where(np.isnan(tensor.points), -1.0, tensor.points).reshape(code.shape)
    order = np.lexsort((code, points), axis=0)
    code, points = np.take_along_axis(code, order, axis=0), np.take_along_axis(points, order, axis=0)
    new: NDArray[np.bool_] = (np.diff(code, axis=0) != 0) | (np.diff(points, axis=0) != 0)
    found: Ints = 1 + new.sum(axis=0)
    return found


def _stacked(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(columns))
