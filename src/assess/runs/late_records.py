"""Counts of what was recorded after a run's ``as_of``: shown beside the report, never in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.periods import FAR_OFF, Period, month_end
from assess.records.lookup import are_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.records import Records, RecordSource
    from assess.runs.matrix import Run

_YEARLY = {
    "visit": "chi_bo_id",
    "inspection": "chi_bo_id",
    "milestone": "unit_id",
    "annual": "unit_id",
    "decision": "unit_id",
    "filed": "unit_id",
}
"""The other tables that are counted, each with the column of the unit a row belongs to."""


@dataclass(frozen=True, slots=True)
class LateCount:
    """What a report leaves out because it was recorded after ``as_of``.

    ``meetings`` of its period not known by then; ``changed``: meetings known by then, but with a
    later score sheet or correction; ``others``: rows of the year's work (visits, inspections,
    milestones, annual files, decisions, figures sent up). ``until``: the moment of the last of
    them; a report with that ``as_of`` has them all.
    """

    as_of: dt.datetime
    meetings: int
    changed: int
    others: int
    until: dt.datetime

    def as_json(self) -> dict[str, Any]:
        """Return JSON values, with moments in ISO format."""
        return {
            name: value.isoformat() if isinstance(value, dt.datetime) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LateCount:
        """Parse what :meth:`as_json` returned."""
        moments = {name: dt.datetime.fromisoformat(data[name]) for name in ("as_of", "until")}
        return cls(
            meetings=data["meetings"], changed=data["changed"], others=data["others"], **moments
        )

    @property
    def in_words(self) -> str:
        """What is left out, and which ``as_of`` would include it, in Vietnamese."""
        parts = [f"{numbers.count(self.meetings)} buổi của kỳ"] if self.meetings else []
        parts += (
            [f"phiếu hoặc chỗ sửa của {numbers.count(self.changed)} buổi khác"]
            if self.changed and self.meetings
            else []
        )
        parts += (
            [f"phiếu hoặc chỗ sửa của {numbers.count(self.changed)} buổi"]
            if self.changed and not self.meetings
            else []
        )
        parts += (
            [
                f"{numbers.count(self.others)} dòng ở các bảng khác (dự sinh hoạt, kiểm tra, hồ sơ năm, số liệu gửi lên)"
            ]
            if self.others
            else []
        )
        what = ", ".join(parts)
        return f"{what} được ghi nhận sau {_moment(self.as_of)} nên không có trong báo cáo; để as_of từ {self.until:%Y-%m-%d} trở đi thì có"


def _moment(at: dt.datetime) -> str:
    day = numbers.day(at.date())
    return f"ngày {day}" if at.time() >= dt.time(23, 59) else f"{at:%H:%M} ngày {day}"


class LateRecords:
    """Compares all records with what was known at the ``as_of`` of a run."""

    def __init__(self, source: RecordSource) -> None:
        """Store the source; nothing is read before it is needed."""
        self._source = source
        self._late: dict[dt.datetime, tuple[pd.DataFrame, dict[str, pd.DataFrame]]] = {}

    @cached_property
    def _now(self) -> Records:
        return self._source.records(FAR_OFF)

    @cached_property
    def _meetings(self) -> pd.DataFrame:
        """Every meeting; ``at``: when it, a score sheet or a correction of it was last recorded."""
        tables = (self._now["meeting"], self._now["sheet"], self._now.changes)
        rows = pd.concat(
            [table[["meeting_id", "recorded_at"]] for table in tables if len(table)]
            or [tables[0][["meeting_id", "recorded_at"]]]
        )
        last = rows.groupby("meeting_id")["recorded_at"].max().rename("at")
        return self._now["meeting"][["meeting_id", "chi_bo_id", "for_month"]].join(
            last, on="meeting_id"
        )

    def of(self, run: Run, known: Records) -> LateCount | None:
        """Return what a run leaves out, or None; ``known`` are the records as of its moment."""
        if run.as_of not in self._late:
            self._late[run.as_of] = self._after(run.as_of, known)
        late, others = self._late[run.as_of]
        period = Period.parse(run.period)
        late = late[late["for_month"].isin(period.months)]
        pairs = {
            (c, m)
            for m in sorted(set(late["for_month"]))
            for c in self._source.tree.chi_bo_under(run.dang_bo, month_end(m))
        }
        here = [key in pairs for key in zip(late["chi_bo_id"], late["for_month"], strict=True)]
        late = late[pd.Series(here, index=late.index, dtype=bool)]
        moments = self._others(run.dang_bo, others, period)
        if late.empty and moments.empty:
            return None
        until = max(at for at in (late["at"].max(), moments.max()) if not pd.isna(at))
        changed = int(late["changed"].sum())
        return LateCount(
            run.as_of, len(late) - changed, changed, len(moments), until.to_pydatetime()
        )

    def meetings_since(self, as_of: dt.datetime, dang_bo: str, period: Period) -> int:
        """Return how many meetings of a report were recorded or changed after its moment."""
        late = self._meetings[self._meetings["at"] > pd.Timestamp(as_of)]
        late = late[late["for_month"].isin(period.months)]
        pairs = {
            (chi_bo, month)
            for month in sorted(set(late["for_month"]))
            for chi_bo in self._source.tree.chi_bo_under(dang_bo, month_end(month))
        }
        return sum(key in pairs for key in zip(late["chi_bo_id"], late["for_month"], strict=True))

    def _after(
        self, as_of: dt.datetime, known: Records
    ) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
        """Return the late meetings of all units, and the late rows of the other tables, if any.

        ``changed``: the meeting itself was known by ``as_of``.
        """
        late = self._meetings[self._meetings["at"] > pd.Timestamp(as_of)]
        late = late.assign(changed=are_in(late["meeting_id"], known["meeting"]["meeting_id"]))
        found = {}
        for name in _YEARLY:
            rows = self._now[name]
            rows = rows[rows["recorded_at"] > pd.Timestamp(as_of)]
            if len(rows):
                found[name] = rows
        return late, found

    def _others(
        self, dang_bo: str, others: Mapping[str, pd.DataFrame], period: Period
    ) -> pd.Series:
        """Return the moments of the late rows of the other tables of an own unit and period."""
        below = self._source.tree.below(dang_bo, period.end) if others else ()
        units = {dang_bo, *(unit.unit_id for unit in below)}
        found = [
            rows.loc[
                rows[_YEARLY[name]].isin(units) & _of_period(name, rows, period), "recorded_at"
            ]
            for name, rows in others.items()
        ]
        return pd.concat(found) if found else pd.Series(dtype="datetime64[s]")


def _of_period(name: str, rows: pd.DataFrame, period: Period) -> pd.Series:
    """Return for each row of a table whether it belongs to a period."""
    if name == "visit":
        return rows["planned_for"].isin(period.months) | rows["moved_to"].isin(period.months)
    if name in ("inspection", "milestone"):
        day = rows["inspected_on" if name == "inspection" else "done_on"]
        return day.between(pd.Timestamp(period.start), pd.Timestamp(period.end))
    if name == "filed":
        spans = {
            text: set(Period.parse(text).months) <= set(period.months)
            for text in set(rows["period"])
        }
        return rows["period"].map(spans).astype(bool)
    return rows["year"].eq(str(period.year)) & (period.last_month - period.first_month == 11)
