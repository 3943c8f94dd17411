"""The rows of the year's work that belong to one report: of its chi bộ, of the units below its đảng bộ, of its year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.periods import Period, month_end

if TYPE_CHECKING:
    import pandas as pd

    from assess.base.periods import Period as Span
    from assess.records.source import Records


def year_rows(records: Records, dang_bo: str, period: Span, chi_bo: set[str]) -> dict[str, pd.DataFrame]:
    """Return the tables of the year's work (:data:`~assess.records.tables.YEARLY`) cut to one report.

    Visits and inspections are those of the period's year, milestones also of the year before; annual files and decisions
    those of the year, of the đảng bộ itself and of the units that stood below it in the period; what was sent up is what these
    units sent for the period or a part of it.
    """
    year, units = str(period.year), units_below(records, dang_bo, period) | {dang_bo}
    visits = records["visit"]
    dated = (
        visits["planned_for"].str[:4].eq(year) | visits["moved_to"].fillna("").str[:4].eq(year) | visits["done_on"].dt.year.eq(period.year)
    )
    inspections = records["inspection"]
    inspected = inspections["inspected_on"].isna() | inspections["inspected_on"].dt.year.eq(period.year)
    months = set(period.months)
    filed = records["filed"]
    spans = {text: set(Period.parse(text).months) <= months for text in set(filed["period"])}
    milestones = records["milestone"]
    return {
        "assignment": _of(records["assignment"], "chi_bo_id", chi_bo),
        "visit": _of(visits[dated], "chi_bo_id", chi_bo),
        "inspection": _of(inspections[inspected], "chi_bo_id", chi_bo),
        "milestone": _of(milestones[milestones["year"].isin([year, str(period.year - 1)])], "unit_id", units),
        "annual": _of(records["annual"][records["annual"]["year"] == year], "unit_id", units),
        "decision": _of(records["decision"][records["decision"]["year"] == year], "unit_id", units),
        "filed": _of(filed[filed["period"].map(spans).fillna(False).astype(bool)], "unit_id", units),
    }  # fmt: skip


def units_below(records: Records, dang_bo: str, period: Span) -> set[str]:
    """Return the units that stood below a đảng bộ at the end of some month of the period."""
    found: set[str] = set()
    for day in {month_end(month) for month in period.months}:
        standing = records.tree.on(day)
        found.update(u for u in standing if u != dang_bo and any(above.unit_id == dang_bo for above in records.tree.above(u, day)))
    return found


def _of(table: pd.DataFrame, column: str, units: set[str]) -> pd.DataFrame:
    return table[table[column].isin(units)]
