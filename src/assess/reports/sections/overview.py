"""The first page: the result, what to look at, and how much of the period the data cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.reports.blocks import Bullets, Column, Group, Heading, Paragraph, Table
from assess.reports.sections.words import group_title
from assess.rules import FIDELITIES
from assess.scoring.explain import WAITING_REASONS
from assess.scoring.summary import shares
from assess.studies import rater_summary

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report

_NAMED = 5


def key_results(report: Report) -> Group:
    """Return the class distribution of the period and the points a reader should look at first."""
    counts = {class_id: int(report.classes_by_month[class_id].sum()) for class_id in report.classes}
    total = sum(counts.values())
    parts = shares(list(counts.values()), report.shares_reading)
    rows = [(title, counts[c], share) for (c, title), share in zip(report.classes.items(), parts, strict=True)]
    columns = (
        Column("class", "Xếp loại buổi sinh hoạt", width=2.2),
        Column("count", "Số buổi", "integer"),
        Column("share", "Tỷ lệ trên số buổi được xếp loại", "percent", 2.0),
    )
    table = Table(
        id="ket-qua",
        title=f"Xếp loại các buổi sinh hoạt {report.slice.period.label}",
        columns=columns,
        rows=(*rows, ("Cộng", total, 1.0 if total else None)),
        total=True,
    )
    return Group((Heading("Kết quả chính"), Paragraph(_sentence(report, total)), table, _look_at(report)))


def coverage(report: Report) -> Group:
    """Return, by month, how many chi bộ were due, met, and were assessed."""
    frame = report.coverage
    columns = (
        Column("month", "Tháng", "month"),
        Column("due", "Số chi bộ phải họp", "integer"),
        Column("held", "Đã họp", "integer"),
        Column("not_held", "Hoãn, hủy, gộp", "integer"),
        Column("no_record", "Không có ghi nhận", "integer"),
        Column("assessed", "Được xếp loại", "integer"),
        Column("waiting", "Phiếu chờ bổ sung", "integer"),
        Column("no_sheet", "Không có phiếu", "integer"),
        Column("thematic", "Có chuyên đề", "integer"),
    )
    keys = [c.key for c in columns]
    rows = [tuple(row) for row in frame[keys].itertuples(index=False)]
    total = ("Cộng", *(int(frame[key].sum()) for key in keys[1:]))
    table = Table(
        id="pham-vi",
        title="Số chi bộ phải họp, đã họp và được xếp loại theo tháng",
        columns=columns,
        rows=(*rows, total),
        total=True,
        note="Phải họp = đã họp + hoãn, hủy, gộp + không có ghi nhận. Đã họp = được xếp loại + phiếu chờ bổ sung + không có phiếu.",
    )
    return Group((Heading("Phạm vi số liệu"), table, *_waiting(report)))


def _sentence(report: Report, assessed: int) -> str:
    frame = report.coverage
    due, held = int(frame["due"].sum()), int(frame["held"].sum())
    rate = f" ({numbers.percent(held / due)})" if due else ""
    return (
        f"Trong {report.slice.period.label}, {report.slice.name} có {len(report.slice.chi_bo)} chi bộ phải sinh hoạt, "
        f"tổng cộng {due} lượt sinh hoạt theo tháng. Đã sinh hoạt thường kỳ {held} lượt{rate}; {assessed} buổi được chấm điểm và xếp loại. "
        f"Mọi tỷ lệ xếp loại dưới đây tính trên {assessed} buổi này.{_form(report)}"
    )


def _form(report: Report) -> str:
    """Name the forms on page one, each with how true it is to its instrument."""
    forms = [f"{rules.short}, {FIDELITIES[rules.fidelity]}" for rules in report.slice.rule_sets.values()]
    return f" Chấm theo {'; '.join(forms)}." if forms else ""


def _look_at(report: Report) -> Bullets:
    points = [*_low_classes(report), *_missed(report), *_not_classed(report), *_lost(report), *_disagreement(report)]
    found = len(report.contradictions)
    strange = int((report.scores.lines["off_form"] & report.scores.lines["meeting_id"].isin(report.scores.in_period["meeting_id"])).sum())
    if strange:
        points.append(f"{strange} dòng ghi điểm cao hơn tối đa hoặc không có trong các mức của biểu.")
    if found:
        chi_bo = report.contradictions["chi_bo_id"].nunique()
        points.append(
            f"Có {found} dòng điểm ghi trên phiếu khác với số liệu của chính buổi họp, ở {chi_bo} chi bộ; đây là điểm cần xem lại, không phải kết luận."
        )
    return Bullets(tuple(points) or ("Không có điểm nào nổi lên từ số liệu.",), "Những điểm cần xem")


def _low_classes(report: Report) -> list[str]:
    table = report.by_chi_bo
    low = list(report.classes)[2:]
    if not low:
        return []
    some = table[table[low].sum(axis=1) > 0]
    if some.empty:
        return []
    titles = " hoặc ".join(report.classes[c] for c in low)
    return [f"{len(some)} chi bộ có buổi sinh hoạt xếp loại {titles}: {_names(report, some)}."]


def _missed(report: Report) -> list[str]:
    table = report.by_chi_bo
    short = table[table["held"] < table["due"]]
    if short.empty:
        return []
    lost = int((short["due"] - short["held"]).sum())
    return [
        f"{len(short)} chi bộ có tháng hoãn, hủy, gộp hoặc chưa ghi nhận buổi sinh hoạt thường kỳ, tổng cộng {lost} lượt: {_names(report, short)}."
    ]


def _not_classed(report: Report) -> list[str]:
    waiting = int(report.coverage["waiting"].sum())
    absent = int(report.coverage["no_sheet"].sum())
    found = []
    if waiting:
        found.append(f"{waiting} buổi đã họp nhưng phiếu chưa xếp loại được, cần bổ sung.")
    if absent:
        found.append(f"{absent} buổi đã họp nhưng không có phiếu chấm điểm.")
    return found


def _lost(report: Report) -> list[str]:
    if report.losses.empty or not report.losses["lost"].sum():
        return []
    worst = report.losses.sort_values("lost", ascending=False, kind="stable").iloc[0]
    group = group_title(report, worst)
    lost, share = numbers.points(worst["lost"]), numbers.percent(worst["share"])
    return [f"Nhóm bị trừ điểm nhiều nhất là “{group}”: bình quân {lost} điểm một phiếu, bằng {share} tổng số điểm bị trừ."]


def _disagreement(report: Report) -> list[str]:
    found = rater_summary(report.pairs)
    differ = int(found["pairs"] - found["same_class"])
    if not differ:
        return []
    return [f"Trong {int(found['pairs'])} buổi có cả điểm tự chấm và điểm cấp trên chấm, {differ} buổi hai bên xếp loại khác nhau."]


def _names(report: Report, table: pd.DataFrame) -> str:
    names = [report.names[chi_bo] for chi_bo in table["chi_bo_id"]]
    if len(names) <= _NAMED:
        return listing(names)
    return f"{', '.join(names[:_NAMED])} và {len(names) - _NAMED} chi bộ khác"


def _why(report: Report, meeting_id: str, reason: str) -> str:
    """Why a sheet waits, with the lines that make it wait."""
    lines = report.scores.lines
    mine = lines[(lines["meeting_id"] == meeting_id) & (lines["reason"] == reason) & (lines["treatment"] == "refused")]
    titles = {(r.id, c.id): c.title for r in report.slice.rule_sets.values() for c in r.criteria}
    named = dict.fromkeys(f"“{titles[key]}”" for key in zip(mine["rule_set_id"], mine["criterion_id"], strict=True))
    return f"{WAITING_REASONS[reason]}: {listing(named)}" if named else WAITING_REASONS[reason]


def _waiting(report: Report) -> list[Table]:
    """The meetings whose sheet cannot be classed yet, and why."""
    meetings = report.scores.in_period
    waiting = meetings[meetings["waiting"]].sort_values(["chi_bo_id", "month"], kind="stable")
    if waiting.empty:
        return []
    rows = tuple(
        (m.meeting_id, report.names[m.chi_bo_id], m.month, _why(report, m.meeting_id, m.why_waiting)) for m in waiting.itertuples()
    )
    columns = (
        Column("id", "Mã buổi họp", "code"),
        Column("name", "Chi bộ", width=2),
        Column("month", "Tháng", "month"),
        Column("why", "Lý do chưa xếp loại", width=3),
    )
    return [Table(id="phieu-cho", title="Buổi đã họp nhưng phiếu chưa xếp loại được", columns=columns, rows=rows)]
