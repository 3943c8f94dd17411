"""Forms as an Excel workbook, one sheet each: to be filled in, printed, signed and sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from assess.base import numbers
from assess.base.text import tidy
from assess.records import words
from assess.records.forms.layout import COLUMN_MARKS, KEY, MAX, NOTE, NUMBER, RATERS, SELF, SUPERIOR, TITLE, Filled, hint, offered
from assess.records.forms.style import ENTRY, HEAD, format_of, lines_needed, new_workbook, page, save, sheet_name, write_value
from assess.rules import FIDELITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from assess.records.columns import Column
    from assess.records.forms.layout import Form
    from assess.rules import Criterion

_WIDTHS = {KEY: 4, NUMBER: 5, TITLE: 41, MAX: 7, SELF: 11, SUPERIOR: 11, NOTE: 17}
_LIST_FROM = 10
"""Where the hidden lists begin of drop-downs that hold fractions, which a list within the cell would cut at the comma."""
_LINE = 15.0
_HOW = "Chỉ ghi vào các ô nền vàng. Dòng không áp dụng thì chọn “Không áp dụng”; bỏ trống không phải là 0 điểm."
_HOW_MARKS = "Chỉ ghi vào các ô nền vàng. Mỗi dòng chọn “Đạt”, “Không đạt” hoặc “Không áp dụng”; không bỏ trống."


def write_forms(path: Path, forms: Iterable[tuple[Form, Filled | None]], title: str = "Phiếu chấm điểm") -> None:
    """Write one workbook with a sheet for each form, empty or filled in. The same arguments give the same bytes."""
    book = new_workbook(path, title)
    cache: dict[Any, Format] = {}
    taken: set[str] = set()
    for form, filled in forms:
        sheet = book.add_worksheet(sheet_name(form.form_id.unit_id, taken))
        _Drawing(book, sheet, cache, form, filled or Filled()).draw()
    save(book, path)


class _Drawing:
    """One sheet being drawn, from the top down; ``row`` counts from 0, as XlsxWriter does."""

    def __init__(self, book: Workbook, sheet: Worksheet, cache: dict[Any, Format], form: Form, filled: Filled) -> None:
        self.book, self.sheet, self.cache, self.form, self.filled = book, sheet, cache, form, filled
        self.row = 0
        self.entered: list[tuple[int, Criterion]] = []

    def style(self, **values: Any) -> Format:
        return format_of(self.book, self.cache, **values)

    def draw(self) -> None:
        for column, width in _WIDTHS.items():
            self.sheet.set_column(column - 1, column - 1, width, None, {"hidden": column == KEY})
        self._head()
        self._section("I. THÔNG TIN BUỔI SINH HOẠT")
        for fact in self.form.facts:
            self._fact(fact)
        self._section("II. CHẤM ĐIỂM" if self.form.rules.has_points else "II. CHẤM THEO TIÊU CHÍ")
        top = self.row
        self._table_head()
        for number, group in enumerate(self.form.rules.groups, start=1):
            self._group(number, len(group.criteria), group.title, group.max)
            for i, criterion in enumerate(group.criteria, start=1):
                self._line(f"{number}.{i}", criterion)
        self._totals()
        self._signed()
        self._foot()
        self.sheet.repeat_rows(top)
        self.sheet.print_area(0, NUMBER - 1, self.row, NOTE - 1)
        about = self.form.form_id
        page(self.sheet, landscape=False, footer=f"{about.unit_id} · {about.month} · {about.rule_set_id}")
        allowed = {"format_columns": True, "format_rows": True, "select_locked_cells": True, "select_unlocked_cells": True}
        self.sheet.protect("", allowed)

    def _key(self, key: str) -> None:
        self.sheet.write_string(self.row, KEY - 1, key)

    def _head(self) -> None:
        form = self.form
        self._key(str(form.form_id))
        for mark, column in COLUMN_MARKS.items():
            self.sheet.write_string(0, column - 1, mark)
        self.sheet.set_row(0, None, None, {"hidden": True})
        self.row = 1
        centre = self.style(align="center")
        bold = self.style(align="center", bold=True)
        left = (NUMBER - 1, TITLE - 1)
        right = (MAX - 1, NOTE - 1)
        year, month = form.form_id.month.split("-")
        dated = f"{form.place}, ngày      tháng      năm {year}".lstrip(", ")
        self._pair(left, tidy(form.superior).upper(), centre, right, "ĐẢNG CỘNG SẢN VIỆT NAM", bold)
        self._pair(left, tidy(form.chi_bo).upper(), bold, right, dated, self.style(align="center", italic=True))
        self._pair(left, "*", centre, right, "", centre)
        title = self.style(align="center", bold=True, font_size=14)
        kind = "chuyên đề " if form.rules.meeting == "chuyen_de" else ""
        self._wide(f"BIỂU CHẤM ĐIỂM CHẤT LƯỢNG SINH HOẠT {kind.upper()}CHI BỘ", title, 22)
        self._wide(f"Tháng {int(month)}/{year}", bold)
        fidelity = FIDELITIES[form.rules.fidelity]
        self._wide(f"{form.rules.title} ({fidelity})", self.style(align="center", italic=True, font_size=10))
        self._wide(
            _HOW if form.rules.has_points else _HOW_MARKS,
            self.style(font_size=10),
        )

    def _pair(self, left: tuple[int, int], text: str, style: Format, right: tuple[int, int], other: str, other_style: Format) -> None:
        self.sheet.merge_range(self.row, left[0], self.row, left[1], "", style)
        write_value(self.sheet, self.row, left[0], text, style)
        self.sheet.merge_range(self.row, right[0], self.row, right[1], "", other_style)
        write_value(self.sheet, self.row, right[0], other, other_style)
        self.sheet.set_row(self.row, _LINE * lines_needed(text, 40) + 2)
        self.row += 1

    def _wide(self, text: str, style: Format, height: float = 0) -> None:
        self.sheet.merge_range(self.row, NUMBER - 1, self.row, NOTE - 1, "", style)
        write_value(self.sheet, self.row, NUMBER - 1, text, style)
        self.sheet.set_row(self.row, height or _LINE * lines_needed(text, 86) + 2)
        self.row += 1

    def _section(self, text: str) -> None:
        self.sheet.set_row(self.row, 6)
        self.row += 1
        self._wide(text, self.style(bold=True))

    def _fact(self, column: Column) -> None:
        self._key(f"fact:{column.name}")
        label = words.FACTS[column.name]
        self.sheet.merge_range(self.row, NUMBER - 1, self.row, MAX - 1, "", self.style(border=1, indent=1))
        self.sheet.write_string(self.row, NUMBER - 1, label, self.style(border=1, indent=1))
        entry = self.style(border=1, bg_color=ENTRY, locked=False, align="center" if column.dtype != "text" else "left")
        day = self.style(border=1, bg_color=ENTRY, locked=False, align="center", num_format="dd/mm/yyyy")
        shown = day if column.dtype == "date" else entry
        value = self.filled.facts.get(column.name)
        if column.dtype == "text":
            self.sheet.merge_range(self.row, SELF - 1, self.row, NOTE - 1, "", shown)
            self.sheet.set_row(self.row, max(18.0, _LINE * lines_needed(str(value or ""), 36) + 2))
        else:
            self.sheet.merge_range(
                self.row, SUPERIOR - 1, self.row, NOTE - 1, "", self.style(border=1, font_size=10, italic=True, indent=1)
            )
            self.sheet.write_string(self.row, SUPERIOR - 1, self._unit(column), self.style(border=1, font_size=10, italic=True, indent=1))
            self.sheet.set_row(self.row, 18)
        write_value(self.sheet, self.row, SELF - 1, value, shown, day)
        self._check_fact(column)
        self.row += 1

    def _unit(self, column: Column) -> str:
        if column.dtype == "date":
            return "ngày/tháng/năm"
        if column.dtype == "flag":
            return "Có hoặc Không"
        if column.dtype == "choice":
            return ", ".join(self.form.choices(column).values())
        return column.unit or "chỉ tiêu"

    def _check_fact(self, column: Column) -> None:
        told = {"error_type": "warning", "error_title": "Xem lại", "ignore_blank": True}
        if column.dtype == "choice":
            rule: dict[str, Any] = {"validate": "list", "source": list(self.form.choices(column).values())}
        elif column.dtype == "flag":
            rule = {"validate": "list", "source": [words.YES, words.NO]}
        elif column.dtype == "integer":
            rule = {"validate": "integer", "criteria": "between", "minimum": int(column.low or 0), "maximum": 100_000}
        else:
            return
        self.sheet.data_validation(self.row, SELF - 1, self.row, SELF - 1, {**rule, **told, "error_message": f"Cần: {self._unit(column)}"})

    def _table_head(self) -> None:
        head = self.style(border=1, bold=True, align="center", bg_color=HEAD)
        whole = "Điểm tối đa" if self.form.rules.has_points else ""
        titles = {NUMBER: "STT", TITLE: "Tiêu chí", MAX: whole, SELF: "Chi bộ tự chấm", SUPERIOR: "Cấp trên chấm", NOTE: "Ghi chú"}
        for column, text in titles.items():
            self.sheet.write_string(self.row, column - 1, text, head)
        self.sheet.set_row(self.row, 2 * _LINE + 2)
        self.row += 1

    def _group(self, number: int, lines: int, title: str, maximum: float) -> None:
        style = self.style(border=1, bold=True)
        centre = self.style(border=1, bold=True, align="center")
        self.sheet.write_string(self.row, NUMBER - 1, str(number), centre)
        self.sheet.write_string(self.row, TITLE - 1, title, style)
        write_value(self.sheet, self.row, MAX - 1, maximum or None, centre)
        for column in RATERS.values():
            if maximum:
                cells = self._range(column, self.row + 1, self.row + lines)
                self.sheet.write_formula(self.row, column - 1, f'=IF(COUNT({cells})=0,"",SUM({cells}))', centre, "")
            else:
                self.sheet.write_blank(self.row, column - 1, None, centre)
        self.sheet.write_blank(self.row, NOTE - 1, None, style)
        self.sheet.set_row(self.row, _LINE * lines_needed(title, 37) + 2)
        self.row += 1

    def _line(self, number: str, criterion: Criterion) -> None:
        self._key(f"line:{criterion.id}")
        levels = hint(criterion)
        text = criterion.title + (f"\n({levels})" if levels else "")
        self.sheet.write_string(self.row, NUMBER - 1, number, self.style(border=1, align="center"))
        self.sheet.write_string(self.row, TITLE - 1, text, self.style(border=1, indent=1))
        write_value(self.sheet, self.row, MAX - 1, criterion.max or None, self.style(border=1, align="center"))
        entry = self.style(border=1, bg_color=ENTRY, locked=False, align="center")
        day = self.style(border=1, bg_color=ENTRY, locked=False, align="center", num_format="dd/mm/yyyy")
        for rater, column in RATERS.items():
            write_value(self.sheet, self.row, column - 1, self.filled.entries.get((rater, criterion.id)), entry, day)
        note = self.filled.notes.get(criterion.id)
        write_value(self.sheet, self.row, NOTE - 1, note, self.style(border=1, bg_color=ENTRY, locked=False, font_size=10))
        self._check_line(criterion)
        self.sheet.set_row(self.row, max(18.0, _LINE * max(lines_needed(text, 39), lines_needed(str(note or ""), 16)) + 3))
        self.entered.append((self.row, criterion))
        self.row += 1

    def _check_line(self, criterion: Criterion) -> None:
        choices = offered(criterion)
        where = (self.row, SELF - 1, self.row, SUPERIOR - 1)
        told = {"error_type": "warning", "error_title": "Xem lại", "ignore_blank": True}
        if not choices:
            cell = xl_rowcol_to_cell(self.row, SELF - 1, row_abs=False, col_abs=False)
            rule = f'=OR({cell}="{words.NOT_APPLICABLE}",AND(ISNUMBER({cell}),{cell}>=0,{cell}<={criterion.max:g}))'
            message = f"Ghi số từ 0 đến {numbers.points(criterion.max)}, hoặc {words.NOT_APPLICABLE}."
            self.sheet.data_validation(*where, {"validate": "custom", "value": rule, **told, "error_message": message})
            return
        shown = [value if isinstance(value, str) else numbers.points(value) for value in choices]
        message = f"Biểu chỉ có: {'; '.join(shown)}; {words.NOT_APPLICABLE}."
        source: Any = [*(str(int(v)) if isinstance(v, float) else v for v in choices), words.NOT_APPLICABLE]
        if any(isinstance(v, float) and v != int(v) for v in choices):
            for i, value in enumerate((*choices, words.NOT_APPLICABLE)):
                write_value(self.sheet, self.row, _LIST_FROM + i, value, None)
            last = _LIST_FROM + len(choices)
            self.sheet.set_column(_LIST_FROM, last, 4, None, {"hidden": True})
            first, end = (xl_col_to_name(c, col_abs=True) for c in (_LIST_FROM, last))
            source = f"={first}{self.row + 1}:{end}{self.row + 1}"
        self.sheet.data_validation(*where, {"validate": "list", "source": source, **told, "error_message": message[:255]})

    def _range(self, column: int, first: int, last: int) -> str:
        name = xl_col_to_name(column - 1)
        return f"{name}{first + 1}:{name}{last + 1}"

    def _totals(self) -> None:
        """Help for whoever fills the form in; what counts is worked out when the sheet is scored."""
        first, last = self.entered[0][0], self.entered[-1][0]
        bold = self.style(border=1, bold=True)
        centre = self.style(border=1, bold=True, align="center")
        rules = self.form.rules
        rows: tuple[tuple[str, Callable[[int, int, int], str]], ...] = (
            ("Tổng cộng (để tham khảo)", self._sum),
            ("Xếp loại theo tổng (để tham khảo)", self._class),
        )
        if not rules.has_points:
            rows = (("Số tiêu chí đạt (để tham khảo)", self._met),)
        for label, formula in rows:
            self.sheet.merge_range(self.row, NUMBER - 1, self.row, TITLE - 1, "", bold)
            self.sheet.write_string(self.row, NUMBER - 1, label, bold)
            write_value(self.sheet, self.row, MAX - 1, rules.total if formula == self._sum else None, centre)
            self.sheet.set_row(self.row, 18)
            for column in RATERS.values():
                self.sheet.write_formula(self.row, column - 1, formula(column, first, last), centre, "")
            self.sheet.write_blank(self.row, NOTE - 1, None, bold)
            self.row += 1

    def _points(self, column: int) -> tuple[str, str, str]:
        """Formulas of one rater's points, of the maxima that apply, and of the lines without an entry."""
        name, whole = xl_col_to_name(column - 1), xl_col_to_name(MAX - 1)
        cells = [f"{name}{row + 1}" for row, criterion in self.entered if criterion.max]
        points = "+".join(f"N({cell})" for cell in cells)
        applying = "+".join(
            f'IF({name}{row + 1}="{words.NOT_APPLICABLE}",0,{whole}{row + 1})' for row, criterion in self.entered if criterion.max
        )
        blank = "+".join(f'({cell}="")' for cell in cells)
        return points, applying, blank

    def _sum(self, column: int, first: int, last: int) -> str:
        points, _, _ = self._points(column)
        return f'=IF(COUNT({self._range(column, first, last)})=0,"",{points})'

    def _class(self, column: int, first: int, last: int) -> str:
        """The class of the total scaled to what applies, as the default reading of *không áp dụng* has it; gates apart."""
        points, applying, blank = self._points(column)
        scaled = f"ROUND(({points})/({applying})*{self.form.rules.total:g},6)"
        *bands, lowest = self.form.rules.bands
        result = f'"{lowest.title}"'
        for band in reversed(bands):
            edge, inclusive = band.lower
            if edge is not None:
                result = f'IF({scaled}{">=" if inclusive else ">"}{edge.plus:g},"{band.title}",{result})'
        started = f"COUNT({self._range(column, first, last)})=0"
        return f'=IF({started},"",IF(({blank})>0,"chưa đủ dòng",IF(({applying})=0,"",{result})))'

    def _met(self, column: int, first: int, last: int) -> str:
        cells = self._range(column, first, last)
        of = f'COUNTA({cells})-COUNTIF({cells},"{words.NOT_APPLICABLE}")'
        return f'=IF(COUNTA({cells})=0,"",COUNTIF({cells},"{words.MET}")&"/"&({of}))'

    def _signed(self) -> None:
        self._key("signed")
        style = self.style(border=1)
        self.sheet.merge_range(self.row, NUMBER - 1, self.row, MAX - 1, "", style)
        self.sheet.write_string(self.row, NUMBER - 1, "Ngày chấm", style)
        day = self.style(border=1, bg_color=ENTRY, locked=False, align="center", num_format="dd/mm/yyyy")
        for rater, column in RATERS.items():
            write_value(self.sheet, self.row, column - 1, self.filled.signed.get(rater), day, day)
        self.sheet.write_string(self.row, NOTE - 1, "ngày/tháng/năm", self.style(border=1, font_size=10, italic=True, indent=1))
        self.sheet.set_row(self.row, 18)
        self.row += 1

    def _foot(self) -> None:
        """Room for two signatures. A sheet of a chi bộ bears no seal."""
        self.sheet.set_row(self.row, 8)
        self.row += 1
        bold, plain = self.style(align="center", bold=True), self.style(align="center", italic=True)
        for left, right, style in (
            ("CẤP TRÊN DỰ SINH HOẠT", "T/M CHI BỘ", bold),
            ("(ký, ghi rõ họ tên)", "BÍ THƯ (ký, ghi rõ họ tên)", plain),
        ):
            self.sheet.merge_range(self.row, NUMBER - 1, self.row, TITLE - 1, left, style)
            self.sheet.merge_range(self.row, MAX - 1, self.row, NOTE - 1, right, style)
            self.row += 1
        self.sheet.set_row(self.row, 50)
