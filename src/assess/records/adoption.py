"""What each unit has adopted on a day: rule sets, the meeting window and other duties."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from assess.base.periods import FAR_OFF, month_end, month_start, shift_month

if TYPE_CHECKING:
    from assess.records.tree import Tree

MEETINGS_SCORED = {"rule_set": "thuong_ky", "thematic_rule_set": "chuyen_de"}
"""The kind of meeting that each adopted rule set scores."""

RULES_ADOPTED = (*MEETINGS_SCORED, "annual_rules")
"""What is adopted whose value is the id of rules."""

_FOREVER = FAR_OFF.date()


class Adoptions:
    """The rows of ``adoption`` by unit and day; a unit inherits from the nearest unit above."""

    def __init__(self, tree: Tree, adoption: pd.DataFrame) -> None:
        """Group the dated values by unit and by what was adopted."""
        self._tree = tree
        self._spans: dict[tuple[str, str], list[tuple[dt.date, dt.date, str]]] = {}
        for row in adoption.to_dict("records"):
            end = _FOREVER if pd.isna(row["valid_to"]) else row["valid_to"].date()
            self._spans.setdefault((row["unit_id"], row["what"]), []).append(
                (row["valid_from"].date(), end, row["value"])
            )
        self._known: dict[tuple[str, str, dt.date], str | None] = {}

    def on(self, unit_id: str, what: str, day: dt.date) -> str | None:
        """Return the value that applies to a unit on a day: its own, or the nearest one above."""
        key = (unit_id, what, day)
        if key not in self._known:
            above = (
                self._spans.get((unit.unit_id, what), ()) for unit in self._tree.above(unit_id, day)
            )
            self._known[key] = next(
                (value for spans in above for start, end, value in spans if start <= day <= end),
                None,
            )
        return self._known[key]

    def who_on(self, unit_id: str, what: str, day: dt.date) -> tuple[str, dt.date | None]:
        """Return whose adoption applies to a unit on a day, and since when; an empty id if none."""
        for unit in self._tree.above(unit_id, day):
            for start, end, _ in self._spans.get((unit.unit_id, what), ()):
                if start <= day <= end:
                    return unit.unit_id, start
        return "", None

    def own_on(self, unit_id: str, what: str, day: dt.date) -> str | None:
        """Return the value that a unit itself has adopted on a day, without the units above it."""
        return next(
            (
                value
                for start, end, value in self._spans.get((unit_id, what), ())
                if start <= day <= end
            ),
            None,
        )

    def form_on(self, chi_bo_id: str, kind: str, day: dt.date) -> str | None:
        """Return the rule set for a chi bộ's meeting; a thematic one held apart needs its own."""
        return self.on(chi_bo_id, "thematic_rule_set" if kind == "chuyen_de" else "rule_set", day)

    def window_on(self, chi_bo_id: str, day: dt.date) -> tuple[int, int] | None:
        """Return the first and last day of a chi bộ's meeting window; (25, 5) spans two months."""
        value = self.on(chi_bo_id, "meeting_window", day)
        if value is None:
            return None
        first, last = value.split("-")
        return int(first), int(last)

    def last_day(self, chi_bo_id: str, month: str) -> dt.date:
        """Return the last day for a month's meeting: the end of its window, or of the month."""
        window = self.window_on(chi_bo_id, month_end(month))
        if window is None:
            return month_end(month)
        first, last = window
        base = month_start(shift_month(month, 1)) if first > last else month_start(month)
        return min(base + dt.timedelta(days=last - 1), month_end(f"{base:%Y-%m}"))


def adopted_forms(meetings: pd.DataFrame, adoptions: Adoptions) -> pd.Series:
    """Return the adopted rule set of each meeting, on its day or else at its month's end."""
    columns = (meetings[name] for name in ("chi_bo_id", "held_on", "for_month", "kind"))
    found = [
        adoptions.form_on(chi_bo, kind, month_end(month) if pd.isna(held_on) else held_on.date())
        for chi_bo, held_on, month, kind in zip(*columns, strict=True)
    ]
    return pd.Series(found, index=meetings.index, dtype="str")
