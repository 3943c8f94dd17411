"""Write a report's tables to an Excel workbook with typed cells, for further calculation."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import textwrap
from typing import TYPE_CHECKING, Any

from assess.base.numbers import MISSING
from assess.base.periods import MONTH
from assess.base.text import tidy
from assess.excel.style import HEAD, format_of, page, sheet_name
from assess.reports.pdf import footer, timestamp

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from assess.reports.document import Document, Part

CONTENTS = "Nội dung"
_SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_LONGEST = 32_000
"""Longest text written to a cell; Excel allows 32 767 characters.

``_EXACT`` is the limit for numbers: Excel keeps only 15 digits.
"""
_EXACT = 10**15
_ALIGN = {"l": "left", "c": "center", "r": "right"}
_GROUP = "Nhóm"
"""The head of the column with what stands above groups of rows on the page."""
_INKS: tuple[dict[str, Any], ...] = (
    {},
    {"bg_color": "#DFDFDF"},
    {"bg_color": "#666666", "font_color": "#FFFFFF"},
    {"bg_color": "#000000", "font_color": "#FFFFFF"},
)
"""The face of cells of letters, by how much ink they get."""
_DATA_BAR = {
    "type": "data_bar",
    "min_type": "num",
    "min_value": 0,
    "bar_color": "#BFBFBF",
}
_NARROWEST, _WIDEST = 8, 46
_HIGHEST = 409
_UPRIGHT = 90
"""Worksheets wider than this many characters are printed in landscape."""
_FILTERED = 10
"""Tables with more rows than this get a filter, unless they have headings between rows."""


def render_xlsx(document: Document) -> bytes:
    """Return the document's tables as .xlsx bytes; the same document gives the same bytes."""
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, _SAFE)
    header = next((part for part in document.parts if part["type"] == "header"), None)
    stamp = document.stamp
    book.set_properties(
        {
            "title": tidy(document.title),
            "author": tidy(header["issuer"]) if header else "",
            "keywords": " ".join((stamp["dang_bo"], stamp["period"], stamp["digest"]))
            if stamp
            else "",
            "created": dt.datetime.fromtimestamp(timestamp(stamp), dt.UTC),
        }
    )
    sheets = _Sheets(book, footer(document), header["marks"] if header else ())
    tables = [_grouped(part) for part in document.parts if part["type"] == "table"]
    names = sheets.name(tables)
    sheets.contents(document, header, list(zip(names, tables, strict=True)))
    for name, table in zip(names, tables, strict=True):
        sheets.table(name, table)
    book.close()
    return made.getvalue()


def _grouped(part: Part) -> Part:
    """Return a table whose groups are a column, so that it can be filtered and sorted."""
    if not part["bands"] or not part["rows"]:
        return part
    first = dict(part["bands"])
    groups, group = [], ""
    for place in range(len(part["rows"])):
        group = first.get(place, group)
        groups.append(group)
    if part["total"]:
        groups[-1] = ""

    def beside(name: str) -> list[list[Any]]:
        rows = part.get(name) or part["rows"]
        return [[group, *row] for group, row in zip(groups, rows, strict=True)]

    return {
        **part,
        "head": [_GROUP, *part["head"]],
        "align": ["l", *part["align"]],
        "rows": beside("rows"),
        "values": beside("values"),
        "kinds": ["text", *(part.get("kinds") or ["text"] * len(part["head"]))],
        "places": [0, *(part.get("places") or [0] * len(part["head"]))],
        "shades": [[0, *row] if row else [] for row in part.get("shades") or []],
        "bar": part.get("bar", -1) + 1,
        "bands": [],
    }


class _Sheets:
    """Writes worksheets with a uniform style to a workbook."""

    def __init__(self, book: Workbook, footer: str, marks: Any) -> None:
        self.book = book
        self.footer = footer
        self.marks = tuple(marks)
        self.formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.taken = {CONTENTS.casefold()}

    def style(self, **values: Any) -> Format:
        """Return a cell format; equal formats are shared."""
        return format_of(self.book, self.formats, **values)

    def name(self, tables: list[Part]) -> list[str]:
        """Return a worksheet name for each table: its number in the report, or its position."""
        wanted = [re.match(r"Bảng \d+(?=\. )", part["title"]) for part in tables]
        return [
            sheet_name(found[0] if found else f"Bảng {number}", self.taken)
            for number, found in enumerate(wanted, start=1)
        ]

    # --- the first sheet --------------------------------------------------------------------------

    def contents(
        self, document: Document, header: Part | None, tables: list[tuple[str, Part]]
    ) -> None:
        """Write the contents worksheet: title, provenance and links to the tables."""
        sheet = self.book.add_worksheet(CONTENTS)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 72)
        row = self._merged(sheet, 0, 1, document.title, 102, bold=True, font_size=14)
        for mark in self.marks:
            row = self._merged(sheet, row, 1, mark, 102, bold=True, border=1)
        facts = (
            [("Nơi ban hành", header["issuer"]), ("Nơi và ngày", header["date"])] if header else []
        )
        facts += (
            [(name, value) for name, value in document.stamp["facts"]] if document.stamp else []
        )
        row += 1
        for name, value in facts:
            _text(sheet, row, 0, name, self.style(bold=True, valign="top"))
            _text(sheet, row, 1, value, self.style(valign="top"))
            row += 1
        row += bool(facts)
        for column, title in enumerate(("Trang tính", "Bảng")):
            _text(
                sheet,
                row,
                column,
                title,
                self.style(bold=True, bg_color=HEAD, border=1, align="center"),
            )
        if not tables:
            _text(sheet, row + 1, 0, "Không có bảng nào.", self.style(text_wrap=False))
        link = self.style(border=1, valign="top", font_color="#0000EE", underline=1)
        for place, (name, table) in enumerate(tables, start=row + 1):
            sheet.write_url(place, 0, f"internal:'{name}'!A1", link, name)
            _text(
                sheet,
                place,
                1,
                re.sub(r"^Bảng \d+\. ", "", table["title"]) or "(bảng không có tên)",
                self.style(border=1, valign="top"),
            )
        page(sheet, landscape=False, footer=self.footer)

    # --- a table's sheet --------------------------------------------------------------------------

    def table(self, name: str, part: Part) -> None:
        """Write a table to its own worksheet: title, head, rows with their bands, and note."""
        sheet = self.book.add_worksheet(name)
        last = len(part["head"]) - 1
        widths = [_column_width(column) for column in zip(part["head"], *part["rows"], strict=True)]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        wide = sum(widths)
        self._merged(sheet, 0, last, part["title"] or name, wide, bold=True, font_size=13)
        for column, text in enumerate(part["head"]):
            _text(
                sheet,
                1,
                column,
                text,
                self.style(bold=True, bg_color=HEAD, border=1, align="center"),
            )
        sheet.set_row(1, _height(part["head"], widths, bold=True))
        row = self._rows(sheet, part, widths)
        for text in (part["note"], *self.marks):
            if text:
                row = self._merged(sheet, row, last, text, wide, italic=True)
        sheet.freeze_panes(2, 0)
        sheet.repeat_rows(1)
        page(sheet, landscape=wide > _UPRIGHT, footer=self.footer)

    def _rows(self, sheet: Worksheet, part: Part, widths: list[float]) -> int:
        """Write the rows of a table and return the next free row.

        Tables of plain notebooks have only text.
        """
        rows, last = part["rows"], len(part["head"]) - 1
        values: list[list[Any]] = part.get("values") or rows
        kinds: list[str] = part.get("kinds") or ["text"] * (last + 1)
        places: list[int] = part.get("places") or [0] * (last + 1)
        inks: list[list[int]] = part.get("shades") or []
        if not rows:
            return self._merged(sheet, 2, last, part["empty"], sum(widths), border=1)
        row = 2
        for place, shown in enumerate(rows):
            total = (
                {"bold": True, "bg_color": HEAD} if part["total"] and place == len(rows) - 1 else {}
            )
            for column, text in enumerate(shown):
                side = _ALIGN[part["align"][column]]
                ink = inks[place][column] if inks and inks[place] else 0
                face = {
                    "border": 1,
                    "valign": "top",
                    "align": side,
                    "indent": int(side == "left"),
                    **total,
                    **_INKS[ink],
                }
                self._cell(
                    sheet,
                    (row, column),
                    values[place][column],
                    text,
                    kinds[column],
                    places[column],
                    face,
                )
            sheet.set_row(row, _height(shown, widths, bold=bool(total)))
            row += 1
        body = len(rows) - bool(part["total"])
        if body > _FILTERED:
            sheet.autofilter(1, 0, 1 + body, last)
        if part.get("bars"):
            column = part["bar"]
            sheet.conditional_format(2, column, row - 1 - bool(part["total"]), column, _DATA_BAR)
        sheet.ignore_errors({"number_stored_as_text": f"A3:XFD{row}"})
        return row

    def _cell(
        self,
        sheet: Worksheet,
        at: tuple[int, int],
        value: Any,
        shown: str,
        kind: str,
        places: int,
        face: dict[str, Any],
    ) -> None:
        """Write a value as its column kind, or as the displayed text if it is of another kind."""
        if value is None or (isinstance(value, float) and math.isnan(value)) or not shown:
            sheet.write_blank(*at, None, self.style(**face))
            return
        number = isinstance(value, int | float) and abs(value) < _EXACT
        if number and kind == "letter":  # the number of letters, in a row of sums
            kind = "integer"
        if number and kind in ("integer", "points", "percent"):
            decimals = f"0.{'0' * places}".rstrip(".")
            form = {"integer": "0", "percent": f"{decimals}%"}.get(kind, decimals)
            if shown[0] in "<>":  # such as <100%: the rounded number would read as all or none
                form = f'"{shown}"'
            sheet.write_number(
                *at,
                int(value) if kind == "integer" else value,
                self.style(**face, text_wrap=False, num_format=form),
            )
            return
        day = _day(str(value), kind)
        if day is not None:
            sheet.write_datetime(
                *at,
                day,
                self.style(**face, num_format="dd/mm/yyyy" if kind == "date" else "m/yyyy"),
            )
            return
        _text(sheet, *at, shown, self.style(**face))

    def _merged(
        self, sheet: Worksheet, row: int, last: int, text: str, wide: float, **face: Any
    ) -> int:
        """Write text across merged columns, set the row height and return the next row."""
        style = self.style(valign="top", **face)
        if last > 0:
            sheet.merge_range(row, 0, row, last, "", style)
        _text(sheet, row, 0, text, style)
        scale = face.get("font_size", 11) / 11
        sheet.set_row(row, _height([text], [wide / scale], bold=bool(face.get("bold"))) * scale)
        return row + 1


def _text(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    plain = tidy(text)
    if plain:
        sheet.write_string(
            row, column, plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…", style
        )
    else:
        sheet.write_blank(row, column, None, style)


def _height(texts: list[str], widths: list[float], *, bold: bool) -> float:
    """Return a row height in points; LibreOffice and merged cells do not compute it themselves."""
    per_line = [max(1, int(width * (1.15 if bold else 1.28))) for width in widths]
    lines = (
        len(textwrap.wrap(text, room)) if len(text) > room else 1
        for text, room in zip(texts, per_line, strict=True)
    )
    return min(_HIGHEST, 15.0 * max(lines) + 1)


def _day(text: str, kind: str) -> dt.datetime | None:
    """Return a date as Excel can store it (from 1901 on), a month as its first day, or ``None``."""
    if kind == "month":
        found = MONTH.fullmatch(text)
        text = f"{found[0]}-01" if found else ""
    if kind not in ("date", "month") or not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time()) if day.year > 1900 else None


def _column_width(texts: tuple[str, ...]) -> float:
    """Return a column width in characters: short values fit on one line, the head may wrap."""
    head, *values = texts
    words = max((len(word) for word in head.split()), default=0)
    longest = max((len(value) for value in values if value != MISSING), default=0)
    return max(
        _NARROWEST, min(_WIDEST, max(words + 2.5, min(len(head) / 2, 14) + 2.5, longest * 0.95 + 3))
    )
