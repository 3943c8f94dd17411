"""Sources that contradict each other: a summary for page one and a full list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.records.words import RATERS
from assess.reports.blocks import Column, Group, Heading, Note, Table
from assess.reports.results.sent_up import measure_in_words
from assess.studies.conflicts import CLASS, FILED, TOTAL

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd

    from assess.reports.report import Report

_KINDS = {
    TOTAL: "tổng điểm ở bảng tổng hợp khác với phiếu chấm điểm",
    CLASS: "xếp loại ghi tay khác với xếp loại theo điểm, tiêu chí đã ghi",
}


def _title(report: Report, row: Any, side: str) -> str:
    """Return a class title, or the text as written if it names no class of the rule set."""
    class_id = getattr(row, f"{side}_class")
    rules = report.slice.rule_sets[row.rule_set_id]
    return rules.class_title(class_id) if class_id in [c.id for c in rules.classes] else class_id


def source_conflicts(report: Report) -> Group:
    """Return conflicts between sources: of sheets (totals, classes) and of figures sent earlier."""
    table = report.conflicts
    blocks = [
        *(_of_sheets(report, part) for part in [table[table["kind"] != FILED]] if len(part)),
        *(_of_filings(report, part) for part in [table[table["kind"] == FILED]] if len(part)),
    ]
    note = Note(
        "Đây là chỗ cần hỏi lại đơn vị, không phải kết luận; số liệu của cả hai nguồn vẫn được giữ."
    )
    return Group((Heading("Nguồn số liệu trái nhau"), note, *blocks) if blocks else ())


def _of_sheets(report: Report, table: pd.DataFrame) -> Table:
    columns = (
        Column("chi_bo", "Chi bộ", width=2.2),
        Column("month", "Tháng", "month", 0.8),
        Column("rater", "Phiếu", width=0.9),
        Column("kind", "Nguồn trái nhau", width=2.2),
        Column("first", "Điểm ở bảng tổng hợp", "points"),
        Column("first_class", "Xếp loại đã ghi"),
        Column("second", "Điểm được dùng", "points"),
        Column("second_class", "Xếp loại được dùng"),
    )
    rows = tuple(
        (
            report.names[r.unit_id],
            r.month,
            RATERS[r.what],
            _KINDS[r.kind],
            r.first,
            _title(report, r, "first") or None,
            r.second,
            _title(report, r, "second"),
        )
        for r in table.itertuples(index=False)
    )
    keys = tuple(f"{r.meeting_id}.{r.what}" for r in table.itertuples(index=False))
    return Table("trai-nhau", "Phiếu có nguồn số liệu trái nhau", columns, rows, stub=3, keys=keys)


def _of_filings(report: Report, table: pd.DataFrame) -> Table:
    columns = (
        Column("unit", "Đơn vị", width=2.8),
        Column("month", "Tháng", "month"),
        Column("measure", "Số liệu", width=2.2),
        Column("sent", "Đã gửi", "integer", 0.8),
        Column("records", "Theo số liệu gốc", "integer", 0.9),
    )
    rows = tuple(
        (
            report.unit_name(r.unit_id),
            r.month,
            measure_in_words(report, r.what),
            int(r.first),
            int(r.second),
        )
        for r in table.itertuples(index=False)
    )
    keys = tuple(f"{r.unit_id}.{r.month}.{r.what}" for r in table.itertuples(index=False))
    return Table(
        "trai-nhau-da-gui",
        "Số liệu đã gửi khác với số liệu gốc hiện nay",
        columns,
        rows,
        stub=3,
        keys=keys,
    )
