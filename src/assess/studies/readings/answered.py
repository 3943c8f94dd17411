"""What authorities have answered about the clauses that a slice's rule sets leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assess.rules.readings import answerable

if TYPE_CHECKING:
    import datetime as dt

    from assess.records import Slice
    from assess.rules import Answer


def answers_known(made: Slice) -> tuple[Answer, ...]:
    """Return the answers that meetings of the period are scored by, or that are known since.

    The earliest comes first; of those since, only those in force for every chi bộ.
    """
    every, which = made.as_read
    in_period = made.tables["meeting"]["in_period"].to_numpy(dtype=bool)
    found = {
        answer: None
        for number in np.unique(which[in_period & (which >= 0)])
        for answer in every[number].answers.values()
    }
    settled = settled_questions(made)
    for unit, rule_id in _now_scored(made):
        mine = made.answers.on(unit, rule_id, _today(made), seen_on=made.period.end)
        found |= {answer: None for question, answer in mine.items() if question in settled}
    return tuple(sorted(found, key=lambda a: (a.since, a.rule_set_id, a.question, a.unit_id)))


def settled_questions(made: Slice) -> frozenset[str]:
    """Return the questions with an answer for every chi bộ at the period's end, or answered since.

    An answer counts that is in force on the day of the document, because nobody asks again what has
    been answered.

    Where several rule sets score meetings of the last month on record, each that leaves the
    question open must have its answer.
    """
    day = _today(made)
    found: set[str] = set()
    still_open: set[str] = set()
    for unit, rule_id in _now_scored(made):
        answered = set(made.answers.on(unit, rule_id, day, seen_on=made.period.end))
        found |= answered
        still_open |= set(answerable(made.rule_sets[rule_id])) - answered
    return frozenset(found - still_open)


def _today(made: Slice) -> dt.date:
    return max(made.period.end, made.document_date)


def _now_scored(made: Slice) -> list[tuple[str, str]]:
    """Return the chi bộ at the period's end with the rule sets of the last month on record."""
    meetings = made.tables["meeting"]
    mine = meetings[meetings["in_period"] & meetings["rule_set_id"].notna()]
    last = mine[mine["for_month"] == mine["for_month"].max()]
    here = made.tree.chi_bo_under(made.dang_bo, made.period.end) or [made.dang_bo]
    return [(unit, rule_id) for rule_id in sorted(set(last["rule_set_id"])) for unit in here]
