"""Figures that every unit of a province would send up for a period, as rows of ``filed``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from assess.base.periods import Period, last_day
from assess.records import Records, Tree, make_slice
from assess.records.source import recorded_by
from assess.records.tables import TABLES, from_rows
from assess.scoring import score
from assess.studies.upward import by_chi_bo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from assess.records import Slice
    from assess.rules import RuleBook


def filings(
    records: Records, rules: RuleBook, root: str, period: str, filed_on: dt.date
) -> list[dict[str, Any]]:
    """Return the rows of ``filed`` that every unit below ``root`` sends on a day, from ``records``.

    Each unit sends the sum over its chi bộ, month by month, by where they belong at the month's end
    (in the month under way: on that day). Months that have not begun are left out.
    """
    span, at = Period.parse(period), dt.datetime.combine(filed_on, dt.time(17, 0))
    made = make_slice(records, rules, dang_bo=root, period=span, as_of=at, document_date=filed_on)
    figures = by_chi_bo(made, score(made))
    about = {"period": period, "filed_on": filed_on, "recorded_at": at}
    return [
        about | {"unit_id": unit_id, "month": month, "measure": measure, "value": float(value)}
        for (unit_id, month, measure), value in _each(records.tree, figures, made)
    ]


def _each(
    tree: Tree, figures: pd.DataFrame, made: Slice
) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Yield each unit's figures, with zeros for its measures in every month that has begun."""
    found = sum_over_units(tree, figures, made.dang_bo, made.as_of.date())
    by_unit: dict[str, dict[tuple[str, str, str], int]] = {}
    for key, value in found.items():
        by_unit.setdefault(key[0], {})[key] = value
    for theirs in by_unit.values():
        yield from with_zeros(theirs, made.months).items()


def sum_over_units(
    tree: Tree, figures: pd.DataFrame, root: str, at: dt.date = dt.date.max
) -> dict[tuple[str, str, str], int]:
    """Return the figures of every reporting unit below ``root``, by unit, month and measure."""
    lines: dict[tuple[str, str], tuple[str, ...]] = {}
    found: dict[tuple[str, str, str], int] = {}
    for chi_bo, month, measure, value in figures.itertuples(index=False):
        key = (str(chi_bo), str(month))
        if key not in lines:
            lines[key] = tree.reporting_line(key[0], last_day(key[1], at), root)
        for unit_id in lines[key]:
            place = (unit_id, key[1], str(measure))
            found[place] = found.get(place, 0) + int(value)
    return dict(sorted(found.items()))


def with_zeros(
    found: dict[tuple[str, str, str], int], months: Iterable[str]
) -> dict[tuple[str, str, str], int]:
    """Return the figures with zeros for missing months and measures, to replace earlier ones."""
    measures = sorted({measure for _, _, measure in found})
    units = sorted({unit_id for unit_id, _, _ in found})
    keys = ((u, m, measure) for u in units for m in months for measure in measures)
    return {key: found.get(key, 0) for key in keys}


def filed_in_time(
    tables: Mapping[str, pd.DataFrame], rules: RuleBook, sent: Iterable[tuple[str, str, dt.date]]
) -> pd.DataFrame:
    """Return the table ``filed`` for some filings, each from the records of the day it was sent.

    ``sent``: the unit whose subtree files, the period, the day.
    """
    whole = {name: tables.get(name, from_rows(name, ())) for name in TABLES}
    tree, rows = Tree(tables["unit"]), []
    for root, period, day in sent:
        at = dt.datetime.combine(day, dt.time(17, 0))
        rows += filings(Records(recorded_by(whole, at), tree), rules, root, period, day)
    return from_rows("filed", rows)
