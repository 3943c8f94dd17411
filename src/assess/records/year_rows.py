"""The rows of the year's work that belong to one report: of its chi bộ, of the units below its đảng bộ, of its year."""

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
    """Return the tables of the year's work (:data:`~assess.records.tables.YEARLY`) cut to one report.

    Visits are those of the period's year and those made in years before it, inspections of all years, also at the
    chi bộ ``before`` that these took over; milestones also of the year before; annual files and decisions
    those of the year, of the đảng bộ itself and of the units that stood ``below`` it in the period (:func:`units_below`);
    of what these units sent for the period or a part of it, each one's last summary. A day after ``as_of`` is not known:
    what is dated by it is left out, and a visit or step that was done on it is not done yet.
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
    """The rows of one period of all units: worked out once, however many slices are cut of that period."""
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
    """The assignments that held on some day of the period."""
    return follows[
        (follows["valid_from"] <= pd.Timestamp(period.end))
        & ~(follows["valid_to"] < pd.Timestamp(period.start))
    ]


def _visits(visits: pd.DataFrame, period: Span, now: pd.Timestamp) -> pd.DataFrame:
    """The visits planned for the year or moved into it, and those made in it or before it."""
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
    """All inspections: what was recommended once is asked after later, and last year's meetings are inspected this year."""
    return _not_yet(_not_yet(inspections, "inspected_on", now), "remedied_on", now)


def _milestones(milestones: pd.DataFrame, period: Span, now: pd.Timestamp) -> pd.DataFrame:
    """The milestones of the year and of the year before."""
    milestones = _not_yet(milestones, "done_on", now)
    return milestones[milestones["year"].isin([str(period.year), str(period.year - 1)])]


def _not_yet(table: pd.DataFrame, column: str, now: pd.Timestamp) -> pd.DataFrame:
    """A table without the days after a moment."""
    return table.assign(**{column: table[column].where(table[column] <= now)})


def _last_sent(filed: pd.DataFrame, period: Span, now: pd.Timestamp) -> pd.DataFrame:
    """The figures of the period or a part of it: of each unit and period only those of the last day on which it sent any."""
    months = set(period.months)
    spans = {text: set(Period.parse(text).months) <= months for text in set(filed["period"])}
    filed = filed[
        filed["period"].map(spans).fillna(False).astype(bool) & (filed["filed_on"] <= now)
    ]
    last = filed.groupby(["unit_id", "period"])["filed_on"].transform("max")
    return filed[filed["filed_on"] == last]


def units_below(records: Records, dang_bo: str, period: Span, as_of: dt.datetime) -> set[str]:
    """Return the units that stood below a đảng bộ at the end of some month of the period, up to a moment."""
    days = {min(month_end(month), as_of.date()) for month in period.months}
    return {unit.unit_id for day in days for unit in records.tree.below(dang_bo, day)}
