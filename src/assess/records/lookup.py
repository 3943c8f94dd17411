"""Fast lookup of the rows that belong to given ids.

A province's records hold a million lines, and a batch cuts hundreds of slices from them. Each table
is therefore sorted by its key once, and each queried column of ids is grouped once. After that a
query costs only what it returns, if each column of text is in one piece: pyarrow walks over all
chunks of a column to take rows of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class _Groups:
    """The row positions of each id: ``order[starts[k]:starts[k + 1]]`` for id number ``k``."""

    numbers: Mapping[str, int]
    order: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, ids: pd.Series) -> _Groups:
        codes, names = pd.factorize(ids)
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(names) + 1))
        return cls({str(name): number for number, name in enumerate(names)}, order, starts)

    def rows(self, ids: Collection[str]) -> np.ndarray:
        """Return the positions of the rows with the given ids, in table order."""
        numbers = (self.numbers[i] for i in ids if i in self.numbers)
        found = [self.order[self.starts[n] : self.starts[n + 1]] for n in numbers]
        return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.intp)


class Lookup:
    """The tables of the records, each sorted by its key, queried by the ids in a column."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Keep the tables; each is sorted or grouped only when it is first queried."""
        self._given = tables
        self._ordered: dict[str, pd.DataFrame] = {}
        self._groups: dict[tuple[str, str], _Groups] = {}

    def table(self, name: str) -> pd.DataFrame:
        """Return a whole table, sorted by its key if it has one."""
        if name not in self._ordered:
            table = self._given[name]
            self._ordered[name] = (
                table.sort_values(list(TABLES[name].key), kind="stable")
                if name in TABLES
                else table
            )
        return self._ordered[name]

    def rows(self, name: str, column: str, ids: Collection[str]) -> pd.DataFrame:
        """Return the rows of a table whose ``column`` is one of ``ids``, sorted by its key."""
        key = name, column
        if key not in self._groups:
            self._groups[key] = _Groups.of(self.table(name)[column])
        found = self.table(name).take(self._groups[key].rows(ids))
        found.index = pd.RangeIndex(len(found))
        return found


def are_in(ids: pd.Series, known: pd.Series) -> pd.Series:
    """Return for each text whether it is one of ``known``, as ``ids.isin(known)`` does.

    Pandas makes a Python object of every text that is known.
    """
    found = pc.is_in(pa.array(ids, from_pandas=True), pa.array(known, from_pandas=True))
    return pd.Series(found.to_numpy(zero_copy_only=False), index=ids.index)
