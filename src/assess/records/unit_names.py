"""Units by name: what people write for a unit, and what tables call it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from assess.base.errors import Finding, InputError, Place
from assess.base.text import casefold_vi, nearest, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assess.records.tree import Tree

_WITH_ID = re.compile(r"(.+) \(([^()]+)\)")


class UnitNames:
    """The names of units: a name that one unit has, or ever had alone, is enough to mean it."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        """Keep pairs of id and name, the latest name of a unit last."""
        self._latest: dict[str, str] = {}
        self._ids: dict[str, dict[str, None]] = defaultdict(dict)
        for unit_id, name in named:
            self._latest[unit_id] = name
            self._ids[casefold_vi(name)][unit_id] = None

    @classmethod
    def of(cls, tree: Tree) -> UnitNames:
        """Return the names of the units of a tree."""
        return cls((unit_id, name) for unit_id in tree.ids for name in tree.names_of(unit_id))

    def label(self, unit_id: str) -> str:
        """Return a unit's latest name, with its id where another unit has or had the same."""
        name = self._latest.get(unit_id)
        if name is None:
            return unit_id
        alone = list(self._ids[casefold_vi(name)]) == [unit_id] and name not in self._latest
        return name if alone else f"{name} ({unit_id})"

    def name(self, unit_id: str) -> str:
        """Return a unit's latest name."""
        return self._latest[unit_id]

    def labels(self) -> list[str]:
        """Return the labels of all units, in the order in which they were given."""
        return [self.label(unit_id) for unit_id in self._latest]

    def find(self, text: str) -> tuple[str, ...]:
        """Return the ids of the units that a text may mean: an id, a name, or ``name (id)``."""
        if text in self._latest:
            return (text,)
        both = _WITH_ID.fullmatch(text)
        if both and both[2] in self._ids.get(casefold_vi(both[1]), {}):
            return (both[2],)
        return tuple(self._ids.get(casefold_vi(text), ()))

    def problem(self, text: str, place: Place) -> Finding:
        """Return what is wrong with a text that means no unit, or several."""
        found = self.find(text)
        if found:
            allowed = tuple(f"{self._latest[unit_id]} ({unit_id})" for unit_id in found)
            return Finding("unit-name-shared", place, {"found": text[:80]}, allowed)
        hint = nearest(text, [*self._latest, *self._latest.values()])
        return Finding("no-such-unit", place, {"found": text[:80]}, hint=hint)

    def one(self, text: str, argument: str) -> str:
        """Return the id that an argument means; raise ``InputError`` unless it is one."""
        found = self.find(tidy(text))
        if len(found) != 1:
            raise InputError([self.problem(tidy(text), Place(argument))])
        return found[0]


def unit_meant(tree: Tree, text: str) -> str:
    """Return the id of the one unit that a text means, or the text itself if it means none.

    Raise :class:`~assess.base.errors.InputError` for a name that several units have.
    """
    if text in tree.ids:
        return text
    names, plain = UnitNames.of(tree), tidy(text)
    return names.one(plain, "ĐƠN_VỊ") if names.find(plain) else text
