"""What is due and what is late: duties with their counts, the days to keep, thematic topics, and the model meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.errors import InputError
from assess.base.periods import Period
from assess.base.text import committee_of
from assess.records import words
from assess.records.adoption import Adoptions
from assess.records.topics import TOPICS
from assess.reports.blocks import Annex, Column, Group, Heading, Paragraph, Table
from assess.studies.compliance import DUTIES, LATE, MISSING, NOT_DUE, NOW, ON_TIME, counts, topics
from assess.studies.rollout import STEPS, rollout

if TYPE_CHECKING:
    import datetime as dt

    from assess.reports.report import Report
    from assess.rules.annual import Deadline

STATES = {ON_TIME: "đúng hạn", LATE: "muộn", MISSING: "chưa thực hiện", NOT_DUE: "chưa đến hạn"}
_NAMED = 5
_ALL_DONE = "đã xong"
_MOST = 300
"""Occasions that the annex lists one by one; of more, the chi bộ with their counts."""


def duties(report: Report) -> Group:
    """Return one row per duty: occasions due, in time, late, not done, not yet due; and where the duty comes from."""
    table = counts(report.compliance)
    heading = Heading("Thực hiện chế độ sinh hoạt và báo cáo")
    if table.empty:
        return Group((heading, Paragraph("Trong kỳ không có việc nào đến hạn.")))
    columns = (
        Column("duty", "Việc", width=2.6),
        Column("due", "Số lượt", "integer", 0.8),
        Column("on_time", "Đúng", "integer", 0.7),
        Column("late", "Muộn hoặc sai khoảng", "integer", 0.9),
        Column("missing", "Chưa làm", "integer", 0.7),
        Column("not_due", "Chưa đến hạn", "integer", 0.8),
        Column("source", "Căn cứ", width=3.4),
    )
    rows = tuple(
        (DUTIES[r.duty].title, r.due, r.on_time, r.late, r.missing, r.not_due, _source(report, r.duty))
        for r in table.itertuples(index=False)
    )
    late, missing = int(table["late"].sum()), int(table["missing"].sum())
    at = numbers.day(report.slice.as_of.date())
    text = f"Tính đến ngày {at}: {late} lượt muộn hoặc ngoài khoảng ngày, {missing} lượt đã đến hạn mà chưa thực hiện. Lượt chưa đến hạn không tính là thiếu."
    note = "Tính cho từng chi bộ phải họp từng tháng, hoặc từng đơn vị phải báo cáo từng kỳ."
    return Group(
        (heading, Paragraph(text), Table("che-do", f"Việc đến hạn và việc muộn, {report.slice.period.label}", columns, rows, note=note))
    )


def _source(report: Report, duty: str) -> str:
    """Where a duty comes from: who asked for it and since when, the form's own line, or the guidance in force."""
    about, parts = DUTIES[duty], []
    if about.adopted:
        parts = [f"{report.unit_name(unit)} quy định, từ {numbers.day(since)}" for unit, since in _who_asks(report, duty)]
    if about.now and report.slice.period.end >= NOW:
        parts.append(about.now)
    if about.before and report.slice.period.start < NOW:
        parts.append(f"{about.before}{f' (trước ngày {numbers.day(NOW)})' if report.slice.period.end >= NOW else ''}")
    if duty == "annual" and report.slice.annual is not None:
        parts += [report.slice.annual.clause(deadline.cite) for deadline in _decision_days(report)]
    fact = {"papers": "papers_lead_days", "result": "result_lag_days"}.get(duty)
    parts += [r.clause(c.cite) for r in report.forms for c in r.criteria if fact and c.met_when is not None and c.met_when.fact == fact]
    shown = list(dict.fromkeys(parts))
    return "; ".join(shown[:_NAMED]) + (f" và {len(shown) - _NAMED} đơn vị khác" if len(shown) > _NAMED else "")


def _who_asks(report: Report, duty: str) -> list[tuple[str, dt.date]]:
    """The units whose adoption makes the occasions of a duty due, with the day from which."""
    made, what = report.slice, DUTIES[duty].adopted
    table = report.compliance
    due = table[table["duty"] == duty][["unit_id", "due_on"]].drop_duplicates("unit_id")
    adoptions = Adoptions(made.tree, made.tables["adoption"])
    found = (adoptions.who_on(unit, what, min(day, made.period.end)) for unit, day in due.itertuples(index=False))
    return sorted({(unit, since) for unit, since in found if unit and since is not None})


def calendar(report: Report) -> Group:
    """Return the days to keep, in order: meetings of each month, reports of each period, the days of the annual class.

    Each with how many units it concerns, and which of them have not done it.
    """
    rows = sorted(_days(report), key=lambda row: (row[0], row[1]))
    columns = (
        Column("day", "Hạn", "date", 1.2),
        Column("what", "Việc", width=3),
        Column("units", "Số đơn vị", "integer", 0.7),
        Column("state", "Tình trạng", width=2),
        Column("open", "Muộn hoặc chưa thực hiện", width=3.4),
    )
    title = f"Lịch các việc đến hạn, {report.slice.period.label}"
    return Group((Heading("Lịch các mốc"), Table("lich", title, columns, tuple(rows), stub=2, empty="Không có mốc nào được ghi nhận.")))


def _days(report: Report) -> list[tuple[Any, ...]]:
    table = report.compliance
    dated = table[table["duty"].isin(["meeting", *_REPORTS])]
    found = [
        (due, _what(report, str(duty), str(about), theirs), theirs["unit_id"].nunique(), _states(theirs), _open(report, theirs))
        for (duty, about, due), theirs in dated.groupby(["duty", "about", "due_on"], sort=True)
    ]
    briefing = table[table["duty"] == "briefing"]
    if len(briefing):
        last = briefing["due_on"].max()
        found.append((last, f"{DUTIES['briefing'].title} (muộn nhất)", len(briefing), _states(briefing), _open(report, briefing)))
    return found + _annual_days(report)


_REPORTS = ("first_report", "quarter_report", "half_report", "year_report")


def _what(report: Report, duty: str, about: str, rows: pd.DataFrame) -> str:
    """What is due; a report also says to whom it goes."""
    if duty == "meeting":
        return f"Sinh hoạt thường kỳ {Period.parse(about).label}"
    title = DUTIES[duty].title if duty == "first_report" else f"Báo cáo {Period.parse(about).label}"
    day = min(rows["due_on"].iloc[0], report.slice.period.end)
    uppers = {upper.unit_id for unit in rows["unit_id"] if (upper := report.slice.tree.reports_to(unit, day)) is not None}
    return f"{title}, gửi {committee_of(report.unit_name(uppers.pop()))}" if len(uppers) == 1 else title


def _open(report: Report, rows: Any) -> str | None:
    """The units that are late or have not done it, by name while they are few."""
    units = [report.unit_name(u) for u in rows.loc[rows["state"].isin([LATE, MISSING]), "unit_id"].unique()]
    if not units:
        return None
    return ", ".join(units) if len(units) <= _NAMED else f"{', '.join(units[:_NAMED])} và {len(units) - _NAMED} đơn vị khác"


def _annual_days(report: Report) -> list[tuple[Any, ...]]:
    rules, period = report.slice.annual, report.slice.period
    if rules is None or len(period.months) != 12:
        return []
    annual = report.compliance[report.compliance["duty"] == "annual"]
    rows: list[tuple[Any, ...]] = []
    own = report.slice.tree.on(period.end).get(report.slice.dang_bo)
    decisions = _decision_days(report)
    for deadline in rules.deadlines:
        theirs = annual[annual["due_on"] == deadline.on(period.year)] if deadline in decisions else annual[:0]
        if not len(theirs) and not deadline.concerns("" if own is None else own.level):
            continue
        day = deadline.on(period.year)
        state = _states(theirs) if len(theirs) else ("đã qua" if report.slice.as_of.date() > day else "chưa đến hạn")
        rows.append((day, f"{deadline.title} ({rules.clause(deadline.cite)})", len(theirs) or None, state, None))
    return rows


def _decision_days(report: Report) -> list[Deadline]:
    """The deadlines of the decisions on the units of the table."""
    units = report.slice.tree.on(report.slice.period.end)
    listed = report.compliance.loc[report.compliance["duty"] == "annual", "unit_id"]
    rules = report.slice.annual
    found = [] if rules is None else [d for unit in listed for d in rules.decision_deadlines(units[unit].level)]
    return list({deadline.id: deadline for deadline in found}.values())


def _states(rows: Any) -> str:
    found = rows["state"].value_counts()
    parts = [f"{STATES[s]}{'' if len(rows) == 1 else f' {found[s]}'}" for s in STATES if s in found.index]
    return ", ".join(parts)


def thematic_topics(report: Report) -> Group:
    """Return how many thematic meetings were on each topic of the list, and on others; nothing where none was held."""
    table = topics(report.slice, report.scores)
    if table.empty:
        return Group(())
    known = dict(zip(table["topic"], table["count"], strict=True))
    rows = [(title, int(known.get(topic, 0))) for topic, title in TOPICS.items()]
    if known.get(""):
        rows.append(("Không ghi chủ đề", int(known[""])))
    columns = (Column("topic", "Nhóm chủ đề", width=4), Column("count", "Số buổi", "integer"))
    total = ("Cộng", sum(count for _, count in rows))
    note = "Tham khảo mười nhóm chủ đề ở Công văn 285-CV/ĐUK của Đảng ủy Khối các cơ quan tỉnh Lai Châu (24/10/2018), rút gọn."
    title = f"Chủ đề sinh hoạt chuyên đề, {report.slice.period.label}"
    return Group((Heading("Chủ đề sinh hoạt chuyên đề"), Table("chu-de", title, columns, (*rows, total), total=True, note=note)))


def model_meetings(report: Report) -> Group:
    """Return which unit has taken which step of the model meetings; nothing where no step is recorded."""
    table = rollout(report.slice)
    if table.empty:
        return Group(())
    columns = (
        Column("name", "Đơn vị", width=2.4),
        *(Column(step, words.MILESTONES[step][:1].upper() + words.MILESTONES[step][1:], "date", 1.2) for step in STEPS),
        Column("late", "Bước muộn", "integer", 0.7),
        Column("next", "Việc tiếp theo", width=1.6),
    )
    rows = []
    for row in table.to_dict("records"):
        days = [None if row[step] != row[step] or row[step] is None else row[step].date() for step in STEPS]
        rows.append((row["name"], *days, row["late"], words.MILESTONES.get(row["next"], _ALL_DONE)))
    done = sum(1 for row in rows if row[-1] == _ALL_DONE)
    text = f"{done} trên {len(rows)} đơn vị đã xong các bước; thứ tự các bước theo Công văn 677-CV/BTCTU, ngày 22/9/2021, Ban Tổ chức Tỉnh ủy Nghệ An."
    return Group(
        (Heading("Sinh hoạt mẫu"), Paragraph(text), Table("sinh-hoat-mau", "Các bước sinh hoạt mẫu theo đơn vị", columns, tuple(rows)))
    )


def annex_late(report: Report) -> Group:
    """Return every occasion that is late or not done, duty by duty; by chi bộ where there are very many."""
    table = report.compliance
    table = table[table["state"].isin([LATE, MISSING])]
    if table.empty:
        return Group(())
    block = _late_by_unit(report, table) if len(table) > _MOST else _late(report, table)
    return Group((Annex("Các lượt muộn hoặc chưa thực hiện"), block))


def _late(report: Report, table: pd.DataFrame) -> Table:
    columns = (
        Column("unit", "Đơn vị", width=2.6),
        Column("about", "Kỳ, buổi họp", width=1.5),
        Column("due", "Hạn", "date"),
        Column("done", "Thực hiện", "date"),
        Column("state", "Tình trạng", width=1.4),
        Column("note", "Ghi chú", width=2.0),
    )
    months = report.scores.meetings.set_index("meeting_id")["month"].to_dict()
    rows: list[tuple[Any, ...]] = []
    bands: list[tuple[int, str]] = []
    for duty, theirs in table.groupby("duty", sort=False):
        bands.append((len(rows), DUTIES[str(duty)].title))
        due = report.compliance[report.compliance["duty"] == duty]
        if len(theirs) == len(due) > 1 and (theirs["state"] == MISSING).all() and theirs["due_on"].min() == theirs["due_on"].max():
            rows.append(
                (f"Tất cả {len(theirs)} đơn vị", _about(theirs["about"].iloc[0]), theirs["due_on"].iloc[0], None, STATES[MISSING], None)
            )
            continue
        for r in theirs.itertuples(index=False):
            state = "ngoài khoảng ngày" if duty == "window" else STATES[r.state]
            due_on = None if duty == "window" else r.due_on
            rows.append((report.unit_name(r.unit_id), _about(months.get(r.about, r.about)), due_on, r.done_on, state, r.note or None))
    return Table("muon", f"Các lượt muộn hoặc chưa thực hiện, {report.slice.period.label}", columns, tuple(rows), bands=tuple(bands))


def _about(text: str) -> str:
    """A month or a period as a reader writes it; a meeting by its id."""
    try:
        return Period.parse(text).label
    except InputError:
        return text


def _late_by_unit(report: Report, table: Any) -> Table:
    kinds = [d for d in DUTIES if d in set(table["duty"])]
    columns = (
        Column("unit", "Đơn vị", width=3),
        *(Column(d, DUTIES[d].title, "integer", 1.1) for d in kinds),
        Column("all", "Cộng", "integer", 0.7),
    )
    counted = pd.crosstab(table["unit_id"], table["duty"])
    blocks: list[tuple[Any, ...]] = []
    for unit_id, row in counted.iterrows():
        values = [int(row.get(d, 0)) for d in kinds]
        blocks.append((report.unit_name(str(unit_id)), *values, sum(values)))
    note = f"Bảng rút gọn theo đơn vị vì có {len(table)} lượt. Chi tiết từng lượt có trong báo cáo của từng đảng bộ."
    return Table("muon", f"Số lượt muộn hoặc chưa thực hiện theo đơn vị, {report.slice.period.label}", columns, tuple(blocks), note=note)
