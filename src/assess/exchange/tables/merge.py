"""Which rows of a returned table are new, changed or to be withdrawn.

A row is compared with the row that it was written from: only what the sender changed counts, so an
older workbook does not undo what was recorded since. A value that both changed is refused at its
cell. A row that is no longer there is asked about, never withdrawn by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assess.base.digests import of_text
from assess.base.errors import Finding, Place
from assess.base.text import casefold_vi
from assess.exchange.tables.layout import HIDDEN_KEYS, NATURAL, columns_shown
from assess.exchange.tables.rows import key_of, plain_rows, same, text_of
from assess.records import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from assess.exchange.tables.parse import Key, ParsedSheet
    from assess.records.columns import TableSpec
    from assess.records.unit_names import UnitNames

    Row = dict[str, Any]

MOST_DELETED = 50
"""Rows that are no longer there which are named one by one."""


@dataclass
class Merged:
    """What a table changes: positions of its new and changed rows with all their values.

    ``withdrawn`` are the rows on record to withdraw, each with its position and reason.
    """

    positions: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: list[tuple[int, dict[str, Any], str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def merge(
    sheet: ParsedSheet,
    frame: pd.DataFrame,
    base: pd.DataFrame | None,
    current: pd.DataFrame,
    units: UnitNames,
) -> Merged:
    """Compare the rows of a worksheet with those it was written from and those on record now.

    ``frame`` has the values of all its rows; ``base`` is None where it is unknown. ``units`` is for
    the messages.
    """
    return _Merging(sheet, plain_rows(frame), base, current, units).all()


def natural_of(table: TableSpec, row: Mapping[str, Any]) -> Key:
    """Return what tells a row of a table with hidden ids apart, as text for comparison."""
    return tuple(casefold_vi(text_of(table[name], row.get(name))) for name in NATURAL[table.name])


def made_keys(
    table: TableSpec, rows: Iterable[Mapping[str, Any]], taken: set[str]
) -> Iterator[str]:
    """Yield an id for each added row: the same for the same row, whenever it is sent."""
    seen: Counter[str] = Counter()
    for row in rows:
        stem = f"{row.get(NATURAL[table.name][0])}.{of_text('|'.join(natural_of(table, row)))[:8]}"
        seen[stem] += 1
        name = f"{stem}-{seen[stem]}"
        while name in taken:
            seen[stem] += 1
            name = f"{stem}-{seen[stem]}"
        yield name


class _Merging:
    def __init__(
        self,
        sheet: ParsedSheet,
        rows: list[Row],
        base: pd.DataFrame | None,
        current: pd.DataFrame,
        units: UnitNames,
    ) -> None:
        self.units = units
        self.sheet, self.table, self.rows = sheet, sheet.table, rows
        self.base = None if base is None else self._by_key(plain_rows(base))
        self.now = self._by_key(plain_rows(current))
        self.hidden = HIDDEN_KEYS.get(self.table.name)
        self.columns = [c for c in columns_shown(self.table) if c.name in sheet.text.columns]
        self.done = Merged()

    def all(self) -> Merged:
        keys = self._hidden_keys() if self.hidden else self._visible_keys()
        if self.hidden:
            for row, key in zip(self.rows, keys, strict=True):
                row[self.hidden] = key[0] if key else None
            new = [row for row in self.rows if row[self.hidden] is None]
            issued = {key[0] for key in keys if key} | {key[0] for key in self.base or ()}
            for row, name in zip(new, made_keys(self.table, new, issued), strict=True):
                row[self.hidden] = name
        for position, (row, key) in enumerate(zip(self.rows, keys, strict=True)):
            self._row(position, row, key)
        self._deleted({key for key in keys if key})
        return self.done

    def _by_key(self, rows: Iterable[Row]) -> dict[Key, Row]:
        return {key_of(self.table, row): row for row in rows}

    def _add(self, code: str, position: int, column: str, **facts: Any) -> None:
        self.done.findings.append(Finding(code, self.sheet.text.place(position, column), facts))

    def _visible_keys(self) -> list[Key | None]:
        """Return for each row the key it was written with: its own, or the one it replaces.

        A copied row keeps the hidden key of the first; rows may be sorted without the hidden
        column. What stands in the cells counts, and a hidden key only where no row has it any more.
        """
        own = [key_of(self.table, row) for row in self.rows]
        there: set[Key] = set(own)
        claimed: set[Key] = set()
        found: list[Key | None] = []
        known = self.base if self.base is not None else self.now
        for key, issued in zip(own, self.sheet.keys, strict=True):
            if key in known:
                found.append(key)
            elif issued and issued in known and issued not in there | claimed:
                claimed.add(issued)
                found.append(issued)
            else:
                found.append(None)
        return found

    def _hidden_keys(self) -> list[Key | None]:
        """Return for each row the hidden key it was written with, None for a new or copied one.

        Where the rows were sorted without the hidden column, they are told by what they say.
        """
        known = self.base if self.base is not None else self.now
        naturals = [natural_of(self.table, row) for row in self.rows]
        of_base: dict[Key, list[Key]] = defaultdict(list)
        for key, row in known.items():
            of_base[natural_of(self.table, row)].append(key)
        alone = Counter(naturals)
        sure = [
            of_base[natural][0]
            if len(of_base.get(natural, ())) == 1 and alone[natural] == 1
            else None
            for natural in naturals
        ]
        claimed = {key for key in sure if key}
        found: list[Key | None] = []
        order = sorted(
            range(len(naturals)), key=lambda i: not self._as_issued(i, naturals[i], known)
        )
        chosen: dict[int, Key | None] = {}
        for i in order:
            issued = self.sheet.keys[i]
            if sure[i] is not None:
                chosen[i] = sure[i]
            elif issued and issued not in claimed:
                claimed.add(issued)
                chosen[i] = issued
            else:
                chosen[i] = None
        found.extend(chosen[i] for i in range(len(naturals)))
        return found

    def _as_issued(self, position: int, natural: Key, known: Mapping[Key, Row]) -> bool:
        issued = self.sheet.keys[position]
        return bool(issued and issued in known) and natural == natural_of(
            self.table, known[issued or ()]
        )

    def _row(self, position: int, row: Row, key: Key | None) -> None:
        own, reason = key_of(self.table, row), self.sheet.reasons[position]
        if key is None or self.base is None:
            self._of_unknown(position, row, own, reason)
            return
        before, now = self.base.get(key), self.now.get(key)
        if before is None:  # written by another store
            self._of_unknown(position, row, own, reason)
        elif own != key:
            self._replaced(position, row, key, reason)
        elif now is None:
            if reason or self._changed(row, before):
                self._add("row-withdrawn", position, self.columns[0].name)
        elif reason:
            self.done.withdrawn.append((position, now, reason))
        else:
            self._three_way(position, row, before, now)

    def _of_unknown(self, position: int, row: Row, own: Key, reason: str) -> None:
        """Judge a row that was not written from the records: it is new, or says all of itself."""
        now = self.now.get(own)
        if reason and now is not None:
            self.done.withdrawn.append((position, now, reason))
        elif reason:
            self._add("withdraw-nothing", position, self.columns[0].name)
        elif now is None:
            self._keep(position, row)
        elif self._changed(row, now):
            if self.hidden and self.sheet.keys[position] is None:
                self._add("row-on-record", position, self.columns[0].name)
            else:
                self._keep(position, {**now, **{c.name: row[c.name] for c in self.columns}})

    def _replaced(self, position: int, row: Row, key: Key, reason: str) -> None:
        """Judge a row whose key was changed: it takes the place of the old one, with a reason."""
        if not reason:
            old = dict(zip(self.table.key, key, strict=True))
            for name in self.table.key:
                if text_of(self.table[name], row[name]) != old[name]:
                    self._add("key-changed", position, name, found=self._shown(name, old[name]))
            return
        now = self.now.get(key)
        if now is not None:
            self.done.withdrawn.append((position, now, reason))
        self._keep(position, row)

    def _three_way(self, position: int, row: Row, before: Row, now: Row) -> None:
        changed = {}
        for column in self.columns:
            name = column.name
            said, was, is_now = (text_of(column, each.get(name)) for each in (row, before, now))
            if said in (was, is_now):
                continue
            if is_now != was:
                facts = {"found": self._shown(name, said), "now": self._shown(name, is_now)}
                self._add("changed-since", position, name, **facts)
            changed[name] = row[name]
        if changed:
            self._keep(position, {**now, **changed})

    def _shown(self, name: str, text: str) -> str:
        if self.table[name].refers_to == "unit" and text:
            return self.units.label(text)
        return words.value_of(self.table[name], text)

    def _changed(self, row: Row, other: Row) -> bool:
        return not all(same(c, row.get(c.name), other.get(c.name)) for c in self.columns)

    def _keep(self, position: int, row: Row) -> None:
        self.done.positions.append(position)
        self.done.rows.append({name: row.get(name) for name in self.table.names})

    def _deleted(self, claimed: set[Key]) -> None:
        """Ask about the rows that were in the workbook and are not any more."""
        text = self.sheet.text
        place = Place(text.name, sheet=text.sheet)
        gone = [key for key in self.base or () if key not in claimed and key in self.now]
        for key in gone[:MOST_DELETED]:
            shown = " · ".join(
                self._shown(name, part) for name, part in zip(self.table.key, key, strict=True)
            )
            self.done.findings.append(Finding("row-deleted", place, {"found": shown}))
        if len(gone) > MOST_DELETED:
            facts = {"found": f"{len(gone) - MOST_DELETED} dòng khác"}
            self.done.findings.append(Finding("row-deleted", place, facts))
