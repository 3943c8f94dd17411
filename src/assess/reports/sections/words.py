"""Vietnamese words for codes that reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report

RATERS = {"self": "tự chấm", "superior": "cấp trên", "inspector": "kiểm tra"}
MEETING_KINDS = {"thuong_ky": "thường kỳ", "chuyen_de": "chuyên đề", "ket_hop": "kết hợp"}
ORIGINS = {"given": "chọn cho báo cáo này", "rule_set": "theo biểu", "default": "mặc định"}


def group_title(report: Report, row: pd.Series) -> str:
    """Return a group's title, with its form where a report uses several."""
    if len(report.slice.rule_sets) < 2:
        return str(row["title"])
    return f"{row['title']} ({report.slice.rule_sets[row['rule_set_id']].short})"
