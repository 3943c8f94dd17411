"""Counts for a letter that asks for unclear clauses to be clarified, of its own clauses only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.studies.readings.answered import settled_questions
from assess.studies.readings.concerned_lines import NOT_APPLICABLE, leads_to_not_applicable
from assess.studies.readings.space import BASIS, MEETING, PERIOD_QUESTIONS
from assess.studies.readings.study import study_readings

if TYPE_CHECKING:
    from assess.records import Slice
    from assess.studies.readings.study import Study


@dataclass(frozen=True)
class SharedMeetings:
    """Meetings that each of two options changes alone: of a nested question, and of the wider one.

    ``other`` is the option of the wider question that shares most. ``changed`` and
    ``other_changed`` count the meetings that each option changes, ``both`` those that both change.
    """

    option: str
    changed: int
    other: str
    other_changed: int
    both: int


@dataclass(frozen=True)
class Petition:
    """The numbers of the letter.

    ``study`` is of the questions alone: everything else, including what points are taken from,
    stays as in use. ``asked``: the questions that change something, a wide one before those nested
    in it; ``idle``: those that change nothing. ``nested``: by question, the wider question of
    ``asked`` that one of its options leads to; ``shared``: what both change. ``held``: the held
    meetings of the period; ``classed``: those with a class under some combination. Of these
    ``any_way`` change class under some combination of ``asked``, ``one_alone`` where one question
    alone is read otherwise.
    """

    study: Study
    asked: tuple[str, ...]
    idle: tuple[str, ...]
    nested: dict[str, str]
    shared: dict[str, tuple[SharedMeetings, ...]]
    held: int
    classed: int
    any_way: int
    one_alone: int

    def changed_by(self, *questions: str) -> int:
        """Return how many meetings change class by one of some questions alone, each once."""
        frame = self.study.alone_cases
        return int(frame.loc[frame["question_id"].isin(questions), "case_id"].nunique())


def petition(made: Slice, study: Study) -> Petition:
    """Return the numbers of a letter on the questions of a study.

    A study in which what points are taken from was open is repeated without that question: the
    letter does not ask about it, so it may not count a meeting that changes only with it. The same
    goes for questions that have been answered since (:func:`settled_questions`).
    """
    settled = settled_questions(made)
    if study.of != MEETING or {BASIS, *settled} & set(study.space.position):
        without = {BASIS, *PERIOD_QUESTIONS, *settled}
        questions = [q.id for q in study.space.questions if q.id not in without]
        study = study_readings(made, questions, dict(study.readings), basis=False)
    order = study.questions.sort_values(
        ["class_total", "touched"], ascending=False, kind="stable", na_position="last"
    )
    moving = order.loc[order["touched"] > 0, "question_id"].tolist()
    nested = {
        q: NOT_APPLICABLE for q in moving if NOT_APPLICABLE in moving and leads_to_not_applicable(q)
    }
    asked = sorted(
        moving,
        key=lambda q: (
            min(moving.index(q), *(moving.index(n) for n in _family(q, nested))),
            q in nested,
            moving.index(q),
        ),
    )
    cases = study.cases[study.cases["verdict"] != ""]
    return Petition(
        study,
        tuple(asked),
        tuple(order.loc[order["touched"] == 0, "question_id"]),
        nested,
        {inner: _shared(study, inner, outer) for inner, outer in nested.items()},
        len(study.cases),
        len(cases),
        int((cases["flips"] > 0).sum()),
        int((cases["flips"] == 1).sum()),
    )


def _family(question: str, nested: dict[str, str]) -> list[str]:
    """Return a wide question and those nested in it, which are listed together in the letter."""
    wide = nested.get(question, question)
    return [question, wide, *(inner for inner, outer in nested.items() if outer == wide)]


def _shared(study: Study, inner: str, outer: str) -> tuple[SharedMeetings, ...]:
    changed = {
        at: set(ids) for at, ids in study.alone_cases.groupby(["question_id", "option"])["case_id"]
    }
    found = []
    for option in study.space.question(inner).options:
        mine = changed.get((inner, option.id), set())
        wide = [
            (o.id, changed.get((outer, o.id), set())) for o in study.space.question(outer).options
        ]
        name, theirs = max(wide, key=lambda pair: (len(mine & pair[1]), -len(pair[1])))
        if mine & theirs:
            found.append(
                SharedMeetings(option.id, len(mine), name, len(theirs), len(mine & theirs))
            )
    return tuple(found)
