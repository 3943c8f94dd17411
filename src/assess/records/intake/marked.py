"""What goes back to the sender: a copy of the file with a comment at every cell that needs a look, and the file itself.

The copy is written anew from what was read; a user's file is never saved over. It keeps the hidden names of a form, so that
it can be mended and sent in like the form itself.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from typing import TYPE_CHECKING, Any

from assess.base.confined import read_workbooks
from assess.base.errors import InputError
from assess.base.text import tidy
from assess.base.workbook import Book, Sheet
from assess.records.forms.ids import is_id
from assess.records.forms.layout import COLUMN_MARKS
from assess.records.forms.style import format_of, lines_needed, new_workbook, page, sheet_name, write_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from assess.base.errors import Finding
    from assess.base.workbook import Cell, Where
    from assess.records.intake.result import FileResult, Intake

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_COLOURS = {"error": "#F8CBAD", "warning": "#FFE699", "note": "#DDEBF7"}
_MOST_ROWS = 5000
_WIDTHS = {"text": 9.0, "long": 44.0}


def safe_name(result: FileResult) -> str:
    """Return a file name that any system takes, that cannot leave its folder, and that no other file of the intake has."""
    stem = _UNSAFE.sub("_", result.path.stem).strip("._")[:60] or "tep"
    suffix = result.path.suffix.lower() if result.path.suffix.lower() in (".xlsx", ".csv") else ".bin"
    return f"{stem}-{result.digest[:8] or 'khong-doc'}{suffix}"


def send_back(intake: Intake, folder: Path, jobs: int = 1) -> dict[str, str]:
    """Write ``set-aside/`` (the files that were not taken, as they came) and ``marked/`` (copies with comments).

    Returns the marked copy of each file that has one, by the file's digest and relative to ``folder``.
    """
    aside, marked = folder / "set-aside", folder / "marked"
    copies: dict[str, str] = {}
    for result in intake.files:
        if result.outcome == "set_aside" and result.digest:
            aside.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(result.path, aside / safe_name(result))
    wanted = [result for result in intake.files if result.outcome != "known" and any(_at_cell(f) for f in result.findings)]
    books = [result for result in wanted if result.path.suffix.lower() == ".xlsx"]
    for result, (_, book) in zip(books, read_workbooks([r.path for r in books], jobs=jobs), strict=True):
        if not isinstance(book, InputError):
            copies[result.digest] = _mark(result, book, marked, folder)
    for result in wanted:
        if result.path.suffix.lower() == ".csv":
            copies[result.digest] = _mark(result, _csv_as_book(result), marked, folder)
    return copies


def _at_cell(finding: Finding) -> bool:
    return finding.place.line > 0 and finding.severity != "note" and finding.code != "revises"


def _mark(result: FileResult, book: Book, marked: Path, folder: Path) -> str:
    marked.mkdir(parents=True, exist_ok=True)
    path = marked / f"{safe_name(result).rsplit('.', 1)[0]}.xlsx"
    write_marked(path, book, result.findings)
    return path.relative_to(folder).as_posix()


def _csv_as_book(result: FileResult) -> Book:
    """A CSV file as a sheet of text: all of it, or of a long one the head and the rows with findings."""
    text = result.path.read_bytes().decode("utf-8-sig", errors="replace")
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    lines = {finding.place.line for finding in result.findings} | {1}
    cells: dict[Where, Cell] = {}
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        start = 1
        for row in reader:
            if start <= _MOST_ROWS or start in lines:
                cells.update({(start, i): ("text", value) for i, value in enumerate(row[:100], start=1) if value})
            start = reader.line_num + 1
    except csv.Error:
        pass
    return Book((Sheet(result.path.stem[:31], cells),))


def write_marked(path: Path, book: Book, findings: Iterable[Finding]) -> None:
    """Write a workbook anew: what stood in each cell, at the same cell, with comments where findings are."""
    by_sheet: dict[str, dict[Where, list[Finding]]] = {}
    alone = len(book.sheets) == 1
    for finding in findings:
        if finding.place.line:
            name = book.sheets[0].name if alone else finding.place.sheet
            by_sheet.setdefault(tidy(name), {}).setdefault((finding.place.line, max(finding.place.column, 1)), []).append(finding)
    out = new_workbook(path, "Bản đánh dấu chỗ cần sửa")
    cache: dict[Any, Any] = {}
    taken: set[str] = set()
    for sheet in book.sheets:
        _write_sheet(out, cache, out.add_worksheet(sheet_name(sheet.name, taken)), sheet, by_sheet.get(tidy(sheet.name), {}))
    out.close()


def _write_sheet(out: Any, cache: Any, target: Any, sheet: Sheet, findings: dict[Where, list[Finding]]) -> None:
    origin = next((where for where, text in sheet.texts() if is_id(text)), None)
    widths = _column_widths(sheet, origin)
    for column, width in widths.items():
        target.set_column(column - 1, column - 1, width, None, {"hidden": origin is not None and column == origin[1]})
    if origin is not None:
        target.set_row(origin[0] - 1, None, None, {"hidden": True})
    merged = {(first_row, first_column): (last_row, last_column) for first_row, first_column, last_row, last_column in sheet.merged}
    covered = {(r, c) for (r1, c1), (r2, c2) in merged.items() for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
    for where in sorted({*sheet.cells, *findings}):
        kind, value = sheet.cells.get(where, ("text", None))
        found = findings.get(where, [])
        if kind == "formula" and not found:
            continue
        if where in covered and where not in merged:
            continue
        worst = next((s for s in _COLOURS if any(f.severity == s for f in found)), None)
        look = {"border": 1} if worst is None else {"border": 2, "bg_color": _COLOURS[worst], "border_color": "#C00000"}
        style = format_of(out, cache, **look)
        day = format_of(out, cache, **look, num_format="dd/mm/yyyy")
        row, column = where[0] - 1, where[1] - 1
        if where in merged and merged[where] != where:
            target.merge_range(row, column, merged[where][0] - 1, merged[where][1] - 1, "", style)
        write_value(target, row, column, value, style, day)
        if found:
            text = comment(found)
            target.write_comment(row, column, text, {"x_scale": 2.6, "y_scale": max(0.8, 0.28 * lines_needed(text, 45)), "font_size": 9})
    page(target, landscape=False, footer="Bản đánh dấu chỗ cần sửa")


def comment(findings: Sequence[Finding]) -> str:
    """Return what is said at a cell: what was found, what is allowed, how to mend it, the clause."""
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


def _column_widths(sheet: Sheet, origin: Where | None) -> dict[int, float]:
    """Widths after the longest short text of a column; the titles of a form get room."""
    widths: dict[int, float] = {}
    spans = {(r1, c1) for r1, c1, r2, c2 in sheet.merged if c2 > c1}
    for where, (kind, value) in sheet.cells.items():
        if where in spans or kind == "formula":
            continue
        length = 10 if kind == "date" else max(len(part) for part in str(value).split("\n"))
        widths[where[1]] = min(max(widths.get(where[1], _WIDTHS["text"]), length * 0.95 + 1), _WIDTHS["long"])
    if origin is not None:
        widths[origin[1] + max(COLUMN_MARKS.values()) - 1] = 20.0
    return widths


__all__ = ["comment", "safe_name", "send_back", "write_marked"]
