"""All revisions of the rows about some units, and writing revisions that another store had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assess.exchange.store.database import stated
from assess.exchange.store.queries import JOINS, WHOSE
from assess.exchange.store.seal import free_columns, new_salts
from assess.exchange.store.sql import arrow, rows
from assess.records.tables import TABLES, frame

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from assess.records.columns import TableSpec

OF_REVISION = ("revision", "recorded_at", "batch", "withdrawn", "source", "address")
"""What a revision has besides the row's own columns; ``file`` is the name of its source."""


def history_about(
    connection: Any, units: Collection[str], within: Callable[[str, str], bool]
) -> dict[str, list[dict[str, Any]]]:
    """Return by table all revisions of the rows about some units, those of one row in order.

    ``within(table, time)`` chooses rows by their month, day, year or period (empty: none given), as
    it is now or was in any revision.
    """
    connection.register("about", pa.table({"unit_id": pa.array(sorted(units), pa.string())}))
    found = {}
    for table in TABLES.values():
        whose, time = WHOSE.get(table.name, ("unit_id", "''"))
        key = ", ".join(f"t.{name}" for name in table.key)
        mine = arrow(
            connection,
            f"SELECT DISTINCT {key}, coalesce({time}, '') AS \"within\" "
            f"FROM {table.name} t{JOINS.get(table.name, '')} "
            f"WHERE {whose} IN (SELECT unit_id FROM about)",
        )
        times = mine["within"].to_pylist()
        chosen = mine.filter(pa.array([within(table.name, each) for each in times], pa.bool_()))
        if chosen.num_rows:
            found[table.name] = _revisions(connection, table, chosen.drop_columns(["within"]))
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


def keys_on_record(
    connection: Any,
    table: TableSpec,
    some: Sequence[Mapping[str, Any]],
    batches: Collection[int],
) -> dict[tuple[str, ...], int]:
    """Return which keys of some rows a table has, in any revision, as texts.

    With each the last batch of the sender that brought it in one of ``batches``; 0 if none did.
    """
    asked = {name: pa.array([str(row[name]) for row in some], pa.string()) for name in table.key}
    connection.register("asked", pa.table(asked))
    texts = [f"CAST(t.{name} AS VARCHAR)" for name in table.key]
    same = " AND ".join(f"{text} = a.{name}" for text, name in zip(texts, table.key, strict=True))
    taken = ", ".join(map(str, sorted(batches))) or "NULL"
    found = rows(
        connection,
        f"SELECT {', '.join(texts)}, coalesce(max(t.sender_batch) FILTER (t.batch IN ({taken})), 0) "
        f"FROM {table.name} t SEMI JOIN asked a ON ({same}) GROUP BY ALL",
    )
    connection.unregister("asked")
    return {tuple(key): last for *key, last in found}


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
