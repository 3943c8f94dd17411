"""Visits of leaders to chi bộ meetings: planned, done, missed by reason, moved; and assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.text import committee_of, listing
from assess.records import words
from assess.reports.blocks import Annex, Block, Column, Group, Heading, Paragraph, Table
from assess.reports.named_figures import named
from assess.reports.sections.year_class import readings_used
from assess.studies import visits

if TYPE_CHECKING:
    from assess.reports.report import Report

_UNITS = {"cells": "chi bộ", "visits": "buổi"}
_NONE = "ngày không có buổi sinh hoạt trong số liệu"


def attendance(report: Report) -> Group:
    """Return for leaders and heads of sections the chi bộ or visits planned and done."""
    found, unit = report.visits, report.option("visit_unit")
    heading = Heading("Kết quả dự sinh hoạt chi bộ")
    if found.empty:
        return Group(
            (
                heading,
                Paragraph(
                    f"Không có kế hoạch dự sinh hoạt nào được ghi nhận cho {report.slice.period.label}."
                ),
            )
        )
    table = visits.by_role(found, unit)
    off, ahead = bool(table["no_meeting"].any()), bool(table["ahead"].any())
    parts = [
        f"{named(f'visits.{r.role}.posts', r.posts)} đồng chí {words.ROLES[r.role]} dự {named(f'visits.{r.role}.done', r.done)} trên "
        f"{named(f'visits.{r.role}.planned', r.planned)} {_UNITS[unit]} theo kế hoạch"
        + (
            f" ({named(f'visits.{r.role}.rate', r.done / r.planned, numbers.percent)})"
            if r.planned
            else ""
        )
        + (
            f"; {named(f'visits.{r.role}.no_meeting', r.no_meeting)} {_UNITS[unit]} khác ghi đã dự vào {_NONE}, không tính"
            if r.no_meeting
            else ""
        )
        + (
            f", còn {named(f'visits.{r.role}.ahead', r.ahead)} {_UNITS[unit]} chưa đến hạn"
            if r.ahead
            else ""
        )
        for r in table.itertuples(index=False)
    ]
    columns = (
        Column("role", "Người dự", width=2.4),
        Column("posts", "Số người", "integer"),
        Column("planned", f"Số {_UNITS[unit]} theo kế hoạch", "integer", 1.3),
        Column("done", "Đã dự", "integer"),
        Column("share", "Tỷ lệ đã dự trên kế hoạch", "percent", 1.2),
        *([Column("no_meeting", f"Ghi đã dự vào {_NONE}", "integer", 1.4)] if off else []),
        Column("left", "Chưa dự", "integer"),
        *([Column("ahead", "Chưa đến hạn", "integer")] if ahead else []),
    )
    rows = tuple(
        (
            words.ROLES[r.role].capitalize(),
            r.posts,
            r.planned,
            r.done,
            r.done / r.planned if r.planned else None,
            *([r.no_meeting] if off else []),
            r.left,
            *([r.ahead] if ahead else []),
        )
        for r in table.itertuples(index=False)
    )
    result = Table(
        "du-sinh-hoat",
        f"Dự sinh hoạt chi bộ theo kế hoạch, {report.slice.period.label}",
        columns,
        rows,
    )
    questions = readings_used(report, ("visit_unit", "moved_visit"))
    return Group(
        (
            heading,
            Paragraph(f"Trong {report.slice.period.label}, {'; '.join(parts)}."),
            result,
            *_to_look_at(report),
            *_missed(report),
            questions,
        )
    )


def _to_look_at(report: Report) -> list[Block]:
    """Return visits to check: no meeting that day, several chi bộ that day, or not comparable."""
    found = report.visits
    off, twice = found[found["no_meeting_that_day"]], found[found["same_day_elsewhere"]]
    made, unknown = (
        named("visits.made", int(found["done_on"].notna().sum())),
        int(found["not_compared"].sum()),
    )
    said = []
    if len(off):
        said.append(
            f"{named('visits.no_meeting_that_day', len(off))} trên {made} buổi có ghi ngày dự rơi vào {_NONE}, không tính là đã dự"
        )
    if len(twice):
        days = len(twice[["office_id", "post", "done_on"]].drop_duplicates())
        said.append(
            f"{named('visits.same_day_elsewhere', len(twice))} trên {made} buổi có cùng chức danh ghi dự trong cùng một ngày ở từ hai chi bộ "
            f"trở lên ({named('visits.same_day_times', days)} lần), vẫn tính là đã dự"
        )
    if unknown:
        said.append(
            f"{named('visits.not_compared', unknown)} trên {made} buổi chưa đối chiếu được vì số liệu không có buổi sinh hoạt nào của chi bộ trong tháng đó, vẫn tính là đã dự"
        )
    if not said:
        return []
    blocks: list[Block] = [Paragraph(f"Cần xem lại ngày dự: {'; '.join(said)}.")]
    listed = found[found["no_meeting_that_day"] | found["same_day_elsewhere"]].sort_values(
        ["done_on", "office_id", "post", "chi_bo_id", "visit_id"], kind="stable"
    )
    if len(listed):
        columns = (
            Column("post", "Chức danh", width=2.2),
            Column("done", "Ngày ghi dự", "date", 1.1),
            Column("chi_bo", "Chi bộ", width=2.4),
            Column("what", "Nội dung cần xem lại", width=3.4),
        )
        rows = tuple(
            (
                _post(report, v.post, v.office_id),
                v.done_on.date(),
                report.unit_name(v.chi_bo_id),
                _why_look(report, v),
            )
            for v in listed.itertuples(index=False)
        )
        blocks.append(
            Table("xem-lai-ngay-du", "Các buổi cần xem lại ngày dự", columns, rows, stub=1)
        )
    return blocks


def _why_look(report: Report, visit: Any) -> str:
    said = []
    if visit.no_meeting_that_day:
        held = report.slice.tables["meeting"]
        month = visit.done_on.strftime("%Y-%m")
        held = held[(held["chi_bo_id"] == visit.chi_bo_id) & (held["status"] == "held")]
        held = held[(held["for_month"] == month) | (held["held_on"].dt.strftime("%Y-%m") == month)]
        days = listing(numbers.day(day.date()) for day in sorted(set(held["held_on"].dropna())))
        said.append(
            f"{_NONE}; buổi của tháng: {days}"
            if days
            else f"{_NONE}; tháng này không có buổi nào đã họp"
        )
    if visit.same_day_elsewhere:
        found = report.visits
        same = found[
            (found["post"] == visit.post)
            & (
                found["office_id"].fillna("")
                == (visit.office_id if isinstance(visit.office_id, str) else "")
            )
        ]
        others = sorted(
            set(same.loc[same["done_on"] == visit.done_on, "chi_bo_id"]) - {visit.chi_bo_id}
        )
        said.append(
            f"cùng ngày ghi dự ở {listing(report.unit_name(c) for c in others)}"
            if others
            else "cùng ngày ghi dự ở chi bộ khác"
        )
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _missed(report: Report) -> list[Block]:
    table = visits.reasons(report.visits)
    came = int(report.visits["came"].sum())
    blocks: list[Block] = []
    if not table.empty:
        columns = (
            Column("role", "Người dự", width=1.8),
            Column("reason", "Lý do", width=3),
            Column("count", "Số buổi chưa dự", "integer"),
            Column("moved", "Trong đó chuyển sang kỳ sau", "integer", 1.2),
        )
        rows = tuple(
            (words.ROLES[r.role].capitalize(), r.reason, r.count, r.moved)
            for r in table.itertuples(index=False)
        )
        total = ("Cộng", None, int(table["count"].sum()), int(table["moved"].sum()))
        note = (
            "Bảng này đếm buổi; bảng trên đếm chi bộ."
            if report.option("visit_unit") == "cells"
            else ""
        )
        blocks.append(
            Table(
                "chua-du",
                "Các buổi chưa dự theo kế hoạch, theo lý do",
                columns,
                (*rows, total),
                total=True,
                stub=2,
                note=note,
            )
        )
    if came:
        blocks.append(
            Paragraph(
                f"Trong số buổi của kỳ này có {named('visits.came', came)} buổi chuyển từ kỳ trước sang."
            )
        )
    return blocks


def attendance_by_post(report: Report) -> Group:
    """Return one row per post: the chi bộ assigned to it, visits planned and done."""
    table = visits.by_post(report.visits, report.slice.tables["assignment"], report.names)
    if table.empty:
        return Group(())
    off = bool(table["no_meeting"].any())
    columns = (
        Column("number", "TT", "integer", 0.5),
        Column("post", "Chức danh", width=2.6),
        Column("role", "Nhóm", width=1.4),
        Column("assigned", "Chi bộ được phân công theo dõi", width=3.4),
        Column("planned", "Kế hoạch (buổi)", "integer"),
        Column("done", "Đã dự (buổi)", "integer"),
        *([Column("no_meeting", f"Ghi đã dự vào {_NONE} (buổi)", "integer", 1.4)] if off else []),
    )
    rows = tuple(
        (
            i,
            _post(report, r.post, r.office_id),
            words.ROLES[r.role],
            r.assigned if isinstance(r.assigned, str) else None,
            r.planned,
            r.done,
            *([r.no_meeting] if off else []),
        )
        for i, r in enumerate(table.itertuples(index=False), start=1)
    )
    title = f"Phân công theo dõi và dự sinh hoạt theo chức danh, {report.slice.period.label}"
    return Group(
        (
            Heading("Theo chức danh"),
            Table(
                "theo-chuc-danh",
                title,
                columns,
                rows,
                stub=2,
                note="Ghi theo chức danh, không ghi tên người.",
            ),
        )
    )


def _result(visit: Any) -> str:
    """Return the result of a visit, including whether it was moved before it was done."""
    took_place = visit.done_on == visit.done_on
    if visit.no_meeting_that_day:
        return f"ghi đã dự, {_NONE}"
    if visit.status == "moved":
        return "đã dự, chuyển tháng" if took_place else "chuyển tháng"
    return words.VISIT_STATUSES[visit.status]


def _post(report: Report, post: str, office_id: str) -> str:
    """Return a post, with its unit if that is not the report's own."""
    if not isinstance(office_id, str) or office_id in ("", report.slice.dang_bo):
        return post
    return f"{post}, {committee_of(report.unit_name(office_id))}"


def annex_visits(report: Report) -> Group:
    """Return every visit of the period: to whom, the planned date and the result."""
    found = report.visits.sort_values(
        ["role", "planned_for", "chi_bo_id", "visit_id"], kind="stable"
    )
    if found.empty:
        return Group(())
    columns = (
        Column("post", "Chức danh", width=2.2),
        Column("chi_bo", "Chi bộ", width=2.4),
        Column("planned", "Kế hoạch", "month", 0.9),
        Column("status", "Kết quả", width=1.2),
        Column("done", "Ngày dự", "date", 1.1),
        Column("moved", "Chuyển sang", "month", 1.0),
        Column("reason", "Lý do", width=2.2),
    )
    rows = tuple(
        (
            _post(report, v.post, v.office_id),
            report.unit_name(v.chi_bo_id),
            v.planned_for,
            _result(v),
            None if v.done_on != v.done_on else v.done_on.date(),
            v.moved_to if isinstance(v.moved_to, str) else None,
            v.reason if isinstance(v.reason, str) else None,
        )
        for v in found.itertuples(index=False)
    )
    return Group(
        (
            Annex("Các buổi dự sinh hoạt"),
            Table(
                "tung-buoi-du", f"Các buổi dự sinh hoạt, {report.slice.period.label}", columns, rows
            ),
        )
    )
