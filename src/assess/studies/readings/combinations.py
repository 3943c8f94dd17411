"""Scores of the same sheets under every combination of some readings, each computed in full."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pandas as pd

from assess.base.errors import input_error
from assess.base.text import nearest
from assess.rules import catalogue
from assess.scoring import score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assess.records import Slice

MOST = 1000
"""The largest number of combinations scored one by one; more are refused, not sampled."""


def every_combination(
    made: Slice, questions: Sequence[str], readings: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Score a slice under every combination of the options of ``questions``.

    Other questions stay as in ``readings``; a question that has been answered varies too. Return
    one row per combination and held meeting of the period, combinations in the order of the
    catalogue's options: one column per question with the option's id; ``meeting_id``,
    ``chi_bo_id``, ``month``, ``rule_set_id``; ``total`` out of ``out_of``, ``class_id`` (missing
    while the meeting waits or has no sheet), ``waiting`` and ``why_waiting``.

    Raise :class:`~assess.base.errors.InputError` for unknown questions and for more than 1 000
    combinations.
    """
    known = catalogue()
    for question in questions:
        if question not in known:
            raise input_error(
                "unknown-question",
                "questions",
                allowed=known,
                hint=nearest(question, known),
                found=question,
            )
    options = [[option.id for option in known[question].options] for question in questions]
    if math.prod(map(len, options)) > MOST:
        raise input_error(
            "too-many-combinations", "questions", found=math.prod(map(len, options)), limit=MOST
        )
    frames = []
    for combination in itertools.product(*options):
        chosen = dict(zip(questions, combination, strict=True))
        scores = score(made, {**(readings or {}), **chosen})
        meetings = scores.meetings[scores.meetings["status"] == "held"]
        columns = [
            "meeting_id",
            "chi_bo_id",
            "month",
            "rule_set_id",
            "total",
            "out_of",
            "class_id",
            "waiting",
            "why_waiting",
        ]
        frames.append(meetings[columns].assign(**chosen)[[*questions, *columns]])
    return pd.concat(frames, ignore_index=True)
