"""Writing the file of a hand-over: which rows go along, and what else."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.base.errors import input_error
from assess.base.machine import new_file, now, private_files
from assess.base.periods import FAR_OFF, Period, month_end, month_start, shift_month
from assess.base.text import nearest
from assess.exchange.hand_over.sealed_file import (
    ABOUT,
    CHAIN,
    FORMAT,
    ORIGINALS,
    ROWS,
    RULES,
    HandOver,
)
from assess.exchange.sealed_zip import write_sealed
from assess.exchange.store.chain_text import chain_text
from assess.exchange.store.kept_rules import ANNUAL, FORMS, rules_used, versions
from assess.records.source import units_about
from assess.records.tables import TABLES, from_rows
from assess.records.unit_names import unit_meant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assess.exchange.hand_over.sealed_file import Revisions, RuleVersions
    from assess.exchange.store import Link, Store
    from assess.records.tree import Tree

_OF_THE_TREE = ("unit", "adoption", "answer")
_LASTING = (*_OF_THE_TREE, "assignment")
"""Tables whose rows go along whatever the period: they hold from a day on."""
_WITH_NEIGHBOURS = ("meeting", "sheet", "line")
"""Tables that go along with the month before and after, which rules ask about."""


@private_files()
def hand_over(
    store: Store, unit_id: str, period: Period | None, target: Path, *, originals: bool = False
) -> tuple[HandOver, str]:
    """Write the file of a hand-over; the store keeps its digest in a link. Return both.

    Raise :class:`~assess.base.errors.InputError` for an unknown unit, one without records in the
    period, and a file that exists or cannot be written.
    """
    tree = store.tree
    unit_id = unit_meant(tree, unit_id)
    if unit_id not in tree.ids:
        near = nearest(unit_id, tree.ids)
        raise input_error("unknown-dang-bo", "ĐƠN_VỊ", hint=near, found=unit_id)
    with new_file(target) as draft, store.exclusive_writer():
        links = [link for link in store.links() if link.link]
        found = _rows(store, unit_id, period)
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
            _rules(links, rules_used(found)),
            originals,
        )
        write_sealed(draft, _parts(store, about, found))
        digest = digests.of_file(draft)
        told = {"unit": unit_id, "period": about.period, "rows": about.rows}
        store.note_hand_over(digest, told)
    return about, digest


def _rows(store: Store, unit_id: str, period: Period | None) -> Revisions:
    """Return the revisions about a unit and those below it, and the units that they refer to.

    What is about a time goes along where the unit was below then, or merged into one that was. A
    unit that stood below by mistake goes along as a unit, with the row that says so.
    """
    tree = store.tree
    inside = units_about(store.records(FAR_OFF)["unit"], unit_id)
    ever = units_about(from_rows("unit", store.revisions("unit")), unit_id)
    months = set(period.months) if period else set()
    near = {*months, *(shift_month(m, by) for m in months for by in (-1, 1))}

    def within(table: str, unit: str, time: str) -> bool:
        if table in _LASTING or not time:
            return True
        span = Period.parse(time[:7] if time[5:6].isdigit() else time).months
        if period and (near if table in _WITH_NEIGHBOURS else months).isdisjoint(span):
            return False
        return any(_was_below(tree, unit, unit_id, month) for month in span)

    found = store.history_about(inside, within)
    left = store.history_about(ever - inside, lambda table, *_: table == "unit")
    found["unit"] = [*found.get("unit", ()), *left.get("unit", ())]
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
        for row in found["unit"]
        for unit in tree.above(row["unit_id"], row["valid_from"])
    }
    around = {*named, *above} - inside - ever
    more = store.history_about(around, lambda table, *_: table in _OF_THE_TREE)
    for name in _OF_THE_TREE:
        found[name] = [*found.get(name, ()), *more.get(name, ())]
    return {name: rows for name, rows in found.items() if rows}


def _was_below(tree: Tree, unit: str, top: str, month: str) -> bool:
    """Whether a unit was below another, or is it, at the beginning or end of a month.

    So does a unit count that was merged into one that ever was.
    """
    for day in (month_start(month), month_end(month)):
        if any(each.unit_id == top for each in tree.above(unit, day)):
            return True
    into = tree.taken_over_by(unit) - {unit}
    return any(
        each.unit_id == top
        for successor in into
        for row in tree.rows_of(successor)
        for each in tree.above(successor, row["valid_from"].date())
    )


def _rules(links: list[Link], used: set[str]) -> RuleVersions:
    """Return the versions of the rule files in use, with their moments and days of correction."""
    return {
        f"{ANNUAL if several[0].annual else FORMS}{rule_id}": [
            [
                each.moment.isoformat(),
                each.digest,
                each.correction.day.isoformat() if each.correction else "",
            ]
            for each in several
        ]
        for rule_id, several in sorted(versions(links).items())
        if rule_id in used
    }


def _parts(store: Store, about: HandOver, found: Revisions) -> Iterator[tuple[str, Path | bytes]]:
    said = json.dumps(
        {"format": FORMAT, **asdict(about)}, ensure_ascii=False, indent=1, sort_keys=True
    )
    yield ABOUT, f"{said}\n".encode()
    yield CHAIN, chain_text(store.path.name, store.sealed_links()).encode()
    for name, rows in found.items():
        lines = (json.dumps(row, ensure_ascii=False, default=_iso, sort_keys=True) for row in rows)
        yield f"{ROWS}/{name}.jsonl", "".join(f"{line}\n" for line in lines).encode()
    for digest in sorted({each[1] for several in about.rules.values() for each in several}):
        path = store.originals.find(digest)
        if path is None:
            raise input_error("rules-gone", RULES, found=digest[:16])
        yield f"{RULES}/{digest}.yaml", path
    if about.originals:
        sources = {row["source"] for rows in found.values() for row in rows if row["source"]}
        for digest in sorted(sources):
            path = store.originals.find(digest)
            if path is not None:
                yield f"{ORIGINALS}/{path.name}", path


def _iso(value: Any) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
