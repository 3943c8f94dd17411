"""Annexes: the scores of each meeting, and each line whose entry contradicts the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.records.words import MEETING_KINDS, RATERS
from assess.reports.blocks import Annex, Column, Group, Table
from assess.reports.named_figures import named
from assess.reports.sections.phrases import attendance_cuts
from assess.scoring.class_cuts import class_cuts
from assess.scoring.explain_meeting import entry_in_words
from assess.scoring.period.summary import NOT_HELD, REGULAR

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report

LONGEST = 2000
"""Longest annex in rows; longer ones are summarised: nobody reads them and PDF layout is slow."""

_STATUS = dict(zip(NOT_HELD, ("không họp (hủy)", "hoãn", "gộp"), strict=True))


_PRINTED = (
    "meeting_id",
    "chi_bo_id",
    "month",
    "held_on",
    "status",
    "kind",
    "attendance_rate",
    "attendance_over_all",
    "rule_set_id",
    "self_total",
    "superior_total",
    "total",
    "class_id",
    "gate",
    "assessed",
    "waiting",
)
"""The columns of meetings that the annex shows or looks at; there are some sixty."""


def annex_meetings(report: Report) -> Group:
    """Return every meeting of the period with its date, attendance, scores and class."""
    meetings = report.scores.meetings[list(_PRINTED)].sort_values(
        ["chi_bo_id", "month", "meeting_id"], kind="stable"
    )
    cuts = class_cuts(report.scores)
    columns = (
        Column("id", "Mã buổi họp", "code"),
        Column("month", "Tính cho tháng", "month", 1.1),
        Column("held_on", "Ngày họp", "date", 1.3),
        Column("kind", "Loại", width=1.2),
        Column("attendance", "Dự họp", "percent", cuts=attendance_cuts(report)),
        Column("self", "Tự chấm", "points", cuts=cuts),
        Column("superior", "Cấp trên", "points", cuts=cuts),
        Column("total", "Điểm", "points", cuts=cuts),
        Column("class", "Xếp loại", width=1.1),
    )
    rows = []
    for m in meetings.itertuples():
        held = m.status == "held"
        kind = MEETING_KINDS[m.kind] if held else _STATUS[m.status]
        day = m.held_on.date() if held and m.held_on == m.held_on else None
        verdict = (
            report.class_title(m.rule_set_id, m.class_id)
            if m.assessed
            else ("chờ bổ sung" if m.waiting else None)
        )
        if m.assessed and m.gate:
            verdict = f"{verdict} *"
        rate = m.attendance_rate if held else None
        if m.attendance_over_all and rate == rate and rate is not None:
            kind = f"{kind} **"
        rows.append(
            (
                m.meeting_id,
                m.month,
                day,
                kind,
                rate,
                m.self_total,
                m.superior_total,
                m.total if m.assessed else None,
                verdict,
            )
        )
    title = f"Điểm và xếp loại từng buổi sinh hoạt, {report.slice.period.label}"
    if len(rows) > LONGEST:
        return Group((Annex("Điểm từng buổi sinh hoạt"), _months_by_chi_bo(report)))
    notes = []
    if (meetings["kind"].eq("chuyen_de") & meetings["rule_set_id"].isna()).any():
        notes.append(
            "Buổi chuyên đề họp riêng khi chưa có biểu riêng cho chuyên đề thì không có phiếu riêng."
        )
    if (meetings["gate"] != "").any():
        conditions = [g.title for r in report.forms for g in r.gates]
        why = f": {'; '.join(conditions)}" if conditions else " về đảng viên vắng không lý do"
        notes.append(f"* Đủ điểm nhưng bị hạ mức vì không đạt điều kiện{why}.")
    if (
        meetings["attendance_over_all"]
        & (meetings["status"] == "held")
        & meetings["attendance_rate"].notna()
    ).any():
        notes.append(
            "** Tỷ lệ dự họp tính trên toàn bộ đảng viên, vì số liệu không ghi số được miễn."
        )
    if any(not r.has_points for r in report.forms):
        notes.append("Biểu chỉ có tiêu chí đạt hoặc không đạt thì không có điểm.")
    note = " ".join(notes)
    table = Table(
        id="tung-buoi",
        title=title,
        columns=columns,
        rows=tuple(rows),
        note=note,
        bands=_bands(report, meetings),
        keys=tuple(meetings["meeting_id"]),
    )
    return Group((Annex("Điểm từng buổi sinh hoạt"), table))


def annex_contradictions(report: Report) -> Group:
    """Return every line whose entered points differ from those the facts imply, with both."""
    frame = report.contradictions
    if frame.empty:
        return Group(())
    columns = (
        Column("id", "Mã buổi họp", "code"),
        Column("rater", "Bên chấm", width=1.0),
        Column("title", "Dòng", width=3.2),
        Column("entered", "Ghi trên phiếu", "points"),
        Column("recomputed", "Theo số liệu", "points"),
    )
    if len(frame) > LONGEST:
        return Group(
            (Annex("Các dòng có điểm ghi khác với số liệu"), _contradictions_by_chi_bo(report))
        )
    marks = {(r.id, c.id) for r in report.forms for c in r.criteria if c.kind == "mark"}
    rows = []
    shown = ["meeting_id", "rater", "rule_set_id", "criterion_id", "title", "entered", "recomputed"]
    for r in frame[shown].itertuples(index=False):
        values = (r.entered, r.recomputed)
        mark = (r.rule_set_id, r.criterion_id) in marks
        rows.append(
            (
                r.meeting_id,
                RATERS[r.rater],
                r.title,
                *((entry_in_words(v, mark=True) for v in values) if mark else values),
            )
        )
    title = f"Dòng có điểm ghi khác với số liệu buổi họp, {report.slice.period.label}"
    return Group(
        (
            Annex("Các dòng có điểm ghi khác với số liệu"),
            Table(
                id="tung-dong",
                title=title,
                columns=columns,
                rows=tuple(rows),
                bands=_bands(report, frame),
            ),
        )
    )


def _months_by_chi_bo(report: Report) -> Table:
    """Return a short form of a long list: points of regular meetings by chi bộ and month."""
    meetings = report.scores.meetings
    assessed = meetings[meetings["assessed"] & meetings["kind"].isin(REGULAR)]
    points = assessed.pivot_table(
        index="chi_bo_id", columns="month", values="total", aggfunc="mean"
    )
    points = points.reindex(index=list(report.slice.chi_bo), columns=list(report.slice.months))
    months = [
        Column(month, _short(report, month), "points", cuts=class_cuts(report.scores))
        for month in points.columns
    ]
    rows = tuple(
        (i, report.names[c], *row)
        for i, (c, row) in enumerate(
            zip(points.index, points.to_numpy().tolist(), strict=True), start=1
        )
    )
    title = f"Điểm buổi sinh hoạt thường kỳ từng tháng, {report.slice.period.label}"
    note = f"Bảng rút gọn vì kỳ này có {named('annex.meetings', len(meetings))} buổi. Dấu – là không họp hoặc chưa xếp loại. Chi tiết từng buổi có trong báo cáo của từng đảng bộ."
    columns = (Column("number", "TT", "integer", 0.8), Column("name", "Chi bộ", width=3.6), *months)
    return Table(id="tung-buoi", title=title, columns=columns, rows=rows, stub=2, note=note)


def _short(report: Report, month: str) -> str:
    """Return a month as a narrow column head; the current month includes the day of the data."""
    at = report.slice.as_of
    return f"{int(month[5:])}{f' (đến {at.day}/{at.month})' if month == report.slice.under_way else ''}"


def _contradictions_by_chi_bo(report: Report) -> Table:
    frame = report.contradictions
    counted = frame.assign(higher=frame["difference"] > 0, lower=frame["difference"] < 0).groupby(
        "chi_bo_id"
    )
    table = counted.agg(
        lines=("meeting_id", "size"), higher=("higher", "sum"), lower=("lower", "sum")
    )
    columns = (
        Column("name", "Chi bộ", width=3.6),
        Column("lines", "Số dòng", "integer"),
        Column("higher", "Ghi cao hơn số liệu", "integer"),
        Column("lower", "Ghi thấp hơn số liệu", "integer"),
    )
    rows = tuple(
        (report.names[str(r.Index)], r.lines, r.higher, r.lower) for r in table.itertuples()
    )
    title = f"Số dòng có điểm ghi khác với số liệu, theo chi bộ, {report.slice.period.label}"
    note = f"Bảng rút gọn vì có {named('annex.contradictions', len(frame))} dòng. Chi tiết từng dòng có trong báo cáo của từng đảng bộ."
    return Table(id="tung-dong", title=title, columns=columns, rows=rows, note=note)


def _bands(report: Report, rows: pd.DataFrame) -> tuple[tuple[int, str], ...]:
    """Return a heading before the first row of each chi bộ."""
    chi_bo = rows["chi_bo_id"].tolist()
    return tuple((i, report.names[c]) for i, c in enumerate(chi_bo) if i == 0 or chi_bo[i - 1] != c)
