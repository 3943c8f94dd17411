"""The effect of each option of a question by itself, and the options that make no difference."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.studies.readings.measures import changed_class, varies

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assess.studies.readings.space import Space
    from assess.studies.readings.tensor import Tensor

    Flags = NDArray[np.bool_]


@dataclass
class _SingleOption:
    """The effect of one option that alone replaces the one in use."""

    in_use: int = 0
    changed: list[int] = field(default_factory=list)
    difference: float = 0.0
    compared: int = 0


class OptionEffects:
    """Sums over the tensors added, for each option by itself.

    Nothing depends on how often an option counts. With ``classes_only``, only a change from one
    class to another counts.
    """

    def __init__(self, cases: pd.DataFrame, space: Space, *, classes_only: bool) -> None:
        """Keep ``cases``: ``case_id`` and ``chi_bo_id`` by the rows that the tensors name."""
        self._ids, self._chi_bo = cases["case_id"].to_numpy(), cases["chi_bo_id"].to_numpy()
        self._space, self._classes_only = space, classes_only
        self.same = [np.ones((size, size), dtype=bool) for size in space.shape]
        """By axis: which options give every case equal results, whatever the other readings."""
        self._alone = {
            (axis, option): _SingleOption()
            for axis, size in enumerate(space.shape)
            for option in range(size)
        }

    def add(self, tensor: Tensor) -> None:
        """Add the results of some cases."""
        moving = varies(tensor.code) | varies(tensor.points)
        for place, axis in enumerate(tensor.axes):
            for option in range(self._space.shape[axis]):
                self._add_option(tensor, place, axis, option, moving[place])
            self._compare(tensor, place, axis)

    def _add_option(
        self, tensor: Tensor, place: int, axis: int, option: int, moving: Flags
    ) -> None:
        found = self._alone[axis, option]
        if option == tensor.base[place]:
            found.in_use += int(moving.sum())
            return
        at = (*tensor.base[:place], option, *tensor.base[place + 1 :])
        changed = changed_class(
            tensor.code[at], tensor.code[tensor.base], classes_only=self._classes_only
        )
        found.changed += tensor.cases[changed].tolist()
        difference = (tensor.points[at] - tensor.points[tensor.base])[moving]
        there = ~np.isnan(difference)
        found.difference += float(difference[there].sum())
        found.compared += int(there.sum())

    def _compare(self, tensor: Tensor, place: int, axis: int) -> None:
        same = self.same[axis]
        for one in range(len(same)):
            for other in range(one):
                if same[one, other]:
                    same[one, other] = same[other, one] = all(
                        np.array_equal(
                            np.take(a, one, axis=place),
                            np.take(a, other, axis=place),
                            equal_nan=a.dtype.kind == "f",
                        )
                        for a in (tensor.code, tensor.points)
                    )

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables ``alone``, ``alone_cases`` and ``same_options`` of a study.

        See :class:`~assess.studies.readings.study.Study`.
        """
        names = {
            at: (self._space.questions[at[0]].id, self._space.options(at[0])[at[1]])
            for at in self._alone
        }
        alone = [
            (
                *names[at],
                found.in_use,
                len(found.changed),
                len(set(self._chi_bo[found.changed])),
                found.difference / found.compared if found.compared else math.nan,
            )
            for at, found in self._alone.items()
        ]
        cases = [
            (*names[at], self._ids[row])
            for at, found in self._alone.items()
            for row in sorted(found.changed)
        ]
        same = [
            (
                self._space.questions[axis].id,
                self._space.options(axis)[one],
                self._space.options(axis)[other],
            )
            for axis, alike in enumerate(self.same)
            for one in range(len(alike))
            for other in range(one + 1, len(alike))
            if alike[one, other]
        ]
        return {
            "alone": pd.DataFrame(
                alone, columns=["question_id", "option", "in_use", "changed", "chi_bo", "points"]
            ),
            "alone_cases": pd.DataFrame(cases, columns=["question_id", "option", "case_id"]),
            "same_options": pd.DataFrame(same, columns=["question_id", "option", "other"]),
        }
