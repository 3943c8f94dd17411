"""A plan of inspection, for its template to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.reports.named_figures import NamedCount
from assess.studies.inspection import choose

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.studies.inspection.choose import PlanOptions


@dataclass(frozen=True)
class PlanResults:
    """Whom a plan chooses.

    ``chosen`` of ``of`` chi bộ are to be inspected; ``gone`` more had meetings in the period but
    have merged, moved or ended since. ``to_inspect`` has a row for each chosen chi bộ, by unit:
    ``number`` (from 1), ``chi_bo_id``, ``name``, ``unit`` (the name of the unit above it).
    ``frame`` is that of :func:`assess.studies.inspection.choose.inspection_plan`.
    """

    chosen: NamedCount
    of: NamedCount
    gone: NamedCount
    to_inspect: pd.DataFrame
    frame: pd.DataFrame


def inspection_plan(report: Report, wanted: PlanOptions) -> PlanResults:
    """Return whom a plan with these options chooses for a report's đảng bộ."""
    frame = choose.inspection_plan(
        report.slice, report.scores, wanted, report.option("coverage_counts"), report.signals
    )
    chosen = frame[frame["chosen"]].sort_values(
        ["stratum", "chi_bo_id"], key=lambda c: c.str.rpartition("/")[2], kind="stable"
    )
    rows = pd.DataFrame(
        {
            "number": range(1, len(chosen) + 1),
            "chi_bo_id": list(chosen["chi_bo_id"]),
            "name": [report.unit_name(unit_id) for unit_id in chosen["chi_bo_id"]],
            "unit": [report.unit_name(place.split("/", 1)[1]) for place in chosen["stratum"]],
        }
    )
    gone = len(set(report.slice.chi_bo) - set(frame["chi_bo_id"]))
    return PlanResults(
        NamedCount("plan.chosen", len(chosen)),
        NamedCount("plan.of", len(frame)),
        NamedCount("plan.gone", gone),
        rows,
        frame,
    )
