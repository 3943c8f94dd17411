"""The file of a hand-over: rows with all their revisions, rule files, the sender's chain.

It is a zip with ``ban-giao.json`` (what it is, of which store, its last link), ``xich.json`` (the
content of every link of the sender's store, so that the last one can be recomputed),
``lich-su/TABLE.jsonl`` (a revision a line), ``quy-tac/`` (the rule files in use), ``goc/`` (the
files the rows came in, if wanted) and a ``MANIFEST.sha256``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import input_error
from assess.base.machine import new_file, now, private_files
from assess.base.periods import FAR_OFF, Period, shift_month
from assess.exchange.sealed_zip import extract_sealed, write_sealed
from assess.exchange.store.chain_text import chain_problems, chain_text, read_chain
from assess.exchange.store.database import stated
from assess.records.source import units_about
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from assess.exchange.store import SealedLink, Store
    from assess.records.tree import Tree

ABOUT, CHAIN, ROWS, RULES, ORIGINALS = "ban-giao.json", "xich.json", "lich-su", "quy-tac", "goc"
FORMAT = 1
_MOST_BYTES = 4 << 30
_ALWAYS = ("unit", "adoption", "answer", "assignment")
"""Tables whose rows go along whatever the period: they hold from a day on."""
_WITH_NEIGHBOURS = ("meeting", "sheet", "line")
"""Tables that go along with the month before and after, which rules ask about."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a file hands over: the records of a unit and those below it, of a period or all.

    ``store`` is the first link of the sender's store, which names it; ``number`` and ``link`` are
    its last one when the file was made. ``made_at`` is Vietnam's time.
    """

    unit_id: str
    name: str
    period: str
    made_at: str
    by: str
    store: str
    number: int
    link: str
    rows: Mapping[str, int]
    originals: bool


Revisions = dict[str, list[dict[str, Any]]]
"""Rows by table: columns, :data:`~assess.exchange.store.history.OF_REVISION`, and ``file``."""


@private_files()
def hand_over(
    store: Store, unit_id: str, period: Period | None, target: Path, *, originals: bool = False
) -> tuple[HandOver, str]:
    """Write the file of a hand-over; the store keeps its digest in a link. Return both.

    Raise :class:`~assess.base.errors.InputError` for an unknown unit, an empty store, one without
    records of that unit and period, and a file that exists or cannot be written.
    """
    tree = store.tree
    if unit_id not in tree.ids:
        raise input_error("unknown-dang-bo", "ĐƠN_VỊ", found=unit_id, allowed=sorted(tree.ids))
    with new_file(target) as draft, store.exclusive_writer():
        links = [link for link in store.links() if link.link]
        found = _rows(store, tree, unit_id, period)
        if not any(found.get(name) for name in ("meeting", "filed", "annual")):
            what = period.label if period else "mọi kỳ"
            raise input_error("hand-over-empty", "ĐƠN_VỊ", found=unit_id, period=what)
        about = HandOver(
            unit_id,
            tree.name_on(unit_id, period.end if period else now().date()),
            period.text if period else "",
            f"{now().isoformat(timespec='seconds')}+07:00",
            store.by.actor,
            links[0].link,
            links[-1].number,
            links[-1].link,
            {name: len(rows) for name, rows in found.items()},
            originals,
        )
        write_sealed(draft, _parts(store, about, found))
        digest = digests.of_file(draft)
        told = {"unit": unit_id, "period": about.period, "rows": dict(about.rows)}
        store.note_hand_over(digest, told)
    return about, digest


def _rows(store: Store, tree: Tree, unit_id: str, period: Period | None) -> Revisions:
    """Return the revisions about a unit and those below it, and the units that they refer to."""
    inside = units_about(store.records(FAR_OFF)["unit"], unit_id)
    months = set(period.months) if period else set()
    around = {*months, *(shift_month(m, by) for m in months for by in (-1, 1))}

    def within(table: str, time: str) -> bool:
        if period is None or table in _ALWAYS or not time:
            return True
        span = Period.parse(time[:7] if time[4:5] == "-" and time[5:6].isdigit() else time).months
        return not (around if table in _WITH_NEIGHBOURS else months).isdisjoint(span)

    found = store.history_about(inside, within)
    named = {
        row[column.name]
        for name, rows in found.items()
        for column in TABLES[name].columns
        if column.refers_to == "unit"
        for row in rows
        if row[column.name]
    }
    above = {
        unit.unit_id
        for row in found.get("unit", ())
        for unit in tree.above(row["unit_id"], row["valid_from"])
    }
    more = store.history_about({*named, *above} - inside, lambda table, _: table in _ALWAYS)
    for name in ("unit", "adoption", "answer"):
        if more.get(name):
            found.setdefault(name, []).extend(more[name])
    return found


def _parts(store: Store, about: HandOver, found: Revisions) -> Iterator[tuple[str, Path | bytes]]:
    yield ABOUT, _json({"format": FORMAT, **asdict(about)})
    yield CHAIN, chain_text(store.path.name, store.sealed_links()).encode()
    for name, rows in found.items():
        lines = (json.dumps(row, ensure_ascii=False, default=_iso, sort_keys=True) for row in rows)
        yield f"{ROWS}/{name}.jsonl", "".join(f"{line}\n" for line in lines).encode()
    adopted = {row["value"] for row in found.get("adoption", ())}
    scored = {row["rule_set_id"] for row in found.get("sheet", ())}
    for rule_id, kept in sorted(store.kept_rules().items()):
        if rule_id in adopted | scored:
            yield f"{RULES}/{rule_id}.yaml", kept.text.encode()
    if about.originals:
        sources = {row["source"] for rows in found.values() for row in rows if row["source"]}
        for digest in sorted(sources):
            path = store.originals.find(digest)
            if path is not None:
                yield f"{ORIGINALS}/{path.name}", path


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def _iso(value: Any) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def open_hand_over(path: Path, folder: Path) -> tuple[HandOver, Revisions, list[SealedLink]]:
    """Unpack the file of a hand-over into a folder and prove it; return what it has.

    Raise :class:`~assess.base.errors.InputError` for one that is damaged or was changed, whose
    chain does not lead to its last link, or that a newer version made.
    """
    if not path.is_file():
        raise input_error("unreadable", str(path), reason="không có tệp này")
    extract_sealed(path, folder, path, "hand-over-damaged", _MOST_BYTES)
    with _explained(path, ABOUT):
        said = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if said.pop("format") != FORMAT:
            raise input_error("hand-over-newer", str(path))
        about = HandOver(**said)
        dt.datetime.fromisoformat(about.made_at)
        if about.period:
            Period.parse(about.period)
    with _explained(path, CHAIN):
        links = read_chain((folder / CHAIN).read_text(encoding="utf-8"))
        ends = links[0].link, links[-1].number, links[-1].link
        if any(chain_problems(links)) or ends != (about.store, about.number, about.link):
            raise ValueError(CHAIN)
    found: Revisions = {}
    for name in TABLES:
        file = folder / ROWS / f"{name}.jsonl"
        if file.is_file():
            with _explained(path, f"{ROWS}/{name}.jsonl"):
                lines = file.read_text(encoding="utf-8").splitlines()
                found[name] = [_revision(name, json.loads(line)) for line in lines]
                _check_order(name, found[name], about.number)
    if {name: len(rows) for name, rows in found.items()} != dict(about.rows):
        raise input_error("hand-over-damaged", str(path), found=ROWS)
    return about, found, links


@contextlib.contextmanager
def _explained(path: Path, part: str) -> Iterator[None]:
    try:
        yield
    except _NOT_AS_WRITTEN as error:
        raise input_error("hand-over-damaged", str(path), found=part) from error


_NOT_AS_WRITTEN = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
)


def _revision(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as read, with its moment; refuse columns and values of another kind."""
    kinds = {name: TABLES[table][name].dtype for name in stated(TABLES[table])} | _KINDS
    if set(row) != set(kinds):
        raise ValueError(table)
    for name, value in row.items():
        if value is None:
            continue
        kind = kinds[name]
        if not isinstance(value, _TYPES.get(kind, str)) or (
            isinstance(value, bool) and kind != "flag"
        ):
            raise TypeError(name)
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(name)
        if kind in ("date", "moment"):
            dt.datetime.fromisoformat(str(value))
    moment = row["recorded_at"]
    row["recorded_at"] = dt.datetime.fromisoformat(moment) if moment else None
    return row


def _check_order(table: str, rows: Sequence[Mapping[str, Any]], number: int) -> None:
    """Refuse revisions that no store can have: out of order, or of a batch after the last one."""
    last: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for row in rows:
        key = tuple(str(row[name]) for name in TABLES[table].key)
        before = last.get(key)
        if not 1 <= row["batch"] <= number:
            raise ValueError(key)
        if before is None:
            in_order = row["revision"] == 1 and not row["withdrawn"]
        else:
            later = before["recorded_at"] is None or (
                row["recorded_at"] is not None and row["recorded_at"] >= before["recorded_at"]
            )
            in_order = later and row["revision"] == before["revision"] + 1
        if not in_order:
            raise ValueError(key)
        last[key] = row


_KINDS = {
    "revision": "integer",
    "batch": "integer",
    "recorded_at": "moment",
    "withdrawn": "flag",
    "source": "text",
    "address": "text",
    "file": "text",
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int, float),
    "number": (int, float),
    "flag": (bool,),
}
"""What the values of a column are in JSON; all others are texts."""
