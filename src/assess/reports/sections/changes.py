"""What changed under the report: values corrected after they were recorded, and the organisation within the period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.records import words as record_words
from assess.records.tables import TABLES
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Paragraph, Table
from assess.reports.sections.words import RATERS
from assess.studies.moves import CAME, ENDED, FOUNDED, LEFT, WITHIN

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report

_LONGEST = 60
"""Corrections that are listed one by one; beyond, by chi bộ."""
_NAMED = 8


def corrections(report: Report) -> Group:
    """Return which meetings and sheets were corrected after they were first recorded, and what changed; nothing if none was."""
    changes = report.corrections
    if changes.empty:
        return Group(())
    sheets = changes.loc[changes["sheet_id"] != "", "sheet_id"].nunique()
    meetings = changes.loc[changes["sheet_id"] == "", "meeting_id"].nunique()
    parts = [f"{sheets} phiếu"] * bool(sheets) + [f"số liệu của {meetings} buổi họp"] * bool(meetings)
    text = f"Đến thời điểm lấy số liệu, {listing(parts)} trong kỳ đã được sửa sau khi ghi nhận lần đầu. Báo cáo dùng số liệu sau khi sửa."
    table = _by_value(report, changes) if len(changes) <= _LONGEST else _by_chi_bo(report, changes)
    return Group((Heading("Số liệu đã được sửa"), Paragraph(text), table))


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
    return Table(id="da-sua", title="Số liệu đã được sửa sau khi ghi nhận", columns=columns, rows=rows)


def _by_chi_bo(report: Report, changes: pd.DataFrame) -> Table:
    columns = (
        Column("chi_bo", "Chi bộ", width=2.5),
        Column("meetings", "Số buổi họp có sửa", "integer"),
        Column("values", "Số mục được sửa", "integer"),
        Column("last", "Lần sửa cuối", "date"),
    )
    grouped = changes.groupby("chi_bo_id").agg(m=("meeting_id", "nunique"), v=("item", "size"), last=("recorded_at", "max"))
    rows = tuple((report.names[chi_bo], row["m"], row["v"], row["last"].date()) for chi_bo, row in grouped.iterrows())
    return Table(id="da-sua", title="Số liệu đã được sửa sau khi ghi nhận, theo chi bộ", columns=columns, rows=rows)


def _item(item: str, titles: dict[str, str]) -> str:
    name, _, part = item.partition(".")
    if name not in titles:
        return record_words.title_of(name)
    return f"{titles[name]} ({record_words.title_of(part).lower()})" if part else titles[name]


def _value(item: str, sheet_id: str, value: object) -> str:
    """A value as text, by the column that it is of: of a line (criterion, or criterion.column), a sheet or a meeting."""
    table = TABLES["meeting" if not sheet_id else "sheet" if item in TABLES["sheet"].names else "line"]
    name = item if table.name != "line" else item.partition(".")[2] or "points"
    return record_words.value_of(table[name], value if isinstance(value, str) else None)


def organisation(report: Report) -> Group:
    """Return how the chi bộ of the đảng bộ changed within the period, and where their meetings count; nothing if none did."""
    table = report.moves
    if table.empty:
        return Group(())
    tree = report.slice.tree
    items = []
    for (day, what, other), theirs in table.groupby(["day", "what", "other"], sort=True):
        names = [report.names[chi_bo] for chi_bo in theirs["chi_bo_id"]]
        shown = listing(names) if len(names) <= _NAMED else f"{', '.join(names[:_NAMED])} và {len(names) - _NAMED} chi bộ khác"
        there = tree.name_on(other, day) if other else ""
        sentence = _SENTENCES[_ENDED_ALONE if what == ENDED and not other else what]
        items.append(sentence.format(day=numbers.day(day), count=len(names), names=shown, other=there or "đơn vị khác"))
    text = "Mỗi buổi sinh hoạt chỉ tính một lần, cho đảng bộ mà chi bộ trực thuộc vào cuối tháng."
    blocks: tuple[Block, ...] = (Heading("Thay đổi tổ chức trong kỳ"), Paragraph(text), Bullets(tuple(items)))
    return Group(blocks)


_ENDED_ALONE = "ended alone"
_SENTENCES = {
    _ENDED_ALONE: "Từ ngày {day}, {count} chi bộ không còn; các tháng trước đó vẫn tính: {names}.",
    CAME: "Từ ngày {day}, {count} chi bộ chuyển đến từ {other}; các tháng trước tính ở đơn vị cũ: {names}.",
    LEFT: "Từ ngày {day}, {count} chi bộ chuyển sang {other}; từ tháng đó tính ở đơn vị mới: {names}.",
    FOUNDED: "Từ ngày {day}, {count} chi bộ được thành lập, chỉ tính từ tháng đó: {names}.",
    ENDED: "Từ ngày {day}, {count} chi bộ không còn, nhập vào {other}; các tháng trước đó vẫn tính: {names}.",
    WITHIN: "Từ ngày {day}, {count} chi bộ đổi cấp trên trực tiếp, trước đó thuộc {other}, vẫn trong đảng bộ này; mỗi tháng tính một lần: {names}.",
}
