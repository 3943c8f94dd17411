"""The rows of the year's work that belong to one report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base.periods import Period, month_end
from assess.records.lookup import Lookup

if TYPE_CHECKING:
    import datetime as dt

    from assess.base.periods import Period as Span
    from assess.records.source import Records


def year_rows(
    records: Records,
    dang_bo: str,
    period: Span,
    chi_bo: set[str],
    before: set[str],
    below: set[str],
    as_of: dt.datetime,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the year's work, cut to one report.

    See :data:`~assess.records.tables.YEARLY`. Assignments are those valid in the period. Visits are
    those of the period's year and those made in earlier years. Inspections are of all years,
    including those at the chi bộ ``before`` that the present ones took over. Milestones are of the
    year and the year before. Annual files and decisions are those of the year, for the đảng bộ
    itself and the units ``below`` it in the period (:func:`units_below`). Of the summaries that
    these units sent for the period or a part of it, the last one counts. A day after ``as_of`` is
    not known: decisions and summaries of such a day are left out, and a visit or step done on it is
    not done yet.
    """
    key = period.text, as_of
    if key not in records.years:
        records.years[key] = _of_period(records, period, pd.Timestamp(as_of))
    of_year = records.years[key]
    found = {name: of_year.rows(name, "chi_bo_id", chi_bo) for name in ("assignment", "visit")}
    found["inspection"] = of_year.rows("inspection", "chi_bo_id", before)
    return found | {
        name: of_year.rows(name, "unit_id", below | {dang_bo})
        for name in ("milestone", "annual", "decision", "filed")
    }


def _of_period(records: Records, period: Span, now: pd.Timestamp) -> Lookup:
    """Return one period's rows for all units, shared by all slices of that period and moment."""
    year, table = str(period.year), records.lookup.table
    annual, decision = table("annual"), table("decision")
    return Lookup(
        {
            "assignment": _lasting(table("assignment"), period),
            "visit": _visits(table("visit"), period, now),
            "inspection": _inspections(table("inspection"), now),
            "milestone": _milestones(table("milestone"), period, now),
            "annual": annual[annual["year"] == year],
            "decision": decision[(decision["year"] == year) & (decision["decided_on"] <= now)],
            "filed": _last_sent(table("filed"), period, now),
        }
    )


def _lasting(follows: pd.DataFrame, period: Span) -> pd.DataFrame:
    """Return the assignments that are valid on some day of the period."""
    return follows[
        (follows["valid_from"] <= pd.Timestamp(period.end))
        & ~(follows["valid_to"] < pd.Timestamp(period.start))
    ]


def _visits(visits: pd.DataFrame, period: Span, now: pd.Timestamp) -> pd.DataFrame:
    """Return the visits planned for the year or moved into it, and those made in it or earlier."""
    visits = _not_yet(visits, "done_on", now)
    visits = visits.assign(
        status=visits["status"].mask(
            (visits["status"] == "done") & visits["done_on"].isna(), "planned"
        )
    )
    year = str(period.year)
    planned, moved = (
        visits[name].fillna("").str[:4].eq(year) for name in ("planned_for", "moved_to")
    )
    return visits[planned | moved | visits["done_on"].dt.year.le(period.year)]


def _inspections(inspections: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Return the inspections of all years, without days after ``now``.

    Earlier recommendations are followed up later, and last year's meetings are inspected this year.
    """
    return _not_yet(_not_yet(inspections, "inspected_on", now), "remedied_on", now)


def _milestones(milestones: pd.DataFrame, period: Span, now: pd.Timestamp) -> pd.DataFrame:
    """Return the milestones of the year and of the year before."""
    milestones = _not_yet(milestones, "done_on", now)
    return milestones[milestones["year"].isin([str(period.year), str(period.year - 1)])]


def _not_yet(table: pd.DataFrame, column: str, now: pd.Timestamp) -> pd.DataFrame:
    """Return a table in which the days of ``column`` that come after ``now`` are missing."""
    return table.assign(**{column: table[column].where(table[column] <= now)})


def _last_sent(filed: pd.DataFrame, period: Span, now: pd.Timestamp) -> pd.DataFrame:
    """Return the figures of the period or a part of it, as each unit last sent them by ``now``."""
    months = set(period.months)
    spans = {text: set(Period.parse(text).months) <= months for text in set(filed["period"])}
    filed = filed[
        filed["period"].map(spans).fillna(False).astype(bool) & (filed["filed_on"] <= now)
    ]
    last = filed.groupby(["unit_id", "period"])["filed_on"].transform("max")
    return filed[filed["filed_on"] == last]


def units_below(records: Records, dang_bo: str, period: Span, as_of: dt.datetime) -> set[str]:
    """Return the units below a đảng bộ at the end of a month of the period, or at ``as_of``."""
    days = {min(month_end(month), as_of.date()) for month in period.months}
    return {unit.unit_id for day in days for unit in records.tree.below(dang_bo, day)}
