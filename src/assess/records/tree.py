"""The dated organisation tree: the units of a day, and the units above and below each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.periods import FAR_OFF

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit with its attributes on a given day."""

    unit_id: str
    name: str
    level: str
    kind: str
    parent_id: str | None
    place: str | None


class Tree:
    """The dated rows of the ``unit`` table; ``valid_from`` and ``valid_to`` are both included."""

    def __init__(self, units: pd.DataFrame) -> None:
        """Keep the rows, sorted by their first day."""
        self._rows = units.sort_values(["valid_from", "unit_id"], kind="stable").to_dict("records")
        forever = pd.Timestamp(FAR_OFF)
        self._spans = [
            (
                row["valid_from"].date(),
                (forever if pd.isna(row["valid_to"]) else row["valid_to"]).date(),
                Unit(
                    row["unit_id"],
                    row["name"],
                    row["level"],
                    row["kind"],
                    _text(row["parent_id"]),
                    _text(row["place"]),
                ),
            )
            for row in self._rows
        ]
        self._days: dict[dt.date, dict[str, Unit]] = {}
        self._own_spans: dict[str, list[tuple[dt.date, dt.date, Unit]]] = {}
        self._spans_below: dict[str | None, list[tuple[dt.date, dt.date, Unit]]] = {}
        for span in self._spans:
            self._own_spans.setdefault(span[2].unit_id, []).append(span)
            self._spans_below.setdefault(span[2].parent_id, []).append(span)
        self._rows_of: dict[str, list[dict[str, Any]]] = {}
        self._taken_over: dict[str, set[str]] = {}
        for row in self._rows:
            self._rows_of.setdefault(row["unit_id"], []).append(row)
            if not pd.isna(row["successor_id"]):
                self._taken_over.setdefault(row["successor_id"], set()).add(row["unit_id"])

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of all units that ever existed, sorted."""
        return tuple(sorted(self._own_spans))

    def unit_on(self, unit_id: str, day: dt.date) -> Unit | None:
        """Return a unit as it is on a day; ``None`` if it does not exist then."""
        return next((unit for unit in _standing(self._own_spans.get(unit_id, ()), day)), None)

    def on(self, day: dt.date) -> dict[str, Unit]:
        """Return the units that exist on a day, by id.

        All of them are gathered and kept: ask :meth:`unit_on`, :meth:`above` or :meth:`below` where
        one unit is meant.
        """
        if day not in self._days:
            self._days[day] = {
                unit.unit_id: unit for start, end, unit in self._spans if start <= day <= end
            }
        return self._days[day]

    def above(self, unit_id: str, day: dt.date) -> Iterator[Unit]:
        """Yield a unit and then each unit above it on a day; nothing if it does not exist then."""
        passed: set[str] = set()  # records with a circle are refused, but not before they are read
        current = self.unit_on(unit_id, day)
        while current is not None and current.unit_id not in passed:
            yield current
            passed.add(current.unit_id)
            current = self.unit_on(current.parent_id or "", day)

    def all_above(self, days: Mapping[str, Iterable[dt.date]]) -> set[str]:
        """Return the ids of units and of all units above them, each on the days given for it.

        The same as :meth:`above` for each unit and day; what they have in common is walked once.
        """
        found: dict[str, set[dt.date]] = {}
        wave = {unit_id: set(own) for unit_id, own in days.items()}
        while wave:
            upper: dict[str, set[dt.date]] = {}
            for unit_id, own in wave.items():
                new = own - found.get(unit_id, set())
                for start, end, unit in self._own_spans.get(unit_id, ()):
                    there = {day for day in new if start <= day <= end}
                    if there:
                        found.setdefault(unit_id, set()).update(there)
                        if unit.parent_id is not None:
                            upper.setdefault(unit.parent_id, set()).update(there)
            wave = upper
        return set(found)

    def reports_to(self, unit_id: str, day: dt.date) -> Unit | None:
        """Return the unit that sums up a unit's results on a day.

        ``None`` for the root and for a unit that does not exist that day. A chi bộ directly under
        an upper committee reports to it. A chi bộ under a grassroots committee reports to that
        committee, and so does one under a *đảng ủy bộ phận*, which only proposes: its results are
        summed up once, by the grassroots committee (Công văn 285-CV/ĐUK of Đảng ủy Khối các cơ quan
        tỉnh Lai Châu, 24/10/2018, points 2 and 3).
        """
        return next(
            (unit for unit in islice(self.above(unit_id, day), 1, None) if unit.level != "bo_phan"),
            None,
        )

    def reporting_to(self, unit_id: str, day: dt.date) -> tuple[str, ...]:
        """Return the sorted ids of the units that a unit sums up on a day; no chi bộ is in two."""
        found = []
        for unit in self.on(day).values():
            upper = self.reports_to(unit.unit_id, day) if unit.level != "bo_phan" else None
            if upper is not None and upper.unit_id == unit_id:
                found.append(unit.unit_id)
        return tuple(sorted(found))

    def reporting_line(self, unit_id: str, day: dt.date, top: str) -> tuple[str, ...]:
        """Return the units through which a unit's results reach ``top`` on a day, each once.

        The unit itself comes first; ``top`` and any *đảng ủy bộ phận* are left out (see
        :meth:`reports_to`). Empty when the unit is not below ``top``.
        """
        line = list(self.above(unit_id, day))
        ids = [unit.unit_id for unit in line]
        if top not in ids:
            return ()
        return tuple(unit.unit_id for unit in line[: ids.index(top)] if unit.level != "bo_phan")

    def below(self, unit_id: str, day: dt.date) -> tuple[Unit, ...]:
        """Return the units below a unit on a day, nearest first; none if it does not exist then."""
        found: dict[str, Unit] = {}
        wave = [unit_id] if self.unit_on(unit_id, day) is not None else []
        while wave:
            units = {
                unit.unit_id: unit
                for upper in wave
                for unit in _standing(self._spans_below.get(upper, ()), day)
            }
            wave = [found_id for found_id in units if found_id not in found and found_id != unit_id]
            found.update((found_id, units[found_id]) for found_id in wave)
        return tuple(found.values())

    def chi_bo_under(self, unit_id: str, day: dt.date) -> tuple[str, ...]:
        """Return the ids of the chi bộ under a unit on a day, sorted; a chi bộ returns itself."""
        own = self.unit_on(unit_id, day)
        units = (*self.below(unit_id, day), own) if own is not None else ()
        return tuple(sorted(unit.unit_id for unit in units if unit.level == "chi_bo"))

    def merged_into(self, unit_id: str) -> frozenset[str]:
        """Return a unit and all units that it took over when they ended, directly or indirectly."""
        found, wave = {unit_id}, {unit_id}
        while wave:
            wave = set().union(*(self._taken_over.get(each, set()) for each in wave)) - found
            found |= wave
        return frozenset(found)

    def taken_over_by(self, unit_id: str) -> frozenset[str]:
        """Return a unit and all units that took it over when it ended, directly or indirectly."""
        found, wave = {unit_id}, {unit_id}
        while wave:
            into = {
                row["successor_id"]
                for each in wave
                for row in self._rows_of.get(each, ())
                if not pd.isna(row["successor_id"])
            }
            wave = into - found
            found |= wave
        return frozenset(found)

    def top_on(self, day: dt.date) -> str:
        """Return the id of the one unit that has none above it on a day; empty if not just one."""
        tops = self.tops_on(day)
        return tops[0] if len(tops) == 1 else ""

    def tops_on(self, day: dt.date) -> tuple[str, ...]:
        """Return the ids of the units that have none above them on a day."""
        standing = self.on(day)
        return tuple(unit.unit_id for unit in standing.values() if unit.parent_id not in standing)

    def rows_of(self, unit_id: str) -> tuple[dict[str, Any], ...]:
        """Return the rows of a unit, the earliest first; none if it is unknown."""
        return tuple(self._rows_of.get(unit_id, ()))

    def row_on(self, unit_id: str, day: dt.date) -> dict[str, Any] | None:
        """Return a unit's row of a day, else its last earlier or first row; ``None`` if unknown."""
        rows = self._rows_of.get(unit_id, [])
        begun = [row for row in rows if row["valid_from"].date() <= day]
        return begun[-1] if begun else next(iter(rows), None)

    def names_of(self, unit_id: str) -> tuple[str, ...]:
        """Return every name that a unit has had, the latest last; its id if it is unknown."""
        found = tuple(dict.fromkeys(str(row["name"]) for row in self._rows_of.get(unit_id, ())))
        return found or (unit_id,)

    def name_on(self, unit_id: str, day: dt.date) -> str:
        """Return a unit's name on a day (see :meth:`row_on`); its id if it is not in the tree."""
        row = self.row_on(unit_id, day)
        return unit_id if row is None else str(row["name"])


def _standing(spans: Iterable[tuple[dt.date, dt.date, Unit]], day: dt.date) -> Iterator[Unit]:
    return (unit for start, end, unit in spans if start <= day <= end)


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
