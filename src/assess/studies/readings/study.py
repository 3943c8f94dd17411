"""A readings study: what every combination of readings makes of a slice, by meeting or chi bộ, by question, by combination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.rules import catalogue, check_readings
from assess.rules.wording import worded
from assess.scoring import score
from assess.scoring.meeting_facts import months_of
from assess.studies.readings.gathered import Gathered
from assess.studies.readings.margins import margins
from assess.studies.readings.meetings import Sheets
from assess.studies.readings.periods import Periods
from assess.studies.readings.rule_sets import Arranged, InTurn
from assess.studies.readings.space import MONTH, FormSpace, Space, space_of
from assess.studies.reform import as_form

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from assess.records import Slice
    from assess.rules import Readings, RuleSet

    Ints = NDArray[np.int64]

MEETING, PERIOD = "meeting", "period"
"""What has a class: a meeting, or a chi bộ over the period."""
MOST = 50_000
"""So many combinations are listed one by one; of more some are drawn."""
MOST_OF_ONE = 2_000_000
"""The questions that touch one case may have so many combinations: each is worked out. More are refused."""
DRAWN = 1000
SEED = 2026


@dataclass(frozen=True)
class Study:
    """What came out. ``space`` has the questions; every table is a frame in a fixed order.

    A *case* is a held meeting of the period, or (``of`` = :data:`PERIOD`) a chi bộ over the period.

    ``cases``: a row per case: ``case_id`` (of the meeting, or of the chi bộ), ``chi_bo_id``, ``period`` (the month, or the period as it is
    written), ``rule_set_id``; under the readings in use ``class_id`` and ``points`` (of 100; of a period its mean); ``low`` and ``high`` over
    all combinations; ``share`` of the combinations that give that class, ``verdict`` (:data:`~assess.studies.readings.gathered.VERDICTS`;
    empty where there is no class under any), ``touching`` (how many questions change anything), ``different`` (how many results there are),
    ``flips`` (the fewest readings that change the class; 0 where none does), ``spare`` and ``short``
    (:func:`~assess.studies.readings.margins.margins`; of meetings only, NaN for a period, which is classed by several tests).
    ``acceptability``: ``case_id``, ``class_id``, ``share``; where there is no class one of :data:`~assess.studies.readings.tensor.OTHER`.
    ``flips``: the smallest sets of questions that change a class when they alone are read otherwise: ``case_id``, ``questions`` (ids,
    joined by ``+``), ``size``, ``reached`` (ids of classes, joined by ``, ``).
    ``questions``: a row per question: ``touched`` cases, ``class_moves`` (cases whose class it changes in some company), ``alone`` and
    ``together`` (chi bộ in which it changes a class by itself, and only with others), ``mean_change`` (points of 100, over the cases
    it touches), and Sobol's indices ``first`` and ``total`` of the points (over cases with points under every combination; NaN where it
    touches none of those), ``class_first`` and ``class_total`` of the class.
    ``alone``: a row per question and option: ``question_id``, ``option``, ``in_use`` (under the readings in use, on how many of the
    cases that the question touches), and where this option alone replaces the one in use: ``changed`` (cases whose class changes),
    ``chi_bo`` (of how many), ``points`` (mean difference in points of 100 where both are there).
    ``pairs``: ``one``, ``other``: the parts of the variance of ``points`` and ``class_id`` that two questions make only together.
    ``same_options``: ``question_id``, ``option``, ``other``: options that make no difference to anybody.
    ``combinations``: a row per combination: an option for each question, ``changed`` (cases with another class than under the
    readings in use), ``points`` (mean), ``number`` (equal where every case has equal results).
    ``counts``: ``combination`` (row of the former), ``rule_set_id``, ``class_id``, ``cases``.

    Where there are more combinations than :data:`MOST`, ``combinations`` and ``counts`` have those of the readings in use and ``drawn``
    others, drawn with a seed (``drawn`` is 0 where all are there); every other table is over all combinations all the same.

    To have no class, for whatever reason, stands beside the classes: going from a class to it is a change of class. Cases that have a class
    under no combination have no part in the indices of the class.
    """

    of: str
    space: Space
    readings: Mapping[str, str]
    drawn: int
    cases: pd.DataFrame
    acceptability: pd.DataFrame
    flips: pd.DataFrame
    questions: pd.DataFrame
    alone: pd.DataFrame
    pairs: pd.DataFrame
    same_options: pd.DataFrame
    combinations: pd.DataFrame
    counts: pd.DataFrame

    @property
    def different(self) -> int:
        """How many of the combinations differ for anybody."""
        return int(self.combinations["number"].nunique())


def study_readings(
    made: Slice,
    questions: Collection[str],
    readings: Readings | None = None,
    seed: int = SEED,
    *,
    of: str = MEETING,
    rule_sets: Collection[RuleSet] = (),
) -> Study:
    """Score a slice under every combination of the readings of ``questions`` and of what points are taken from.

    ``of``: :data:`MEETING`, or :data:`PERIOD` for the class of each chi bộ for the whole period (:func:`assess.scoring.rollup.roll_up`).
    ``rule_sets``: forms to apply in turn, beside those in use: one more question (:mod:`assess.studies.readings.rule_sets`).
    Questions that are not named stay as in ``readings``, or as the form has them. ``seed`` draws the combinations that are listed where
    there are too many of them. Raises :class:`~assess.base.errors.InputError` for unknown questions or options, questions that no
    class of that kind can depend on, and where the questions that touch one case have more than :data:`MOST_OF_ONE` combinations.
    """
    readings = dict(readings or {})
    check_readings(readings)
    asked = space_of(questions, of_period=of == PERIOD)
    cases = _periods(made) if of == PERIOD else _meetings(made, readings)
    own = _arranged(made, asked, readings, of)
    found: Arranged | InTurn = own
    forms = list({**made.rule_sets, **{rules.id: rules for rules in rule_sets}}.values())
    if rule_sets and len(forms) > 1:
        found = InTurn(own, [_arranged(as_form(made, rules), asked, readings, of) for rules in forms], forms, len(cases))
    gathered = Gathered(cases, found.classes, found.space, _listed(made, found.space, readings, seed))
    for tensor in found.tensors(MOST_OF_ONE):
        gathered.add(tensor)
    tables = gathered.tables()
    beside = margins(score(made, readings)) if of == MEETING else pd.DataFrame(columns=["meeting_id", "spare", "short"], dtype=float)
    beside = beside.rename(columns={"meeting_id": "case_id"}).astype({"case_id": "str"})
    tables["cases"] = tables["cases"].merge(beside, on="case_id", how="left")
    told = Space(tuple(worded(question, forms) for question in found.space.questions))
    return Study(of, told, readings, 0 if len(gathered.listed) == found.space.size else len(gathered.listed), **tables)


def _arranged(made: Slice, space: Space, readings: Readings, of: str) -> Arranged:
    return Periods(made, space, readings) if of == PERIOD else Sheets(made, space, readings)


def _meetings(made: Slice, readings: Readings) -> pd.DataFrame:
    """The meetings of a slice as the cases of a study."""
    meetings = made.tables["meeting"]
    month = months_of(meetings, readings.get(MONTH, catalogue()[MONTH].default))
    return pd.DataFrame({"case_id": meetings["meeting_id"], "chi_bo_id": meetings["chi_bo_id"], "period": month})


def _periods(made: Slice) -> pd.DataFrame:
    """The chi bộ of a slice as the cases of a study."""
    ids = pd.Series(list(made.chi_bo), dtype="str")
    return pd.DataFrame({"case_id": ids, "chi_bo_id": ids, "period": made.period.text})


def _listed(made: Slice, space: Space, readings: Readings, seed: int) -> Ints:
    """Return the combinations to list, a row each, by the position of each question's option: all, or those in use and some drawn."""
    if space.size <= MOST:
        return np.stack(np.unravel_index(np.arange(space.size), space.shape), axis=1)
    rng = np.random.default_rng(seed)
    in_use = [FormSpace.of(space, rules, readings).base for rules in made.rule_sets.values()]
    drawn = np.stack([rng.integers(0, size, DRAWN) for size in space.shape], axis=1)
    rows = np.concatenate([np.array(in_use, dtype=np.int64).reshape(-1, len(space.shape)), drawn])
    _, first = np.unique(rows, axis=0, return_index=True)
    listed: Ints = rows[np.sort(first)]
    return listed
