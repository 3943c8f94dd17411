"""Sums of a study over its tensors, and the tables made from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assess.studies.readings.measures import (
    VarianceSums,
    changed_class,
    class_variance,
    flip_sets,
    kinds_of,
    mean_change,
    same_results,
    shares,
    variance,
    varies,
    varies_in_class,
)
from assess.studies.readings.tensor import NO_RULE, OTHER
from assess.studies.readings.verdicts import by_rule, firmness, in_one_way

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from assess.studies.readings.space import Space
    from assess.studies.readings.tensor import Tensor

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]


@dataclass
class StudySums:
    """Sums over the tensors added.

    ``cases``: ``case_id``, ``chi_bo_id``, ``period``, by the rows that the tensors name;
    ``rule_sets``: the ids of the classes of each rule set, by its id; ``listed``: the combinations
    kept one by one. ``way``: of a period, the axis of how its class is found (``-1``: not asked;
    None: of meetings). Of a period only a change from one class to another counts, and options of
    that axis that are no rule for it are left out.
    """

    cases: pd.DataFrame
    rule_sets: Mapping[str, Sequence[str]]
    space: Space
    listed: Ints
    way: int | None = None
    rows: list[pd.DataFrame] = field(default_factory=list)
    acceptability: list[pd.DataFrame] = field(default_factory=list)
    flips: list[tuple[int, int, int, str]] = field(default_factory=list)
    by_way: list[pd.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start all sums at zero."""
        axes = len(self.space.shape)
        self.chi_bo, self.of_period = self.cases["chi_bo_id"].to_numpy(), self.way is not None
        self.touched, self.class_moves = np.zeros(axes, dtype=int), np.zeros(axes, dtype=int)
        self.with_variance = np.zeros(axes, dtype=int)
        self.change, self.changes = np.zeros(axes), np.zeros(axes, dtype=int)
        self.parts = {name: VarianceSums(axes) for name in ("points", "class")}
        size = len(self.listed)
        self.rule_set_ids, self.classes = list(self.rule_sets), list(self.rule_sets.values())
        self.counts = [np.zeros((size, len(classes)), dtype=np.int32) for classes in self.classes]
        self.changed, self.with_points = (
            np.zeros(size, dtype=np.int32),
            np.zeros(size, dtype=np.int32),
        )
        self.sum, self.number = np.zeros(size), np.zeros(size, dtype=np.int64)

    def add(self, tensor: Tensor) -> None:
        """Add the results of some cases."""
        for whole, counted in (
            by_rule(tensor, self.way) if self.way is not None else [(tensor, tensor)]
        ):
            self._by_case(whole, counted)
            self._by_question(whole, counted)
        self._by_combination(tensor)
        if self.way is not None and self.way >= 0:
            for option in range(self.space.shape[self.way]):
                self._in_one_way(tensor, self.way, option)

    def _class_names(self, tensor: Tensor) -> dict[int, str]:
        # a period on no rule set in use may have a class of any rule set under other readings
        return {
            **dict(enumerate(self.classes[max(tensor.rule_set, 0)] if self.classes else ())),
            **OTHER,
        }

    def _by_case(self, whole: Tensor, tensor: Tensor) -> None:
        names = self._class_names(tensor)
        inner = tuple(range(tensor.code.ndim - 1))
        origin, points = whole.code[whole.base], whole.points[whole.base]
        parts = {int(kind): shares(tensor.code, kind) for kind in kinds_of(tensor.code)}
        with np.errstate(all="ignore"):
            known = ~np.isnan(tensor.points).all(axis=inner)
            low = np.where(
                known,
                np.where(np.isnan(tensor.points), np.inf, tensor.points).min(axis=inner),
                np.nan,
            )
            high = np.where(
                known,
                np.where(np.isnan(tensor.points), -np.inf, tensor.points).max(axis=inner),
                np.nan,
            )
        share, verdict = firmness(tensor.code, origin, classes_only=self.of_period)
        moving = varies(tensor.code) | varies(tensor.points)
        ids = self.cases.iloc[tensor.cases]
        fewest = np.zeros(len(origin), dtype=int)
        codes = np.where(
            changed_class(whole.code, origin, classes_only=self.of_period), whole.code, origin
        )
        kinds = kinds_of(codes)
        for axes, cases, reached in flip_sets(codes, whole.base):
            bits = sum(1 << tensor.axes[axis] for axis in axes)
            fewest[cases] = np.where(fewest[cases] == 0, len(axes), fewest[cases])
            for place, case in enumerate(cases):
                classes = ", ".join(
                    names[int(kind)]
                    for kind, there in zip(kinds, reached[:, place], strict=True)
                    if there
                )
                self.flips.append((int(tensor.cases[case]), bits, len(axes), classes))
        self.rows.append(
            pd.DataFrame(
                {
                    "row": tensor.cases,
                    **{name: ids[name].to_numpy() for name in ("case_id", "chi_bo_id", "period")},
                    "rule_set_id": self.rule_set_ids[tensor.rule_set]
                    if tensor.rule_set >= 0
                    else None,
                    "class_id": [names[int(code)] for code in origin],
                    "points": points,
                    "low": low,
                    "high": high,
                    "share": share,
                    "verdict": verdict,
                    "touching": moving.sum(axis=0),
                    "different": _different(tensor),
                    "flips": fewest,
                }
            )
        )
        for kind, part in parts.items():
            some = np.flatnonzero(part > 0)
            self.acceptability.append(
                pd.DataFrame(
                    {
                        "row": tensor.cases[some],
                        "code": kind,
                        "class_id": names[kind],
                        "share": part[some],
                    }
                )
            )

    def _in_one_way(self, tensor: Tensor, way: int, option: int) -> None:
        codes, origin = in_one_way(tensor, way, option)
        share, verdict = firmness(codes, origin, classes_only=True)
        names = self._class_names(tensor)
        about = {
            "option": self.space.options(way)[option],
            "class_id": [names[int(code)] for code in origin],
        }
        found = pd.DataFrame({"row": tensor.cases, **about, "share": share, "verdict": verdict})
        self.by_way.append(found[(codes != NO_RULE).any(axis=tuple(range(codes.ndim - 1)))])

    def _by_question(self, whole: Tensor, tensor: Tensor) -> None:
        axes = list(tensor.axes)
        if not axes:
            return
        in_class, in_points = varies(tensor.code), varies(tensor.points)
        moving = in_class | in_points
        self.touched[axes] += moving.sum(axis=1)
        self.class_moves[axes] += (
            varies_in_class(tensor.code) if self.of_period else in_class
        ).sum(axis=1)
        change = mean_change(whole.points, whole.base)
        counted = ~np.isnan(change) & moving
        self.change[axes] += np.where(counted, change, 0.0).sum(axis=1)
        self.changes[axes] += counted.sum(axis=1)
        # points that wait under some combination do not depend on readings alone
        known = ~np.isnan(tensor.points).any(
            axis=tuple(range(tensor.points.ndim - 1))
        ) & in_points.any(axis=0)
        if known.any():
            self.parts["points"].add(axes, variance(tensor.points[..., known]))
            self.with_variance[axes] += moving[:, known].sum(axis=1)
        # a class that never changes has no variance to split
        classed = (tensor.code >= 0).any(axis=tuple(range(tensor.code.ndim - 1))) & in_class.any(
            axis=0
        )
        if classed.any():
            self.parts["class"].add(axes, class_variance(tensor.code[..., classed]))

    def _by_combination(self, tensor: Tensor) -> None:
        shape = tuple(self.space.shape[axis] for axis in tensor.axes)
        at = (
            np.ravel_multi_index([self.listed[:, axis] for axis in tensor.axes], shape)
            if shape
            else np.zeros(len(self.listed), dtype=int)
        )

        def of_each(values: NDArray[Any]) -> NDArray[Any]:
            return values.reshape(-1)[at]

        for code in range(len(self.classes[tensor.rule_set]) if tensor.rule_set >= 0 else 0):
            self.counts[tensor.rule_set][:, code] += of_each((tensor.code == code).sum(axis=-1))
        changed = changed_class(tensor.code, tensor.code[tensor.base], classes_only=self.of_period)
        self.changed += of_each(changed.sum(axis=-1))
        there = ~np.isnan(tensor.points)
        self.sum += of_each(np.where(there, tensor.points, 0.0).sum(axis=-1))
        self.with_points += of_each(there.sum(axis=-1))
        mine = of_each(same_results([tensor.code, tensor.points]))
        self.number = np.unique(self.number * (int(mine.max()) + 1) + mine, return_inverse=True)[1]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables of a study by name, without margins.

        See :class:`~assess.studies.readings.study.Study`.
        """
        cases = _stacked(self.rows, _CASES).sort_values("row", kind="stable")
        ids = self.cases["case_id"].to_numpy()
        accepted = _stacked(self.acceptability, ("row", "code", "class_id", "share"))
        # classes best first, then results without a class
        accepted = accepted.assign(last=accepted["code"] < 0).sort_values(
            ["row", "last", "code"], kind="stable"
        )
        accepted.insert(0, "case_id", ids[accepted["row"].to_numpy(dtype=int)])
        return {
            "cases": cases.drop(columns="row").reset_index(drop=True),
            "acceptability": accepted[["case_id", "class_id", "share"]].reset_index(drop=True),
            "flips": self._flips(ids),
            "questions": self._questions(),
            "by_way": self._ways(ids),
            "pairs": self._pairs(),
            "combinations": self._combinations(),
            "counts": self._counts(),
        }

    def _names(self, bits: int) -> str:
        return "+".join(q.id for axis, q in enumerate(self.space.questions) if bits >> axis & 1)

    def _ways(self, ids: NDArray[np.object_]) -> pd.DataFrame:
        frame = _stacked(self.by_way, ("row", "option", "class_id", "share", "verdict"))
        frame.insert(0, "case_id", ids[frame["row"].to_numpy(dtype=int)])
        order = frame.assign(
            at=frame["option"].map(
                {o: n for n, o in enumerate(self.space.options(self.way))} if self.way else {}
            )
        )
        return (
            frame.loc[order.sort_values(["at", "row"], kind="stable").index]
            .drop(columns="row")
            .reset_index(drop=True)
        )

    def _flips(self, ids: NDArray[np.object_]) -> pd.DataFrame:
        rows = [
            (ids[row], self._names(bits), size, reached)
            for row, bits, size, reached in sorted(self.flips, key=lambda f: (f[0], f[2], f[1]))
        ]
        return pd.DataFrame(rows, columns=["case_id", "questions", "size", "reached"])

    def _questions(self) -> pd.DataFrame:
        alone: list[set[str]] = [set() for _ in self.space.shape]
        together: list[set[str]] = [set() for _ in self.space.shape]
        for row, bits, size, _ in self.flips:
            for axis in range(len(self.space.shape)):
                if bits >> axis & 1:
                    (alone if size == 1 else together)[axis].add(self.chi_bo[row])
        points, classes = self.parts["points"], self.parts["class"]
        # every case that the question touches lacks points under some combination
        hidden = (self.touched > 0) & (self.with_variance == 0)
        return pd.DataFrame(
            {
                "question_id": [q.id for q in self.space.questions],
                "options": self.space.shape,
                "touched": self.touched,
                "class_moves": self.class_moves,
                "alone": [len(found) for found in alone],
                "together": [
                    len(found - by_itself) for found, by_itself in zip(together, alone, strict=True)
                ],
                "mean_change": np.where(
                    self.changes > 0, self.change / np.maximum(self.changes, 1), np.nan
                ),
                "first": np.where(hidden, np.nan, points.index(points.first)),
                "total": np.where(hidden, np.nan, points.index(points.total)),
                "class_first": classes.index(classes.first),
                "class_total": classes.index(classes.total),
            }
        )

    def _pairs(self) -> pd.DataFrame:
        parts = {"points": self.parts["points"], "class_id": self.parts["class"]}
        rows = []
        for one in range(len(self.space.shape)):
            for other in range(one + 1, len(self.space.shape)):
                found = {
                    name: float(part.index(part.pair[one, other])) for name, part in parts.items()
                }
                rows.append(
                    {
                        "one": self.space.questions[one].id,
                        "other": self.space.questions[other].id,
                        **found,
                    }
                )
        return pd.DataFrame(rows, columns=["one", "other", "points", "class_id"])

    def _combinations(self) -> pd.DataFrame:
        options = {
            q.id: np.array(self.space.options(axis), dtype=object)[self.listed[:, axis]]
            for axis, q in enumerate(self.space.questions)
        }
        mean = np.where(self.with_points > 0, self.sum / np.maximum(self.with_points, 1), np.nan)
        return pd.DataFrame(
            {**options, "changed": self.changed, "points": mean, "number": self.number}
        )

    def _counts(self) -> pd.DataFrame:
        size = len(self.listed)
        counts = [
            pd.DataFrame(
                {
                    "combination": np.repeat(np.arange(size), len(classes)),
                    "rule_set_id": rule_set,
                    "class_id": np.tile(np.array(classes, dtype=object), size),
                    "cases": found.reshape(-1),
                }
            )
            for (rule_set, classes), found in zip(self.rule_sets.items(), self.counts, strict=True)
        ]
        return _stacked(counts, ("combination", "rule_set_id", "class_id", "cases"))


_CASES = (
    "row",
    "case_id",
    "chi_bo_id",
    "period",
    "rule_set_id",
    "class_id",
    "points",
    "low",
    "high",
    "share",
    "verdict",
    "touching",
    "different",
    "flips",
)


def _different(tensor: Tensor) -> Ints:
    """Return the number of different results of each case."""
    code = tensor.code.reshape(-1, tensor.code.shape[-1])
    points = np.where(np.isnan(tensor.points), -1.0, tensor.points).reshape(code.shape)
    order = np.lexsort((code, points), axis=0)
    code, points = (
        np.take_along_axis(code, order, axis=0),
        np.take_along_axis(points, order, axis=0),
    )
    new: NDArray[np.bool_] = (np.diff(code, axis=0) != 0) | (np.diff(points, axis=0) != 0)
    found: Ints = 1 + new.sum(axis=0)
    return found


def _stacked(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(columns))
