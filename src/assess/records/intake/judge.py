"""A form that was read, held against what is on record: its unit, its month, the form it should be on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.errors import Finding, Place
from assess.base.numbers import day
from assess.base.periods import Period, month_end
from assess.base.text import nearest
from assess.records import words
from assess.records.adoption import Adoptions
from assess.records.checks import odd_about
from assess.records.store.file import stated
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from assess.records.forms import FormRead
    from assess.records.source import Records

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Wanted:
    """What an intake is restricted to, if anything: the forms of one period, of the chi bộ under one đảng bộ."""

    period: Period | None = None
    dang_bo: str = ""


class OnRecord:
    """The records as they stand, asked for single rows."""

    def __init__(self, records: Records) -> None:
        """Keep the records and index what is asked often."""
        self.tree = records.tree
        self.records = records
        self.adoptions = Adoptions(records.tree, records["adoption"])
        self._rows: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {}
        meetings = records["meeting"]
        regular = meetings[(meetings["status"] == "held") & (meetings["kind"] != "chuyen_de")]
        self._months: dict[tuple[str, str], set[str]] = defaultdict(set)
        for chi_bo, month, meeting in zip(regular["chi_bo_id"], regular["for_month"], regular["meeting_id"], strict=True):
            self._months[chi_bo, month].add(meeting)

    def look_up(self, tables: Iterable[Rows]) -> None:
        """Fetch the rows on record under the keys of these rows, so that :meth:`row` knows them."""
        self._rows = {}
        wanted: dict[str, set[str]] = defaultdict(set)
        for rows in tables:
            for name, theirs in rows.items():
                wanted[name].update(row[TABLES[name].key[0]] for row in theirs)
        for name, keys in wanted.items():
            table = self.records[name]
            found = table[table[TABLES[name].key[0]].isin(keys)].astype(object)
            found = found.where(found.notna(), None)
            self._rows[name] = {tuple(row[k] for k in TABLES[name].key): row for row in found.to_dict("records")}

    def row(self, table: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the row on record with the same key."""
        return self._rows.get(table, {}).get(tuple(row[k] for k in TABLES[table].key))

    def remember(self, table: str, row: dict[str, Any]) -> None:
        """Take a row that is about to be recorded for one on record: the next file of the intake is held against it."""
        self._rows.setdefault(table, {})[tuple(row[k] for k in TABLES[table].key)] = row

    def others(self, meeting: Mapping[str, Any]) -> set[str]:
        """Return the other regular meetings of a meeting's chi bộ for the same month."""
        return self._months.get((meeting["chi_bo_id"], meeting["for_month"]), set()) - {meeting["meeting_id"]}


def judge_identity(read: FormRead, record: OnRecord, wanted: Wanted) -> None:
    """Add what is wrong with the unit and period that a form is of; without an id there is nothing to judge."""
    about = read.form_id
    if about is None or read.rules is None:
        return
    try:
        month = Period.parse(about.month)
    except ValueError:
        return
    tree = record.tree
    if about.unit_id not in tree.ids:
        hint = nearest(about.unit_id, tree.ids)
        read.add(Finding("form-no-unit", Place(""), {"found": about.unit_id}, hint=hint), None)
    elif about.unit_id not in tree.on(month.end):
        read.add(Finding("form-unit-gone", Place(""), {"found": about.unit_id, "month": month.label}), None)
    elif wanted.dang_bo and wanted.dang_bo not in {unit.unit_id for unit in tree.above(about.unit_id, month.end)}:
        facts = {"found": tree.name_on(about.unit_id, month.end), "wanted": tree.name_on(wanted.dang_bo, month.end)}
        read.add(Finding("form-other-unit", Place(""), facts), None)
    if wanted.period is not None and about.month not in wanted.period.months:
        read.add(Finding("form-other-period", Place(""), {"found": month.label, "wanted": wanted.period.label}), None)


def judge_meetings(read: FormRead, record: OnRecord) -> None:
    """Add what is wrong or odd about a form's meetings: the form they are on, their day, their month."""
    if read.rules is None or read.form_id is None:
        return
    summary = read.form_id.kind == "summary"
    for meeting in read.rows["meeting"]:
        prefix, label = (f"{meeting['chi_bo_id']}:", f"{meeting['chi_bo_id']}, ") if summary else ("", "")
        held_on = meeting.get("held_on")
        on = held_on or month_end(meeting["for_month"])
        adopted = record.adoptions.form_on(meeting["chi_bo_id"], meeting["kind"], on)
        if adopted != read.rules.id and meeting["chi_bo_id"] in record.tree.on(on):
            facts = {"found": read.rules.id, "when": f"ngày {day(on)}", "wanted": adopted or "chưa áp dụng biểu nào"}
            read.add(Finding("form-not-adopted", Place(""), facts), read.cells.get(f"{prefix}held_on"), label + words.FACTS["held_on"])
        for finding, name in odd_about(meeting, record.adoptions, record.others(meeting)):
            read.add(finding, read.cells.get(f"{prefix}{name}"), label + words.FACTS[name])


def settle(rows: Rows, record: OnRecord) -> tuple[Rows, list[Finding]]:
    """Return rows ready to be recorded, and a finding for each value on record that they change.

    What a form does not ask, or a summary leaves blank, keeps the value on record; so do columns that a row only assumes
    (``assumed``: a summary knows no kind of meeting). A row that says nothing new is left out.
    """
    result: Rows = {}
    findings: list[Finding] = []
    for name, theirs in rows.items():
        kept = []
        for row in theirs:
            old = record.row(name, row)
            assumed = row.get("assumed", ()) if old is not None else ()
            new = {**(old or {}), **{key: value for key, value in row.items() if key not in assumed}}
            changed = [] if old is None else list(_differences(name, old, new))
            findings.extend(changed)
            if old is None or changed:
                kept.append(new)
                record.remember(name, new)
        result[name] = kept
    return result, findings


def _differences(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Finding]:
    for name in stated(TABLES[table]):
        before, after = _plain(old.get(name)), _plain(new.get(name))
        if before != after:
            label = " · ".join(str(new[k]) for k in TABLES[table].key) + f" · {name}"
            facts = {"found": "trống" if before is None else before, "wanted": "trống" if after is None else after}
            yield Finding("revises", Place(str(new.get("address", "")), label=label), facts)


def _plain(value: Any) -> Any:
    """Values compare as they are recorded: days as days, counts as numbers."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value) if value != int(value) else int(value)
    return value.date() if hasattr(value, "date") else value
