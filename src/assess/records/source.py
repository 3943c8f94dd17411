"""Where records come from: a source returns all tables as they were known at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from assess.records.lookup import Lookup, are_in
from assess.records.origin import no_withdrawals

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from assess.records.origin import Batch
    from assess.records.tree import Tree

CHANGE_COLUMNS = ("meeting_id", "sheet_id", "item", "before", "after", "recorded_at", "source")
"""The columns of a correction: what was corrected, the old and new value, when, and by which file.

``sheet_id`` is empty for a value of the meeting itself; ``item`` is the column or criterion.
"""


def no_changes() -> pd.DataFrame:
    """Return an empty frame of corrections."""
    return pd.DataFrame(
        {
            name: pd.Series(dtype="datetime64[s]" if name == "recorded_at" else "str")
            for name in CHANGE_COLUMNS
        }
    )


@dataclass(frozen=True)
class Records:
    """All tables at one moment, the organisation tree, corrections and withdrawals up to then."""

    tables: dict[str, pd.DataFrame]
    tree: Tree
    changes: pd.DataFrame = field(default_factory=no_changes)
    withdrawn: pd.DataFrame = field(default_factory=no_withdrawals)
    batches: Mapping[int, Batch] = field(default_factory=dict)
    """The batches of the store by number; empty where the records are no store."""
    years: dict[tuple[str, dt.datetime], Lookup] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The year's rows by period and moment, cached for :mod:`assess.records.year_rows`."""

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return one table."""
        return self.tables[table]

    @cached_property
    def lookup(self) -> Lookup:
        """The tables and ``change``, for lookup by id."""
        return Lookup({**self.tables, "change": self.changes})


class RecordSource(Protocol):
    """An object that can give the records as they were known at a moment."""

    @property
    def tree(self) -> Tree:
        """The organisation tree, on all days."""
        ...

    def records(self, as_of: dt.datetime) -> Records:
        """Return every row recorded up to ``as_of``."""
        ...

    def records_of(self, as_of: dt.datetime, unit_id: str) -> Records:
        """Return the records about one unit and those below it, with all units and adoptions.

        What a source need not read it need not return: see :func:`units_about`.
        """
        ...

    def latest(self) -> dt.datetime | None:
        """Return the moment of the last recorded row, or ``None`` if no row has one."""
        ...


def units_about(units: pd.DataFrame, unit_id: str) -> set[str]:
    """Return a unit, those that were ever below it, and those that any of them took over.

    ``units`` is the table ``unit``. What is on record about one of these units is about it.
    """
    below: dict[str, set[str]] = {}
    for child, parent, successor in zip(
        units["unit_id"], units["parent_id"], units["successor_id"], strict=True
    ):
        for above in (parent, successor):
            if isinstance(above, str):
                below.setdefault(above, set()).add(child)
    found, wave = {unit_id}, {unit_id}
    while wave:
        wave = set().union(*(below.get(each, set()) for each in wave)) - found
        found |= wave
    return found


def drop_orphans(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Drop sheets without a meeting and lines without a sheet (the parent was recorded later)."""
    sheets = tables["sheet"]
    kept = sheets[are_in(sheets["meeting_id"], tables["meeting"]["meeting_id"])]
    lines = tables["line"]
    return {**tables, "sheet": kept, "line": lines[are_in(lines["sheet_id"], kept["sheet_id"])]}


def recorded_by(tables: dict[str, pd.DataFrame], as_of: dt.datetime) -> dict[str, pd.DataFrame]:
    """Return the rows recorded by ``as_of``; rows without ``recorded_at`` always count."""
    found = dict(tables)
    for name, table in tables.items():
        if "recorded_at" in table:
            late = table["recorded_at"] > as_of
            found[name] = table[~late] if late.any() else table
    return drop_orphans(found)
