"""Which tables and columns a workbook of tables has, with their titles and the help below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.errors import input_error
from assess.base.text import casefold_vi, nearest
from assess.records import words

if TYPE_CHECKING:
    from assess.records.columns import ColumnSpec, TableSpec

OFFICE_TABLES = (
    "unit",
    "adoption",
    "answer",
    "assignment",
    "visit",
    "annual",
    "decision",
    "milestone",
    "inspection",
    "filed",
)
"""The tables of a workbook, in its order: all but meetings and their score sheets."""
HIDDEN_KEYS = {"visit": "visit_id", "inspection": "inspection_id"}
"""The ids that nobody writes: they stand in the hidden column, or are made from the row."""
NATURAL = {
    "visit": ("chi_bo_id", "planned_for", "office_id", "post"),
    "inspection": ("chi_bo_id", "form", "inspected_by", "inspected_on", "plan", "meeting_id"),
}
"""What tells rows with a hidden id apart for whoever fills in the table."""
WITHDRAW = "withdraw"
WITHDRAW_TITLE = "Lý do rút hoặc thay dòng"
NUMBER = "number"
HEADINGS = {
    "unit": "Danh sách tổ chức đảng",
    "adoption": "Biểu chấm và chế độ đang áp dụng",
    "answer": "Trả lời của cấp có thẩm quyền về chỗ chưa rõ",
    "assignment": "Phân công theo dõi chi bộ",
    "visit": "Theo dõi dự sinh hoạt chi bộ",
    "annual": "Hồ sơ xếp loại năm",
    "decision": "Quyết định xếp loại năm",
    "milestone": "Các mốc triển khai",
    "inspection": "Kiểm tra, giám sát sinh hoạt chi bộ",
    "filed": "Số liệu đã gửi cấp trên",
}
_BY_TYPE = {
    "date": "ngày, ví dụ 05/3/2026",
    "month": "tháng, ví dụ 3/2026",
    "year": "năm, ví dụ 2026",
    "period": "kỳ, ví dụ quý I/2026",
    "integer": "số nguyên",
    "number": "số",
    "flag": "Có hoặc Không",
    "choice": "chọn trong danh sách",
}
_HELP = {
    "unit.unit_id": "không dấu, giữ nguyên về sau; để trống thì đặt theo tên",
    "unit.name": "tên đầy đủ, như in trên văn bản",
    "unit.parent_id": "tên đơn vị; cấp cao nhất để trống",
    "unit.valid_from": "ngày bắt đầu như ghi ở dòng này",
    "unit.successor_id": "nơi tiếp nhận khi sáp nhập",
    "unit.place": "ghi ở dòng ngày, tháng của văn bản; để trống thì theo cấp trên",
    "unit.official_members": "chỉ ghi với chi bộ",
    "unit.has_chi_uy": "Có hoặc Không; chỉ ghi với chi bộ",
    "unit.has_deputy": "Có hoặc Không; chỉ ghi với chi bộ",
    "unit.leads_mass_organisations": "Có hoặc Không; chỉ ghi với chi bộ",
    "adoption.unit_id": "tên đơn vị; các đơn vị dưới theo đó",
    "adoption.value": "tên biểu, quy định; 25-5 (từ ngày 25 đến ngày 5); số ngày; Có, Không",
    "answer.unit_id": "tên đơn vị; các đơn vị dưới theo đó",
    "answer.rule_set_id": "tên biểu hoặc quy định",
    "answer.citation": "số, ngày, nơi ban hành",
    "assignment.post": "chức danh, không ghi tên người",
    "visit.post": "chức danh, không ghi tên người",
    "visit.done_on": "để trống khi chưa dự",
    "visit.reason": "vì sao không dự, chuyển kỳ",
    "inspection.meeting_id": "tháng của buổi họp, ví dụ 3/2026; kiểm tra chung thì để trống",
    "inspection.inspected_on": "để trống khi chưa kiểm tra",
    "milestone.note": "với quyết định xếp loại khi chưa kiểm tra đủ: lý do, ai quyết định",
    "annual.peer_group": "nhóm có chức năng, nhiệm vụ tương đồng",
    "decision.version": "1; xếp loại lại thì 2, 3 …",
    "decision.reason": "cần ghi khi xếp loại lại",
    "filed.month": "tháng của con số",
}
_WIDTHS = {
    "date": 10.5,
    "month": 9.0,
    "year": 7.0,
    "period": 11.0,
    "integer": 8.5,
    "number": 8.5,
    "flag": 8.5,
    "choice": 13.5,
    "id": 20.0,
    "text": 18.0,
}
_WIDE = {"name": 27.0, "finding": 30.0, "recommendation": 26.0, "citation": 26.0, "place": 12.0}


def columns_shown(table: TableSpec) -> tuple[ColumnSpec, ...]:
    """Return the columns that a worksheet shows: all but the moment and a hidden id."""
    hidden = ("recorded_at", HIDDEN_KEYS.get(table.name))
    return tuple(column for column in table.columns if column.name not in hidden)


def titles(table: TableSpec) -> dict[str, str]:
    """Return the title of each column that a worksheet shows, with the column for withdrawals."""
    found = {
        column.name: words.title_of(column.name, table.name) for column in columns_shown(table)
    }
    return {**found, WITHDRAW: WITHDRAW_TITLE}


def help_of(table: TableSpec, column: ColumnSpec) -> str:
    """Return the line of help below a column's title."""
    said = _HELP.get(f"{table.name}.{column.name}") or (
        "tên đơn vị" if column.refers_to == "unit" else _BY_TYPE.get(column.dtype, "")
    )
    needed = column.required and not (table.name == "unit" and column.name == "unit_id")
    return "; ".join(part for part in ("bắt buộc" if needed else "", said) if part)


def width_of(column: ColumnSpec) -> float:
    """Return the width of a column, in characters."""
    own_id = column.name == "unit_id" and not column.refers_to
    return 12.0 if own_id else _WIDE.get(column.name, _WIDTHS[column.dtype])


def tables_named(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return tables by name or by their Vietnamese name; all of the office's if none is named.

    Raise :class:`~assess.base.errors.InputError` for a name that none of them has.
    """
    known = {casefold_vi(words.TABLE_NAMES[name]): name for name in OFFICE_TABLES}
    known |= {name: name for name in OFFICE_TABLES}
    for name in names:
        if casefold_vi(name) not in known:
            allowed = [words.TABLE_NAMES[each] for each in OFFICE_TABLES]
            hint = nearest(name, allowed)
            raise input_error("not-allowed", "BẢNG", allowed=allowed, hint=hint, found=name)
    return tuple(known[casefold_vi(name)] for name in names) or OFFICE_TABLES
