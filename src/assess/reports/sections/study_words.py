"""What the sections of a readings study share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.text import listing
from assess.reports.blocks import Bullets, Paragraph
from assess.reports.named import named
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
"""Rows of a chart or a list of cases: those that the readings move most; the tables have all."""
LISTED = 500
"""Rows of a table of cases; a larger đảng bộ's study is read from its tables (``assess study readings --parquet``)."""
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
    """Refuse a study of periods: every sentence of a section on meetings would be about something else."""
    if study.of != MEETING:
        raise input_error("study-of-other", "study", found=study.of, wanted=MEETING)


def titles(questions: Iterable[str]) -> str:
    """List the titles of some questions."""
    return listing([f"“{catalogue()[q].title}”" for q in questions])


def unasked(idle: Iterable[str], study: Study, why: str) -> list[Block]:
    """Say which questions of the forms change nothing on the data, and which were left out because there are too many combinations."""
    idle, raised = list(dict.fromkeys(idle)), study.raised
    blocks: list[Block] = [Paragraph(f"{why}: {titles(idle)}.")] if idle else []
    if raised and raised.left_out:
        of_one = "" if study.of == PERIOD else " của một buổi"
        text = f"Để số tổ hợp{of_one} không quá {numbers.count(raised.most)}, chỉ đưa vào các câu hỏi làm đổi nhiều xếp loại nhất; chưa xét: {titles(raised.left_out)}."
        blocks.append(Paragraph(text))
    return blocks


def alike(study: Study, what: str) -> list[Block]:
    """Say which options came to the same for everybody, and so count once."""
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
    """Return the forms that some cases are on."""
    used = set(cases["rule_set_id"].dropna())
    return [rules for rule_id, rules in report.slice.rule_sets.items() if rule_id in used]


def class_name(rules: RuleSet | None, class_id: str) -> str:
    """Return the title of a class of a meeting or a year, or what stands where there is none."""
    named = {c.id: c.title for c in (*rules.year, *rules.classes)} if rules else {}
    return named.get(class_id) or NO_CLASS.get(class_id, class_id)


def truncation_note(name: str, count: int, what: str = "buổi") -> str:
    """Say that a table does not print all, where it does not; ``name`` is that of the count."""
    return (
        f" Bảng in {LISTED} trong {named(name, count)} {what}; toàn bộ ở bảng xuất ra bằng lệnh assess study readings."
        if count > LISTED
        else ""
    )


def ways_of(question: Question) -> str:
    """Number the options of a question."""
    return "; ".join(
        f"cách {number}: {option.title}" for number, option in enumerate(question.options, start=1)
    )


def number(value: float) -> float | None:
    """A number for a table; one that does not exist is an empty cell."""
    return None if value != value else float(value)
