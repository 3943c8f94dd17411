"""Leaders at the meetings of chi bộ: planned and done, what was missed and why, what was moved to a later month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base.periods import month_end

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from assess.base.periods import Period

_NAMED = 8
WITHOUT_REASON = "không ghi lý do"


def of_period(visits: pd.DataFrame, period: Period, moved: str, as_of: dt.datetime) -> pd.DataFrame:
    """Return the visits that a period has to answer for, with ``done``, ``came`` and ``ahead``.

    ``done``: it counts as done there; ``came``: it moved in; ``ahead``: neither done nor missed, and its month, or the one within
    the period it was moved to, is not over by ``as_of``.
    A visit belongs to the period it was planned for, and is done there when it took place by the period's end. One that
    took place later, or was moved to a later period, is not; under the reading ``new`` it is planned once more in the period
    in which it took place (or to which it was moved), and done there if it did. Under ``old`` it counts as done where it was
    planned once it has taken place. A day after ``as_of`` is not known yet. (S: in the first half of 2018 a provincial
    board counted 18 of 22, and said that the missed ones would move to the next meeting; in which half they then count is not
    said.)
    """
    months = list(period.months)
    done_on = visits["done_on"].where(visits["done_on"] <= pd.Timestamp(as_of))
    took_place, month = done_on.notna(), done_on.dt.strftime("%Y-%m")
    planned = visits["planned_for"].isin(months)
    # where it took place, or where it was moved to
    target = month.where(took_place, visits["moved_to"])
    came = (visits["planned_for"] < months[0]) & target.isin(months)
    if moved == "old":
        came = pd.Series(data=False, index=visits.index)
    done = took_place if moved == "old" else took_place & (month <= months[-1])
    moved_on = (visits["moved_to"] > months[-1]) | (took_place & (month > months[-1]))
    to_come = [m for m in months if as_of.date() < month_end(m)]
    still = visits["planned_for"].where(visits["status"] == "planned", visits["moved_to"].where(visits["status"] == "moved"))
    ahead = ~took_place & still.isin(to_come)
    return visits.assign(done_on=done_on, done=done, came=came, moved_on=moved_on, ahead=ahead)[planned | came]


def by_role(visits: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return one row per role: ``posts`` (how many post holders), ``planned``, ``done``, ``ahead``, of chi bộ or of visits (``unit``).

    ``visits`` is the result of :func:`of_period`; ``unit`` an option of the question ``visit_unit``: a chi bộ is done when
    any planned visit to it was, and ahead when none was and one still is.
    """
    rows = []
    for role, theirs in visits.groupby("role", sort=True):
        per_chi_bo = theirs.groupby("chi_bo_id")[["done", "ahead"]].any() if unit == "cells" else theirs[["done", "ahead"]]
        rows.append(
            {
                "role": role,
                "posts": len(theirs[["office_id", "post"]].drop_duplicates()),
                "planned": len(per_chi_bo),
                "done": int(per_chi_bo["done"].sum()),
                "ahead": int((per_chi_bo["ahead"] & ~per_chi_bo["done"]).sum()),
            }
        )
    return pd.DataFrame(rows, columns=["role", "posts", "planned", "done", "ahead"])


def reasons(visits: pd.DataFrame) -> pd.DataFrame:
    """Return one row per role and reason of the visits not done: ``role``, ``reason``, ``count``, ``moved`` (to a later period)."""
    missed = visits[~visits["done"] & (visits["status"] != "planned")]
    named = missed.assign(reason=missed["reason"].fillna(WITHOUT_REASON), moved=missed["moved_on"])
    grouped = named.groupby(["role", "reason"], sort=True)
    return grouped.agg(count=("visit_id", "size"), moved=("moved", "sum")).reset_index()


def by_post(visits: pd.DataFrame, assignment: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per post: ``role``, ``office_id``, ``post``, chi bộ ``assigned`` (names), visits ``planned`` and ``done``.

    Of many chi bộ only the number is said.
    """
    key = ["role", "office_id", "post"]

    def said(ids: pd.Series) -> str:
        found = [names.get(i, i) for i in sorted(set(ids))]
        return ", ".join(found) if len(found) <= _NAMED else f"{len(found)} chi bộ"

    visits, assignment = (table.assign(office_id=table["office_id"].fillna("")) for table in (visits, assignment))
    plan = visits.groupby(key).agg(planned=("visit_id", "size"), done=("done", "sum"))
    follows = assignment.groupby(key)["chi_bo_id"].agg(said)
    table = plan.join(follows.rename("assigned"), how="outer")
    table[["planned", "done"]] = table[["planned", "done"]].fillna(0).astype(int)
    return table.reset_index()
