"""Records kept as a folder of CSV files, one per table, read strictly.

Every finding of every file is reported at once, at ``file:line:column``; nothing is guessed, dropped or repaired
except what has no meaning: Unicode form, control characters, spaces around a value.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.errors import Finding, InputError, Place, letters, refuse
from assess.base.text import nearest, tidy
from assess.records.tables import TABLES, WANTED, Column, Table, frame, read_value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One file's cells by column, and the line on which each row begins."""

    name: str
    columns: dict[str, list[str]]
    positions: dict[str, int]
    lines: list[int]

    def place(self, row: int, column: str) -> Place:
        position = self.positions.get(column, 0)
        return Place(self.name, self.lines[row], position, f"cột {column}, {letters(position)}" if position else "")


def read_folder(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every table of a folder, with its dtypes (:data:`~assess.records.tables.PANDAS`).

    Raises :class:`~assess.base.errors.InputError` for missing files, wrong headers, wrong types, values out of range,
    duplicate keys, references to rows that do not exist, and validity spans that overlap.
    """
    if not folder.is_dir():
        raise refuse("no-folder", str(folder))
    findings: list[Finding] = []
    sheets: dict[str, _Sheet] = {}
    for table in TABLES.values():
        path = folder / f"{table.name}.csv"
        try:
            sheets[table.name] = _read_file(path, table, findings)
        except InputError as error:
            findings.extend(error.findings)
    if findings:
        raise InputError(findings)
    frames = {name: _typed(TABLES[name], sheet, findings) for name, sheet in sheets.items()}
    for name, sheet in sheets.items():
        _check_keys(TABLES[name], sheet, findings)
        _check_references(TABLES[name], sheet, sheets, findings)
    if not findings:
        _check_validity(frames["unit"], sheets["unit"], ("unit_id",), findings)
        _check_validity(frames["adoption"], sheets["adoption"], ("unit_id", "what"), findings)
        _check_chi_bo(frames, sheets["meeting"], findings)
        _check_meetings(frames["meeting"], sheets["meeting"], findings)
        _check_lines(frames["line"], sheets["line"], findings)
        _check_windows(frames["adoption"], sheets["adoption"], findings)
        _check_cycles(frames["unit"], sheets["unit"], findings)
    if findings:
        raise InputError(findings)
    return frames


def write_folder(folder: Path, frames: dict[str, pd.DataFrame]) -> None:
    r"""Write tables as CSV: UTF-8, ``\n``, dates as ISO, whole numbers without a point, missing values empty."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in frames.items():
        out = pd.DataFrame(index=table.index)
        for column in TABLES[name].columns:
            out[column.name] = _written(column, table[column.name])
        out.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")


def _written(column: Column, values: pd.Series) -> list[Any]:
    if column.dtype in ("integer", "number"):
        return ["" if v != v else (str(int(v)) if v == int(v) else repr(v)) for v in values.tolist()]
    if column.dtype == "date":
        return ["" if pd.isna(v) else v.strftime("%Y-%m-%d") for v in values]
    if column.dtype == "moment":
        return ["" if pd.isna(v) else v.strftime("%Y-%m-%dT%H:%M") for v in values]
    if column.dtype == "flag":
        return ["" if pd.isna(v) else str(bool(v)).lower() for v in values]
    return ["" if pd.isna(v) else v for v in values]


def _read_file(path: Path, table: Table, findings: list[Finding]) -> _Sheet:
    name = path.name
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise refuse("no-table", str(path), found=table.name) from error
    except OSError as error:
        raise refuse("unreadable", str(path), reason=error.strerror or "?") from error
    if len(raw) > _MAX_BYTES:
        raise refuse("too-large", name, size=len(raw), limit=_MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Finding("not-utf8", Place(name, raw[: error.start].count(b"\n") + 1))]) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [tidy(cell) for cell in _next(reader, name, 1) or []]
    if not any(header):
        raise InputError([Finding("no-header", Place(name, 1))])
    _check_header(name, table, header)
    cells: list[list[str]] = []
    lines: list[int] = []
    line = reader.line_num + 1
    while (row := _next(reader, name, line)) is not None:
        swallowed = next((i for i, cell in enumerate(row) if "\n" in cell and _holds_rows(cell, len(header))), None)
        if swallowed is not None:
            findings.append(Finding("open-quote", Place(name, line, swallowed + 1)))
        elif row and len(row) != len(header):
            findings.append(Finding("ragged-row", Place(name, line), {"found": len(row), "wanted": len(header)}))
        elif row:
            cells.append(row)
            lines.append(line)
        line = reader.line_num + 1
    columns = [list(column) for column in zip(*cells, strict=True)] if cells else [[] for _ in header]
    tidied = {column: [tidy(v) if v and not v.isalnum() else v for v in values] for column, values in zip(header, columns, strict=True)}
    return _Sheet(name, tidied, {column: i + 1 for i, column in enumerate(header)}, lines)


def _next(reader: Iterator[list[str]], name: str, line: int) -> list[str] | None:
    """Return the next record, or nothing at the end; a quote that is never closed is refused at the record's line."""
    try:
        return next(reader, None)
    except csv.Error as error:
        raise InputError([Finding("open-quote", Place(name, line))]) from error


def _holds_rows(cell: str, columns: int) -> bool:
    """Whether a cell of several lines holds what looks like whole rows: a quote was opened and closed rows later."""
    return any(line.count(",") >= columns - 1 for line in cell.split("\n"))


def _check_header(file: str, table: Table, header: list[str]) -> None:
    findings = []
    seen: set[str] = set()
    for position, column in enumerate(header, start=1):
        place = Place(file, 1, position, letters(position))
        if column in seen:
            findings.append(Finding("duplicate-column", place, {"found": column}))
        elif column not in table.names:
            facts = {"found": column, "table": table.name}
            findings.append(Finding("unknown-column", place, facts, table.names, nearest(column, table.names)))
        seen.add(column)
    findings.extend(
        Finding("missing-column", Place(file, 1), {"wanted": column.name})
        for column in table.columns
        if column.required and column.name not in seen
    )
    if findings:
        raise InputError(findings)


def _typed(table: Table, sheet: _Sheet, findings: list[Finding]) -> pd.DataFrame:
    data: dict[str, list[Any]] = {}
    for column in table.columns:
        texts = sheet.columns.get(column.name)
        if texts is None:
            data[column.name] = [None] * len(sheet.lines)
            continue
        known: dict[str, Any] = {}
        problems: dict[str, Finding] = {}
        for text in dict.fromkeys(texts):
            value, problem = _cell(column, text)
            known[text] = value
            if problem is not None:
                problems[text] = problem
        if problems:
            for row, text in enumerate(texts):
                if text in problems:
                    found = problems[text]
                    findings.append(Finding(found.code, sheet.place(row, column.name), found.facts, found.allowed, found.hint))
            known = {text: None if text in problems else value for text, value in known.items()}
        data[column.name] = [known[text] for text in texts]
    if findings:
        return pd.DataFrame()
    return frame(table, data)


def _cell(column: Column, text: str) -> tuple[Any, Finding | None]:
    """Read one value; the place of the finding is filled in by the caller."""
    nowhere = Place("")
    if not text:
        return None, Finding("empty-value", nowhere) if column.required else None
    try:
        value = read_value(column, text)
    except ValueError:
        return None, Finding("bad-value", nowhere, {"found": text[:80], "wanted": WANTED[column.dtype]})
    if column.choices and value not in column.choices:
        return None, Finding("value-not-allowed", nowhere, {"found": text[:80]}, column.choices, nearest(text, column.choices))
    if column.low is not None and value < column.low:
        return None, Finding("value-too-small", nowhere, {"found": text, "wanted": f"{column.low:g}"})
    return value, None


def _check_keys(table: Table, sheet: _Sheet, findings: list[Finding]) -> None:
    for columns in (table.key, *table.unique):
        first: dict[tuple[str, ...], int] = {}
        for row, key in enumerate(zip(*(sheet.columns[c] for c in columns), strict=True)):
            if key in first:
                facts = {"found": " · ".join(key), "line": sheet.lines[first[key]]}
                findings.append(Finding("duplicate-key-row", sheet.place(row, columns[0]), facts))
            first.setdefault(key, row)


def _check_references(table: Table, sheet: _Sheet, sheets: dict[str, _Sheet], findings: list[Finding]) -> None:
    for column in table.columns:
        if not column.refers_to or column.name not in sheet.columns:
            continue
        target = TABLES[column.refers_to]
        known = set(sheets[target.name].columns[target.key[0]])
        for row, value in enumerate(sheet.columns[column.name]):
            if value and value not in known:
                facts = {"found": value, "table": target.name}
                hint = nearest(value, known) if len(findings) < 20 else ""
                findings.append(Finding("unknown-reference", sheet.place(row, column.name), facts, hint=hint))


def _check_validity(table: pd.DataFrame, sheet: _Sheet, by: tuple[str, ...], findings: list[Finding]) -> None:
    """Spans of one unit must run forwards and must not overlap."""
    table = table.assign(row=range(len(table)))
    forever = pd.Timestamp("2999-12-31")
    for key, spans in table.groupby(list(by), sort=False):
        ordered = spans.sort_values("valid_from", kind="stable").to_dict("records")
        last_end, last_row = None, -1
        for span in ordered:
            end = forever if pd.isna(span["valid_to"]) else span["valid_to"]
            if end < span["valid_from"]:
                facts = {"start": span["valid_from"].date(), "end": end.date()}
                findings.append(Finding("dates-reversed", sheet.place(span["row"], "valid_to"), facts))
            if last_end is not None and span["valid_from"] <= last_end:
                facts = {"found": " · ".join(map(str, key)), "line": sheet.lines[last_row]}
                findings.append(Finding("overlapping-validity", sheet.place(span["row"], "valid_from"), facts))
            last_end, last_row = end, span["row"]


def _check_chi_bo(frames: dict[str, pd.DataFrame], sheet: _Sheet, findings: list[Finding]) -> None:
    units = frames["unit"]
    chi_bo = set(units.loc[units["level"] == "chi_bo", "unit_id"])
    for row, unit_id in enumerate(frames["meeting"]["chi_bo_id"]):
        if unit_id not in chi_bo:
            findings.append(Finding("not-a-chi-bo", sheet.place(row, "chi_bo_id"), {"found": unit_id}))


def _check_meetings(meetings: pd.DataFrame, sheet: _Sheet, findings: list[Finding]) -> None:
    """A meeting that was held has its day, and no part of a count is larger than the whole."""
    held = (meetings["status"] == "held") & meetings["held_on"].isna()
    findings.extend(Finding("held-without-day", sheet.place(row, "held_on")) for row in held.to_numpy().nonzero()[0])
    members = meetings[["exempt", "special_duty", "present", "absent_excused", "absent_unexcused"]].sum(axis=1)
    for part, whole, over in (
        ("present", "roll", members > meetings["roll"]),
        ("exempt_present", "exempt", meetings["exempt_present"] > meetings["exempt"]),
        ("targets_met", "targets_set", meetings["targets_met"] > meetings["targets_set"]),
    ):
        facts = {"part": part, "whole": whole}
        findings.extend(Finding("part-over-whole", sheet.place(row, part), facts) for row in over.to_numpy().nonzero()[0])


def _check_lines(lines: pd.DataFrame, sheet: _Sheet, findings: list[Finding]) -> None:
    """Points stand exactly where a line was entered."""
    entered = (lines["state"] == "entered").to_numpy()
    given = lines["points"].notna().to_numpy()
    states = lines["state"].tolist()
    findings.extend(Finding("entered-without-points", sheet.place(row, "points")) for row in (entered & ~given).nonzero()[0])
    findings.extend(
        Finding("points-not-entered", sheet.place(row, "points"), {"state": states[row]}) for row in (~entered & given).nonzero()[0]
    )


def _check_windows(adoption: pd.DataFrame, sheet: _Sheet, findings: list[Finding]) -> None:
    for row, (what, value) in enumerate(zip(adoption["what"], adoption["value"], strict=True)):
        days = value.split("-")
        if what == "meeting_window" and not (len(days) == 2 and all(d.isdecimal() and 1 <= int(d) <= 31 for d in days)):
            findings.append(Finding("bad-window", sheet.place(row, "value"), {"found": value[:80]}))


def _check_cycles(units: pd.DataFrame, sheet: _Sheet, findings: list[Finding]) -> None:
    """No unit is above itself on any day on which the tree changes."""
    for day in sorted(set(units["valid_from"])):
        standing = units[(units["valid_from"] <= day) & (units["valid_to"].isna() | (units["valid_to"] >= day))]
        parent = {u: p for u, p in zip(standing["unit_id"], standing["parent_id"], strict=True) if not pd.isna(p)}
        settled: set[str] = set()
        for start in parent:
            path: list[str] = []
            current: str | None = start
            while current is not None and current in parent and current not in settled and current not in path:
                path.append(current)
                current = parent[current]
            if current in path:
                row = int(standing.index[standing["unit_id"] == current][0])
                findings.append(Finding("parent-cycle", sheet.place(row, "parent_id"), {"found": current}))
                return
            settled.update(path)
