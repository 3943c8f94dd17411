"""A letter that asks for unclear clauses to be clarified: each clause, its readings, its effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.reports.named_figures import NamedCount, NamedPoints
from assess.reports.results.forms import form_name
from assess.reports.results.study import answered_in_words, of_meetings, question_titles
from assess.studies.readings.concerned_lines import NOT_APPLICABLE, lines_of
from assess.studies.readings.petition import petition

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import Chosen, Criterion, RuleSet
    from assess.studies.readings import Study
    from assess.studies.readings.petition import Petition

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class ReadingEffect:
    """One reading of a clause (``letter``), and what changes if this clause alone is read so.

    ``in_use`` is whether a form uses it, ``used_by`` which ones if not all do; then there may be no
    effect (``changed`` is None). ``changed`` meetings of ``chi_bo`` chi bộ change class, ``points``
    is the mean change of their points (None without), ``more`` whether they rise.
    """

    letter: str
    title: str
    in_use: bool
    used_by: tuple[str, ...]
    changed: NamedCount | None
    chi_bo: NamedCount | None
    points: NamedPoints | None
    more: bool


@dataclass(frozen=True)
class ConcernedLine:
    """A line of a form that a clause concerns: its title and place, its form, when it does so."""

    title: str
    at: str
    form: str
    when: str


@dataclass(frozen=True)
class SharedEffect:
    """``both`` of the ``changed`` meetings of a reading are among those of the wider clause."""

    letter: str
    changed: NamedCount
    other_letter: str
    other_changed: NamedCount
    both: NamedCount


@dataclass(frozen=True)
class UnclearClause:
    """An unclear clause that changes something (``number`` from 1, the largest effect first).

    ``where`` are its places, each with why it is unclear (empty: the forms are silent). ``touched``
    meetings are concerned; ``alone`` chi bộ have a meeting that this clause alone changes,
    ``together`` one that it changes only with others. ``within`` is the number of a wider clause
    that it lies in (0: none), ``shared`` what both change, ``with_wider`` how many meetings the two
    change, each counted once. ``proposed`` is the reading in use on the form in force at the end of
    the period, ``form`` that form where there are several.
    """

    number: int
    title: str
    where: tuple[str, ...]
    lines: tuple[ConcernedLine, ...]
    readings: tuple[ReadingEffect, ...]
    touched: NamedCount
    alone: NamedCount
    together: NamedCount
    within: int
    shared: tuple[SharedEffect, ...]
    with_wider: NamedCount
    proposed: str
    form: str


@dataclass(frozen=True)
class PetitionResults:
    """The numbers of a letter about unclear clauses of the forms ``forms``.

    Of ``classed`` meetings (``never_classed`` more have no class under any reading) ``any_way``
    change class under some reading of the ``clauses``: ``one_alone`` if one clause alone is read
    otherwise, ``only_together`` only if several are. ``nested``: some clauses lie within others.
    ``idle`` are the titles of clauses without effect; ``left_out`` those not tried, so that there
    are at most ``most`` combinations. ``answered`` says what has been answered, by which document.
    ``questions`` are the ids of the clauses.
    """

    forms: tuple[str, ...]
    clauses: tuple[UnclearClause, ...]
    classed: NamedCount
    never_classed: NamedCount
    any_way: NamedCount
    one_alone: NamedCount
    only_together: NamedCount
    nested: bool
    idle: tuple[str, ...]
    left_out: tuple[str, ...]
    most: int
    answered: tuple[str, ...]
    questions: tuple[str, ...]


def petition_results(report: Report, study: Study) -> PetitionResults:
    """Return the numbers of a letter on the questions of a study of meetings.

    Raise :class:`~assess.base.errors.InputError` for a study of periods.
    """
    of_meetings(study)
    found = petition(report.slice, study)
    raised = {question.id for rules in report.forms for question in rules.questions}
    idle = (*found.idle, *(study.raised.idle if study.raised else ()))
    return PetitionResults(
        forms=tuple(form_name(rules) for rules in report.forms),
        clauses=tuple(
            _clause(report, found, question, number)
            for number, question in enumerate(found.asked, start=1)
        ),
        classed=NamedCount("petition.classed", found.classed),
        never_classed=NamedCount("petition.never_classed", found.held - found.classed),
        any_way=NamedCount("petition.any_way", found.any_way),
        one_alone=NamedCount("petition.one_alone", found.one_alone),
        only_together=NamedCount("petition.only_together", found.any_way - found.one_alone),
        nested=bool(found.nested),
        idle=question_titles(q for q in dict.fromkeys(idle) if q in raised),
        left_out=question_titles(study.raised.left_out if study.raised else ()),
        most=study.raised.most if study.raised else 0,
        answered=answered_in_words(report.slice),
        questions=found.asked,
    )


def _clause(report: Report, found: Petition, question_id: str, number: int) -> UnclearClause:
    question = found.study.space.question(question_id)
    several = len(report.forms) > 1
    chosen = report.scores.chosen
    raised = [
        (rules, chosen[rules.id][question_id])
        for rules in report.forms
        if question_id in chosen[rules.id]
    ]
    about = found.study.questions.set_index("question_id").loc[question_id]
    name = f"petition.{question_id}"
    outer = found.nested.get(question_id)
    last, in_use = raised[-1]
    return UnclearClause(
        number=number,
        title=question.title,
        where=tuple(
            f"{c.clause}{f' ({form_name(rules)})' if several else ''}: {c.why.rstrip('.')}"
            for rules, c in raised
            if c.clause
        ),
        lines=_lines(report, question_id, [rules for rules, _ in raised], found),
        readings=_readings(found, question_id, raised),
        touched=NamedCount(f"{name}.touched", int(about["touched"])),
        alone=NamedCount(f"{name}.chi_bo", int(about["alone"])),
        together=NamedCount(f"{name}.chi_bo_together", int(about["together"])),
        within=found.asked.index(outer) + 1 if outer else 0,
        shared=_shared(found, question_id, outer) if outer else (),
        with_wider=NamedCount(
            f"{name}.with_wider", found.changed_by(question_id, outer) if outer else 0
        ),
        proposed=in_use.option.title,
        form=form_name(last) if several else "",
    )


def _readings(
    found: Petition, question_id: str, raised: list[tuple[RuleSet, Chosen]]
) -> tuple[ReadingEffect, ...]:
    effects = found.study.alone[found.study.alone["question_id"] == question_id].set_index("option")
    made = []
    for letter, option in zip(
        _LETTERS, found.study.space.question(question_id).options, strict=False
    ):
        using = [form_name(rules) for rules, chosen in raised if chosen.option.id == option.id]
        effect, name = effects.loc[option.id], f"petition.{question_id}.{option.id}"
        told = len(using) < len(raised)
        points = float(effect["points"])
        moved = told and points == points and round(abs(points), 2) > 0
        made.append(
            ReadingEffect(
                letter,
                option.title,
                bool(using),
                tuple(using) if told else (),
                NamedCount(f"{name}.changed", int(effect["changed"])) if told else None,
                NamedCount(f"{name}.chi_bo", int(effect["chi_bo"])) if told else None,
                NamedPoints(f"{name}.points", abs(points)) if moved else None,
                points > 0,
            )
        )
    return tuple(made)


def _lines(
    report: Report, question_id: str, forms: list[RuleSet], found: Petition
) -> tuple[ConcernedLine, ...]:
    """Return the lines that a question concerns.

    For the question of lines that do not apply: those that counted as such on these data, or may.
    """
    several = len(report.forms) > 1
    made = []
    for rules in forms:
        when = dict.fromkeys(lines_of(rules, question_id), "")
        if question_id == NOT_APPLICABLE:
            when = {
                line: words
                for line in rules.criteria
                if (words := _not_applying(report, line, found))
            }
        made += [
            ConcernedLine(line.title, line.cite.at, form_name(rules) if several else "", words)
            for line, words in when.items()
        ]
    return tuple(made)


def _not_applying(report: Report, line: Criterion, found: Petition) -> str:
    """Return when a line does not apply on these data; empty if never.

    The cause is its own clause, a reading of another clause in the letter, or the rater's mark.
    """
    inner = line.otherwise.question if line.otherwise else ""
    if inner in found.nested:
        return f"khi nội dung {found.asked.index(inner) + 1} được hiểu là tiêu chí không áp dụng"
    scored = report.scores.lines
    mine = scored[
        (scored["criterion_id"] == line.id)
        & scored["meeting_id"].isin(set(report.scores.meetings["meeting_id"]))
    ]
    if inner == NOT_APPLICABLE and (mine["treatment"] != "judged").any():
        return "khi không có việc mà tiêu chí này hỏi đến"
    return "khi phiếu ghi không áp dụng" if (mine["state"] == "not_applicable").any() else ""


def _shared(found: Petition, question_id: str, outer: str) -> tuple[SharedEffect, ...]:
    letters = {
        q: {
            option.id: letter
            for letter, option in zip(_LETTERS, found.study.space.question(q).options, strict=False)
        }
        for q in (question_id, outer)
    }
    return tuple(
        SharedEffect(
            letters[question_id][s.option],
            NamedCount(f"petition.{question_id}.{s.option}.changed", s.changed),
            letters[outer][s.other],
            NamedCount(f"petition.{outer}.{s.other}.changed", s.other_changed),
            NamedCount(f"petition.{question_id}.{s.option}.within", s.both),
        )
        for s in found.shared[question_id]
    )
