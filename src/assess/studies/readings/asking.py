"""Which questions a piece of scoring depends on: run it, and branch wherever one is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assess.studies.readings.space import RuleSetSpace

    Given = dict[int, int]

T = TypeVar("T")


class _NeedsOptionError(Exception):
    """An open question was looked up."""

    def __init__(self, axis: int) -> None:
        super().__init__(axis)
        self.axis = axis


class LazyOptions(Mapping[str, str]):
    """The options of a rule set; those of the study's questions are open until ``given``."""

    def __init__(self, rule_set: RuleSetSpace, given: Given) -> None:
        """Keep ``given``, the position of the option on each axis that is not open."""
        self._rule_set, self._given = rule_set, given

    def __getitem__(self, question: str) -> str:
        """Return the option of a question that is not open."""
        axis = self._rule_set.space.position.get(question)
        if axis is None or axis not in self._rule_set.live:
            return self._rule_set.options[question]
        if axis not in self._given:
            raise _NeedsOptionError(axis)
        return self._rule_set.space.options(axis)[self._given[axis]]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the ids of all questions."""
        return iter(self._rule_set.options)

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self._rule_set.options)

    def on(self, rule_set: RuleSetSpace) -> LazyOptions:
        """Return the same for another rule set."""
        return LazyOptions(rule_set, self._given)


def branch_on_options(
    run: Callable[[LazyOptions], T], rule_set: RuleSetSpace, given: Given | None = None
) -> list[tuple[Given, T]]:
    """Run something under every combination of the questions that it looks up, and of no others.

    ``run`` takes the options of a rule set. It is run again from the start with each option of an
    open question it looks up, so that a question looked up only under some option of another is
    branched on only there. Return the positions of the options looked up (axis → position) and the
    result, once for each branch.
    """
    found, waiting = [], [given or {}]
    while waiting:
        chosen = waiting.pop()
        try:
            found.append((chosen, run(LazyOptions(rule_set, chosen))))
        except _NeedsOptionError as asked:
            waiting += [
                {**chosen, asked.axis: option}
                for option in reversed(range(rule_set.space.shape[asked.axis]))
            ]
    return found


def options_at(rule_set: RuleSetSpace, combination: Given) -> Mapping[str, str]:
    """Return the options of a rule set with those of some axes replaced."""
    return {
        **rule_set.options,
        **{
            rule_set.space.questions[axis].id: rule_set.space.options(axis)[at]
            for axis, at in combination.items()
        },
    }
