"""Leaders at the meetings of chi bộ: planned, done, missed by reason, moved; who follows which chi bộ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.text import committee_of
from assess.records import words
from assess.reports.blocks import Annex, Block, Column, Group, Heading, Paragraph, Table
from assess.reports.named import named
from assess.reports.sections.year_class import readings_used
from assess.studies import visits

if TYPE_CHECKING:
    from assess.reports.report import Report

_UNITS = {"cells": "chi bộ", "visits": "buổi"}


def attendance(report: Report) -> Group:
    """Return, for leaders and for heads of sections, how many chi bộ (or visits) were planned and how many done."""
    found, unit = report.visits, report.option("visit_unit")
    heading = Heading("Kết quả dự sinh hoạt chi bộ")
    if found.empty:
        return Group((heading, Paragraph(f"Không có kế hoạch dự sinh hoạt nào được ghi nhận cho {report.slice.period.label}.")))
    table = visits.by_role(found, unit)
    ahead = bool(table["ahead"].any())
    parts = [
        f"{named(f'visits.{r.role}.posts', r.posts)} đồng chí {words.ROLES[r.role]} dự {named(f'visits.{r.role}.done', r.done)} trên "
        f"{named(f'visits.{r.role}.planned', r.planned)} {_UNITS[unit]} theo kế hoạch"
        + (f" ({named(f'visits.{r.role}.rate', r.done / r.planned, numbers.percent)})" if r.planned else "")
        + (f", còn {named(f'visits.{r.role}.ahead', r.ahead)} {_UNITS[unit]} chưa đến hạn" if r.ahead else "")
        for r in table.itertuples(index=False)
    ]
    columns = (
        Column("role", "Người dự", width=2.4),
        Column("posts", "Số người", "integer"),
        Column("planned", f"Số {_UNITS[unit]} theo kế hoạch", "integer", 1.3),
        Column("done", "Đã dự", "integer"),
        Column("share", "Tỷ lệ", "percent"),
        Column("left", "Chưa dự", "integer"),
        *([Column("ahead", "Chưa đến hạn", "integer")] if ahead else []),
    )
    rows = tuple(
        (
            words.ROLES[r.role].capitalize(), r.posts, r.planned, r.done, r.done / r.planned if r.planned else None,
            r.planned - r.done - r.ahead, *([r.ahead] if ahead else []),
        )
        for r in table.itertuples(index=False)
    )  # fmt: skip
    result = Table("du-sinh-hoat", f"Dự sinh hoạt chi bộ theo kế hoạch, {report.slice.period.label}", columns, rows)
    questions = readings_used(report, ("visit_unit", "moved_visit"))
    return Group((heading, Paragraph(f"Trong {report.slice.period.label}, {'; '.join(parts)}."), result, *_missed(report), questions))


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
        rows = tuple((words.ROLES[r.role].capitalize(), r.reason, r.count, r.moved) for r in table.itertuples(index=False))
        total = ("Cộng", None, int(table["count"].sum()), int(table["moved"].sum()))
        note = "Bảng này đếm buổi; bảng trên đếm chi bộ." if report.option("visit_unit") == "cells" else ""
        blocks.append(
            Table("chua-du", "Các buổi chưa dự theo kế hoạch, theo lý do", columns, (*rows, total), total=True, stub=2, note=note)
        )
    if came:
        blocks.append(Paragraph(f"Trong số buổi của kỳ này có {came} buổi chuyển từ kỳ trước sang."))
    return blocks


def attendance_by_post(report: Report) -> Group:
    """Return one row per post: the chi bộ assigned to it, visits planned and done."""
    table = visits.by_post(report.visits, report.slice.tables["assignment"], report.names)
    if table.empty:
        return Group(())
    columns = (
        Column("number", "TT", "integer", 0.5),
        Column("post", "Chức danh", width=2.6),
        Column("role", "Nhóm", width=1.4),
        Column("assigned", "Chi bộ được phân công theo dõi", width=3.4),
        Column("planned", "Kế hoạch (buổi)", "integer"),
        Column("done", "Đã dự (buổi)", "integer"),
    )
    rows = tuple(
        (i, _post(report, r.post, r.office_id), words.ROLES[r.role], r.assigned if isinstance(r.assigned, str) else None, r.planned, r.done)
        for i, r in enumerate(table.itertuples(index=False), start=1)
    )
    title = f"Phân công theo dõi và dự sinh hoạt theo chức danh, {report.slice.period.label}"
    return Group(
        (Heading("Theo chức danh"), Table("theo-chuc-danh", title, columns, rows, stub=2, note="Ghi theo chức danh, không ghi tên người."))
    )


def _result(visit: Any) -> str:
    """What became of a visit; one that was moved and then made says so."""
    took_place = visit.done_on == visit.done_on
    if visit.status == "moved":
        return "đã dự, chuyển tháng" if took_place else "chuyển tháng"
    return words.VISIT_STATUSES[visit.status]


def _post(report: Report, post: str, office_id: str) -> str:
    """A post with the unit it is of, where that is not the report's own."""
    if not isinstance(office_id, str) or office_id in ("", report.slice.dang_bo):
        return post
    return f"{post}, {committee_of(report.unit_name(office_id))}"


def annex_visits(report: Report) -> Group:
    """Return every visit of the period: to whom, planned for when, what became of it."""
    found = report.visits.sort_values(["role", "planned_for", "chi_bo_id", "visit_id"], kind="stable")
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
            _post(report, v.post, v.office_id), report.unit_name(v.chi_bo_id), v.planned_for, _result(v), None if v.done_on != v.done_on else v.done_on.date(),
            v.moved_to if isinstance(v.moved_to, str) else None, v.reason if isinstance(v.reason, str) else None,
        )
        for v in found.itertuples(index=False)
    )  # fmt: skip
    return Group(
        (Annex("Các buổi dự sinh hoạt"), Table("tung-buoi-du", f"Các buổi dự sinh hoạt, {report.slice.period.label}", columns, rows))
    )
