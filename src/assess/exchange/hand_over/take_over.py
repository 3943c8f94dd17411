"""Taking in what another office hands over: all of it or nothing, on record.

A store whose rows all came by hand-overs keeps the senders' moments, so that it can be asked what
they knew when. In any other store all of it counts from the moment it is taken in, and no earlier
report changes.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import InputError, input_error
from assess.base.machine import private_files
from assess.base.periods import FAR_OFF
from assess.exchange.hand_over.ids import (
    Choice,
    check_choice,
    check_same_chain,
    earlier_from,
    renamed,
    rows_of_others,
    units_that_are_one,
)
from assess.exchange.hand_over.judge_rows import judge_rows
from assess.exchange.hand_over.sealed_file import open_hand_over
from assess.exchange.store import FileRecord, StoreBatch
from assess.exchange.store.chain import (
    HISTORY,
    SAMPLE,
    TAKEN_OVER,
    TAKEN_WITH_MOMENTS,
    checked_clock,
    later_moment,
    next_moment,
)
from assess.exchange.store.kept_rules import ANNUAL, RULE_HISTORY, names_of, rules_used, versions
from assess.exchange.store.redact import BLACKED_OUT
from assess.exchange.store.seal import free_columns
from assess.records.source import units_about
from assess.records.tables import TABLES, from_rows
from assess.rules import KeptRules, as_used, parse_annual_rules, parse_rule_set

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from assess.exchange.hand_over.sealed_file import HandOver, OpenedHandOver, Revisions
    from assess.exchange.store import Store
    from assess.rules import RuleBook

_OF_THE_TREE = ("unit", "adoption", "answer")
"""Tables in which a store keeps its own rows about units that it had before."""
_OWN_ROWS = ("intake", HISTORY, SAMPLE, "withdrawal", TAKEN_OVER)
"""The kinds of links that bring rows which are not another store's history."""
_UPPER = {"sheet": ("meeting", "meeting_id"), "line": ("sheet", "sheet_id")}
"""The table and column of the row that a row belongs to."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What was taken over.

    ``added`` rows are new here, ``revised`` ones (table and key) changed at the sender. ``prefix``
    stands before its ids; ``moments``: the rows keep the sender's moments. ``other_rules`` are the
    rule files that are not here as they were there. ``left_out`` rows belong to one that was
    withdrawn here; ``blacked_out`` names texts (table, key, column) that the sender blacked out
    and this store still has.
    """

    about: HandOver
    added: int
    revised: tuple[tuple[str, tuple[str, ...]], ...]
    originals: int
    prefix: str
    moments: bool
    other_rules: tuple[str, ...]
    left_out: int
    blacked_out: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class _Sorted:
    """Rows that the store lacks, with all revisions; those it has that changed; rows left out."""

    new: Revisions = field(default_factory=dict)
    changed: Revisions = field(default_factory=dict)
    left_out: int = 0


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

    A row that came from the same sender is revised if the sender changed it since. One that the
    store has by itself is revised if the sender recorded it later. Raise
    :class:`~assess.base.errors.InputError` for a file that is damaged, was taken in before or is of
    this very store, for a sender whose chain is another than before, for equal ids that are not one
    (:mod:`~assess.exchange.hand_over.ids`), and for rows that no table may have.
    """
    choice = choice or Choice()
    with tempfile.TemporaryDirectory(prefix="assess-ban-giao-") as scratch:
        opened = open_hand_over(path, Path(scratch) / "mo")
        about, digest = opened.about, digests.of_file(path)
        with store.exclusive_writer():
            links = store.links()
            checked_clock(links, store.by)
            earlier = earlier_from(links, about.store)
            if digest in earlier.files:
                raise input_error("hand-over-again", path.name)
            if about.store in {link.link for link in links}:
                raise input_error("hand-over-own", path.name)
            check_same_chain(earlier, opened.links, path.name)
            check_choice(earlier, choice, links)
            moments = not any(link.kind in _OWN_ROWS for link in links)
            at = (next_moment if moments else later_moment)(links, recorded_at)
            here = store.records(FAR_OFF).tables
            units = opened.rows["unit"]
            inside = units_about(from_rows("unit", _current("unit", units)), about.unit_id)
            same = units_that_are_one(units, here["unit"], inside, earlier, choice)
            prefix = earlier.prefix or choice.prefix
            found = renamed(opened.rows, same, prefix)
            for name in _OF_THE_TREE:
                found[name] = [row for row in found.get(name, ()) if row["unit_id"] not in same]
            originals = {} if prefix else opened.originals
            sorted_ = _sort(store, found, here, earlier.batches)
            along = _rules_along(opened, rules_used(found) - set(versions(links)))
            kept = {
                n: t for n, t in along.items() if moments or n.partition("/")[2] not in rules.texts
            }
            book = as_used(
                rules,
                {n.partition("/")[2]: KeptRules(t, n.startswith(ANNUAL)) for n, t in kept.items()},
            )
            judge_rows(sorted_.new, sorted_.changed, here, book, Path(scratch) / "xet", path.name)
            for rows in (*sorted_.new.values(), *sorted_.changed.values()):
                for row in rows:
                    _stamp(row, digest, originals, None if moments else at)
            told = {
                "store": about.store,
                "number": about.number,
                "link": about.link,
                "unit": about.unit_id,
                "period": about.period,
                "file": digest,
                "prefix": prefix,
                "same": sorted(same),
                "units": sorted({row["unit_id"] for row in found["unit"]}),
            }
            first_used = names_of(rules, rules_used(found) - set(versions(links)))
            first_used = {name: text for name, text in first_used.items() if name not in kept}
            for text in opened.rules.values() if kept else ():
                store.originals.keep_bytes(text.encode(), ".yaml")
            if kept:
                told[RULE_HISTORY] = {name: about.rules[name] for name in kept}
            for original in originals.values():
                store.originals.keep_bytes(original.read_bytes(), original.suffix)
            files = [FileRecord(digest, path.name, "taken")]
            # not "taken": an original may have more than what was handed over of it
            files += [
                FileRecord(each, original.name, "handed", kept=True)
                for each, original in originals.items()
            ]
            written = store.append(
                StoreBatch(
                    at,
                    sorted_.changed,
                    files,
                    reason=reason,
                    kind=TAKEN_WITH_MOMENTS if moments else TAKEN_OVER,
                    rules=store.keep_rules(first_used),
                    history=sorted_.new,
                    about=told,
                )
            )
        return TakenOver(
            about,
            sum(written.added.values()),
            tuple(store.revised_in(written.batch)) if sum(written.revised.values()) else (),
            len(originals),
            prefix,
            moments,
            tuple(sorted(_other_rules(opened, store, rules))),
            sorted_.left_out,
            tuple(_blacked_out(found, here)),
        )


def _current(table: str, revisions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the last revision of each row, but of rows that are withdrawn."""
    last = {_key(table, row): dict(row) for row in revisions}
    return [row for row in last.values() if not row["withdrawn"]]


def _key(table: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in TABLES[table].key)


def _sort(
    store: Store, found: Revisions, here: Mapping[str, pd.DataFrame], batches: set[int]
) -> _Sorted:
    """Sort out which rows are new, which changed at the sender, and which stay as they are here."""
    result, findings = _Sorted(), []
    for name in TABLES:
        rows = found.get(name, [])
        there = store.keys_on_record(name, rows, batches) if rows else {}
        last: dict[tuple[str, ...], dict[str, Any]] = {}
        new = []
        for row in rows:
            mine = _key(name, row)
            if mine in there:
                last[mine] = row
            else:
                new.append(row)
        own = [row for mine, row in last.items() if not there[mine].sender_batch]
        findings += list(rows_of_others(name, own, here[name]))
        changed = []
        for mine, row in last.items():
            known = there[mine]
            later = row["recorded_at"] is not None and (
                known.recorded_at is None or row["recorded_at"] > known.recorded_at
            )
            if row["batch"] > known.sender_batch if known.sender_batch else later:
                changed.append(row)
        if name in _UPPER:
            upper, column = _UPPER[name]
            standing = set(here[upper][column]) | {
                row[column] for row in (*result.new.get(upper, ()), *result.changed.get(upper, ()))
            }
            kept = [[row for row in each if row[column] in standing] for each in (new, changed)]
            result.left_out += len(new) + len(changed) - len(kept[0]) - len(kept[1])
            new, changed = kept
        result.new |= {name: new} if new else {}
        result.changed |= {name: changed} if changed else {}
    if findings:
        raise InputError(findings)
    return result


def _stamp(
    row: dict[str, Any], digest: str, originals: Mapping[str, Path], at: dt.datetime | None
) -> None:
    """Give a revision its source here, and with ``at`` that moment in place of the sender's."""
    row["sender_batch"] = row["batch"]
    if row["source"] not in originals:
        row["source"] = digest
    if at is not None:
        if row["recorded_at"] is not None:
            said = f"ghi {row['recorded_at']:%H:%M %d/%m/%Y}"
            row["address"] = ", ".join(filter(None, (row["address"], said)))
        row["recorded_at"] = at


def _rules_along(opened: OpenedHandOver, wanted: set[str]) -> dict[str, str]:
    """Return the rule files that came along, of some rules, as they were last; each is proved."""
    found = {}
    for name, several in opened.about.rules.items():
        rule_id = name.partition("/")[2]
        if rule_id in wanted:
            found[name] = text = opened.rules[several[-1][1]]
            parse = parse_annual_rules if name.startswith(ANNUAL) else parse_rule_set
            parse(text, Path(f"{rule_id}.yaml"))
    return found


def _other_rules(opened: OpenedHandOver, store: Store, rules: RuleBook) -> Iterable[str]:
    """Yield the ids of rules that are not here as the sender had them last."""
    used = as_used(rules, store.kept_rules()).texts
    for name, several in opened.about.rules.items():
        rule_id = name.partition("/")[2]
        if opened.rules[several[-1][1]] != used.get(rule_id):
            yield rule_id


def _blacked_out(
    found: Revisions, here: Mapping[str, pd.DataFrame]
) -> Iterable[tuple[str, str, str]]:
    """Yield texts that stand here and that the sender has blacked out: table, key and column."""
    for name, rows in found.items():
        free = free_columns(TABLES[name])
        out = {
            _key(name, row): [c for c in free if row[c] == BLACKED_OUT]
            for row in rows
            if any(row[c] == BLACKED_OUT for c in free)
        }
        for row in here[name].to_dict("records") if out else ():
            for column in out.get(_key(name, row), ()):
                if isinstance(row[column], str) and row[column] != BLACKED_OUT:
                    yield name, ",".join(_key(name, row)), column
