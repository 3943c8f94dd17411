"""All revisions of the rows about some units, and writing revisions that another store had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assess.exchange.store.database import stated
from assess.exchange.store.queries import JOINS, WHOSE
from assess.exchange.store.seal import free_columns, new_salts
from assess.exchange.store.sql import arrow, rows
from assess.records.tables import TABLES, frame

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Mapping, Sequence

    from assess.records.columns import TableSpec

OF_REVISION = ("revision", "recorded_at", "batch", "withdrawn", "source", "address")
"""What a revision has besides the row's own columns; ``file`` is the name of its source."""


def history_about(
    connection: Any, units: Collection[str], within: Callable[[str, str, str], bool]
) -> dict[str, list[dict[str, Any]]]:
    """Return by table all revisions of the rows about some units, those of one row in order.

    ``within(table, unit, time)`` chooses rows by unit and month, day, year or period (empty: none
    given), as they are now or were in any revision.
    """
    connection.register("about", pa.table({"unit_id": pa.array(sorted(units), pa.string())}))
    found = {}
    for table in TABLES.values():
        whose, time = WHOSE.get(table.name, ("unit_id", "''"))
        key = ", ".join(f"t.{name}" for name in table.key)
        mine = arrow(
            connection,
            f'SELECT DISTINCT {key}, {whose} AS "whose", coalesce({time}, \'\') AS "within" '
            f"FROM {table.name} t{JOINS.get(table.name, '')} "
            f"WHERE {whose} IN (SELECT unit_id FROM about)",
        )
        pairs = list(zip(mine["whose"].to_pylist(), mine["within"].to_pylist(), strict=True))
        wanted = {pair: within(table.name, *pair) for pair in set(pairs)}
        chosen = mine.filter(pa.array([wanted[pair] for pair in pairs], pa.bool_()))
        if chosen.num_rows:
            found[table.name] = _revisions(
                connection, table, chosen.drop_columns(["whose", "within"])
            )
    connection.unregister("about")
    return found


def _revisions(connection: Any, table: TableSpec, keys: pa.Table) -> list[dict[str, Any]]:
    connection.register("chosen", keys)
    columns = ", ".join(f"t.{name}" for name in (*stated(table), *OF_REVISION))
    query = (
        f"SELECT {columns}, (SELECT any_value(name) FROM file f WHERE f.digest = t.source) AS file "
        f"FROM {table.name} t SEMI JOIN chosen c "
        f"ON ({' AND '.join(f't.{name} = c.{name}' for name in table.key)}) "
        f"ORDER BY {', '.join(f't.{name}' for name in table.key)}, t.revision"
    )
    found: list[dict[str, Any]] = arrow(connection, query).to_pylist()
    connection.unregister("chosen")
    return found


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row that a table has: the last batch of the sender that brought it here (0: it did not).

    ``recorded_at`` is the moment of its last revision; None: known from the beginning.
    """

    sender_batch: int
    recorded_at: dt.datetime | None


def keys_on_record(
    connection: Any,
    table: TableSpec,
    some: Sequence[Mapping[str, Any]],
    batches: Collection[int],
) -> dict[tuple[str, ...], KnownRow]:
    """Return the rows that a table has, in any revision, of those with the keys of ``some``.

    Keys are texts; ``batches`` are those in which the sender's rows came.
    """
    asked = {name: pa.array([str(row[name]) for row in some], pa.string()) for name in table.key}
    connection.register("asked", pa.table(asked))
    texts = [f"CAST(t.{name} AS VARCHAR)" for name in table.key]
    same = " AND ".join(f"{text} = a.{name}" for text, name in zip(texts, table.key, strict=True))
    taken = ", ".join(map(str, sorted(batches))) or "NULL"
    found = rows(
        connection,
        f"SELECT {', '.join(texts)}, coalesce(max(t.sender_batch) FILTER (t.batch IN ({taken})), 0), "
        "arg_max_null(t.recorded_at, t.revision) "
        f"FROM {table.name} t SEMI JOIN asked a ON ({same}) GROUP BY ALL",
    )
    connection.unregister("asked")
    return {tuple(key): KnownRow(last, moment) for *key, last, moment in found}


def all_revisions(connection: Any, table: TableSpec) -> list[dict[str, Any]]:
    """Return every revision of a table, as rows of its columns."""
    found: list[dict[str, Any]] = arrow(
        connection, f"SELECT {', '.join(stated(table))} FROM {table.name}"
    ).to_pylist()
    return found


def keys_revised_in(connection: Any, table: TableSpec, number: int) -> list[tuple[str, ...]]:
    """Return the keys, as texts, of the rows that a batch revised."""
    texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in table.key)
    return rows(
        connection,
        f"SELECT {texts} FROM {table.name} WHERE batch = {number} AND revision > 1 ORDER BY ALL",
    )


def insert_history(
    connection: Any, table: TableSpec, revisions: Sequence[Mapping[str, Any]], number: int
) -> int:
    """Insert all revisions of rows that the store does not have, in order; return how many."""
    columns = stated(table)
    data = {name: [row.get(name) for row in revisions] for name in columns}
    incoming = frame(table, data)[list(columns)]
    seen: dict[tuple[Any, ...], int] = {}
    order = []
    for row in revisions:
        key = tuple(str(row[name]) for name in table.key)
        seen[key] = seen.get(key, 0) + 1
        order.append(seen[key])
    free = free_columns(table)
    salts = [new_salts({name: row.get(name) for name in free}) for row in revisions]
    meta = {
        "revision": pa.array(order, pa.int32()),
        "recorded_at": pa.array([row["recorded_at"] for row in revisions], pa.timestamp("s")),
        "withdrawn": pa.array([bool(row["withdrawn"]) for row in revisions], pa.bool_()),
        **{
            name: pa.array([row.get(name) for row in revisions], pa.string())
            for name in ("source", "address")
        },
        "salts": pa.array(salts, pa.string()),
        "sender_batch": pa.array([row.get("sender_batch") for row in revisions], pa.int32()),
    }
    whole = pa.Table.from_pandas(incoming, preserve_index=False)
    for name, values in meta.items():
        whole = whole.append_column(f"_{name}", values)
    connection.register("incoming", whole)
    listed = ", ".join((*columns, *(f"_{name}" for name in meta)))
    rows(
        connection,
        f"INSERT INTO {table.name} ({', '.join((*columns, *meta))}, batch) "
        f"SELECT {listed}, {number} FROM incoming",
    )
    connection.unregister("incoming")
    return len(revisions)
