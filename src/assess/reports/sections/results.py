"""Results: classes by month, and one row per chi bộ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.reports import figures
from assess.reports.blocks import Block, Column, Figure, Group, Heading, Table
from assess.reports.named_figures import named
from assess.reports.sections.phrases import (
    attendance_cuts,
    block_id,
    form_name,
    month_cell,
    month_column,
    on_form,
)
from assess.reports.sections.year_class import applies
from assess.scoring.class_cuts import class_cuts
from assess.scoring.period.summary import on_form as on_that_form

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report
    from assess.rules import RuleSet

NO_ROLL_UP = "chưa có quy tắc tổng hợp"


def classes_over_months(report: Report) -> Group:
    """Return the number of meetings of each class by month as a chart and a table, per rule set."""
    blocks: list[Block] = [Heading("Xếp loại theo tháng")]
    for rules in report.forms:
        blocks += _months(report, rules)
    return Group(tuple(blocks))


def _months(report: Report, rules: RuleSet) -> list[Block]:
    frame = report.classes_by_month[rules.id]
    if len(report.forms) > 1:
        frame = _while_applied(report, rules, frame)
    columns = (
        month_column(report),
        *(Column(c.id, c.title, "integer") for c in rules.classes),
        Column("assessed", "Cộng", "integer"),
    )
    keys = [c.key for c in columns]
    rows = [
        (month_cell(report, month), *counts)
        for month, *counts in frame[keys].itertuples(index=False)
    ]
    total = ("Cộng", *(int(frame[key].sum()) for key in keys[1:]))
    kind = "chuyên đề" if rules.meeting == "chuyen_de" else "sinh hoạt"
    title = f"Số buổi {kind} theo xếp loại từng tháng, {report.slice.period.label}{on_form(report, rules)}"
    name = block_id(report, "theo-thang", rules)
    note = _straddles(report, rules) if len(report.forms) > 1 else ""
    table = Table(id=name, title=title, columns=columns, rows=(*rows, total), total=True, note=note)
    if not int(frame["assessed"].sum()):
        return [table]
    alt = f"Biểu đồ cột chồng. {title}: " + "; ".join(
        f"{c.title} {int(frame[c.id].sum())} buổi" for c in rules.classes
    )
    drawing = figures.stacked_months(
        frame,
        {c.id: c.title for c in rules.classes},
        report.slice.under_way,
        report.slice.as_of.date(),
    )
    return [
        Figure(
            id=f"h-{name}", title=title, alt=f"{alt}. Số liệu ở bảng ngay sau hình.", svg=drawing
        ),
        table,
    ]


def _straddles(report: Report, rules: RuleSet) -> str:
    """Return the days on which a rule set scored, so that a shared month is not read as a drop."""
    meetings = on_that_form(report.scores, rules.id)
    held = meetings.loc[meetings["status"] == "held", "held_on"]
    if held.empty:
        return ""
    return f"Chỉ gồm các buổi họp theo {form_name(rules)}, từ {numbers.day(held.min().date())} đến {numbers.day(held.max().date())}."


def _while_applied(report: Report, rules: RuleSet, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the months from the first to the last meeting under a rule set."""
    meetings = report.scores.meetings
    months = meetings.loc[meetings["rule_set_id"] == rules.id, "month"]
    return frame[frame["month"].between(months.min(), months.max())]


def chi_bo_table(report: Report) -> Group:
    """Return each chi bộ's months due, held, assessed; classes, mean and minimum per rule set."""
    if len(report.forms) == 1:
        rules = report.forms[0]
        note = f"{_no_roll_up(report)} {_due(report)}{_rate(report)} {_MEANS if rules.has_points else ''}".strip()
        tables = [
            _chi_bo(
                report,
                (*_HELD, *_classes(rules), _attendance(report), *_points(report, rules)),
                rules,
                note=note,
            )
        ]
    else:
        tables = [
            _chi_bo(
                report,
                (*_HELD, _attendance(report)),
                None,
                note=f"{_no_roll_up(report)} {_due(report)}{_rate(report)}".strip(),
            )
        ]
        for rules in report.forms:
            measures = (_ASSESSED, *_classes(rules), *_points(report, rules))
            tables.append(_chi_bo(report, measures, rules, note=_MEANS if rules.has_points else ""))
    return Group((Heading("Kết quả từng chi bộ"), *tables))


def _rate(report: Report) -> str:
    """Return what the mean attendance is calculated over and which meetings are left out.

    Names the chi bộ whose rate is over all members, because the records do not count those exempt.
    """
    table = report.by_chi_bo
    text = "Dự họp là trung bình tỷ lệ dự của các buổi thường kỳ đã họp có ghi số dự"
    apart = int(table["attendance_apart"].sum())
    if apart:
        chi_bo = named("attendance.apart.chi_bo", int((table["attendance_apart"] > 0).sum()))
        text += (
            f"; không tính {named('attendance.apart', apart)} buổi của {chi_bo} chi bộ chỉ ghi số dự trên toàn bộ đảng viên, "
            "không ghi số được miễn, vì mẫu số khác"
        )
    over_all = table[table["attendance_over_all"]]
    if not over_all.empty:
        names = [report.names[chi_bo] for chi_bo in over_all["chi_bo_id"]]
        all_of_them = len(over_all) == int((table["attendance_of"] > 0).sum())
        whose = (
            ""
            if all_of_them
            else f" của {listing(names) if len(names) <= report.at_most else named('attendance.over_all', len(names)) + ' chi bộ'}"
        )
        text += f". Tỷ lệ{whose} tính trên toàn bộ đảng viên vì số liệu không ghi số được miễn"
    return f"{text}."


def _due(report: Report) -> str:
    """Return how the current month is counted."""
    return (
        "Tháng chưa hết chỉ tính là phải họp khi đã có ghi nhận. " if report.slice.under_way else ""
    )


_MEANS = "Điểm bình quân và điểm thấp nhất tính trên các buổi được xếp loại, chỉ để tham khảo."
_ASSESSED = Column("assessed", "Được xếp loại", "integer")
_HELD = (Column("due", "Tháng phải họp", "integer"), Column("held", "Đã họp", "integer"), _ASSESSED)


def _attendance(report: Report) -> Column:
    return Column("attendance", "Dự họp", "percent", 1.1, attendance_cuts(report))


def _classes(rules: RuleSet) -> list[Column]:
    return [Column(c.id, c.title, "integer", 0.9) for c in rules.classes]


def _points(report: Report, rules: RuleSet) -> tuple[Column, ...]:
    if not rules.has_points:
        return ()
    cuts = class_cuts(report.scores)
    return (
        Column("mean", "Điểm bình quân", "points", 1.1, cuts),
        Column("minimum", "Điểm thấp nhất", "points", 1.1, cuts),
    )


def _chi_bo(
    report: Report, measures: tuple[Column, ...], rules: RuleSet | None, note: str = ""
) -> Table:
    frame = report.by_chi_bo.assign(name=lambda table: table["chi_bo_id"].map(report.names))
    title = f"Kết quả từng chi bộ, {report.slice.period.label}"
    if rules is None:
        title = f"Sinh hoạt của từng chi bộ, {report.slice.period.label}"
    else:
        results = report.results_by_chi_bo[rules.id]
        frame = frame.drop(columns="assessed").merge(results, on="chi_bo_id")
        if len(report.forms) > 1:
            title += on_form(report, rules)
            frame = frame[frame["assessed"] > 0]
    columns = (
        Column("number", "TT", "integer", 0.5),
        Column("name", "Chi bộ", width=3.4),
        *measures,
    )
    keys = [c.key for c in columns[1:]]
    rows = tuple((i, *row) for i, row in enumerate(frame[keys].itertuples(index=False), start=1))
    name = block_id(report, "chi-bo", rules) if rules else "chi-bo"
    return Table(
        id=name,
        title=title,
        columns=columns,
        rows=rows,
        stub=2,
        note=note,
        keys=tuple(frame["chi_bo_id"]),
    )


def _no_roll_up(report: Report) -> str:
    """Return why the period has no class: no rule set has a rule for it, and no reading does."""
    if applies(report) or report.scores.meetings.empty:
        return ""
    year = len(report.slice.period.months) == 12
    names = [form_name(r) for r in report.forms if r.meeting == "thuong_ky"]
    how = "cách tổng hợp từ các tháng" if year else "cách tổng hợp cho kỳ này"
    reason = f" ({'; '.join(names)} không nêu {how})" if names else ""
    return f"Xếp loại cả {'năm' if year else 'kỳ'} của chi bộ: {NO_ROLL_UP}{reason}."
