"""Sources that contradict each other: a summary for page one and a full list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.periods import Period
from assess.records.words import RATERS
from assess.reports.blocks import Column, Group, Heading, Note, Table
from assess.reports.named_figures import named
from assess.reports.sections.phrases import measure_in_words
from assess.studies.conflicts import CLASS, FILED, TOTAL

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd

    from assess.reports.report import Report

_NAMED = 3
"""Most conflicts described on page one; the table lists all of them."""
_KINDS = {
    TOTAL: "tổng điểm ở bảng tổng hợp khác với phiếu chấm điểm",
    CLASS: "xếp loại ghi tay khác với xếp loại theo điểm, tiêu chí đã ghi",
}
_USED = {TOTAL: "xếp loại theo phiếu", CLASS: "xếp loại theo điểm, tiêu chí"}


def conflicts_in_words(report: Report) -> list[str]:
    """Return one sentence per kind of conflict, with the first few; empty without conflicts."""
    found = []
    for kind, what in _KINDS.items():
        table = report.conflicts[report.conflicts["kind"] == kind]
        if len(table):
            told = "; ".join(
                _told(report, row) for row in table.head(_NAMED).itertuples(index=False)
            )
            found.append(
                f"{named(f'conflicts.{kind}', len(table))} phiếu có {what}; báo cáo {_USED[kind]}: {told}{_left(kind, len(table))}."
            )
    table = report.conflicts[report.conflicts["kind"] == FILED]
    if len(table):
        told = "; ".join(_sent(report, row) for row in table.head(_NAMED).itertuples(index=False))
        units = named("conflicts.filed.units", int(table["unit_id"].nunique()))
        day = numbers.day(report.slice.as_of.date())
        found.append(
            f"{named('conflicts.filed', len(table))} số đã gửi của {units} đơn vị khác với số liệu gốc tính đến ngày {day}: {told}{_left(FILED, len(table))}."
        )
    return found


def _left(kind: str, count: int) -> str:
    return (
        f"; còn {named(f'conflicts.{kind}.left', count - _NAMED)} chỗ khác ở bảng"
        if count > _NAMED
        else ""
    )


def _told(report: Report, row: Any) -> str:
    name = f"conflicts.{row.meeting_id}.{row.what}"
    one, other = _said(report, row, "first", name), _said(report, row, "second", name)
    rater = "" if row.what == "self" else f", {RATERS[row.what]}"
    if row.kind == TOTAL:
        return f"{report.names[row.unit_id]} {Period.parse(row.month).label}{rater}, bảng tổng hợp {one}, phiếu {other}"
    return f"{report.names[row.unit_id]} {Period.parse(row.month).label}{rater}, ghi tay {_title(report, row, 'first')}, theo số đã ghi: {other}"


def _said(report: Report, row: Any, side: str, name: str) -> str:
    """Return the points and class of one of the two sources."""
    value, title = getattr(row, side), _title(report, row, side)
    points = (
        f"{named(f'{name}.{side}', float(value), numbers.points)} điểm" if value == value else ""
    )
    return f"{points} ({title})" if points and title else points or title


def _title(report: Report, row: Any, side: str) -> str:
    """Return a class title, or the text as written if it names no class of the rule set."""
    class_id = getattr(row, f"{side}_class")
    rules = report.slice.rule_sets[row.rule_set_id]
    return rules.class_title(class_id) if class_id in [c.id for c in rules.classes] else class_id


def _sent(report: Report, row: Any) -> str:
    name = f"conflicts.filed.{row.unit_id}.{row.month}.{row.what}"
    sent, known = named(f"{name}.sent", int(row.first)), named(f"{name}.records", int(row.second))
    what = measure_in_words(report, row.what)
    return f"{report.unit_name(row.unit_id)}, {Period.parse(row.month).label}, {what[:1].lower()}{what[1:]}: đã gửi {sent}, nay {known}"


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
