"""What an intake wrote, taken back: each of its rows as it was before, or withdrawn if it was new.

Nothing is erased: the rows as they were come as revisions of their own, on record with a reason.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from assess.exchange.store.database import stated
from assess.exchange.store.history import OF_REVISION
from assess.exchange.store.sql import arrow, rows
from assess.records.tables import TABLES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from assess.records.columns import TableSpec

Rows = dict[str, list[dict[str, Any]]]


def rows_as_before(connection: Any, moment: dt.datetime) -> tuple[Rows, list[tuple[str, str]]]:
    """Return the rows that undo what was recorded at a moment, and what stands in the way.

    In the way are rows that were changed again since, as table and key. Both are empty if nothing
    was recorded at that moment.
    """
    numbers = [
        number
        for (number,) in rows(
            connection, "SELECT batch FROM batch WHERE recorded_at = ? ORDER BY batch", [moment]
        )
    ]
    found: Rows = {}
    later: list[tuple[str, str]] = []
    if not numbers:
        return found, later
    for table in TABLES.values():
        for revisions in _touched(connection, table, numbers):
            key = ", ".join(str(revisions[0][name]) for name in table.key)
            if revisions[-1]["batch"] > numbers[-1]:
                later.append((table.name, key))
                continue
            before = [each for each in revisions if each["batch"] < numbers[0]]
            base = before[-1] if before else revisions[-1]
            gone = bool(not before or base["withdrawn"])
            kept = (*stated(table), "source", "address")
            row = {name: base[name] for name in kept if name != "recorded_at"}
            found.setdefault(table.name, []).append({**row, "withdrawn": gone})
    return found, later


def left_without(
    tables: Mapping[str, pd.DataFrame], back: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[tuple[str, str]]:
    """Return rows that stay and refer to what would be withdrawn, as table and what they name."""
    after = {}
    for name, frame in tables.items():
        key = list(TABLES[name].key)
        gone = {_key(row, key) for row in back.get(name, ()) if row["withdrawn"]}
        stays = [_key(row, key) not in gone for row in frame[key].to_dict("records")]
        after[name] = frame[stays] if gone else frame
    found = []
    for table in TABLES.values():
        for column in table.columns:
            target = column.refers_to
            if target is None or not back.get(target):
                continue
            name = TABLES[target].key[0]
            lost = set(tables[target][name]) - set(after[target][name])
            held = after[table.name][column.name]
            found += [(table.name, str(each)) for each in held[held.isin(lost)].unique()]
    return found


def _key(row: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    """Return a row's key as text; a day is the same from the store and from a frame."""
    return tuple(
        str(row[name])[:10] if hasattr(row[name], "year") else str(row[name]) for name in names
    )


def _touched(connection: Any, table: TableSpec, numbers: list[int]) -> list[list[dict[str, Any]]]:
    """Return all revisions, in order, of each row that some batches wrote."""
    keys = ", ".join(table.key)
    listed = ", ".join(str(number) for number in numbers)
    columns = ", ".join((*stated(table), *OF_REVISION))
    query = (
        f"SELECT {columns} FROM {table.name} WHERE ({keys}) IN "
        f"(SELECT ({keys}) FROM {table.name} WHERE batch IN ({listed})) ORDER BY {keys}, revision"
    )
    found = arrow(connection, query).to_pylist()
    by_key = groupby(found, key=lambda row: tuple(row[name] for name in table.key))
    return [list(group) for _, group in by_key]
