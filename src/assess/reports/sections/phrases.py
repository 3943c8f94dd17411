"""Vietnamese words for codes that reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.periods import Period
from assess.base.text import listing
from assess.reports.blocks import Column
from assess.reports.named import named
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


def until(report: Report) -> str:
    """Say up to which day the records are read."""
    return f"đến ngày {numbers.day(report.slice.as_of.date())}"


def nothing_known(report: Report) -> str:
    """Say that no meeting of the period was on record by then: it is not known whether any was held, or on which form."""
    return f"Đ{until(report)[1:]} chưa có số liệu nào về các buổi sinh hoạt của kỳ được ghi nhận"


def how_far(report: Report) -> str:
    """Say how far the records of a period reach that is not over: what counts of the month under way, and what is still to come."""
    made = report.slice
    if made.over:
        return ""
    said = [f"Kỳ chưa kết thúc; số liệu {until(report)}."]
    if made.under_way:
        month = report.coverage[report.coverage["month"] == made.under_way].iloc[0]
        seen, label = (
            named("coverage.under_way.due", month["due"]),
            Period.parse(made.under_way).label,
        )
        still = named("coverage.under_way.still_open", month["still_open"])
        rest = f", {still} chi bộ khác còn trong hạn" if month["still_open"] else ""
        said.append(f"T{label[1:]} chưa hết nên chỉ tính {seen} chi bộ đã có ghi nhận{rest}.")
    ahead = [numbers.month(month) for month in made.period.months if month not in made.months]
    if ahead:
        said.append(
            f"{'Tháng' if len(ahead) == 1 else 'Các tháng'} {listing(ahead)} chưa đến nên không tính."
        )
    return f"{' '.join(said)} "


def month_column(report: Report) -> Column:
    """The column of :func:`month_cell`."""
    return Column("month", "Tháng", "month", 1.7 if report.slice.under_way else 1.0)


def month_cell(report: Report, month: str) -> str:
    """A month as the cell of a table: the one that is under way says up to which day it is shown."""
    return f"{numbers.month(month)} ({until(report)})" if month == report.slice.under_way else month


def attendance_cuts(report: Report) -> tuple[float, ...]:
    """The rates of attendance that the forms compare with."""
    return tuple(
        sorted({cut for rules in report.forms for cut in rules.cuts_of("attendance_rate")})
    )


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
    return (
        f"Xếp loại {rules.class_title(class_id)}{on_form(report, rules)}"
        if known and rules is not None
        else measure
    )
