"""Where records come from. A source answers with all tables as they were known at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from assess.records.lookup import Lookup

if TYPE_CHECKING:
    import datetime as dt

    from assess.records.tree import Tree

CHANGE_COLUMNS = ("meeting_id", "sheet_id", "item", "before", "after", "recorded_at", "source")
"""A value that was corrected: of which meeting, of which sheet (empty: of the meeting itself), which column or criterion,
what it said before and after, when the correction was recorded, and the file that brought it."""


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
    """All tables at one moment, the organisation tree they hold, and what was corrected up to then."""

    tables: dict[str, pd.DataFrame]
    tree: Tree
    changes: pd.DataFrame = field(default_factory=no_changes)
    years: dict[tuple[str, dt.datetime], Lookup] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The year's work by period and moment, kept for the next slice of the same (:mod:`assess.records.year_rows`)."""

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return one table."""
        return self.tables[table]

    @cached_property
    def lookup(self) -> Lookup:
        """The tables and ``change``, asked by id."""
        return Lookup({**self.tables, "change": self.changes})


class RecordSource(Protocol):
    """Anything that can give the records as they were known at a moment."""

    @property
    def tree(self) -> Tree:
        """The organisation tree, all of its days."""
        ...

    def records(self, as_of: dt.datetime) -> Records:
        """Return every row recorded up to ``as_of``."""
        ...

    def latest(self) -> dt.datetime | None:
        """Return the moment of the last thing recorded; nothing where no row has one."""
        ...


def drop_orphans(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Leave out sheets of meetings that are not there, and lines of sheets that are not: they were recorded later."""
    sheets = tables["sheet"]
    kept = sheets[sheets["meeting_id"].isin(tables["meeting"]["meeting_id"])]
    lines = tables["line"]
    return {**tables, "sheet": kept, "line": lines[lines["sheet_id"].isin(kept["sheet_id"])]}


def recorded_by(tables: dict[str, pd.DataFrame], as_of: dt.datetime) -> dict[str, pd.DataFrame]:
    """Return the rows whose ``recorded_at`` is not later than ``as_of`` (rows without one always count)."""
    found = dict(tables)
    for name, table in tables.items():
        if "recorded_at" in table:
            late = table["recorded_at"] > as_of
            found[name] = table[~late] if late.any() else table
    return drop_orphans(found)
