"""Leaders' visits to chi bộ meetings: planned, done, missed and why, moved to a later month."""

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


def at_meetings(chi_bo: pd.Series, days: pd.Series, meetings: pd.DataFrame) -> pd.DataFrame:
    """Return ``no_meeting_that_day`` and ``not_compared`` per chi bộ and day; False without a day.

    A chi bộ with no meeting of that month on record is *not compared*: no data is not the same as
    no meeting. Where anything is on record, even a cancelled meeting, a day on which none was held
    is a day without a meeting.
    """
    month, held = days.dt.strftime("%Y-%m"), meetings[meetings["status"] == "held"]
    sat = set(zip(held["chi_bo_id"], held["held_on"], strict=True))
    known = {*zip(meetings["chi_bo_id"], meetings["for_month"], strict=True)}
    known |= {*zip(held["chi_bo_id"], held["held_on"].dt.strftime("%Y-%m"), strict=True)}
    there = pd.Series(
        [pair in sat for pair in zip(chi_bo, days, strict=True)], index=days.index, dtype=bool
    )
    told = pd.Series(
        [pair in known for pair in zip(chi_bo, month, strict=True)], index=days.index, dtype=bool
    )
    return pd.DataFrame(
        {"no_meeting_that_day": days.notna() & told & ~there, "not_compared": days.notna() & ~told}
    )


def of_period(
    visits: pd.DataFrame, meetings: pd.DataFrame, period: Period, moved: str, as_of: dt.datetime
) -> pd.DataFrame:
    """Return the visits a period answers for, with ``done``, ``came`` (moved in) and ``ahead``.

    ``done``: the visit counts as done in this period. A visit on a day without a meeting of the chi
    bộ is not done; ``no_meeting`` marks those that would otherwise count. ``no_meeting_that_day``
    and ``not_compared``: see :func:`at_meetings`. ``same_day_elsewhere``: the same post is recorded
    at another chi bộ on that day, which is possible and changes nothing.

    ``ahead``: the visit has not taken place, and the month it is planned for, or moved to within
    the period, is not over by ``as_of``. A day after ``as_of`` is not known yet.

    A visit belongs to the period it was planned for, and is done there when it took place by the
    period's end. Under the reading ``new``, one that took place later, or was moved to a later
    period, is planned once more in that period, and done there if it took place. Under ``old`` it
    counts as done where it was planned, once it has taken place. (S: a provincial board counted 18
    of 22 in the first half of 2018 and moved the missed ones to the next meeting; it does not state
    in which half they then count.)
    """
    months = list(period.months)
    done_on = visits["done_on"].where(visits["done_on"] <= pd.Timestamp(as_of))
    took_place, month = done_on.notna(), done_on.dt.strftime("%Y-%m")
    planned = visits["planned_for"].isin(months)
    # the month it took place in, or was moved to
    target = month.where(took_place, visits["moved_to"])
    came = (visits["planned_for"] < months[0]) & target.isin(months)
    if moved == "old":
        came = pd.Series(data=False, index=visits.index)
    done = took_place if moved == "old" else took_place & (month <= months[-1])
    moved_on = (visits["moved_to"] > months[-1]) | (took_place & (month > months[-1]))
    to_come = [m for m in months if as_of.date() < month_end(m)]
    still = visits["planned_for"].where(
        visits["status"] == "planned", visits["moved_to"].where(visits["status"] == "moved")
    )
    seen = at_meetings(visits["chi_bo_id"], done_on, meetings)
    places = (
        visits.assign(done_on=done_on)
        .groupby(["office_id", "post", "done_on"], dropna=False)["chi_bo_id"]
        .transform("nunique")
    )
    marks = {
        **seen,
        "no_meeting": done & seen["no_meeting_that_day"],
        "same_day_elsewhere": took_place & (places > 1),
        "done": done & ~seen["no_meeting_that_day"],
        "ahead": ~took_place & still.isin(to_come),
    }
    return visits.assign(done_on=done_on, came=came, moved_on=moved_on, **marks)[planned | came]


def by_role(visits: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return one row per role: how many chi bộ or visits (``unit``) were planned and done.

    Columns: ``role``, ``posts`` (number of post holders), ``planned``, ``done``, ``no_meeting``,
    ``ahead``, ``left``; the last four add up to ``planned``. ``visits`` is the result of
    :func:`of_period`; ``unit`` is an option of the question ``visit_unit``. With ``cells``, a chi
    bộ is done when any planned visit to it was; otherwise ``no_meeting`` when any failed only by
    its day; otherwise ``ahead`` when any is still to come.
    """
    rows = []
    for role, theirs in visits.groupby("role", sort=True):
        names = ["done", "no_meeting", "ahead"]
        marks = theirs.groupby("chi_bo_id")[names].any() if unit == "cells" else theirs[names]
        off = marks["no_meeting"] & ~marks["done"]
        ahead = marks["ahead"] & ~marks["done"] & ~off
        rows.append(
            {
                "role": role,
                "posts": len(theirs[["office_id", "post"]].drop_duplicates()),
                "planned": len(marks),
                "done": int(marks["done"].sum()),
                "no_meeting": int(off.sum()),
                "ahead": int(ahead.sum()),
                "left": int((~marks["done"] & ~off & ~ahead).sum()),
            }
        )
    return pd.DataFrame(
        rows, columns=["role", "posts", "planned", "done", "no_meeting", "ahead", "left"]
    )


def reasons(visits: pd.DataFrame) -> pd.DataFrame:
    """Return one row per role and reason of the visits not done.

    Columns: ``role``, ``reason``, ``count``, ``moved`` (to a later period).
    """
    missed = visits[~visits["done"] & ~visits["no_meeting"] & (visits["status"] != "planned")]
    named = missed.assign(reason=missed["reason"].fillna(WITHOUT_REASON), moved=missed["moved_on"])
    grouped = named.groupby(["role", "reason"], sort=True)
    return grouped.agg(count=("visit_id", "size"), moved=("moved", "sum")).reset_index()


def by_post(
    visits: pd.DataFrame, assignment: pd.DataFrame, names: Mapping[str, str]
) -> pd.DataFrame:
    """Return one row per post: the chi bộ assigned to it and its visits.

    Columns: ``role``, ``office_id``, ``post``, ``assigned`` (names of chi bộ; only their number
    where there are many), ``planned``, ``done``, ``no_meeting``.
    """
    key = ["role", "office_id", "post"]

    def said(ids: pd.Series) -> str:
        found = [names.get(i, i) for i in sorted(set(ids))]
        return ", ".join(found) if len(found) <= _NAMED else f"{len(found)} chi bộ"

    visits, assignment = (
        table.assign(office_id=table["office_id"].fillna("")) for table in (visits, assignment)
    )
    plan = visits.groupby(key).agg(
        planned=("visit_id", "size"), done=("done", "sum"), no_meeting=("no_meeting", "sum")
    )
    follows = assignment.groupby(key)["chi_bo_id"].agg(said)
    table = plan.join(follows.rename("assigned"), how="outer")
    counts = ["planned", "done", "no_meeting"]
    table[counts] = table[counts].fillna(0).astype(int)
    return table.reset_index()
