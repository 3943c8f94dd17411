"""Drawing shared by score forms and checklists: head, lines with drop-downs and sums, page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from assess.base import numbers
from assess.base.text import tidy
from assess.excel.style import ENTRY, HEAD, WRONG_ENTRY, format_of, lines_needed, page, write_value
from assess.exchange.forms.layout import COLUMN_TITLES, KEY, MAX, NUMBER, TITLE, hint, offered
from assess.records import words
from assess.rules import FIDELITIES
from assess.rules.allowed_entries import allowed, step_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from assess.exchange.forms.layout import FilledValues, ScoreForm
    from assess.rules import Criterion

LINE = 15.0
_LIST_FROM = 10
"""First column (from 0) of hidden drop-down lists; inline lists split fractions at the comma."""


class WorksheetDrawing:
    """Draws one worksheet from the top down; ``row`` counts from 0, as in XlsxWriter.

    ``widths`` are of the columns, the last of which is for remarks; ``marks`` the hidden names of
    the columns to be parsed later; ``shown`` the raters whose entries are only shown; ``asked``
    the raters who enter theirs.
    """

    widths: Mapping[int, float]
    marks: Mapping[str, int]
    shown: Mapping[str, int] = {}
    asked: Mapping[str, int]
    landscape = False
    remarks = COLUMN_TITLES["@note"]

    def __init__(
        self,
        book: Workbook,
        sheet: Worksheet,
        cache: dict[Any, Format],
        form: ScoreForm,
        filled: FilledValues,
    ) -> None:
        """Set the widths of the columns."""
        self.book, self.sheet, self.cache, self.form, self.filled = book, sheet, cache, form, filled
        self.row = 0
        self.entered: list[tuple[int, Criterion]] = []
        self.last = max(self.widths)
        self.raters = {**self.shown, **self.asked}
        for column, width in self.widths.items():
            sheet.set_column(column - 1, column - 1, width, None, {"hidden": column == KEY})

    def style(self, **values: Any) -> Format:
        """Return a cached format in the style of the forms."""
        return format_of(self.book, self.cache, **values)

    def entry(self, **values: Any) -> Format:
        """Return the format of an entry cell."""
        return self.style(
            **{"border": 1, "bg_color": ENTRY, "locked": False, "align": "center", **values}
        )

    def day(self) -> Format:
        """Return the format of an entry cell for a day."""
        return self.entry(num_format="dd/mm/yyyy")

    def width(self, first: int, last: int) -> float:
        """Return the total width of a range of columns, less their borders."""
        return sum(width for column, width in self.widths.items() if first <= column <= last) - 6

    def key(self, key: str) -> None:
        """Write the key of the row into the hidden column."""
        self.sheet.write_string(self.row, KEY - 1, key)

    def pair(
        self,
        left: tuple[int, int],
        text: str,
        style: Format,
        right: tuple[int, int],
        other: str,
        other_style: Format,
    ) -> None:
        """Write two texts side by side, each merged over its range of columns."""
        self.sheet.merge_range(self.row, left[0], self.row, left[1], "", style)
        write_value(self.sheet, self.row, left[0], text, style)
        self.sheet.merge_range(self.row, right[0], self.row, right[1], "", other_style)
        write_value(self.sheet, self.row, right[0], other, other_style)
        self.sheet.set_row(
            self.row, LINE * lines_needed(text, self.width(*(column + 1 for column in left))) + 2
        )
        self.row += 1

    def wide(self, text: str, style: Format, height: float = 0) -> None:
        """Write a text merged over the whole width."""
        self.sheet.merge_range(self.row, NUMBER - 1, self.row, self.last - 1, "", style)
        write_value(self.sheet, self.row, NUMBER - 1, text, style)
        self.sheet.set_row(
            self.row, height or LINE * lines_needed(text, self.width(NUMBER, self.last)) + 2
        )
        self.row += 1

    def section(self, text: str) -> None:
        """Begin a section after a small gap."""
        self.sheet.set_row(self.row, 6)
        self.row += 1
        self.wide(text, self.style(bold=True))

    def head(self, title: str) -> None:
        """Draw the hidden row and the document head; ``title`` names the document in capitals."""
        form = self.form
        self.key(str(form.form_id))
        for mark, column in self.marks.items():
            self.sheet.write_string(0, column - 1, mark)
        self.sheet.set_row(0, None, None, {"hidden": True})
        self.row = 1
        centre = self.style(align="center")
        bold = self.style(align="center", bold=True)
        left = (NUMBER - 1, TITLE - 1)
        right = (MAX - 1, self.last - 1)
        year = form.form_id.month[:4]
        dated = f"{form.place}, ngày      tháng      năm {year}".lstrip(", ")
        self.pair(left, tidy(form.superior).upper(), centre, right, "ĐẢNG CỘNG SẢN VIỆT NAM", bold)
        self.pair(
            left,
            tidy(form.chi_bo).upper(),
            bold,
            right,
            dated,
            self.style(align="center", italic=True),
        )
        self.pair(left, "*", centre, right, "", centre)
        self.wide(title, self.style(align="center", bold=True, font_size=14), 22)
        self.wide(f"Tháng {numbers.month(form.form_id.month)}", bold)
        fidelity = FIDELITIES[form.rules.fidelity]
        self.wide(
            f"{form.rules.title} ({fidelity})",
            self.style(align="center", italic=True, font_size=10),
        )

    def signatures(self, left: str, right: str, under: str) -> None:
        """Draw space for two signatures; a chi bộ uses no seal."""
        self.sheet.set_row(self.row, 8)
        self.row += 1
        bold, plain = self.style(align="center", bold=True), self.style(align="center", italic=True)
        for first, second, style in ((left, right, bold), ("(ký, ghi rõ họ tên)", under, plain)):
            self.sheet.merge_range(self.row, NUMBER - 1, self.row, TITLE - 1, first, style)
            self.sheet.merge_range(self.row, MAX - 1, self.row, self.last - 1, second, style)
            self.row += 1
        self.sheet.set_row(self.row, 50)

    def finish(self, top: int | None = None) -> None:
        """Set up the page and lock all but entry cells; every page repeats the row ``top``."""
        if top is not None:
            self.sheet.repeat_rows(top)
        self.sheet.print_area(0, NUMBER - 1, self.row, self.last - 1)
        about = self.form.form_id
        page(
            self.sheet,
            landscape=self.landscape,
            footer=f"{about.unit_id} · {about.month} · {about.rule_set_id}",
        )
        allowed = {
            "format_columns": True,
            "format_rows": True,
            "select_locked_cells": True,
            "select_unlocked_cells": True,
        }
        self.sheet.protect("", allowed)

    def lines(self) -> None:
        """Draw the table of lines with its sums."""
        self._table_head()
        for number, group in enumerate(self.form.rules.groups, start=1):
            self._group(number, len(group.criteria), group.title, group.max)
            for i, criterion in enumerate(group.criteria, start=1):
                self._line(f"{number}.{i}", criterion)
        self._totals()

    def _table_head(self) -> None:
        head = self.style(border=1, bold=True, align="center", bg_color=HEAD)
        whole = COLUMN_TITLES["@max"] if self.form.rules.has_points else ""
        raters = {column: COLUMN_TITLES[f"@{rater}"] for rater, column in self.raters.items()}
        for column, text in {
            NUMBER: "STT",
            TITLE: COLUMN_TITLES["@title"],
            MAX: whole,
            **raters,
            self.last: self.remarks,
        }.items():
            self.sheet.write_string(self.row, column - 1, text, head)
        self.sheet.set_row(self.row, 2 * LINE + 2)
        self.row += 1

    def _group(self, number: int, lines: int, title: str, maximum: float) -> None:
        style = self.style(border=1, bold=True)
        centre = self.style(border=1, bold=True, align="center")
        self.sheet.write_string(self.row, NUMBER - 1, str(number), centre)
        self.sheet.write_string(self.row, TITLE - 1, title, style)
        write_value(self.sheet, self.row, MAX - 1, maximum or None, centre)
        for column in self.raters.values():
            if maximum:
                cells = self._range(column, self.row + 1, self.row + lines)
                self.sheet.write_formula(
                    self.row, column - 1, f'=IF(COUNT({cells})=0,"",SUM({cells}))', centre, ""
                )
            else:
                self.sheet.write_blank(self.row, column - 1, None, centre)
        self.sheet.write_blank(self.row, self.last - 1, None, style)
        self.sheet.set_row(self.row, LINE * lines_needed(title, self.widths[TITLE] - 4) + 2)
        self.row += 1

    def _line(self, number: str, criterion: Criterion) -> None:
        self.key(f"line:{criterion.id}")
        levels = hint(criterion)
        text = criterion.title + (f"\n({levels})" if levels else "")
        self.sheet.write_string(self.row, NUMBER - 1, number, self.style(border=1, align="center"))
        self.sheet.write_string(self.row, TITLE - 1, text, self.style(border=1, indent=1))
        write_value(
            self.sheet,
            self.row,
            MAX - 1,
            criterion.max or None,
            self.style(border=1, align="center"),
        )
        for rater, column in self.shown.items():
            write_value(
                self.sheet,
                self.row,
                column - 1,
                self.filled.entries.get((rater, criterion.id)),
                self.style(border=1, align="center"),
            )
        for rater, column in self.asked.items():
            write_value(
                self.sheet,
                self.row,
                column - 1,
                self.filled.entries.get((rater, criterion.id)),
                self.entry(),
                self.day(),
            )
        note = self.filled.notes.get(criterion.id)
        write_value(
            self.sheet, self.row, self.last - 1, note, self.entry(align="general", font_size=10)
        )
        self._check_line(criterion)
        self.sheet.set_row(
            self.row,
            max(
                18.0,
                LINE
                * max(
                    lines_needed(text, self.widths[TITLE] - 2),
                    lines_needed(str(note or ""), self.widths[self.last] - 1),
                )
                + 3,
            ),
        )
        self.entered.append((self.row, criterion))
        self.row += 1

    def _check_line(self, criterion: Criterion) -> None:
        choices = offered(criterion)
        first = min(self.asked.values())
        where = (self.row, first - 1, self.row, max(self.asked.values()) - 1)
        told: dict[str, Any] = {
            "error_type": "warning",
            "error_title": WRONG_ENTRY,
            "ignore_blank": True,
        }
        if not choices:
            cell = xl_rowcol_to_cell(self.row, first - 1, row_abs=False, col_abs=False)
            steps = (
                f",MOD(ROUND({cell}/{criterion.step:g},6),1)=0"
                if criterion.step is not None
                else ""
            )
            rule = f'=OR({cell}="{words.NOT_APPLICABLE}",AND(ISNUMBER({cell}),{cell}>=0,{cell}<={criterion.max:g}{steps}))'
            message = f"Ghi điểm {step_in_words(criterion)}, hoặc {words.NOT_APPLICABLE}."
            self.sheet.data_validation(
                *where, {"validate": "custom", "value": rule, **told, "error_message": message}
            )
            return
        shown = [value if isinstance(value, str) else numbers.points(value) for value in choices]
        message = f"Biểu chỉ có: {'; '.join(shown)}; {words.NOT_APPLICABLE}."
        if (
            allowed(criterion, criterion.top / 2) == "read"
        ):  # part of a yes/no line: a reading decides how it counts
            told["error_type"] = "information"
            message = f"Biểu có: {'; '.join(shown)}; {words.NOT_APPLICABLE}. Chấm một phần điểm thì vẫn nhận, tính theo cách hiểu đang dùng."
        source: Any = [
            *(str(int(v)) if isinstance(v, float) else v for v in choices),
            words.NOT_APPLICABLE,
        ]
        if any(isinstance(v, float) and v != int(v) for v in choices):
            for i, value in enumerate((*choices, words.NOT_APPLICABLE)):
                write_value(self.sheet, self.row, _LIST_FROM + i, value, None)
            last = _LIST_FROM + len(choices)
            self.sheet.set_column(_LIST_FROM, last, 4, None, {"hidden": True})
            start, end = (xl_col_to_name(c, col_abs=True) for c in (_LIST_FROM, last))
            source = f"={start}{self.row + 1}:{end}{self.row + 1}"
        self.sheet.data_validation(
            *where, {"validate": "list", "source": source, **told, "error_message": message[:255]}
        )

    def _range(self, column: int, first: int, last: int) -> str:
        name = xl_col_to_name(column - 1)
        return f"{name}{first + 1}:{name}{last + 1}"

    def _totals(self) -> None:
        """Draw totals for information only; scoring computes the results that count."""
        first, last = self.entered[0][0], self.entered[-1][0]
        bold = self.style(border=1, bold=True)
        centre = self.style(border=1, bold=True, align="center")
        rules = self.form.rules
        rows: tuple[tuple[str, Callable[[int, int, int], str]], ...] = (
            ("Tổng cộng (để tham khảo)", self._sum),
            (f"Quy về thang {rules.total:g}, bỏ dòng không áp dụng (để tham khảo)", self._scaled),
            ("Xếp loại theo tổng (để tham khảo)", self._class),
        )
        if not rules.has_points:
            rows = (("Số tiêu chí đạt (để tham khảo)", self._met),)
        for label, formula in rows:
            self.sheet.merge_range(self.row, NUMBER - 1, self.row, TITLE - 1, "", bold)
            self.sheet.write_string(self.row, NUMBER - 1, label, bold)
            write_value(
                self.sheet, self.row, MAX - 1, rules.total if formula == self._sum else None, centre
            )
            self.sheet.set_row(
                self.row, max(18.0, LINE * lines_needed(label, self.width(NUMBER, TITLE)) + 3)
            )
            for column in self.raters.values():
                self.sheet.write_formula(
                    self.row, column - 1, formula(column, first, last), centre, ""
                )
            self.sheet.write_blank(self.row, self.last - 1, None, bold)
            self.row += 1

    def _points(self, column: int) -> tuple[str, str, str]:
        """Return formulas of a rater's points, of the maxima that apply, and of the blank lines."""
        name, whole = xl_col_to_name(column - 1), xl_col_to_name(MAX - 1)
        cells = [f"{name}{row + 1}" for row, criterion in self.entered if criterion.max]
        points = "+".join(f"N({cell})" for cell in cells)
        applying = "+".join(
            f'IF({name}{row + 1}="{words.NOT_APPLICABLE}",0,{whole}{row + 1})'
            for row, criterion in self.entered
            if criterion.max
        )
        blank = "+".join(f'({cell}="")' for cell in cells)
        return points, applying, blank

    def _sum(self, column: int, first: int, last: int) -> str:
        points, _, _ = self._points(column)
        return f'=IF(COUNT({self._range(column, first, last)})=0,"",{points})'

    def _scaled(self, column: int, first: int, last: int) -> str:
        points, applying, blank = self._points(column)
        scaled = f'IF(({applying})=0,"",ROUND(({points})/({applying})*{self.form.rules.total:g},2))'
        return f'=IF(COUNT({self._range(column, first, last)})=0,"",IF(({blank})>0,"",{scaled}))'

    def _class(self, column: int, first: int, last: int) -> str:
        """Return the formula of the class that follows from the scaled total.

        The total is scaled to the lines that apply, the default reading of *không áp dụng*. Class
        conditions are not checked.
        """
        points, applying, blank = self._points(column)
        scaled = f"ROUND(({points})/({applying})*{self.form.rules.total:g},6)"
        *bands, lowest = self.form.rules.bands
        result = f'"{lowest.title}"'
        for band in reversed(bands):
            edge, inclusive = band.lower
            if edge is not None:
                result = (
                    f'IF({scaled}{">=" if inclusive else ">"}{edge.plus:g},"{band.title}",{result})'
                )
        started = f"COUNT({self._range(column, first, last)})=0"
        return f'=IF({started},"",IF(({blank})>0,"chưa đủ dòng",IF(({applying})=0,"",{result})))'

    def _met(self, column: int, first: int, last: int) -> str:
        cells = self._range(column, first, last)
        of = f'COUNTA({cells})-COUNTIF({cells},"{words.NOT_APPLICABLE}")'
        return f'=IF(COUNTA({cells})=0,"",COUNTIF({cells},"{words.MET}")&"/"&({of}))'
