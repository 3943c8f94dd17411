"""Vietnamese words for codes that reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.periods import Period
from assess.base.text import listing
from assess.reports.named_figures import named
from assess.rules.in_words import answer_in_words

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import Chosen

_ORIGINS = {"given": "chọn cho báo cáo này", "rule_set": "theo biểu", "default": "mặc định"}


def origin_in_words(chosen: Chosen) -> str:
    """Return where a reading comes from; one given against an answer says so."""
    answer = chosen.answer
    if answer is None:
        return _ORIGINS[chosen.origin]
    if chosen.origin == "answer":
        return answer_in_words(answer)
    differs = "khác" if chosen.option.id != answer.option else "như"
    return f"{_ORIGINS[chosen.origin]}, {differs} trả lời tại {answer.citation}"


def until(report: Report) -> str:
    """Return a phrase for the day up to which records are read."""
    return f"đến ngày {numbers.day(report.slice.as_of.date())}"


def nothing_known(report: Report) -> str:
    """Return a phrase that no meeting of the period is on record.

    Whether any was held, and under which rule set, is unknown.
    """
    return f"Đ{until(report)[1:]} chưa có số liệu nào về các buổi sinh hoạt của kỳ được ghi nhận"


def how_far(report: Report) -> str:
    """Return how far the records of an unfinished period reach; empty if the period is over.

    The text covers what counts of the current month and the months to come.
    """
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
