"""Write batches to the store; only rows that differ from the records become revisions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import pyarrow as pa

from assess.base.errors import Finding, input_error
from assess.base.numbers import day
from assess.base.text import tidy
from assess.exchange.store.chain import (
    HISTORY,
    OWN_MOMENTS,
    Writer,
    add_link,
    checked_clock,
    latest_moment,
    next_number,
    read_links,
)
from assess.exchange.store.database import stated
from assess.exchange.store.history import insert_history
from assess.exchange.store.kept_rules import RULES
from assess.exchange.store.seal import free_columns, new_salts
from assess.exchange.store.sql import one, rows
from assess.records.tables import TABLES, frame

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from assess.records.columns import TableSpec

FileOutcome = Literal["taken", "set_aside", "handed"]
"""*handed*: kept beside rows that were handed over, which may be a part of it only."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that was sent in, with its outcome and findings."""

    digest: str
    name: str
    outcome: FileOutcome
    findings: tuple[Finding, ...] = ()
    kept: bool = False
    """Whether the file itself is kept beside the store."""


@dataclass(frozen=True, slots=True)
class StoreBatch:
    """The contents of one transaction.

    ``rows`` are mappings of columns by table, with ``source`` (the file's digest), ``address`` (the
    line or cell in it) and, to end a row, ``withdrawn``. ``recorded_at`` is the batch's moment.
    With ``keep_moments``, in a store without rows, rows keep their own moments, none later than
    the batch's, and rows without one are known from the beginning. ``reason``, kept in the log,
    says why rows are withdrawn or why the moment is not the clock's. ``kind`` is one of
    :data:`~assess.exchange.store.chain.KINDS`. ``rules``: the digests of rule files that the rows
    are the first to use (:mod:`~assess.exchange.store.kept_rules`). ``history`` has rows that the
    store lacks, with all their revisions and moments (:mod:`~assess.exchange.store.history`);
    ``about`` what the link says of its kind.
    """

    recorded_at: dt.datetime
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    files: Sequence[FileRecord] = ()
    keep_moments: bool = False
    reason: str = ""
    kind: str = "intake"
    rules: Mapping[str, str] = field(default_factory=dict)
    history: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The numbers of rows that a batch added and revised, by table."""

    batch: int
    added: Mapping[str, int] = field(default_factory=dict)
    revised: Mapping[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether any row was added or revised."""
        return bool(sum(self.added.values()) + sum(self.revised.values()))


def append(connection: Any, batch: StoreBatch, by: Writer) -> WriteResult:
    """Write a batch inside the transaction of ``connection``; see :class:`StoreBatch`."""
    links = read_links(connection)
    clock = checked_clock(links, by)
    latest = latest_moment(links)
    if latest is not None and batch.recorded_at < latest:
        facts = {"found": _moment(batch.recorded_at), "latest": _moment(latest)}
        raise input_error("moment-too-early", "recorded_at", **facts)
    number = next_number(connection)
    keep = batch.keep_moments and all(
        one(connection, f"SELECT count(*) FROM {name}") == 0 for name in TABLES
    )
    added: dict[str, int] = {}
    revised: dict[str, int] = {}
    for table in TABLES.values():
        theirs = batch.rows.get(table.name, ())
        if theirs:
            added[table.name], revised[table.name] = _append_rows(
                connection, table, theirs, batch, number, keep=keep
            )
    for name, revisions in batch.history.items():
        inserted = insert_history(connection, TABLES[name], revisions, number)
        added[name] = added.get(name, 0) + inserted
    if keep or batch.kind in OWN_MOMENTS:
        found = [one(connection, f"SELECT max(recorded_at) FROM {name}") for name in TABLES]
        ahead = max((moment for moment in found if moment is not None), default=batch.recorded_at)
        if ahead > batch.recorded_at:
            raise input_error(
                "moment-ahead",
                "recorded_at",
                found=_moment(ahead),
                latest=_moment(batch.recorded_at),
            )
    told = _append_files(connection, batch.files, number, batch.recorded_at)
    written = WriteResult(number, added, revised)
    if written.changed or told:
        counts = (
            sum(record.outcome == "taken" for record in batch.files),
            sum(record.outcome == "set_aside" for record in batch.files),
        )
        kind = HISTORY if keep and written.changed and batch.kind == "intake" else batch.kind
        add_link(
            connection,
            number=number,
            kind=kind,
            moment=batch.recorded_at,
            clock=clock,
            actor=by.actor,
            reason=tidy(batch.reason),
            counts=(*counts, sum(added.values()), sum(revised.values())),
            about={**batch.about, **({RULES: dict(batch.rules)} if batch.rules else {})},
        )
    return written


def _append_rows(
    connection: Any,
    table: TableSpec,
    incoming_rows: Sequence[Mapping[str, Any]],
    batch: StoreBatch,
    number: int,
    *,
    keep: bool,
) -> tuple[int, int]:
    """Insert the changed rows of a table; return how many were added and how many revised."""
    columns = stated(table)
    # the last row of a key in a batch counts, so that a batch makes one revision
    incoming_rows = list(
        {tuple(str(row[k]) for k in table.key): row for row in incoming_rows}.values()
    )
    data = {name: [row.get(name) for row in incoming_rows] for name in columns}
    incoming = frame(table, data)[list(columns)]
    own = [
        _own_moment(row.get("recorded_at")) if keep else batch.recorded_at for row in incoming_rows
    ]
    incoming["_recorded_at"] = pd.Series(own, dtype="datetime64[s]")
    incoming["_withdrawn"] = [bool(row.get("withdrawn", False)) for row in incoming_rows]
    incoming["_source"] = pd.Series([row.get("source") for row in incoming_rows], dtype="str")
    incoming["_address"] = pd.Series([row.get("address") for row in incoming_rows], dtype="str")
    batches = [row.get("sender_batch") for row in incoming_rows]
    incoming["_sender_batch"] = pd.Series(batches, dtype="Int32")
    free = free_columns(table)
    texts = incoming[list(free)].astype(object).to_dict("records") if free else ()
    salts = [new_salts({n: v for n, v in row.items() if isinstance(v, str)}) for row in texts]
    incoming["_salts"] = pd.Series(salts or [None] * len(incoming), dtype="str")
    connection.register("incoming", pa.Table.from_pandas(incoming, preserve_index=False))
    same = " AND ".join(f"(s.{name} IS NOT DISTINCT FROM i.{name})" for name in columns)
    on = " AND ".join(f"s.{name} = i.{name}" for name in table.key)
    # the last revision of each incoming key
    rows(
        connection,
        f"CREATE TEMP TABLE standing AS SELECT t.* FROM {table.name} t SEMI JOIN incoming i ON ({' AND '.join(f't.{k} = i.{k}' for k in table.key)}) "
        f"QUALIFY row_number() OVER (PARTITION BY {', '.join(f't.{k}' for k in table.key)} ORDER BY t.revision DESC) = 1",
    )
    listed = ", ".join(f"i.{name}" for name in columns)
    found = rows(
        connection,
        f"INSERT INTO {table.name} ({', '.join(columns)}, revision, recorded_at, batch, withdrawn, source, address, salts, sender_batch) "
        f"SELECT {listed}, coalesce(s.revision, 0) + 1, i._recorded_at, {number}, i._withdrawn, i._source, i._address, i._salts, i._sender_batch "
        f"FROM incoming i LEFT JOIN standing s ON {on} "
        f"WHERE (s.revision IS NULL AND NOT i._withdrawn) OR (s.revision IS NOT NULL AND (s.withdrawn <> i._withdrawn OR (NOT i._withdrawn AND NOT ({same})))) "
        "RETURNING revision",
    )
    rows(connection, "DROP TABLE standing")
    connection.unregister("incoming")
    fresh = sum(revision == 1 for (revision,) in found)
    return fresh, len(found) - fresh


def _own_moment(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value


def _append_files(
    connection: Any, records: Sequence[FileRecord], number: int, recorded_at: dt.datetime
) -> int:
    """Record files unless their last entry is the same; return how many were recorded."""
    if not records:
        return 0
    told = [
        json.dumps([finding.as_json() for finding in record.findings], ensure_ascii=False)
        for record in records
    ]
    places = ", ".join("?" * len(records))
    last = {
        (digest, name): (outcome, findings)
        for digest, name, outcome, findings in rows(
            connection,
            f"SELECT digest, name, outcome, findings FROM file WHERE digest IN ({places}) "
            "ORDER BY batch",
            [record.digest for record in records],
        )
    }
    new = {
        (record.digest, record.name, record.outcome, findings): record
        for record, findings in zip(records, told, strict=True)
        if last.get((record.digest, record.name)) != (record.outcome, findings)
    }
    if not new:
        return 0
    incoming = pa.table(
        {
            "digest": pa.array([key[0] for key in new], pa.string()),
            "name": pa.array([key[1] for key in new], pa.string()),
            "outcome": pa.array([key[2] for key in new], pa.string()),
            "findings": pa.array([key[3] for key in new], pa.string()),
            "kept": pa.array([record.kept for record in new.values()], pa.bool_()),
            "salts": pa.array(
                [new_salts({"name": key[1], "findings": key[3]}) for key in new], pa.string()
            ),
        }
    )
    connection.register("incoming", incoming)
    rows(
        connection,
        "INSERT INTO file (digest, name, outcome, batch, recorded_at, findings, kept, salts) "
        "SELECT digest, name, outcome, ?, ?, findings, kept, salts FROM incoming",
        [number, recorded_at],
    )
    connection.unregister("incoming")
    return len(new)


def _moment(value: dt.datetime) -> str:
    return f"{value:%H:%M:%S} ngày {day(value.date())}"


def rows_to_withdraw(
    tables: Mapping[str, pd.DataFrame], table: str, key: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows to withdraw with one row: itself, a meeting's sheets, a sheet's lines."""
    found = tables[table]
    for name, value in zip(TABLES[table].key, key, strict=False):
        kind = found[name].dtype.kind
        text = (
            found[name].dt.strftime("%Y-%m-%d")
            if kind == "M"
            else found[name].map("{:g}".format)
            if kind == "f"
            else found[name]
        )
        found = found[text == value]
    if len(key) != len(TABLES[table].key):
        found = found.head(0)
    result = {table: _marked(found)}
    if table == "meeting":
        sheets = tables["sheet"][tables["sheet"]["meeting_id"].isin(found["meeting_id"])]
        result["sheet"] = _marked(sheets)
    if table in ("meeting", "sheet"):
        ids = [row["sheet_id"] for row in result["sheet"]]
        result["line"] = _marked(tables["line"][tables["line"]["sheet_id"].isin(ids)])
    return result


def _marked(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object)
    return [
        {**row, "withdrawn": True} for row in plain.where(plain.notna(), None).to_dict("records")
    ]


def still_referred_to(tables: Mapping[str, pd.DataFrame], table: str, key: Sequence[str]) -> str:
    """Return a table that refers to a unit whose only row is to be withdrawn, else ``""``."""
    if table != "unit" or (tables["unit"]["unit_id"] == key[0]).sum() > 1:
        return ""
    for other in TABLES.values():
        for column in other.columns:
            if (
                column.refers_to == "unit"
                and (tables[other.name][column.name] == key[0]).any()
                and not (other.name == "unit" and column.name == "unit_id")
            ):
                return other.name
    return ""
