"""The inspection prerequisite: every chi bộ inspected before the annual class, where adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Note, Paragraph, Table
from assess.reports.named_figures import named

if TYPE_CHECKING:
    from assess.reports.report import Report

LONGEST = 60
"""Most chi bộ listed one by one; if there are more, only those not inspected yet are listed."""


def draft_mark(report: Report) -> str:
    """Return the draft mark for page one, or an empty string once every chi bộ is inspected."""
    gate = report.inspection_prerequisite
    if not gate.draft:
        return ""
    return f"Dự thảo: còn {named('gate.open', len(gate.missing) - len(gate.waived))} chi bộ chưa được kiểm tra sinh hoạt trước khi xếp loại năm."


def inspection_gate(report: Report) -> Group:
    """Return which chi bộ were inspected or visited this year; empty where it is not adopted."""
    gate = report.inspection_prerequisite
    if not gate.asked:
        return Group(())
    chosen = report.chosen("coverage_counts").option
    done = len(gate.asked) - len(gate.missing)
    who = listing(report.unit_name(unit_id) for unit_id in gate.askers[: report.at_most])
    more = (
        f" và {named('gate.askers_more', len(gate.askers) - report.at_most)} đơn vị khác"
        if len(gate.askers) > report.at_most
        else ""
    )
    text = (
        f"{who}{more} áp dụng yêu cầu kiểm tra sinh hoạt của tất cả chi bộ trực thuộc trước khi xếp loại năm. "
        f"Đến thời điểm lấy số liệu đã kiểm tra {named('gate.done', done)} trên {named('gate.asked', len(gate.asked))} chi bộ; cách tính: {chosen.title}."
    )
    blocks: list[Block] = [Heading("Kiểm tra sinh hoạt trước khi xếp loại năm"), Paragraph(text)]
    if gate.waived:
        why = f"Với {named('gate.waived', len(gate.waived))} chi bộ chưa kiểm tra, cấp có thẩm quyền đã quyết định vẫn xếp loại. Lý do: {'; '.join(gate.reasons)}."
        blocks.append(Note(why, "Quyết định xếp loại khi chưa kiểm tra đủ"))
    if gate.draft:
        blocks.append(
            Note(
                "Báo cáo là dự thảo cho đến khi các chi bộ sau được kiểm tra, hoặc có quyết định kèm lý do.",
                "Dự thảo",
            )
        )
    if gate.missing and len(gate.missing) <= LONGEST:
        names = (
            f"{report.unit_name(c)}{' (vẫn xếp loại theo quyết định)' if c in gate.waived else ''}."
            for c in gate.missing
        )
        blocks.append(Bullets(tuple(names), "Chưa được kiểm tra"))
    return Group((*blocks, _table(report)))


def _table(report: Report) -> Table:
    frame = report.inspected
    frame = frame[frame["chi_bo_id"].isin(report.inspection_prerequisite.asked)]
    if len(frame) > LONGEST:
        frame = frame[~frame["covered"]]
    columns = (
        Column("name", "Chi bộ", width=2.8),
        Column("kiem_tra", "Kiểm tra", "integer"),
        Column("giam_sat", "Giám sát", "integer"),
        Column("du_sinh_hoat", "Dự sinh hoạt", "integer"),
        Column("ho_so", "Kiểm tra hồ sơ", "integer"),
        Column("last", "Lần cuối được tính", "date", 1.2),
    )
    rows = tuple(
        (
            report.unit_name(r.chi_bo_id),
            r.kiem_tra,
            r.giam_sat,
            r.du_sinh_hoat,
            r.ho_so,
            r.last.date() if r.last == r.last else None,
        )
        for r in frame.itertuples(index=False)
    )
    day = min(report.slice.period.end, report.slice.as_of.date())
    nowhere = int(frame["no_meeting"].sum())
    note = (
        f"Không tính {named('gate.no_meeting', nowhere)} lần dự sinh hoạt ghi vào ngày không có buổi sinh hoạt của chi bộ trong số liệu."
        if nowhere
        else ""
    )
    title = (
        f"Số lần kiểm tra, giám sát, dự sinh hoạt từng chi bộ, từ đầu năm đến {numbers.day(day)}"
    )
    return Table("kiem-tra", title, columns, rows, note=note, keys=tuple(frame["chi_bo_id"]))
