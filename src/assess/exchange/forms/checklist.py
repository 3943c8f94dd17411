"""Write inspection checklists: a meeting's records with fields for the inspector to fill in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assess.base import digests, numbers
from assess.base.errors import input_error
from assess.base.text import tidy
from assess.excel.style import (
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
from assess.exchange.forms.drawing import LINE, WorksheetDrawing
from assess.exchange.forms.layout import (
    CHECK_MARKS,
    CHECKED,
    EVIDENCE,
    FINDINGS,
    INSPECTOR,
    KEY,
    MAX,
    NUMBER,
    RATERS,
    SELF,
    SUPERIOR,
    TITLE,
    FilledValues,
    ScoreForm,
)
from assess.exchange.forms.parse_checklist import FINDING_COLUMNS, REMEDY
from assess.records import words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

    from assess.records.columns import ColumnSpec

_HOW = (
    "Chỉ ghi vào các ô nền vàng. Phần II: chấm những dòng đã kiểm tra, ghi minh chứng đã xem; dòng để trống là chưa kiểm tra. "
    "Số liệu thực tế khác với phần I thì ghi ở phần III. Phần III phải có ngày kiểm tra."
)
_CALM = "Điểm cần xem là lý do để xem kỹ hơn, không phải kết luận."
_LONGEST_ID = 64
NOTES_MARK = "assess-notes"
"""Marks the worksheet for the inspection team only, which intake ignores."""


@dataclass(frozen=True, slots=True)
class OpenRecommendation:
    """An earlier recommendation not yet recorded as remedied, to be followed up."""

    inspection_id: str
    text: str
    remedy_by: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """The contents of a checklist for one meeting to be inspected.

    ``form`` has a *checklist* id, see :func:`checklist_of`; ``facts`` is the row of ``meeting``;
    ``filled`` the entries of the chi bộ and the level above; ``inspected_by`` the unit whose
    committee or commission inspects; ``reasons`` why the chi bộ was chosen and what to look at;
    ``open`` earlier recommendations not yet remedied.
    """

    form: ScoreForm
    facts: Mapping[str, Any]
    filled: FilledValues = field(default_factory=FilledValues)
    inspected_by: str = ""
    plan: str = ""
    reasons: tuple[str, ...] = ()
    open: tuple[OpenRecommendation, ...] = ()


def checklist_of(form: ScoreForm, issued_for: str) -> ScoreForm:
    """Return a score form with the id of a checklist, under an inspection id made from the plan.

    ``issued_for`` names the plan in any words. Another plan makes another inspection; a checklist
    of the same plan sent in again corrects the first. Raise
    :class:`~assess.base.errors.InputError` if the inspection id would be too long.
    """
    about = form.form_id
    name = f"{about.meeting_id}.kt-{digests.of_text(issued_for)[:6]}"
    if len(name) > _LONGEST_ID - 2:
        raise input_error("id-too-long", "chi_bo", found=about.unit_id)
    return replace(form, form_id=replace(about, kind="checklist", inspection_id=name))


def write_checklists(path: Path, checklists: Iterable[Checklist]) -> None:
    """Write a workbook with a worksheet per checklist; the same arguments give the same bytes."""
    book = new_workbook(path, "Phiếu kiểm tra sinh hoạt chi bộ")
    cache: dict[Any, Any] = {}
    taken: set[str] = set()
    checklists = list(checklists)
    _notes(book, cache, taken, checklists)
    for checklist in checklists:
        about = checklist.form.form_id
        sheet = book.add_worksheet(sheet_name(f"{about.unit_id} {about.month}", taken))
        _ChecklistDrawing(book, sheet, cache, checklist.form, checklist.filled).draw(checklist)
    save(book, path)


def _notes(
    book: Workbook, cache: dict[Any, Any], taken: set[str], checklists: Sequence[Checklist]
) -> None:
    """Draw a worksheet for the inspection team only: why the chi bộ was chosen, what to look at.

    It is kept apart so that it does not go to the people who sign the checklist.
    """
    reasons = tuple(
        dict.fromkeys(reason for checklist in checklists for reason in checklist.reasons)
    )
    if not reasons:
        return
    sheet = book.add_worksheet(sheet_name("Dành cho tổ kiểm tra", taken))
    sheet.set_column(0, 0, 4, None, {"hidden": True})
    sheet.set_column(1, 1, 72)
    sheet.write_string(0, 0, NOTES_MARK)
    sheet.set_row(0, None, None, {"hidden": True})
    form = checklists[0].form
    lines = [
        (f"{tidy(form.chi_bo)} – trang dành cho tổ kiểm tra, không gửi chi bộ", {"bold": True})
    ]
    lines += [(f"– {reason}", {}) for reason in reasons] + [(_CALM, {"italic": True})]
    for row, (text, look) in enumerate(lines, start=1):
        write_value(sheet, row, 1, text, format_of(book, cache, **look))
        sheet.set_row(row, LINE * lines_needed(text, 70) + 4)
    sheet.print_area(1, 1, len(lines), 1)
    page(sheet, landscape=False, footer=f"{form.form_id.unit_id} · tổ kiểm tra")


class _ChecklistDrawing(WorksheetDrawing):
    """Draws a checklist: recorded facts, lines to score, findings and earlier recommendations."""

    widths = {
        KEY: 4,
        NUMBER: 5,
        TITLE: 50,
        MAX: 11,
        SELF: 12,
        SUPERIOR: 12,
        INSPECTOR: 12,
        EVIDENCE: 40,
    }
    marks = CHECK_MARKS
    shown = RATERS
    asked = {"inspector": INSPECTOR}
    landscape = True
    remarks = "Minh chứng đã xem, nhận xét"

    def draw(self, checklist: Checklist) -> None:
        self.head("PHIẾU KIỂM TRA SINH HOẠT CHI BỘ")
        self.wide(_HOW, self.style(font_size=10))
        self.section("I. SỐ LIỆU CỦA BUỔI SINH HOẠT THEO HỒ SƠ")
        self._facts(checklist.facts)
        self.section("II. ĐỐI CHIẾU TỪNG TIÊU CHÍ")
        self.lines()
        self.sheet.set_h_pagebreaks([self.row])
        self.section("III. KẾT QUẢ KIỂM TRA")
        self._asked(checklist)
        self._findings()
        if checklist.open:
            self.section("IV. KIẾN NGHỊ CỦA CÁC LẦN TRƯỚC CHƯA GHI LÀ ĐÃ KHẮC PHỤC")
            self._remedies(checklist.open)
        self.signatures("ĐẠI DIỆN CHI BỘ", "ĐẠI DIỆN TỔ KIỂM TRA", "(ký, ghi rõ họ tên)")
        self.finish()

    def _facts(self, facts: Mapping[str, Any]) -> None:
        """Draw the recorded facts, two per row, for comparison with the minutes book."""
        shown = [(words.FACTS[c.name], _in_words(c, facts[c.name])) for c in self.form.facts]
        half = (len(shown) + 1) // 2
        label, value = (
            self.style(border=1, indent=1, font_size=10),
            self.style(border=1, align="center", font_size=10),
        )
        for k in range(half):
            pairs = [shown[k], *shown[half + k : half + k + 1]]
            self._merged(NUMBER, TITLE, pairs[0][0], label)
            self._merged(MAX, MAX, pairs[0][1], value)
            self._merged(SELF, INSPECTOR, pairs[1][0] if len(pairs) > 1 else "", label)
            self._merged(EVIDENCE, EVIDENCE, pairs[1][1] if len(pairs) > 1 else "", value)
            heights = [
                lines_needed(pairs[0][1], self.widths[MAX] - 1),
                lines_needed(pairs[0][0], 50),
            ]
            if len(pairs) > 1:
                heights += [
                    lines_needed(pairs[1][0], 34),
                    lines_needed(pairs[1][1], self.widths[EVIDENCE] - 1),
                ]
            self.sheet.set_row(self.row, LINE * max(heights) + 2)
            self.row += 1

    def _merged(self, first: int, last: int, text: Any, style: Format) -> None:
        """Write a value into a range of columns of the row, merged if more than one."""
        if last > first:
            self.sheet.merge_range(self.row, first - 1, self.row, last - 1, "", style)
        write_value(self.sheet, self.row, first - 1, text, style)

    def _asked(self, checklist: Checklist) -> None:
        label, told = (
            self.style(border=1, indent=1),
            {"error_type": "warning", "error_title": WRONG_ENTRY, "ignore_blank": True},
        )
        for key, text, value in (
            ("check:form", CHECKED["form"], words.INSPECTION_KINDS["kiem_tra"]),
            ("check:inspected_by", CHECKED["inspected_by"], checklist.inspected_by),
            ("check:plan", CHECKED["plan"], tidy(checklist.plan)),
            ("signed", "Ngày kiểm tra (ngày/tháng/năm)", None),
            ("check:evidence", CHECKED["evidence"], None),
        ):
            self.key(key)
            self._merged(NUMBER, TITLE, text, label)
            style = self.day() if key == "signed" else self.entry(align="left", indent=1)
            self._merged(MAX, EVIDENCE, value, style)
            if key == "check:form":
                choices = list(words.INSPECTION_KINDS.values())
                rule = {
                    "validate": "list",
                    "source": choices,
                    **told,
                    "error_message": f"Cần: {', '.join(choices)}",
                }
                self.sheet.data_validation(self.row, MAX - 1, self.row, MAX - 1, rule)
            self.sheet.set_row(self.row, 32 if key == "check:evidence" else 18)
            self.row += 1

    def _findings(self) -> None:
        head, entry = (
            self.style(border=1, bold=True, align="center", bg_color=HEAD),
            self.entry(align="general", valign="top"),
        )
        titles = {name: words.title_of(name, "inspection") for name in FINDING_COLUMNS}
        self._row_of_findings("STT", titles, head, head)
        self.sheet.set_row(self.row, LINE + 3)
        self.row += 1
        for number in range(1, FINDINGS + 1):
            self.key(f"finding:{number}")
            self._row_of_findings(number, {}, self.style(border=1, align="center"), entry)
            self.sheet.set_row(self.row, 3 * LINE)
            self.row += 1

    def _row_of_findings(
        self, number: Any, texts: Mapping[str, str], first: Format, style: Format
    ) -> None:
        write_value(self.sheet, self.row, NUMBER - 1, number, first)
        for name, column in FINDING_COLUMNS.items():
            last = SUPERIOR if column == MAX else column
            self._merged(
                column,
                last,
                texts.get(name),
                self.day() if name == "remedy_by" and not texts else style,
            )

    def _remedies(self, remedies: Iterable[OpenRecommendation]) -> None:
        head, plain = (
            self.style(border=1, bold=True, align="center", bg_color=HEAD),
            self.style(border=1, indent=1, font_size=10),
        )
        centre = self.style(border=1, align="center")
        self._merged(NUMBER, TITLE, "Phát hiện, kiến nghị", head)
        self._merged(MAX, SUPERIOR, words.title_of("remedy_by", "inspection"), head)
        self._merged(INSPECTOR, INSPECTOR, words.title_of("remedied_on", "inspection"), head)
        self._merged(
            EVIDENCE,
            EVIDENCE,
            "Chưa khắc phục thì để trống",
            self.style(border=1, italic=True, font_size=10, indent=1),
        )
        self.sheet.set_row(self.row, 2 * LINE + 2)
        self.row += 1
        for remedy in remedies:
            self.key(f"{REMEDY}{remedy.inspection_id}")
            self._merged(NUMBER, TITLE, remedy.text, plain)
            self._merged(
                MAX,
                SUPERIOR,
                numbers.day(remedy.remedy_by) if remedy.remedy_by else "không ghi hạn",
                centre,
            )
            self._merged(INSPECTOR, INSPECTOR, None, self.day())
            self._merged(EVIDENCE, EVIDENCE, None, plain)
            self.sheet.set_row(self.row, LINE * max(2, lines_needed(remedy.text, 52)) + 3)
            self.row += 1


def _in_words(column: ColumnSpec, value: Any) -> str:
    if value is None or value != value:
        return "–"
    return (
        f"{words.value_of(column, value)} phút"
        if column.name.endswith("minutes")
        else words.value_of(column, value)
    )
