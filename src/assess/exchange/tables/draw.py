"""Draw the office's tables as a workbook: to fill in, to keep, or to print and sign."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name

from assess.base import numbers
from assess.base.periods import Period
from assess.base.text import committee_of, tidy
from assess.excel.style import (
    ENTRY,
    HEAD,
    WRONG_ENTRY,
    format_of,
    lines_needed,
    new_workbook,
    page,
    save,
    sheet_name,
    write_value,
)
from assess.exchange.tables.ids import LISTS
from assess.exchange.tables.layout import (
    HEADINGS,
    NUMBER,
    WITHDRAW,
    WITHDRAW_TITLE,
    columns_shown,
    help_of,
    titles,
    width_of,
)
from assess.exchange.tables.parse import END, ROW, SIGNED
from assess.exchange.tables.parse import HEAD as HEAD_MARK
from assess.exchange.tables.rows import key_of, plain_rows, texts_of
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from assess.exchange.tables.code_words import CodeWords
    from assess.exchange.tables.ids import TableId
    from assess.records.columns import ColumnSpec, TableSpec
    from assess.records.unit_names import UnitNames

_LINE = 15.0
_ADDED, _EMPTY = 10, 30
"""Rows to write in below those on record, and in an empty table."""
_LISTED = 250
"""Letters that a drop-down list may have in the cell's own rule."""
_CENTRED = ("date", "month", "year", "period", "integer", "number", "flag")
_AS_TEXT = "@"
"""The format in which Excel leaves what is typed as it is."""
_FORMATS = {"date": "dd/mm/yyyy", "integer": "0", "number": "General"}


@dataclass(frozen=True, slots=True)
class TablesBook:
    """What a workbook of tables shows: frames by table, their ids, and the words for codes.

    ``superior``, ``office`` and ``signs`` are for the head and the signature; ``until`` is the last
    day of the records, None in an empty workbook.
    """

    frames: Mapping[str, pd.DataFrame]
    ids: Mapping[str, TableId]
    units: UnitNames
    codes: CodeWords
    superior: str = ""
    office: str = ""
    signs: str = ""
    until: dt.date | None = None


def write_tables(path: Path, what: TablesBook) -> None:
    """Write a workbook with a worksheet for each table, and one with the choices, hidden."""
    book = new_workbook(path, "Sổ các bảng của văn phòng cấp ủy")
    lists = _Lists(what)
    cache: dict[Any, Format] = {}
    taken: set[str] = set()
    for name, frame in what.frames.items():
        sheet = book.add_worksheet(sheet_name(words.TABLE_NAMES[name].capitalize(), taken))
        _Drawing(book, sheet, cache, what, lists, TABLES[name]).all(frame)
    lists.write(book, sheet_name("Danh mục", taken))
    save(book, path)


class _Lists:
    """The hidden worksheet with the choices that are too long for a cell's own rule."""

    def __init__(self, what: TablesBook) -> None:
        self._what = what
        self._columns: dict[tuple[str, ...], int] = {}

    def source(self, table: str, column: ColumnSpec) -> Any:
        """Return the choices of a column for a drop-down list, or None if it has none."""
        if column.refers_to == "unit":
            choices = tuple(self._what.units.labels())
        elif column.dtype == "choice":
            choices = tuple(words.choices_of(column).values())
        elif column.dtype == "flag":
            choices = (words.YES, words.NO)
        else:
            choices = self._what.codes.choices(table, column.name)
        if not choices:
            return None
        if len(",".join(choices)) <= _LISTED and not any("," in word for word in choices):
            return list(choices)
        at = xl_col_to_name(self._columns.setdefault(choices, len(self._columns) + 1))
        return f"='Danh mục'!${at}$1:${at}${len(choices)}"

    def write(self, book: Workbook, name: str) -> None:
        """Write the worksheet after all others."""
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, LISTS)
        for choices, column in self._columns.items():
            for row, word in enumerate(choices):
                sheet.write_string(row, column, word)
        sheet.hide()


class _Drawing:
    """Draws one table from the top down; the hidden first column and row say what is where."""

    def __init__(
        self,
        book: Workbook,
        sheet: Worksheet,
        cache: dict[Any, Format],
        what: TablesBook,
        lists: _Lists,
        table: TableSpec,
    ) -> None:
        self.book, self.sheet, self.cache = book, sheet, cache
        self.what, self.lists, self.table = what, lists, table
        self.columns = columns_shown(table)
        self.last = len(self.columns) + 2
        """The column (from 0) for the reason of a withdrawal, the last one."""
        self.row = 0

    def style(self, **values: Any) -> Format:
        """Return a cached format in the style of the workbooks."""
        return format_of(self.book, self.cache, **values)

    def all(self, frame: pd.DataFrame) -> None:
        """Draw head, titles, rows, total and signatures; set up the page."""
        self._marks()
        self._head()
        top = self._titles()
        first = self.row
        self._rows(frame)
        blank = _ADDED if len(frame) else _EMPTY
        for _ in range(blank):
            self._row({}, None, None)
        self._choices(first, self.row - 1)
        self.sheet.autofilter(first - 1, 1, self.row - 1, self.last)
        self._total(first, self.row - 1)
        self._signatures()
        self.sheet.freeze_panes(first, 3)
        self.sheet.repeat_rows(top, first - 1)
        self.sheet.print_area(0, 1, self.row, self.last - 1)
        page(self.sheet, landscape=True, footer=HEADINGS[self.table.name])

    def _marks(self) -> None:
        self.sheet.set_column(0, 0, 4, None, {"hidden": True})
        self.sheet.set_column(1, 1, 5)
        self.sheet.write_string(0, 0, str(self.what.ids[self.table.name]))
        self.sheet.write_string(0, 1, f"@{NUMBER}")
        for at, column in enumerate(self.columns, start=2):
            self.sheet.set_column(at, at, width_of(column))
            self.sheet.write_string(0, at, f"@{column.name}")
        self.sheet.write_string(0, self.last, f"@{WITHDRAW}")
        self.sheet.set_column(self.last, self.last, 22)
        self.sheet.set_row(0, None, None, {"hidden": True})
        self.row = 1

    def _head(self) -> None:
        """Draw the head of a Party document, and what the table is."""
        bold, centre = self.style(bold=True, align="center"), self.style(align="center")
        half = (self.last + 1) // 2
        pairs = (
            (tidy(self.what.superior).upper(), centre, "ĐẢNG CỘNG SẢN VIỆT NAM", bold),
            (tidy(committee_of(self.what.office)).upper(), bold, "", centre),
            ("*", centre, "", centre),
        )
        for left, left_style, right, right_style in pairs:
            self._merged(1, half - 1, left, left_style)
            self._merged(half, self.last - 1, right, right_style)
            self.row += 1
        title = HEADINGS[self.table.name].upper()
        self._merged(1, self.last - 1, title, self.style(bold=True, align="center", font_size=14))
        self.sheet.set_row(self.row, 24)
        self.row += 1
        said = f"(số liệu đến ngày {numbers.day(self.what.until)})" if self.what.until else ""
        self._merged(1, self.last - 1, said, self.style(italic=True, align="center"))
        self.row += 1

    def _merged(self, first: int, last: int, text: str, style: Format) -> None:
        if last > first:
            self.sheet.merge_range(self.row, first, self.row, last, "", style)
        write_value(self.sheet, self.row, first, text, style)

    def _titles(self) -> int:
        """Draw the titles and the help below them; return the row of the titles."""
        top, called = self.row, titles(self.table)
        head = self.style(border=1, bold=True, align="center", bg_color=HEAD)
        note = self.style(border=1, italic=True, align="center", font_size=9, bg_color=HEAD)
        shown = [("STT", "", 5.0)]
        shown += [(called[c.name], help_of(self.table, c), width_of(c)) for c in self.columns]
        shown.append((WITHDRAW_TITLE, "chỉ ghi khi rút, thay dòng đã có", 22.0))
        for at, (title, said, _) in enumerate(shown, start=1):
            self.sheet.write_string(top, at, title, head)
            self.sheet.write_string(top + 1, at, said, note)
        for row, part, size in ((top, 0, _LINE), (top + 1, 1, 12.5)):
            lines = max(lines_needed(str(each[part]), each[2] - 1.5) for each in shown)
            self.sheet.set_row(row, size * lines + 4)
        self.sheet.write_string(top + 1, 0, HEAD_MARK)
        self.row = top + 2
        return top

    def _rows(self, frame: pd.DataFrame) -> None:
        for number, row in enumerate(plain_rows(frame), start=1):
            key = json.dumps(list(key_of(self.table, row)), ensure_ascii=False)
            self._row(row, number, f"{ROW}{key}")

    def _row(self, row: Mapping[str, Any], number: int | None, key: str | None) -> None:
        if key is not None:
            self.sheet.write_string(self.row, 0, key)
        border = self.style(border=1, align="center")
        write_value(self.sheet, self.row, 1, number, border)
        texts = texts_of(self.table, row)
        lines = 1
        for at, column in enumerate(self.columns, start=2):
            value = self._value(column, row.get(column.name), texts)
            write_value(self.sheet, self.row, at, value, self._cell_style(column))
            lines = max(lines, lines_needed(str(value or ""), width_of(column) - 1))
        self.sheet.write_blank(
            self.row, self.last, None, self.style(border=1, bg_color=ENTRY, num_format=_AS_TEXT)
        )
        self.sheet.set_row(self.row, _LINE * lines + 3)
        self.row += 1

    def _cell_style(self, column: ColumnSpec) -> Format:
        place = "center" if column.dtype in _CENTRED else "left"
        shape = _FORMATS.get(column.dtype, _AS_TEXT)
        return self.style(border=1, bg_color=ENTRY, align=place, num_format=shape)

    def _value(self, column: ColumnSpec, value: Any, texts: Mapping[str, str]) -> Any:
        """Return what a cell shows: names and words for codes, days and numbers as they are."""
        text = texts.get(column.name, "")
        if not text:
            return None
        if column.dtype == "date":
            return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
        if column.dtype in ("integer", "number"):
            return float(value)
        if column.refers_to == "unit":
            return self.what.units.label(text)
        if column.dtype == "choice":
            return words.choices_of(column).get(text, text)
        if column.dtype == "flag":
            return words.YES if text == "true" else words.NO
        return _written(column, self.what.codes.word(self.table.name, column.name, texts))

    def _choices(self, first: int, last: int) -> None:
        for at, column in enumerate(self.columns, start=2):
            source = self.lists.source(self.table.name, column)
            if source is None:
                continue
            open_list = column.refers_to or column.dtype not in ("choice", "flag")
            told = {
                "validate": "list",
                "source": source,
                "ignore_blank": True,
                "show_error": not open_list,
                "error_type": "warning",
                "error_title": WRONG_ENTRY,
                "error_message": "Chọn một mục trong danh sách.",
            }
            self.sheet.data_validation(first, at, last, at, told)

    def _total(self, first: int, last: int) -> None:
        """Draw the row of totals: how many rows, and the sums of what can be added up."""
        style = self.style(border=1, bold=True, align="center")
        self.sheet.write_string(self.row, 0, END)
        for at in range(1, self.last + 1):
            self.sheet.write_blank(self.row, at, None, style)
        counted = f"{xl_col_to_name(2)}{first + 1}:{xl_col_to_name(2)}{last + 1}"
        self.sheet.write_formula(self.row, 2, f'="Cộng: "&COUNTA({counted})&" dòng"', style, "")
        for at, column in enumerate(self.columns, start=2):
            if at > 2 and column.dtype == "integer" and column.name != "version":
                cells = f"{xl_col_to_name(at)}{first + 1}:{xl_col_to_name(at)}{last + 1}"
                formula = f'=IF(COUNT({cells})=0,"",SUM({cells}))'
                self.sheet.write_formula(self.row, at, formula, style, "")
        self.sheet.set_row(self.row, _LINE + 5)
        self.row += 1

    def _signatures(self) -> None:
        self.sheet.set_row(self.row, 8)
        self.row += 1
        half = (self.last + 1) // 2
        bold, plain = self.style(align="center", bold=True), self.style(align="center", italic=True)
        dated = "ngày      tháng      năm"
        for left, right, style in (
            ("", dated, plain),
            ("NGƯỜI LẬP BIỂU", self.what.signs, bold),
            ("(ký, ghi rõ họ tên)", "(ký, ghi rõ họ tên)", plain),
        ):
            self.sheet.write_string(self.row, 0, SIGNED)
            self._merged(1, half - 1, left, style)
            self._merged(half, self.last - 1, right, style)
            self.row += 1
        self.sheet.set_row(self.row, 50)


def _written(column: ColumnSpec, text: str) -> str:
    """Return a month or period as people write it."""
    if column.dtype == "month":
        return numbers.month(text)
    return Period.parse(text).label if column.dtype == "period" else text


def signs_for(level: str) -> str:
    """Return in whose name a unit of a level signs."""
    if level in ("tinh", "tren_co_so"):
        return "T/M BAN THƯỜNG VỤ"
    return "T/M CHI BỘ" if level == "chi_bo" else "T/M ĐẢNG ỦY"
