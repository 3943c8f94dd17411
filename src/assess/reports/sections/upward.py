"""What a level sends up: its figures by month, the units they come from, and where these sent something else."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.reports.blocks import Attachment, Block, Column, Group, Heading, Note, Paragraph, Table
from assess.reports.named import named
from assess.reports.sections.words import on_form
from assess.studies import upward
from assess.studies.filing import whole

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report

_COUNTS = {
    upward.DUE: "Phải sinh hoạt",
    upward.HELD: "Đã sinh hoạt thường kỳ",
    upward.THEMATIC: "Có chuyên đề",
    upward.ASSESSED: "Được xếp loại",
}
FILED = "filed.csv"


def sent_up(report: Report) -> Group:
    """Return the figures that the đảng bộ sends up, month by month: counts, and the classes of each form."""
    wide = _wide(upward.totals(report.figures), report)
    columns = (Column("month", "Tháng", "month"), *(Column(m, title, "integer") for m, title in _COUNTS.items()))
    tables: list[Block] = [_by_month(wide, columns, "gui-len", f"Số liệu báo cáo, {report.slice.period.label}")]
    for rules in report.forms:
        own = tuple(Column(f"{rules.id}.{c.id}", c.title, "integer") for c in rules.classes)
        wide = wide.assign(all=wide.reindex(columns=[c.key for c in own], fill_value=0).sum(axis=1))
        title = f"Xếp loại các buổi, {report.slice.period.label}{on_form(report, rules)}"
        tables.append(_by_month(wide, (columns[0], *own, Column("all", "Cộng", "integer")), f"gui-len-{rules.id}", title))
    text = (
        "Bảng đầu tính theo lượt: mỗi chi bộ mỗi tháng một lần, cho đơn vị mà chi bộ trực thuộc vào cuối tháng; bảng xếp loại đếm từng buổi. "
        "Số của cấp này bằng tổng số của các đơn vị trực tiếp."
    )
    return Group((Heading("Số liệu tổng hợp"), Paragraph(text), *tables))


def _wide(totals: pd.DataFrame, report: Report) -> pd.DataFrame:
    return totals.pivot_table(index="month", columns="measure", values="value", aggfunc="sum", fill_value=0).reindex(
        list(report.slice.period.months), fill_value=0
    )


def _by_month(wide: pd.DataFrame, columns: tuple[Column, ...], name: str, title: str) -> Table:
    keys = [c.key for c in columns[1:]]
    frame = wide.reindex(columns=keys, fill_value=0)
    rows = tuple((month, *(int(v) for v in values)) for month, values in zip(frame.index, frame.to_numpy().tolist(), strict=True))
    return Table(name, title, columns, (*rows, ("Cộng (lượt)", *(int(frame[key].sum()) for key in keys))), total=True)


def from_below(report: Report) -> Group:
    """Return the figures of each unit that reports to the đảng bộ, with the day on which it sent its own."""
    if _is_chi_bo(report):
        return Group(())
    below = upward.below(report.slice, report.figures)
    wide = below[below["measure"].isin(list(_COUNTS))].pivot_table(
        index="unit_id", columns="measure", values="value", aggfunc="sum", fill_value=0
    )
    wide = wide.reindex(columns=list(_COUNTS), fill_value=0)
    sent = _sent(report).groupby("unit_id")["filed_on"].max()
    columns = (
        Column("name", "Đơn vị trực tiếp", width=3),
        *(Column(m, title, "integer") for m, title in _COUNTS.items()),
        Column("sent", "Ngày gửi báo cáo", "date", 1.2),
    )
    rows = []
    for unit_id, row in wide.iterrows():
        day = sent.get(unit_id)
        rows.append((report.unit_name(str(unit_id)), *(int(v) for v in row), None if day is None else day.date()))
    total = ("Cộng (lượt)", *(int(wide[m].sum()) for m in _COUNTS), None)
    title = f"Số liệu theo đơn vị trực tiếp, {report.slice.period.label}"
    return Group((Heading("Theo đơn vị trực tiếp"), Table("theo-don-vi", title, columns, (*rows, total), total=True)))


def _is_chi_bo(report: Report) -> bool:
    """Whether the report is a chi bộ's own, which has nobody below it."""
    return report.slice.chi_bo == (report.slice.dang_bo,)


def _sent(report: Report) -> pd.DataFrame:
    """What the units below sent for this very period; those that report to the đảng bộ."""
    filed = report.slice.tables["filed"]
    filed = filed[(filed["period"] == report.slice.period.text) & (filed["unit_id"] != report.slice.dang_bo)]
    reporting = set(upward.below(report.slice, report.figures)["unit_id"])
    return filed[filed["unit_id"].isin(reporting)]


def reconciled(report: Report) -> Group:
    """Return each difference between what the units below sent and what their records give today, and who has sent nothing."""
    if _is_chi_bo(report):
        return Group(())
    heading = Heading("Đối chiếu với báo cáo của cấp dưới")
    below, sent = upward.below(report.slice, report.figures), _sent(report)
    units, senders = sorted(set(below["unit_id"])), set(sent["unit_id"])
    silent = [report.unit_name(u) for u in units if u not in senders]
    if not senders:
        return Group(
            (
                heading,
                Paragraph(
                    f"Chưa nhận được số liệu {report.slice.period.label} của đơn vị nào trong {named('reconciled.units', len(units))} đơn vị trực tiếp."
                ),
            )
        )
    table = upward.differences(below, sent)
    text = f"{named('reconciled.senders', len(senders))} trên {named('reconciled.units', len(units))} đơn vị trực tiếp đã gửi số liệu {report.slice.period.label}."
    if silent:
        more = f" và {named('reconciled.silent_more', len(silent) - 8)} đơn vị khác" if len(silent) > 8 else ""
        text += f" Chưa gửi: {', '.join(silent[:8])}{more}."
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
        (report.unit_name(r.unit_id), r.month, measure_in_words(report, r.measure), r.sent, r.computed, r.computed - r.sent)
        for r in table.itertuples(index=False)
    )
    text += (
        f" Có {named('reconciled.differences', len(table))} số khác với số liệu gốc tính đến ngày {numbers.day(report.slice.as_of.date())}."
    )
    return Group((heading, Paragraph(text), Note(note), Table("chenh-lech", "Các số đã gửi khác với số liệu gốc", columns, rows)))


def measure_in_words(report: Report, measure: str) -> str:
    """Return what a measure counts, in words."""
    if measure in _COUNTS:
        return _COUNTS[measure]
    form, _, class_id = measure.rpartition(".")
    rules = report.slice.rule_sets.get(form)
    known = rules is not None and class_id in [c.id for c in rules.classes]
    return f"Xếp loại {rules.class_title(class_id)}{on_form(report, rules)}" if known and rules is not None else measure


def filed(report: Report) -> Attachment:
    """Return the figures as a table of the records (``filed``): what the superior takes in with ``assess intake``."""
    made = report.slice
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["unit_id", "period", "month", "measure", "value", "filed_on"])
    totals = upward.totals(report.figures)
    found = {(made.dang_bo, r.month, r.measure): r.value for r in totals.itertuples(index=False)}
    rows: list[list[Any]] = [
        [unit_id, made.period.text, month, measure, value, made.document_date.isoformat()]
        for (unit_id, month, measure), value in whole(found, made.period.months).items()
    ]
    writer.writerows(rows)
    return Attachment(
        FILED,
        out.getvalue(),
        f"Số liệu gửi cấp trên ở dạng bảng: tệp có đuôi {FILED} đặt cạnh báo cáo này, {named('filed.rows', len(rows))} dòng; cấp trên nhận bằng lệnh assess intake.",
    )
