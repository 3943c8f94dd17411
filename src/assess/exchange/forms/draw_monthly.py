"""Draw a đảng bộ's monthly table: head, a row for each chi bộ, total and signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name

from assess.base.periods import Period
from assess.base.text import committee_of, tidy
from assess.excel.style import (
    ENTRY,
    HEAD,
    format_of,
    lines_needed,
    new_workbook,
    page,
    save,
    write_value,
)
from assess.exchange.forms.monthly_table import TOTAL, titles_of
from assess.rules import FIDELITIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from assess.exchange.forms.monthly_table import MonthlyTable

_WIDTHS = {"number": 5.0, "code": 11.0, "name": 34.0, "held_on": 11.5, "note": 30.0}
_GIVEN = ("number", "code", "name")
"""The columns that are printed, not filled in; the code is hidden."""
_LINE = 15.0


def write_monthly_table(
    path: Path, summary: MonthlyTable, values: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Write the table; ``values`` fills in rows, by chi bộ and column name."""
    book = new_workbook(path, "Bảng tổng hợp tháng")
    _Drawing(book, book.add_worksheet("Tổng hợp"), summary).all(values or {})
    save(book, path)


class _Drawing:
    """Draws from the top down; the hidden first column says which row is which."""

    def __init__(self, book: Workbook, sheet: Worksheet, summary: MonthlyTable) -> None:
        self.book, self.sheet, self.summary = book, sheet, summary
        self.cache: dict[Any, Format] = {}
        self.names = summary.columns
        self.last = len(self.names)
        self.row = 0

    def style(self, **values: Any) -> Format:
        return format_of(self.book, self.cache, **values)

    def all(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        self._marks()
        self._head()
        top = self.row
        self._titles()
        first = self.row
        for number, (unit_id, name) in enumerate(self.summary.chi_bo, start=1):
            self._row(number, unit_id, name, values.get(unit_id, {}))
        self._crosses(first)
        self._total(first)
        self._signatures()
        self.sheet.repeat_rows(top)
        self.sheet.print_area(0, 1, self.row, self.last)
        about = self.summary.form_id
        footer = f"{self.summary.dang_bo} · {Period.parse(about.month).label}"
        page(self.sheet, landscape=True, footer=footer)
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    def _marks(self) -> None:
        self.sheet.set_column(0, 0, 4, None, {"hidden": True})
        self.sheet.write_string(0, 0, str(self.summary.form_id))
        for i, name in enumerate(self.names, start=1):
            self.sheet.set_column(i, i, _WIDTHS.get(name, 9), None, {"hidden": name == "code"})
            self.sheet.write_string(0, i, f"@{name}")
        self.sheet.set_row(0, None, None, {"hidden": True})
        self.row = 1

    def _pair(self, left: tuple[str, Format], right: tuple[str, Format]) -> None:
        """Write two texts side by side, each merged over its half of the table."""
        half = (self.last + 1) // 2
        for first, end, (text, style) in ((1, half - 1, left), (half, self.last, right)):
            self.sheet.merge_range(self.row, first, self.row, end, "", style)
            write_value(self.sheet, self.row, first, text, style)
        self.row += 1

    def _head(self) -> None:
        bold, plain = self.style(bold=True, align="center"), self.style(align="center")
        committee = tidy(committee_of(self.summary.dang_bo)).upper()
        superior = tidy(self.summary.superior).upper()
        self._pair((superior, plain), ("ĐẢNG CỘNG SẢN VIỆT NAM", bold))
        self._pair((committee, bold), ("", plain))
        self._pair(("*", plain), ("", plain))
        month, rules = Period.parse(self.summary.form_id.month).label.upper(), self.summary.rules
        title = f"BẢNG TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ CHẤT LƯỢNG SINH HOẠT CHI BỘ {month}"
        how = "Mỗi chi bộ ghi tổng điểm và đánh dấu x vào đúng một mức xếp loại. Chỉ ghi vào các ô nền vàng."
        for text, style in (
            (title, self.style(bold=True, align="center", font_size=14)),
            (
                f"{rules.title} ({FIDELITIES[rules.fidelity]})",
                self.style(italic=True, align="center", font_size=10),
            ),
            (how, self.style(font_size=10)),
        ):
            self.sheet.merge_range(self.row, 1, self.row, self.last, "", style)
            write_value(self.sheet, self.row, 1, text, style)
            self.sheet.set_row(self.row, _LINE * lines_needed(text, 120) + 4)
            self.row += 1

    def _titles(self) -> None:
        head = self.style(border=1, bold=True, align="center", bg_color=HEAD)
        titles = titles_of(self.summary.rules)
        for i, name in enumerate(self.names, start=1):
            self.sheet.write_string(self.row, i, titles[name], head)
        self.sheet.set_row(self.row, 46)
        self.row += 1

    def _row(self, number: int, unit_id: str, name: str, values: Mapping[str, Any]) -> None:
        self.sheet.write_string(self.row, 0, f"unit:{unit_id}")
        given = {"number": number, "code": unit_id, "name": name}
        entry: dict[str, Any] = {"border": 1, "bg_color": ENTRY, "locked": False}
        day = self.style(**entry, align="center", num_format="dd/mm/yyyy")
        for i, column in enumerate(self.names, start=1):
            if column in _GIVEN:
                place = {} if column == "name" else {"align": "center"}
                style = self.style(border=1, **place)
            elif column == "held_on":
                style = day
            else:
                style = self.style(**entry, **({} if column == "note" else {"align": "center"}))
            write_value(self.sheet, self.row, i, given.get(column, values.get(column)), style, day)
        note = str(values.get("note") or "")
        lines = max(lines_needed(name, 33), lines_needed(note, 29))
        self.sheet.set_row(self.row, _LINE * lines + 4)
        self.row += 1

    def _crosses(self, first: int) -> None:
        classes = [i for i, name in enumerate(self.names, start=1) if name.startswith("class:")]
        told = {"validate": "list", "source": ["x"], "ignore_blank": True}
        self.sheet.data_validation(first, classes[0], self.row - 1, classes[-1], told)

    def _total(self, first: int) -> None:
        """Draw the total: members, those present, and how many chi bộ have each class."""
        style = self.style(border=1, bold=True, align="center")
        self.sheet.write_string(self.row, 0, TOTAL)
        for i, name in enumerate(self.names, start=1):
            cells = f"{xl_col_to_name(i)}{first + 1}:{xl_col_to_name(i)}{self.row}"
            if name == "name":
                self.sheet.write_string(self.row, i, "Cộng", style)
            elif name in ("roll", "present"):
                formula = f'=IF(COUNT({cells})=0,"",SUM({cells}))'
                self.sheet.write_formula(self.row, i, formula, style, "")
            elif name.startswith("class:"):
                formula = f'=IF(COUNTA({cells})=0,"",COUNTA({cells}))'
                self.sheet.write_formula(self.row, i, formula, style, "")
            else:
                self.sheet.write_blank(self.row, i, None, style)
        self.row += 2

    def _signatures(self) -> None:
        bold, plain = self.style(bold=True, align="center"), self.style(align="center", italic=True)
        self.sheet.write_string(self.row, 0, TOTAL)
        self._pair(("", plain), ("ngày      tháng      năm", plain))
        self.sheet.write_string(self.row, 0, TOTAL)
        self._pair(("NGƯỜI LẬP BIỂU", bold), ("T/M …", bold))
        self.sheet.set_row(self.row, 50)
