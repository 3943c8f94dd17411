"""The class of each chi bộ for the whole period, by the rule of its form or by a reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.base.text import listing
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount
from assess.reports.results.forms import form_name
from assess.rules import choose
from assess.scoring.class_cuts import class_cuts
from assess.scoring.explain_period import PERIOD_STATUS, status_in_words, tested_in_words
from assess.scoring.period.period_class import YEAR_QUESTIONS

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import Chosen, RuleSet
    from assess.scoring.period.period_class import PeriodResult


@dataclass(frozen=True)
class YearRule:
    """The rule of a form for the year: the form, the clauses, the classes that the rule gives.

    ``whole`` is whether it gives every class of a meeting; ``broken`` are the classes of which the
    source lacks a part, so that nobody can be given them.
    """

    form: str
    clauses: str
    classes: tuple[str, ...]
    whole: bool
    broken: tuple[str, ...]


@dataclass(frozen=True)
class YearClasses:
    """The classes of the chi bộ for the whole period.

    ``applies`` is whether a rule or a reading gives one; without, ``forms`` say nothing of it.
    ``whole_year`` is whether the period is a year. ``rules`` are those of the forms; ``reading`` is
    the reading used where a form has none (None if there is no such form). ``questions`` are the
    other readings that decide. ``counts``: ``class``, ``count``. ``by_chi_bo``: ``number``,
    ``chi_bo_id``, ``name``, ``base`` (months of the chi bộ), ``held``, ``best`` (meetings of the
    best class), ``mean`` points, ``class``. ``tests``: ``name``, ``class``, ``test``, ``wanted``,
    ``value``, ``holds``, a row for each condition tried.
    """

    applies: bool
    whole_year: bool
    forms: tuple[str, ...]
    best: str
    rules: tuple[YearRule, ...]
    reading: Chosen | None
    questions: tuple[Chosen, ...]
    of: NamedCount
    counts: pd.DataFrame
    by_chi_bo: pd.DataFrame
    tests: pd.DataFrame


def year_classes(report: Report) -> YearClasses:
    """Return the classes of the chi bộ for the report's whole period."""
    regular = _regular(report)
    whole = len(report.slice.period.months) == 12
    with_rule = [rules for rules in regular if rules.year and whole]
    made, given = report.slice, dict(report.readings)
    used = [
        choose("period_class", given, rules, made.year_answers(unit_id, rules.id))
        for unit_id in (made.dang_bo, *made.chi_bo)
        for rules in regular
    ] or [report.chosen("period_class")]
    reading = next((chosen for chosen in used if chosen.option.id != "none"), used[0])
    applies = bool(with_rule) or reading.option.id != "none"
    outcomes = report.years if applies else {}
    titles = {rules.classes[0].title for rules in regular}
    return YearClasses(
        applies=applies,
        whole_year=whole,
        forms=tuple(form_name(rules) for rules in regular),
        best=titles.pop() if len(titles) == 1 else "mức cao nhất",
        rules=tuple(_rule(rules) for rules in with_rule),
        reading=reading if reading.option.id != "none" and len(with_rule) < len(regular) else None,
        questions=tuple(
            choose(question, given, rules, made.year_answers(made.dang_bo, rules.id))
            for rules in regular[:1]
            for question in _asked(rules, whole=whole)
        ),
        of=NamedCount("year_classes.chi_bo", len(outcomes)),
        counts=_counts(regular, list(outcomes.values())),
        by_chi_bo=_by_chi_bo(report, regular, outcomes),
        tests=_tests(report, regular, outcomes),
    )


def _regular(report: Report) -> list[RuleSet]:
    return [rules for rules in report.forms if rules.meeting == "thuong_ky"]


def _rule(rules: RuleSet) -> YearRule:
    given = {c.id for c in rules.year}
    return YearRule(
        form_name(rules),
        listing(dict.fromkeys(rules.clause(c.cite) for c in rules.year)),
        tuple(c.title for c in rules.year),
        given >= {c.id for c in rules.classes},
        tuple(c.title for c in rules.year if not c.complete),
    )


def _asked(rules: RuleSet, *, whole: bool) -> list[str]:
    """Return the questions of the roll-up that matter and that the form does not raise.

    Those that it raises are in the table of readings.
    """
    raised = {question.id for question in rules.questions}
    by_rule = bool(rules.year) and whole
    asked = (*YEAR_QUESTIONS, "moved_chi_bo", *(() if by_rule else ("period_class",)))
    return [
        question
        for question in asked
        if question not in raised
        and (by_rule or question in ("period_class", "moved_chi_bo", "unclassed_month"))
    ]


def _status(outcome: PeriodResult) -> str:
    text = status_in_words(outcome)
    return text[:1].upper() + text[1:]


def _counts(regular: list[RuleSet], outcomes: list[PeriodResult]) -> pd.DataFrame:
    titles = dict.fromkeys(c.title for rules in regular for c in (*rules.year, *rules.classes))
    rows = [
        (title, sum(o.status == "classed" and o.title == title for o in outcomes))
        for title in titles
    ]
    rows = [row for row in rows if row[1]]
    for status in PERIOD_STATUS:
        theirs = [outcome for outcome in outcomes if outcome.status == status]
        rows += [(_status(theirs[0]), len(theirs))] if theirs else []
    return pd.DataFrame(rows, columns=["class", "count"]).astype({"count": int})


def _by_chi_bo(
    report: Report, regular: list[RuleSet], outcomes: dict[str, PeriodResult]
) -> pd.DataFrame:
    best = {rules.classes[0].id for rules in regular}
    rows = [
        (
            number,
            chi_bo,
            report.names[chi_bo],
            None if o.counts is None else o.base,
            None if o.counts is None else o.held,
            None if o.counts is None else sum(n for c, n in o.counts.items() if c in best),
            None if o.mean is None else float(o.mean),
            o.title if o.status == "classed" else _status(o),
        )
        for number, (chi_bo, o) in enumerate(outcomes.items(), start=1)
    ]
    columns = ["number", "chi_bo_id", "name", "base", "held", "best", "mean", "class"]
    counts = dict.fromkeys(("base", "held", "best"), "integer")
    return with_kinds(
        pd.DataFrame(rows, columns=columns),
        {**counts, "number": "integer", "mean": ("points", class_cuts(report.scores))},
    )


def _tests(
    report: Report, regular: list[RuleSet], outcomes: dict[str, PeriodResult]
) -> pd.DataFrame:
    rows = []
    for chi_bo, outcome in outcomes.items():
        if not outcome.tried:
            continue
        first = outcome.tried[0].found
        rules = next(r for r in regular if any(first is c for c in r.year))
        rows += [
            (
                report.names[chi_bo],
                tried.found.title,
                *tested_in_words(rules, tested),
                "có" if tested.holds else "không",
            )
            for tried in outcome.tried
            for tested in tried.tests
        ]
    return pd.DataFrame(rows, columns=["name", "class", "test", "wanted", "value", "holds"])
