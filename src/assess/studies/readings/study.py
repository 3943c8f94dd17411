"""A readings study: results of a slice under every combination of readings, and their tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.base.errors import input_error
from assess.base.short_repr import Shown
from assess.base.text import nearest
from assess.records.slices import slice_of
from assess.rules import catalogue
from assess.rules.question_words import worded
from assess.scoring import score
from assess.scoring.sheets.meeting_facts import months_of
from assess.studies.readings.distinct import distinct
from assess.studies.readings.gathered import StudySums
from assess.studies.readings.margins import margins
from assess.studies.readings.meeting_tensors import MeetingTensors
from assess.studies.readings.option_effects import OptionEffects
from assess.studies.readings.period_tensors import PeriodTensors
from assess.studies.readings.rule_sets import CaseTensors, EachRuleSetInTurn
from assess.studies.readings.space import (
    MEETING,
    MONTH,
    MOST,
    PERIOD,
    WAY,
    RaisedQuestions,
    RuleSetSpace,
    Space,
    space_of,
)
from assess.studies.reform import slice_on_rule_set

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from assess.records import Slice
    from assess.records.slices import HasSlice
    from assess.rules import Readings, RuleSet
    from assess.studies.readings.tensor import Tensor

    Ints = NDArray[np.int64]

MOST_OF_ONE = 2_000_000
"""The most combinations of questions that touch one case; all are computed, more are refused."""
_KEPT = 300_000_000
"""The bytes of results kept for the second pass; larger results are computed again."""
DRAWN = 1000
SEED = 2026


@dataclass(frozen=True, repr=False)
class Study(Shown):
    """The result of a study: tables in a fixed order, and the ``space`` of all options studied.

    A *case* is a held meeting of the period, or (``of`` = :data:`PERIOD`) a chi bộ over the period.

    Options that give every case equal results, whatever the other readings, are one behaviour in
    several wordings (``same_options``) and count once: ``distinct`` is the space with one option of
    each, and *combinations* below are its combinations.

    Without a class, ``class_id`` is one of :data:`~assess.studies.readings.tensor.OTHER`, and
    ``verdict`` one of :data:`~assess.studies.readings.verdicts.VERDICTS`, empty where no
    combination gives a class. Every column is said once, in
    :data:`assess.public_frames.of_study.STUDY` and ``docs/library.md``. The tables:

    * ``cases``: a row per case: its result under the readings in use, how firm it is, and its
      margins (:func:`~assess.studies.readings.margins.margins`; of meetings only, NaN for a period,
      which is classified by several tests).
    * ``acceptability``: the share of combinations that give a case each class.
    * ``flips``: the smallest sets of questions that change a class when only they are read
      otherwise.
    * ``questions``: what each question touches and moves, and Sobol's indices: of the points over
      cases with points under every combination, NaN where it touches none of those.
    * ``alone``: the effect of each option of the whole space where it alone replaces the one in
      use; ``alone_cases``: the cases whose class it changes.
    * ``pairs``: the parts of the variance that two questions make only together.
    * ``same_options``: options without any difference.
    * ``combinations``: the combinations; ``counts``: the cases in each class under each.

    With more than :data:`MOST` combinations, ``combinations`` and ``counts`` list those of the
    readings in use and others drawn with a seed; ``drawn`` is the number listed (0 where all are
    listed). Every other table still covers all combinations.

    For meetings, having no class, for whatever reason, is a result like a class: going from a class
    to it changes the class. Cases without a class under every combination are left out of the
    indices of the class.

    For a period, having no class for want of a rule, of records or of an answer is a separate state
    and not a changed class: ``flips``, ``class_moves``, ``alone`` and ``changed`` count changes
    among classes (and to *none_known*, *necessary_only*, where the known tests gave a result);
    ``share`` and ``verdict`` are over the combinations with such a result, and where the readings
    in use have none they are those of the class that most combinations give. Options of
    ``period_class`` that are no rule for a case are left out of its ``acceptability`` and indices.
    ``by_way`` has a row for each of the others as the one in use.

    ``raised``: how the questions were chosen, where they were not named one by one.
    """

    of: str
    space: Space
    distinct: Space
    readings: Mapping[str, str]
    drawn: int
    raised: RaisedQuestions | None
    cases: pd.DataFrame
    acceptability: pd.DataFrame
    flips: pd.DataFrame
    questions: pd.DataFrame
    by_way: pd.DataFrame
    alone: pd.DataFrame
    alone_cases: pd.DataFrame
    pairs: pd.DataFrame
    same_options: pd.DataFrame
    combinations: pd.DataFrame
    counts: pd.DataFrame

    def _facts(self) -> dict[str, object]:
        return {
            "of": self.of,
            "questions": ", ".join(question.id for question in self.space.questions),
            "combinations": self.distinct.size,
            "cases": len(self.cases),
        }

    @property
    def different(self) -> int:
        """The number of combinations that differ in any case."""
        return int(self.combinations["number"].nunique())

    def counted_as(self, question_id: str, option: str) -> str:
        """Return the option of ``distinct`` that an option counts as: itself or an equivalent."""
        kept = self.distinct.options(self.distinct.position[question_id])
        mine = self.same_options[self.same_options["question_id"] == question_id]
        pairs = [*zip(mine["option"], mine["other"], strict=True)]
        alike = {
            option,
            *(b for a, b in pairs if a == option),
            *(a for a, b in pairs if b == option),
        }
        return next(name for name in kept if name in alike)

    def ways(self) -> dict[str, pd.DataFrame]:
        """Return ``by_way`` by each option of the class of a period that gives some class.

        Equivalent options, which count once, are all included.
        """
        if WAY not in self.space.position or self.by_way.empty:
            return {}
        found = {
            o.id: self.by_way[self.by_way["option"] == self.counted_as(WAY, o.id)]
            for o in self.space.question(WAY).options
        }
        return {option: mine for option, mine in found.items() if len(mine)}

    def in_use(self, rules: RuleSet) -> int:
        """Return the row of ``combinations`` with the readings in use for a rule set."""
        base = RuleSetSpace.of(self.space, rules, self.readings).base
        options = [
            self.counted_as(q.id, q.options[at].id)
            for q, at in zip(self.space.questions, base, strict=True)
        ]
        mine = (self.combinations[[q.id for q in self.space.questions]] == options).all(axis=1)
        return int(np.flatnonzero(mine)[0])


def study_readings(
    what: Slice | HasSlice,
    questions: Collection[str] | str | RaisedQuestions,
    readings: Readings | None = None,
    seed: int = SEED,
    *,
    of: str = MEETING,
    basis: bool = True,
    rule_sets: Collection[RuleSet] = (),
) -> Study:
    """Score a slice under every combination of the readings of ``questions``.

    ``questions``: ids, or the result of :func:`~assess.studies.readings.raised.raised_questions`;
    with ``basis`` also the question of what points are taken from. ``of``: :data:`MEETING`, or
    :data:`PERIOD` for the class of each chi bộ for the whole period
    (:func:`assess.scoring.period.roll_up.roll_up`). ``rule_sets``: rule sets to apply in turn,
    besides those in use, as one more question (:mod:`assess.studies.readings.rule_sets`). Other
    questions stay as in ``readings``, or as the rule set has them; so do those of ``questions`` for
    meetings that an answer covers (:meth:`~assess.records.Slice.without_answers` opens them).
    ``seed`` draws the combinations
    to list where there are too many.

    Raise :class:`~assess.base.errors.InputError` for another ``of``, unknown questions or options,
    questions that no class of that kind can depend on, and where the questions that touch one case
    have more than :data:`MOST_OF_ONE` combinations.
    """
    if of not in (MEETING, PERIOD):
        raise input_error(
            "study-of",
            "of",
            allowed=(MEETING, PERIOD),
            hint=nearest(str(of), (MEETING, PERIOD)),
            found=of,
        )
    made, readings = slice_of(what, readings)
    questions = (questions,) if isinstance(questions, str) else questions
    raised = questions if isinstance(questions, RaisedQuestions) else None
    named = questions.asked if isinstance(questions, RaisedQuestions) else questions
    asked = space_of(named, of_period=of == PERIOD, basis=basis)
    cases = _periods(made) if of == PERIOD else _meetings(made, readings)
    own = _arranged(made, asked, readings, of)
    found: CaseTensors | EachRuleSetInTurn = own
    every_rule_set = list({**made.rule_sets, **{rules.id: rules for rules in rule_sets}}.values())
    if rule_sets and len(every_rule_set) > 1:
        found = EachRuleSetInTurn(
            own,
            [
                _arranged(slice_on_rule_set(made, rules), asked, readings, of)
                for rules in every_rule_set
            ],
            every_rule_set,
            len(cases),
        )
    effects = OptionEffects(cases, found.space, classes_only=of == PERIOD)
    results = _Results(found)
    for tensor in results:
        effects.add(tensor)
    in_use = [
        RuleSetSpace.of(found.space, rules, readings).base for rules in made.rule_sets.values()
    ]
    different = distinct(found.space, effects.same, in_use)
    listed = _listed(different.space, [different.at(base) for base in in_use], seed)
    way = different.space.position.get(WAY, -1) if of == PERIOD else None
    gathered = StudySums(cases, found.classes, different.space, listed, way)
    for tensor in results:
        gathered.add(different.of(tensor))
    tables = gathered.tables() | effects.tables()
    beside = (
        margins(score(made, readings))
        if of == MEETING
        else pd.DataFrame(columns=["meeting_id", "spare", "short"], dtype=float)
    )
    beside = beside.rename(columns={"meeting_id": "case_id"}).astype({"case_id": "str"})
    tables["cases"] = tables["cases"].merge(beside, on="case_id", how="left")
    drawn = 0 if len(listed) == different.space.size else len(listed)
    told, distinct_told = (
        Space(tuple(worded(q, every_rule_set) for q in space.questions))
        for space in (found.space, different.space)
    )
    return Study(of, told, distinct_told, readings, drawn, raised, **tables)


class _Results:
    """The tensors of a study for repeated passes: kept while small, else computed again."""

    def __init__(self, found: CaseTensors | EachRuleSetInTurn) -> None:
        self._found = found
        self._kept: list[Tensor] | None = None

    def __iter__(self) -> Iterator[Tensor]:
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[Tensor] | None = []
        size = 0
        for tensor in self._found.tensors(MOST_OF_ONE):
            size += tensor.code.nbytes + tensor.points.nbytes
            if kept is not None and size <= _KEPT:
                kept.append(tensor)
            else:
                kept = None
            yield tensor
        self._kept = kept


def _arranged(made: Slice, space: Space, readings: Readings, of: str) -> CaseTensors:
    return (
        PeriodTensors(made, space, readings)
        if of == PERIOD
        else MeetingTensors(made, space, readings)
    )


def _meetings(made: Slice, readings: Readings) -> pd.DataFrame:
    """Return the meetings of a slice as the cases of a study."""
    meetings = made.tables["meeting"]
    month = months_of(meetings, readings.get(MONTH, catalogue()[MONTH].default))
    return pd.DataFrame(
        {"case_id": meetings["meeting_id"], "chi_bo_id": meetings["chi_bo_id"], "period": month}
    )


def _periods(made: Slice) -> pd.DataFrame:
    """Return the chi bộ of a slice as the cases of a study."""
    ids = pd.Series(list(made.chi_bo), dtype="str")
    return pd.DataFrame({"case_id": ids, "chi_bo_id": ids, "period": made.period.text})


def _listed(space: Space, in_use: Sequence[tuple[int, ...]], seed: int) -> Ints:
    """Return the combinations to list, one per row, as the positions of each question's option.

    They are all combinations, or those in use and some drawn.
    """
    if space.size <= MOST:
        return (
            np.stack(np.unravel_index(np.arange(space.size), space.shape), axis=1)
            if space.shape
            else np.zeros((1, 0), dtype=np.int64)
        )
    rng = np.random.default_rng(seed)
    drawn = np.stack([rng.integers(0, size, DRAWN) for size in space.shape], axis=1)
    rows = np.concatenate([np.array(in_use, dtype=np.int64).reshape(-1, len(space.shape)), drawn])
    _, first = np.unique(rows, axis=0, return_index=True)
    listed: Ints = rows[np.sort(first)]
    return listed
