"""A study of the meetings of a period: robustness, effects of questions, combinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assess.base import numbers
from assess.base.text import listing
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount, NamedRate
from assess.reports.results.forms import on_form
from assess.reports.results.study import (
    Asked,
    asked_of,
    class_name,
    forms_of,
    number,
    of_meetings,
    shares_by_case,
)
from assess.studies.readings import VERDICTS

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import RuleSet
    from assess.studies.readings import Study

_POINTS_IN_CURVE = 200
_QUESTIONS_IN_CURVE = 8
"""Most questions shown under the curve: those that change most."""
_PAIRS = 5


@dataclass(frozen=True)
class OpenMeetings:
    """The meetings on one form whose class depends on readings, the most open first.

    ``class_titles`` are those of the share columns. ``frame``: ``case_id``, ``name`` (chi bộ and
    month), ``now`` (class in use), a share of combinations for each class and ``waits`` (none),
    ``flips`` (the fewest questions that change it), points to ``spare`` over its class and
    ``short`` of the next one.
    """

    rules: RuleSet
    on: str
    class_titles: dict[str, str]
    count: NamedCount
    frame: pd.DataFrame


@dataclass(frozen=True)
class Combinations:
    """The results of all meetings on one form by combination.

    ``table`` has the two ends, the middle and the readings in use: ``which``, the meetings of each
    class, ``waits``, ``changed`` (against the readings in use; missing with several forms),
    ``choice``. The curve shows ``drawn`` of ``all`` combinations in order: ``values`` meetings of
    the best class (from ``least`` to ``most``), ``base`` the one in use, ``choices`` by question.
    """

    rules: RuleSet
    on: str
    class_titles: dict[str, str]
    best: str
    several_forms: bool
    table: pd.DataFrame
    drawn: NamedCount
    all: NamedCount
    least: NamedCount
    most: NamedCount
    values: list[int]
    base: list[bool]
    choices: list[tuple[str, list[list[bool]]]]


@dataclass(frozen=True)
class StudyResults:
    """The results of a study of the meetings of a period.

    ``asked`` are its questions; ``different`` results there are; if ``drawn``, the results by
    combination are a sample of so many. Of ``meetings``, ``never_classed`` have no class under any
    reading. ``verdicts``: ``verdict``, ``count``, ``share`` of the others; ``summary`` is the same
    by name. ``by_chi_bo``: ``name``, ``count``, a column for each verdict (``verdict_titles``),
    ``fewest`` questions that change a class, ``spread`` (largest difference of points of one
    meeting). ``open`` are the meetings that depend on readings, by form.

    ``questions``, by effect: ``number``, ``title``, ``touched``, ``moves``, ``alone``,
    ``together``, ``change`` (mean change of points), Sobol indices ``first``, ``total`` of points
    and ``class_first``, ``class_total`` of the class. ``largest`` is the largest total index of a
    class and ``largest_title`` its question (None and empty without). ``alone``: ``question``,
    ``option``, ``use``, ``changed``, ``chi_bo``, ``points``. ``pairs``: two questions and the share
    of the variation of the class that they have only together. ``untouched`` questions concern no
    meeting.

    ``flips``: ``case_id``, ``name``, ``now``, ``questions``, the smallest sets that change a
    meeting's class; ``map_names``, ``map_marks`` by chi bộ and question (2: it alone, 1: only with
    others). ``combinations`` by form.
    """

    asked: Asked
    different: NamedCount
    drawn: NamedCount
    meetings: NamedCount
    never_classed: NamedCount
    verdicts: pd.DataFrame
    summary: tuple[tuple[str, NamedCount, NamedRate], ...]
    verdict_titles: dict[str, str]
    by_chi_bo: pd.DataFrame
    open: tuple[OpenMeetings, ...]
    questions: pd.DataFrame
    largest: NamedRate | None
    largest_title: str
    alone: pd.DataFrame
    pairs: tuple[tuple[str, str, NamedRate], ...]
    untouched: tuple[str, ...]
    flips: pd.DataFrame
    map_names: tuple[str, ...]
    map_marks: tuple[tuple[int, ...], ...]
    combinations: tuple[Combinations, ...]


def study_results(report: Report, study: Study) -> StudyResults:
    """Return the results of a study of meetings, for its template to print.

    Raise :class:`~assess.base.errors.InputError` for a study of periods.
    """
    of_meetings(study)
    classed = study.cases[study.cases["verdict"] != ""]
    counts = classed["verdict"].value_counts()
    ranked = study.questions.assign(number=range(1, len(study.questions) + 1)).sort_values(
        ["class_total", "touched", "number"],
        ascending=[False, False, True],
        kind="stable",
        na_position="last",
    )
    telling = ranked[ranked["class_total"].notna() & (ranked["touched"] > 0)]
    names, marks = _map(report, study)
    return StudyResults(
        asked=asked_of(report, study, "study"),
        different=NamedCount("study.different", study.different),
        drawn=NamedCount("study.drawn", study.drawn),
        meetings=NamedCount("study.meetings", len(study.cases)),
        never_classed=NamedCount("study.never_classed", len(study.cases) - len(classed)),
        verdicts=with_kinds(
            pd.DataFrame(
                [
                    (
                        word.capitalize(),
                        int(counts.get(name, 0)),
                        counts.get(name, 0) / len(classed),
                    )
                    for name, word in VERDICTS.items()
                    if len(classed)
                ],
                columns=["verdict", "count", "share"],
            ),
            {"share": "share"},
        ),
        summary=tuple(
            (
                word.capitalize(),
                NamedCount(f"study.{name}", int(counts.get(name, 0))),
                NamedRate(f"study.{name}.share", counts.get(name, 0) / len(classed)),
            )
            for name, word in VERDICTS.items()
            if len(classed)
        ),
        verdict_titles={name: word.capitalize() for name, word in VERDICTS.items()},
        by_chi_bo=_by_chi_bo(report, classed),
        open=_open(report, study, classed),
        questions=_questions(study, ranked),
        largest=NamedRate("study.largest.class_total", float(telling.iloc[0]["class_total"]))
        if len(telling)
        else None,
        largest_title=study.space.question(telling.iloc[0]["question_id"]).title
        if len(telling)
        else "",
        alone=_alone(study),
        pairs=_pairs(study),
        untouched=tuple(
            f"“{study.space.question(question).title}”"
            for question in study.questions.loc[study.questions["touched"] == 0, "question_id"]
        ),
        flips=_flips(report, study),
        map_names=names,
        map_marks=marks,
        combinations=tuple(
            found
            for rules in report.forms
            if (found := _combinations(report, study, rules)) is not None
        ),
    )


def _by_chi_bo(report: Report, classed: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for chi_bo, mine in classed.groupby("chi_bo_id", sort=True):
        counts = mine["verdict"].value_counts()
        flips = mine.loc[mine["flips"] > 0, "flips"]
        rows.append(
            (
                report.unit_name(str(chi_bo)),
                len(mine),
                *(int(counts.get(name, 0)) for name in VERDICTS),
                int(flips.min()) if len(flips) else None,
                number((mine["high"] - mine["low"]).max()),
            )
        )
    columns = ["name", "count", *VERDICTS, "fewest", "spread"]
    return with_kinds(
        pd.DataFrame(rows, columns=columns), {"fewest": "integer", "spread": ("points", (0.0,))}
    )


def _open(report: Report, study: Study, classed: pd.DataFrame) -> tuple[OpenMeetings, ...]:
    open_ = classed[classed["verdict"] != "robust"].sort_values(["share", "case_id"], kind="stable")
    known = shares_by_case(study)
    found = []
    for rules in forms_of(report, open_):
        classes = [c.id for c in rules.classes]
        rows = []
        for m in open_[open_["rule_set_id"] == rules.id].itertuples():
            parts = [float(known[m.case_id].get(c, 0.0)) for c in classes]
            rows.append(
                (
                    m.case_id,
                    f"{report.unit_name(m.chi_bo_id)}, {numbers.month(m.period)}",
                    class_name(rules, m.class_id),
                    *parts,
                    max(0.0, 1.0 - sum(parts)),
                    m.flips,
                    number(m.spare),
                    number(m.short),
                )
            )
        columns = ["case_id", "name", "now", *classes, "waits", "flips", "spare", "short"]
        kinds = dict.fromkeys((*classes, "waits"), "percent")
        near = ("points", (0.0,))
        found.append(
            OpenMeetings(
                rules,
                on_form(report, rules),
                {c.id: c.title for c in rules.classes},
                NamedCount(f"study.{rules.id}.open", len(rows)),
                with_kinds(
                    pd.DataFrame(rows, columns=columns),
                    {**kinds, "flips": "integer", "spare": near, "short": near, "case_id": "code"},
                ),
            )
        )
    return tuple(found)


def _questions(study: Study, ranked: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (
            r.number,
            study.space.question(r.question_id).title,
            r.touched,
            r.class_moves,
            r.alone,
            r.together,
            *map(number, (r.mean_change, r.first, r.total, r.class_first, r.class_total)),
        )
        for r in ranked.itertuples()
    ]
    columns = [
        "number", "title", "touched", "moves", "alone", "together",
        "change", "first", "total", "class_first", "class_total",
    ]  # fmt: skip
    shares = dict.fromkeys(("first", "total", "class_first", "class_total"), "percent")
    return with_kinds(pd.DataFrame(rows, columns=columns), {**shares, "change": "points"})


def _alone(study: Study) -> pd.DataFrame:
    touched = set(study.questions.loc[study.questions["touched"] > 0, "question_id"])
    rows = [
        (
            study.space.question(r.question_id).title,
            study.space.question(r.question_id).option(r.option).title,
            "đang dùng" if r.in_use else "",
            r.changed,
            r.chi_bo,
            number(r.points),
        )
        for r in study.alone[study.alone["question_id"].isin(touched)].itertuples()
    ]
    columns = ["question", "option", "use", "changed", "chi_bo", "points"]
    return with_kinds(pd.DataFrame(rows, columns=columns), {"points": "points"})


def _pairs(study: Study) -> tuple[tuple[str, str, NamedRate], ...]:
    pairs = study.pairs[study.pairs["class_id"] > 0]
    ordered = pairs.sort_values("class_id", ascending=False, kind="stable").head(_PAIRS)
    return tuple(
        (
            study.space.question(p.one).title,
            study.space.question(p.other).title,
            NamedRate(f"study.pair.{p.one}.{p.other}", float(p.class_id)),
        )
        for p in ordered.itertuples()
    )


def _map(report: Report, study: Study) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    owners = study.flips["case_id"].map(study.cases.set_index("case_id")["chi_bo_id"])
    position = study.space.position
    marks: dict[str, list[int]] = {}
    for owner, questions, size in zip(
        owners, study.flips["questions"], study.flips["size"], strict=True
    ):
        row = marks.setdefault(str(owner), [0] * len(position))
        for question in questions.split("+"):
            row[position[question]] = max(row[position[question]], 2 if size == 1 else 1)
    order = sorted(marks, key=lambda owner: (-marks[owner].count(2), -marks[owner].count(1), owner))
    return (
        tuple(report.unit_name(owner) for owner in order),
        tuple(tuple(marks[owner]) for owner in order),
    )


def _flips(report: Report, study: Study) -> pd.DataFrame:
    about, position = study.cases.set_index("case_id"), study.space.position
    smallest = study.flips[study.flips["size"] == study.flips["case_id"].map(about["flips"])]
    rows = []
    for case, sets in smallest.groupby("case_id", sort=False):
        meeting = about.loc[case]
        rules = report.slice.rule_sets.get(meeting["rule_set_id"])
        ways = [
            f"{listing(f'câu {position[q] + 1}' for q in flip.questions.split('+'))} "
            f"({listing(class_name(rules, c) for c in flip.reached.split(', '))})"
            for flip in sets.itertuples()
        ]
        name = f"{report.unit_name(meeting['chi_bo_id'])}, {numbers.month(meeting['period'])}"
        rows.append((case, name, class_name(rules, meeting["class_id"]), "; hoặc ".join(ways)))
    frame = pd.DataFrame(rows, columns=["case_id", "name", "now", "questions"])
    return with_kinds(frame, {"case_id": "code"})


def _combinations(report: Report, study: Study, rules: RuleSet) -> Combinations | None:
    """Return the results by combination, by meetings in the best class; None without any."""
    counts = study.counts[study.counts["rule_set_id"] == rules.id].pivot_table(
        index="combination", columns="class_id", values="cases", aggfunc="sum"
    )[[c.id for c in rules.classes]]
    if counts.to_numpy().sum() == 0:
        return None
    order = counts.sort_values([c.id for c in rules.classes], kind="stable").index.to_numpy()
    base = study.in_use(rules)
    picked = np.linspace(0, len(order) - 1, min(len(order), _POINTS_IN_CURVE)).round().astype(int)
    at_base = int(np.flatnonzero(order == base)[0])
    shown = order[np.unique(picked)]
    if base not in shown:
        shown = order[np.unique(np.append(picked, at_base))]
    values = [int(value) for value in counts.loc[shown, rules.classes[0].id]]
    name, several = f"study.{rules.id}.curve", len(report.forms) > 1
    return Combinations(
        rules=rules,
        on=on_form(report, rules),
        class_titles={c.id: c.title for c in rules.classes},
        best=rules.classes[0].title,
        several_forms=several,
        table=_ends(study, rules, counts, order),
        drawn=NamedCount(f"{name}.drawn", len(shown)),
        all=NamedCount(f"{name}.all", len(order)),
        least=NamedCount(f"{name}.least", min(values)),
        most=NamedCount(f"{name}.most", max(values)),
        values=values,
        base=[number == base for number in shown],
        choices=_choices(study, shown),
    )


def _choices(study: Study, shown: Any) -> list[tuple[str, list[list[bool]]]]:
    frame = study.combinations.loc[shown]
    telling = study.questions[study.questions["touched"] > 0].sort_values(
        "class_total", ascending=False, kind="stable"
    )
    drawn = set(telling["question_id"].head(_QUESTIONS_IN_CURVE))
    return [
        (
            q.title,
            [
                (frame[q.id] == study.counted_as(q.id, option)).tolist()
                for option in study.space.options(axis)
            ],
        )
        for axis, q in enumerate(study.space.questions)
        if q.id in drawn
    ]


def _ends(study: Study, rules: RuleSet, counts: pd.DataFrame, order: Any) -> pd.DataFrame:
    mine = (study.cases["rule_set_id"] == rules.id) & (study.cases["verdict"] != "")
    everybody = int(mine.sum())
    ends = {
        "Ít nhất": order[0],
        "Giữa": order[len(order) // 2],
        "Nhiều nhất": order[-1],
        "Đang dùng": study.in_use(rules),
    }
    rows = [
        (
            name,
            *(int(counts.loc[n, c.id]) for c in rules.classes),
            everybody - int(counts.loc[n].sum()),
            int(study.combinations.loc[n, "changed"]),
            "; ".join(
                f"câu {axis + 1}: cách "
                f"{study.space.options(axis).index(study.combinations.loc[n, q.id]) + 1}"
                for axis, q in enumerate(study.space.questions)
            ),
        )
        for name, n in ends.items()
    ]
    columns = ["which", *(c.id for c in rules.classes), "waits", "changed", "choice"]
    return pd.DataFrame(rows, columns=columns)
