"""The results: classes over months, and one row for each chi bộ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.reports import figures
from assess.reports.blocks import Block, Column, Figure, Group, Heading, Table

if TYPE_CHECKING:
    from assess.reports.report import Report

NO_ROLL_UP = "chưa có quy tắc tổng hợp"


def classes_over_months(report: Report) -> Group:
    """Return the number of meetings of each class by month, as a chart and as a table."""
    frame = report.classes_by_month
    columns = (
        Column("month", "Tháng", "month"),
        *(Column(c, title, "integer") for c, title in report.classes.items()),
        Column("assessed", "Cộng", "integer"),
    )
    keys = [c.key for c in columns]
    rows = [tuple(row) for row in frame[keys].itertuples(index=False)]
    total = ("Cộng", *(int(frame[key].sum()) for key in keys[1:]))
    title = f"Số buổi sinh hoạt theo xếp loại từng tháng, {report.slice.period.label}"
    table = Table(id="theo-thang", title=title, columns=columns, rows=(*rows, total), total=True)
    blocks: list[Block] = [Heading("Xếp loại theo tháng")]
    if int(frame["assessed"].sum()):
        alt = f"Biểu đồ cột chồng. {title}: " + "; ".join(f"{name} {int(frame[c].sum())} buổi" for c, name in report.classes.items())
        blocks.append(
            Figure(
                id="h-theo-thang",
                title=title,
                alt=f"{alt}. Số liệu ở bảng ngay sau hình.",
                svg=figures.stacked_months(frame, report.classes),
            )
        )
    return Group((*blocks, table))


def chi_bo_table(report: Report) -> Group:
    """Return months due, held and assessed, classes, mean and minimum of each chi bộ, and its class for the period."""
    frame = report.by_chi_bo.assign(name=lambda table: table["chi_bo_id"].map(report.names))
    classes = [Column(c, title, "integer", 0.9) for c, title in report.classes.items()]
    columns = (
        Column("number", "TT", "integer", 0.5),
        Column("name", "Chi bộ", width=3.4),
        Column("due", "Tháng phải họp", "integer"),
        Column("held", "Đã họp", "integer"),
        Column("assessed", "Được xếp loại", "integer"),
        *classes,
        Column("attendance", "Dự họp", "percent", 1.1),
        Column("mean", "Điểm bình quân", "points", 1.1),
        Column("minimum", "Điểm thấp nhất", "points", 1.1),
    )
    keys = [c.key for c in columns[1:]]
    rows = tuple((i, *row) for i, row in enumerate(frame[keys].itertuples(index=False), start=1))
    what = "năm" if len(report.slice.period.months) == 12 else "kỳ"
    forms = "; ".join(r.short for r in report.slice.rule_sets.values())
    note = (
        f"Xếp loại cả {what} của chi bộ: {NO_ROLL_UP}"
        + (f" ({forms} không nêu cách tổng hợp từ các tháng)" if forms else "")
        + ". Điểm bình quân và điểm thấp nhất tính trên các buổi được xếp loại, chỉ để tham khảo."
    )
    table = Table(id="chi-bo", title=f"Kết quả từng chi bộ, {report.slice.period.label}", columns=columns, rows=rows, stub=2, note=note)
    return Group((Heading("Kết quả từng chi bộ"), table))
