"""Parse a returned workbook, and judge what it has against the records."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from assess.base.errors import Finding, InputError, Place
from assess.base.periods import Period
from assess.base.text import tidy
from assess.exchange.entry_checks import told_once
from assess.exchange.forms.checklist import NOTES_MARK
from assess.exchange.forms.ids import parse_id
from assess.exchange.forms.monthly_table import parse_monthly_table
from assess.exchange.forms.parse import parse_form
from assess.exchange.forms.parsed import ParsedForm, find_id
from assess.exchange.intake.judge import judge_checklist, judge_identity, judge_meetings
from assess.exchange.intake.on_record import names_of_rows
from assess.exchange.intake.table_files import MOST_FINDINGS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from assess.excel.workbook import Workbook, Worksheet
    from assess.exchange.forms.ids import Kind
    from assess.exchange.intake.judge import IntakeScope
    from assess.exchange.intake.on_record import OnRecord
    from assess.exchange.intake.result import FileResult
    from assess.records.tree import Tree
    from assess.rules import RuleBook

NO_FORM = frozenset({"kind-of-file", "no-form-id"})
"""The errors of a file that is no form, such as a photo or a letter among the forms."""
PartOfBook = ParsedForm | Finding
"""A form of a workbook, or what is wrong with a worksheet that has none."""


def has_kind(book: Workbook, kind: Kind) -> bool:
    """Whether a worksheet is a form of some kind, such as a checklist of an inspection."""
    return any(_kind_of(sheet) == kind for sheet in book.sheets)


def parse_book(
    result: FileResult, book: Workbook | InputError, rules: RuleBook, tree: Tree
) -> list[PartOfBook]:
    """Return the forms of a workbook and findings on other worksheets, in their order."""
    if isinstance(book, InputError):
        return [replace(f, place=replace(f.place, file=result.name)) for f in book.findings]
    reads = [_parse_sheet(result.name, sheet, book, rules, tree) for sheet in book.sheets]
    found = [read for read in reads if read is not None]
    if not found or all(read.blank for read in found):
        return [Finding("form-blank" if found else "no-form-id", Place(result.name))]
    parts: list[PartOfBook] = []
    for sheet, read in zip(book.sheets, reads, strict=True):
        if read is None:
            if sheet.cells and not any(text == NOTES_MARK for _, text in sheet.texts()):
                place = Place(result.name, sheet=tidy(sheet.name))
                parts.append(Finding("sheet-not-a-form", place))
        elif read.blank:
            parts.append(Finding("sheet-blank", read.place(None)))
        else:
            if sheet.hidden:
                parts.append(Finding("sheet-hidden", read.place(None)))
            parts.append(read)
    return parts


def _parse_sheet(
    file: str, sheet: Worksheet, book: Workbook, rules: RuleBook, tree: Tree
) -> ParsedForm | None:
    found = find_id(sheet)
    if found is None:
        return None
    if _kind_of(sheet) == "summary":
        return parse_monthly_table(file, sheet, book, rules, tree)
    return parse_form(file, sheet, book, rules)


def _kind_of(sheet: Worksheet) -> str:
    """Return the kind in a worksheet's form id; empty if there is no id or it is damaged."""
    found = find_id(sheet)
    with contextlib.suppress(ValueError):
        return parse_id(found[1]).kind if found is not None else ""
    return ""


def names_of_book(parts: Sequence[PartOfBook]) -> Iterator[str]:
    """Yield the ids of units and rows that the forms of a workbook name."""
    for part in parts:
        if isinstance(part, ParsedForm):
            yield from names_of_rows(part.rows)
            if part.form_id is not None:
                about = part.form_id
                yield from filter(None, (about.unit_id, about.meeting_id, about.inspection_id))


def meetings_of(parts: Sequence[PartOfBook]) -> set[str]:
    """Return the meetings of a judged workbook with score forms only; of another none."""
    forms = [part for part in parts if isinstance(part, ParsedForm)]
    if any(form.form_id is None or form.form_id.kind != "form" for form in forms):
        return set()
    return {
        form.rows["meeting"][0]["meeting_id"] if form.rows["meeting"] else form.form_id.meeting_id
        for form in forms
        if form.form_id is not None
    }


def judge_book(
    result: FileResult,
    parts: Sequence[PartOfBook],
    record: OnRecord,
    wanted: IntakeScope,
    today: dt.date,
) -> None:
    """Add a workbook's findings, and the rows of its forms, to its result."""
    for part in parts:
        if isinstance(part, Finding):
            result.findings.append(part)
            continue
        record.use_recorded_ids(part.rows)
        judge_identity(part, record, wanted)
        if part.ok and part.form_id is not None and part.form_id.kind == "checklist":
            judge_checklist(part, record, today)
        elif part.ok:
            judge_meetings(part, record)
        result.findings.extend(part.findings[:MOST_FINDINGS])
        if part.form_id is not None:
            month = Period.parse(part.form_id.month)
            result.about.append((part.form_id.unit_id, part.form_id.month))
            name = record.tree.name_on(part.form_id.unit_id, month.end)
            result.holds.append(f"{name}, {month.label.lower()}")
        for name, rows in part.rows.items():
            result.rows.setdefault(name, []).extend(rows)
    result.findings = told_once(result.findings)
    if not result.has_errors and not any(result.rows.values()):
        result.findings.append(Finding("summary-empty", Place(result.name)))
