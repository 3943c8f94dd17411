"""Vietnamese words for codes that reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.studies import upward

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import RuleSet

RATERS = {"self": "tự chấm", "superior": "cấp trên", "inspector": "kiểm tra"}
COUNTS = {
    upward.DUE: "Phải sinh hoạt",
    upward.HELD: "Đã sinh hoạt thường kỳ",
    upward.THEMATIC: "Có chuyên đề",
    upward.ASSESSED: "Được xếp loại",
}
"""The measures that a level sends up beside the classes of each form."""
ORIGINS = {"given": "chọn cho báo cáo này", "rule_set": "theo biểu", "default": "mặc định"}


def block_id(report: Report, name: str, rules: RuleSet) -> str:
    """Name a block; one of several forms adds the form's id."""
    return name if len(report.forms) < 2 else f"{name}-{rules.id}"


def on_form(report: Report, rules: RuleSet) -> str:
    """Say on which form, where a report uses several."""
    return "" if len(report.forms) < 2 else f", {form_name(rules)}"


def form_name(rules: RuleSet) -> str:
    """A form's short name, as it stands within a sentence."""
    return rules.short[:1].lower() + rules.short[1:]


def measure_in_words(report: Report, measure: str) -> str:
    """Return what a measure counts, in words."""
    if measure in COUNTS:
        return COUNTS[measure]
    form, _, class_id = measure.rpartition(".")
    rules = report.slice.rule_sets.get(form)
    known = rules is not None and class_id in [c.id for c in rules.classes]
    return f"Xếp loại {rules.class_title(class_id)}{on_form(report, rules)}" if known and rules is not None else measure
