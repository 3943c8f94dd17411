"""The chain of the store: one link a batch, over the link before, the rows, and who did what when.

A link is the SHA-256 of its content, canonical JSON with these keys: ``number``, ``kind``,
``moment`` (as stated, with its offset), ``clock`` (what the machine's clock said, UTC), ``actor``,
``reason`` (salted digest), ``before`` (the link before, empty for the first), ``schema``,
``counts``, ``rows`` and ``files`` (number and digest of what the batch recorded) and ``about`` (of
its kind).
Must not know: forms, intake, and what a row means beyond its table.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assess.base import digests
from assess.base.errors import input_error
from assess.base.machine import clock_now, now
from assess.base.numbers import day
from assess.exchange.store import seal
from assess.exchange.store.sql import arrow, one, rows
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.base.errors import InputError

_OFFSET = dt.timedelta(hours=7)
BACK = dt.timedelta(minutes=5)
_AHEAD = dt.timedelta(days=100)
"""How far a clock may stand before the last link, and how long nothing may have been written."""
ZONE = "+07:00"
"""The offset of Vietnam, in whose time all moments are kept."""
SCHEMA = 7
"""The version of the store whose columns a new link covers."""
HISTORY, SAMPLE = "history", "sample"
MIGRATION, CORRECTION = "migration", "rules"
HANDED_OVER, TAKEN_OVER, TAKEN_WITH_MOMENTS = "hand_over", "take_over", "take_over_history"
KINDS = {
    "intake": "nhận số liệu",
    HISTORY: "đưa vào kho số liệu có từ trước, với thời điểm do số liệu tự ghi",
    SAMPLE: "số liệu mẫu do máy sinh ra",
    "withdrawal": "rút số liệu",
    "clock": "sửa thời điểm ghi sai",
    "redaction": "che nội dung",
    "restore": "khôi phục từ bản sao lưu",
    MIGRATION: "chuyển kho sang khuôn mới",
    CORRECTION: "đính chính bộ quy tắc",
    HANDED_OVER: "bàn giao số liệu cho nơi khác",
    TAKEN_OVER: "nhận bàn giao từ kho khác",
    TAKEN_WITH_MOMENTS: "nhận bàn giao từ kho khác, giữ thời điểm ghi của kho ấy",
}
"""What a link can be, in Vietnamese."""
OWN_MOMENTS = (HISTORY, SAMPLE, TAKEN_WITH_MOMENTS)
"""The kinds whose rows have moments of their own."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link: ``moment`` is the one that counts, ``stated`` what was stated at first.

    ``clock`` is UTC; it is None, and ``link`` empty, for a batch of before the store was sealed.
    ``about`` has what its kind needs.
    """

    number: int
    kind: str
    moment: dt.datetime
    stated: dt.datetime
    clock: dt.datetime | None = None
    actor: str = ""
    reason: str = ""
    link: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    repaired: bool = False
    """Whether the clock or the stated moment was found wrong later."""

    @property
    def clock_counts(self) -> bool:
        """Whether later clocks are compared with it: not with a wrong one, or another machine's."""
        return not self.repaired and self.kind != "restore"


def read_links(connection: Any) -> list[Link]:
    """Return all links in order."""
    found = rows(
        connection,
        "SELECT batch, kind, recorded_at, clock, actor, reason, link, content FROM batch ORDER BY batch",
    )
    moments = dict(
        rows(connection, "SELECT of_batch, arg_max(moment, batch) FROM repair GROUP BY of_batch")
    )
    return [
        Link(
            number,
            (link and kind) or "intake",
            moments.get(number, stated),
            stated,
            clock if link else None,
            (link and actor) or "",
            reason or "",
            link or "",
            _about(content) if link else {},
            number in moments,
        )
        for number, kind, stated, clock, actor, reason, link, content in found
    ]


def _about(content: str | None) -> Mapping[str, Any]:
    """Return what a link says of its kind; nothing where the content is damaged, as check tells."""
    try:
        found = json.loads(content or "")["about"]
    except (ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def seal_batch(connection: Any, number: int, about: Mapping[str, Any] | None = None) -> str:
    """Write the link of a batch whose rows, files and entry stand; return it.

    The link before is read here, inside the transaction that writes.
    """
    content = digests.canonical(content_of(connection, number, about or {}))
    link = digests.of_text(content)
    values = [content, link, number]
    rows(connection, "UPDATE batch SET content = ?, link = ? WHERE batch = ?", values)
    return link


def content_of(
    connection: Any,
    number: int,
    about: Mapping[str, Any],
    recorded: Mapping[str, Mapping[int, seal.RowDigest]] | None = None,
) -> dict[str, Any]:
    """Return the content of a batch's link, from what is on record now.

    ``recorded``: the digests of rows by table and batch, where they were computed before.
    """
    (entry,) = rows(
        connection,
        "SELECT kind, recorded_at, clock, zone, actor, reason, salts, taken, set_aside, added, revised "
        "FROM batch WHERE batch = ?",
        [number],
    )
    kind, moment, clock, zone, actor, reason, salts, *counts = entry
    before = one(
        connection,
        "SELECT coalesce((SELECT link FROM batch WHERE batch < ? AND link IS NOT NULL ORDER BY batch DESC LIMIT 1), '')",
        [number],
    )
    files = seal.files_by_batch(connection, where=f"batch = {number}")
    if recorded is None:
        found = seal.tables_of_batch(connection, number, moments=kind in OWN_MOMENTS)
    else:
        found = {name: of[number] for name, of in recorded.items() if number in of}
    return {
        "number": number,
        "kind": kind,
        "moment": f"{moment.isoformat()}{zone}",
        "clock": f"{clock.isoformat()}Z",
        "actor": actor,
        "reason": _committed(salts, reason),
        "before": before,
        "schema": SCHEMA,
        "counts": counts,
        "rows": {name: list(digest) for name, digest in found.items()},
        "files": list(files.get(number, (0, ""))),
        "about": dict(about),
    }


def _committed(salts: str | None, reason: str | None) -> str:
    salt = json.loads(salts or "{}").get("reason", "")
    return seal.digest_of_text(salt, "reason", reason) if reason else ""


def all_before(connection: Any, number: int) -> dict[str, Any]:
    """Return what a migration seals: the digests of all rows, files and batches before it."""
    where = f"batch < {number}"
    tables = {
        table.name: list(seal.rows_together(connection, table, where=where))
        for table in seal.filled_tables(connection)
    }
    files = seal.files_by_batch(connection, where=where)
    entries = rows(
        connection,
        "SELECT batch, recorded_at, taken, set_aside, added, revised, salts, reason FROM batch "
        "WHERE batch < ? ORDER BY batch",
        [number],
    )
    plain = [[*map(str, entry), _committed(salts, said)] for *entry, salts, said in entries]
    return {
        "rows": {name: digest for name, digest in tables.items() if digest[0]},
        "files": {str(batch): list(digest) for batch, digest in files.items()},
        "batches": digests.of_text(digests.canonical(plain)),
    }


def add_link(
    connection: Any,
    *,
    kind: str,
    moment: dt.datetime,
    clock: dt.datetime,
    actor: str = "",
    reason: str = "",
    counts: tuple[int, int, int, int] = (0, 0, 0, 0),
    number: int | None = None,
    about: Mapping[str, Any] | None = None,
) -> int:
    """Write the entry of a batch and its link; return its number.

    ``counts``: files taken and set aside, rows added and revised. ``number``: the one that its rows
    and files already have; by default the next one.
    """
    number = number or next_number(connection)
    values = [
        number,
        moment,
        *counts,
        reason or None,
        kind,
        clock,
        ZONE,
        actor or None,
        seal.new_salts({"reason": reason}),
    ]
    rows(
        connection,
        "INSERT INTO batch (batch, recorded_at, taken, set_aside, added, revised, reason, kind, clock, zone, actor, salts) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    seal_batch(connection, number, about)
    return number


def next_number(connection: Any) -> int:
    """Return the number of the next batch."""
    found: int = one(connection, "SELECT coalesce(max(batch), 0) + 1 FROM batch")
    return found


def latest_moment(links: Sequence[Link]) -> dt.datetime | None:
    """Return the latest moment of all batches, as repaired; None in an empty store."""
    return max((link.moment for link in links), default=None)


def next_moment(links: Sequence[Link], stated: dt.datetime | None) -> dt.datetime:
    """Return the moment of a new batch, later than the records so that no earlier report changes.

    It is the ``stated`` one, or now. A stated moment equal to the latest one is accepted, to finish
    an interrupted intake. The sample's records end on a fixed day: after it, or right behind it.
    """
    at, latest = stated or now(), latest_moment(links)
    if latest is None or at > latest or (at == latest and stated is not None):
        return at
    behind = latest - at < dt.timedelta(seconds=5) or links[0].kind == SAMPLE
    if stated is None and behind:
        return latest + dt.timedelta(seconds=1)
    raise too_early(at, latest)


def later_moment(links: Sequence[Link], stated: dt.datetime | None) -> dt.datetime:
    """Return the moment of a batch that changes what is known: later than the last one of all."""
    at, latest = next_moment(links, stated), latest_moment(links)
    if latest is not None and at <= latest:
        raise too_early(at, latest)
    return at


def too_early(at: dt.datetime, latest: dt.datetime) -> InputError:
    """Return the error for a moment that is not later than the records."""
    return input_error(
        "moment-too-early", "recorded_at", found=in_words(at), latest=in_words(latest)
    )


def in_vietnam(clock: dt.datetime) -> dt.datetime:
    """Return a moment of a machine's clock, UTC, in Vietnam's time."""
    return clock + _OFFSET


def in_words(moment: dt.datetime) -> str:
    """Return a moment to the second, in Vietnamese."""
    return f"{moment:%H:%M:%S} ngày {day(moment.date())}"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: a name or post; ``clock_right``: they say that the machine's clock is right."""

    actor: str = ""
    clock_right: bool = False


def checked_clock(links: Sequence[Link], by: Writer) -> dt.datetime:
    """Return the machine's clock, UTC; refuse one that stands before the records or far after.

    A link whose moment was repaired was written by a wrong clock and does not count.
    """
    clock = clock_now()
    known = [link for link in links if link.clock is not None and link.clock_counts]
    last = max(known, key=lambda link: (link.clock, link.number), default=None)
    if last is None or last.clock is None:
        return clock
    facts = {"found": in_words(in_vietnam(clock)), "latest": in_words(in_vietnam(last.clock))}
    if clock < last.clock - BACK:
        raise input_error("clock-back", "đồng hồ máy", batch=last.number, **facts)
    ahead = clock - last.clock
    if ahead > _AHEAD and not by.clock_right:
        raise input_error("clock-ahead", "đồng hồ máy", days=ahead.days, **facts)
    return clock


def note_migration(connection: Any, version: int) -> None:
    """Add the link of a migration of a sealed store, in which no row changes."""
    moment = latest_moment(read_links(connection))
    if moment is not None:
        _migrated(connection, moment, {"from": version})


def seal_old(connection: Any, version: int) -> None:
    """Seal all that a store of before the chain has, in one link of the kind ``migration``."""
    for table in TABLES.values():
        _salt(connection, table.name, seal.free_columns(table))
    _salt(connection, "file", seal.FREE_OF_FILES)
    _salt(connection, "batch", seal.FREE_OF_BATCHES)
    moment = one(connection, "SELECT max(recorded_at) FROM batch")
    number = next_number(connection)
    _migrated(connection, moment, {"from": version, **all_before(connection, number)})


def _migrated(connection: Any, moment: dt.datetime, about: dict[str, Any]) -> None:
    reason = f"khuôn {about['from']} sang khuôn {SCHEMA}"
    add_link(
        connection, kind=MIGRATION, moment=moment, clock=clock_now(), reason=reason, about=about
    )


def _salt(connection: Any, table: str, columns: tuple[str, ...]) -> None:
    """Give every free text of a table a salt."""
    if not columns:
        return
    some = " OR ".join(f"{name} IS NOT NULL" for name in columns)
    found = arrow(
        connection, f"SELECT rowid AS row, {', '.join(columns)} FROM {table} WHERE {some}"
    )
    if not found.num_rows:
        return
    salts = [seal.new_salts({c: row[c] for c in columns}) for row in found.to_pylist()]
    connection.register("salted", pa.table({"row": found["row"], "salts": pa.array(salts)}))
    rows(
        connection, f"UPDATE {table} SET salts = s.salts FROM salted s WHERE {table}.rowid = s.row"
    )
    connection.unregister("salted")
