"""Distinct options: options that give every case equal results count once.

A list of options has synonyms: two wordings with the same effect on every meeting studied. If each
counted, shares, verdicts and indices would depend on how many wordings the list has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assess.studies.readings.space import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assess.studies.readings.tensor import Tensor

    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class DistinctOptions:
    """One of each group of equivalent options.

    ``space`` has the questions with these options; ``kept`` their positions, and ``place`` the
    position among them of the one that each option counts as, both by axis.
    """

    space: Space
    kept: tuple[Ints, ...]
    place: tuple[Ints, ...]

    def of(self, tensor: Tensor) -> Tensor:
        """Return the results of some cases under the distinct options."""
        code, points = tensor.code, tensor.points
        for place, axis in enumerate(tensor.axes):
            if len(self.kept[axis]) < len(self.place[axis]):
                code, points = (
                    np.take(code, self.kept[axis], axis=place),
                    np.take(points, self.kept[axis], axis=place),
                )
        base = tuple(
            int(self.place[axis][at]) for axis, at in zip(tensor.axes, tensor.base, strict=True)
        )
        return replace(tensor, code=code, points=points, base=base)

    def at(self, combination: Sequence[int]) -> tuple[int, ...]:
        """Return the distinct combination that a combination of the whole space counts as."""
        return tuple(int(place[at]) for place, at in zip(self.place, combination, strict=True))


def distinct(
    space: Space, same: Sequence[Flags], in_use: Sequence[tuple[int, ...]]
) -> DistinctOptions:
    """Keep one of the options that are the ``same``.

    It is the one in use (of several, that of the first rule set), else the first.
    """
    kept, places, questions = [], [], []
    for axis, question in enumerate(space.questions):
        used = [base[axis] for base in in_use]
        first = [
            min(
                np.flatnonzero(alike).tolist(),
                key=lambda n: (used.index(n) if n in used else len(used), n),
            )
            for alike in same[axis]
        ]
        chosen = np.array(sorted(set(first)), dtype=np.int64)
        kept.append(chosen)
        places.append(np.searchsorted(chosen, first))
        questions.append(
            question.model_copy(update={"options": tuple(question.options[n] for n in chosen)})
        )
    return DistinctOptions(Space(tuple(questions)), tuple(kept), tuple(places))
