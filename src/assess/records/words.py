"""Vietnamese words for the codes of the records: what forms ask, what reports print, what intake understands."""

from __future__ import annotations

STATUSES = {"held": "đã họp", "cancelled": "hủy", "postponed": "hoãn", "merged": "gộp"}
MEETING_KINDS = {"thuong_ky": "thường kỳ", "chuyen_de": "chuyên đề", "ket_hop": "kết hợp"}
MODES = {"truc_tiep": "trực tiếp", "truc_tuyen": "trực tuyến"}
CHOICES = {"status": STATUSES, "kind": MEETING_KINDS, "mode": MODES}
"""By column of ``meeting``."""

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
"""Columns of ``meeting`` that a form asks for, in the order of the form, with their labels."""

NOT_APPLICABLE = "Không áp dụng"
MET, NOT_MET = "Đạt", "Không đạt"
YES, NO = "Có", "Không"
