"""Vietnamese words for codes that reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def attendance_cuts(report: Report) -> tuple[float, ...]:
    """The rates of attendance that the forms compare with."""
    return tuple(sorted({cut for rules in report.forms for cut in rules.cuts_of("attendance_rate")}))


def form_name(rules: RuleSet) -> str:
    """A form's short name, as it stands within a sentence."""
    return rules.short[:1].lower() + rules.short[1:]
