"""Studies over several rule sets: which rule set applies is one more question.

On a rule set that is not its own, every line of a case is carried over by its id
(:func:`assess.studies.reform.slice_on_rule_set`); where that rule set asks for a line that the
sheet does not have, the case waits. So the axis is most informative for variants of one rule set,
such as other bands or maxima; for rule sets with other lines, use
:func:`assess.studies.reform.compare`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assess.studies.readings.space import with_rule_sets
from assess.studies.readings.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from assess.rules import RuleSet
    from assess.studies.readings.space import RuleSetSpace, Space

    Ints = NDArray[np.integer]

_AT_ONCE = 2000
"""The number of cases whose results on every rule set are kept at a time."""


class CaseTensors(Protocol):
    """The tensors of all cases; the cases are prepared once."""

    space: Space
    rule_sets: list[RuleSetSpace]

    @property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """The classes of a case, by rule set."""

    def tensors(self, most: int, which: Ints | None = None) -> Iterator[Tensor]:
        """Iterate over all cases, or those in some rows."""


class EachRuleSetInTurn:
    """The cases of ``own``, each on its own and on every other rule set of ``rule_sets``.

    ``carried`` has the cases on each of ``rule_sets``, in the same order.
    """

    def __init__(
        self,
        own: CaseTensors,
        carried: Sequence[CaseTensors],
        rule_sets: Sequence[RuleSet],
        cases: int,
    ) -> None:
        """Keep the parts; ``cases`` is the number of rows."""
        self._own, self._carried, self._cases = own, carried, cases
        self._ids = [rules.id for rules in rule_sets]
        self.space = with_rule_sets(own.space, rule_sets)
        named = (
            name
            for arranged in (own, *carried)
            for classes in arranged.classes.values()
            for name in classes
        )
        self._classes = tuple(dict.fromkeys(named))

    @property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """The classes of a case by rule set: those of all, because a case is on each in turn."""
        return dict.fromkeys(self._ids, self._classes)

    def tensors(self, most: int) -> Iterator[Tensor]:
        """Iterate over all cases; the last axis is that of the rule sets.

        A case to which no rule set applies is on none in turn either. Raise
        :class:`~assess.base.errors.InputError` where the questions that touch a case have more than
        ``most`` combinations.
        """
        for start in range(0, self._cases, _AT_ONCE):
            rows = np.arange(start, min(start + _AT_ONCE, self._cases))
            own = list(self._own.tensors(most, rows))
            carried = [
                _by_case(self._renamed(arranged, arranged.tensors(most, rows)))
                for arranged in self._carried
            ]
            for tensor in own:
                if tensor.rule_set < 0:
                    yield tensor
                else:
                    yield from self._stacked(
                        next(self._renamed(self._own, iter([tensor]))), carried
                    )

    def _renamed(self, arranged: CaseTensors, found: Iterator[Tensor]) -> Iterator[Tensor]:
        """Renumber the classes of each tensor to those of all rule sets."""
        classes = list(arranged.classes.values())
        for tensor in found:
            if tensor.rule_set < 0:
                yield tensor
                continue
            numbers = np.array(
                [self._classes.index(name) for name in classes[tensor.rule_set]], dtype=np.int8
            )
            yield replace(tensor, code=np.where(tensor.code < 0, tensor.code, numbers[tensor.code]))

    def _stacked(
        self, own: Tensor, carried: Sequence[Mapping[int, tuple[Tensor, int]]]
    ) -> Iterator[Tensor]:
        rule_set = self._own.rule_sets[own.rule_set]
        here = self._ids.index(rule_set.rules.id)
        alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for column, row in enumerate(own.cases):
            on = [found[int(row)] for found in carried]
            alike[tuple(id(tensor) for tensor, _ in on)].append(column)
        for columns in alike.values():
            rows = own.cases[columns]
            on_each = [_columns(found, rows) for found in carried]
            on_each[here] = replace(
                own, cases=rows, code=own.code[..., columns], points=own.points[..., columns]
            )
            axes = tuple(sorted({axis for tensor in on_each for axis in tensor.axes}))
            code = np.stack(
                [_spread(tensor.code, tensor.axes, axes, self.space) for tensor in on_each], axis=-2
            )
            points = np.stack(
                [_spread(tensor.points, tensor.axes, axes, self.space) for tensor in on_each],
                axis=-2,
            )
            base = (*(rule_set.base[axis] for axis in axes), here)
            yield Tensor(here, rows, (*axes, len(self.space.shape) - 1), base, code, points)


def _by_case(found: Iterator[Tensor]) -> dict[int, tuple[Tensor, int]]:
    return {
        int(row): (tensor, column) for tensor in found for column, row in enumerate(tensor.cases)
    }


def _columns(found: Mapping[int, tuple[Tensor, int]], rows: Ints) -> Tensor:
    """Return some cases of the one tensor that has them."""
    tensor = found[int(rows[0])][0]
    columns = [found[int(row)][1] for row in rows]
    return replace(
        tensor, cases=rows, code=tensor.code[..., columns], points=tensor.points[..., columns]
    )


def _spread(
    values: NDArray[np.generic], axes: tuple[int, ...], over: tuple[int, ...], space: Space
) -> NDArray[np.generic]:
    """Broadcast values along some axes over more axes."""
    shape = tuple(space.shape[axis] for axis in over)
    narrow = [space.shape[axis] if axis in axes else 1 for axis in over]
    return np.broadcast_to(values.reshape(*narrow, values.shape[-1]), (*shape, values.shape[-1]))
