"""Recompute the chain of a store and tell every place where it does not hold."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.exchange.store import seal
from assess.exchange.store.chain import (
    BACK,
    MIGRATION,
    OWN_MOMENTS,
    Link,
    all_before,
    content_of,
    read_links,
)
from assess.exchange.store.redact import BLACKED_OUT
from assess.exchange.store.sql import rows
from assess.records.tables import TABLES
from assess.records.words import TABLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

_SALT = re.compile(r"[0-9a-f]{32}|=[0-9a-f]{64}")
_COLUMNS = {
    "kind": "loại",
    "moment": "thời điểm ghi nhận",
    "clock": "giờ máy",
    "actor": "người ghi",
    "reason": "lý do",
    "counts": "các số đếm",
    "files": "danh sách tệp",
    "before": "mã của lượt trước",
    "number": "số lượt",
}


def broken_links(connection: Any) -> Iterator[tuple[int, str]]:
    """Yield the number of a batch and what is wrong with it, in Vietnamese."""
    links = read_links(connection)
    numbers = [link.number for link in links]
    for number in sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers)):
        yield number, "không còn lượt này"
    sealed = [link for link in links if link.link]
    if links and not sealed:
        yield links[-1].number, "không có mã nào của các lượt"
        return
    first = sealed[0].number if sealed else 1
    migrated = bool(sealed) and sealed[0].kind == MIGRATION
    for link in links:
        if link.number < 1:
            yield link.number, "số lượt không hợp lệ"
        elif not link.link and (link.number > first or not migrated):
            yield link.number, "không có mã"
    for (number,) in rows(
        connection,
        "SELECT batch FROM batch WHERE link IS NULL AND coalesce(kind, actor, content, zone, CAST(clock AS VARCHAR)) IS NOT NULL",
    ):
        yield number, "lượt có từ trước khi chuyển khuôn mà nay có thêm nội dung"
    found = _rows_of(connection, sealed)
    for link in sealed:
        yield from _of_link(connection, link, found)
    yield from _rows_without_link(connection, numbers)
    yield from _repairs(connection, sealed)
    yield from _blacked_out(connection, sealed)
    yield from _moments(connection, links)
    earlier: Link | None = None
    for link in (each for each in sealed if each.clock_counts):
        if earlier is not None and link.clock < earlier.clock - BACK:  # type: ignore[operator]
            yield link.number, f"đồng hồ máy sớm hơn lượt {earlier.number}"
        earlier = link


def _of_link(
    connection: Any, link: Link, found: dict[str, dict[int, seal.RowDigest]]
) -> Iterator[tuple[int, str]]:
    """Yield what differs between a link's content and what is on record."""
    ((text,),) = rows(connection, "SELECT content FROM batch WHERE batch = ?", [link.number])
    if digests.of_text(text) != link.link:
        yield link.number, "mã không phải của nội dung ghi trong lượt"
        return
    content = json.loads(text)
    now = content_of(connection, link.number, content["about"], found)
    now["schema"] = content["schema"]  # a later version adds columns, and those are empty here
    for name, said in _COLUMNS.items():
        if now[name] != content[name]:
            yield link.number, f"{said} khác với lúc ghi"
    for name in sorted({*now["rows"], *content["rows"]}):
        then, today = (each["rows"].get(name, [0, ""]) for each in (content, now))
        if then != today:
            count = (
                f"ghi {then[0]} dòng, nay {today[0]}" if then[0] != today[0] else "dòng đã bị sửa"
            )
            yield link.number, f"bảng {_named(name)}: {count}"
    if "rows" in content["about"] and link.kind == MIGRATION:
        yield from _before(connection, link, content["about"])


def _before(connection: Any, link: Link, about: dict[str, Any]) -> Iterator[tuple[int, str]]:
    now = all_before(connection, link.number)
    for name in sorted({*now["rows"], *about["rows"]}):
        if now["rows"].get(name) != about["rows"].get(name):
            yield (
                link.number,
                f"bảng {_named(name)}: dòng có trước khi chuyển khuôn đã bị sửa, thêm hoặc bớt",
            )
    for name, said in (("files", "danh sách tệp"), ("batches", "các lượt")):
        if now[name] != about[name]:
            yield link.number, f"{said} có trước khi chuyển khuôn khác với lúc chuyển"


def _rows_of(connection: Any, sealed: list[Link]) -> dict[str, dict[int, seal.RowDigest]]:
    """Return the digests of all sealed batches' rows, each table read once."""
    own = ", ".join(str(link.number) for link in sealed if link.kind in OWN_MOMENTS)
    first = sealed[0].number if sealed else 0
    others = f"batch >= {first}" + (f" AND batch NOT IN ({own})" if own else "")
    found = {}
    for table in seal.filled_tables(connection):
        found[table.name] = seal.rows_by_batch(connection, table, where=others)
        if own:
            found[table.name] |= seal.rows_by_batch(
                connection, table, where=f"batch IN ({own})", moments=True
            )
    return found


def _rows_without_link(connection: Any, numbers: list[int]) -> Iterator[tuple[int, str]]:
    for table in seal.filled_tables(connection):
        there = rows(connection, f"SELECT DISTINCT batch FROM {table.name} ORDER BY batch")
        for (number,) in there:
            if number not in numbers:
                yield number, f"bảng {_named(table.name)} có dòng của lượt không có trong kho"


def _moments(connection: Any, links: list[Link]) -> Iterator[tuple[int, str]]:
    """Yield batches whose rows or files have another moment than the batch, as repaired."""
    wanted = {
        link.number: link.moment for link in links if link.link and link.kind not in OWN_MOMENTS
    }
    for table in (*(each.name for each in seal.filled_tables(connection)), "file"):
        found = rows(
            connection,
            f"SELECT batch, recorded_at, count(*) FROM {table} GROUP BY ALL ORDER BY ALL",
        )
        for number, moment, count in found:
            if number in wanted and moment != wanted[number]:
                said = "tệp" if table == "file" else f"bảng {_named(table)}"
                yield number, f"{said}: {count} dòng có thời điểm khác thời điểm của lượt"


def _repairs(connection: Any, sealed: list[Link]) -> Iterator[tuple[int, str]]:
    """Yield repairs of a moment that no link states, and those stated that are gone."""
    stated = {
        (link.number, of, link.about["moment"])
        for link in sealed
        if link.kind == "clock"
        for of in link.about["of"]
    }
    there = {
        (number, of, moment.isoformat())
        for number, of, moment in rows(connection, "SELECT batch, of_batch, moment FROM repair")
    }
    for number, of, _ in sorted(stated ^ there):
        yield number, f"việc sửa thời điểm lượt {of} khác với lúc ghi"


def _blacked_out(connection: Any, sealed: list[Link]) -> Iterator[tuple[int, str]]:
    """Yield texts that are blacked out, or replaced, without a link that says so."""
    stated = {
        tuple(one) for link in sealed if link.kind == "redaction" for one in link.about["what"]
    }
    noted = rows(connection, "SELECT place, key, revision, item, digest FROM redaction")
    for place, *_ in sorted(stated ^ set(noted), key=str):
        yield 0, f"bảng {_named(place)}: việc che nội dung khác với lúc ghi"
    for place, key, free in (
        *((t.name, t.key, seal.free_columns(t)) for t in seal.filled_tables(connection)),
        ("file", ("batch",), seal.FREE_OF_FILES),
        ("batch", ("batch",), seal.FREE_OF_BATCHES),
    ):
        if not free:
            continue
        revision = "revision" if place in TABLES else "NULL"
        names = ", ".join(f"CAST({name} AS VARCHAR)" for name in key)
        marked = rows(
            connection,
            f"SELECT batch, [{names}], {revision}, salts, {', '.join(free)} FROM {place} "
            "WHERE salts IS NOT NULL",
        )
        for batch, found, number, salts, *texts in marked:
            kept = json.loads(salts)
            if json.dumps(kept, sort_keys=True) != salts or not all(
                _SALT.fullmatch(salt) for salt in kept.values()
            ):
                yield batch, f"bảng {_named(place)}: muối của nội dung đã bị sửa"
                continue
            for name, text in zip(free, texts, strict=True):
                salt = kept.get(name, "")
                said = (place, digests.canonical(found), number, name, salt.removeprefix("="))
                instead = "[]" if name == "findings" else BLACKED_OUT
                if salt.startswith("=") and (text != instead or said not in stated):
                    yield batch, f"bảng {_named(place)}: nội dung bị thay mà không ghi lại"


def _named(table: str) -> str:
    return TABLE_NAMES.get(table, table)
