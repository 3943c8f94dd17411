"""From the meetings of a slice to the class of each chi bộ for its period."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assess.base.periods import month_end
from assess.rules import choose
from assess.rules.intervals import exact
from assess.scoring.period.counts import (
    CANCELLED,
    CLASSED,
    MERGED,
    NO_RECORD,
    UNCLASSED,
    MonthResult,
    RollUpInput,
)
from assess.scoring.period.period_class import PeriodResult, roll_up_one, year_options
from assess.scoring.period.summary import NOT_HELD, REGULAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from assess.records import Slice
    from assess.rules import Readings
    from assess.scoring.score import Scores

MOVED = "moved_chi_bo"


class MeetingRow(NamedTuple):
    """One meeting of a chi bộ as a plain row.

    ``sort_key`` sorts the meetings of a month by day (unknown days last), then by id. ``due`` says
    whether the chi bộ belonged to the slice's đảng bộ in that month.
    """

    sort_key: tuple[bool, object, str]
    month: str
    due: bool
    kind: str
    status: str
    rule_set_id: str
    assessed: bool
    total: float
    class_id: str


def period_results(
    made: Slice, scores: Scores, readings: Readings | None = None
) -> dict[str, PeriodResult]:
    """Return the class of every chi bộ of a slice for its period, by id, sorted by id.

    A chi bộ that moved within the period is classified once, where it is at the end, on all its
    months, unless ``moved_chi_bo`` is read otherwise; elsewhere its status is *left*. Before the
    period is over nobody is classified. The readings of
    :data:`~assess.scoring.period.period_class.YEAR_QUESTIONS` and ``period_class`` decide what the
    instruments leave open.
    """
    given = dict(readings or {})
    moved = choose(MOVED, given).option.id
    places = MembershipMonths(made)
    sat = meetings_of_each(scores.every_meeting)

    def options(chi_bo: str) -> Mapping[str, Mapping[str, str]]:
        return {
            rules.id: year_options(rules, given, made.year_answers(chi_bo, rules.id))
            for rules in made.rule_sets.values()
        }

    return {
        chi_bo: ChiBoMeetings(places, chi_bo, sat.get(chi_bo, [])).outcome(
            lambda: moved, options(chi_bo)
        )
        for chi_bo in made.chi_bo
    }


def meetings_of_each(meetings: pd.DataFrame) -> dict[str, list[MeetingRow]]:
    """Return each chi bộ's meetings as plain rows: filtering a frame for each is too slow."""
    days = meetings["held_on"].to_numpy(dtype="datetime64[s]")
    known = meetings[
        [
            "month",
            "in_period",
            "kind",
            "status",
            "rule_set_id",
            "assessed",
            "total",
            "class_id",
            "meeting_id",
        ]
    ]
    columns = [known[name].tolist() for name in known.columns]
    found: dict[str, list[MeetingRow]] = {}
    for chi_bo, undated, day, *rest in zip(
        meetings["chi_bo_id"].tolist(),
        np.isnat(days).tolist(),
        days.tolist(),
        *columns,
        strict=True,
    ):
        found.setdefault(chi_bo, []).append(
            MeetingRow((undated, None if undated else day, rest[-1]), *rest[:-1])
        )
    return found


class MembershipMonths:
    """The months that each chi bộ of a slice had in its đảng bộ, and in the period as a whole."""

    def __init__(self, made: Slice) -> None:
        """Collect the months in which each chi bộ had to meet in the slice's đảng bộ."""
        self.rule_sets, self.period = made.rule_sets, made.period.months
        self.over = made.as_of.date() >= made.period.end
        self.due: dict[str, list[str]] = (
            made.tables["due"].groupby("chi_bo_id")["month"].agg(sorted).to_dict()
        )
        self.here = frozenset(made.tree.chi_bo_under(made.dang_bo, made.period.end))
        self._units = {month: made.tree.on(month_end(month)) for month in self.period}

    def months_of(self, chi_bo: str) -> list[str]:
        """Return the months of the period at whose end a chi bộ existed, wherever it was."""
        return [month for month in self.period if chi_bo in self._units[month]]


class ChiBoMeetings:
    """One chi bộ with all its meetings of a slice, prepared once for all readings."""

    def __init__(
        self, places: MembershipMonths, chi_bo: str, meetings: Sequence[MeetingRow]
    ) -> None:
        """Find out whether the chi bộ stayed in the đảng bộ for the whole period."""
        self._places, self._meetings, self._chi_bo = places, meetings, chi_bo
        self._stayed = chi_bo in places.here and self._here == self._everywhere

    def outcome(
        self, moved: Callable[[], str], options: Mapping[str, Mapping[str, str]]
    ) -> PeriodResult:
        """Return the class of the period.

        ``moved`` returns the reading of :data:`MOVED` and is called only if the chi bộ moved;
        ``options`` has the readings of the year by rule set.
        """
        if not self._places.over:
            return PeriodResult("open")
        if not self._stayed and moved() == "split_by_date":
            counted = self._counted_here
        elif self._chi_bo in self._places.here:
            counted = self._counted_everywhere
        else:
            return PeriodResult("left")
        if isinstance(counted, PeriodResult):
            return counted
        return roll_up_one(replace(counted, options=options[counted.rules.id]))

    @cached_property
    def _here(self) -> tuple[list[str], list[MeetingRow]]:
        return self._places.due.get(self._chi_bo, []), [m for m in self._meetings if m.due]

    @cached_property
    def _everywhere(self) -> tuple[list[str], list[MeetingRow]]:
        # The slice has the chi bộ's meetings elsewhere in the period among its surrounding rows.
        return self._places.months_of(self._chi_bo), [
            m for m in self._meetings if m.month in self._places.period
        ]

    @cached_property
    def _counted_here(self) -> RollUpInput | PeriodResult:
        return self._asked(*self._here)

    @cached_property
    def _counted_everywhere(self) -> RollUpInput | PeriodResult:
        return self._asked(*self._everywhere)

    def _asked(
        self, months: Sequence[str], meetings: Sequence[MeetingRow]
    ) -> RollUpInput | PeriodResult:
        """Return the input of the roll-up without readings, or the result if nothing is counted."""
        regular = [m for m in meetings if m.kind in REGULAR]
        forms = {
            m.rule_set_id for m in regular if m.status == "held" and m.rule_set_id == m.rule_set_id
        }
        if len(forms) != 1:
            return PeriodResult("several_forms" if forms else "nothing")
        rules = self._places.rule_sets[forms.pop()]
        thematic = frozenset(
            m.month for m in meetings if m.status == "held" and m.kind != "thuong_ky"
        )
        totals = [
            exact(m.total)
            for m in meetings
            if m.kind == "chuyen_de" and m.assessed and m.total == m.total
        ]
        return RollUpInput(
            rules, self._places.period, _months(months, regular), thematic, totals, {}
        )


def _months(due: Iterable[str], regular: list[MeetingRow]) -> list[MonthResult]:
    by_month: dict[str, list[MeetingRow]] = {}
    for meeting in regular:
        by_month.setdefault(meeting.month, []).append(meeting)
    return [_month(month, by_month.get(month)) for month in due]


def _month(month: str, meetings: list[MeetingRow] | None) -> MonthResult:
    if meetings is None:
        return MonthResult(month, NO_RECORD)
    classed = sorted((m for m in meetings if m.assessed), key=lambda m: m.sort_key)
    if classed:
        return MonthResult(
            month,
            CLASSED,
            tuple((None if m.total != m.total else exact(m.total), m.class_id) for m in classed),
        )
    if any(m.status == "held" for m in meetings):
        return MonthResult(month, UNCLASSED)
    return MonthResult(
        month, MERGED if all(m.status in NOT_HELD[2:] for m in meetings) else CANCELLED
    )
