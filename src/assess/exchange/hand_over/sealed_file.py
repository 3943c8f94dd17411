"""The file of a hand-over: rows with all their revisions, rule files, the sender's chain.

It is a zip with ``ban-giao.json`` (what it is, of which store, its last link), ``xich.json`` (the
content of every link of the sender's store, so that the last one can be recomputed),
``lich-su/TABLE.jsonl`` (a revision a line), ``quy-tac/`` (the rule files that were in use, by
digest), ``goc/`` (the files the rows came in, if wanted) and a ``MANIFEST.sha256``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import input_error
from assess.base.periods import Period
from assess.base.text import tidy
from assess.exchange.sealed_zip import extract_sealed
from assess.exchange.store.chain_text import chain_problems, read_chain
from assess.exchange.store.database import stated
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from assess.exchange.store import SealedLink

ABOUT, CHAIN, ROWS, RULES, ORIGINALS = "ban-giao.json", "xich.json", "lich-su", "quy-tac", "goc"
FORMAT = 1
_NAMES = re.compile(
    rf"{ABOUT}|{CHAIN}|{ROWS}/[a-z]+\.jsonl|{RULES}/[0-9a-f]{{64}}\.yaml"
    rf"|{ORIGINALS}/[0-9a-f]{{64}}\.[a-z0-9]{{1,8}}"
)
_MOST_BYTES = 4 << 30
_LARGEST = 1e15

RuleVersions = dict[str, list[list[str]]]
"""By ``rules/ID``: moment, digest and day of correction (or empty) of each version, in order."""
Revisions = dict[str, list[dict[str, Any]]]
"""Rows by table: columns, :data:`~assess.exchange.store.history.OF_REVISION`, and ``file``."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a file hands over: the records of a unit and those below it, of a period or all.

    ``store`` is the first link of the sender's store, which names it; ``number`` and ``link`` are
    its last one when the file was made. ``made_at`` is Vietnam's time. ``rows`` counts revisions.
    """

    unit_id: str
    name: str
    period: str
    made_at: str
    by: str
    store: str
    number: int
    link: str
    rows: dict[str, int]
    rules: RuleVersions
    originals: bool


@dataclass(frozen=True, slots=True)
class OpenedHandOver:
    """A file that was proved: what it says, its rows, the sender's links, and its other files."""

    about: HandOver
    rows: Revisions
    links: list[SealedLink]
    rules: Mapping[str, str]
    """The texts of the rule files by digest."""
    originals: Mapping[str, Path]
    """The files that rows came in, by digest."""


def open_hand_over(path: Path, folder: Path) -> OpenedHandOver:
    """Unpack the file of a hand-over into a folder and prove it.

    Raise :class:`~assess.base.errors.InputError` for one that is damaged or was changed, whose
    chain does not lead to its last link, or that a newer version made.
    """
    if not path.is_file():
        raise input_error("unreadable", str(path), reason="không có tệp này")
    extract_sealed(path, folder, path, "hand-over-damaged", _MOST_BYTES, _NAMES)
    with _explained(path, ABOUT):
        said = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if said.pop("format") != FORMAT:
            raise input_error("hand-over-newer", str(path))
        about = _checked_about(said)
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
    with _explained(path, ROWS):
        if {name: len(rows) for name, rows in found.items()} != about.rows:
            raise ValueError(ROWS)
        if about.unit_id not in {row["unit_id"] for row in found["unit"]}:
            raise ValueError(about.unit_id)
    with _explained(path, RULES):
        texts = {each.stem: each.read_text("utf-8") for each in (folder / RULES).glob("*.yaml")}
        versions = (digest for several in about.rules.values() for _, digest, _ in several)
        if set(versions) != set(texts) or any(digests.of_text(t) != d for d, t in texts.items()):
            raise ValueError(RULES)
    with _explained(path, ORIGINALS):
        originals = {each.stem: each for each in (folder / ORIGINALS).glob("*")}
        named = {row["source"] for rows in found.values() for row in rows}
        if not set(originals) <= named or any(
            digests.of_file(each) != digest for digest, each in originals.items()
        ):
            raise ValueError(ORIGINALS)
    return OpenedHandOver(about, found, links, texts, originals)


_NOT_AS_WRITTEN = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)


@contextlib.contextmanager
def _explained(path: Path, part: str) -> Iterator[None]:
    try:
        yield
    except _NOT_AS_WRITTEN as error:
        raise input_error("hand-over-damaged", str(path), found=part) from error


def _checked_about(said: dict[str, Any]) -> HandOver:
    kinds = {"number": int, "rows": dict, "rules": dict, "originals": bool}
    for each in fields(HandOver):
        if not isinstance(said[each.name], kinds.get(each.name, str)):
            raise TypeError(each.name)
    about = HandOver(**said)
    _check_value(about.name, "text")
    if dt.datetime.fromisoformat(about.made_at).tzinfo is None:
        raise ValueError(about.made_at)
    if about.period:
        Period.parse(about.period)
    for name, several in about.rules.items():
        part, _, rule_id = name.partition("/")
        if part not in ("rules", "annual") or not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", rule_id):
            raise ValueError(name)
        for moment, _, day in several:
            dt.datetime.fromisoformat(moment)
            _ = day and dt.date.fromisoformat(day)
    return about


def _revision(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as read, with its moment; refuse columns and values of another kind."""
    spec = TABLES[table]
    if set(row) != {*stated(spec), *_META}:
        raise ValueError(table)
    for name in stated(spec):
        _check_value(row[name], spec[name].dtype)
    for name, kind in _META.items():
        _check_value(row[name], kind)
    if row["revision"] is None or row["batch"] is None or row["withdrawn"] is None:
        raise ValueError(table)
    if any(row[name] is None for name in spec.key):
        raise ValueError(table)
    moment = row["recorded_at"]
    row["recorded_at"] = dt.datetime.fromisoformat(moment) if moment else None
    return row


def _check_value(value: Any, kind: str) -> None:
    """Refuse a value that no store has in a column of a kind."""
    if value is None:
        return
    if not isinstance(value, _TYPES.get(kind, str)) or (isinstance(value, bool) and kind != "flag"):
        raise TypeError(kind)
    if isinstance(value, int | float) and not abs(value) < _LARGEST:
        raise ValueError(kind)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(kind)
    if isinstance(value, str):
        value.encode()  # no half of a letter
        if kind == "date" and dt.date.fromisoformat(value).isoformat() != value:
            raise ValueError(kind)
        if kind == "moment" and dt.datetime.fromisoformat(value).tzinfo is not None:
            raise ValueError(kind)
        if (kind not in ("text", "moment") and tidy(value) != value) or any(
            ord(sign) < 32 and sign not in "\n\t" for sign in value
        ):
            raise ValueError(kind)


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


_META = {
    "revision": "integer",
    "batch": "integer",
    "recorded_at": "moment",
    "withdrawn": "flag",
    "source": "text",
    "address": "text",
    "file": "text",
}
_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int, float),
    "number": (int, float),
    "flag": (bool,),
}
"""What the values of a column are in JSON; all others are texts."""
