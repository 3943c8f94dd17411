"""Check a parsed form against the records: its unit, month, rule set and changes of values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.errors import Finding, Place
from assess.base.periods import Period, month_end
from assess.base.text import casefold_vi, nearest
from assess.exchange.store.database import stated
from assess.exchange.table_checks import count_findings, odd_about
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from assess.exchange.forms import ParsedForm
    from assess.exchange.forms.ids import FormId
    from assess.exchange.intake.on_record import OnRecord, Rows


@dataclass(frozen=True)
class IntakeScope:
    """Restricts an intake to the forms of one period, or of the chi bộ under one đảng bộ."""

    period: Period | None = None
    dang_bo: str = ""


def judge_identity(read: ParsedForm, record: OnRecord, wanted: IntakeScope) -> None:
    """Add findings on the unit and period of a form; without an id or rule set there are none."""
    about = read.form_id
    if about is None or read.rules is None:
        return
    month = Period.parse(about.month)
    tree = record.tree
    if about.unit_id not in tree.ids:
        hint = nearest(about.unit_id, tree.ids)
        read.add(Finding("form-no-unit", Place(""), {"found": about.unit_id}, hint=hint), None)
    elif about.unit_id not in tree.on(month.end):
        read.add(
            Finding("form-unit-gone", Place(""), {"found": about.unit_id, "month": month.label}),
            None,
        )
    elif about.kind != "summary" and tree.on(month.end)[about.unit_id].level != "chi_bo":
        read.add(Finding("not-a-chi-bo", Place(""), {"found": about.unit_id}), None)
    elif wanted.dang_bo and wanted.dang_bo not in {
        unit.unit_id for unit in tree.above(about.unit_id, month.end)
    }:
        facts = {
            "found": tree.name_on(about.unit_id, month.end),
            "wanted": tree.name_on(wanted.dang_bo, month.end),
        }
        read.add(Finding("form-other-unit", Place(""), facts), None)
    if about.kind != "summary" and about.unit_id in tree.ids:
        _judge_heading(read, record, about)
    if wanted.period is not None and about.month not in wanted.period.months:
        read.add(
            Finding(
                "form-other-period",
                Place(""),
                {"found": month.label, "wanted": wanted.period.label},
            ),
            None,
        )


def _judge_heading(read: ParsedForm, record: OnRecord, about: FormId) -> None:
    """Add findings if the head of a form lacks the unit's name or the month of its id.

    The head is locked, so another name or month means that the form was altered for another unit.
    """
    head = [(where, casefold_vi(text)) for where, text in read.heading]
    said = " ".join(text for _, text in head)
    year, month = about.month.split("-")
    names = record.tree.names_of(about.unit_id)
    kind = " ".join(casefold_vi(names[-1]).split()[:2])  # chi bộ
    for wanted, fits, like in (
        (names[-1], any(casefold_vi(name) in said for name in names), rf"^{re.escape(kind)}\b"),
        (
            f"tháng {numbers.month(about.month)}",
            any(f"tháng {number}/{year}" in said for number in (month, int(month))),
            r"^tháng \d",
        ),
    ):
        if head and not fits:
            place = next((where for where, text in head if re.search(like, text)), head[0][0])
            read.add(Finding("form-heading", Place(""), {"found": wanted}), place)


def judge_checklist(read: ParsedForm, record: OnRecord, today: dt.date) -> None:
    """Add findings on a checklist: meeting, rule set, days, inspecting unit, remedied inspections.

    ``today`` is the day of the intake; a later day is an error.
    """
    if read.rules is None or read.form_id is None:
        return
    about = read.form_id
    rows = read.rows.get("inspection", [])
    visits = [row for row in rows if "chi_bo_id" in row]
    meeting = record.standing("meeting", about.meeting_id)
    if visits:
        _judge_visit(read, record, visits[0], meeting, today)
    for row in rows:
        if "chi_bo_id" not in row:
            _judge_remedy(read, record, row, today)


def _judge_visit(
    read: ParsedForm,
    record: OnRecord,
    visit: Mapping[str, Any],
    meeting: Mapping[str, Any] | None,
    today: dt.date,
) -> None:
    at, about = read.cells.get("inspected_on"), read.form_id
    on = visit["inspected_on"]
    if about is None or read.rules is None:
        return
    if meeting is None:
        read.add(Finding("checklist-no-meeting", Place(""), {"found": about.meeting_id}), at)
        return
    held = comparable(meeting["held_on"])
    if meeting["status"] != "held":
        read.add(
            Finding("scored-not-held", Place(""), {"found": words.STATUSES[meeting["status"]]}), at
        )
        return
    adopted = record.adoptions.form_on(about.unit_id, meeting["kind"], held)
    if adopted != read.rules.id:
        facts = {
            "found": read.rules.id,
            "when": f"ngày {numbers.day(held)}",
            "wanted": adopted or "chưa áp dụng biểu nào",
        }
        read.add(Finding("form-not-adopted", Place(""), facts), at)
    if on is None:
        return
    if on < held:
        read.add(
            Finding(
                "checklist-before", Place(""), {"found": numbers.day(on), "held": numbers.day(held)}
            ),
            at,
        )
    elif on > today:
        read.add(
            Finding(
                "checklist-future",
                Place(""),
                {"what": "ngày kiểm tra", "found": numbers.day(on), "today": numbers.day(today)},
            ),
            at,
        )
    elif visit["form"] == "du_sinh_hoat" and on != held:
        read.add(
            Finding(
                "checklist-sat-in", Place(""), {"found": numbers.day(on), "held": numbers.day(held)}
            ),
            at,
        )
    if about.unit_id not in record.tree.on(on):
        into = sorted(record.tree.taken_over_by(about.unit_id) & set(record.tree.on(on)))
        facts = {
            "found": numbers.day(on),
            "wanted": ", ".join(f"{record.tree.name_on(name, on)} ({name})" for name in into)
            or "không ghi",
        }
        read.add(Finding("checklist-unit-gone", Place(""), facts), at)
    _judge_inspector(read, record, visit["inspected_by"], (held, on))


def _judge_inspector(
    read: ParsedForm, record: OnRecord, by: str | None, days: tuple[dt.date, ...]
) -> None:
    """Add a finding unless the inspecting unit is above the chi bộ or a unit that took it over.

    Both the day of the meeting and the day of the inspection count.
    """
    if not by or read.form_id is None:
        return
    at, tree, own = read.cells["check:inspected_by"], record.tree, read.form_id.unit_id
    if by not in tree.ids:
        read.add(Finding("form-no-unit", Place(""), {"found": by}, hint=nearest(by, tree.ids)), at)
        return
    above = {
        unit.unit_id: unit
        for on in days
        for name in tree.taken_over_by(own)
        for unit in tree.above(name, on)
        if unit.level != "chi_bo"
    }
    if by not in above:
        allowed = tuple(f"{name} ({unit.name})" for name, unit in above.items())
        read.add(Finding("checklist-not-above", Place(""), {"found": by}, allowed), at)


def _judge_remedy(
    read: ParsedForm, record: OnRecord, row: Mapping[str, Any], today: dt.date
) -> None:
    """Add a finding if a remedied inspection is unknown, or its day of remedy is out of range."""
    name, on = row["inspection_id"], row["remedied_on"]
    where = read.cells[f"remedy:{name}"]
    earlier = record.standing("inspection", name)
    inspected = None if earlier is None else comparable(earlier["inspected_on"])
    what = words.title_of("remedied_on", "inspection").lower()
    if earlier is None:
        read.add(Finding("checklist-no-inspection", Place(""), {"found": name}), where)
    elif inspected is not None and on < inspected:
        read.add(
            Finding(
                "checklist-remedy",
                Place(""),
                {"what": what, "found": numbers.day(on), "inspected": numbers.day(inspected)},
            ),
            where,
        )
    elif on > today:
        read.add(
            Finding(
                "checklist-future",
                Place(""),
                {"what": what, "found": numbers.day(on), "today": numbers.day(today)},
            ),
            where,
        )


def judge_meetings(read: ParsedForm, record: OnRecord) -> None:
    """Add findings on a form's meetings: wrong rule set, or unusual day, month or duration."""
    if read.rules is None or read.form_id is None:
        return
    summary = read.form_id.kind == "summary"
    for meeting in read.rows["meeting"]:
        prefix, label = (
            (f"{meeting['chi_bo_id']}:", f"{meeting['chi_bo_id']}, ") if summary else ("", "")
        )
        held_on = meeting.get("held_on")
        on = held_on or month_end(meeting["for_month"])
        adopted = record.adoptions.form_on(meeting["chi_bo_id"], meeting["kind"], on)
        if adopted != read.rules.id and meeting["chi_bo_id"] in record.tree.on(on):
            facts = {
                "found": read.rules.id,
                "when": f"ngày {numbers.day(on)}",
                "wanted": adopted or "chưa áp dụng biểu nào",
            }
            read.add(
                Finding("form-not-adopted", Place(""), facts),
                read.cells.get(f"{prefix}held_on"),
                label + words.FACTS["held_on"],
            )
        for finding, name in odd_about(meeting, record.adoptions, record.others(meeting)):
            read.add(finding, read.cells.get(f"{prefix}{name}"), label + words.FACTS[name])


def after_all(rows: Rows, record: OnRecord) -> list[Finding]:
    """Return contradictions after a file's rows are merged into the records.

    They concern counts of members, scored meetings that were not held, and sheets on record under
    another rule set.
    """
    found = []
    scored = {sheet["meeting_id"] for sheet in rows.get("sheet", ())}
    for meeting in rows.get("meeting", ()):
        place = Place(str(meeting.get("address", "")), label=str(meeting["meeting_id"]))
        status = meeting["status"]
        if (
            status != "held"
            and record.scored(meeting["meeting_id"])
            and not scored & {meeting["meeting_id"]}
        ):
            found.append(Finding("held-before", place, {"found": words.STATUSES[status]}))
        elif status != "held" and (
            meeting["meeting_id"] in scored or meeting.get("held_on") is not None
        ):
            found.append(Finding("not-held-before", place, {"found": words.STATUSES[status]}))
        found += [Finding(f.code, place, f.facts) for f, _ in count_findings(meeting)]
    for sheet in rows.get("sheet", ()):
        old = record.row("sheet", sheet)
        if (
            old is not None
            and old["rule_set_id"] != sheet["rule_set_id"]
            and record.lines_of(sheet["sheet_id"])
        ):
            facts = {"found": old["rule_set_id"], "wanted": sheet["rule_set_id"]}
            found.append(
                Finding(
                    "sheet-other-form",
                    Place(str(sheet.get("address", "")), label=str(sheet["sheet_id"])),
                    facts,
                )
            )
    return found


def settle(rows: Rows, record: OnRecord) -> tuple[Rows, list[Finding], int]:
    """Return the rows to record, a finding per changed value, and the number of completed rows.

    A completed row only fills blanks. Columns that a form does not ask for, or that a summary
    leaves blank, keep the value on record; so do columns that a row only assumes (``assumed``: a
    summary does not state the kind of meeting). Rows without changes are left out, and so are
    ``only_if_known`` rows, which only clear a row on record, if there is none.
    """
    result: Rows = {}
    findings: list[Finding] = []
    completed = 0
    for name, theirs in rows.items():
        kept = []
        for row in theirs:
            old = record.row(name, row)
            if old is None and row.get("only_if_known"):
                continue
            if row.get("withdrawn"):
                kept.append(row)
                record.note_change(name, row)
                findings.append(_withdrawal(name, row, record))
                continue
            assumed = row.get("assumed", ()) if old is not None else ()
            new = {
                **(old or {}),
                **{key: value for key, value in row.items() if key not in assumed},
            }
            changed = [] if old is None else list(_differences(name, old, new, record))
            findings.extend(changed)
            if changed:
                record.note_change(name, row)
                completed += all(finding.code == "completes" for finding in changed)
            if old is None or changed:
                kept.append(new)
        result[name] = kept
    return result, findings, completed


def _differences(
    table: str, old: Mapping[str, Any], new: Mapping[str, Any], record: OnRecord
) -> Iterator[Finding]:
    for name in stated(TABLES[table]):
        before, after = comparable(old.get(name)), comparable(new.get(name))
        if before != after:
            label = f"{_named(table, new, record)} · {words.title_of(name, table)}"
            column = TABLES[table][name]
            facts = {
                "found": words.value_of(column, before),
                "wanted": words.value_of(column, after),
            }
            blank = before is None or (
                name == "state" and before == "blank"
            )  # filling a blank is no correction
            yield Finding(
                "completes" if blank else "revises",
                Place(str(new.get("cells", {}).get(name) or new.get("address", "")), label=label),
                facts,
            )


def _withdrawal(table: str, row: Mapping[str, Any], record: OnRecord) -> Finding:
    facts = {"found": _named(table, row, record)}
    return Finding("row-taken-back", Place(str(row.get("address", ""))), facts)


def _named(table: str, row: Mapping[str, Any], record: OnRecord) -> str:
    """Return the key of a row, as messages show it: units by name."""
    columns = [TABLES[table][name] for name in TABLES[table].key]
    return " · ".join(
        record.tree.names_of(row[column.name])[-1]
        if column.refers_to == "unit"
        else words.value_of(column, comparable(row[column.name]))
        for column in columns
    )


def comparable(value: Any) -> Any:
    """Return a value for comparison: moments as days, whole numbers as int, missing as None."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value) if value != int(value) else int(value)
    return value.date() if hasattr(value, "date") else value
