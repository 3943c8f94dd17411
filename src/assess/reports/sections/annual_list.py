"""The annual list: the class each unit's file supports, the cap, decisions and commendation."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.records import words
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Note, Paragraph, Table
from assess.reports.named_figures import named
from assess.reports.sections.year_class import readings_used
from assess.rules import FIDELITIES
from assess.rules.parts import edges_of
from assess.scoring.annual.annual_class import ANNUAL_QUESTIONS
from assess.scoring.annual.cap import limit
from assess.scoring.period.summary import shares

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.scoring.annual.annual_class import ConditionResult
    from assess.scoring.annual.annual_list import AnnualLine, GroupResult

FOUR = (
    ("A", "httnv_only", "floor"),
    ("B", "httnv_and_htxsnv", "floor"),
    ("C", "httnv_and_htxsnv", "half_up"),
    ("D", "httnv_and_htxsnv", "ceiling"),
)
"""Four readings of the cap, as (name, denominator, rounding).

A counts only the units left in the second class, rounded down; B, C and D count both classes,
rounded down, half up and up.
"""
_STATUS = {
    "returned": "trả lại: đủ điểm, thiếu điều kiện",
    "incomplete": "hồ sơ chưa đủ",
    "over": "điểm vượt tối đa của phần",
    "unknown": "chưa có quy tắc để đề xuất",
    "no_class": "không mức nào đủ điều kiện",
}
CLASSES = words.ANNUAL_CLASSES


def annual_result(report: Report) -> Group:
    """Return the number of units per class: supported by the files, after the cap, and decided."""
    heading = Heading("Kết quả đề xuất")
    lines = report.annual_list.lines
    if not lines:
        return Group(
            (
                heading,
                Paragraph(f"Chưa có hồ sơ xếp loại {report.slice.period.label} của đơn vị nào."),
            )
        )
    classes = [*CLASSES, None]
    undecided = sum(line.decided is None for line in lines)
    supported = Counter(line.proposal.class_id for line in lines)
    proposed = Counter(line.proposed for line in lines)
    decided = Counter(line.decided for line in lines)
    parts = shares([proposed[c] for c in classes], report.shares_reading)
    rows = (
        *(
            (
                CLASSES[c] if c else "Chưa đề xuất được",
                supported[c],
                proposed[c],
                part,
                decided[c] if c else None,
            )
            for c, part in zip(classes, parts, strict=True)
        ),
        ("Chưa có quyết định", None, None, None, undecided),
    )
    columns = (
        Column("class", "Mức xếp loại", width=2.6),
        Column("supported", "Theo hồ sơ", "integer"),
        Column("proposed", "Đề xuất sau khi tính trần", "integer", 1.2),
        Column("share", "Tỷ lệ trên số hồ sơ", "percent", 1.1),
        Column("decided", "Đã quyết định", "integer"),
    )
    total = ("Cộng", len(lines), len(lines), 1.0, len(lines))
    exact = report.shares_reading == "unrounded"
    note = (
        "Tỷ lệ làm tròn từng số."
        if exact
        else "Tỷ lệ được làm tròn sao cho cộng đúng 100%, nên hai số bằng nhau có thể lệch 0,1%."
    )
    table = Table(
        "xep-loai-nam",
        f"Xếp loại {report.slice.period.label}, {named('list.files', len(lines))} đơn vị có hồ sơ",
        columns,
        (*rows, total),
        total=True,
        note=note,
    )
    return Group((heading, Paragraph(_sentence(report)), table, *_questions(report)))


def _sentence(report: Report) -> str:
    rules, lines = report.slice.annual, report.annual_list.lines
    if rules is None:
        return f"{report.slice.name} chưa áp dụng quy định nào về xếp loại năm, nên chỉ nêu mức tự nhận và quyết định."
    seen = FIDELITIES[rules.fidelity]
    if not rules.classes_by_points:
        return f"Theo {rules.short} ({seen}). {rules.note}"
    decided = sum(line.decided is not None for line in lines)
    there = (
        f"đã có quyết định của cấp có thẩm quyền với {named('list.decided', decided)} đơn vị"
        if decided
        else "chưa đơn vị nào có quyết định"
    )
    return (
        f"Đề xuất theo {rules.short} ({seen}), từ {named('list.files', len(lines))} hồ sơ của các đơn vị trực thuộc; {there}. "
        "Đây là đề xuất tính từ hồ sơ; mức xếp loại do cấp có thẩm quyền xem xét, quyết định. Báo cáo này chỉ về tổ chức đảng, không xếp loại từng đảng viên."
    )


def _questions(report: Report) -> list[Block]:
    """Return what needs a decision.

    These are listed cases, effects of the cap, points without the conditions, incomplete files, and
    decisions that differ from the proposal.
    """
    lines = report.annual_list.lines
    listed = [line for line in lines if line.proposal.listed]
    capped = [line for line in lines if line.proposed != line.proposal.class_id]
    gap = [line for line in lines if line.proposal.unmet]
    waiting = [
        line
        for line in lines
        if line.proposal.status in _STATUS and line.proposal.status != "unknown"
    ]
    differ = [
        line for line in lines if line.decided and line.proposed and line.decided != line.proposed
    ]
    items = [
        f"{report.unit_name(line.unit_id)}: tự nhận {_short(line.self_class) or 'không ghi'}, đề xuất {_short(line.proposed)} vì {line.proposal.listed}."
        for line in listed[: report.at_most]
    ]
    if len(listed) > report.at_most:
        items = [
            f"{named('list.listed', len(listed))} đơn vị thuộc trường hợp được nêu, đề xuất {_short(listed[0].proposed)}: {_names(report, listed)}."
        ]
    if capped:
        items.append(
            f"{named('list.capped', len(capped))} đơn vị đủ mức xuất sắc nhưng xuống mức sau vì trần: {_names(report, capped)}."
        )
    if gap:
        how = report.chosen("points_without_conditions").option.title
        items.append(
            f"{named('list.unmet', len(gap))} đơn vị đủ điểm của mức nhưng thiếu điều kiện ({_names(report, gap)}); văn bản không nói rõ, tạm áp dụng cách hiểu: {how}."
        )
    if waiting:
        items.append(
            f"{named('list.waiting', len(waiting))} hồ sơ chưa đề xuất được mức: {_names(report, waiting)}."
        )
    if differ:
        items.append(
            f"{named('list.differ', len(differ))} đơn vị có quyết định khác với đề xuất: {_names(report, differ)}."
        )
    items += [
        f"Nhóm {group.name}: đã quyết định {named(f'cap.{group.name}.decided', group.decided)} đơn vị xuất sắc, "
        f"trần tính trên số đã quyết định là {named(f'cap.{group.name}.decided_limit', group.decided_limit)}."
        for group in report.annual_list.groups
        if group.decided > group.decided_limit
    ]
    return [Bullets(tuple(items), "Những điểm cần xem")] if items else []


def _names(report: Report, lines: list[AnnualLine]) -> str:
    most = report.at_most
    names = [report.unit_name(line.unit_id) for line in lines]
    return (
        listing(names)
        if len(names) <= most
        else f"{', '.join(names[:most])} và {len(names) - most} đơn vị khác"
    )


def annual_list(report: Report) -> Group:
    """Return a row per unit: points, supported class, proposal after the cap, reason, decision."""
    if not report.annual_list.lines:
        return Group(())
    columns = (
        Column("number", "TT", "integer", 0.5),
        Column("name", "Đơn vị", width=2.6),
        Column("self", "Tự nhận", width=1.35),
        Column("points", "Điểm", "points", 0.8, _cuts(report)),
        Column("meetings", "Sinh hoạt cả năm", width=1.35),
        Column("supported", "Theo hồ sơ", width=1.35),
        Column("proposed", "Đề xuất", width=1.35),
        Column("why", "Lý do", width=2.9),
        Column("decided", "Quyết định", width=1.35),
    )
    rows, bands = [], []
    lines = sorted(
        report.annual_list.lines,
        key=lambda line: (line.group, -(line.proposal.points or 0.0), line.unit_id),
    )
    for i, line in enumerate(lines):
        if i == 0 or line.group != lines[i - 1].group:
            bands.append((i, _capital(line.group)))
        rows.append(
            (
                i + 1,
                report.unit_name(line.unit_id),
                _short(line.self_class),
                line.proposal.points,
                _meetings(report, line.unit_id),
                _short(line.proposal.class_id),
                _short(line.proposed),
                _why(report, line),
                _short(line.decided),
            )
        )
    note = (
        "HTXSNV, HTTNV, HTNV, KHTNV: hoàn thành xuất sắc, hoàn thành tốt, hoàn thành, không hoàn thành nhiệm vụ. Cột sinh hoạt cả năm: "
        f"{report.chosen('meeting_weight').option.title}."
    )
    table = Table(
        "danh-sach",
        f"Danh sách đề xuất xếp loại {report.slice.period.label}",
        columns,
        tuple(rows),
        stub=2,
        bands=tuple(bands),
        note=note,
        keys=tuple(line.unit_id for line in lines),
    )
    return Group((Heading("Danh sách đề xuất"), table))


def _short(class_id: str | None) -> str | None:
    return class_id.upper() if class_id else None


def _meetings(report: Report, unit_id: str) -> str | None:
    """Return the class of the year's meetings, or the number per class if there is no rule."""
    outcome = report.years.get(unit_id)
    if outcome is None:
        return None
    if outcome.status == "classed":
        return outcome.title
    titles = {c.id: c.title for rules in report.forms for c in rules.classes}
    counts: Counter[str] = Counter()
    for table in report.results_by_chi_bo.values():
        mine = table[table["chi_bo_id"] == unit_id]
        for class_id, title in titles.items():
            if class_id in mine.columns:
                counts[title] += int(mine[class_id].sum())
    return (
        "; ".join(f"{title} {n}".replace(" ", "\u00a0") for title, n in counts.items() if n) or None
    )


def _why(report: Report, line: AnnualLine) -> str:
    proposal = line.proposal
    if proposal.status == "over":
        text = f"điểm vượt tối đa: {_over(report, line)}"
    elif proposal.status in _STATUS:
        text = _STATUS[proposal.status]
    elif proposal.listed:
        text = f"trường hợp được nêu: {proposal.listed}"
    elif proposal.unmet:
        text = f"đủ điểm {_short(proposal.by_points)} nhưng thiếu: {'; '.join(_condition(line, c) for c in proposal.unmet)}"
    elif proposal.meeting_gate:
        text = "sinh hoạt cả năm không xếp mức cao nhất"
    else:
        text = "đủ điểm và điều kiện"
    if line.proposed != proposal.class_id:
        tied = any(line.unit_id in group.capped.tied for group in report.annual_list.groups)
        text += "; xuống mức sau vì trần" + (", bằng điểm ở suất cuối" if tied else "")
    return text


def _over(report: Report, line: AnnualLine) -> str:
    """Return the parts with more points than their maximum."""
    parts = report.slice.annual.parts if report.slice.annual is not None else ()
    over = [part for part in parts if line.file[part.id] > part.max]
    return "; ".join(
        f"{part.title.lower()} {named(f'list.{line.unit_id}.{part.id}', float(line.file[part.id]), partial(numbers.points_beside, cuts=(part.max,)))}"
        f"/{numbers.points(part.max)}"
        for part in over
    )


def _condition(line: AnnualLine, checked: ConditionResult) -> str:
    """Return a condition that is not met, with the value in the file."""
    about, value = checked.condition, checked.value
    if value is None or about.is_ is not None:
        return about.title
    shown = named(
        f"list.{line.unit_id}.{about.id}",
        value,
        partial(numbers.percent_beside, cuts=edges_of([about])),
    )
    return f"{about.title} (hồ sơ: {shown})"


def _cuts(report: Report) -> tuple[float, ...]:
    """Return the points at which annual classes begin and end."""
    return edges_of(report.slice.annual.classes) if report.slice.annual is not None else ()


def cap(report: Report) -> Group:
    """Return the cap of each group under the readings in use, and under the four readings."""
    groups = report.annual_list.groups
    rules = report.slice.annual
    if rules is None or rules.cap is None or not groups:
        return Group(())
    percent = report.annual_list.percent
    asked = rules.cap
    more = f", đến {asked.up_to}% khi cấp có thẩm quyền quyết định" if asked.up_to else ""
    decided = (
        f" {report.annual_list.percent_by} đã quyết định mức {_in_percent(percent)}."
        if report.annual_list.percent_by
        else ""
    )
    text = (
        f"Số đơn vị {CLASSES[asked.best].lower()} không quá {asked.percent}% số {CLASSES[asked.of].lower()} trong nhóm tương đồng{more} "
        f"({rules.clause(asked.cite)}).{decided} Văn bản không nêu mẫu số có gồm các đơn vị xuất sắc hay không, cách làm tròn, nhóm nhỏ và trường hợp bằng điểm."
    )
    blocks: list[Block] = [
        Heading("Trần hoàn thành xuất sắc"),
        Paragraph(text),
        _worked(report),
        _four(groups, percent),
    ]
    return Group((*blocks, *_moved_by_readings(report), readings_used(report, ANNUAL_QUESTIONS)))


def _worked(report: Report) -> Table:
    columns = (
        Column("group", "Nhóm", width=3),
        Column("best", "Đủ mức xuất sắc", "integer"),
        Column("second", "Đủ mức tốt", "integer"),
        Column("limit", "Trần", "integer", 0.8),
        Column("kept", "Đề xuất xuất sắc", "integer"),
        Column("left", "Ở mức tốt sau khi tính trần", "integer", 1.2),
        Column("tied", "Bằng điểm ở suất cuối", "integer"),
    )
    rows = tuple(
        (
            _capital(g.name),
            g.best,
            g.second,
            g.capped.limit,
            len(g.capped.kept),
            g.capped.pool - len(g.capped.kept),
            len(g.capped.tied),
        )
        for g in report.annual_list.groups
    )
    total = ("Cộng", *(sum(int(row[i]) for row in rows) for i in range(1, 7)))
    percent = report.annual_list.percent
    counted = (
        "số ở mức tốt sau khi tính trần, gồm cả đơn vị xuống mức vì trần"
        if report.option("cap_denominator") == "httnv_only"
        else "số từ mức tốt trở lên"
    )
    note = (
        f"{_in_percent(percent)} tính trên {counted}; {report.chosen('cap_rounding').option.title}."
    )
    return Table(
        "tran",
        f"Trần {_in_percent(percent)} theo cách hiểu đã dùng",
        columns,
        (*rows, total),
        total=True,
        note=note,
    )


def _in_percent(percent: int) -> str:
    """Return the percentage of the cap in force."""
    return f"{named('cap.percent', percent)}%"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _four(groups: tuple[GroupResult, ...], percent: int) -> Table:
    columns = (
        Column("group", "Nhóm", width=3),
        Column("pool", "Đủ mức tốt trở lên", "integer"),
        *(Column(name, name, "integer", 0.6) for name, _, _ in FOUR),
    )
    rows = tuple(
        (
            _capital(g.name),
            g.capped.pool,
            *(
                limit(g.capped.pool, percent, denominator, rounding)
                for _, denominator, rounding in FOUR
            ),
        )
        for g in groups
    )
    note = (
        "A: tính trên số hoàn thành tốt còn lại, bỏ phần lẻ. B, C, D: tính trên số hoàn thành tốt trở lên, lần lượt bỏ phần lẻ, làm tròn từ nửa, "
        "làm tròn lên."
    )
    return Table(
        "tran-cach-hieu",
        f"Số suất xuất sắc theo bốn cách hiểu, mức {_in_percent(percent)}",
        columns,
        rows,
        note=note,
    )


def _moved_by_readings(report: Report) -> list[Block]:
    """Return by group the units whose result depends on the choice between the four readings."""
    items = []
    points = {line.unit_id: line.proposal.points or 0.0 for line in report.annual_list.lines}
    names = {line.unit_id: report.unit_name(line.unit_id) for line in report.annual_list.lines}
    for group in report.annual_list.groups:
        places = [
            limit(group.capped.pool, group.percent, denominator, rounding)
            for _, denominator, rounding in FOUR
        ]
        ordered = sorted(
            (*group.capped.kept, *group.capped.left_out), key=lambda u: (-points[u], u)
        )
        between = ordered[min(places) : max(places)]
        # units with the same points as one of them depend on it too
        level = {points[u] for u in between}
        between = [u for u in ordered if points[u] in level]
        if between:
            items.append(
                f"{_capital(group.name)}: {listing(f'{names[u]} ({_points_of(report, u, points[u])} điểm)' for u in between)}."
            )
    return [Bullets(tuple(items), "Đơn vị mà kết quả phụ thuộc vào cách hiểu")] if items else []


def _points_of(report: Report, unit_id: str, points: float) -> str:
    return named(
        f"list.{unit_id}.points", points, partial(numbers.points_beside, cuts=_cuts(report))
    )


def decisions(report: Report) -> Group:
    """Return recorded decisions with versions and reasons, and who decides on the other units."""
    lines = report.annual_list.lines
    if not lines:
        return Group(())
    table = report.slice.tables["decision"]
    table = table[table["unit_id"].isin([line.unit_id for line in lines])].sort_values(
        ["unit_id", "version"], kind="stable"
    )
    blocks: list[Block] = [Heading("Thẩm quyền và quyết định")]
    by_decider = Counter(line.decider or "chưa rõ trong nguồn đã có" for line in lines)
    items = tuple(
        f"{who}: {named(f'decisions.of.{who}', count)} đơn vị."
        for who, count in sorted(by_decider.items())
    )
    blocks.append(Bullets(items, "Cấp quyết định"))
    if table.empty:
        blocks.append(Paragraph("Chưa có quyết định nào được ghi nhận."))
        return Group(tuple(blocks))
    again = table[table["version"] > 1]
    columns = (
        Column("name", "Đơn vị", width=2.4),
        Column("version", "Lần", "integer", 0.5),
        Column("class", "Mức", width=1.2),
        Column("by", "Cấp quyết định", width=2.0),
        Column("day", "Ngày", "date"),
        Column("number", "Số", width=1.2),
        Column("reason", "Lý do", width=2.4),
    )
    shown = table if len(table) <= _LONGEST else table[table["unit_id"].isin(again["unit_id"])]
    rows = tuple(
        (
            report.unit_name(d.unit_id),
            d.version,
            _short(d.annual_class),
            report.unit_name(d.decided_by),
            d.decided_on.date(),
            _text(d.number),
            _text(d.reason),
        )
        for d in shown.itertuples(index=False)
    )
    note = (
        f"{named('decisions.again', again['unit_id'].nunique())} đơn vị được xếp loại lại; lần sau cùng có giá trị, các lần trước vẫn lưu."
        if len(again)
        else ""
    )
    if len(shown) < len(table):
        note = f"Bảng chỉ nêu các đơn vị được xếp loại lại trong số {named('decisions.units', table['unit_id'].nunique())} đơn vị có quyết định. {note}"
    blocks.append(
        Table(
            "quyet-dinh",
            f"Quyết định xếp loại {report.slice.period.label}",
            columns,
            rows,
            note=note,
        )
    )
    return Group(tuple(blocks))


_LONGEST = 100


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def commendation(report: Report) -> Group:
    """Return the units that may be considered for commendation by their class, as a proposal."""
    lines = [
        line for line in report.annual_list.lines if (line.decided or line.proposed) == "htxsnv"
    ]
    if not report.annual_list.lines:
        return Group(())
    heading = Heading("Có thể xem xét khen thưởng")
    if not lines:
        return Group(
            (heading, Paragraph("Không có đơn vị nào ở mức hoàn thành xuất sắc nhiệm vụ."))
        )
    items = tuple(
        f"{report.unit_name(line.unit_id)} ({'đã quyết định' if line.decided else 'đề xuất'} {_short(line.decided or line.proposed)}"
        f"{'' if line.proposal.points is None else f', {_points_of(report, line.unit_id, line.proposal.points)} điểm'})."
        for line in lines
    )
    note = "Danh sách lập theo mức xếp loại, để cấp có thẩm quyền xem xét theo quy định về khen thưởng; không phải đề nghị khen thưởng."
    return Group((heading, Bullets(items), Note(note)))


def request(report: Report) -> Group:
    """Return the closing request to the deciding authority; empty if the list is empty."""
    if not report.annual_list.lines:
        return Group(())
    text = f"Đề nghị cấp có thẩm quyền xem xét, quyết định mức xếp loại {report.slice.period.label} của các đơn vị nêu trên."
    return Group((Paragraph(text),))
