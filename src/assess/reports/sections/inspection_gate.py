"""The inspection of every chi bộ's meetings before the annual class, where the đảng bộ has adopted it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.reports.blocks import Bullets, Column, Group, Heading, Note, Paragraph, Table

if TYPE_CHECKING:
    from assess.reports.report import Report

_SOURCE = "Văn bản của Ban Thường vụ Tỉnh ủy Tây Ninh về thực hiện Kết luận 18-KL/TW (31/10/2017)"
LONGEST = 60
"""Chi bộ that are listed one by one; of more, only those not inspected yet."""


def draft_mark(report: Report) -> str:
    """Return what page one says while chi bộ remain to be inspected; nothing otherwise."""
    if not report.gate.draft:
        return ""
    return f"Dự thảo: còn {len(report.gate.missing)} chi bộ chưa được kiểm tra sinh hoạt trước khi xếp loại năm."


def inspection_gate(report: Report) -> Group:
    """Return which chi bộ were inspected or visited this year and which were not; nothing where it is not asked for."""
    gate = report.gate
    if not gate.asked:
        return Group(())
    chosen = report.chosen("coverage_counts").option
    done = len(gate.asked) - len(gate.missing)
    text = (
        f"{report.slice.name} áp dụng yêu cầu kiểm tra sinh hoạt của tất cả chi bộ trước khi xếp loại năm ({_SOURCE}). "
        f"Đến thời điểm lấy số liệu đã có {done} trên {len(gate.asked)} chi bộ; cách hiểu việc được tính: {chosen.title}."
    )
    blocks = [Heading("Kiểm tra sinh hoạt trước khi xếp loại năm"), Paragraph(text)]
    if gate.missing and gate.override:
        why = f"Còn {len(gate.missing)} chi bộ chưa kiểm tra; cấp có thẩm quyền đã quyết định vẫn xếp loại. Lý do: {gate.override}"
        blocks.append(Note(why, "Quyết định xếp loại khi chưa kiểm tra đủ"))
    elif gate.missing:
        blocks.append(Note("Báo cáo là dự thảo cho đến khi các chi bộ sau được kiểm tra, hoặc có quyết định kèm lý do.", "Dự thảo"))
        if len(gate.missing) <= LONGEST:
            blocks.append(Bullets(tuple(f"{report.names.get(c, report.unit_name(c))}." for c in gate.missing), "Chưa được kiểm tra"))
    return Group((*blocks, _table(report)))


def _table(report: Report) -> Table:
    frame = report.inspected
    frame = frame[frame["chi_bo_id"].isin(report.gate.asked)]
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
        (report.unit_name(r.chi_bo_id), r.kiem_tra, r.giam_sat, r.du_sinh_hoat, r.ho_so, r.last.date() if r.last == r.last else None)
        for r in frame.itertuples(index=False)
    )
    title = f"Số lần kiểm tra, giám sát, dự sinh hoạt từng chi bộ, {report.slice.period.label}"
    return Table("kiem-tra", title, columns, rows)
