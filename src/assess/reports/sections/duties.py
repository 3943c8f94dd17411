"""Duties that are due or late, the calendar, and the model meetings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import numbers
from assess.base.errors import InputError
from assess.base.periods import Period
from assess.base.text import committee_of
from assess.records import words
from assess.records.adoption import Adoptions
from assess.reports.blocks import Annex, Block, Column, Group, Heading, Paragraph, Table
from assess.reports.named_figures import named
from assess.studies.compliance import (
    BLANK,
    DUTIES,
    LATE,
    MISSING,
    NOT_APPLICABLE,
    NOT_DUE,
    NOW,
    ON_TIME,
    UNKNOWN,
    counts,
)
from assess.studies.rollout import STEPS, rollout

if TYPE_CHECKING:
    import datetime as dt

    from assess.reports.report import Report
    from assess.rules.annual import Deadline

STATES = {
    ON_TIME: "đúng hạn",
    LATE: "muộn",
    MISSING: "chưa thực hiện",
    BLANK: "chưa ghi ngày",
    UNKNOWN: "không có thông tin",
    NOT_APPLICABLE: "không áp dụng",
    NOT_DUE: "chưa đến hạn",
}
_SELDOM = (BLANK, UNKNOWN, NOT_APPLICABLE)
"""States that have a column only if some occasion is in them."""
_ALL_DONE = "đã xong"
_MOST = 300
"""Most occasions that the annex lists one by one; more are counted by unit."""


def duties(report: Report) -> Group:
    """Return a row per duty: its source, and occasions by state (unknown apart from not done)."""
    table = counts(report.compliance)
    heading = Heading("Thực hiện chế độ sinh hoạt và báo cáo")
    if table.empty:
        return Group((heading, Paragraph("Trong kỳ không có việc nào đến hạn.")))
    titles = {
        ON_TIME: "Đúng",
        LATE: "Muộn hoặc sai khoảng",
        MISSING: "Chưa làm",
        BLANK: "Chưa ghi ngày",
    }
    titles |= {
        UNKNOWN: "Không có thông tin",
        NOT_APPLICABLE: "Không áp dụng",
        NOT_DUE: "Chưa đến hạn",
    }
    shown = [state for state in titles if state not in _SELDOM or table[state].any()]
    columns = (
        Column("duty", "Việc", width=2.4),
        Column("due", "Số lượt", "integer", 0.7),
        *(Column(state, titles[state], "integer", 0.8) for state in shown),
        Column("source", "Căn cứ", width=3.0),
    )
    rows = tuple(
        (
            DUTIES[row["duty"]].title,
            row["due"],
            *(row[state] for state in shown),
            _source(report, row["duty"]),
        )
        for row in table.to_dict("records")
    )
    text = f"{_in_words(report, table)} Lượt chưa đến hạn không tính là thiếu."
    note = "Tính cho từng chi bộ phải họp từng tháng, hoặc từng đơn vị phải báo cáo từng kỳ."
    note += "".join(f" {_MEANING[state]}" for state in shown if state in _MEANING)
    title = f"Việc đến hạn và việc muộn, {report.slice.period.label}"
    keys = tuple(table["duty"])
    return Group(
        (heading, Paragraph(text), Table("che-do", title, columns, rows, note=note, keys=keys))
    )


_MEANING = {
    BLANK: "Chưa ghi ngày: phiếu chấm điểm có hỏi ngày nhưng bỏ trống.",
    UNKNOWN: "Không có thông tin: đã quá hạn nhưng số liệu không cho biết có làm hay không (chưa có phiếu đầy đủ của buổi họp, hoặc chưa ai "
    "ghi nhận việc này cho kỳ đó); không tính là chưa làm.",
    NOT_APPLICABLE: "Không áp dụng: phiếu chấm điểm ghi tiêu chí này không áp dụng.",
}
_SAID = {
    LATE: "{} lượt muộn hoặc ngoài khoảng ngày",
    MISSING: "{} lượt đã đến hạn mà chưa thực hiện",
    BLANK: "{} lượt phiếu chưa ghi ngày thực hiện",
    UNKNOWN: "{} lượt không có thông tin",
    NOT_APPLICABLE: "{} lượt không áp dụng",
}


def _in_words(report: Report, table: pd.DataFrame) -> str:
    """Return how many occasions are late, not done, not stated and unknown."""
    found = {state: int(table[state].sum()) for state in _SAID}
    parts = [
        words.format(named(f"compliance.{state}", found[state]))
        for state, words in _SAID.items()
        if state not in _SELDOM or found[state]
    ]
    due = named("compliance.due", int(table["due"].sum()))
    return f"Tính đến ngày {numbers.day(report.slice.as_of.date())}, trong {due} lượt: {', '.join(parts)}."


def _source(report: Report, duty: str) -> str:
    """Return the source of a duty: an adoption, a line of the rule set, or the guidance."""
    about, parts = DUTIES[duty], []
    if about.adopted:
        parts = [
            f"{report.unit_name(unit)} quy định, từ {numbers.day(since)}"
            for unit, since in _who_asks(report, duty)
        ]
    if about.now and report.slice.period.end >= NOW:
        parts.append(about.now)
    if about.before and report.slice.period.start < NOW:
        parts.append(
            f"{about.before}{f' (trước ngày {numbers.day(NOW)})' if report.slice.period.end >= NOW else ''}"
        )
    if duty == "annual" and report.slice.annual is not None:
        parts += [report.slice.annual.clause(deadline.cite) for deadline in _decision_days(report)]
    fact = {"papers": "papers_lead_days", "result": "result_lag_days"}.get(duty)
    parts += [
        r.clause(c.cite)
        for r in report.forms
        for c in r.criteria
        if fact and c.met_when is not None and c.met_when.fact == fact
    ]
    shown = list(dict.fromkeys(parts))
    return "; ".join(shown[: report.at_most]) + (
        f" và {len(shown) - report.at_most} đơn vị khác" if len(shown) > report.at_most else ""
    )


def _who_asks(report: Report, duty: str) -> list[tuple[str, dt.date]]:
    """Return the units whose adoption makes a duty due, each with the first day."""
    made, what = report.slice, DUTIES[duty].adopted
    table = report.compliance
    due = table[table["duty"] == duty][["unit_id", "due_on"]].drop_duplicates("unit_id")
    adoptions = Adoptions(made.tree, made.tables["adoption"])
    found = (
        adoptions.who_on(unit, what, min(day, made.period.end))
        for unit, day in due.itertuples(index=False)
    )
    return sorted({(unit, since) for unit, since in found if unit and since is not None})


def calendar(report: Report) -> Group:
    """Return deadlines in order: monthly meetings, periodic reports and the annual classification.

    Each has the number of units concerned and those that are late or have not done it.
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
    return Group(
        (
            Heading("Lịch các mốc"),
            Table(
                "lich", title, columns, tuple(rows), stub=2, empty="Không có mốc nào được ghi nhận."
            ),
        )
    )


def _days(report: Report) -> list[tuple[Any, ...]]:
    table = report.compliance
    dated = table[table["duty"].isin(["meeting", *_REPORTS])]
    found = [
        (
            due,
            _what(report, str(duty), str(about), theirs),
            theirs["unit_id"].nunique(),
            _states(theirs),
            _open(report, theirs),
        )
        for (duty, about, due), theirs in dated.groupby(["duty", "about", "due_on"], sort=True)
    ]
    briefing = table[table["duty"] == "briefing"]
    if len(briefing):
        last = briefing["due_on"].max()
        found.append(
            (
                last,
                f"{DUTIES['briefing'].title} (muộn nhất)",
                len(briefing),
                _states(briefing),
                _open(report, briefing),
            )
        )
    return found + _annual_days(report)


_REPORTS = ("first_report", "quarter_report", "half_report", "year_report")


def _what(report: Report, duty: str, about: str, rows: pd.DataFrame) -> str:
    """Return what is due; a report also names its recipient."""
    if duty == "meeting":
        return f"Sinh hoạt thường kỳ {Period.parse(about).label}"
    title = DUTIES[duty].title if duty == "first_report" else f"Báo cáo {Period.parse(about).label}"
    day = min(rows["due_on"].iloc[0], report.slice.period.end)
    uppers = {
        upper.unit_id
        for unit in rows["unit_id"]
        if (upper := report.slice.tree.reports_to(unit, day)) is not None
    }
    return (
        f"{title}, gửi {committee_of(report.unit_name(uppers.pop()))}"
        if len(uppers) == 1
        else title
    )


def _open(report: Report, rows: Any) -> str | None:
    """Return the units that are late or have not done it, by name up to a limit."""
    both = zip(rows["unit_id"], rows["state"], strict=True)
    unmet = dict.fromkeys(unit_id for unit_id, state in both if state in {LATE, MISSING})
    units = [report.unit_name(unit_id) for unit_id in unmet]
    if not units:
        return None
    return (
        ", ".join(units)
        if len(units) <= report.at_most
        else f"{', '.join(units[: report.at_most])} và {len(units) - report.at_most} đơn vị khác"
    )


def _annual_days(report: Report) -> list[tuple[Any, ...]]:
    rules, period = report.slice.annual, report.slice.period
    if rules is None or len(period.months) != 12:
        return []
    annual = report.compliance[report.compliance["duty"] == "annual"]
    rows: list[tuple[Any, ...]] = []
    own = report.slice.tree.on(period.end).get(report.slice.dang_bo)
    decisions = _decision_days(report)
    for deadline in rules.deadlines:
        theirs = (
            annual[annual["due_on"] == deadline.on(period.year)]
            if deadline in decisions
            else annual[:0]
        )
        if not len(theirs) and not deadline.concerns("" if own is None else own.level):
            continue
        day = deadline.on(period.year)
        state = (
            _states(theirs)
            if len(theirs)
            else ("đã qua" if report.slice.as_of.date() > day else "chưa đến hạn")
        )
        rows.append(
            (
                day,
                f"{deadline.title} ({rules.clause(deadline.cite)})",
                len(theirs) or None,
                state,
                None,
            )
        )
    return rows


def _decision_days(report: Report) -> list[Deadline]:
    """Return the deadlines for decisions on the units of the annual duty."""
    units = report.slice.tree.on(report.slice.period.end)
    listed = report.compliance.loc[report.compliance["duty"] == "annual", "unit_id"]
    rules = report.slice.annual
    found = (
        []
        if rules is None
        else [d for unit in listed for d in rules.decision_deadlines(units[unit].level)]
    )
    return list({deadline.id: deadline for deadline in found}.values())


def _states(rows: Any) -> str:
    found = Counter(rows["state"])
    parts = [f"{STATES[s]}{'' if len(rows) == 1 else f' {found[s]}'}" for s in STATES if s in found]
    return ", ".join(parts)


def model_meetings(report: Report) -> Group:
    """Return which unit has taken which step of the model meetings; empty if none is recorded."""
    table = rollout(report.slice)
    if table.empty:
        return Group(())
    columns = (
        Column("name", "Đơn vị", width=2.4),
        *(
            Column(
                step, words.MILESTONES[step][:1].upper() + words.MILESTONES[step][1:], "date", 1.2
            )
            for step in STEPS
        ),
        Column("late", "Bước làm muộn", "integer", 0.7),
        Column("overdue", "Bước quá hạn, chưa ghi ngày làm", "integer", 0.9),
        Column("next", "Việc tiếp theo", width=1.6),
    )
    rows = []
    for row in table.to_dict("records"):
        days = [
            None if row[step] != row[step] or row[step] is None else row[step].date()
            for step in STEPS
        ]
        rows.append(
            (
                row["name"],
                *days,
                row["late"],
                row["overdue"],
                words.MILESTONES.get(row["next"], _ALL_DONE),
            )
        )
    done = named("rollout.done", int(table["next"].isna().sum()))
    text = f"{done} trên {named('rollout.units', len(rows))} đơn vị đã ghi nhận đủ các bước; thứ tự các bước theo Công văn 677-CV/BTCTU, ngày 22/9/2021, Ban Tổ chức Tỉnh ủy Nghệ An."
    note = "Bước muộn và bước quá hạn chỉ tính ở các bước có ghi ngày theo kế hoạch; dấu “–” ở hai cột này là đơn vị không ghi ngày theo kế hoạch nào."
    table_block = Table(
        "sinh-hoat-mau",
        "Các bước sinh hoạt mẫu theo đơn vị",
        columns,
        tuple(rows),
        note=note,
        keys=tuple(table["unit_id"]),
    )
    return Group((Heading("Sinh hoạt mẫu"), Paragraph(text), table_block))


def annex_late(report: Report) -> Group:
    """Return occasions late or not done and, apart, those unknown; by unit if there are many."""
    found: list[Block] = []
    for name, title, states in _LISTED:
        table = report.compliance
        table = table[table["state"].isin(states)]
        if len(table):
            title_of_table = f"{title}, {report.slice.period.label}"
            make = _by_unit if len(table) > _MOST else _one_by_one
            found += [Annex(title), make(report, table, name, title_of_table)]
    return Group(tuple(found))


_LISTED = (
    ("muon", "Các lượt muộn hoặc chưa thực hiện", (LATE, MISSING)),
    ("chua-ro", "Các lượt chưa ghi ngày hoặc không có thông tin", (BLANK, UNKNOWN)),
)


def _one_by_one(report: Report, table: pd.DataFrame, name: str, title: str) -> Table:
    columns = (
        Column("unit", "Đơn vị", width=2.6),
        Column("about", "Kỳ, buổi họp", width=1.5),
        Column("due", "Hạn", "date"),
        Column("done", "Thực hiện", "date"),
        Column("state", "Tình trạng", width=1.4),
        Column("note", "Ghi chú", width=2.0),
    )
    months = report.scores.every_meeting.set_index("meeting_id")["month"].to_dict()
    rows: list[tuple[Any, ...]] = []
    bands: list[tuple[int, str]] = []
    for duty, theirs in table.groupby("duty", sort=False):
        bands.append((len(rows), DUTIES[str(duty)].title))
        every = report.compliance[report.compliance["duty"] == duty]
        due = Counter(zip(every["about"], every["due_on"], strict=True))
        occasions: dict[tuple[str, dt.date], list[Any]] = {}
        for r in theirs.itertuples(index=False):
            occasions.setdefault((r.about, r.due_on), []).append(r)
        for key, same in occasions.items():
            first = same[0]
            if (
                len(same) == due[key] > 1
                and first.state != LATE
                and all((r.state, r.note) == (first.state, first.note) for r in same)
            ):
                about = (
                    _about(first.about),
                    first.due_on,
                    None,
                    STATES[first.state],
                    first.note or None,
                )
                rows.append((f"Tất cả {len(same)} đơn vị", *about))
                continue
            for r in same:
                state = "ngoài khoảng ngày" if duty == "window" else STATES[r.state]
                due_on = None if duty == "window" else r.due_on
                rows.append(
                    (
                        report.unit_name(r.unit_id),
                        _about(months.get(r.about, r.about)),
                        due_on,
                        r.done_on,
                        state,
                        r.note or None,
                    )
                )
    return Table(name, title, columns, tuple(rows), bands=tuple(bands))


def _about(text: str) -> str:
    """Return a month or period as readers write it, or a meeting's id."""
    try:
        return Period.parse(text).label
    except InputError:
        return text


def _by_unit(report: Report, table: pd.DataFrame, name: str, title: str) -> Table:
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
    return Table(
        name,
        f"{title}, theo đơn vị",
        columns,
        tuple(blocks),
        note=note,
        keys=tuple(str(u) for u in counted.index),
    )
