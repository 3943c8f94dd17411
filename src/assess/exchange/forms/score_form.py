"""Write score forms as an Excel workbook, one worksheet each, to be filled in and sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.excel.style import (
    WRONG_ENTRY,
    lines_needed,
    new_workbook,
    save,
    sheet_name,
    write_value,
)
from assess.exchange.forms.drawing import LINE, WorksheetDrawing
from assess.exchange.forms.find_cells import SIGNED
from assess.exchange.forms.layout import (
    COLUMN_MARKS,
    KEY,
    MAX,
    NOTE,
    NUMBER,
    RATERS,
    SELF,
    SUPERIOR,
    TITLE,
    FilledValues,
)
from assess.records import words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xlsxwriter.format import Format

    from assess.exchange.forms.layout import ScoreForm
    from assess.records.columns import ColumnSpec

HOW_PRINTED = "Dòng không áp dụng thì ghi “Không áp dụng”; bỏ trống không phải là 0 điểm."
HOW_MARKS_PRINTED = "Mỗi dòng ghi “Đạt”, “Không đạt” hoặc “Không áp dụng”; không bỏ trống."
"""How to fill in a form on paper, where no cell is yellow."""
SIGNATURES = ("CẤP TRÊN DỰ SINH HOẠT", "T/M CHI BỘ", "BÍ THƯ (ký, ghi rõ họ tên)")
"""Who signs a form: on the left, on the right, and the post below."""
FACTS_TITLE = "I. THÔNG TIN BUỔI SINH HOẠT"
_HOW = "Chỉ ghi vào các ô nền vàng. Dòng không áp dụng thì chọn “Không áp dụng”; bỏ trống không phải là 0 điểm."
_HOW_MARKS = "Chỉ ghi vào các ô nền vàng. Mỗi dòng chọn “Đạt”, “Không đạt” hoặc “Không áp dụng”; không bỏ trống."


def write_forms(
    path: Path,
    forms: Iterable[tuple[ScoreForm, FilledValues | None]],
    title: str = "Phiếu chấm điểm",
) -> None:
    """Write a workbook with a worksheet per form; the same arguments give the same bytes.

    A form without values is left empty.
    """
    book = new_workbook(path, title)
    cache: dict[Any, Format] = {}
    taken: set[str] = set()
    for form, filled in forms:
        sheet = book.add_worksheet(sheet_name(form.form_id.unit_id, taken))
        _FormDrawing(book, sheet, cache, form, filled or FilledValues()).draw()
    save(book, path)


def title_of(form: ScoreForm) -> str:
    """Return the title of a form, in capitals."""
    kind = "CHUYÊN ĐỀ " if form.rules.meeting == "chuyen_de" else ""
    return f"BIỂU CHẤM ĐIỂM CHẤT LƯỢNG SINH HOẠT {kind}CHI BỘ"


def lines_title(form: ScoreForm) -> str:
    """Return the title of the part with the lines."""
    return "II. CHẤM ĐIỂM" if form.rules.has_points else "II. CHẤM THEO TIÊU CHÍ"


def unit_of(form: ScoreForm, column: ColumnSpec) -> str:
    """Return how a fact is written, or in what it is counted."""
    if column.dtype == "date":
        return "ngày/tháng/năm"
    if column.dtype == "flag":
        return "Có hoặc Không"
    if column.dtype == "choice":
        return ", ".join(form.choices(column).values())
    return column.unit or ("" if column.dtype == "text" else "chỉ tiêu")


class _FormDrawing(WorksheetDrawing):
    """Draws a score form: the facts of the meeting, then the lines for two raters."""

    widths = {KEY: 4, NUMBER: 5, TITLE: 41, MAX: 7, SELF: 11, SUPERIOR: 11, NOTE: 17}
    marks = COLUMN_MARKS
    asked = RATERS

    def draw(self) -> None:
        self.head(title_of(self.form))
        self.wide(_HOW if self.form.rules.has_points else _HOW_MARKS, self.style(font_size=10))
        self.section(FACTS_TITLE)
        for fact in self.form.facts:
            self._fact(fact)
        self.section(lines_title(self.form))
        top = self.row
        self.lines()
        self._signed()
        self.signatures(*SIGNATURES)
        self.finish(top)

    def _fact(self, column: ColumnSpec) -> None:
        self.key(f"fact:{column.name}")
        label = words.FACTS[column.name]
        self.sheet.merge_range(
            self.row, NUMBER - 1, self.row, MAX - 1, "", self.style(border=1, indent=1)
        )
        self.sheet.write_string(self.row, NUMBER - 1, label, self.style(border=1, indent=1))
        shown = (
            self.day()
            if column.dtype == "date"
            else self.entry(align="center" if column.dtype != "text" else "left")
        )
        value = self.filled.facts.get(column.name)
        if column.dtype == "text":
            self.sheet.merge_range(self.row, SELF - 1, self.row, NOTE - 1, "", shown)
            self.sheet.set_row(self.row, max(18.0, LINE * lines_needed(str(value or ""), 36) + 2))
        else:
            self.sheet.merge_range(
                self.row,
                SUPERIOR - 1,
                self.row,
                NOTE - 1,
                "",
                self.style(border=1, font_size=10, italic=True, indent=1),
            )
            self.sheet.write_string(
                self.row,
                SUPERIOR - 1,
                unit_of(self.form, column),
                self.style(border=1, font_size=10, italic=True, indent=1),
            )
            self.sheet.set_row(self.row, 18)
        write_value(self.sheet, self.row, SELF - 1, value, shown, self.day())
        self._check_fact(column)
        self.row += 1

    def _check_fact(self, column: ColumnSpec) -> None:
        told = {"error_type": "warning", "error_title": WRONG_ENTRY, "ignore_blank": True}
        if column.dtype == "choice":
            rule: dict[str, Any] = {
                "validate": "list",
                "source": list(self.form.choices(column).values()),
            }
        elif column.dtype == "flag":
            rule = {"validate": "list", "source": [words.YES, words.NO]}
        elif column.dtype == "integer":
            rule = {
                "validate": "integer",
                "criteria": "between",
                "minimum": int(column.low or 0),
                "maximum": 100_000,
            }
        else:
            return
        self.sheet.data_validation(
            self.row,
            SELF - 1,
            self.row,
            SELF - 1,
            {**rule, **told, "error_message": self._expected(column)},
        )

    def _expected(self, column: ColumnSpec) -> str:
        """Return what the box says that Excel shows at another value."""
        if column.dtype == "integer":
            return f"Ô này chỉ nhận số nguyên từ 0 trở lên (số {unit_of(self.form, column)})."
        return f"Chọn một trong: {unit_of(self.form, column)}."

    def _signed(self) -> None:
        self.key("signed")
        style = self.style(border=1)
        self.sheet.merge_range(self.row, NUMBER - 1, self.row, MAX - 1, "", style)
        self.sheet.write_string(self.row, NUMBER - 1, SIGNED, style)
        for rater, column in self.asked.items():
            write_value(
                self.sheet,
                self.row,
                column - 1,
                self.filled.signed.get(rater),
                self.day(),
                self.day(),
            )
        self.sheet.write_string(
            self.row,
            NOTE - 1,
            "ngày/tháng/năm",
            self.style(border=1, font_size=10, italic=True, indent=1),
        )
        self.sheet.set_row(self.row, 18)
        self.row += 1
