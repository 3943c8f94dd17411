"""Read workbooks of tables that were sent in, against the rows on record that they are about."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, Place
from assess.base.periods import FAR_OFF
from assess.exchange.intake.table_files import MOST_FINDINGS
from assess.exchange.tables import parse_tables
from assess.exchange.tables.code_words import CodeWords
from assess.exchange.tables.judge import judge_tables, name_rows, rows_as_written
from assess.exchange.tables.on_record import digest_of, rows_in_scope
from assess.records import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from assess.excel.workbook import Workbook
    from assess.exchange.intake.result import FileResult
    from assess.exchange.store import Store
    from assess.exchange.tables import ParsedSheet
    from assess.exchange.tables.ids import TableId
    from assess.records import Records
    from assess.rules import RuleBook

    Books = Sequence[tuple[FileResult, Workbook]]


def read_office_tables(books: Books, store: Store, rules: RuleBook) -> Records | None:
    """Read workbooks into the rows of their results, with the findings at their cells.

    Return the records that they were compared with, or None where there was nothing to compare.
    """
    sheets, owners, told = _parse(books)
    results = [result for result, _ in books]
    if any(f.severity == "error" and not f.place.line for f in told):
        _tell(owners, told)  # a worksheet that cannot be read as a whole
    if any(result.has_errors for result in results):
        return None
    if not sheets:
        for result in results:
            result.findings.append(Finding("no-rows", Place(result.name)))
        return None
    units = store.tables(("unit",))["unit"]
    told += name_rows(sheets, units, CodeWords(rules))
    record = _records_about(store, sheets.values())
    bases = _Bases(store)
    judged = judge_tables(sheets, record.tables, bases.rows_of, rules, told)
    _tell(owners, [*bases.findings(sheets), *judged.findings])
    for name, rows in judged.rows.items():
        result = owners[sheets[name].text.name]
        if rows:
            result.rows.setdefault(name, []).extend(rows)
        result.holds.append(f"bảng {words.TABLE_NAMES[name]}, {len(sheets[name].keys)} dòng")
    if judged.reasons:
        for result in results:
            result.reasons = list(dict.fromkeys(judged.reasons))
    return record


def _parse(
    books: Books,
) -> tuple[dict[str, ParsedSheet], dict[str, FileResult], list[Finding]]:
    """Return worksheets by table, results by the name of their file, and findings on cells."""
    owners = {result.name: result for result, _ in books}
    told: list[Finding] = []
    sheets: dict[str, ParsedSheet] = {}
    for result, book in books:
        parsed, findings = parse_tables(result.name, book)
        told += findings
        for sheet in parsed:
            if sheet.about is None and not sheet.keys:
                continue
            first = sheets.setdefault(sheet.name, sheet)
            if first is not sheet and not (first.keys and sheet.keys):
                sheets[sheet.name] = first if first.keys else sheet
            elif first is not sheet:
                facts = {
                    "table": words.TABLE_NAMES[sheet.name],
                    "found": f"{first.text.name}, {sheet.text.name}",
                }
                result.findings.append(Finding("two-tables", Place(result.name), facts))
    return sheets, owners, told


def _tell(owners: Mapping[str, FileResult], findings: Iterable[Finding]) -> None:
    first = next(iter(owners.values()))
    for finding in findings:
        # a finding at a row on record was caused by one of the files: report it at the first
        result = owners.get(finding.place.file, first)
        if len(result.findings) < MOST_FINDINGS:
            result.findings.append(finding)


def _records_about(store: Store, sheets: Iterable[ParsedSheet]) -> Records:
    """Return the records about the units that worksheets name; all, to withdraw a unit."""
    sheets = list(sheets)
    if any(sheet.name == "unit" and any(sheet.reasons) for sheet in sheets):
        return store.records(FAR_OFF)
    names = {
        text
        for sheet in sheets
        for column in sheet.table.columns
        if column.dtype == "id"
        for text in sheet.text.columns.get(column.name, ())
        if text
    }
    # hidden ids, and the units of rows that are in the workbook no more
    names |= {part for sheet in sheets for key in sheet.keys if key for part in key}
    names |= {sheet.about.scope for sheet in sheets if sheet.about and sheet.about.scope}
    return store.records_naming(names)


class _Bases:
    """The rows that worksheets were written from, taken from the store as it was then."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._links = [link.link for link in store.links()] if store.path.exists() else []
        self._lost: list[str] = []

    def rows_of(self, about: TableId) -> pd.DataFrame | None:
        """Return the rows of a worksheet when it was written; None where they are not known."""
        if not about.link or not any(link.startswith(about.link) for link in self._links):
            return None
        moment = dt.datetime.fromisoformat(about.moment)
        rows = rows_in_scope(self._store.tables(("unit", about.table), moment), about)
        if digest_of(rows) != about.rows:
            self._lost.append(about.table)
            return None
        return rows

    def findings(self, sheets: Mapping[str, ParsedSheet]) -> list[Finding]:
        """Return a finding for each worksheet whose rows are not on record as they were."""
        return [
            Finding("table-base-changed", Place(sheet.text.name, sheet=sheet.text.sheet))
            for name in self._lost
            if (sheet := sheets[name])
        ]


def rows_said(
    book: Workbook, store: Store, rules: RuleBook
) -> dict[tuple[str, str], list[dict[str, Any]]] | str:
    """Return what a workbook's rows say, by table and address, or why they cannot be read.

    ``assumed`` are the columns that a sender left as they were, which count for nothing.
    """
    sheets, findings = parse_tables("", book)
    named = {sheet.name: sheet for sheet in sheets}
    units = store.tables(("unit",))["unit"]
    findings += name_rows(named, units, CodeWords(rules))
    standing = _records_about(store, sheets).tables if sheets else {}
    bases = _Bases(store)
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for name, sheet in named.items():
        base = bases.rows_of(sheet.about) if sheet.about is not None else None
        said, told = rows_as_written(name, sheet, standing, base)
        findings += told
        for address, row in said:
            found.setdefault((name, address), []).append(row)
    errors = [finding for finding in findings if finding.severity == "error"]
    return errors[0].sentence if errors else found
