"""Results of inspection: findings, differences between chi bộ and inspector, and the programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base import numbers
from assess.base.text import committee_of, listing
from assess.records import words
from assess.records.words import INSPECTION_KINDS
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Paragraph, Table
from assess.reports.named_figures import named
from assess.reports.sections.inspection import day_of, text_of
from assess.reports.sections.phrases import form_name
from assess.rules import catalogue
from assess.studies.inspection.by_criterion import own_against
from assess.studies.inspection.coverage import inspected, inspections_of

if TYPE_CHECKING:
    from assess.reports.report import Report

_LONGEST = 400
_NAMED = 10


def inspections(report: Report, *, all_years: bool = False) -> Group:
    """Return inspections of the period and of its meetings, or with ``all_years`` all on record.

    Each has date, inspector, what was inspected, findings and recommendations.
    """
    made = report.slice
    table = (
        made.tables["inspection"]
        .dropna(subset="inspected_on")
        .sort_values(["inspected_on", "chi_bo_id", "inspection_id"], kind="stable")
    )
    start, end = (pd.Timestamp(day) for day in (made.period.start, made.period.end))
    within = table["inspected_on"].between(start, end)
    of_meetings = table["meeting_id"].isin(report.scores.meetings["meeting_id"])
    if not all_years:
        table = table[(within | of_meetings) & table["chi_bo_id"].isin(made.chi_bo)]
    when = "" if all_years else " trong kỳ hoặc về các buổi họp của kỳ"
    heading = Heading(
        "Các lần kiểm tra, giám sát, kiểm tra hồ sơ" + (" đã có" if all_years else "")
    )
    if table.empty:
        return Group((heading, Paragraph(f"Số liệu không có lần kiểm tra, giám sát nào{when}.")))
    visits = inspections_of(table)
    counts = visits["form"].value_counts()
    by_form = listing(
        f"{INSPECTION_KINDS[form]} {named(f'inspections.{form}', counts[form])} lần"
        for form in INSPECTION_KINDS
        if form in counts
    )
    later = int((inspections_of(table[table["inspected_on"] > end])["form"].notna()).sum())
    after = (
        f" Trong đó {named('inspections.later', later)} lần thực hiện sau kỳ, đến thời điểm lấy số liệu."
        if later
        else ""
    )
    places = (
        f" ở {named('inspections.chi_bo', visits['chi_bo_id'].nunique())} chi bộ"
        if made.chi_bo != (made.dang_bo,)
        else ""
    )
    with_finding = named("inspections.with_finding", visits["found"].gt(0).sum())
    text = f"{named('inspections.all', len(visits))} lần{places}{when}: {by_form}; {with_finding} lần có ghi kết quả, còn lại chưa ghi kết quả, không suy ra có hay không có hạn chế.{after}"
    columns = (
        Column("when", "Ngày", "date", 1),
        Column("name", "Chi bộ", width=1.8),
        Column("form", "Hình thức", width=1.1),
        Column("by", "Cấp kiểm tra", width=1.6),
        Column("evidence", "Hồ sơ đã xem", width=1.4),
        Column("finding", "Kết quả, nhận xét", width=2.4),
        Column("clause", "Quy định liên quan", width=1.4),
        Column("recommendation", "Kiến nghị", width=2.2),
    )
    rows = tuple(
        (
            day_of(r.inspected_on),
            report.unit_name(r.chi_bo_id),
            INSPECTION_KINDS[r.form],
            "chưa ghi"
            if pd.isna(r.inspected_by)
            else committee_of(report.unit_name(r.inspected_by)),
            text_of(r.evidence),
            text_of(r.finding) or "chưa ghi",
            text_of(r.clause),
            text_of(r.recommendation),
        )
        for r in table.head(_LONGEST).itertuples()
    )
    note = f"Bảng in {_LONGEST} trong {len(table)} dòng." if len(table) > _LONGEST else ""
    return Group(
        (
            heading,
            Paragraph(text),
            Table("cac-lan", "Các lần kiểm tra, giám sát", columns, rows, note=note),
        )
    )


def own_against_inspector(report: Report) -> Group:
    """Return by line how the chi bộ's entries compare with the inspector's at the same meetings."""
    heading = Heading("Tự chấm và người kiểm tra chấm, từng tiêu chí")
    frame = own_against(report.scores, "inspector")
    if frame.empty:
        return Group(
            (
                heading,
                Paragraph(
                    "Trong các buổi họp của kỳ không có buổi nào có cả phiếu tự chấm và phiếu của người kiểm tra."
                ),
            )
        )
    blocks: list[Block] = [heading]
    for rules in report.forms:
        mine = frame[frame["rule_set_id"] == rules.id].sort_values(
            ["higher", "lower"], ascending=False, kind="stable"
        )
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
            (
                r.title,
                r.pairs,
                r.same,
                r.higher,
                r.lower,
                r.one_left_out,
                None if r.difference != r.difference else r.difference,
            )
            for r in mine.itertuples()
        )
        which = f", {form_name(rules)}" if len(report.forms) > 1 else ""
        blocks.append(
            Table(
                f"tung-tieu-chi-{rules.id}", f"Tự chấm so với người kiểm tra{which}", columns, rows
            )
        )
    return Group(tuple(blocks))


def programme(report: Report) -> Group:
    """Return the year's inspections of the units below, done and open.

    They are counted by inspection kind, by inspecting level and under every reading of what counts.
    """
    question = catalogue()["coverage_counts"]
    made = report.slice
    by_option = {option.id: inspected(made, option.id) for option in question.options}
    day = min(made.period.end, made.as_of.date())
    base = by_option[report.option("coverage_counts")]
    heading = Heading("Chương trình kiểm tra, giám sát trong năm")
    if base.empty:
        return Group((heading, Paragraph("Cuối kỳ không còn chi bộ nào trực thuộc.")))
    upper = {chi_bo: made.tree.reports_to(chi_bo, day) for chi_bo in base["chi_bo_id"]}
    base = base.assign(
        unit=[
            found.unit_id if (found := upper[chi_bo]) else made.dang_bo
            for chi_bo in base["chi_bo_id"]
        ]
    )
    items = tuple(
        f"{option.title[:1].upper()}{option.title[1:]}: {named(f'programme.{option.id}.covered', by_option[option.id]['covered'].sum())} trên "
        f"{named('programme.chi_bo', len(base))} chi bộ ({named(f'programme.{option.id}.share', by_option[option.id]['covered'].mean(), numbers.percent)})."
        for option in question.options
    )
    for number, table in enumerate(by_option.values(), start=1):
        base[f"c_{number}"] = table["covered"].to_numpy()
    counted = [*INSPECTION_KINDS, *(f"c_{number}" for number in range(1, len(by_option) + 1))]
    columns = (
        Column("unit", "Đơn vị trực tiếp", width=2.6),
        Column("all", "Số chi bộ", "integer", 0.8),
        *(
            Column(form, INSPECTION_KINDS[form].capitalize(), "integer")
            for form in INSPECTION_KINDS
        ),
        *(
            Column(name, f"Đã kiểm tra, cách {number}", "integer")
            for number, name in enumerate(counted[len(INSPECTION_KINDS) :], start=1)
        ),
    )
    rows = [
        (report.unit_name(str(unit)), len(theirs), *(int(theirs[c].sum()) for c in counted))
        for unit, theirs in base.groupby("unit")
    ]
    total = ("Cộng", len(base), *(int(base[c].sum()) for c in counted))
    ways = "; ".join(
        f"cách {number}: {option.title}" for number, option in enumerate(question.options, start=1)
    )
    title = f"Kiểm tra, giám sát, dự sinh hoạt theo đơn vị, từ đầu năm đến {numbers.day(day)}"
    note = (
        f"Mỗi chi bộ tính ở cấp ủy trực tiếp tổng hợp kết quả của nó, nên đơn vị không gồm các đảng bộ trực thuộc. Cột hình thức đếm số lần; "
        f"các cột sau đếm chi bộ. {ways[:1].upper()}{ways[1:]}. Mỗi chi bộ hiện có tính một lần; chi bộ đã sáp nhập không còn trong bảng."
    )
    blocks: list[Block] = [
        heading,
        Bullets(items, "Số chi bộ đã được kiểm tra, theo từng cách tính"),
    ]
    blocks.append(Table("chuong-trinh", title, columns, (*rows, total), total=True, note=note))
    nowhere = int(base["no_meeting"].sum())
    if nowhere:
        blocks.append(
            Paragraph(
                f"{named('programme.no_meeting', nowhere)} lần dự sinh hoạt ghi vào ngày không có buổi sinh hoạt của chi bộ trong số liệu, không tính trong bảng trên."
            )
        )
    open_ = made.tables["inspection"]
    open_ = open_[open_["inspected_on"].isna() & open_["chi_bo_id"].isin(base["chi_bo_id"])]
    if len(open_):
        names = listing(
            report.unit_name(chi_bo) for chi_bo in dict.fromkeys(open_["chi_bo_id"].head(_NAMED))
        )
        more = (
            f" và {named('programme.open_more', open_['chi_bo_id'].nunique() - _NAMED)} chi bộ khác"
            if open_["chi_bo_id"].nunique() > _NAMED
            else ""
        )
        blocks.append(
            Paragraph(
                f"Đã có trong số liệu nhưng chưa ghi ngày thực hiện: {named('programme.open', len(open_))} cuộc, ở {names}{more}."
            )
        )
    return Group((*blocks, *_duties(report, base)))


def _duties(report: Report, base: pd.DataFrame) -> tuple[Block, ...]:
    """Return the two duties: the committee directly above inspects all chi bộ, others some."""
    made = report.slice
    day = min(made.period.end, made.as_of.date())
    base = base.assign(
        left=~base["direct"], unsaid=base["covered"] & ~base["direct"] & ~base["higher"]
    )
    counted = ["direct", "left", "higher", "unsaid"]
    rows = []
    for unit, theirs in base.groupby("unit"):
        found = made.tree.on(day).get(str(unit))
        level = words.LEVELS[found.level] if found else ""
        rows.append(
            (
                report.unit_name(str(unit)),
                level,
                len(theirs),
                *(int(theirs[c].sum()) for c in counted),
            )
        )
    whole = int(base.groupby("unit")["direct"].all().sum())
    columns = (
        Column("unit", "Đơn vị trực tiếp", width=2.6),
        Column("level", "Cấp", width=1.2),
        Column("all", "Số chi bộ", "integer", 0.8),
        Column("direct", "Cấp ủy trực tiếp đã kiểm tra", "integer"),
        Column("left", "Cấp ủy trực tiếp chưa kiểm tra", "integer"),
        Column("higher", "Cấp ủy cấp trên tiếp theo đã kiểm tra", "integer"),
        Column("unsaid", "Đã kiểm tra, không ghi cấp nào", "integer"),
    )
    total = ("Cộng", "", len(base), *(int(base[c].sum()) for c in counted))
    text = (
        f"{named('programme.whole', whole)} trên {named('programme.units', len(rows))} đơn vị đã tự kiểm tra mọi chi bộ của mình; "
        f"cấp ủy cấp trên tiếp theo đã kiểm tra {named('programme.higher', base['higher'].sum())} trên {named('programme.chi_bo', len(base))} chi bộ. "
        "Văn bản chỉ đạo của Ban Thường vụ Tỉnh ủy Tây Ninh (theo bản tin ngày 31/10/2017) yêu cầu cấp ủy cơ sở kiểm tra mọi chi bộ trước khi xếp loại cuối năm, cấp trên kiểm tra một số chi bộ, "
        "không nêu bao nhiêu; nơi khác theo chương trình của mình."
    )
    option = report.chosen("coverage_counts").option.title
    note = f"Tính theo cách: {option}. Cấp kiểm tra lấy theo số liệu ghi nhận; của dự sinh hoạt là đơn vị của chức danh."
    table = Table(
        "hai-nhiem-vu", "Cấp nào đã kiểm tra", columns, (*rows, total), total=True, note=note
    )
    return Heading("Nhiệm vụ của cấp ủy trực tiếp và của cấp trên", 2), Paragraph(text), table
