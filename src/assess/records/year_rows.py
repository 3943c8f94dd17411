"""The rows of the year's work that belong to one report: of its chi bộ, of the units below its đảng bộ, of its year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base.periods import Period, month_end

if TYPE_CHECKING:
    import datetime as dt

    from assess.base.periods import Period as Span
    from assess.records.source import Records


def year_rows(records: Records, dang_bo: str, period: Span, chi_bo: set[str], as_of: dt.datetime) -> dict[str, pd.DataFrame]:
    """Return the tables of the year's work (:data:`~assess.records.tables.YEARLY`) cut to one report.

    Visits and inspections are those of the period's year, milestones also of the year before; annual files and decisions
    those of the year, of the đảng bộ itself and of the units that stood below it in the period; of what these units sent
    for the period or a part of it, each one's last summary. A day after ``as_of`` is not known: what is dated by it is left
    out, and a visit or step that was done on it is not done yet.
    """
    year, units = str(period.year), units_below(records, dang_bo, period, as_of) | {dang_bo}
    now = pd.Timestamp(as_of)
    visits = _not_yet(records["visit"], "done_on", now)
    visits = visits.assign(status=visits["status"].mask((visits["status"] == "done") & visits["done_on"].isna(), "planned"))
    dated = (
        visits["planned_for"].str[:4].eq(year) | visits["moved_to"].fillna("").str[:4].eq(year) | visits["done_on"].dt.year.eq(period.year)
    )
    inspections = _not_yet(records["inspection"], "inspected_on", now)
    inspected = inspections["inspected_on"].isna() | inspections["inspected_on"].dt.year.eq(period.year)
    milestones = _not_yet(records["milestone"], "done_on", now)
    decisions = records["decision"]
    decisions = decisions[(decisions["year"] == year) & (decisions["decided_on"] <= now)]
    follows = records["assignment"]
    lasting = (follows["valid_from"] <= pd.Timestamp(period.end)) & ~(follows["valid_to"] < pd.Timestamp(period.start))
    return {
        "assignment": _of(follows[lasting], "chi_bo_id", chi_bo),
        "visit": _of(visits[dated], "chi_bo_id", chi_bo),
        "inspection": _of(inspections[inspected], "chi_bo_id", chi_bo),
        "milestone": _of(milestones[milestones["year"].isin([year, str(period.year - 1)])], "unit_id", units),
        "annual": _of(records["annual"][records["annual"]["year"] == year], "unit_id", units),
        "decision": _of(decisions, "unit_id", units),
        "filed": _of(_last_sent(records["filed"], period, now), "unit_id", units),
    }  # fmt: skip


def _not_yet(table: pd.DataFrame, column: str, now: pd.Timestamp) -> pd.DataFrame:
    """A table without the days after a moment."""
    return table.assign(**{column: table[column].where(table[column] <= now)})


def _last_sent(filed: pd.DataFrame, period: Span, now: pd.Timestamp) -> pd.DataFrame:
    """The figures of the period or a part of it: of each unit and period only those of the last day on which it sent any."""
    months = set(period.months)
    spans = {text: set(Period.parse(text).months) <= months for text in set(filed["period"])}
    filed = filed[filed["period"].map(spans).fillna(False).astype(bool) & (filed["filed_on"] <= now)]
    last = filed.groupby(["unit_id", "period"])["filed_on"].transform("max")
    return filed[filed["filed_on"] == last]


def units_below(records: Records, dang_bo: str, period: Span, as_of: dt.datetime) -> set[str]:
    """Return the units that stood below a đảng bộ at the end of some month of the period, up to a moment."""
    found: set[str] = set()
    for day in sorted({min(month_end(month), as_of.date()) for month in period.months}):
        standing = records.tree.on(day)
        found.update(u for u in standing if u != dang_bo and any(above.unit_id == dang_bo for above in records.tree.above(u, day)))
    return found


def _of(table: pd.DataFrame, column: str, units: set[str]) -> pd.DataFrame:
    return table[table[column].isin(units)]
