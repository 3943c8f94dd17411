"""Vietnamese words for the codes of the records, as used in score forms, reports and intake."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.rules import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.records.columns import ColumnSpec

STATUSES = {"held": "đã họp", "cancelled": "hủy", "postponed": "hoãn", "merged": "gộp"}
MODES = {"truc_tiep": "trực tiếp", "truc_tuyen": "trực tuyến"}
MEETING_KINDS = in_words.MEETING_KINDS
CHOICES = {"status": STATUSES, "kind": MEETING_KINDS, "mode": MODES}
"""The words for the codes of each choice column of ``meeting``."""
TABLE_NAMES = {
    "unit": "đơn vị",
    "adoption": "áp dụng biểu",
    "answer": "trả lời chỗ chưa rõ",
    "meeting": "buổi sinh hoạt",
    "sheet": "phiếu",
    "line": "dòng của phiếu",
    "assignment": "phân công",
    "visit": "dự sinh hoạt",
    "inspection": "kiểm tra",
    "milestone": "mốc việc",
    "annual": "hồ sơ năm",
    "decision": "quyết định",
    "filed": "số đã gửi",
}
"""The tables of the records, as messages and reports name them."""
VISIT_STATUSES = {
    "planned": "theo kế hoạch",
    "done": "đã dự",
    "missed": "không dự",
    "moved": "chuyển kỳ",
}
RATERS = {"self": "tự chấm", "superior": "cấp trên", "inspector": "kiểm tra"}
"""Raters, as columns and cells name them."""
RATERS_SCORING = {"self": "tự chấm", "superior": "cấp trên chấm", "inspector": "kiểm tra chấm"}
"""Raters, with what they do: of a score sheet in a trace."""
RATERS_IN_FULL = {
    "self": "chi bộ tự chấm",
    "superior": "cấp trên chấm",
    "inspector": "người kiểm tra chấm",
}
"""Raters, as findings name them to whoever filled in a score form."""
ROLES = {"lanh_dao": "lãnh đạo", "truong_pho_phong": "trưởng, phó phòng"}
INSPECTION_KINDS = {
    "kiem_tra": "kiểm tra",
    "giam_sat": "giám sát",
    "du_sinh_hoat": "dự sinh hoạt",
    "ho_so": "kiểm tra hồ sơ",
}
ANNUAL_CLASSES = {
    "htxsnv": "Hoàn thành xuất sắc nhiệm vụ",
    "httnv": "Hoàn thành tốt nhiệm vụ",
    "htnv": "Hoàn thành nhiệm vụ",
    "khtnv": "Không hoàn thành nhiệm vụ",
}
LEVELS = {
    "tinh": "cấp tỉnh",
    "tren_co_so": "cấp trên cơ sở",
    "co_so": "cấp cơ sở",
    "bo_phan": "bộ phận",
    "chi_bo": "chi bộ",
}
KINDS = {
    "cap_uy": "cấp ủy",
    "thon_to_dan_pho": "thôn, tổ dân phố",
    "co_quan_hanh_chinh": "cơ quan hành chính",
    "don_vi_su_nghiep": "đơn vị sự nghiệp",
    "doanh_nghiep_nha_nuoc": "doanh nghiệp nhà nước",
    "doanh_nghiep_tu_nhan": "doanh nghiệp tư nhân",
    "hoc_sinh_sinh_vien": "học sinh, sinh viên",
    "luc_luong_vu_trang": "lực lượng vũ trang",
}
MILESTONES = {
    "briefing": "quán triệt quy định tới đảng viên",
    "model_plan": "kế hoạch sinh hoạt mẫu",
    "model_guidance": "hướng dẫn chi ủy, bí thư chấm điểm",
    "model_meeting": "buổi sinh hoạt mẫu",
    "model_review": "họp rút kinh nghiệm",
    "rolled_out": "chấm điểm hằng tháng ở mọi chi bộ",
    "gate_override": "quyết định xếp loại khi chưa kiểm tra đủ",
}

FACTS = {
    "status": "Buổi sinh hoạt",
    "held_on": "Ngày họp",
    "reason": "Lý do hoãn, hủy, gộp (nếu có)",
    "kind": "Loại sinh hoạt",
    "mode": "Hình thức",
    "topic": "Chủ đề sinh hoạt chuyên đề (nếu có)",
    "minutes": "Thời lượng",
    "own_required_minutes": "Thời lượng do cấp ủy có thẩm quyền quy định riêng",
    "roll": "Tổng số đảng viên của chi bộ",
    "exempt": "Trong đó: được miễn công tác, sinh hoạt",
    "special_duty": "Trong đó: lực lượng vũ trang làm nhiệm vụ đặc biệt",
    "present": "Đảng viên phải dự họp: có mặt",
    "absent_excused": "Đảng viên phải dự họp: vắng có lý do",
    "absent_unexcused": "Đảng viên phải dự họp: vắng không lý do",
    "exempt_present": "Đảng viên được miễn vẫn dự họp",
    "longest_excused_streak": "Số lần vắng có lý do liên tiếp dài nhất của một đảng viên trong năm",
    "speakers": "Số đảng viên phát biểu",
    "chi_uy_met": "Chi ủy họp (bí thư, phó bí thư hội ý) trước, có biên bản",
    "papers_at": "Ngày đăng tài liệu lên Sổ tay đảng viên điện tử",
    "result_at": "Ngày đăng kết quả lên Sổ tay đảng viên điện tử",
    "targets_set": "Số chỉ tiêu của kết luận, nghị quyết tháng trước",
    "targets_met": "Trong đó: đã hoàn thành",
}
"""The labels of the columns of ``meeting`` that a score form asks for, in its order."""

NOT_APPLICABLE = "Không áp dụng"
MET, NOT_MET = "Đạt", "Không đạt"
YES, NO = "Có", "Không"
STATES = {"entered": "đã chấm", "not_applicable": "không áp dụng", "blank": "bỏ trống"}
EMPTY = "trống"
ADOPTED = {
    "rule_set": "biểu chấm thường kỳ",
    "thematic_rule_set": "biểu chấm chuyên đề",
    "annual_rules": "quy định xếp loại năm",
    "meeting_window": "khoảng ngày họp",
    "quarter_report": "hạn báo cáo quý",
    "half_report": "hạn báo cáo 6 tháng",
    "year_report": "hạn báo cáo năm",
    "first_report": "ngày báo cáo lần đầu",
    "first_briefing": "quán triệt ở buổi đầu năm",
    "thematic_quarterly": "mỗi quý một chuyên đề",
    "inspection_gate": "kiểm tra hết trước khi xếp loại năm",
    "cap_percent": "tỷ lệ xuất sắc theo quyết định",
}
"""What a unit adopts, as tables name it."""
MEASURES = {
    "due": "Số buổi phải họp",
    "held": "Số buổi đã họp",
    "thematic": "Số buổi chuyên đề",
    "assessed": "Số buổi được xếp loại",
}
"""What a unit counts in the figures that it sends up, besides the classes of each form."""

_TITLES = {
    "unit_id": "Mã đơn vị",
    "chi_bo_id": "Mã chi bộ",
    "meeting_id": "Mã buổi",
    "sheet_id": "Mã phiếu",
    "criterion_id": "Mã tiêu chí",
    "visit_id": "Mã lượt dự",
    "inspection_id": "Mã cuộc kiểm tra",
    "level": "Cấp",
    "successor_id": "Nhập vào",
    "place": "Địa danh",
    "official_members": "Đảng viên chính thức",
    "has_chi_uy": "Có chi ủy",
    "has_deputy": "Có phó bí thư",
    "leads_mass_organisations": "Lãnh đạo đoàn thể",
    "question": "Câu hỏi",
    "option": "Cách hiểu được trả lời",
    "citation": "Văn bản trả lời",
    "rater": "Bên chấm",
    "recorded_at": "Thời điểm ghi nhận",
    "signed_on": "Ngày chấm",
    "stated_total": "Tổng điểm ghi ở bảng tổng hợp",
    "stated_class": "Xếp loại ghi ở bảng tổng hợp",
    "remark": "Ghi chú ở bảng tổng hợp",
    "for_month": "Tháng",
    "rule_set_id": "Biểu điểm",
    "points": "Điểm",
    "state": "Cách ghi",
    "note": "Ghi chú",
    "name": "Tên",
    "valid_from": "Từ ngày",
    "valid_to": "Đến ngày",
    "parent_id": "Cấp trên",
    "reason": "Lý do",
    "status": "Tình trạng",
    "kind": "Loại hình",
    "annual_class": "Mức xếp loại năm",
    "self_class": "Mức tự nhận",
    "common_points": "Điểm tiêu chí chung",
    "result_points": "Điểm kết quả",
    "peer_group": "Nhóm tương đồng",
    "disciplined": "Có kỷ luật",
    "listed_case": "Trường hợp được nêu",
    "votes": "Số phiếu",
    "decided_by": "Cấp quyết định",
    "decided_on": "Ngày quyết định",
    "number": "Số văn bản",
    "version": "Lần",
    "year": "Năm",
    "period": "Kỳ",
    "month": "Tháng",
    "measure": "Số liệu",
    "value": "Giá trị",
    "filed_on": "Ngày gửi",
    "post": "Chức danh",
    "office_id": "Đơn vị của chức danh",
    "role": "Nhóm chức danh",
    "planned_for": "Tháng theo kế hoạch",
    "planned_on": "Ngày theo kế hoạch",
    "form": "Hình thức",
    "inspected_by": "Cấp kiểm tra",
    "plan": "Kế hoạch, chương trình",
    "inspected_on": "Ngày kiểm tra",
    "evidence": "Hồ sơ đã xem",
    "finding": "Kết quả, nhận xét",
    "clause": "Quy định liên quan",
    "recommendation": "Kiến nghị",
    "remedy_by": "Hạn khắc phục",
    "remedied_on": "Ngày khắc phục",
    "what": "Việc",
    "done_on": "Ngày thực hiện",
    "moved_to": "Tháng chuyển đến",
    "tasks_set": "Số nhiệm vụ trong năm",
    "tasks_on_time": "Số nhiệm vụ đúng hạn, bảo đảm chất lượng",
    "tasks_late": "Số nhiệm vụ chậm hạn",
    "tasks_beyond": "Số nhiệm vụ vượt yêu cầu",
    "shortcomings": "Số hạn chế, khuyết điểm đã chỉ ra",
    "shortcomings_remedied": "Số hạn chế, khuyết điểm đã khắc phục",
}


_OF_CHOICES = (
    STATUSES,
    MEETING_KINDS,
    MODES,
    VISIT_STATUSES,
    RATERS,
    ROLES,
    INSPECTION_KINDS,
    ANNUAL_CLASSES,
    LEVELS,
    KINDS,
    MILESTONES,
    STATES,
    ADOPTED,
)


def choices_of(column: ColumnSpec) -> Mapping[str, str]:
    """Return the word for each code of a choice column, in its order."""
    found = next((words for words in _OF_CHOICES if set(words) == set(column.choices)), {})
    return {code: found.get(code, code) for code in column.choices}


def title_of(column: str, table: str = "meeting") -> str:
    """Return the Vietnamese title of a column of the records, or else the column's name."""
    fact = FACTS.get(column) if table == "meeting" else None
    return fact or _TITLES.get(column, column)


def value_of(column: ColumnSpec, value: Any) -> str:
    """Return a value of the records as text for staff, formatted by its column.

    Codes become words, dates ``dd/mm/yyyy``, and numbers have a decimal comma. ``value`` may be
    typed, or text as DuckDB writes it (``2026-03-05``, ``true``).
    """
    if value is None or value == "":
        return EMPTY
    text = str(value)
    if column.dtype == "choice":
        return choices_of(column).get(text, text)
    if column.dtype == "flag":
        return YES if text.lower() == "true" else NO
    if column.dtype in ("date", "moment"):
        return numbers.day(dt.date.fromisoformat(text[:10]))
    if column.dtype in ("integer", "number"):
        return numbers.points(float(text)) if abs(float(text)) < 1e12 else text
    return text
