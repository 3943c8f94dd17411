"""Queries for the store's tables at a moment and for its history."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from assess.base.periods import FAR_OFF
from assess.exchange.store.chain import latest_moment, read_links
from assess.exchange.store.database import VERSION, stated
from assess.exchange.store.sql import arrow, one, rows
from assess.records.origin import BATCH, WITHDRAWN_COLUMNS, no_withdrawals
from assess.records.source import CHANGE_COLUMNS, no_changes
from assess.records.tables import PANDAS, TABLES, from_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from assess.records.columns import TableSpec


def standing(table: TableSpec, where: str = "TRUE") -> str:
    """Return SQL for a table's rows at the moment ``$1``: the last revision by then, per key.

    ``where`` chooses keys, with all their revisions.
    """
    key = ", ".join(table.key)
    return (
        f"SELECT * FROM (SELECT * FROM {table.name} WHERE (recorded_at IS NULL OR recorded_at <= $1) AND {where} "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY revision DESC) = 1) WHERE NOT withdrawn ORDER BY {key}"
    )


def tables_at(
    connection: Any,
    as_of: dt.datetime,
    *,
    batches: bool = False,
    only: Collection[str] = tuple(TABLES),
) -> dict[str, pd.DataFrame]:
    """Return every table at a moment, with the dtypes of :data:`~assess.records.tables.PANDAS`.

    With ``batches`` they also have the number of the batch of each row; ``only`` names tables.
    """
    return {name: _frame(connection, TABLES[name], as_of, batches=batches) for name in only}


OF_EVERY_UNIT = ("unit", "adoption", "answer")
"""The tables that say where a unit stands and what it inherits: always read as a whole."""
_ABOUT = {
    "meeting": "meeting_id IN (SELECT meeting_id FROM meeting WHERE chi_bo_id IN {units})",
    "sheet": "sheet_id IN (SELECT sheet_id FROM sheet WHERE meeting_id IN"
    " (SELECT meeting_id FROM meeting WHERE chi_bo_id IN {units}))",
    "line": "sheet_id IN (SELECT sheet_id FROM sheet WHERE meeting_id IN"
    " (SELECT meeting_id FROM meeting WHERE chi_bo_id IN {units}))",
}
"""Which rows of a table may be about some units: every revision of their keys."""


def units_named(connection: Any, names: Collection[str]) -> set[str]:
    """Return the units that some ids name, or whose rows any of the ids ever named."""
    connection.register("named", pa.table({"id": pa.array(sorted(names), pa.string())}))
    among = "IN (SELECT id FROM named)"
    of_sheets = "sheet s JOIN meeting m ON m.meeting_id = s.meeting_id"
    parts = [
        f"SELECT unit_id FROM unit WHERE unit_id {among}",
        f"SELECT m.chi_bo_id FROM {of_sheets} WHERE s.sheet_id {among}",
    ]
    parts += [
        f"SELECT chi_bo_id FROM {name} WHERE {TABLES[name].key[0]} {among}"
        for name in ("meeting", "visit", "inspection")
    ]
    found = rows(connection, " UNION ".join(parts))
    connection.unregister("named")
    return {unit for (unit,) in found}


def tables_about(
    connection: Any, as_of: dt.datetime, units: Collection[str]
) -> dict[str, pd.DataFrame]:
    """Return the tables about some units at a moment: all but :data:`OF_EVERY_UNIT`."""
    connection.register("about", pa.table({"unit_id": pa.array(sorted(units), pa.string())}))
    chosen = "(SELECT unit_id FROM about)"
    found = {}
    for table in TABLES.values():
        if table.name in OF_EVERY_UNIT:
            continue
        whose = "chi_bo_id" if "chi_bo_id" in table.names else "unit_id"
        key = ", ".join(table.key)
        of_keys = f"({key}) IN (SELECT ({key}) FROM {table.name} WHERE {whose} IN {chosen})"
        where = _ABOUT.get(table.name, of_keys).format(units=chosen)
        rows_of = _frame(connection, table, as_of, batches=False, where=where)
        mine = whose in table.names
        found[table.name] = (
            rows_of[rows_of[whose].isin(units)].reset_index(drop=True) if mine else rows_of
        )
    connection.unregister("about")
    return found


def _frame(
    connection: Any, table: TableSpec, as_of: dt.datetime, *, batches: bool, where: str = "TRUE"
) -> pd.DataFrame:
    if not rows(connection, f"SELECT 1 FROM {table.name} LIMIT 1"):
        return from_rows(table.name, ())  # as most tables of most stores
    listed = ", ".join(name if name in stated(table) else "recorded_at" for name in table.names)
    listed += f", {BATCH}" if batches else ""
    found = arrow(connection, f"SELECT {listed} FROM ({standing(table, where)})", [as_of])
    # DuckDB hands over many chunks; see assess.records.lookup
    return (
        found.combine_chunks()
        .to_pandas(date_as_object=False)
        .astype({c.name: PANDAS[c.dtype] for c in table.columns})
    )


def changes_at(connection: Any, as_of: dt.datetime) -> pd.DataFrame:
    """Return the corrections by a moment, one row per value.

    The columns are :data:`~assess.records.source.CHANGE_COLUMNS`.
    """
    parts = [
        _changes(connection, TABLES[name], as_of)
        for name in ("meeting", "sheet", "line")
        if rows(connection, f"SELECT 1 FROM {name} WHERE revision > 1 LIMIT 1")
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return no_changes()
    found = pd.concat(parts, ignore_index=True)
    order = ["meeting_id", "sheet_id", "recorded_at", "item"]
    return found.sort_values(order, kind="stable").reset_index(drop=True)[list(CHANGE_COLUMNS)]


def _changes(connection: Any, table: TableSpec, as_of: dt.datetime) -> pd.DataFrame:
    """Return the changed values of a table's revisions, one row per value."""
    columns = [name for name in stated(table) if name not in table.key]
    on = " AND ".join(f"t.{k} = p.{k}" for k in table.key)
    values = []
    for name in columns:
        before, after = (
            _as_text(f"p.{name}", table[name].dtype),
            _as_text(f"t.{name}", table[name].dtype),
        )
        values.append(f"{{'item': '{name}', 'before': {before}, 'after': {after}}}")
    meeting = {"meeting": "t.meeting_id", "sheet": "t.meeting_id", "line": "s.meeting_id"}[
        table.name
    ]
    sheet = "''" if table.name == "meeting" else "t.sheet_id"
    item = (
        "t.criterion_id || CASE WHEN c.item = 'points' THEN '' ELSE '.' || c.item END"
        if table.name == "line"
        else "c.item"
    )
    joined = (
        "JOIN (SELECT DISTINCT sheet_id, meeting_id FROM sheet) s ON s.sheet_id = t.sheet_id"
        if table.name == "line"
        else ""
    )
    query = (
        f"SELECT {meeting} AS meeting_id, {sheet} AS sheet_id, {item} AS item, c.before, c.after, t.recorded_at, coalesce(f.name, '') AS source "
        f"FROM {table.name} t JOIN {table.name} p ON {on} AND p.revision = t.revision - 1 {joined} "
        f"LEFT JOIN (SELECT digest, min(name) AS name FROM file GROUP BY digest) f ON f.digest = t.source, "
        f"unnest([{', '.join(values)}]) AS u(c) "
        f"WHERE t.recorded_at <= $1 AND NOT t.withdrawn AND c.before IS DISTINCT FROM c.after"
    )
    found = arrow(connection, query, [as_of]).to_pandas()
    return found.astype(
        {name: "datetime64[s]" if name == "recorded_at" else "str" for name in CHANGE_COLUMNS}
    )


def _as_text(name: str, dtype: str) -> str:
    if dtype in ("integer", "number"):
        return f"coalesce(CAST(CASE WHEN {name} = floor({name}) THEN TRY_CAST({name} AS BIGINT) END AS VARCHAR), CAST({name} AS VARCHAR))"
    return f"CAST({name} AS VARCHAR)"


WHOSE = {
    "adoption": ("unit_id", "strftime(valid_from, '%Y-%m-%d')"),
    "answer": ("unit_id", "strftime(valid_from, '%Y-%m-%d')"),
    "meeting": ("chi_bo_id", "for_month"),
    "sheet": ("m.chi_bo_id", "m.for_month"),
    "line": ("m.chi_bo_id", "m.for_month"),
    "assignment": ("chi_bo_id", "strftime(valid_from, '%Y-%m-%d')"),
    "visit": ("chi_bo_id", "coalesce(strftime(done_on, '%Y-%m-%d'), planned_for)"),
    "inspection": ("chi_bo_id", "strftime(inspected_on, '%Y-%m-%d')"),
    "milestone": ("unit_id", "year"),
    "annual": ("unit_id", "year"),
    "decision": ("unit_id", "year"),
    "filed": ("unit_id", "period"),
}
"""Whose row it is, and of which month, day or year, by table."""
_WITHDRAWN = {
    "unit": ("coalesce(t.parent_id, t.unit_id)", "strftime(t.valid_from, '%Y-%m-%d')"),
    **WHOSE,
}
"""The same for what is withdrawn: that of a unit is told of the one above."""
_ABOVE = {"sheet": "meeting", "line": "sheet"}
_MEETINGS = " JOIN (SELECT DISTINCT ON (meeting_id) meeting_id, chi_bo_id, for_month FROM meeting ORDER BY meeting_id, revision DESC) m"
JOINS = {
    "sheet": f"{_MEETINGS} ON m.meeting_id = t.meeting_id",
    "line": " JOIN (SELECT DISTINCT ON (sheet_id) sheet_id, meeting_id FROM sheet ORDER BY sheet_id, revision DESC) s"
    f" ON s.sheet_id = t.sheet_id{_MEETINGS} ON m.meeting_id = s.meeting_id",
}


def withdrawals_at(connection: Any, as_of: dt.datetime) -> pd.DataFrame:
    """Return what had been withdrawn by a moment and had not come back, one row each.

    The columns are :data:`~assess.records.origin.WITHDRAWN_COLUMNS`. What went with a row above it
    is counted there.
    """
    parts = [
        part
        for name in _WITHDRAWN
        if rows(connection, f"SELECT 1 FROM {name} WHERE withdrawn LIMIT 1")
        and len(part := _withdrawals(connection, TABLES[name], as_of))
    ]
    if not parts:
        return no_withdrawals()
    found = pd.concat(parts, ignore_index=True)
    tops = _tops(found)
    counts = pd.Series(tops).value_counts()
    reasons = {link.number: link.reason for link in read_links(connection)}
    found = found.assign(
        rows=[counts[top] for top in tops],
        reason=found["batch"].map(reasons),
    )[[top == own for top, own in zip(tops, found.index, strict=True)]]
    return (
        found.sort_values(["withdrawn_at", "table", "what"], kind="stable")[list(WITHDRAWN_COLUMNS)]
        .astype(no_withdrawals().dtypes)
        .reset_index(drop=True)
    )


def _tops(found: pd.DataFrame) -> list[int]:
    """Return for each row the row that it went with: a sheet's, a meeting's, or its own."""
    rows_of = {
        key: number
        for number, key in enumerate(
            zip(found["table"], found["what"], found["batch"], strict=True)
        )
    }
    above = [
        rows_of.get((_ABOVE.get(table, ""), what, batch))
        for table, what, batch in zip(found["table"], found["above"], found["batch"], strict=True)
    ]
    tops = []
    for number in range(len(found)):
        top = number
        while (higher := above[top]) is not None:
            top = higher
        tops.append(top)
    return tops


def _withdrawals(connection: Any, table: TableSpec, as_of: dt.datetime) -> pd.DataFrame:
    whose, time = _WITHDRAWN[table.name]
    key = ", ".join(table.key)
    what = " || ' · ' || ".join(f"CAST(t.{name} AS VARCHAR)" for name in table.key)
    above = {"sheet": "t.meeting_id", "line": "t.sheet_id"}.get(table.name, "''")
    query = (
        f"SELECT '{table.name}' AS \"table\", {whose} AS unit_id, coalesce({time}, '') AS time, "
        f"{what} AS what, {above} AS above, t.recorded_at AS withdrawn_at, t.batch AS batch "
        f"FROM (SELECT * FROM {table.name} WHERE recorded_at IS NULL OR recorded_at <= $1 "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY revision DESC) = 1) t{JOINS.get(table.name, '')} "
        "WHERE t.withdrawn"
    )
    return arrow(connection, query, [as_of]).to_pandas()


def files_with(connection: Any, outcome: str, digests: Collection[str]) -> dict[str, dt.datetime]:
    """Return when some files had an outcome, the last time, by digest; the others are left out."""
    places = ", ".join("?" * len(digests))
    query = (
        "SELECT digest, arg_max(recorded_at, batch) FROM file "
        f"WHERE outcome = ? AND digest IN ({places}) GROUP BY digest"
    )
    return dict(rows(connection, query, [outcome, *digests])) if digests else {}


def recorded_after(connection: Any, meetings: Collection[str], moment: dt.datetime) -> set[str]:
    """Return those of some meetings with a row, or one of their sheets, of after a moment."""
    connection.register("asked", pa.table({"id": pa.array(sorted(meetings), pa.string())}))
    among = "meeting_id IN (SELECT id FROM asked)"
    found = rows(
        connection,
        f"SELECT meeting_id FROM meeting WHERE recorded_at > $1 AND {among} UNION "
        f"SELECT meeting_id FROM sheet WHERE recorded_at > $1 AND {among} UNION "
        f"SELECT meeting_id FROM line l JOIN sheet s USING (sheet_id) WHERE l.recorded_at > $1 AND {among}",
        [moment],
    )
    connection.unregister("asked")
    return {meeting for (meeting,) in found}


def files(connection: Any) -> pd.DataFrame:
    """Return the entries of all files, in order of batch and name."""
    return arrow(
        connection,
        "SELECT digest, name, outcome, batch, recorded_at, findings FROM file ORDER BY batch, name",
    ).to_pandas()


def kept_files(connection: Any) -> dict[str, str]:
    """Return the names of the files that are kept beside the store, by digest, in order."""
    found = rows(connection, "SELECT digest, name FROM file WHERE kept ORDER BY batch, name")
    return dict(found)


def rows_of_files(
    connection: Any, digests: Collection[str]
) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return by file all revisions of rows that came from it, each with its table's name."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    places = ", ".join("?" * len(digests))
    for table in TABLES.values() if digests else ():
        query = f"SELECT {', '.join(stated(table))}, source, address FROM {table.name} WHERE source IN ({places})"
        for row in arrow(connection, query, list(digests)).to_pylist():
            found[row["source"]].append((table.name, row))
    return found


def batches(connection: Any) -> pd.DataFrame:
    """Return all batches in order; ``withdrawn`` counts the revised rows that the batch ended.

    ``recorded_at`` is the moment as stated, ``moment`` the one that counts; ``clock`` is UTC.
    """
    ended = " UNION ALL ".join(f"SELECT batch FROM {name} WHERE withdrawn" for name in TABLES)
    texts = ", ".join(f"coalesce({name}, '') AS {name}" for name in ("reason", "actor", "link"))
    query = (
        f"SELECT batch, recorded_at, taken, set_aside, added, revised, coalesce(kind, 'intake') AS kind, clock, {texts}, "
        f"(SELECT count(*) FROM ({ended}) e WHERE e.batch = b.batch) AS withdrawn FROM batch b ORDER BY batch"
    )
    moments = [link.moment for link in read_links(connection)]
    return arrow(connection, query).to_pandas().assign(moment=moments)


def latest(connection: Any) -> dt.datetime | None:
    """Return the moment of the last batch."""
    return latest_moment(read_links(connection))


def info(connection: Any) -> dict[str, Any]:
    """Return the version, batches, last moment, and rows and revisions by table."""
    tables = {}
    for table in TABLES.values():
        standing_rows = one(
            connection, f"SELECT count(*) FROM ({standing(table)})", [FAR_OFF.date().isoformat()]
        )
        tables[table.name] = {
            "rows": standing_rows,
            "revisions": one(connection, f"SELECT count(*) FROM {table.name}"),
        }
    count = one(connection, "SELECT count(*) FROM batch")
    return {"version": VERSION, "batches": count, "latest": latest(connection), "tables": tables}


def superseded_files(connection: Any, digests: Collection[str]) -> dict[str, str]:
    """Return, of some files, those with a row *withdrawn*, or *revised* by another source."""
    found: dict[str, str] = {}
    places = ", ".join("?" * len(digests))
    for table in TABLES.values() if digests else ():
        key = ", ".join(table.key)
        query = (
            f"SELECT DISTINCT t.source, l.withdrawn FROM {table.name} t JOIN (SELECT {key}, withdrawn, source, revision FROM {table.name} "
            f"WHERE ({key}) IN (SELECT ({key}) FROM {table.name} WHERE source IN ({places})) QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY revision DESC) = 1) l "
            f"ON {' AND '.join(f't.{k} = l.{k}' for k in table.key)} "
            f"WHERE t.source IN ({places}) AND l.revision > t.revision AND (l.withdrawn OR l.source IS DISTINCT FROM t.source)"
        )
        for digest, withdrawn in rows(connection, query, [*digests, *digests]):
            found[digest] = (
                "withdrawn" if withdrawn or found.get(digest) == "withdrawn" else "revised"
            )
    return found
