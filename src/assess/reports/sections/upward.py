"""Figures sent to the superior: by month, by unit, and where units sent different figures."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.reports.blocks import (
    Attachment,
    Block,
    Bullets,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from assess.reports.named_figures import named
from assess.reports.sections.conflicts import conflicts_in_words
from assess.reports.sections.phrases import (
    COUNTS,
    how_far,
    measure_in_words,
    month_cell,
    month_column,
    on_form,
)
from assess.studies import upward
from assess.studies.filing import with_zeros

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report

FILED = "filed.csv"
_NAMED = 8


def sent_up(report: Report) -> Group:
    """Return the figures that the đảng bộ sends up by month: counts, and classes per rule set."""
    wide = _wide(upward.totals(report.figures), report)
    columns = (month_column(report), *(Column(m, title, "integer") for m, title in COUNTS.items()))
    tables: list[Block] = [
        _by_month(report, wide, columns, "gui-len", f"Số liệu báo cáo, {report.slice.period.label}")
    ]
    for rules in report.forms:
        own = tuple(Column(f"{rules.id}.{c.id}", c.title, "integer") for c in rules.classes)
        wide = wide.assign(all=wide.reindex(columns=[c.key for c in own], fill_value=0).sum(axis=1))
        title = f"Xếp loại các buổi, {report.slice.period.label}{on_form(report, rules)}"
        tables.append(
            _by_month(
                report,
                wide,
                (columns[0], *own, Column("all", "Cộng", "integer")),
                f"gui-len-{rules.id}",
                title,
            )
        )
    text = (
        "Bảng đầu tính theo lượt: mỗi chi bộ mỗi tháng một lần, cho đơn vị mà chi bộ trực thuộc vào cuối tháng; bảng xếp loại đếm từng buổi. "
        "Số của cấp này bằng tổng số của các đơn vị trực tiếp."
    )
    points = tuple(conflicts_in_words(report))
    look_at = (Bullets(points, "Những điểm cần xem"),) if points else ()
    return Group(
        (Heading("Số liệu tổng hợp"), *look_at, Paragraph(f"{how_far(report)}{text}"), *tables)
    )


def _wide(totals: pd.DataFrame, report: Report) -> pd.DataFrame:
    return totals.pivot_table(
        index="month", columns="measure", values="value", aggfunc="sum", fill_value=0
    ).reindex(list(report.slice.months), fill_value=0)


def _by_month(
    report: Report, wide: pd.DataFrame, columns: tuple[Column, ...], name: str, title: str
) -> Table:
    keys = [c.key for c in columns[1:]]
    frame = wide.reindex(columns=keys, fill_value=0)
    rows = tuple(
        (month_cell(report, month), *(int(v) for v in values))
        for month, values in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    )
    return Table(
        name,
        title,
        columns,
        (*rows, ("Cộng (lượt)", *(int(frame[key].sum()) for key in keys))),
        total=True,
    )


def from_below(report: Report) -> Group:
    """Return the figures of each unit that reports to the đảng bộ, with the day it sent its own."""
    if _is_chi_bo(report):
        return Group(())
    below = upward.below(report.slice, report.figures)
    wide = below[below["measure"].isin(list(COUNTS))].pivot_table(
        index="unit_id", columns="measure", values="value", aggfunc="sum", fill_value=0
    )
    wide = wide.reindex(columns=list(COUNTS), fill_value=0)
    sent = _sent(report).groupby("unit_id")["filed_on"].max()
    columns = (
        Column("name", "Đơn vị trực tiếp", width=3),
        *(Column(m, title, "integer") for m, title in COUNTS.items()),
        Column("sent", "Ngày gửi báo cáo", "date", 1.2),
    )
    rows = []
    for unit_id, row in wide.iterrows():
        day = sent.get(unit_id)
        rows.append(
            (
                report.unit_name(str(unit_id)),
                *(int(v) for v in row),
                None if day is None else day.date(),
            )
        )
    total = ("Cộng (lượt)", *(int(wide[m].sum()) for m in COUNTS), None)
    title = f"Số liệu theo đơn vị trực tiếp, {report.slice.period.label}"
    return Group(
        (
            Heading("Theo đơn vị trực tiếp"),
            Table("theo-don-vi", title, columns, (*rows, total), total=True),
        )
    )


def _is_chi_bo(report: Report) -> bool:
    """Return whether the report is a chi bộ's own, with no units below."""
    return report.slice.chi_bo == (report.slice.dang_bo,)


def _sent(report: Report) -> pd.DataFrame:
    """Return the figures for this period sent by the units that report to the đảng bộ."""
    filed = report.slice.tables["filed"]
    filed = filed[
        (filed["period"] == report.slice.period.text) & (filed["unit_id"] != report.slice.dang_bo)
    ]
    reporting = set(upward.below(report.slice, report.figures)["unit_id"])
    return filed[filed["unit_id"].isin(reporting)]


def reconciled(report: Report) -> Group:
    """Return differences between figures sent from below and the records, and who sent none."""
    if _is_chi_bo(report):
        return Group(())
    heading = Heading("Đối chiếu với báo cáo của cấp dưới")
    below, sent = upward.below(report.slice, report.figures), _sent(report)
    units, senders = sorted(set(below["unit_id"])), set(sent["unit_id"])
    silent = [report.unit_name(u) for u in units if u not in senders]
    if not senders:
        none = f"của đơn vị nào trong {named('reconciled.units', len(units))} đơn vị trực tiếp"
        return Group(
            (heading, Paragraph(f"Chưa nhận được số liệu {report.slice.period.label} {none}."))
        )
    table = upward.differences(below, sent)
    counts = (
        f"{named('reconciled.senders', len(senders))} trên {named('reconciled.units', len(units))}"
    )
    text = f"{counts} đơn vị trực tiếp đã gửi số liệu {report.slice.period.label}."
    if silent:
        more = (
            f" và {named('reconciled.silent_more', len(silent) - _NAMED)} đơn vị khác"
            if len(silent) > _NAMED
            else ""
        )
        text += f" Chưa gửi: {', '.join(silent[:_NAMED])}{more}."
    lacking = upward.unsent(below, sent)
    if len(lacking):
        by_unit = lacking.groupby("unit_id", sort=True)["month"].agg(
            lambda months: ", ".join(numbers.month(m) for m in months)
        )
        named_units = "; ".join(
            f"{report.unit_name(str(u))} ({months})" for u, months in by_unit.head(_NAMED).items()
        )
        more = (
            f" và {named('reconciled.lacking_more', len(by_unit) - _NAMED)} đơn vị khác"
            if len(by_unit) > _NAMED
            else ""
        )
        text += f" Có đơn vị gửi nhưng thiếu số của tháng: {named_units}{more}; tháng thiếu không so được."
    if table.empty:
        return Group((heading, Paragraph(f"{text} Mọi số đã gửi khớp với số liệu gốc.")))
    note = "Chênh lệch thường do phiếu được bổ sung hoặc sửa sau ngày gửi; đây là chỗ cần hỏi lại, không phải kết luận."
    columns = (
        Column("unit", "Đơn vị", width=2.8),
        Column("month", "Tháng", "month"),
        Column("measure", "Số liệu", width=2.2),
        Column("sent", "Đã gửi", "integer", 0.8),
        Column("computed", "Theo số liệu gốc", "integer", 0.9),
        Column("difference", "Chênh lệch", "integer", 0.8),
    )
    rows = tuple(
        (
            report.unit_name(r.unit_id),
            r.month,
            measure_in_words(report, r.measure),
            r.sent,
            r.computed,
            r.computed - r.sent,
        )
        for r in table.itertuples(index=False)
    )
    text += f" Có {named('reconciled.differences', len(table))} số khác với số liệu gốc tính đến ngày {numbers.day(report.slice.as_of.date())}."
    return Group(
        (
            heading,
            Paragraph(text),
            Note(note),
            Table("chenh-lech", "Các số đã gửi khác với số liệu gốc", columns, rows),
        )
    )


def filed(report: Report) -> Attachment:
    """Return the figures as a ``filed`` table, which the superior reads with ``assess intake``."""
    made = report.slice
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["unit_id", "period", "month", "measure", "value", "filed_on"])
    totals = upward.totals(report.figures)
    found = {(made.dang_bo, r.month, r.measure): r.value for r in totals.itertuples(index=False)}
    rows: list[list[Any]] = [
        [unit_id, made.period.text, month, measure, value, made.document_date.isoformat()]
        for (unit_id, month, measure), value in with_zeros(found, made.months).items()
    ]
    writer.writerows(rows)
    return Attachment(
        FILED,
        out.getvalue(),
        f"Số liệu gửi cấp trên ở dạng bảng: tệp có đuôi {FILED} đặt cạnh báo cáo này, {named('filed.rows', len(rows))} dòng; cấp trên nhận bằng lệnh assess intake.",
    )
