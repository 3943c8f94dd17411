"""What every unit of a province would send up for a period: the figures of its own subtree, as rows of ``filed``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from assess.base.periods import Period, month_end
from assess.records import make_slice
from assess.scoring import score
from assess.studies.upward import by_chi_bo

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from assess.records import Records, Tree
    from assess.rules import RuleBook


def filings(records: Records, rules: RuleBook, root: str, period: str, filed_on: dt.date) -> list[dict[str, Any]]:
    """Return the rows of ``filed`` that every unit below ``root`` sends on a day, by what ``records`` holds then.

    Each unit sends the sum over the chi bộ that stand under it, month by month, at the month's end.
    """
    span, at = Period.parse(period), dt.datetime.combine(filed_on, dt.time(17, 0))
    made = make_slice(records, rules, dang_bo=root, period=span, as_of=at, document_date=filed_on)
    figures = by_chi_bo(made, score(made))
    about = {"period": period, "filed_on": filed_on, "recorded_at": at}
    return [
        about | {"unit_id": unit_id, "month": month, "measure": measure, "value": float(value)}
        for (unit_id, month, measure), value in sum_over_units(records.tree, figures, root).items()
    ]


def sum_over_units(tree: Tree, figures: pd.DataFrame, root: str) -> dict[tuple[str, str, str], int]:
    """Return the figures of every unit below ``root`` that reports to another, by unit, month and measure, in order."""
    above: dict[tuple[str, str], list[str]] = {}
    found: dict[tuple[str, str, str], int] = {}
    for chi_bo, month, measure, value in figures.itertuples(index=False):
        key = (str(chi_bo), str(month))
        if key not in above:
            above[key] = list(_reporting(tree, *key, root))
        for unit_id in above[key]:
            found[unit_id, str(month), str(measure)] = found.get((unit_id, str(month), str(measure)), 0) + int(value)
    return dict(sorted(found.items()))


def _reporting(tree: Tree, chi_bo: str, month: str, root: str) -> Iterable[str]:
    for unit in tree.above(chi_bo, month_end(month)):
        if unit.unit_id == root:
            return
        if unit.level != "bo_phan":
            yield unit.unit_id
