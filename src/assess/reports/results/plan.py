"""A plan of inspection, for its template to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from assess.records.words import KINDS
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount
from assess.studies.inspection import choose
from assess.studies.inspection.choose import HARD, MOST_SIGNALS, NEVER, SIGNAL, WEAK

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

    For the teams only: ``drawn`` of the chosen were drawn at random; ``counts_as`` is what counts
    as an inspection. ``chosen_rows`` and ``other_rows``, by need: ``order``, ``name``, ``unit``,
    ``need`` (points), ``last`` inspection that counts, ``signals`` (kinds), ``why``. ``strata``:
    ``kind``, ``unit``, ``all`` chi bộ, ``chosen``. ``weights`` are the points of need: ``never``
    inspected, each kind of ``signal``, at most for all ``signals``, a ``weak`` class (one of
    ``weak_titles``), a ``hard`` place.
    """

    chosen: NamedCount
    of: NamedCount
    gone: NamedCount
    to_inspect: pd.DataFrame
    frame: pd.DataFrame
    drawn: NamedCount
    counts_as: str
    chosen_rows: pd.DataFrame
    other_rows: pd.DataFrame
    strata: pd.DataFrame
    weights: dict[str, int]
    weak_titles: tuple[str, ...]


def inspection_plan(report: Report, wanted: PlanOptions) -> PlanResults:
    """Return whom a plan with these options chooses for a report's đảng bộ."""
    frame = choose.inspection_plan(
        report.slice,
        report.scores,
        wanted,
        report.option("coverage_counts"),
        report.signals_from(wanted.thresholds),
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
    others = frame[~frame["chosen"]]
    drawn = int(frame["why"].str.startswith("rút ngẫu nhiên").sum())
    gone = len(set(report.slice.chi_bo) - set(frame["chi_bo_id"]))
    return PlanResults(
        NamedCount("plan.chosen", len(chosen)),
        NamedCount("plan.of", len(frame)),
        NamedCount("plan.gone", gone),
        rows,
        frame,
        NamedCount("plan.drawn", drawn),
        report.chosen("coverage_counts").option.title,
        _with_reasons(report, frame[frame["chosen"]]),
        _with_reasons(report, others),
        _strata(report, frame),
        {
            "never": NEVER,
            "signal": SIGNAL,
            "signals": SIGNAL * MOST_SIGNALS,
            "weak": WEAK,
            "hard": HARD,
        },
        tuple(
            dict.fromkeys(
                c.title for rules in report.slice.rule_sets.values() for c in rules.weak_classes
            )
        ),
    )


def _with_reasons(report: Report, frame: pd.DataFrame) -> pd.DataFrame:
    places = [place.split("/", 1)[1] for place in frame["stratum"]]
    made = frame[["chi_bo_id", "order", "need", "last", "signals"]].assign(
        name=[report.unit_name(chi_bo) for chi_bo in frame["chi_bo_id"]],
        unit=[report.unit_name(place) for place in places],
        why=[f"{why[:1].upper()}{why[1:]}." for why in frame["why"]],
    )
    return with_kinds(made, {"order": "integer", "last": "date"})


def _strata(report: Report, frame: pd.DataFrame) -> pd.DataFrame:
    counted = frame.groupby("stratum", sort=True)["chosen"].agg(["size", "sum"])
    parts = [str(stratum).split("/", 1) for stratum in counted.index]
    return pd.DataFrame(
        {
            "kind": [KINDS[kind].capitalize() for kind, _ in parts],
            "unit": [report.unit_name(place) for _, place in parts],
            "all": counted["size"].astype(int).to_list(),
            "chosen": counted["sum"].astype(int).to_list(),
        }
    )
