"""Write files for the sender: copies with a comment at every finding, and the files set aside.

A copy is a new workbook written from the cells that were read; the user's file is never changed.
It keeps the hidden keys of a form, so that it can be corrected and sent in like the form itself.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base.errors import InputError, column_letters
from assess.base.text import plain, tidy
from assess.excel.confined import read_workbooks
from assess.excel.style import (
    ENTRY,
    format_of,
    lines_needed,
    new_workbook,
    page,
    save,
    sheet_name,
    write_value,
)
from assess.excel.workbook import Workbook, Worksheet
from assess.exchange.forms.ids import is_id
from assess.exchange.forms.layout import COLUMN_MARKS, ENTRY_MARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from assess.base.errors import Finding
    from assess.excel.workbook import Area, Cell, Where
    from assess.exchange.intake.result import FileResult, Intake

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
ENTRY_KEY = re.compile(r"(?:fact|line):")
"""The hidden name of a row that a chi bộ fills in."""
_COLOURS = {"error": "#F8CBAD", "warning": "#FFE699", "note": "#DDEBF7"}
_MOST_ROWS = 5000
_MOST_MERGED = 2000
"""Merged areas with more cells than this are not merged in the copy."""
_BESIDE = 5
"""Rows shown above and below an error."""
_LONGEST = 160
_WIDTHS = {"text": 9.0, "long": 44.0}


def safe_name(result: FileResult) -> str:
    """Return a file name valid on all systems and unique by digest, without path separators."""
    stem = _UNSAFE.sub("_", plain(result.path.stem)).strip("._")[:60] or "tep"
    suffix = _UNSAFE.sub("", plain(result.path.suffix))[:6].lower() or ".tep"
    return f"{stem}-{result.digest[:8] or 'khong-doc'}{suffix}"


@dataclass(frozen=True, slots=True)
class MarkedCopy:
    """A copy with comments: its path below the folder of results, and the rows about each finding.

    ``around`` are rows as a person reads them: worksheet, address, what stands beside, the value.
    """

    path: str
    around: tuple[tuple[str, str, str, str], ...] = ()


def send_back(intake: Intake, folder: Path, jobs: int = 1) -> dict[str, MarkedCopy]:
    """Write ``de-rieng/`` (files set aside, unchanged) and ``danh-dau/`` (copies with comments).

    Return the copy of each file by the file's digest.
    """
    aside, marked = folder / "de-rieng", folder / "danh-dau"
    copies: dict[str, MarkedCopy] = {}
    for result in intake.files:
        if result.outcome == "set_aside" and result.digest:
            aside.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(result.path, aside / safe_name(result))
    wanted = [
        result
        for result in intake.files
        if result.outcome != "known" and any(_at_cell(f) for f in result.findings)
    ]
    books = [result for result in wanted if result.path.suffix.lower() == ".xlsx"]
    for result, (_, book) in zip(
        books, read_workbooks([r.path for r in books], jobs=jobs), strict=True
    ):
        if not isinstance(book, InputError):
            path = _mark(result, book, marked, folder)
            around = tuple(_around(book, result.findings))
            copies[result.digest] = MarkedCopy(path, around)
    for result in wanted:
        if result.path.suffix.lower() == ".csv":
            path = _mark(result, _csv_as_book(result), marked, folder)
            copies[result.digest] = MarkedCopy(path)
    return copies


def _around(book: Workbook, findings: Iterable[Finding]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the entries about the cells of a form's errors, each once."""
    rows: dict[tuple[str, int, int], Worksheet] = {}
    for sheet in book.sheets:
        origin = next((where for where, text in sheet.texts() if is_id(text)), None)
        places = {
            (f.place.line, f.place.column)
            for f in findings
            if f.severity == "error"
            and f.place.cell
            and (len(book.sheets) == 1 or tidy(f.place.sheet) == tidy(sheet.name))
        }
        keyed = [
            row
            for (row, column), (kind, text) in sorted(sheet.cells.items())
            if origin and column == origin[1] and kind == "text" and ENTRY_KEY.match(str(text))
        ]
        for line, column in sorted(places):
            if line not in keyed:
                continue
            here = keyed.index(line)
            for row in keyed[max(0, here - _BESIDE) : here + _BESIDE + 1]:
                rows[sheet.name, row, column] = sheet
    for (name, row, column), sheet in sorted(rows.items(), key=lambda each: each[0]):
        title = next(
            (
                str(value)
                for (at, place), (kind, value) in sorted(sheet.cells.items(), reverse=True)
                if at == row and place < column and kind == "text" and place > 1
            ),
            "",
        )
        kind, value = sheet.cells.get((row, column), ("text", ""))
        shown = f"{value:%d/%m/%Y}" if kind == "date" else str(value)
        address = f"{column_letters(column)}{row}"
        yield name, address, title.split("\n", 1)[0].split(" (", 1)[0][:_LONGEST], shown


def _at_cell(finding: Finding) -> bool:
    return (
        bool(finding.place.line or finding.place.sheet)
        and finding.severity != "note"
        and finding.code not in ("revises", "superseded")
    )


def _mark(result: FileResult, book: Workbook, marked: Path, folder: Path) -> str:
    marked.mkdir(parents=True, exist_ok=True)
    path = marked / f"{safe_name(result).rsplit('.', 1)[0]}.xlsx"
    write_marked(path, book, result.findings)
    return path.relative_to(folder).as_posix()


def _csv_as_book(result: FileResult) -> Workbook:
    """Return a CSV file as a workbook of text; a long one is cut but for rows with findings."""
    text = result.path.read_bytes().decode("utf-8-sig", errors="replace")
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    lines = {finding.place.line for finding in result.findings} | {1}
    cells: dict[Where, Cell] = {}
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        start = 1
        for row in reader:
            if start <= _MOST_ROWS or start in lines:
                cells.update(
                    {
                        (start, i): ("text", value)
                        for i, value in enumerate(row[:100], start=1)
                        if value
                    }
                )
            start = reader.line_num + 1
    except csv.Error:
        pass
    return Workbook((Worksheet(result.path.stem[:31], cells),))


def write_marked(path: Path, book: Workbook, findings: Iterable[Finding]) -> None:
    """Write a copy of a workbook: the same values in the same cells, with comments at findings."""
    by_sheet: dict[str, dict[Where, list[Finding]]] = {}
    alone = len(book.sheets) == 1
    for finding in findings:
        if _at_cell(finding):
            name = book.sheets[0].name if alone else finding.place.sheet
            by_sheet.setdefault(tidy(name), {}).setdefault(
                (finding.place.line, finding.place.column), []
            ).append(finding)
    out = new_workbook(path, "Bản đánh dấu chỗ cần sửa")
    cache: dict[Any, Any] = {}
    taken: set[str] = set()
    for number, sheet in enumerate(book.sheets):
        target = out.add_worksheet(sheet_name(sheet.name, taken))
        if sheet.hidden and number:  # a workbook opens at its first worksheet
            target.hide()
        _write_sheet(out, cache, target, sheet, by_sheet.get(tidy(sheet.name), {}))
    save(out, path)


def _write_sheet(
    out: Any, cache: Any, target: Any, sheet: Worksheet, findings: dict[Where, list[Finding]]
) -> None:
    origin = next((where for where, text in sheet.texts() if is_id(text)), None)
    findings = _visible(findings, sheet, origin)
    widths = _column_widths(sheet, origin)
    entries = {
        where[1]
        for where, text in sheet.texts()
        if origin and where[0] == origin[0] and text in ENTRY_MARKS
    }
    keyed = {where[0] for where, _ in sheet.texts() if origin and where[1] == origin[1]}
    for column, width in widths.items():
        target.set_column(
            column - 1,
            column - 1,
            width,
            None,
            {"hidden": origin is not None and column == origin[1]},
        )
    merged = _apart(sheet.merged)
    covered = {
        (r, c)
        for (r1, c1), (r2, c2) in merged.items()
        for r in range(r1, r2 + 1)
        for c in range(c1, c2 + 1)
    }
    blank = {
        (row, column) for row in keyed for column in entries if origin and row != origin[0]
    } - covered
    heights: dict[int, float] = {}
    for where in sorted({*sheet.cells, *findings, *blank}):
        kind, value = sheet.cells.get(where, ("text", None))
        found = findings.get(where, [])
        if (kind == "formula" and not found) or (where in covered and where not in merged):
            continue
        worst = next((s for s in _COLOURS if any(f.severity == s for f in found)), None)
        is_entry = origin is not None and where[1] in entries and where[0] in keyed
        percent = {"num_format": "0.##%"} if kind == "percent" else {}
        look: dict[str, Any] = {
            **percent,
            "border": 1,
            "align": "center" if is_entry else "left",
            **({"bg_color": ENTRY} if is_entry else {}),
        }
        if worst is not None:
            look |= {"border": 2, "bg_color": _COLOURS[worst], "border_color": "#C00000"}
        style = format_of(out, cache, **look)
        row, column = where[0] - 1, where[1] - 1
        last = merged.get(where, where)
        if last != where:
            target.merge_range(row, column, last[0] - 1, last[1] - 1, "", style)
        write_value(
            target,
            row,
            column,
            value,
            style,
            format_of(out, cache, **{**look, "num_format": "dd/mm/yyyy"}),
        )
        width = sum(widths.get(c, 9.0) for c in range(where[1], last[1] + 1))
        heights[where[0]] = max(
            heights.get(where[0], 0.0), 15.0 * lines_needed(str(value or ""), width) + 3
        )
        if found:
            text = comment(found)
            target.write_comment(
                row,
                column,
                text,
                {
                    "x_scale": 2.6,
                    "y_scale": max(0.8, 0.28 * lines_needed(text, 45)),
                    "font_size": 9,
                },
            )
    for row, height in heights.items():
        target.set_row(row - 1, min(height, 200.0))
    if origin is not None:
        target.set_row(origin[0] - 1, None, None, {"hidden": True})
    page(target, landscape=False, footer="Bản đánh dấu chỗ cần sửa")


def _visible(
    findings: dict[Where, list[Finding]], sheet: Worksheet, origin: Where | None
) -> dict[Where, list[Finding]]:
    """Move findings about the whole worksheet or at hidden cells to the first visible cell."""
    top, left = origin or (0, 0)
    first = min(
        (where for where in sheet.cells if where[0] > top and where[1] > left),
        default=(top + 1, left + 1),
    )
    result: dict[Where, list[Finding]] = {}
    for where, found in findings.items():
        hidden = not where[0] or (origin is not None and (where[0] == top or where[1] == left))
        result.setdefault(first if hidden else (where[0], max(where[1], 1)), []).extend(found)
    return result


def _apart(areas: Iterable[Area]) -> dict[Where, Where]:
    """Return the merged areas that neither overlap nor are too large, as first → last cell."""
    kept: dict[Where, Where] = {}
    taken: set[Where] = set()
    for r1, c1, r2, c2 in areas:
        cells = (
            {(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
            if (r2 - r1 + 1) * (c2 - c1 + 1) <= _MOST_MERGED
            else None
        )
        if cells is not None and not cells & taken:
            taken |= cells
            kept[r1, c1] = (r2, c2)
    return kept


def comment(findings: Sequence[Finding]) -> str:
    """Return the text of a comment: each finding with allowed values, fix and clause."""
    parts = []
    for finding in findings:
        said = [finding.sentence]
        if finding.allowed:
            said.append(f"cho phép: {', '.join(finding.allowed[:12])}")
        if finding.fix:
            said.append(f"cách sửa: {finding.fix}")
        if finding.clause:
            said.append(f"căn cứ: {finding.clause}")
        parts.append("\n".join(said))
    return "\n\n".join(parts)


def _column_widths(sheet: Worksheet, origin: Where | None) -> dict[int, float]:
    """Return column widths that fit the texts, up to a limit; the remarks of a form get 20."""
    widths: dict[int, float] = {}
    spans = {(r1, c1) for r1, c1, r2, c2 in sheet.merged if c2 > c1}
    for where, (kind, value) in sheet.cells.items():
        if where in spans or kind == "formula":
            continue
        length = (
            10 if kind in ("date", "percent") else max(len(part) for part in str(value).split("\n"))
        )
        widths[where[1]] = min(
            max(widths.get(where[1], _WIDTHS["text"]), length * 0.95 + 1), _WIDTHS["long"]
        )
    if origin is not None:
        widths[origin[1] + max(COLUMN_MARKS.values()) - 1] = 20.0
    return widths


__all__ = ["MarkedCopy", "comment", "safe_name", "send_back", "write_marked"]
