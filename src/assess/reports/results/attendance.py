"""Visits of leaders to meetings of chi bộ: planned, done, missed and moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.text import committee_of, listing
from assess.records import words
from assess.reports.frame_table import with_kinds
from assess.reports.named_figures import NamedCount, NamedRate
from assess.studies import visits

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import Chosen


@dataclass(frozen=True)
class RoleVisits:
    """The visits of one group of leaders (``title``): ``posts`` of them.

    They ``planned`` and have ``done`` visits (``rate`` of the planned, None without); ``ahead`` are
    not due yet; ``no_meeting`` more are on record for a day without a meeting and do not count.
    """

    title: str
    posts: NamedCount
    planned: NamedCount
    done: NamedCount
    rate: NamedRate | None
    no_meeting: NamedCount
    ahead: NamedCount


@dataclass(frozen=True)
class VisitResults:
    """The visits of a period. ``unit`` is what is counted by role: chi bộ, or *buổi* (visits).

    ``by_role``: ``role``, ``posts``, ``planned``, ``done``, ``share``, ``no_meeting``, ``left``,
    ``ahead``. Of ``made`` visits with a day, ``off`` are on a day without a meeting on record and
    do not count; ``twice`` are at several chi bộ on one day (``twice_days`` days and posts) and
    ``not_compared`` are of months without a meeting on record, which all count. ``to_look`` lists
    the first two: ``post``, ``done``, ``chi_bo``, ``meetings`` (the days on which it met that
    month; None unless it did not that day), ``others`` (chi bộ visited the same day). ``reasons``
    of visits not done: ``role``, ``reason``, ``count``, ``moved`` (to a later period). ``came``
    visits were moved here from an earlier one. ``by_post``: ``number``, ``post``, ``role``,
    ``assigned`` (chi bộ), ``planned``, ``done``, ``no_meeting``. ``visits``: ``post``, ``chi_bo``,
    ``planned``, ``status``, ``done``, ``moved``, ``reason``. ``questions`` are the readings in use.
    """

    roles: tuple[RoleVisits, ...]
    unit: str
    by_role: pd.DataFrame
    made: NamedCount
    off: NamedCount
    twice: NamedCount
    twice_days: NamedCount
    not_compared: NamedCount
    to_look: pd.DataFrame
    reasons: pd.DataFrame
    came: NamedCount
    by_post: pd.DataFrame
    visits: pd.DataFrame
    questions: tuple[Chosen, ...]


def visit_results(report: Report) -> VisitResults:
    """Return the visits of leaders in a report's period."""
    found, unit = report.visits, report.option("visit_unit")
    by_role = visits.by_role(found, unit)
    off, twice = found[found["no_meeting_that_day"]], found[found["same_day_elsewhere"]]
    days = twice[["office_id", "post", "done_on"]].drop_duplicates()
    return VisitResults(
        roles=tuple(_role(row) for row in by_role.itertuples(index=False)),
        unit={"cells": "chi bộ", "visits": "buổi"}[unit],
        by_role=_by_role(by_role),
        made=NamedCount("visits.made", int(found["done_on"].notna().sum())),
        off=NamedCount("visits.no_meeting_that_day", len(off)),
        twice=NamedCount("visits.same_day_elsewhere", len(twice)),
        twice_days=NamedCount("visits.same_day_times", len(days)),
        not_compared=NamedCount("visits.not_compared", int(found["not_compared"].sum())),
        to_look=_to_look(report, found),
        reasons=_reasons(found),
        came=NamedCount("visits.came", int(found["came"].sum())),
        by_post=_by_post(report, found),
        visits=_visits(report, found),
        questions=tuple(report.chosen(name) for name in ("visit_unit", "moved_visit")),
    )


def _role(row: Any) -> RoleVisits:
    name = f"visits.{row.role}"
    return RoleVisits(
        words.ROLES[row.role],
        NamedCount(f"{name}.posts", int(row.posts)),
        NamedCount(f"{name}.planned", int(row.planned)),
        NamedCount(f"{name}.done", int(row.done)),
        NamedRate(f"{name}.rate", row.done / row.planned) if row.planned else None,
        NamedCount(f"{name}.no_meeting", int(row.no_meeting)),
        NamedCount(f"{name}.ahead", int(row.ahead)),
    )


def _by_role(table: pd.DataFrame) -> pd.DataFrame:
    shares = [row.done / row.planned if row.planned else None for row in table.itertuples()]
    titles = [words.ROLES[role].capitalize() for role in table["role"]]
    return with_kinds(table.assign(role=titles, share=shares), {"share": "percent"})


def _post(report: Report, post: str, office_id: Any) -> str:
    """Return a post, with its unit if that is not the report's own."""
    if not isinstance(office_id, str) or office_id in ("", report.slice.dang_bo):
        return post
    return f"{post}, {committee_of(report.unit_name(office_id))}"


def _to_look(report: Report, found: pd.DataFrame) -> pd.DataFrame:
    listed = found[found["no_meeting_that_day"] | found["same_day_elsewhere"]].sort_values(
        ["done_on", "office_id", "post", "chi_bo_id", "visit_id"], kind="stable"
    )
    rows = [
        (
            _post(report, v.post, v.office_id),
            v.done_on,
            report.unit_name(v.chi_bo_id),
            (_days_met(report, v) or "không có buổi nào") if v.no_meeting_that_day else None,
            _elsewhere(report, v) if v.same_day_elsewhere else None,
        )
        for v in listed.itertuples(index=False)
    ]
    columns = ["post", "done", "chi_bo", "meetings", "others"]
    return with_kinds(pd.DataFrame(rows, columns=columns), {"done": "date"})


def _days_met(report: Report, visit: Any) -> str:
    held, month = report.slice.tables["meeting"], visit.done_on.strftime("%Y-%m")
    held = held[(held["chi_bo_id"] == visit.chi_bo_id) & (held["status"] == "held")]
    held = held[(held["for_month"] == month) | (held["held_on"].dt.strftime("%Y-%m") == month)]
    return listing(numbers.day(day.date()) for day in sorted(set(held["held_on"].dropna())))


def _elsewhere(report: Report, visit: Any) -> str:
    found = report.visits
    office = visit.office_id if isinstance(visit.office_id, str) else ""
    same = found[
        (found["post"] == visit.post)
        & (found["office_id"].fillna("") == office)
        & (found["done_on"] == visit.done_on)
    ]
    others = sorted(set(same["chi_bo_id"]) - {visit.chi_bo_id})
    return listing(report.unit_name(chi_bo) for chi_bo in others) or "chi bộ khác"


def _reasons(found: pd.DataFrame) -> pd.DataFrame:
    table = visits.reasons(found)
    return table.assign(role=[words.ROLES[role].capitalize() for role in table["role"]])


def _by_post(report: Report, found: pd.DataFrame) -> pd.DataFrame:
    table = visits.by_post(found, report.slice.tables["assignment"], report.names)
    posts = zip(table["post"], table["office_id"], strict=True)
    return table.assign(
        number=range(1, len(table) + 1),
        post=[_post(report, post, office_id) for post, office_id in posts],
        role=[words.ROLES[role] for role in table["role"]],
        assigned=[value if isinstance(value, str) else None for value in table["assigned"]],
    )


def _visits(report: Report, found: pd.DataFrame) -> pd.DataFrame:
    ordered = found.sort_values(["role", "planned_for", "chi_bo_id", "visit_id"], kind="stable")
    rows = [
        (
            _post(report, v.post, v.office_id),
            report.unit_name(v.chi_bo_id),
            v.planned_for,
            _status(v),
            v.done_on,
            v.moved_to if isinstance(v.moved_to, str) else None,
            v.reason if isinstance(v.reason, str) else None,
        )
        for v in ordered.itertuples(index=False)
    ]
    columns = ["post", "chi_bo", "planned", "status", "done", "moved", "reason"]
    return with_kinds(
        pd.DataFrame(rows, columns=columns), {"planned": "month", "done": "date", "moved": "month"}
    )


def _status(visit: Any) -> str:
    """Return the result of a visit, including whether it was moved before it was done."""
    took_place = visit.done_on == visit.done_on
    if visit.no_meeting_that_day:
        return "ghi đã dự, ngày không có buổi sinh hoạt"
    if visit.status == "moved":
        return "đã dự, chuyển tháng" if took_place else "chuyển tháng"
    return words.VISIT_STATUSES[visit.status]
