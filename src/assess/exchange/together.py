"""Check tables from files together with the rows on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.errors import Finding, Place
from assess.exchange.located_table import Located
from assess.exchange.table_checks import check_tables
from assess.exchange.text_table import check_keys, check_references, typed
from assess.records.tables import TABLES, is_id
from assess.records.unit_names import UnitNames

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.exchange.text_table import TextTable
    from assess.records.columns import TableSpec

_BETWEEN = ("overlapping-validity", "parent-gone", "parent-cycle", "not-a-chi-bo")
"""Findings about two rows: the place may be a row on record although a new row is the cause."""
STORE = "kho số liệu"
"""The file name that a finding gives for a row already on record."""


@dataclass(frozen=True)
class CheckedTables:
    """Checked tables: typed frames, the parsed files and all findings; no frames if any finding."""

    frames: dict[str, pd.DataFrame]
    files: dict[str, TextTable]
    findings: list[Finding]


def check_together(
    files: Mapping[str, TextTable], standing: Mapping[str, pd.DataFrame] | None = None
) -> CheckedTables:
    """Turn tables of text (by name) into frames; check each one, and all of them together.

    ``standing`` holds the tables on record, if any: references may name their rows, and a new row
    replaces the row on record with the same key.
    """
    findings: list[Finding] = []
    frames: dict[str, pd.DataFrame] = {}
    units = unit_names(files, standing or {})
    for name, sheet in files.items():
        name_units(TABLES[name], sheet, units, findings)
        try:
            frames[name] = typed(TABLES[name], sheet, findings)
        except MemoryError:
            findings.append(Finding("no-memory", Place(sheet.name)))
    known = known_ids(files, standing or {})
    for name, sheet in files.items():
        check_keys(TABLES[name], sheet, findings)
        check_references(TABLES[name], sheet, known, findings)
    findings = first_of_each_cell(findings)
    if not findings:
        findings += contradictions(frames, files, standing or {})
    return CheckedTables({} if findings else frames, dict(files), findings)


def unit_names(files: Mapping[str, TextTable], standing: Mapping[str, pd.DataFrame]) -> UnitNames:
    """Return the names of the units on record and in the files."""
    named: list[tuple[str, str]] = []
    if "unit" in standing:
        on_record = standing["unit"].sort_values("valid_from", kind="stable")
        named += zip(on_record["unit_id"], on_record["name"], strict=True)
    if "unit" in files:
        columns = files["unit"].columns
        named += zip(columns["unit_id"], columns["name"], strict=True)
    return UnitNames((unit_id, name) for unit_id, name in named if unit_id)


def name_units(
    table: TableSpec, sheet: TextTable, units: UnitNames, findings: list[Finding]
) -> None:
    """Replace the names of units by their ids where they are unique; other names are findings."""
    for column in table.columns:
        texts = sheet.columns.get(column.name, [])
        if column.refers_to != "unit":
            continue
        meant = {text: units.find(text) for text in set(texts) if text}
        for row, text in enumerate(texts):
            found = meant.get(text, ())
            if len(found) == 1:
                texts[row] = found[0]
            elif text and (found or not is_id(text)):
                findings.append(units.problem(text, sheet.place(row, column.name)))


def first_of_each_cell(findings: list[Finding]) -> list[Finding]:
    """Leave out what is told of a cell that has an error already: it follows from that."""
    told: dict[Place, Finding] = {}
    for finding in findings:
        told.setdefault(finding.place, finding)
    return [f for f in findings if told[f.place] is f or not (f.place.line and f.place.column)]


def contradictions(
    frames: Mapping[str, pd.DataFrame],
    files: Mapping[str, TextTable],
    standing: Mapping[str, pd.DataFrame],
) -> list[Finding]:
    """Return what contradicts within and between tables and the rows on record."""
    found = check_tables(_together(frames, files, standing))
    # errors already on record are not caused by these files: a check of the store reports them
    if standing:
        found = [f for f in found if f.place.file != STORE or f.code in _BETWEEN]
    return found


def known_ids(
    files: Mapping[str, TextTable], standing: Mapping[str, pd.DataFrame]
) -> dict[str, set[str]]:
    """Return the ids that rows may refer to, by table."""
    found: dict[str, set[str]] = {}
    for table in TABLES.values():
        key = table.key[0]
        found[table.name] = set(files[table.name].columns[key]) if table.name in files else set()
        if table.name in standing:
            found[table.name].update(standing[table.name][key])
    return found


def _together(
    frames: Mapping[str, pd.DataFrame],
    files: Mapping[str, TextTable],
    standing: Mapping[str, pd.DataFrame],
) -> dict[str, Located]:
    """Replace and extend the rows on record with those of the files; keep the place of each row."""
    result: dict[str, Located] = {}
    for name, table in TABLES.items():
        new, old = frames.get(name), standing.get(name)
        if new is None or old is None:
            if new is not None:
                result[name] = Located(new, _placer(files[name], 0))
            elif old is not None:
                result[name] = Located(old, _placer(None, len(old)))
            continue
        key = list(table.key)
        known = pd.MultiIndex.from_frame(old[key])
        kept = old[~known.isin(pd.MultiIndex.from_frame(new[key]))]
        over = _completed(new, old, key, [c for c in table.names if c not in files[name].columns])
        result[name] = Located(
            pd.concat([kept, over], ignore_index=True), _placer(files[name], len(kept))
        )
    return result


def _completed(
    new: pd.DataFrame, old: pd.DataFrame, key: list[str], lacking: list[str]
) -> pd.DataFrame:
    """Return the new rows; columns missing from their file keep the values on record."""
    if not lacking:
        return new
    on_record = new[key].merge(old[[*key, *lacking]], on=key, how="left")
    return new.assign(
        **{name: on_record[name].astype(new[name].dtype).to_numpy() for name in lacking}
    )


def _placer(file: TextTable | None, on_record: int) -> Any:
    def place(row: int, column: str) -> Place:
        return (
            Place(STORE, label=column)
            if file is None or row < on_record
            else file.place(row - on_record, column)
        )

    return place
