"""Points to check: where points are lost, raters differ, or entries contradict the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.reports import figures
from assess.reports.blocks import (
    Block,
    Bullets,
    Column,
    Figure,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from assess.reports.named_figures import named
from assess.reports.sections.phrases import block_id, form_name, on_form
from assess.scoring.class_cuts import class_cuts
from assess.studies import rater_summary

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd

    from assess.reports.report import Report
    from assess.reports.results import FormResults
    from assess.rules import RuleSet

_COSTLY = 8


def losses(report: Report) -> Group:
    """Return per rule set the points lost by group (chart, table) and the most costly lines."""
    pointless = any(c.kind == "mark" for rules in report.forms for c in rules.criteria)
    heading = Heading(
        "Những nội dung bị trừ điểm hoặc không đạt" if pointless else "Những nội dung làm giảm điểm"
    )
    blocks: list[Block] = []
    for rules in report.forms:
        frame = report.losses[report.losses["rule_set_id"] == rules.id]
        if len(frame) > 1:
            blocks += _lost_by_group(report, rules, frame)
        lines = report.costly_lines[(report.costly_lines["rule_set_id"] == rules.id)]
        with_points, marks = (
            lines[lines["max"] > 0],
            lines[(lines["max"] == 0) & (lines["short"] > 0)],
        )
        if len(with_points) > 1:
            blocks.append(_costly_lines(report, rules, with_points))
        if len(marks):
            blocks.append(_unmet_marks(report, rules, marks))
        blocks += _only_totals(report, rules)
    return Group((heading, *(blocks or [Paragraph(_nothing_lost(report))])))


def _nothing_lost(report: Report) -> str:
    sheets = int(report.counted_sheets["with_lines"].sum())
    if not sheets:
        return "Chưa có phiếu nào được xếp loại trong kỳ."
    return f"Không nội dung nào bị trừ điểm hoặc bị chấm không đạt trên {named('losses.sheets', sheets)} phiếu có chấm từng dòng."


def _only_totals(report: Report, rules: RuleSet) -> list[Block]:
    """Return how many deciding sheets have no lines, so that what they lost is unknown."""
    if (
        rules.id not in report.counted_sheets.index
        or not report.counted_sheets.loc[rules.id, "by_total"]
    ):
        return []
    sheets, with_lines, by_total = (
        report.counted_sheets.loc[rules.id, name] for name in ("sheets", "with_lines", "by_total")
    )
    name = block_id(report, "losses", rules)
    named_sheets = f"{named(f'{name}.by_total', by_total)} trong {named(f'{name}.sheets', sheets)} phiếu quyết định xếp loại{on_form(report, rules)}"
    rest = (
        f"phần này tính trên {named(f'{name}.with_lines', with_lines)} phiếu có điểm từng dòng."
        if with_lines
        else "không biết bị trừ ở nội dung nào."
    )
    return [
        Paragraph(
            f"{named_sheets} chỉ có tổng điểm (bảng tổng hợp tháng), không có điểm từng dòng; {rest}"
        )
    ]


def _lost_by_group(report: Report, rules: RuleSet, frame: pd.DataFrame) -> list[Block]:
    columns = (
        Column("title", "Nhóm tiêu chí", width=3.4),
        Column("weight", "Điểm tối đa bình quân", "points"),
        Column("lost", "Điểm bị trừ bình quân", "points"),
        Column("share", "Tỷ trọng trong tổng điểm bị trừ", "percent", 1.3),
    )
    titles = frame["title"].tolist()
    rows = tuple((r.title, r.weight, r.lost, r.share) for r in frame.itertuples())
    name, which = block_id(report, "giam-diem", rules), on_form(report, rules)
    count = named(f"{name}.sheets", frame["sheets"].iloc[0])
    note = f"Bình quân trên {count} phiếu quyết định xếp loại có điểm từng dòng."
    if (frame["weight"] < frame["max"] - _ROUNDING).any():
        note += " Điểm tối đa bình quân của nhóm nhỏ hơn điểm tối đa của biểu vì có phiếu ghi tiêu chí không áp dụng hoặc không tính."
    by_group = Table(
        name,
        f"Điểm bị trừ theo nhóm tiêu chí{which}",
        columns,
        rows,
        note=note,
        keys=tuple(frame["group_id"]),
    )
    top = frame.sort_values("lost", ascending=False, kind="stable").head(3)
    highest = "; ".join(
        f"{r.title}: {named(f'{name}.{r.group_id}.lost', r.lost)}" for r in top.itertuples()
    )
    figure = Figure(
        id=f"h-{name}",
        title=f"Điểm bị trừ bình quân một phiếu theo nhóm tiêu chí{which}",
        alt=f"Biểu đồ thanh ngang, điểm bị trừ bình quân. Cao nhất: {highest}. Số liệu ở bảng ngay sau hình.",
        svg=figures.bars_of_losses(titles, frame["lost"].tolist(), frame["weight"].tolist()),
    )
    return [figure, by_group]


_ROUNDING = 1e-9


def losses_chart(form: FormResults) -> Figure:
    """Return the mean points lost by group of criteria, as bars."""
    frame = form.groups
    highest = frame.sort_values("lost", ascending=False, kind="stable").head(3)
    name = form.key("giam-diem")
    told = "; ".join(
        f"{r.title}: {named(f'{name}.{r.group_id}.lost', r.lost)}" for r in highest.itertuples()
    )
    return Figure(
        id=f"h-{name}",
        title=f"Điểm bị trừ bình quân một phiếu theo nhóm tiêu chí{form.on}",
        alt=f"Biểu đồ thanh ngang, điểm bị trừ bình quân. Cao nhất: {told}. Số liệu ở bảng ngay sau hình.",
        svg=figures.bars_of_losses(
            frame["title"].tolist(), frame["lost"].tolist(), frame["weight"].tolist()
        ),
    )


def _costly_lines(report: Report, rules: RuleSet, lines: pd.DataFrame) -> Table:
    frame = lines[lines["short"] > 0].head(_COSTLY)
    columns = (
        Column("title", "Dòng", width=3.6),
        Column("max", "Tối đa", "points", 0.8),
        Column("lost", "Bị trừ bình quân", "points"),
        Column("short", "Số phiếu bị trừ", "integer"),
        Column("sheets", "Số phiếu có chấm", "integer"),
    )
    rows = tuple((r.title, r.max, r.lost, r.short, r.sheets) for r in frame.itertuples())
    name, which = block_id(report, "dong-giam-diem", rules), on_form(report, rules)
    note = "Bảng này chia cho số phiếu có chấm dòng đó; bảng theo nhóm chia cho mọi phiếu có điểm từng dòng."
    title = f"Các dòng làm giảm điểm nhiều nhất{which}"
    return Table(
        name,
        title,
        columns,
        rows,
        note=note,
        empty="Không dòng nào bị trừ điểm.",
        keys=tuple(frame["criterion_id"]),
    )


def _unmet_marks(report: Report, rules: RuleSet, lines: pd.DataFrame) -> Table:
    columns = (
        Column("title", "Tiêu chí", width=3.6),
        Column("short", "Số phiếu không đạt", "integer"),
        Column("sheets", "Số phiếu có chấm", "integer"),
    )
    shown = lines.head(_COSTLY)
    rows = tuple((r.title, r.short, r.sheets) for r in shown.itertuples())
    name, which = block_id(report, "khong-dat", rules), on_form(report, rules)
    title = f"Các tiêu chí bị chấm không đạt nhiều nhất{which}"
    return Table(
        id=name, title=title, columns=columns, rows=rows, keys=tuple(shown["criterion_id"])
    )


def raters(report: Report) -> Group:
    """Return how self-scores and superior's scores of the same meetings compare."""
    heading = Heading("Điểm tự chấm và điểm cấp trên chấm")
    pairs = report.pairs
    if pairs.empty:
        return Group(
            (
                heading,
                Paragraph("Trong kỳ không có buổi nào có cả điểm tự chấm và điểm cấp trên chấm."),
            )
        )
    found = rater_summary(pairs)
    found["equal"] = found["with_points"] - found["self_higher"] - found["self_lower"]
    counts = (
        "pairs",
        "same_class",
        "class_higher",
        "class_lower",
        "with_points",
        "equal",
        "self_higher",
        "self_lower",
    )
    told = {name: named(f"raters.{name}", found[name]) for name in counts}
    items = [
        f"Số buổi có cả hai bên chấm: {told['pairs']}.",
        f"Xếp loại: giống nhau {told['same_class']} buổi; tự chấm cao hơn {told['class_higher']}; tự chấm thấp hơn {told['class_lower']}.",
    ]
    if found["with_points"]:
        mean, largest = (
            named(f"raters.{key}", found[key], _two)
            for key in ("mean_difference", "largest_difference")
        )
        items.append(
            f"Điểm ({told['with_points']} buổi có điểm của cả hai bên): bằng nhau {told['equal']}; tự chấm cao hơn {told['self_higher']}; tự chấm thấp hơn {told['self_lower']}. "
            f"Chênh lệch bình quân (tự chấm trừ cấp trên) {mean} điểm; lớn nhất {largest} điểm."
        )
    summary = Bullets(tuple(items))
    columns = (
        Column("id", "Mã buổi họp", "code"),
        Column("name", "Chi bộ", width=2.4),
        Column("self", "Tự chấm", "points", cuts=class_cuts(report.scores)),
        Column("self_class", "Xếp loại"),
        Column("superior", "Cấp trên", "points", cuts=class_cuts(report.scores)),
        Column("superior_class", "Xếp loại"),
        Column("difference", "Chênh lệch", "points", cuts=(0.0,)),
    )
    ordered = pairs.sort_values(
        ["difference", "chi_bo_id", "month"], ascending=[False, True, True], kind="stable"
    )
    rows = tuple(
        (
            p.meeting_id,
            report.names[p.chi_bo_id],
            p.self_total,
            report.class_title(p.rule_set_id, p.self_class_id),
            p.superior_total,
            report.class_title(p.rule_set_id, p.superior_class_id),
            p.difference,
        )
        for p in ordered.itertuples()
    )
    note = "Chênh lệch tính từ điểm chưa làm tròn nên có thể lệch 0,01."
    title = "Buổi có cả điểm tự chấm và điểm cấp trên chấm"
    table = Table(
        id="hai-ben",
        title=title,
        columns=columns,
        rows=rows,
        note=note,
        keys=tuple(ordered["meeting_id"]),
    )
    return Group((heading, summary, table))


def _two(value: float) -> str:
    return numbers.decimal(value, 2)


def contradictions(report: Report) -> Group:
    """Return by line how often the entered points differ from those the recorded facts imply."""
    heading = Heading("Điểm ghi trên phiếu khác với số liệu buổi họp")
    frame = report.contradictions
    lines, sheets = report.compared
    if not lines:
        why = "không có phiếu nào vừa ghi điểm từng dòng vừa có số liệu để suy ra điểm"
        return Group((heading, Paragraph(f"Trong kỳ {why}, nên không có gì để đối chiếu.")))
    compared = f"{named('contradictions.compared', lines)} dòng của {named('contradictions.sheets', sheets)} phiếu"
    if frame.empty:
        return Group(
            (
                heading,
                Paragraph(
                    f"Đã đối chiếu {compared}: điểm ghi trên phiếu khớp với điểm suy ra từ số liệu của buổi họp."
                ),
            )
        )
    count = named("contradictions.lines", len(frame))
    text = Paragraph(
        f"Đã đối chiếu {compared} với số liệu của chính buổi họp; {count} dòng có điểm ghi khác."
    )
    return Group((heading, text, Note(_how_to_read(report)), _by_line(report, frame)))


def _how_to_read(report: Report) -> str:
    bases = {chosen["score_basis"].option.id for chosen in report.scores.chosen.values()}
    words = {"entered": "điểm ghi trên phiếu", "recomputed": "điểm tính lại từ số liệu"}
    superior = (
        "Gồm cả phiếu cấp trên. " if (report.contradictions["rater"] == "superior").any() else ""
    )
    used = " và ".join(words[basis] for basis in words if basis in bases)
    return (
        "Một số dòng có thể tính lại từ số liệu của chính buổi họp (thời lượng, số người dự, số người phát biểu, chỉ tiêu, "
        f"ngày gửi tài liệu, việc họp chi ủy hoặc hội ý trước). Chỗ khác nhau là lý do để xem lại, không phải kết luận. Xếp loại trong báo cáo này dùng {used}. "
        f"{superior}Danh sách từng dòng ở phụ lục."
    )


def _by_line(report: Report, frame: pd.DataFrame) -> Table:
    forms = {r.id: f" ({form_name(r)})" if len(report.forms) > 1 else "" for r in report.forms}
    by_line: dict[tuple[str, str], list[Any]] = {}
    columns = ["rule_set_id", "criterion_id", "title", "chi_bo_id", "difference"]
    lines = list(frame[columns].itertuples(index=False))
    for line in lines:
        by_line.setdefault((line.rule_set_id, line.criterion_id), []).append(line)
    ordered = sorted(by_line.items(), key=lambda item: (-len(item[1]), item[1][0].title))
    rows = [(theirs[0].title + forms[form], *_counts(theirs)) for (form, _), theirs in ordered]
    keys = [
        criterion if len(report.forms) < 2 else f"{form}.{criterion}"
        for (form, criterion), _ in ordered
    ]
    return Table(
        id="khac-so-lieu",
        title="Dòng có điểm ghi khác với số liệu",
        columns=(
            Column("title", "Dòng", width=3.6),
            Column("count", "Số dòng", "integer"),
            Column("higher", "Ghi cao hơn số liệu", "integer"),
            Column("lower", "Ghi thấp hơn số liệu", "integer"),
            Column("chi_bo", "Số chi bộ", "integer"),
        ),
        rows=(*rows, ("Cộng", *_counts(lines))),
        total=True,
        keys=(*keys, "total"),
        note="Một chi bộ có thể có ở nhiều dòng, nên số chi bộ ở hàng Cộng không phải là tổng của cột.",
    )


def _counts(lines: list[Any]) -> tuple[int, int, int, int]:
    """Return the number of lines, of those entered higher and lower, and of their chi bộ."""
    higher = sum(line.difference > 0 for line in lines)
    lower = sum(line.difference < 0 for line in lines)
    return len(lines), higher, lower, len({line.chi_bo_id for line in lines})
