"""Vietnamese words for codes that reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report

WAITING_REASONS = {
    "": "không có tiêu chí nào áp dụng",
    "blank": "có dòng bỏ trống",
    "over_max": "có điểm ghi cao hơn tối đa của dòng",
    "level_gap": "có giá trị không rơi vào mức nào",
    "level_overlap": "có giá trị rơi vào hai mức",
    "no_targets": "tháng trước chưa có chỉ tiêu",
    "other_form": "phiếu chấm theo biểu khác với biểu đang áp dụng",
    "no_rule_set": "chưa áp dụng biểu nào vào ngày họp",
    "other_rater_waits": "phiếu của bên kia chưa đủ",
}
RATERS = {"self": "tự chấm", "superior": "cấp trên", "inspector": "kiểm tra"}
MEETING_KINDS = {"thuong_ky": "thường kỳ", "chuyen_de": "chuyên đề", "ket_hop": "kết hợp"}
ORIGINS = {"given": "chọn cho báo cáo này", "rule_set": "theo biểu", "default": "mặc định"}


def group_title(report: Report, row: pd.Series) -> str:
    """Return a group's title, with its form where a report uses several."""
    if len(report.slice.rule_sets) < 2:
        return str(row["title"])
    return f"{row['title']} ({report.slice.rule_sets[row['rule_set_id']].short})"
