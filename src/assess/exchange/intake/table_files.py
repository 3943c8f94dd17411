"""Read CSV tables that were sent in, against the rows on record that they are about."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pandas as pd

from assess.base.errors import Finding, Place
from assess.base.periods import FAR_OFF
from assess.base.text import tidy
from assess.exchange.csv.folder import read_tables
from assess.exchange.entry_checks import told_once
from assess.exchange.intake.line_tables import judge_lines
from assess.records.slice_checks import answer_findings
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from assess.exchange.intake.result import FileResult
    from assess.exchange.store import Store
    from assess.records import Records
    from assess.rules import RuleBook

MOST_FINDINGS = 500
_SMALL = 1 << 18
"""The bytes of tables up to which only the units that they name are read from the store."""


def table_of(path: Path) -> str | None:
    """Return the table of a CSV file by its name, else by its header, or None."""
    if path.stem.lower() in TABLES:
        return path.stem.lower()
    try:
        with path.open("rb") as handle:
            header = handle.read(4096).decode("utf-8-sig", errors="replace").split("\n", 1)[0]
    except OSError:
        return None
    names = {
        tidy(part.strip('"')) for sign in (",", ";", "\t") for part in header.strip().split(sign)
    }
    fitting = [
        t.name for t in TABLES.values() if {c.name for c in t.columns if c.required} <= names
    ]
    return fitting[0] if len(fitting) == 1 else None


def records_for(store: Store, paths: Iterable[Path]) -> Records:
    """Return the records that tables are compared with: all, or of small ones those they name."""
    paths = list(paths)
    try:
        if sum(path.stat().st_size for path in paths) > _SMALL:
            return store.records(FAR_OFF)
        # every cell, in whatever column and however separated: an id too many only reads more
        texts = [path.read_text(encoding="utf-8-sig") for path in paths]
        rows = [
            row
            for text in texts
            for sign in ",;\t"
            for row in csv.reader(text.splitlines(), delimiter=sign)
        ]
    except (OSError, UnicodeDecodeError, csv.Error):
        return store.records(FAR_OFF)
    return store.records_naming({tidy(cell).lstrip("'") for row in rows for cell in row} - {""})


def read_table_files(files: Mapping[str, FileResult], records: Records, rules: RuleBook) -> None:
    """Read tables by name into the rows of their results, with the findings at their cells."""
    standing = records.tables
    paths = {name: result.path for name, result in files.items()}
    given = read_tables(paths, standing, {name: result.name for name, result in files.items()})
    by_name = {result.name: result for result in files.values()}
    first = next(iter(files.values()))
    for finding in given.findings:
        # a finding at a row on record was caused by one of the files: report it at the first
        result = by_name.get(finding.place.file, first)
        if len(result.findings) < MOST_FINDINGS:
            result.findings.append(finding)
    if not given.findings and not any(sheet.lines for sheet in given.files.values()):
        for result in files.values():  # beside others, a table may have its header only
            result.findings.append(Finding("no-rows", Place(result.name)))
    for name, table in given.frames.items():
        whole = table.astype(object)
        # columns missing from the file keep the values on record
        columns = [column for column in whole.columns if column in given.files[name].columns]
        rows = whole[columns].where(whole[columns].notna(), None).to_dict("records")
        for row, line in zip(rows, given.files[name].lines, strict=True):
            row["address"] = f"dòng {line}"
        files[name].rows = {name: rows}
        files[name].holds = [f"bảng {name}, {len(rows)} dòng"]
    if "answer" in given.frames:
        wrong = answer_findings(given.frames["answer"], rules, given.files["answer"].place)
        files["answer"].findings.extend(wrong[:MOST_FINDINGS])
    if "line" in given.frames:
        sheets = pd.concat(
            [
                table[["sheet_id", "rule_set_id"]]
                for table in (standing["sheet"], given.frames.get("sheet"))
                if table is not None
            ]
        )
        found = judge_lines(
            given.frames["line"],
            given.files["line"],
            dict(sheets.itertuples(index=False, name=None)),
            rules,
        )
        files["line"].findings.extend(told_once(found)[:MOST_FINDINGS])
