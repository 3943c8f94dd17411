"""After inspection: what was found, where the inspector and the chi bộ judged otherwise, and the year's programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base import numbers
from assess.base.text import listing
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Paragraph, Table
from assess.reports.sections.inspection import day_of, text_of
from assess.reports.sections.words import form_name
from assess.rules import catalogue
from assess.studies.by_criterion import own_against
from assess.studies.coverage import FORMS, inspected
from assess.studies.inspection_plan import IN_WORDS

if TYPE_CHECKING:
    from assess.reports.report import Report

_LONGEST = 400


def inspections(report: Report) -> Group:
    """Return the inspections of the period: who, when, what was looked at, what was found and recommended."""
    table = report.slice.tables["inspection"]
    start, end = (pd.Timestamp(day) for day in (report.slice.period.start, report.slice.period.end))
    table = table[table["inspected_on"].between(start, end)].sort_values(["inspected_on", "chi_bo_id", "inspection_id"], kind="stable")
    heading = Heading("Các lần kiểm tra, giám sát, kiểm tra hồ sơ trong kỳ")
    if table.empty:
        return Group((heading, Paragraph("Số liệu không có lần kiểm tra, giám sát nào trong kỳ.")))
    visits = table.groupby(["chi_bo_id", "form", "inspected_on"])["finding"].count().reset_index()
    counts = visits["form"].value_counts()
    by_form = listing(f"{IN_WORDS[form]} {int(counts[form])} lần" for form in FORMS if form in counts)
    text = f"{len(visits)} lần ở {visits['chi_bo_id'].nunique()} chi bộ: {by_form}; {int(visits['finding'].gt(0).sum())} lần có ghi kết quả; chưa ghi không có nghĩa là không có hạn chế."
    columns = (
        Column("when", "Ngày", "date", 1),
        Column("name", "Chi bộ", width=1.8),
        Column("form", "Hình thức", width=1.1),
        Column("evidence", "Hồ sơ đã xem", width=1.4),
        Column("finding", "Kết quả, nhận xét", width=2.4),
        Column("clause", "Quy định liên quan", width=1.4),
        Column("recommendation", "Kiến nghị", width=2.2),
    )
    rows = tuple(
        (
            day_of(r.inspected_on), report.unit_name(r.chi_bo_id), IN_WORDS[r.form], text_of(r.evidence), text_of(r.finding) or "chưa ghi",
            text_of(r.clause), text_of(r.recommendation),
        )
        for r in table.head(_LONGEST).itertuples()
    )  # fmt: skip
    note = f"Bảng in {_LONGEST} trong {len(table)} dòng." if len(table) > _LONGEST else ""
    return Group((heading, Paragraph(text), Table("cac-lan", "Các lần kiểm tra, giám sát", columns, rows, note=note)))


def own_against_inspector(report: Report) -> Group:
    """Return, line by line of the form, how the chi bộ's entries compare with the inspector's at the same meetings."""
    heading = Heading("Tự chấm và người kiểm tra chấm, từng tiêu chí")
    frame = own_against(report.scores, "inspector")
    if frame.empty:
        return Group((heading, Paragraph("Trong kỳ không có buổi nào có cả phiếu tự chấm và phiếu của người kiểm tra.")))
    blocks: list[Block] = [heading]
    for rules in report.forms:
        mine = frame[frame["rule_set_id"] == rules.id].sort_values(["higher", "lower"], ascending=False, kind="stable")
        if mine.empty:
            continue
        columns = (
            Column("title", "Tiêu chí", width=3.6),
            Column("pairs", "Số buổi", "integer", 0.8),
            Column("same", "Như nhau", "integer", 0.8),
            Column("higher", "Tự chấm cao hơn", "integer"),
            Column("lower", "Tự chấm thấp hơn", "integer"),
            Column("left", "Một bên không tính", "integer"),
            Column("difference", "Chênh lệch bình quân", "points"),
        )
        rows = tuple(
            (r.title, r.pairs, r.same, r.higher, r.lower, r.one_left_out, None if r.difference != r.difference else r.difference)
            for r in mine.itertuples()
        )
        which = f", {form_name(rules)}" if len(report.forms) > 1 else ""
        blocks.append(Table(f"tung-tieu-chi-{rules.id}", f"Tự chấm so với người kiểm tra{which}", columns, rows))
    return Group(tuple(blocks))


def programme(report: Report) -> Group:
    """Return the year's inspections across the units below: done and not yet, under every reading of what counts."""
    question = catalogue()["coverage_counts"]
    by_option = {option.id: inspected(report.slice, option.id) for option in question.options}
    made = report.slice
    day = min(made.period.end, made.as_of.date())
    upper = {chi_bo: made.tree.reports_to(chi_bo, day) for chi_bo in next(iter(by_option.values()))["chi_bo_id"]}
    unit = {chi_bo: found.unit_id if found else made.dang_bo for chi_bo, found in upper.items()}
    if not upper:
        return Group((Heading("Chương trình kiểm tra, giám sát trong năm"), Paragraph("Cuối kỳ không còn chi bộ nào trực thuộc.")))
    base = next(iter(by_option.values())).assign(unit=lambda t: t["chi_bo_id"].map(unit))
    for option, table in by_option.items():
        base[f"covered_{option}"] = table["covered"].to_numpy()
    items = tuple(
        f"{option.title[:1].upper()}{option.title[1:]}: {int(base[f'covered_{option.id}'].sum())} trên {len(base)} chi bộ ({numbers.percent(float(base[f'covered_{option.id}'].mean()))})."
        for option in question.options
    )
    columns = (
        Column("unit", "Đơn vị", width=2.6),
        Column("all", "Số chi bộ", "integer", 0.8),
        *(Column(form, IN_WORDS[form].capitalize(), "integer") for form in FORMS),
        *(Column(f"c_{n}", f"Đã kiểm tra, cách {n}", "integer") for n in range(1, len(question.options) + 1)),
    )
    groups = base.groupby("unit", sort=True)
    rows = [
        (
            report.unit_name(str(name)), len(theirs), *(int(theirs[form].sum()) for form in FORMS),
            *(int(theirs[f"covered_{option.id}"].sum()) for option in question.options),
        )
        for name, theirs in groups
    ]  # fmt: skip
    total = (
        "Cộng", len(base), *(int(base[form].sum()) for form in FORMS), *(int(base[f"covered_{o.id}"].sum()) for o in question.options),
    )  # fmt: skip
    ways = "; ".join(f"cách {number}: {option.title}" for number, option in enumerate(question.options, start=1))
    title = f"Kiểm tra, giám sát, dự sinh hoạt theo đơn vị, từ đầu năm đến {numbers.day(day)}"
    note = f"Cột hình thức đếm số lần; ba cột cuối đếm chi bộ. {ways[:1].upper()}{ways[1:]}. Mỗi chi bộ hiện có tính một lần; chi bộ đã sáp nhập không còn trong bảng."
    table = Table("chuong-trinh", title, columns, (*rows, total), total=True, note=note)
    return Group(
        (Heading("Chương trình kiểm tra, giám sát trong năm"), Bullets(items, "Số chi bộ đã được kiểm tra, theo từng cách tính"), table)
    )
