"""Answers of an authority to unclear clauses: the readings adopted for a subtree from a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assess.base.periods import FAR_OFF, month_end
from assess.rules.readings import NO_ANSWERS, Answer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from assess.records.tree import Tree

_FOREVER = FAR_OFF.date()


class Answers:
    """The rows of the table ``answer`` by rule set, question and unit; units below inherit them."""

    def __init__(self, tree: Tree, rows: pd.DataFrame) -> None:
        """Group the dated answers."""
        self._tree = tree
        self._spans: dict[str, dict[str, dict[str, list[tuple[dt.date, Answer]]]]] = {}
        for row in rows.to_dict("records"):
            end = _FOREVER if pd.isna(row["valid_to"]) else row["valid_to"].date()
            answer = Answer(
                row["unit_id"],
                row["rule_set_id"],
                row["question"],
                row["option"],
                row["valid_from"].date(),
                row["citation"],
            )
            of_rules = self._spans.setdefault(answer.rule_set_id, {})
            by_unit = of_rules.setdefault(answer.question, {})
            by_unit.setdefault(answer.unit_id, []).append((end, answer))
        self._known: dict[tuple[str, str, dt.date, dt.date], Mapping[str, Answer]] = {}

    def on(
        self, unit_id: str, rule_set_id: str, day: dt.date, *, seen_on: dt.date | None = None
    ) -> Mapping[str, Answer]:
        """Return the answers about a rule set that a unit uses on a day, by question.

        Of several units above that have answered, the nearest one counts. ``seen_on``: the day on
        which the unit's place in the tree is looked up, where that is another.
        """
        spans = self._spans.get(rule_set_id)
        if not spans:
            return NO_ANSWERS
        place = seen_on or day
        key = (unit_id, rule_set_id, day, place)
        if key not in self._known:
            above = [unit.unit_id for unit in self._tree.above(unit_id, place)]
            found = {}
            for question, by_unit in spans.items():
                of_each = (
                    answer
                    for each in above
                    for end, answer in by_unit.get(each, ())
                    if answer.since <= day <= end
                )
                answer = next(of_each, None)
                if answer is not None:
                    found[question] = answer
            self._known[key] = found
        return self._known[key]


@dataclass(frozen=True, slots=True)
class RuleSetAsRead:
    """A rule set with the answers under which some meetings are scored on it."""

    rule_set_id: str
    answers: Mapping[str, Answer]


def as_read(
    meetings: pd.DataFrame, rule_set_ids: Sequence[str], answers: Answers
) -> tuple[tuple[RuleSetAsRead, ...], NDArray[np.int64]]:
    """Return the rule sets as they are read, and which of them scores each meeting (−1: none).

    First comes each of ``rule_set_ids`` without answers, in order, then those with answers in the
    order of their meetings. An answer counts for a meeting on its day, or else at its month's end.
    """
    found = [RuleSetAsRead(rule_id, NO_ANSWERS) for rule_id in rule_set_ids]
    known: dict[tuple[str, tuple[Answer, ...]], int] = {
        (rule_id, ()): number for number, rule_id in enumerate(rule_set_ids)
    }
    which = np.full(len(meetings), -1, dtype=np.int64)
    columns = (meetings[name] for name in ("chi_bo_id", "rule_set_id", "held_on", "for_month"))
    for row, (chi_bo, rule_id, held_on, month) in enumerate(zip(*columns, strict=True)):
        if (rule_id, ()) not in known:
            continue
        day = month_end(month) if pd.isna(held_on) else held_on.date()
        mine = answers.on(chi_bo, rule_id, day)
        key = (rule_id, tuple(mine[question] for question in sorted(mine)))
        if key not in known:
            known[key] = len(found)
            found.append(RuleSetAsRead(rule_id, mine))
        which[row] = known[key]
    return tuple(found), which
