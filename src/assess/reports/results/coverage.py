"""The inspection prerequisite: every chi bộ inspected before the annual class, where adopted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.base.text import committee_of
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount, NamedList

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from assess.reports.report import Report


@dataclass(frozen=True)
class PrerequisiteResults:
    """Which chi bộ were inspected in the year so far.

    ``asked`` chi bộ have to be (0 where nobody adopted it), by order of the committees ``askers``;
    ``done`` of them were, counted as ``counts_as`` says; ``open`` are neither inspected nor waived.
    ``missing`` names those not inspected; for ``waived`` of them an authority decided to class them
    all the same, for the ``reasons`` given. ``until`` is the day up to which inspections count.
    ``frame``: ``chi_bo_id``, ``name``, inspections by kind (``kiem_tra``, ``giam_sat``,
    ``du_sinh_hoat``, ``ho_so``), ``last`` (the day of the last that counts), ``covered``.
    ``no_meeting`` visits are not counted, because no meeting is on record for their day.
    """

    asked: NamedCount
    done: NamedCount
    open: NamedCount
    waived: NamedCount
    askers: NamedList
    missing: NamedList
    reasons: tuple[str, ...]
    counts_as: str
    until: dt.date
    no_meeting: NamedCount
    frame: pd.DataFrame

    def shown(self, most: int) -> pd.DataFrame:
        """Return ``frame``; of more than ``most`` chi bộ only those that are not inspected."""
        return self.frame if len(self.frame) <= most else self.frame[~self.frame["covered"]]


def prerequisite(report: Report) -> PrerequisiteResults:
    """Return which of the chi bộ that have to be inspected before the annual class were."""
    found = report.inspection_prerequisite
    frame = report.inspected
    frame = frame[frame["chi_bo_id"].isin(found.asked)]
    return PrerequisiteResults(
        asked=NamedCount("gate.asked", len(found.asked)),
        done=NamedCount("gate.done", len(found.asked) - len(found.missing)),
        open=NamedCount("gate.open", len(found.missing) - len(found.waived)),
        waived=NamedCount("gate.waived", len(found.waived)),
        askers=NamedList(
            "gate.askers", (committee_of(report.unit_name(unit)) for unit in found.askers)
        ),
        missing=NamedList("gate.missing", (report.unit_name(unit) for unit in found.missing)),
        reasons=tuple(found.reasons),
        counts_as=report.chosen("coverage_counts").option.title,
        until=min(report.slice.period.end, report.slice.as_of.date()),
        no_meeting=NamedCount("gate.no_meeting", int(frame["no_meeting"].sum())),
        frame=with_kinds(
            frame.assign(name=[report.unit_name(unit) for unit in frame["chi_bo_id"]]),
            {"last": "date"},
        ),
    )
