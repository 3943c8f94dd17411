"""Firmness of a class under the combinations, and which combinations count for a period."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from assess.studies.readings.measures import kinds_of, shares
from assess.studies.readings.tensor import NO_RULE, is_result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from assess.studies.readings.tensor import Tensor

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]

CONTESTED = 2 / 3
"""A class that holds under a smaller part of the combinations is contested: our own threshold."""
VERDICTS = {"robust": "vững", "fragile": "dễ đổi", "contested": "chưa ổn định"}
"""Verdicts: the class holds under every combination that counts, two thirds or more, or fewer."""


def firmness(
    codes: Codes, origin: Codes, *, classes_only: bool
) -> tuple[Floats, NDArray[np.object_]]:
    """Return, per case, the share of combinations with the result at the origin, and a verdict.

    With ``classes_only``, the share is of the combinations with a result of the class
    (:func:`~assess.studies.readings.tensor.is_result`); without one at the origin, it is the share
    of the class that most of them give. Where no combination gives a class the verdict is empty
    (and the share is NaN with ``classes_only``).
    """
    inner = tuple(range(codes.ndim - 1))
    classless = (codes < 0).all(axis=inner)
    kinds = [int(kind) for kind in kinds_of(codes)]
    parts = [shares(codes, kind) for kind in kinds]
    share = np.select([origin == kind for kind in kinds], parts, np.nan)
    if classes_only:
        count = np.maximum(is_result(codes).sum(axis=inner), 1)
        by_kind = [(codes == kind).sum(axis=inner) for kind in kinds]
        most = np.max(
            [held for kind, held in zip(kinds, by_kind, strict=True) if kind >= 0]
            or [np.zeros(len(origin))],
            axis=0,
        )
        mine = np.select([origin == kind for kind in kinds], by_kind, 0)
        share = np.where(classless, np.nan, np.where(is_result(origin), mine, most) / count)
    verdict = np.select(
        [classless, share == 1, share >= CONTESTED], ["", "robust", "fragile"], "contested"
    )
    return share, verdict.astype(object)


def by_rule(tensor: Tensor, axis: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield groups of cases by the options of one axis under which some rule gives their class.

    Each group comes as it is, and without the other options; with all options where there is no
    rule under any. ``base`` is the position in the first of the two.
    """
    if axis not in tensor.axes:
        yield tensor, tensor
        return
    place = tensor.axes.index(axis)
    inner = tuple(n for n in range(tensor.code.ndim - 1) if n != place)
    ruled = (tensor.code != NO_RULE).any(axis=inner)
    for pattern in np.unique(ruled, axis=1).T:
        columns = np.flatnonzero((ruled == pattern[:, None]).all(axis=0))
        mine = replace(
            tensor,
            cases=tensor.cases[columns],
            code=tensor.code[..., columns],
            points=tensor.points[..., columns],
        )
        kept = np.flatnonzero(pattern) if pattern.any() else np.arange(len(pattern))
        yield (
            mine,
            replace(
                mine,
                code=np.take(mine.code, kept, axis=place),
                points=np.take(mine.points, kept, axis=place),
            ),
        )


def in_one_way(tensor: Tensor, axis: int, option: int) -> tuple[Codes, Codes]:
    """Return the codes under one option of an axis, and those with the other options in use."""
    if axis not in tensor.axes:
        return tensor.code, tensor.code[tensor.base]
    place = tensor.axes.index(axis)
    codes = np.take(tensor.code, option, axis=place)
    return codes, codes[(*tensor.base[:place], *tensor.base[place + 1 :])]
