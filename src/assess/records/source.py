"""Where records come from. A source answers with all tables; the store of a later version attaches here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assess.records import csv_folder
from assess.records.org import Tree

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pandas as pd


@dataclass(frozen=True)
class Records:
    """All tables at one moment, and the organisation tree they hold."""

    tables: dict[str, pd.DataFrame]
    tree: Tree

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return one table."""
        return self.tables[table]


class Source(Protocol):
    """Anything that can give the records as they were known at a moment."""

    @property
    def tree(self) -> Tree:
        """The organisation tree, all of its days."""
        ...

    def records(self, as_of: dt.datetime) -> Records:
        """Return every row recorded up to ``as_of``."""
        ...


class CsvFolder:
    """A folder of CSV files. It is read and checked once; what counts is the folder as it was then."""

    def __init__(self, folder: Path) -> None:
        """Read the folder; raises :class:`~assess.base.errors.InputError` with every finding."""
        self.folder = folder
        self._tables = csv_folder.read_folder(folder)
        self.tree = Tree(self._tables["unit"])

    def records(self, as_of: dt.datetime) -> Records:
        """Return the rows whose ``recorded_at`` is not later than ``as_of`` (rows without one always count).

        A sheet of a meeting that is not yet recorded, and a line of a sheet that is not, are left out with it.
        """
        tables = dict(self._tables)
        for name in ("meeting", "sheet"):
            table = tables[name]
            late = table["recorded_at"] > as_of
            tables[name] = table[~late] if late.any() else table
        sheets = tables["sheet"]
        tables["sheet"] = sheets[sheets["meeting_id"].isin(tables["meeting"]["meeting_id"])]
        lines = tables["line"]
        if len(tables["sheet"]) != len(self._tables["sheet"]):
            tables["line"] = lines[lines["sheet_id"].isin(tables["sheet"]["sheet_id"])]
        return Records(tables, self.tree)
