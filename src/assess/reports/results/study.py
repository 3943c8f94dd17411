"""What studies of readings share: their questions, and words for classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.base.text import listing
from assess.reports.named_figures import NamedCount
from assess.rules import catalogue
from assess.rules.in_words import answer_in_words
from assess.studies.readings import BASIS, MEETING
from assess.studies.readings.answered import answers_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from assess.records import Slice
    from assess.reports.report import Report
    from assess.rules import Chosen, RuleSet
    from assess.studies.readings import Study

NO_CLASS = {
    "waiting": "chưa xếp loại",
    "no_result": "không có phiếu",
    "outside": "ngoài kỳ",
    "none_known": "không đạt mức đã biết",
    "necessary_only": "mới đạt điều kiện cần",
    "no_rule": "chưa có quy định",
    "no_points": "biểu không có điểm",
    "open": "kỳ chưa kết thúc",
}
"""Words for the absence of a class."""


def of_meetings(study: Study) -> None:
    """Raise :class:`~assess.base.errors.InputError` for a study of periods instead of meetings."""
    if study.of != MEETING:
        raise input_error("study-of-other", "study", found=study.of, wanted=MEETING)


def question_titles(questions: Iterable[str]) -> tuple[str, ...]:
    """Return the titles of some questions, each in quotes."""
    return tuple(f"“{catalogue()[question].title}”" for question in questions)


def class_name(rules: RuleSet | None, class_id: str) -> str:
    """Return the title of a class of a meeting or year, or the words for its absence."""
    known = {c.id: c.title for c in (*rules.year, *rules.classes)} if rules else {}
    return known.get(class_id) or NO_CLASS.get(class_id, class_id)


@dataclass(frozen=True)
class StudiedQuestion:
    """A question of a study (``number`` from 1), its id and its options in order.

    ``same`` are the options that give everybody one result and so count as one.
    """

    number: int
    id: str
    title: str
    options: tuple[str, ...]
    same: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What a study asks, and what it leaves out.

    ``all_combinations`` of the options of ``questions``; ``combinations`` where options with one
    result count as one. ``fixed`` are other questions that were read in one way. ``idle`` questions
    concern nobody here; ``left_out`` were not tried, so that there are at most ``most``
    combinations. ``answered`` says what has been answered, by which document. ``with_basis`` is
    whether the basis of points is one of the questions.
    """

    questions: tuple[StudiedQuestion, ...]
    all_combinations: NamedCount
    combinations: NamedCount
    fixed: tuple[Chosen, ...]
    idle: tuple[str, ...]
    left_out: tuple[str, ...]
    most: int
    with_basis: bool
    answered: tuple[str, ...]


def asked_of(report: Report, study: Study, name: str) -> Asked:
    """Return what a study asks; its named figures begin with ``name``."""
    touched = set(study.questions.loc[study.questions["touched"] > 0, "question_id"])
    questions = []
    for number, question in enumerate(study.space.questions, start=1):
        kept = study.distinct.options(study.distinct.position[question.id])
        groups = [
            [f"“{o.title}”" for o in question.options if study.counted_as(question.id, o.id) == one]
            for one in (kept if question.id in touched else ())
        ]
        questions.append(
            StudiedQuestion(
                number,
                question.id,
                question.title,
                tuple(option.title for option in question.options),
                tuple(listing(group) for group in groups if len(group) > 1),
            )
        )
    raised = study.raised
    return Asked(
        questions=tuple(questions),
        all_combinations=NamedCount(f"{name}.combinations_of_all", study.space.size),
        combinations=NamedCount(f"{name}.combinations", study.distinct.size),
        fixed=tuple(report.chosen(q) for q in study.readings if q not in study.space.position),
        idle=question_titles(dict.fromkeys(raised.idle)) if raised else (),
        left_out=question_titles(raised.left_out) if raised else (),
        most=raised.most if raised else 0,
        with_basis=BASIS in study.space.position,
        answered=answered_in_words(report.slice),
    )


def answered_in_words(made: Slice) -> tuple[str, ...]:
    """Return each answer that meetings of the period are scored by: question, reading, document."""
    found = []
    for answer in answers_known(made):
        question = catalogue()[answer.question]
        read = question.option(answer.option).title
        found.append(f"{question.title}: {read}, {answer_in_words(answer)}")
    return tuple(dict.fromkeys(found))


def forms_of(report: Report, cases: pd.DataFrame) -> Sequence[RuleSet]:
    """Return the forms of some cases."""
    used = set(cases["rule_set_id"].dropna())
    return [rules for rule_id, rules in report.slice.rule_sets.items() if rule_id in used]


def number(value: Any) -> float | None:
    """Return a number for a frame, None for NaN."""
    return None if value != value else float(value)


def shares_by_case(study: Study) -> dict[str, pd.Series[float]]:
    """Return by case the share of combinations for each class."""
    return {
        str(case): group.set_index("class_id")["share"]
        for case, group in study.acceptability.groupby("case_id")
    }
