"""The database file of the store: opening it, waiting for others, its version and migration."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.base.machine import file_lock, private_files, warn_user
from assess.base.machine_faults import is_no_memory, reason
from assess.exchange.store.attached import AttachedFile
from assess.exchange.store.chain import SCHEMA, note_migration, seal_old
from assess.exchange.store.sql import one, rows
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.base.errors import InputError
    from assess.records.columns import TableSpec

_SEALED = 6
"""The first version with a chain."""
VERSION = SCHEMA
"""The version of the schema.

Version 2 added stated totals, 3 the yearly tables, 4 the inspecting unit and the inspected meeting,
5 the reason of a batch, 6 the chain (:mod:`~assess.exchange.store.chain`), 7 the answers.
"""
_FIRST = {"unit", "adoption", "meeting", "sheet", "line", "batch", "file", "store"}
"""The tables of every version."""
WAIT_SECONDS = 60.0
_PAUSE = 0.1
_PATIENCE = 1.0
_IN_USE = ("Could not set lock", "already attached")
_BROKEN = (
    "Could not read enough bytes",
    "Corrupt",
    "checksum",
    "Serialization Error",
    "deserialize",
)
_NO_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
_OF_DISK = (*_NO_WRITING, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE)

SQL_TYPES = {
    "text": "VARCHAR",
    "id": "VARCHAR",
    "choice": "VARCHAR",
    "month": "VARCHAR",
    "year": "VARCHAR",
    "period": "VARCHAR",
    "date": "DATE",
    "moment": "TIMESTAMP",
    "integer": "DOUBLE",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
}
META = {
    "revision": "INTEGER NOT NULL",
    "recorded_at": "TIMESTAMP",
    "batch": "INTEGER NOT NULL",
    "withdrawn": "BOOLEAN NOT NULL",
    "source": "VARCHAR",
    "address": "VARCHAR",
    "salts": "VARCHAR",
    "sender_batch": "INTEGER",
}
"""Further columns of every row.

``recorded_at`` is empty for rows known from the beginning; ``source`` is the digest of the row's
file and ``address`` the line or cell in it. A ``withdrawn`` revision ends the row. ``salts``: see
:mod:`~assess.exchange.store.seal`. ``sender_batch`` is the batch of a row that was handed over, in
the store that it comes from.
"""
_LATER = {
    "batch": {
        "reason": "VARCHAR",
        "kind": "VARCHAR",
        "clock": "TIMESTAMP",
        "zone": "VARCHAR",
        "actor": "VARCHAR",
        "salts": "VARCHAR",
        "content": "VARCHAR",
        "link": "VARCHAR",
    },
    "file": {"kept": "BOOLEAN", "salts": "VARCHAR"},
}
"""The columns that later versions added to the tables about batches and files."""
_REPAIR = "CREATE TABLE IF NOT EXISTS repair (batch INTEGER NOT NULL, of_batch INTEGER NOT NULL, moment TIMESTAMP NOT NULL)"
_REDACTION = "CREATE TABLE IF NOT EXISTS redaction (batch INTEGER NOT NULL, place VARCHAR NOT NULL, key VARCHAR NOT NULL, revision INTEGER, item VARCHAR NOT NULL, digest VARCHAR NOT NULL)"


def stated(table: TableSpec) -> tuple[str, ...]:
    """Return the columns that a row states: all but ``recorded_at``, which the store sets."""
    return tuple(name for name in table.names if name != "recorded_at")


class StoreFile:
    """Opens the file for one transaction at a time, and waits while other processes use it."""

    def __init__(
        self, path: Path, wait_seconds: float | None = None, *, create: bool = False
    ) -> None:
        """Use the file at ``path``; with ``create``, create it on first use.

        Opening waits up to ``wait_seconds`` for other processes.
        """
        self.path = path
        self._to_make = create
        self.wait_seconds = WAIT_SECONDS if wait_seconds is None else wait_seconds

    def prepare(self, *, create: bool) -> None:
        """Create a missing file if ``create``; migrate a file of an older version."""
        if self.path.is_dir():
            raise input_error("not-a-store", str(self.path))
        if create and (not self.path.exists() or self.path.stat().st_size == 0):
            self._make()
        if not self.path.exists():
            raise input_error("no-store", str(self.path))
        with self.reader() as connection:
            version, strange = _version(connection), _strange(connection)
        if strange:
            raise input_error("store-strange", str(self.path), found=strange)
        if version is None:
            raise input_error("not-a-store", str(self.path))
        if version > VERSION:
            raise input_error("store-newer", str(self.path), found=version, wanted=VERSION)
        if version < VERSION:
            with self.writer() as connection:
                # another process may have done it in between
                version = _version(connection)
                if version is not None and version < VERSION:
                    _migrate(connection, version)

    @private_files()
    def _make(self) -> None:
        """Create the file under another name, then rename it; a lock keeps out other creators."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise input_error("unwritable", str(self.path), reason=reason(error)) from error
        draft = self.path.with_name(f".{self.path.name}.new")
        with file_lock(self.path.with_name(f".{self.path.name}.making")):
            if self.path.exists() and self.path.stat().st_size:
                return
            draft.unlink(missing_ok=True)
            with StoreFile(draft, self.wait_seconds).writer() as connection:
                _build(connection)
            draft.replace(self.path)

    @contextlib.contextmanager
    def reader(self) -> Iterator[Any]:
        """Open a read transaction: one consistent state, in parallel with other readers."""
        yield from self._open(read_only=True)

    @contextlib.contextmanager
    def writer(self) -> Iterator[Any]:
        """Open a write transaction: all of it is recorded, or nothing."""
        yield from self._open(read_only=False)

    def _open(self, *, read_only: bool) -> Iterator[Any]:
        import duckdb

        if self._to_make:
            self._to_make = False
            self.prepare(create=True)
        attached = self._attach(read_only=read_only)
        connection = attached.connection
        try:
            rows(connection, "BEGIN")
            yield connection
            rows(connection, "COMMIT")
        except duckdb.Error as error:
            raise _refused(error, self.path) from error
        except MemoryError as error:
            raise input_error("no-memory", str(self.path)) from error
        finally:
            attached.close()

    def _attach(self, *, read_only: bool) -> AttachedFile:
        import duckdb

        began, told = time.monotonic(), False
        while True:
            try:
                return AttachedFile(self.path, read_only=read_only)
            except duckdb.Error as error:
                if not any(words in str(error) for words in _IN_USE):
                    raise _refused(error, self.path) from error
                holder = _holder(str(error))
            waited = time.monotonic() - began
            if waited > self.wait_seconds:
                raise input_error(
                    "store-in-use", str(self.path), seconds=round(waited), holder=holder
                )
            if waited > _PATIENCE and not told:
                told = True
                warn_user(f"{self.path}: kho số liệu đang được dùng, đang chờ …")
            time.sleep(_PAUSE)


def _holder(text: str) -> str:
    """Return which program has a store open, as DuckDB says, in Vietnamese; else nothing."""
    found = re.search(r"held in (.+?) \(PID (\d+)\)", text)
    return f" bởi {Path(found[1]).name} (tiến trình {found[2]})" if found else ""


@private_files()
def rewrite(path: Path, wait_seconds: float = WAIT_SECONDS) -> None:
    """Write a store anew, so that nothing of what was changed stays in unused parts of the file.

    It waits for readers as a writer does.
    """
    import duckdb

    draft = path.with_name(f".{path.name}.new")
    began = time.monotonic()
    while True:
        draft.unlink(missing_ok=True)
        try:
            with duckdb.connect(":memory:") as connection:
                for name, each in (("old", path), ("new", draft)):
                    quoted = str(each).replace("'", "''")
                    connection.execute(f"ATTACH '{quoted}' AS {name} (TYPE DUCKDB)")
                connection.execute("COPY FROM DATABASE old TO new")
            draft.replace(path)
        except duckdb.Error as error:
            in_use = any(words in str(error) for words in _IN_USE)
            if not in_use or time.monotonic() - began > wait_seconds:
                raise _refused(error, path) from error
            time.sleep(_PAUSE)
        else:
            return
        finally:
            draft.unlink(missing_ok=True)


_KINDS = {
    "IOException": "không đọc hoặc không ghi được tệp",
    "TransactionException": "có lượt ghi khác cùng lúc",
    "ConstraintException": "hai dòng trùng khóa",
    "CatalogException": "thiếu bảng hoặc cột",
    "BinderException": "thiếu bảng hoặc cột",
    "ConversionException": "có giá trị sai kiểu",
    "InterruptException": "bị ngắt giữa chừng",
    "InternalException": "lỗi bên trong chương trình DuckDB",
    "FatalException": "lỗi bên trong chương trình DuckDB",
}
"""What an error of DuckDB says that nobody foresaw, by its class: DuckDB's own text is English."""


def _refused(error: Exception, path: Path) -> InputError:
    """Convert an error of DuckDB to an ``InputError`` about memory, disk, file or store."""
    text = str(error)
    if is_no_memory(error) or "Out of Memory" in text:
        return input_error("no-memory", str(path))
    why = next(
        (
            OSError(number, os.strerror(number))
            for number in _OF_DISK
            if os.strerror(number) in text
        ),
        None,
    )
    if why is not None:
        return input_error(
            "unwritable" if why.errno in _NO_WRITING else "unreadable",
            str(path),
            reason=reason(why),
        )
    if "not a valid DuckDB" in text:
        return input_error("not-a-store", str(path))
    if any(words in text for words in _BROKEN):
        return input_error("store-broken", str(path))
    kind = type(error).__name__
    return input_error("store-failed", str(path), reason=_KINDS.get(kind, "lỗi lạ"), name=kind)


def _build(connection: Any) -> None:
    for table in TABLES.values():
        _create(connection, table)
    rows(
        connection,
        "CREATE TABLE batch (batch INTEGER NOT NULL, recorded_at TIMESTAMP NOT NULL, taken INTEGER, set_aside INTEGER, added INTEGER, revised INTEGER)",
    )
    rows(
        connection,
        "CREATE TABLE file (digest VARCHAR NOT NULL, name VARCHAR NOT NULL, outcome VARCHAR NOT NULL, batch INTEGER NOT NULL, recorded_at TIMESTAMP NOT NULL, findings VARCHAR)",
    )
    _add_later(connection)
    rows(connection, _REPAIR)
    rows(connection, _REDACTION)
    rows(connection, "CREATE TABLE store (version INTEGER NOT NULL)")
    rows(connection, "INSERT INTO store VALUES (?)", [VERSION])


def _add_later(connection: Any) -> None:
    for table, columns in _LATER.items():
        for name, kind in columns.items():
            rows(connection, f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {name} {kind}")


def _create(connection: Any, table: TableSpec) -> None:
    columns = [f"{name} {SQL_TYPES[table[name].dtype]}" for name in stated(table)]
    columns += [f"{name} {kind}" for name, kind in META.items()]
    rows(connection, f"CREATE TABLE {table.name} ({', '.join(columns)})")


_OURS = "database_name = current_database()"


def _tables(connection: Any) -> set[str]:
    query = f"SELECT table_name FROM duckdb_tables() WHERE {_OURS} AND schema_name = 'main'"
    return {row[0] for row in rows(connection, query)}


def _strange(connection: Any) -> str:
    """Return the name of something in a store that could answer in place of its tables."""
    for what, name in (("duckdb_views()", "view_name"), ("duckdb_functions()", "function_name")):
        found = rows(connection, f"SELECT {name} FROM {what} WHERE NOT internal AND {_OURS}")
        if found:
            return str(found[0][0])
    return ""


def _version(connection: Any) -> int | None:
    if not _tables(connection) >= _FIRST:
        return None
    found = rows(connection, "SELECT version FROM store")
    return int(found[0][0]) if len(found) == 1 else None


def _migrate(connection: Any, version: int) -> None:
    """Add the tables and columns of later versions, and seal all that is on record as it stands.

    The recorded values stay as they are.
    """
    there_now = _tables(connection)
    of_batch = {row[1] for row in rows(connection, "PRAGMA table_info('batch')")}
    if version < _SEALED and "link" in of_batch:
        raise input_error("store-strange", "batch", found="link")
    for table in TABLES.values():
        if table.name not in there_now:
            _create(connection, table)
            continue
        there = {row[1] for row in rows(connection, f"PRAGMA table_info('{table.name}')")}
        wanted = {name: SQL_TYPES[table[name].dtype] for name in stated(table)}
        later = {name: META[name] for name in ("salts", "sender_batch")}
        for name, kind in (wanted | later).items():
            if name not in there:
                rows(connection, f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}")
    _add_later(connection)
    rows(connection, _REPAIR)
    rows(connection, _REDACTION)
    rows(connection, "UPDATE store SET version = ?", [VERSION])
    if version >= _SEALED:
        note_migration(connection, version)
    elif one(connection, "SELECT count(*) FROM batch"):
        seal_old(connection, version)
