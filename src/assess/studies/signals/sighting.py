"""The input of signals, prepared once, and their results."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from assess.scoring.period.summary import REGULAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from assess.records import Slice
    from assess.scoring import Scores
    from assess.studies.signals.thresholds import SignalThresholds


LEVEL = 0.05
"""The false-discovery rate of the statistical signals shown."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a signal found in one unit: ``text``, the ``meetings`` behind it, the p-value ``p``."""

    unit_id: str
    text: str
    meetings: tuple[str, ...] = ()
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to look closer, never a finding.

    ``definition`` states what is looked for, with places for thresholds (see :meth:`defined`);
    ``limits`` what else may explain it; ``source`` where the idea is from. A ``statistical`` signal
    gives a sighting of every unit that it could test, with its p-value ``p``; the others give only
    what they found.
    """

    id: str
    title: str
    definition: str
    limits: str
    source: str
    find: Callable[[SignalInput], Iterable[Sighting]]
    statistical: bool = False

    def defined(self, thresholds: SignalThresholds) -> str:
        """Return the definition with the thresholds filled in."""
        return self.definition.format_map(thresholds.in_words())


class SignalInput:
    """A slice with its scores and the thresholds, as signals look at it."""

    def __init__(self, made: Slice, scores: Scores, thresholds: SignalThresholds) -> None:
        """Keep them; everything else is computed on first use."""
        self.made, self.scores, self.thresholds = made, scores, thresholds

    @cached_property
    def held(self) -> pd.DataFrame:
        """The regular held meetings with their scores and records, by chi bộ and month."""
        meetings = self.scores.meetings
        meetings = meetings[(meetings["status"] == "held") & meetings["kind"].isin(REGULAR)]
        recorded = self.made.tables["meeting"].set_index("meeting_id")
        new = [name for name in recorded.columns if name not in meetings.columns]
        return meetings.join(recorded[new], on="meeting_id").sort_values(
            ["chi_bo_id", "month", "meeting_id"], kind="stable"
        )

    @cached_property
    def own(self) -> pd.DataFrame:
        """The meetings of :attr:`held` that the chi bộ itself has classified."""
        return self.held[self.held["self_class_id"].notna()]

    @cached_property
    def own_sheets(self) -> pd.DataFrame:
        """The chi bộ's own sheets of these meetings, with ``chi_bo_id`` and ``month``."""
        sheets = self.made.tables["sheet"]
        sheets = sheets[sheets["rater"] == "self"]
        return sheets.merge(
            self.held[["meeting_id", "chi_bo_id", "month", "held_on"]], on="meeting_id"
        )

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """The unit in the đảng bộ each chi bộ reports to, at the end of the period or data."""
        made = self.made
        day = min(made.period.end, made.as_of.date())
        inside = {made.dang_bo, *(unit.unit_id for unit in made.tree.below(made.dang_bo, day))}
        found = {chi_bo: made.tree.reports_to(chi_bo, day) for chi_bo in made.chi_bo}
        return {
            chi_bo: unit.unit_id
            for chi_bo, unit in found.items()
            if unit is not None and unit.unit_id in inside
        }
