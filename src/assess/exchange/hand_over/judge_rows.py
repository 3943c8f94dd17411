"""Judge the rows of a hand-over like tables that are taken in: every revision, and all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.errors import Finding, InputError
from assess.exchange.csv.folder import read_tables, write_folder
from assess.exchange.csv.table_file import read_file
from assess.exchange.intake.line_tables import judge_lines
from assess.exchange.text_table import typed
from assess.records.slice_checks import answer_findings
from assess.records.tables import TABLES, from_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pandas as pd

    from assess.exchange.hand_over.sealed_file import Revisions
    from assess.rules import RuleBook

_MOST = 50


def judge_rows(
    new: Revisions,
    changed: Revisions,
    here: Mapping[str, pd.DataFrame],
    rules: RuleBook,
    folder: Path,
    shown: str,
) -> None:
    """Refuse rows that no table may have, or that contradict each other or those of the store.

    ``new`` has rows with all their revisions, ``changed`` the last revision of rows of ``here``.
    ``folder`` is one to write in, ``shown`` the name of the file that was handed over.
    """
    every = {
        name: [*new.get(name, ()), *changed.get(name, ())]
        for name in TABLES
        if {name} & {*new, *changed}
    }
    forms = dict(zip(here["sheet"]["sheet_id"], here["sheet"]["rule_set_id"], strict=True))
    forms |= {row["sheet_id"]: row["rule_set_id"] for row in every.get("sheet", ())}
    findings: list[Finding] = []
    for name, path, where in _as_files(folder / "moi-lan-ghi", every, shown):
        file = read_file(path, TABLES[name], findings, where)
        table = typed(TABLES[name], file, findings)
        if findings:
            continue
        if name == "line":
            findings += judge_lines(table, file, forms, rules)
        if name == "answer":
            findings += answer_findings(table, rules, file.place)
    if not findings:
        last = {
            name: {tuple(str(row[k]) for k in TABLES[name].key): row for row in rows}
            for name, rows in every.items()
        }
        current = {
            name: [row for row in rows.values() if not row["withdrawn"]]
            for name, rows in last.items()
        }
        gone = {
            name: {key for key, row in rows.items() if row["withdrawn"]}
            for name, rows in last.items()
        }
        files = list(_as_files(folder / "hien-nay", current, shown))
        paths = {name: path for name, path, _ in files}
        standing = {
            name: _without(name, table, gone.get(name, set())) for name, table in here.items()
        }
        findings += read_tables(paths, standing, {name: where for name, _, where in files}).findings
    if findings:
        raise InputError(findings[:_MOST])


def _without(name: str, table: pd.DataFrame, gone: set[tuple[str, ...]]) -> pd.DataFrame:
    """Return a table without the rows that the file withdraws."""
    if not gone or table.empty:
        return table
    texts = [
        table[k].dt.strftime("%Y-%m-%d") if table[k].dtype.kind == "M" else table[k].astype(str)
        for k in TABLES[name].key
    ]
    kept = [key not in gone for key in zip(*texts, strict=True)]
    return table[kept].reset_index(drop=True)


def _as_files(folder: Path, rows: Revisions, shown: str) -> Iterator[tuple[str, Path, str]]:
    """Write rows as CSV files; yield each table, its file, and what to call it."""
    frames = {name: from_rows(name, found) for name, found in rows.items() if found}
    write_folder(folder, frames)
    for name in frames:
        yield name, folder / f"{name}.csv", f"{shown}, {name}"
