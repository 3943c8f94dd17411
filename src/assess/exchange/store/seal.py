"""Seals: the digest of a batch's rows as canonical text, and the link that chains a batch.

A row is one line of JSON with sorted keys and without its empty columns, so that a column added
later changes no digest of before. Numbers are exact decimals, days ISO, texts NFC. A free text
stands there as the SHA-256 of its salt, its column and itself: blacked out later, it is replaced by
this digest and the salt is dropped, and the line stays the same.
Must not know: the file of the database, what becomes of a batch, and what is wrong with a chain.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import unicodedata
from decimal import Decimal
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    import pyarrow as pa

    from assess.records.columns import TableSpec

SALT_BYTES = 16
_AT_ONCE = 20_000
_DIGEST = "="
"""Before a digest in the column ``salts``: the text was blacked out and this is what it was."""
FREE_OF_FILES = ("name", "findings")
FREE_OF_BATCHES = ("reason",)

RowDigest = tuple[int, str]
"""The number of rows and the SHA-256 of their lines, in hex."""


def free_columns(table: TableSpec) -> tuple[str, ...]:
    """Return the columns of a table with free text, which can be blacked out."""
    return tuple(column.name for column in table.columns if column.free)


def new_salts(texts: Mapping[str, Any]) -> str | None:
    """Return a salt for each text that is there, as the column ``salts`` has them."""
    found = {name: secrets.token_hex(SALT_BYTES) for name, text in texts.items() if text}
    return json.dumps(found, sort_keys=True) if found else None


def digest_of_text(salt: str, column: str, text: str) -> str:
    """Return the digest that stands for a free text in its row's line."""
    if salt.startswith(_DIGEST):
        return salt.removeprefix(_DIGEST)
    return digests.of_text(f"{salt}\n{column}\n{unicodedata.normalize('NFC', text)}")


def without_salt(salts: str | None, column: str, text: str) -> str:
    """Return ``salts`` with the digest of a text in place of its salt, to black the text out."""
    found = json.loads(salts or "{}")
    found[column] = _DIGEST + digest_of_text(found.get(column, ""), column, text)
    return json.dumps(found, sort_keys=True)


def lines(found: pa.Table | pa.RecordBatch, free: Collection[str]) -> Iterator[str]:
    """Yield the canonical line of each row; the column ``salts`` has the salts of ``free``."""
    columns = found.to_pydict()
    salts = [json.loads(text) if text else {} for text in columns.pop("salts")]
    parts = []
    for name in sorted(columns):
        values: Iterable[Any] = columns[name]
        if name in free:
            values = [
                value and digest_of_text(salt.get(name, ""), name, value)
                for value, salt in zip(values, salts, strict=True)
            ]
        values = list(values)
        # most columns have few values, each many times
        texts = {v: f'"{name}":{_value(v)}' for v in set(values) if v is not None}
        parts.append([texts.get(value, "") for value in values])
    for row in zip(*parts, strict=True):
        yield f"{{{','.join(filter(None, row))}}}\n"


def _value(value: Any) -> str:
    write = _WRITERS.get(type(value))
    if write is None:
        message = f"no canonical text for {type(value).__name__}"
        raise TypeError(message)
    return write(value)


def _number(value: float) -> str:
    return f'"{Decimal(repr(value)).normalize() + 0:f}"'


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: lambda value: encode_basestring(
        value if value.isascii() else unicodedata.normalize("NFC", value)
    ),
    bool: lambda value: "true" if value else "false",
    int: lambda value: f'"{value}"',
    float: _number,
    dt.date: lambda value: f'"{value.isoformat()}"',
    dt.datetime: lambda value: f'"{value.isoformat()}"',
}


def digests_by(
    batches: Iterable[pa.RecordBatch], free: Collection[str], group: str = ""
) -> dict[int, RowDigest]:
    """Return the digest of the rows of each value of the column ``group``, or of all as number 0.

    Rows of one group follow each other; the column ``group`` itself is not part of a line.
    """
    running: dict[int, tuple[int, Any]] = {}
    for batch in batches:
        numbers = batch.column(group).to_pylist() if group else [0] * batch.num_rows
        plain = batch.drop_columns([group]) if group else batch
        for number, line in zip(numbers, lines(plain, free), strict=True):
            count, sha = running.get(number) or (0, hashlib.sha256())
            sha.update(line.encode())
            running[number] = count + 1, sha
    return {number: (count, sha.hexdigest()) for number, (count, sha) in running.items()}


def filled_tables(connection: Any) -> list[TableSpec]:
    """Return the tables that have a row, as few of most stores have."""
    parts = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in TABLES)
    found = {name for (name,) in connection.execute(" UNION ALL ".join(parts)).fetchall()}
    return [table for table in TABLES.values() if table.name in found]


def rows_by_batch(
    connection: Any, table: TableSpec, *, where: str, moments: bool = False
) -> dict[int, RowDigest]:
    """Return the digest of each batch's rows of a table; ``where`` chooses the batches.

    ``moments``: the rows' own moments are part of their lines, as in a history brought in.
    """
    found = _record_batches(connection, table, where, moments=moments, order="batch, ")
    return digests_by(found, free_columns(table), "batch")


def rows_together(connection: Any, table: TableSpec, *, where: str) -> RowDigest:
    """Return one digest of the rows of several batches, with their moments and batch numbers."""
    found = _record_batches(connection, table, where, moments=True, order="")
    return digests_by(found, free_columns(table)).get(0, (0, hashlib.sha256().hexdigest()))


def _record_batches(
    connection: Any, table: TableSpec, where: str, *, moments: bool, order: str
) -> Iterator[pa.RecordBatch]:
    stated = [name for name in table.names if name != "recorded_at"]
    meta = ["revision", "withdrawn", "source", "address", "salts", "sender_batch", "batch"]
    meta += ["recorded_at"] if moments else []
    key = ", ".join(table.key)
    query = (
        f"SELECT {', '.join(stated + meta)} FROM {table.name} WHERE {where} "
        f"ORDER BY {order}{key}, revision"
    )
    yield from connection.sql(query).to_arrow_reader(_AT_ONCE)


def files_by_batch(connection: Any, *, where: str) -> dict[int, RowDigest]:
    """Return the digest of each batch's entries of files."""
    query = (
        "SELECT batch, digest, name, outcome, findings, kept, salts FROM file "
        f"WHERE {where} ORDER BY batch, digest"
    )
    found = connection.sql(query).to_arrow_reader(_AT_ONCE)
    by_batch: dict[int, list[str]] = {}
    for batch in found:
        numbers = batch.column("batch").to_pylist()
        for number, line in zip(
            numbers, lines(batch.drop_columns(["batch"]), FREE_OF_FILES), strict=True
        ):
            by_batch.setdefault(number, []).append(line)
    # in the order of the lines: a name that is blacked out keeps its place
    return {
        number: (len(those), digests.of_text("".join(sorted(those))))
        for number, those in by_batch.items()
    }


def tables_of_batch(connection: Any, number: int, *, moments: bool) -> dict[str, RowDigest]:
    """Return the digests of one batch's rows by table; tables without any are left out."""
    found = {
        table.name: rows_by_batch(connection, table, where=f"batch = {number}", moments=moments)
        for table in filled_tables(connection)
    }
    return {name: digest[number] for name, digest in found.items() if digest}
