"""Black out a free text on record: the text goes, its digest and the chain stay."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import input_error
from assess.base.text import nearest
from assess.exchange.store import seal
from assess.exchange.store.sql import rows
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUOTED = 4
"""The fewest letters of a text that is looked for where it may be quoted."""
BLACKED_OUT = "(đã che)"
"""What stands in place of the text, so that it is seen that there was one."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was blacked out: how many revisions of the row, entries of files and of batches.

    ``originals`` are the digests of the files with the text, which are kept no longer.
    """

    revisions: int
    files: int
    batches: int
    originals: tuple[str, ...]


def black_out(
    connection: Any, number: int, table: str, key: Sequence[str], column: str
) -> Redaction:
    """Black out a column of all revisions of a row, and the same text where it is quoted.

    ``number`` is that of the batch whose link says so. Raise
    :class:`~assess.base.errors.InputError` for a table, row or column that there is not, for a
    column that is no free text, and for one that is empty.
    """
    if table not in TABLES:
        hint = nearest(table, TABLES)
        raise input_error("not-allowed", "BẢNG", allowed=TABLES, hint=hint, found=table)
    free = seal.free_columns(TABLES[table])
    if column not in free:
        raise input_error("not-allowed", "CỘT", allowed=free, found=column)
    names = TABLES[table].key
    if len(key) != len(names):
        raise _unknown(table, key)
    where = " AND ".join(f"CAST({name} AS VARCHAR) = ?" for name in names)
    found = rows(
        connection,
        f"SELECT rowid, revision, {column}, salts, source FROM {table} WHERE {where} ORDER BY revision",
        list(key),
    )
    if not found:
        raise _unknown(table, key)
    texts = {text for _, _, text, _, _ in found if text and text != BLACKED_OUT}
    if not texts:
        raise input_error("nothing-to-redact", "CỘT", found=column)
    done = [row for row in found if row[2] in texts]
    for row, revision, text, salts, _ in done:
        _note(connection, number, (table, key, revision, column), salts, text)
        rows(
            connection,
            f"UPDATE {table} SET {column} = ?, salts = ? WHERE rowid = ?",
            [BLACKED_OUT, seal.without_salt(salts, column, text), row],
        )
    files = sum(_quoted(connection, number, "file", name, texts) for name in seal.FREE_OF_FILES)
    batches = sum(
        _quoted(connection, number, "batch", name, texts) for name in seal.FREE_OF_BATCHES
    )
    sources = dict.fromkeys(source for *_, source in done if source)
    sources |= dict.fromkeys(_beside(connection, table, key))
    return Redaction(len(done), files, batches, tuple(sources))


def _beside(connection: Any, table: str, key: Sequence[str]) -> list[str]:
    """Return the files that brought other rows of the same meeting: a form states all of it."""
    meeting = {
        "meeting": "?",
        "sheet": "(SELECT meeting_id FROM sheet WHERE sheet_id = ?)",
        "line": "(SELECT meeting_id FROM sheet WHERE sheet_id = ?)",
    }.get(table)
    if meeting is None:
        return []
    sheets = f"SELECT sheet_id FROM sheet WHERE meeting_id IN ({meeting})"
    query = (
        f"SELECT source FROM meeting WHERE meeting_id IN ({meeting}) "
        f"UNION SELECT source FROM sheet WHERE meeting_id IN ({meeting}) "
        f"UNION SELECT source FROM line WHERE sheet_id IN ({sheets})"
    )
    found = rows(
        connection,
        f"SELECT source FROM ({query}) WHERE source IS NOT NULL ORDER BY 1",
        [key[0]] * 3,
    )
    return [source for (source,) in found]


def _unknown(table: str, key: Sequence[str]) -> Exception:
    names = ", ".join(TABLES[table].key)
    return input_error("withdraw-unknown", "KHÓA", found=", ".join(key), table=table, key=names)


def _quoted(connection: Any, number: int, table: str, column: str, texts: set[str]) -> int:
    """Black out the entries of files or batches that quote a text; return how many."""
    told = 0
    texts = {text for text in texts if len(text) >= _QUOTED}
    found = rows(
        connection, f"SELECT rowid, batch, {column}, salts FROM {table} WHERE {column} IS NOT NULL"
    )
    for row, batch, said, salts in found:
        quoted = any(
            text in said or json.dumps(text, ensure_ascii=False)[1:-1] in said for text in texts
        )
        if quoted:
            _note(connection, number, (table, [str(batch)], None, column), salts, said)
            instead = "[]" if column == "findings" else BLACKED_OUT
            rows(
                connection,
                f"UPDATE {table} SET {column} = ?, salts = ? WHERE rowid = ?",
                [instead, seal.without_salt(salts, column, said), row],
            )
            told += 1
    return told


def _note(
    connection: Any,
    number: int,
    place: tuple[str, Sequence[str], int | None, str],
    salts: str | None,
    text: str,
) -> None:
    """Keep the digest of a text; ``place`` is its table, key, revision and column."""
    table, key, revision, column = place
    salt = json.loads(salts or "{}").get(column, "")
    values = [number, table, digests.canonical(list(key)), revision, column]
    rows(
        connection,
        "INSERT INTO redaction VALUES (?, ?, ?, ?, ?, ?)",
        [*values, seal.digest_of_text(salt, column, text)],
    )


def redactions(connection: Any, number: int) -> list[list[Any]]:
    """Return what the table of redactions has of a batch, for its link."""
    found = rows(
        connection,
        "SELECT place, key, revision, item, digest FROM redaction WHERE batch = ? ORDER BY ALL",
        [number],
    )
    return [list(row) for row in found]
