"""Check the integrity of a store: its chain, revisions, batches, source files, references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import Finding, Place
from assess.base.periods import FAR_OFF
from assess.exchange.store.chain import read_links
from assess.exchange.store.kept_rules import versions
from assess.exchange.store.queries import standing
from assess.exchange.store.seal import filled_tables
from assess.exchange.store.sql import one, rows
from assess.exchange.store.verify_chain import broken_links
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.exchange.store.originals import Originals

_FOREVER = FAR_OFF.date().isoformat()


def check_store(connection: Any, name: str, originals: Originals) -> list[Finding]:
    """Return a finding for each link that does not hold, and each table and kind of damage."""
    return [
        *(
            Finding("store-forged", Place(name), {"batch": batch, "found": found})
            for batch, found in _broken(connection)
        ),
        *(
            Finding("store-damaged", Place(name), {"table": table, "found": found})
            for table, found in _damage(connection)
        ),
        *_originals(connection, originals),
    ]


def _broken(connection: Any) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the chain, also where a damaged store cannot be read to its end."""
    try:
        yield from broken_links(connection)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        yield 0, f"nội dung của các lượt không đọc được ({type(error).__name__})"


def _originals(connection: Any, originals: Originals) -> Iterator[Finding]:
    """Yield a finding for each file that was kept and is not there as it was.

    A file with a text that was blacked out is kept no longer, as the link of that says.
    """
    let_go = {
        digest
        for link in read_links(connection)
        if link.link and link.kind == "redaction"
        for digest in link.about.get("originals", ())
    }
    kept = rows(
        connection, "SELECT DISTINCT digest, name FROM file WHERE kept ORDER BY name, digest"
    )
    kept += [
        (version.digest, f"{rule_id}.yaml")
        for rule_id, several in versions(read_links(connection)).items()
        for version in several
    ]
    for digest, name in kept:
        path = originals.find(digest)
        if digest in let_go:
            if path is not None:
                yield Finding("original-left", Place(name), {"found": str(path)})
            continue
        if path is None:
            yield Finding("original-gone", Place(name), {"found": digest[:16]})
        elif digests.of_file(path) != digest:
            yield Finding("original-changed", Place(name), {"found": str(path)})


def _damage(connection: Any) -> Iterator[tuple[str, str]]:
    def count(query: str, *values: Any) -> int:
        return int(one(connection, f"SELECT count(*) FROM ({query})", values))

    for table in filled_tables(connection):
        key = ", ".join(table.key)
        gaps = count(
            f"SELECT {key} FROM {table.name} GROUP BY {key} HAVING max(revision) <> count(*) OR min(revision) <> 1"
        )
        if gaps:
            yield table.name, f"{gaps} khóa thiếu hoặc trùng lần sửa"
        disordered = count(
            f"SELECT 1 FROM (SELECT recorded_at, lag(recorded_at) OVER (PARTITION BY {key} ORDER BY revision) AS earlier FROM {table.name}) "
            "WHERE recorded_at < earlier"
        )
        if disordered:
            yield table.name, f"{disordered} lần sửa ghi trước lần sửa mà nó thay"
        lost = count(f"SELECT 1 FROM {table.name} ANTI JOIN batch USING (batch)")
        if lost:
            yield table.name, f"{lost} dòng không thuộc lượt nhận nào"
        orphans = count(
            f"SELECT 1 FROM {table.name} t WHERE t.source IS NOT NULL AND t.source NOT IN (SELECT digest FROM file)"
        )
        if orphans:
            yield table.name, f"{orphans} dòng không rõ từ tệp nào"
        for column in table.columns:
            if column.dtype == "integer":
                # older versions did not require whole numbers
                parts = count(
                    f"SELECT 1 FROM ({standing(table)}) t WHERE t.{column.name} <> floor(t.{column.name})",
                    _FOREVER,
                )
                if parts:
                    yield table.name, f"{parts} dòng có {column.name} không phải số nguyên"
            if not column.refers_to:
                continue
            target = TABLES[column.refers_to]
            query = f"SELECT 1 FROM ({standing(table)}) t WHERE t.{column.name} IS NOT NULL AND t.{column.name} NOT IN (SELECT {target.key[0]} FROM ({standing(target)}))"
            missing = count(query, _FOREVER)
            if missing:
                yield (
                    table.name,
                    f"{missing} dòng có {column.name} không có trong bảng {target.name}",
                )
