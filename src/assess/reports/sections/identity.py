"""The subject of a report: a chi bộ's record, or the chi bộ of a đảng bộ by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base import numbers
from assess.base.text import listing
from assess.records import words
from assess.reports.blocks import Column, Group, Heading, Table
from assess.reports.named_figures import named
from assess.reports.sections.phrases import form_name

if TYPE_CHECKING:
    from assess.reports.report import Report

_FLAGS = {
    "has_chi_uy": "Chi ủy",
    "has_deputy": "Phó bí thư",
    "leads_mass_organisations": "Lãnh đạo tổ chức chính trị - xã hội",
}


def identity(report: Report) -> Group:
    """Return a chi bộ's record at the end of the period, or a đảng bộ's chi bộ by kind."""
    made = report.slice
    day = min(made.period.end, made.as_of.date())
    units = made.tree.on(day)
    own = units.get(made.dang_bo)
    if own is None or own.level != "chi_bo":
        return _below(report)
    row = made.tree.row_on(made.dang_bo, day) or {}
    upper = made.tree.reports_to(made.dang_bo, day)
    place = next((unit.place for unit in made.tree.above(made.dang_bo, day) if unit.place), "")
    before = sorted(made.tree.merged_into(made.dang_bo) - {made.dang_bo})
    said = {
        "Mã": made.dang_bo,
        "Cấp trên trực tiếp": upper.name if upper else "",
        "Loại hình": words.KINDS.get(own.kind, own.kind),
        "Địa bàn": place,
        "Trực thuộc đảng bộ hiện nay từ": numbers.day(row["valid_from"].date()),
        "Đảng viên chính thức": ""
        if pd.isna(row["official_members"])
        else named("identity.members", int(row["official_members"])),
        **{
            title: "" if pd.isna(row[name]) else words.YES if row[name] else words.NO
            for name, title in _FLAGS.items()
        },
        "Biểu điểm trong kỳ": listing(form_name(rules) for rules in report.forms),
        "Đã tiếp nhận chi bộ": listing(report.unit_name(unit_id) for unit_id in before),
    }
    columns = (Column("what", "Mục", width=1.6), Column("value", "Nội dung", width=4))
    rows = tuple(
        (what, value or "không ghi")
        for what, value in said.items()
        if value or what != "Đã tiếp nhận chi bộ"
    )
    return Group(
        (
            Heading("Thông tin chi bộ"),
            Table("thong-tin", f"{own.name}, đến {numbers.day(day)}", columns, rows),
        )
    )


def _below(report: Report) -> Group:
    made = report.slice
    day = min(made.period.end, made.as_of.date())
    units = made.tree.on(day)
    chi_bo = made.tree.chi_bo_under(made.dang_bo, day)
    if not chi_bo:
        return Group(())
    counts = pd.Series([units[c].kind for c in chi_bo]).value_counts()
    members = [
        row["official_members"]
        for c in chi_bo
        if (row := made.tree.row_on(c, day)) and not pd.isna(row["official_members"])
    ]
    columns = (Column("kind", "Loại hình", width=3), Column("count", "Số chi bộ", "integer"))
    rows = tuple(
        (words.KINDS.get(kind, kind), int(counts[kind])) for kind in words.KINDS if kind in counts
    )
    count = named("identity.members", int(sum(members)))
    note = (
        f"Đảng viên chính thức: {count}, của {named('identity.with_members', len(members))} chi bộ có ghi."
        if members
        else ""
    )
    title = f"Chi bộ trực thuộc theo loại hình, đến {numbers.day(day)}"
    total = ("Cộng", len(chi_bo))
    return Group(
        (
            Heading("Đối tượng"),
            Table("loai-hinh", title, columns, (*rows, total), total=True, note=note),
        )
    )
