"""Turn the worksheets of a workbook of tables into rows for the records, or say what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.errors import Finding
from assess.base.periods import MONTH
from assess.exchange.store.write import still_referred_to
from assess.exchange.tables.merge import Merged, merge
from assess.exchange.tables.new_units import name_new_units
from assess.exchange.tables.rows import key_of, plain_rows, same
from assess.exchange.text_table import check_keys, check_references, typed
from assess.exchange.together import (
    contradictions,
    first_of_each_cell,
    known_ids,
    name_units,
    unit_names,
)
from assess.exchange.written import canonical
from assess.records.slice_checks import answer_findings
from assess.records.tables import TABLES, from_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from assess.exchange.tables.code_words import CodeWords
    from assess.exchange.tables.ids import TableId
    from assess.exchange.tables.parse import ParsedSheet
    from assess.exchange.text_table import TextTable
    from assess.rules import RuleBook

    Sheets = Mapping[str, ParsedSheet]
    Tables = Mapping[str, pd.DataFrame]


@dataclass
class JudgedTables:
    """The rows that each worksheet changes, by table, and all findings; no rows with an error."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def name_rows(sheets: Sheets, units: pd.DataFrame, codes: CodeWords) -> list[Finding]:
    """Replace names and words by ids and codes in the texts of worksheets; return what is wrong.

    ``units`` is the table on record. A unit without an id gets one from its name.
    """
    findings: list[Finding] = []
    if "unit" in sheets:
        findings += name_new_units(sheets["unit"].text, units)
    texts = {name: sheet.text for name, sheet in sheets.items()}
    names = unit_names(texts, {"unit": units})
    for name, text in texts.items():
        name_units(TABLES[name], text, names, findings)
        for row in _rows_as_text(text):
            for column in text.columns:
                code = codes.code(name, column, row[1])
                text.columns[column][row[0]] = row[1][column] = code
    return findings


def _rows_as_text(text: TextTable) -> Iterator[tuple[int, dict[str, str]]]:
    for number in range(len(text.lines)):
        yield number, {name: values[number] for name, values in text.columns.items()}


def judge_tables(
    sheets: Sheets,
    standing: Tables,
    base_of: Callable[[TableId], pd.DataFrame | None],
    rules: RuleBook,
    told: Sequence[Finding] = (),
) -> JudgedTables:
    """Check named worksheets (by table) against the records and return the rows that they change.

    ``standing`` are the tables on record; ``base_of`` gives the rows that a worksheet was written
    from, None where they are unknown. ``told`` are findings on their cells so far.
    """
    judged = JudgedTables(findings=list(told))
    frames: dict[str, pd.DataFrame] = {}
    for name, sheet in sheets.items():
        wrong = _find_meetings(name, sheet.text, standing)
        frames[name] = typed(TABLES[name], sheet.text, wrong)
        judged.findings += wrong
    judged.findings = first_of_each_cell(judged.findings)
    if _errors(judged.findings):
        return judged
    merged = {
        name: merge(
            sheet,
            frames[name],
            base_of(sheet.about) if sheet.about is not None else None,
            standing[name],
            unit_names({}, standing),
        )
        for name, sheet in sheets.items()
    }
    judged.findings += [f for each in merged.values() for f in each.findings]
    changed = _changed_texts(sheets, merged)
    left = _without_withdrawn(standing, merged, sheets, judged.findings)
    new = {name: from_rows(name, merged[name].rows) for name in sheets}
    known = known_ids(changed, left)
    for name, text in changed.items():
        check_keys(TABLES[name], text, judged.findings)
        check_references(TABLES[name], text, known, judged.findings)
    if not _errors(judged.findings):
        judged.findings += contradictions(new, changed, left)
    if "answer" in new and not _errors(judged.findings):
        judged.findings += answer_findings(new["answer"], rules, changed["answer"].place)
    if not _errors(judged.findings):
        for name in sheets:
            judged.rows[name] = list(_rows_to_record(name, sheets[name], merged[name]))
            judged.reasons += [reason for _, _, reason in merged[name].withdrawn]
    return judged


def rows_as_written(
    name: str, sheet: ParsedSheet, standing: Tables, base: pd.DataFrame | None
) -> tuple[list[tuple[str, dict[str, Any]]], list[Finding]]:
    """Return what each row of a worksheet says, by address, and what is wrong with it.

    ``assumed`` are the columns that are as they were when it was written.
    """
    findings = _find_meetings(name, sheet.text, standing)
    frame = typed(TABLES[name], sheet.text, findings)
    if findings:
        return [], findings
    table, stated = TABLES[name], [c for c in TABLES[name].names if c in sheet.text.columns]
    before = {} if base is None else {key_of(table, row): row for row in plain_rows(base)}
    found = []
    for position, row in enumerate(plain_rows(frame)):
        was = before.get(sheet.keys[position] or ())
        left = [c for c in stated if was and same(table[c], row[c], was[c])]
        assumed = stated if sheet.reasons[position] and was else left
        said = {column: row[column] for column in stated}
        found.append((sheet.text.address(position), {**said, "assumed": tuple(assumed)}))
    return found, []


def _errors(findings: list[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _find_meetings(name: str, text: TextTable, standing: Tables) -> list[Finding]:
    """Replace the month of an inspected meeting by its id; return what months have not just one."""
    wrong: list[Finding] = []
    if name != "inspection" or "meeting_id" not in text.columns:
        return wrong
    meetings = standing["meeting"]
    ids: dict[tuple[str, str], list[str]] = {}
    for chi_bo, month, meeting in zip(
        meetings["chi_bo_id"], meetings["for_month"], meetings["meeting_id"], strict=True
    ):
        ids.setdefault((chi_bo, month), []).append(meeting)
    asked = TABLES["meeting"]["for_month"]
    for row, said in enumerate(text.columns["meeting_id"]):
        month = canonical(asked, said)
        found = ids.get((text.columns["chi_bo_id"][row], month), [])
        if len(found) == 1:
            text.columns["meeting_id"][row] = found[0]
        elif MONTH.fullmatch(month):
            facts = {"found": numbers.month(month), "ids": ", ".join(found)}
            code = "two-meetings-of-month" if found else "no-meeting-of-month"
            wrong.append(Finding(code, text.place(row, "meeting_id"), facts))
    return wrong


def _changed_texts(sheets: Sheets, merged: Mapping[str, Merged]) -> dict[str, TextTable]:
    """Return the changed rows of each worksheet as text, with their keys, hidden ones too."""
    found = {}
    for name, sheet in sheets.items():
        text = sheet.text.take(merged[name].positions)
        keys = [key_of(TABLES[name], row) for row in merged[name].rows]
        columns = {c: [key[i] for key in keys] for i, c in enumerate(TABLES[name].key)}
        found[name] = replace(text, columns={**text.columns, **columns})
    return found


def _without_withdrawn(
    standing: Tables, merged: Mapping[str, Merged], sheets: Sheets, findings: list[Finding]
) -> dict[str, pd.DataFrame]:
    """Return the records without the rows to withdraw; report units that others refer to."""
    left = dict(standing)
    for name, each in merged.items():
        table = TABLES[name]
        gone = {key_of(table, row) for _, row, _ in each.withdrawn}
        for position, row, _ in each.withdrawn:
            key = key_of(table, row)
            replaced = any(own["unit_id"] == row["unit_id"] for own in each.rows if name == "unit")
            held = "" if replaced else still_referred_to(dict(standing), name, key)
            if held:
                facts = {"found": ", ".join(key), "table": held}
                place = sheets[name].text.place(position, table.key[0])
                findings.append(Finding("withdraw-in-use", place, facts))
        if gone:
            rows = left[name].to_dict("records")
            kept = [key_of(table, row) not in gone for row in rows]
            left[name] = left[name][kept].reset_index(drop=True)
    return left


def _rows_to_record(name: str, sheet: ParsedSheet, merged: Merged) -> Iterator[dict[str, Any]]:
    for position, row, _ in merged.withdrawn:
        yield {**row, "withdrawn": True, "address": sheet.text.address(position)}
    for position, row in zip(merged.positions, merged.rows, strict=True):
        cells = {
            column: sheet.text.address(position, column)
            for column in TABLES[name].names
            if column in sheet.text.positions
        }
        stated = {column: value for column, value in row.items() if column != "recorded_at"}
        yield {**stated, "address": sheet.text.address(position), "cells": cells}
