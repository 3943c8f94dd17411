"""A study of the class of each chi bộ for a whole period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.base.errors import input_error
from assess.base.text import listing
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount, NamedRate
from assess.reports.results.forms import on_form
from assess.reports.results.study import (
    NO_CLASS,
    Asked,
    StudiedQuestion,
    asked_of,
    class_name,
    forms_of,
    number,
    shares_by_case,
)
from assess.studies.readings import PERIOD, PERIOD_QUESTIONS, VERDICTS, WAY

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import RuleSet
    from assess.studies.readings import Study


@dataclass(frozen=True)
class PeriodForm:
    """The chi bộ of one form, the least robust first.

    ``class_titles`` are those of the share columns. ``frame``: ``chi_bo_id``, ``name``, ``now``,
    ``verdict``, a share of combinations for each class and ``none``, ``fewest`` (the smallest sets
    of questions that change its class).
    """

    rules: RuleSet
    on: str
    class_titles: dict[str, str]
    frame: pd.DataFrame


@dataclass(frozen=True)
class PeriodStudy:
    """The results of a study of the class of each chi bộ for a whole period.

    ``asked`` are its questions, ``added`` those about rolling up. Of ``chi_bo``, ``classed`` have a
    class under some reading: ``verdicts`` says how robust it is; ``unset`` have none under the
    readings in use. ``never`` tells why the others have none: words and count. ``ways``: ``key``,
    ``way``, a column for each verdict (``verdict_titles``), ``none``, ``all``, if the way to derive
    the class were settled. ``forms`` are the chi bộ. ``questions``: ``title``, ``touched``,
    ``moves``, ``alone``, ``together``, ``first``, ``total`` (Sobol indices). ``largest`` and
    ``largest_title`` as in :class:`StudyResults`.
    """

    asked: Asked
    added: tuple[StudiedQuestion, ...]
    chi_bo: NamedCount
    classed: NamedCount
    unset: NamedCount
    verdicts: tuple[tuple[str, NamedCount], ...]
    verdict_titles: dict[str, str]
    never: tuple[tuple[str, NamedCount], ...]
    never_classed: NamedCount
    ways: pd.DataFrame
    forms: tuple[PeriodForm, ...]
    questions: pd.DataFrame
    largest: NamedRate | None
    largest_title: str


def period_study(report: Report, study: Study) -> PeriodStudy:
    """Return the results of a study of periods, for its template to print.

    Raise :class:`~assess.base.errors.InputError` for a study of meetings.
    """
    if study.of != PERIOD:
        raise input_error("study-of-other", "study", found=study.of, wanted=PERIOD)
    asked = asked_of(report, study, "study_period")
    classed = study.cases[study.cases["verdict"] != ""]
    never = study.cases.loc[study.cases["verdict"] == "", "class_id"]
    counts = study.cases["verdict"].value_counts()
    unset = classed["class_id"].isin(set(NO_CLASS) - {"none_known", "necessary_only"})
    ranked = study.questions.sort_values(
        ["class_total", "touched"], ascending=False, kind="stable", na_position="last"
    )
    top = ranked["class_total"].iloc[0] if len(ranked) else float("nan")
    return PeriodStudy(
        asked=asked,
        added=tuple(q for q in asked.questions if q.id in PERIOD_QUESTIONS),
        chi_bo=NamedCount("study_period.chi_bo", len(study.cases)),
        classed=NamedCount("study_period.classed", len(classed)),
        unset=NamedCount("study_period.unset", int(unset.sum())),
        verdicts=tuple(
            (word, NamedCount(f"study_period.{name}", int(counts.get(name, 0))))
            for name, word in VERDICTS.items()
        ),
        verdict_titles={name: word.capitalize() for name, word in VERDICTS.items()},
        never=tuple(
            (
                NO_CLASS.get(str(name), str(name)),
                NamedCount(f"study_period.never.{name}", int(count)),
            )
            for name, count in never.value_counts(sort=False).items()
        ),
        never_classed=NamedCount("study_period.never_classed", len(never)),
        ways=_ways(study),
        forms=tuple(
            _period_form(report, study, classed[classed["rule_set_id"] == rules.id], rules)
            for rules in forms_of(report, classed)
        ),
        questions=_period_questions(study, ranked),
        largest=NamedRate("study_period.largest.class_total", float(top)) if top == top else None,
        largest_title=study.space.question(ranked["question_id"].iloc[0]).title
        if len(ranked)
        else "",
    )


def _ways(study: Study) -> pd.DataFrame:
    rows = []
    for option, mine in study.ways().items():
        counts = mine["verdict"].value_counts()
        parts = [int(counts.get(name, 0)) for name in VERDICTS]
        title = study.space.question(WAY).option(option).title
        rows.append((option, title, *parts, len(study.cases) - sum(parts), len(study.cases)))
    return pd.DataFrame(rows, columns=["key", "way", *VERDICTS, "none", "all"])


def _period_form(report: Report, study: Study, mine: pd.DataFrame, rules: RuleSet) -> PeriodForm:
    known, fewest = shares_by_case(study), _fewest(study)
    classes = {c.id: c.title for c in (*rules.classes, *rules.year)}
    rows = []
    for case in mine.sort_values(["share", "case_id"], kind="stable").itertuples():
        parts = [float(known[case.case_id].get(name, 0.0)) for name in classes]
        rows.append(
            (
                case.chi_bo_id,
                report.unit_name(case.chi_bo_id),
                class_name(rules, case.class_id),
                VERDICTS[case.verdict],
                *parts,
                max(0.0, 1.0 - sum(parts)),
                fewest.get(case.case_id, ""),
            )
        )
    columns = ["chi_bo_id", "name", "now", "verdict", *classes, "none", "fewest"]
    shares = dict.fromkeys((*classes, "none"), "percent")
    return PeriodForm(
        rules,
        on_form(report, rules),
        classes,
        with_kinds(pd.DataFrame(rows, columns=columns), shares),
    )


def _fewest(study: Study) -> dict[str, str]:
    """Return by chi bộ the smallest sets of questions that change its class."""
    flips = study.cases.set_index("case_id")["flips"]
    smallest = study.flips[study.flips["size"] == study.flips["case_id"].map(flips)]
    return {
        str(case): "; hoặc ".join(
            listing(f"“{study.space.question(q).title}”" for q in questions.split("+"))
            for questions in sets
        )
        for case, sets in smallest.groupby("case_id", sort=False)["questions"]
    }


def _period_questions(study: Study, ranked: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (
            study.space.question(r.question_id).title,
            r.touched,
            r.class_moves,
            r.alone,
            r.together,
            number(r.class_first),
            number(r.class_total),
        )
        for r in ranked.itertuples()
    ]
    columns = ["title", "touched", "moves", "alone", "together", "first", "total"]
    return with_kinds(pd.DataFrame(rows, columns=columns), {"first": "percent", "total": "percent"})
