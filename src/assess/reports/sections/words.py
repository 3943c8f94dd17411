"""Vietnamese words for codes that reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import RuleSet

RATERS = {"self": "tự chấm", "superior": "cấp trên", "inspector": "kiểm tra"}
ORIGINS = {"given": "chọn cho báo cáo này", "rule_set": "theo biểu", "default": "mặc định"}


def block_id(report: Report, name: str, rules: RuleSet) -> str:
    """Name a block; one of several forms adds the form's id."""
    return name if len(report.forms) < 2 else f"{name}-{rules.id}"


def on_form(report: Report, rules: RuleSet) -> str:
    """Say on which form, where a report uses several."""
    return "" if len(report.forms) < 2 else f", {form_name(rules)}"


def until(report: Report) -> str:
    """Say up to which day the records are read."""
    return f"đến ngày {numbers.day(report.slice.as_of.date())}"


def nothing_known(report: Report) -> str:
    """Say that no meeting of the period was on record by then: it is not known whether any was held, or on which form."""
    return f"Đ{until(report)[1:]} chưa có số liệu nào về các buổi sinh hoạt của kỳ được ghi nhận"


def month_cell(report: Report, month: str) -> str:
    """A month as the cell of a table: the one that is under way says up to which day it is shown."""
    return f"{numbers.month(month)} ({until(report)})" if month == report.slice.under_way else month


def form_name(rules: RuleSet) -> str:
    """A form's short name, as it stands within a sentence."""
    return rules.short[:1].lower() + rules.short[1:]
