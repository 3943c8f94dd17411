"""Changes behind the report: values corrected after recording, and reorganisation in the period."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.periods import Period
from assess.base.text import listing
from assess.records import words as record_words
from assess.records.tables import TABLES
from assess.records.words import RATERS
from assess.reports.blocks import Block, Column, Group, Heading, Paragraph, Table
from assess.reports.named_figures import named

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report

_LONGEST = 60
"""Most corrections listed one by one; more are counted by chi bộ."""


def corrections(report: Report) -> Group:
    """Return later corrections and, separately, blanks filled in; empty if there are none."""
    fills = report.corrections["fills"]
    changes, filled = report.corrections[~fills], report.corrections[fills]
    blocks: list[Block] = []
    if len(changes):
        text = f"Đến thời điểm lấy số liệu, {_counted(changes, 'corrections')} trong kỳ đã được sửa sau khi ghi nhận lần đầu. Báo cáo dùng số liệu sau khi sửa."
        table = (
            _by_value(report, changes) if len(changes) <= _LONGEST else _by_chi_bo(report, changes)
        )
        blocks += [Heading("Số liệu đã được sửa"), Paragraph(text), table]
    if len(filled):
        text = f"{_counted(filled, 'fills')} trong kỳ được bổ sung mục trước đó để trống; đây không phải là sửa số liệu."
        blocks += [
            Heading("Số liệu được bổ sung"),
            Paragraph(text[:1].upper() + text[1:]),
            _filled(report, filled),
        ]
    return Group(tuple(blocks))


def withdrawals(report: Report) -> Group:
    """Return what was withdrawn from the store, with when and why; empty if nothing was."""
    found = report.slice.withdrawn
    if found.empty:
        return Group(())
    listed = found.head(_LONGEST)
    rows = tuple(
        (
            record_words.TABLE_NAMES[w.table],
            report.unit_name(w.unit_id),
            _time(w.time),
            w.what,
            int(w.rows),
            w.withdrawn_at.date(),
            w.reason or None,
        )
        for w in listed.itertuples(index=False)
    )
    text = f"{named('withdrawn', len(found))} mục số liệu đã ghi nhận rồi được rút; báo cáo không dùng."
    if len(found) > len(listed):
        text += f" Dưới đây là {len(listed)} mục đầu."
    columns = (
        Column("table", "Loại", width=1.4),
        Column("unit", "Đơn vị", width=2.0),
        Column("time", "Thời gian"),
        Column("what", "Mã", "code"),
        Column("rows", "Số dòng", "integer"),
        Column("day", "Ngày rút", "date"),
        Column("reason", "Lý do", width=2.2),
    )
    table = Table(id="da-rut", title="Số liệu đã rút khỏi kho", columns=columns, rows=rows, stub=2)
    return Group((Heading("Số liệu đã rút"), Paragraph(text), table))


def brought_in(report: Report) -> Group:
    """Return a note on rows that came into the store with moments of their own; empty if none."""
    origin = report.slice.origin
    if origin is None or not origin.brought_in:
        return Group(())
    text = (
        f"{named('brought_in', origin.brought_in)} dòng số liệu được đưa vào kho cùng một lúc, với thời điểm ghi nhận "
        "do chính số liệu ấy nêu. Kho chỉ bảo đảm các dòng này không đổi từ lượt đưa vào, không bảo đảm thời điểm được nêu."
    )
    return Group((Heading("Số liệu đưa vào kho từ trước"), Paragraph(text)))


def _time(text: str) -> str:
    """Return a day, month or period as documents write it."""
    if len(text) == len("2026-03-05"):
        return numbers.day(dt.date.fromisoformat(text))
    return Period.parse(text).label if text else "–"


def _counted(changes: pd.DataFrame, name: str) -> str:
    """Return the number of sheets and meetings that some changes concern."""
    sheets = changes.loc[changes["sheet_id"] != "", "sheet_id"].nunique()
    meetings = changes.loc[changes["sheet_id"] == "", "meeting_id"].nunique()
    parts = [f"{named(f'{name}.sheets', sheets)} phiếu"] * bool(sheets)
    return listing(
        [*parts, *[f"số liệu của {named(f'{name}.meetings', meetings)} buổi họp"] * bool(meetings)]
    )


def _filled(report: Report, filled: pd.DataFrame) -> Table:
    """Return filled blanks, one row per meeting, day and file, or per chi bộ if there are many."""
    by = ["chi_bo_id", "meeting_id", "day", "source"]
    values = filled[~filled["item"].str.endswith(".state")].assign(
        day=filled["recorded_at"].dt.date, source=filled["source"].fillna("")
    )
    grouped = values.groupby(by, sort=True).size()
    columns = (
        Column("chi_bo", "Chi bộ", width=2.2),
        Column("meeting", "Mã buổi họp", "code"),
        Column("values", "Số mục bổ sung", "integer"),
        Column("day", "Ngày ghi nhận", "date"),
        Column("source", "Từ tệp", width=1.8),
    )
    title = "Số mục được bổ sung vào chỗ trước đó để trống"
    if len(grouped) <= _LONGEST:
        parts = [(*key, int(n)) for key, n in grouped.items()]
        rows = tuple(
            (report.names[chi_bo], meeting, n, day, source or None)
            for chi_bo, meeting, day, source, n in parts
        )
        return Table(id="bo-sung", title=title, columns=columns, rows=rows, stub=2)
    short = values.groupby("chi_bo_id").agg(
        m=("meeting_id", "nunique"), v=("item", "size"), last=("day", "max")
    )
    few = tuple(
        (report.names[chi_bo], row["m"], row["v"], row["last"]) for chi_bo, row in short.iterrows()
    )
    heads = (
        columns[0],
        Column("meetings", "Số buổi họp có bổ sung", "integer"),
        columns[2],
        Column("day", "Lần cuối", "date"),
    )
    return Table(
        id="bo-sung",
        title=f"{title}, theo chi bộ",
        columns=heads,
        rows=few,
        keys=tuple(str(c) for c in short.index),
    )


def _by_value(report: Report, changes: pd.DataFrame) -> Table:
    columns = (
        Column("meeting", "Mã buổi họp", "code"),
        Column("sheet", "Phiếu", width=1.2),
        Column("item", "Mục được sửa", width=2.6),
        Column("before", "Trước", width=1.2),
        Column("after", "Sau khi sửa", width=1.2),
        Column("day", "Ngày ghi nhận", "date"),
        Column("source", "Từ tệp", width=1.8),
    )
    raters = report.slice.tables["sheet"].set_index("sheet_id")["rater"].to_dict()
    titles = {c.id: c.title for rules in report.slice.rule_sets.values() for c in rules.criteria}
    rows = tuple(
        (
            c.meeting_id,
            RATERS.get(raters.get(c.sheet_id, ""), "buổi họp"),
            _item(str(c.item), titles),
            _value(c.item, c.sheet_id, c.before),
            _value(c.item, c.sheet_id, c.after),
            c.recorded_at.date(),
            c.source or None,
        )
        for c in changes.itertuples(index=False)
    )
    return Table(
        id="da-sua", title="Số liệu đã được sửa sau khi ghi nhận", columns=columns, rows=rows
    )


def _by_chi_bo(report: Report, changes: pd.DataFrame) -> Table:
    columns = (
        Column("chi_bo", "Chi bộ", width=2.5),
        Column("meetings", "Số buổi họp có sửa", "integer"),
        Column("values", "Số mục được sửa", "integer"),
        Column("last", "Lần sửa cuối", "date"),
    )
    grouped = changes.groupby("chi_bo_id").agg(
        m=("meeting_id", "nunique"), v=("item", "size"), last=("recorded_at", "max")
    )
    rows = tuple(
        (report.names[chi_bo], row["m"], row["v"], row["last"].date())
        for chi_bo, row in grouped.iterrows()
    )
    return Table(
        id="da-sua",
        title="Số liệu đã được sửa sau khi ghi nhận, theo chi bộ",
        columns=columns,
        rows=rows,
    )


def _item(item: str, titles: dict[str, str]) -> str:
    name, _, part = item.partition(".")
    if name not in titles:
        return record_words.title_of(name)
    return f"{titles[name]} ({record_words.title_of(part).lower()})" if part else titles[name]


def _value(item: str, sheet_id: str, value: object) -> str:
    """Return a value as text, by its column in a line, sheet or meeting.

    ``item`` of a line is its criterion, or ``criterion.column``.
    """
    table = TABLES[
        "meeting" if not sheet_id else "sheet" if item in TABLES["sheet"].names else "line"
    ]
    name = item if table.name != "line" else item.partition(".")[2] or "points"
    return record_words.value_of(table[name], value if isinstance(value, str) else None)
