"""What the sections of a readings study share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assess.studies.readings.space import FormSpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from assess.reports.report import Report
    from assess.rules import RuleSet
    from assess.rules.readings import Question
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


def forms_of(report: Report, cases: pd.DataFrame) -> Sequence[RuleSet]:
    """Return the forms that some cases are on."""
    used = set(cases["rule_set_id"].dropna())
    return [rules for rule_id, rules in report.slice.rule_sets.items() if rule_id in used]


def in_use(study: Study, rules: RuleSet) -> int:
    """Return the row of the combination that a form's readings in use are."""
    base = FormSpace.of(study.space, rules, study.readings).base
    options = [study.space.options(axis)[at] for axis, at in enumerate(base)]
    mine = (study.combinations[[q.id for q in study.space.questions]] == options).all(axis=1)
    return int(np.flatnonzero(mine)[0])


def class_name(rules: RuleSet | None, class_id: str) -> str:
    """Return the title of a class of a meeting or a year, or what stands where there is none."""
    named = {c.id: c.title for c in (*rules.year, *rules.classes)} if rules else {}
    return named.get(class_id) or NO_CLASS.get(class_id, class_id)


def rest(count: int, what: str = "buổi") -> str:
    """Say that a table does not print all, where it does not."""
    return f" Bảng in {LISTED} trong {count} {what}; toàn bộ ở bảng xuất ra bằng lệnh assess study readings." if count > LISTED else ""


def ways_of(question: Question) -> str:
    """Number the options of a question."""
    return "; ".join(f"cách {number}: {option.title}" for number, option in enumerate(question.options, start=1))


def number(value: float) -> float | None:
    """A number for a table; one that does not exist is an empty cell."""
    return None if value != value else float(value)
