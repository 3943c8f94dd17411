"""Taking in what another office hands over: all of it or nothing, on record.

A store made of hand-overs alone keeps the sender's moments, so that it can be asked what the sender
knew when. In any other store all of it counts from the moment it is taken in, and no earlier report
changes.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import InputError, input_error
from assess.base.machine import private_files
from assess.base.periods import FAR_OFF
from assess.exchange.csv.folder import read_tables, write_folder
from assess.exchange.csv.table_file import read_file, typed
from assess.exchange.hand_over.ids import (
    Choice,
    check_prefix,
    check_row_ids,
    check_same_chain,
    earlier_from,
    renamed,
    units_that_are_one,
)
from assess.exchange.hand_over.sealed_rows import ORIGINALS, RULES, open_hand_over
from assess.exchange.store import FileRecord, StoreBatch
from assess.exchange.store.chain import (
    TAKEN_OVER,
    TAKEN_WITH_MOMENTS,
    checked_clock,
    next_moment,
)
from assess.exchange.store.kept_rules import ANNUAL, names_of, rules_used, versions
from assess.records.source import units_about
from assess.records.tables import TABLES, from_rows
from assess.rules import as_used, parse_annual_rules, parse_rule_set

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from assess.base.errors import Finding
    from assess.exchange.hand_over.sealed_rows import HandOver, Revisions
    from assess.exchange.store import Store
    from assess.rules import RuleBook

_OF_THE_TREE = ("unit", "adoption", "answer")
"""Tables in which a store keeps its own rows about units that it had before."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What was taken over, in numbers of rows and files.

    ``prefix`` stands before its ids; ``moments``: the rows keep the sender's moments, and the rule
    files that they are the first to use here are the sender's. ``other_rules`` are those that are
    not here as they were there.
    """

    about: HandOver
    added: int
    revised: int
    originals: int
    prefix: str
    moments: bool
    other_rules: tuple[str, ...]


@private_files()
def take_over(
    store: Store,
    rules: RuleBook,
    path: Path,
    choice: Choice | None = None,
    *,
    recorded_at: dt.datetime | None = None,
    reason: str = "",
) -> TakenOver:
    """Take the file of a hand-over into a store.

    A row that the store has is revised if the sender changed it since the last hand-over. Raise
    :class:`~assess.base.errors.InputError` for a file that is damaged or was taken in before, for
    equal ids that are not one (:mod:`~assess.exchange.hand_over.ids`), and for rows that contradict
    those of the store.
    """
    choice = choice or Choice()
    check_prefix(choice.prefix)
    with tempfile.TemporaryDirectory(prefix="assess-ban-giao-") as scratch:
        folder = Path(scratch)
        about, given, chain = open_hand_over(path, folder)
        digest = digests.of_file(path)
        with store.exclusive_writer():
            links = store.links()
            checked_clock(links, store.by)
            earlier = earlier_from(links, about.store)
            if digest in earlier.files:
                raise input_error("hand-over-again", path.name)
            check_same_chain(earlier, chain, path.name)
            moments = all(link.kind in (TAKEN_WITH_MOMENTS, "restore") for link in links)
            at = next_moment(links, recorded_at)
            here = store.records(FAR_OFF).tables
            inside = units_about(from_rows("unit", _current("unit", given["unit"])), about.unit_id)
            same = units_that_are_one(given["unit"], here["unit"], inside, earlier, choice)
            prefix = earlier.prefix or choice.prefix
            found = renamed(given, same, prefix)
            for name in _OF_THE_TREE:
                found[name] = [row for row in found.get(name, ()) if row["unit_id"] not in same]
            check_row_ids(found, here)
            kept = {} if prefix else _kept_originals(folder / ORIGINALS)
            for row in (row for rows in found.values() for row in rows):
                _stamp(row, digest, kept, None if moments else at)
            history, revised = _split(store, found, earlier.batches)
            _check(history, revised, here, folder, path.name)
            first_used = names_of(rules, rules_used(found) - set(versions(links)))
            if moments:
                first_used |= _rules_along(folder / RULES, first_used)
            for original in kept.values():
                store.originals.keep_bytes(original.read_bytes(), original.suffix)
            files = [FileRecord(digest, path.name, "taken")]
            files += [
                FileRecord(each, original.name, "taken", kept=True)
                for each, original in kept.items()
            ]
            written = store.append(
                StoreBatch(
                    at,
                    revised,
                    files,
                    reason=reason,
                    kind=TAKEN_WITH_MOMENTS if moments else TAKEN_OVER,
                    rules=store.keep_rules(first_used),
                    history=history,
                    about={
                        "store": about.store,
                        "number": about.number,
                        "link": about.link,
                        "unit": about.unit_id,
                        "period": about.period,
                        "file": digest,
                        "prefix": prefix,
                        "same": sorted(same),
                        "units": sorted({row["unit_id"] for row in found["unit"]}),
                    },
                )
            )
        return TakenOver(
            about,
            sum(written.added.values()),
            sum(written.revised.values()),
            len(kept),
            prefix,
            moments,
            tuple(_other_rules(folder / RULES, store, rules)),
        )


def _current(table: str, revisions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the last revision of each row, but of rows that are withdrawn."""
    last = {tuple(str(row[k]) for k in TABLES[table].key): dict(row) for row in revisions}
    return [row for row in last.values() if not row["withdrawn"]]


def _kept_originals(folder: Path) -> dict[str, Path]:
    """Return the files that came along by digest; their names are their digests."""
    return {path.stem: path for path in sorted(folder.glob("*")) if path.is_file()}


def _stamp(
    row: dict[str, Any], digest: str, kept: Mapping[str, Path], at: dt.datetime | None
) -> None:
    """Give a revision its source here, and with ``at`` that moment in place of the sender's."""
    row["sender_batch"] = row["batch"]
    if row["source"] not in kept:
        row["source"] = digest
    if at is not None:
        if row["recorded_at"] is not None:
            said = f"ghi {row['recorded_at']:%H:%M %d/%m/%Y}"
            row["address"] = ", ".join(filter(None, (row["address"], said)))
        row["recorded_at"] = at


def _split(store: Store, found: Revisions, batches: set[int]) -> tuple[Revisions, Revisions]:
    """Return the rows that the store lacks, with all revisions, and those it has that changed.

    Of these only the last revision counts, if the sender made it after the one that was last taken
    over, in one of ``batches``.
    """
    history: Revisions = {}
    revised: Revisions = {}
    for name, rows in found.items():
        key = TABLES[name].key
        there = store.keys_on_record(name, rows, batches)
        last: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in rows:
            mine = tuple(str(row[k]) for k in key)
            if mine in there:
                last[mine] = row
            else:
                history.setdefault(name, []).append(row)
        changed = [row for mine, row in last.items() if row["batch"] > there[mine]]
        if changed:
            revised[name] = changed
    return history, revised


def _check(
    history: Revisions,
    revised: Revisions,
    here: Mapping[str, pd.DataFrame],
    folder: Path,
    shown: str,
) -> None:
    """Refuse rows that contradict each other or those of the store, as tables are refused."""
    every = {
        name: [*history.get(name, ()), *revised.get(name, ())] for name in {*history, *revised}
    }
    target = folder / "kiem-tra"
    findings: list[Finding] = []
    for name, path, where in _as_files(target / "moi-lan-ghi", every, shown):
        typed(TABLES[name], read_file(path, TABLES[name], findings, where), findings)
    if not findings:
        current = {name: _current(name, rows) for name, rows in every.items()}
        files = list(_as_files(target / "hien-nay", current, shown))
        paths = {name: path for name, path, _ in files}
        findings += read_tables(paths, here, {name: where for name, _, where in files}).findings
    if findings:
        raise InputError(findings)


def _as_files(folder: Path, rows: Revisions, shown: str) -> Iterator[tuple[str, Path, str]]:
    """Write rows as CSV files, to be judged like any; yield each table, its file, its name."""
    frames = {name: from_rows(name, found) for name, found in rows.items() if found}
    write_folder(folder, frames)
    for name in frames:
        yield name, folder / f"{name}.csv", f"{shown}, {name}"


def _rules_along(folder: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the rule files that came along in place of those here, each proved."""
    found = {}
    for name in wanted:
        path = folder / f"{name.partition('/')[2]}.yaml"
        if path.is_file():
            found[name] = path.read_text(encoding="utf-8")
            (parse_annual_rules if name.startswith(ANNUAL) else parse_rule_set)(found[name], path)
    return found


def _other_rules(folder: Path, store: Store, rules: RuleBook) -> list[str]:
    """Return the rule files that came along and are not the same here."""
    used = as_used(rules, store.kept_rules()).texts
    return [
        path.stem
        for path in sorted(folder.glob("*.yaml"))
        if path.read_text(encoding="utf-8") != used.get(path.stem)
    ]
