"""The explanation of a chi bộ's class for a period: its months, tests and readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.records import AUTO
from assess.rules import NO_ANSWERS, choose
from assess.rules.in_words import in_words
from assess.rules.parts import edges_of
from assess.scoring.chi_bo_slice import slice_of_chi_bo
from assess.scoring.class_cuts import class_cuts
from assess.scoring.explain_meeting import class_in_words, reading_in_words
from assess.scoring.period.period_class import YEAR_QUESTIONS
from assess.scoring.period.roll_up import period_results
from assess.scoring.score import Scores, score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assess.base.periods import Period
    from assess.records import Records, Slice
    from assess.rules import RuleBook, RuleSet
    from assess.scoring.period.period_class import PeriodResult, YearTestResult


@dataclass(frozen=True, slots=True)
class PeriodTrace:
    """How the class of a chi bộ for a period came about; ``lines`` say it in Vietnamese."""

    chi_bo: str
    period: str
    status: str
    class_title: str
    lines: tuple[str, ...]

    def as_text(self) -> str:
        """Return the trace as lines of text."""
        return "\n".join(self.lines)

    def __str__(self) -> str:
        """Return the text."""
        return self.as_text()


def explain_period(
    records: Records,
    rules: RuleBook,
    chi_bo: str,
    period: Period,
    *,
    rule_set: str = AUTO,
    readings: Mapping[str, str] | None = None,
) -> PeriodTrace:
    """Explain a chi bộ's class for a period: each month, each test of the rule set, the readings.

    Raise :class:`~assess.base.errors.InputError` for unknown chi bộ and readings.
    """
    given = dict(readings or {})
    made = slice_of_chi_bo(records, rules, chi_bo, period, rule_set)
    scores = score(made, given)
    result = period_results(made, scores, given)[chi_bo]
    lines = tuple(_period_text(made, scores, result, given))
    return PeriodTrace(chi_bo, period.text, result.status, result.title, lines)


def _period_text(
    made: Slice, scores: Scores, outcome: PeriodResult, given: Mapping[str, str]
) -> Iterator[str]:
    yield f"{made.name}: {made.period.label}"
    meetings = scores.every_meeting[scores.every_meeting["month"].isin(made.period.months)]
    cuts = class_cuts(scores)
    for m in meetings.sort_values(["month", "held_on"], kind="stable").itertuples():
        total = "" if m.total != m.total else f"{numbers.points_beside(m.total, cuts)} điểm, "
        verdict = (
            f"{total}{class_in_words(scores, m.rule_set_id, m.class_id)}"
            if m.assessed
            else _NOT_CLASSED.get(m.status, "chưa xếp loại")
        )
        yield f"  tháng {numbers.month(m.month):<8} {m.meeting_id:<16} {verdict}"
    rules = next(
        (r for r in made.rule_sets.values() if outcome.tried and outcome.tried[0].found in r.year),
        None,
    )
    for tried in outcome.tried if rules is not None else ():
        yield f"{tried.found.title} [{rules.clause(tried.found.cite) if rules else ''}]:"
        for tested in tried.tests:
            what, wanted, value = (
                tested_in_words(rules, tested) if rules is not None else ("", "", "")
            )
            yield f"  {'đạt      ' if tested.holds else 'không đạt'}  {what}: {value} (yêu cầu {wanted})"
        if not tried.found.complete:
            yield "  … nguồn thiếu phần sau của mức này"
    yield f"Kết quả: {outcome.title if outcome.status == 'classed' else status_in_words(outcome)}"
    questions = (
        (*YEAR_QUESTIONS, "moved_chi_bo", "period_class")
        if rules is not None
        else ("moved_chi_bo", "period_class")
    )
    answers = made.year_answers(made.dang_bo, rules.id) if rules is not None else NO_ANSWERS
    chosen = {q: choose(q, dict(given), rules, answers) for q in questions}
    yield "Cách hiểu: " + "; ".join(reading_in_words(c) for c in chosen.values())


_NOT_CLASSED = {"cancelled": "hủy", "postponed": "hoãn", "merged": "gộp"}
PERIOD_STATUS = {
    "necessary_only": "chưa xếp: đủ các điều kiện đã biết của mức {title}, nhưng nguồn thiếu phần sau",
    "none_known": "chưa xếp: không đạt mức {tried}; mức thấp hơn chưa có quy tắc",
    "open": "chưa xếp: kỳ chưa kết thúc vào thời điểm lấy số liệu",
    "left": "không xếp ở đây: cuối kỳ chi bộ trực thuộc nơi khác hoặc không còn",
    "waits": "chưa xếp: có tháng chưa được xếp loại",
    "several_forms": "chưa xếp: trong kỳ chấm theo nhiều biểu",
    "no_rule": "chưa xếp: không có quy tắc cho kỳ này",
    "no_points": "chưa xếp: biểu không có điểm",
    "nothing": "chưa xếp: không có buổi được tính",
}
"""Why a chi bộ has no class for a period, in the words of reports and traces."""
_TESTS = {
    "mean": "điểm bình quân",
    "months_held": "số tháng họp trên số tháng phải họp, quy về 12 tháng",
    "months_classed": "số tháng xếp {classes}, quy về 12 tháng",
    "meetings_classed": "số buổi xếp {classes}, quy về 12 tháng",
    "share_classed": "tỷ lệ buổi xếp {classes}",
    "thematic_quarters": "số quý có chuyên đề, quy về 4 quý",
}


def status_in_words(outcome: PeriodResult) -> str:
    """Return why there is no class for the period, in words."""
    return PERIOD_STATUS[outcome.status].format(
        title=outcome.title, tried=listing(t.found.title for t in outcome.tried)
    )


def tested_in_words(rules: RuleSet, tested: YearTestResult) -> tuple[str, str, str]:
    """Return a test of the year, the value that it requires and the value found, in words."""
    classes = " hoặc ".join(rules.class_title(c) for c in tested.test.classes)
    ratio = tested.test.of == "share_classed"
    shown = numbers.percent_beside if ratio else numbers.points_beside
    value = (
        "không có" if tested.value is None else shown(float(tested.value), edges_of([tested.test]))
    )
    return _TESTS[tested.test.of].format(classes=classes), in_words(tested.test, ratio=ratio), value
