"""Changes of organisation in a period: chi bộ that came, left, were founded, ended or moved."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from assess.records import Slice, Tree

CAME, LEFT, FOUNDED, ENDED, WITHIN = "came", "left", "founded", "ended", "within"
_COLUMNS = ("chi_bo_id", "what", "day", "other")


def moves(made: Slice) -> pd.DataFrame:
    """Return one row per change of a chi bộ of the slice within its period, in the order of days.

    Columns: ``chi_bo_id``; ``what``: *came* from or *left* to another đảng bộ, *founded*, *ended*,
    or *within* (its parent changed inside the đảng bộ); ``day``: the first day of the new state;
    ``other``: the unit above it on the other side of the change (came: before, left: after, within:
    before), or the successor of one that ended. In each month a chi bộ counts for the đảng bộ that
    it belongs to at the month's end, so that no meeting counts twice.
    """
    tree, units = made.tree, made.tables["unit"]
    first, last = made.period.start, made.period.end
    ends = units["valid_to"].dropna() + pd.Timedelta(days=1)
    days = sorted(
        {stamp.date() for stamp in [*units["valid_from"], *ends] if first < stamp.date() <= last}
    )
    successors = (
        units.dropna(subset=["successor_id"]).set_index("unit_id")["successor_id"].to_dict()
    )
    rows = []
    for day in days:
        for chi_bo in made.chi_bo:
            found = _change(tree, made.dang_bo, chi_bo, day)
            if found is not None:
                what, other = found
                rows.append(
                    (chi_bo, what, day, successors.get(chi_bo, other) if what == ENDED else other)
                )
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _change(tree: Tree, dang_bo: str, chi_bo: str, day: dt.date) -> tuple[str, str] | None:
    """Return how a chi bộ changed on a day and the unit on the other side; None if unchanged."""
    before = [unit.unit_id for unit in tree.above(chi_bo, day - dt.timedelta(days=1))]
    after = [unit.unit_id for unit in tree.above(chi_bo, day)]
    was, is_ = dang_bo in before, dang_bo in after
    if not before and not after:
        return None
    if not before:
        return (FOUNDED, "") if is_ else None
    if not after:
        return (ENDED, "") if was else None
    if was and is_:
        return (WITHIN, before[1]) if before[1:2] != after[1:2] and dang_bo != chi_bo else None
    if was or is_:
        side = before if is_ else after
        return (CAME if is_ else LEFT), side[1] if len(side) > 1 else ""
    return None
