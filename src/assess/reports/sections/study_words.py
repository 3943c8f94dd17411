"""Helpers shared by the sections of a readings study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.text import listing
from assess.reports.blocks import Bullets, Paragraph
from assess.reports.named_figures import named
from assess.rules import catalogue
from assess.studies.readings.space import MEETING, PERIOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from assess.reports.blocks import Block
    from assess.reports.report import Report
    from assess.rules import RuleSet
    from assess.rules.questions import Question
    from assess.studies.readings import Study

SHOWN = 30
"""Most rows in a chart or list of cases: the most sensitive ones; the tables have more."""
LISTED = 500
"""Most rows in a table of cases; ``assess study readings --parquet`` exports all of them."""
POINTS_COMPARED = "Điểm so sánh đã quy về thang 100; vì vậy cách hiểu “tổng điểm thấp hơn, giữ nguyên các mức” có thể đổi xếp loại mà điểm quy đổi không đổi."
BASIS_ALWAYS = "Câu “Căn cứ tính điểm” luôn được đưa vào, vì câu hỏi về số liệu (như mẫu số dự họp) chỉ làm đổi điểm khi điểm được tính lại từ số liệu."
NO_CLASS = {
    "waiting": "chưa xếp loại",
    "no_result": "không có phiếu",
    "outside": "ngoài kỳ",
    "none_known": "không đạt mức đã biết",
    "necessary_only": "mới đạt điều kiện cần",
    "no_rule": "không có quy tắc",
    "no_points": "biểu không có điểm",
    "open": "kỳ chưa kết thúc",
}


def of_meetings(study: Study) -> None:
    """Raise :class:`~assess.base.errors.InputError` for a study of periods instead of meetings."""
    if study.of != MEETING:
        raise input_error("study-of-other", "study", found=study.of, wanted=MEETING)


def titles(questions: Iterable[str]) -> str:
    """Return the titles of some questions as a list."""
    return listing([f"“{catalogue()[q].title}”" for q in questions])


def unasked(idle: Iterable[str], study: Study, why: str) -> list[Block]:
    """Return questions without effect on the data, and those left out to limit combinations."""
    idle, raised = list(dict.fromkeys(idle)), study.raised
    blocks: list[Block] = [Paragraph(f"{why}: {titles(idle)}.")] if idle else []
    if raised and raised.left_out:
        of_one = "" if study.of == PERIOD else " của một buổi"
        text = f"Để số tổ hợp{of_one} không quá {numbers.count(raised.most)}, chỉ đưa vào các câu hỏi làm đổi nhiều xếp loại nhất; chưa xét: {titles(raised.left_out)}."
        blocks.append(Paragraph(text))
    return blocks


def alike(study: Study, what: str) -> list[Block]:
    """Return which options give everybody the same result and so count as one."""
    touched = set(study.questions.loc[study.questions["touched"] > 0, "question_id"])
    items = []
    for question in study.space.questions:
        kept = study.distinct.options(study.distinct.position[question.id])
        for name in kept if question.id in touched else ():
            same = [
                f"“{o.title}”"
                for o in question.options
                if study.counted_as(question.id, o.id) == name
            ]
            items += [f"{question.title}: {listing(same)}."] if len(same) > 1 else []
    return (
        [Bullets(tuple(items), f"Các cách hiểu cho mọi {what} cùng một kết quả, tính là một")]
        if items
        else []
    )


def forms_of(report: Report, cases: pd.DataFrame) -> Sequence[RuleSet]:
    """Return the rule sets of some cases."""
    used = set(cases["rule_set_id"].dropna())
    return [rules for rule_id, rules in report.slice.rule_sets.items() if rule_id in used]


def class_name(rules: RuleSet | None, class_id: str) -> str:
    """Return the title of a class of a meeting or year, or the words for its absence."""
    named = {c.id: c.title for c in (*rules.year, *rules.classes)} if rules else {}
    return named.get(class_id) or NO_CLASS.get(class_id, class_id)


def truncation_note(name: str, count: int, what: str = "buổi") -> str:
    """Return a note if a table is truncated; ``name`` is the name of the count."""
    return (
        f" Bảng in {LISTED} trong {named(name, count)} {what}; toàn bộ ở bảng xuất ra bằng lệnh assess study readings."
        if count > LISTED
        else ""
    )


def ways_of(question: Question) -> str:
    """Return the options of a question, numbered."""
    return "; ".join(
        f"cách {number}: {option.title}" for number, option in enumerate(question.options, start=1)
    )


def number(value: float) -> float | None:
    """Return a number for a table, or ``None`` for NaN."""
    return None if value != value else float(value)
