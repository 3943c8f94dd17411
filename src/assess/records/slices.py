"""A slice: the immutable inputs of one report, cut from the records and stored as a folder.

A slice holds only the subtree of its đảng bộ, its period with the surrounding rows that rules need
(``in_period`` is false there), and the rule sets in force. A notebook reads only its slice, so no
report can show another đảng bộ's data, and the report can be reproduced anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from assess.base import digests
from assess.base.arguments import wrong_type
from assess.base.periods import last_day, month_end, month_start
from assess.base.short_repr import Shown
from assess.base.table_digest import of_table
from assess.records.answers import Answers, as_read
from assess.records.origin import BATCH, no_withdrawals
from assess.records.tables import ReadOnlyTables, from_rows
from assess.records.tree import Tree
from assess.rules import NO_ANSWERS, checked_readings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from assess.base.periods import Period
    from assess.records.answers import RuleSetAsRead
    from assess.records.origin import Origin
    from assess.rules import AnnualRules, Answer, Correction, Readings, RuleSet

AUTO = "auto"
ONLY_FILLED = ("answer",)
"""Tables that came after the first slices: one without rows is in no digest and no file."""


@dataclass(frozen=True, repr=False)
class Slice(Shown):
    """The inputs of one report.

    ``tables`` has the tables of the records (:data:`~assess.records.tables.TABLES`) and two more.
    ``due`` has one row for each month begun by ``as_of`` in which a chi bộ of the đảng bộ has to
    meet. Nothing is required yet in the month under way (:attr:`under_way`);
    :func:`assess.scoring.period.summary.asked` finds the chi bộ that have met in it. ``change`` has
    one row for each corrected value of its meetings and sheets
    (:data:`~assess.records.source.CHANGE_COLUMNS`).

    ``meeting`` has three more columns: ``in_period``; ``adopted_id``, the rule set that the chi bộ
    has adopted; and ``rule_set_id``, the rule set that is applied (both missing where there is
    none). Where rows of its units and period were withdrawn from the store, the table ``withdrawn``
    has them (:attr:`withdrawn`). ``origin`` says where the rows stand in the store, None for CSV;
    ``corrections`` has the rules in use, by id, whose file was corrected on record.
    ``rule_sets`` are the rule sets in use; ``annual`` has the rules of the annual class that
    the đảng bộ applies at the period's end.
    """

    dang_bo: str
    period: Period
    as_of: dt.datetime
    document_date: dt.date
    rule_set: str
    tables: Mapping[str, pd.DataFrame]
    rule_texts: Mapping[str, str]
    rule_sets: Mapping[str, RuleSet]
    digest: str
    annual: AnnualRules | None = None
    origin: Origin | None = None
    corrections: Mapping[str, Correction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let no reader change the tables of another, and add the later tables where missing."""
        later = {name: from_rows(name, ()) for name in ONLY_FILLED}
        object.__setattr__(self, "tables", ReadOnlyTables(later | dict(self.tables)))

    def _facts(self) -> dict[str, object]:
        return {
            "dang_bo": self.dang_bo,
            "period": self.period.text,
            "as_of": self.as_of.isoformat(sep=" ", timespec="minutes"),
            "rule_sets": ", ".join(self.rule_sets) or "none",
            "chi_bo": len(self.chi_bo),
            "meetings": len(self.tables["meeting"]),
            "sheets": len(self.tables["sheet"]),
        }

    @cached_property
    def tree(self) -> Tree:
        """The part of the organisation tree in the slice: the subtree and the units above it."""
        return Tree(self.tables["unit"])

    @cached_property
    def answers(self) -> Answers:
        """The answers of authorities to questions about the rule sets, by unit and day."""
        return Answers(self.tree, self.tables["answer"])

    @cached_property
    def as_read(self) -> tuple[tuple[RuleSetAsRead, ...], NDArray[np.int64]]:
        """The rule sets with the answers in force, and which scores each row of ``meeting``."""
        return as_read(self.tables["meeting"], list(self.rule_sets), self.answers)

    @property
    def annual_answers(self) -> Mapping[str, Answer]:
        """The answers about the rules of the annual class, as the đảng bộ uses them at the end."""
        if self.annual is None:
            return NO_ANSWERS
        return self.answers.on(self.dang_bo, self.annual.id, self.period.end)

    def year_answers(self, chi_bo_id: str, rule_set_id: str) -> Mapping[str, Answer]:
        """Return the answers about a rule set that decide on a chi bộ's class for the period.

        They are those of its last day in the period, where it ended before.
        """
        row = self.tree.row_on(chi_bo_id, self.period.end)
        last = self.period.end
        if row is not None and not pd.isna(row["valid_to"]):
            last = min(row["valid_to"].date(), last)
        return self.answers.on(chi_bo_id, rule_set_id, last)

    def without_answers(self) -> Slice:
        """Return the slice as if nothing had been answered, for studies; its digest stays."""
        return replace(self, tables={**self.tables, "answer": self.tables["answer"].iloc[:0]})

    @property
    def withdrawn(self) -> pd.DataFrame:
        """The withdrawals of rows of its units and period, as the store knew them at ``as_of``.

        The columns are those of :data:`~assess.records.origin.WITHDRAWN_COLUMNS` but ``batch``.
        """
        return self.tables.get("withdrawn", no_withdrawals().drop(columns=BATCH))

    @property
    def over(self) -> bool:
        """Whether the period was over by ``as_of``."""
        return self.as_of.date() >= self.period.end

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the period begun by ``as_of``; a future month is absent, not zero."""
        return tuple(
            month for month in self.period.months if month_start(month) <= self.as_of.date()
        )

    @property
    def under_way(self) -> str:
        """The month of the period that is under way at ``as_of``; empty if there is none."""
        last = self.months[-1] if self.months else ""
        return last if last and self.as_of.date() < month_end(last) else ""

    def last_day(self, month: str) -> dt.date:
        """Return the day on which a month is looked up: its end, or ``as_of`` while it lasts."""
        return last_day(month, self.as_of.date())

    @property
    def name(self) -> str:
        """The name of the đảng bộ at the end of the period."""
        return self.tree.name_on(self.dang_bo, self.period.end)

    @property
    def assumed(self) -> bool:
        """Whether the report applies a rule set that its chi bộ have not adopted (*giả định*)."""
        meetings = self.tables["meeting"]
        meetings = meetings[meetings["in_period"]]
        return (
            bool((meetings["rule_set_id"].fillna("") != meetings["adopted_id"].fillna("")).any())
            and self.rule_set != AUTO
        )

    @cached_property
    def chi_bo(self) -> tuple[str, ...]:
        """The ids of the chi bộ that had to meet in the period, sorted."""
        return tuple(sorted(set(self.tables["due"]["chi_bo_id"])))


class HasSlice(Protocol):
    """A report, as far as scoring needs it."""

    @property
    def slice(self) -> Slice:
        """The inputs."""
        ...

    @property
    def readings(self) -> Mapping[str, str]:
        """The readings in use."""
        ...


def slice_of(
    what: Slice | HasSlice, readings: Mapping[str, str] | None = None
) -> tuple[Slice, Readings]:
    """Return the slice that a caller means, and the readings, checked.

    ``what`` is a slice, or a report: whose own readings count where none are given.
    Raises :class:`~assess.base.errors.InputError` for anything else.
    """
    made = what if isinstance(what, Slice) else getattr(what, "slice", None)
    if not isinstance(made, Slice):
        wanted = "số liệu của một báo cáo (make_slice, open_slice) hoặc báo cáo (open_report)"
        raise wrong_type(what, "slice", wanted)
    own = None if isinstance(what, Slice) else what.readings
    return made, checked_readings(own if readings is None else readings)


def head_of(
    dang_bo: str,
    period: Period,
    as_of: dt.datetime,
    document_date: dt.date,
    rule_set: str,
    origin: Origin | None,
    corrections: Mapping[str, Correction] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return what a slice was cut for and from, as JSON values."""
    head: dict[str, Any] = {
        "dang_bo": dang_bo,
        "period": period.text,
        "as_of": as_of.isoformat(),
        "document_date": document_date.isoformat(),
        "rule_set": rule_set,
    }
    if origin is not None:
        head["origin"] = origin.as_json()
    if corrections:
        head["corrections"] = {
            rule_id: [found.day.isoformat(), found.reason]
            for rule_id, found in sorted(corrections.items())
        }
    return head


def digest_of(
    head: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], texts: Mapping[str, str]
) -> str:
    """Return a digest of the head, the canonical tables and the rule texts, not of file bytes."""
    parts: list[Any] = [head, {rule_id: digests.of_text(text) for rule_id, text in texts.items()}]
    parts += [
        [name, of_table(tables[name])]
        for name in sorted(tables)
        if name not in ONLY_FILLED or len(tables[name])
    ]
    return digests.of_text(digests.canonical(parts))
