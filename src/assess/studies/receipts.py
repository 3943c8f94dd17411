"""Which chi bộ have sent the score form of a month, and which have not."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.periods import month_start, shift_month
from assess.records.adoption import Adoptions

if TYPE_CHECKING:
    from assess.base.periods import Period
    from assess.records.source import Records

TAKEN, NOT_HELD, UNSCORED, ASIDE, MISSING, NOT_DUE = (
    "taken",
    "not_held",
    "unscored",
    "aside",
    "missing",
    "not_due",
)
STATES = (TAKEN, NOT_HELD, UNSCORED, ASIDE, MISSING, NOT_DUE)
"""What has become of a form.

It was taken; the month's meeting was cancelled, postponed or merged, as the chi bộ said; the
meeting is on record without any points; the file that came is set aside; nothing came; nothing came
and the last day for the meeting is not over.
"""
COLUMNS = ("chi_bo_id", "name", "month", "state", "received", "late", "file", "why")


def receipts(
    records: Records,
    files: pd.DataFrame | None,
    dang_bo: str,
    period: Period,
    today: dt.date,
    due_day: int | None = None,
) -> pd.DataFrame:
    """Return a row for each chi bộ below a đảng bộ and month of a period that has begun.

    Columns: ``chi_bo_id``, ``name``, ``month``, ``state`` (one of :data:`STATES`), ``received``
    (the moment of the first record), ``late`` (whether the form came, or is still to come, after
    ``due_day`` of the next month; None without such a day), ``file`` and ``why`` of a file that is
    set aside. ``files`` are those of a store, as :meth:`Store.files` gives them.
    """
    tree, adoptions = records.tree, Adoptions(records.tree, records["adoption"])
    known, aside = _on_record(records), _set_aside(files)
    rows: list[tuple[Any, ...]] = []
    for month in period.months:
        start = month_start(month)
        if start > today:
            continue
        day = min(_end(start), today)
        for chi_bo in tree.chi_bo_under(dang_bo, day):
            state, received = known.get((chi_bo, month), (MISSING, None))
            last = aside.get((chi_bo, month))
            if last is not None and (received is None or last[0] > received):
                state = ASIDE if state == MISSING else state
            if state == MISSING and adoptions.last_day(chi_bo, month) >= today:
                state = NOT_DUE
            _, file, why = last if last is not None and state == ASIDE else (None, "", "")
            late = _late(month, due_day, received, today)
            name = tree.name_on(chi_bo, day)
            rows.append((chi_bo, name, month, state, received, late, file, why))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _end(start: dt.date) -> dt.date:
    return month_start(shift_month(f"{start:%Y-%m}", 1)) - dt.timedelta(days=1)


def _late(
    month: str, due_day: int | None, received: dt.datetime | None, today: dt.date
) -> bool | None:
    if due_day is None:
        return None
    start = month_start(shift_month(month, 1))
    due = min(start + dt.timedelta(days=due_day - 1), _end(start))
    return (received.date() if received is not None else today) > due


def _on_record(records: Records) -> dict[tuple[str, str], tuple[str, dt.datetime | None]]:
    """Return what is on record of the regular meeting of each chi bộ and month."""
    scored = set(records["sheet"]["meeting_id"])
    meetings = records["meeting"]
    found: dict[tuple[str, str], tuple[str, dt.datetime | None]] = {}
    columns = ("chi_bo_id", "for_month", "kind", "status", "meeting_id", "recorded_at")
    for chi_bo, month, kind, status, meeting, at in zip(
        *(meetings[name] for name in columns), strict=True
    ):
        if kind == "chuyen_de":
            continue
        state = TAKEN if meeting in scored else UNSCORED if status == "held" else NOT_HELD
        received = None if pd.isna(at) else at.to_pydatetime()
        before = found.get((chi_bo, month))
        if before is None or STATES.index(state) < STATES.index(before[0]):
            found[chi_bo, month] = state, received
    return found


def _set_aside(
    files: pd.DataFrame | None,
) -> dict[tuple[str, str], tuple[dt.datetime, str, str]]:
    """Return the last file that was set aside for each unit and month: when, its name and why."""
    found: dict[tuple[str, str], tuple[dt.datetime, str, str]] = {}
    if files is None:
        return found
    for file in files[files["outcome"] == "set_aside"].itertuples(index=False):
        findings = json.loads(file.findings)
        errors = [f for f in findings if f["severity"] == "error"]
        why = _in_words(errors) if errors else ""
        for about in (f["facts"] for f in findings if f["code"] == "form-of"):
            key = (about["unit"], about["month"])
            found[key] = file.recorded_at.to_pydatetime(), file.name, why
    return found


def _in_words(errors: list[dict[str, Any]]) -> str:
    first = errors[0]
    place = f"ô {first['cell']}: " if first["cell"] else ""
    more = f" (và {len(errors) - 1} lỗi khác)" if len(errors) > 1 else ""
    return f"{place}{first['message']}{more}"
