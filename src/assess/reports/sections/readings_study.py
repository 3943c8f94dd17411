"""A readings study for researchers: method, robustness of the classes, limits and citation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.reports import study_figures
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
from assess.reports.sections.study_words import (
    BASIS_ALWAYS,
    LISTED,
    SHOWN,
    alike,
    class_name,
    forms_of,
    number,
    of_meetings,
    truncation_note,
    unasked,
    ways_of,
)
from assess.studies.readings import BASIS, CONTESTED, VERDICTS

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report
    from assess.studies.readings import Study

_MARGINS = "Thừa điểm: số điểm trên mốc của mức đang xếp; thiếu điểm: còn thiếu bao nhiêu để lên mức trên. Để trống khi điều kiện của mức, không phải điểm, quyết định."


def study_method(report: Report, study: Study) -> Group:
    """Return the study's questions, meetings and combinations, and how measures are defined."""
    of_meetings(study)
    asked = [
        f"Câu {number}. {q.title} (mã {q.id}): {ways_of(q)}."
        for number, q in enumerate(study.space.questions, start=1)
    ]
    fixed = [report.chosen(q) for q in study.readings if q not in study.space.position]
    held = (
        f" Các câu hỏi khác giữ một cách hiểu: {listing([f'{c.question.title.lower()} ({c.option.title})' for c in fixed])}."
        if fixed
        else ""
    )
    text = (
        f"Mỗi câu hỏi dưới đây là một chỗ mà biểu hoặc quy định chưa nói rõ. {_combinations(study)} "
        f"Mỗi buổi sinh hoạt được tính theo từng tổ hợp của các câu hỏi có liên quan đến nó, không lấy mẫu. {_listed(study)}{held}"
    )
    rule = (
        f"Xếp loại {VERDICTS['robust']}: như nhau theo mọi tổ hợp; {VERDICTS['fragile']}: từ hai phần ba tổ hợp trở lên cho cùng xếp loại đang dùng; "
        f"{VERDICTS['contested']}: ít hơn hai phần ba. Mốc {numbers.percent(CONTESTED)} do công cụ chọn, không có trong quy định nào."
    )
    sobol = (
        "Phần biến động (chỉ số Sobol): phần phương sai của điểm, hoặc của xếp loại, do riêng một câu hỏi; và do câu ấy cùng với các câu khác. "
        "Chỉ số tính đủ trên mọi tổ hợp, cộng qua các buổi; với điểm, chỉ tính các buổi có điểm ở mọi tổ hợp."
    )
    ways = (
        *([BASIS_ALWAYS] if BASIS in study.space.position else []),
        "Mỗi cách hiểu được tính ngang nhau, các cách cho mọi buổi cùng một kết quả tính là một; tỷ lệ tổ hợp không phải là xác suất.",
        rule,
        "Bộ câu hỏi làm đổi xếp loại: nhóm ít câu hỏi nhất mà chỉ cần đổi cách hiểu các câu đó thì xếp loại thay đổi.",
        "Chưa xếp loại: theo cách hiểu ấy phiếu phải bổ sung, phải hỏi cấp có thẩm quyền, không xếp loại, hoặc buổi không thuộc kỳ; từ một xếp loại thành chưa xếp loại cũng là đổi xếp loại.",
        sobol,
    )
    idle = study.raised.idle if study.raised else ()
    blocks = (
        Heading("Phương pháp"),
        Paragraph(text),
        Bullets(tuple(asked), "Câu hỏi và các cách hiểu"),
        *alike(study, "buổi"),
        *unasked(
            idle, study, "Biểu còn nêu các câu hỏi sau, không liên quan đến buổi nào trong kỳ"
        ),
        Bullets(ways, "Cách tính"),
    )
    return Group(blocks)


def study_results(report: Report, study: Study) -> Group:
    """Return how robust the classes are: counts, each chi bộ, and the most sensitive meetings."""
    of_meetings(study)
    classed = study.cases[study.cases["verdict"] != ""]
    heading = Heading("Mức độ vững của xếp loại")
    if classed.empty:
        return Group(
            (heading, Paragraph("Không có buổi nào được xếp loại theo bất kỳ cách hiểu nào."))
        )
    counts = classed["verdict"].value_counts()
    rows = [
        (word.capitalize(), int(counts.get(name, 0)), counts.get(name, 0) / len(classed))
        for name, word in VERDICTS.items()
    ]
    columns = (
        Column("verdict", "Xếp loại", width=2),
        Column("count", "Số buổi", "integer"),
        Column("share", "Tỷ lệ", "percent"),
    )
    table = Table(
        id="do-vung",
        title="Xếp loại của các buổi theo mọi cách hiểu",
        columns=columns,
        rows=(*rows, ("Cộng", len(classed), 1.0)),
        total=True,
    )
    never = len(study.cases) - len(classed)
    beside = (
        [
            Paragraph(
                f"Kỳ có {named('study.meetings', len(study.cases))} buổi đã họp; {named('study.never_classed', never)} buổi không được xếp loại theo bất kỳ cách hiểu nào và không tính ở đây."
            )
        ]
        if never
        else []
    )
    return Group(
        (heading, table, *beside, _by_chi_bo(report, classed), *_most_open(report, study, classed))
    )


def _by_chi_bo(report: Report, classed: pd.DataFrame) -> Table:
    rows = []
    for chi_bo, mine in classed.groupby("chi_bo_id", sort=True):
        counts = mine["verdict"].value_counts()
        flips = mine.loc[mine["flips"] > 0, "flips"]
        spread = (mine["high"] - mine["low"]).max()
        fewest = int(flips.min()) if len(flips) else None
        rows.append(
            (
                report.unit_name(str(chi_bo)),
                len(mine),
                *(int(counts.get(name, 0)) for name in VERDICTS),
                fewest,
                number(spread),
            )
        )
    columns = (
        Column("name", "Chi bộ", width=2.4),
        Column("count", "Số buổi", "integer"),
        *(Column(name, word.capitalize(), "integer") for name, word in VERDICTS.items()),
        Column("fewest", "Số câu hỏi ít nhất làm đổi xếp loại", "integer", 1.4),
        Column("spread", "Chênh lệch điểm lớn nhất", "points", 1.2, (0.0,)),
    )
    note = "Chênh lệch điểm: điểm cao nhất trừ điểm thấp nhất của cùng một buổi theo mọi cách hiểu, quy về thang 100."
    return Table(
        id="vung-theo-chi-bo",
        title="Xếp loại của từng chi bộ theo mọi cách hiểu",
        columns=columns,
        rows=tuple(rows),
        note=note,
    )


def _most_open(report: Report, study: Study, classed: pd.DataFrame) -> list[Block]:
    """Return bars and a table of meetings whose class depends on readings, most open first."""
    open_ = classed[classed["verdict"] != "robust"].sort_values(["share", "case_id"], kind="stable")
    if open_.empty:
        return [Paragraph("Không buổi nào đổi xếp loại theo các cách hiểu này.")]
    blocks: list[Block] = []
    known = {
        meeting: group.set_index("class_id")["share"]
        for meeting, group in study.acceptability.groupby("case_id")
    }
    for rules in forms_of(report, open_):
        mine = open_[open_["rule_set_id"] == rules.id]
        classes = [c.id for c in rules.classes]
        rows = []
        for m in mine.itertuples():
            parts = [float(known[m.case_id].get(c, 0.0)) for c in classes]
            now = class_name(rules, m.class_id)
            name = f"{report.unit_name(m.chi_bo_id)}, {numbers.month(m.period)}"
            rows.append(
                (
                    m.case_id,
                    name,
                    now,
                    *parts,
                    max(0.0, 1.0 - sum(parts)),
                    m.flips,
                    number(m.spare),
                    number(m.short),
                )
            )
        which = f", {rules.short}" if len(report.forms) > 1 else ""
        titles = [c.title for c in rules.classes]
        columns = (
            Column("id", "Mã buổi", "code", 1.3),
            Column("name", "Chi bộ, tháng", width=2.4),
            Column("now", "Đang xếp", width=0.9),
            *(Column(c.id, c.title, "percent") for c in rules.classes),
            Column("waits", "Chưa xếp loại", "percent"),
            Column("flips", "Số câu ít nhất", "integer", 0.8),
            Column("spare", "Thừa điểm", "points", 0.8, (0.0,)),
            Column("short", "Thiếu điểm", "points", 0.8, (0.0,)),
        )
        title = f"Tỷ lệ tổ hợp cho từng mức xếp loại, các buổi có thể đổi xếp loại{which}"
        shown = rows[:SHOWN]
        more = f" (hình vẽ {SHOWN} buổi đầu bảng)" if len(rows) > SHOWN else ""
        blocks += [
            Figure(
                id=f"h-kha-nang-{rules.id}",
                title=title + more,
                alt=f"Biểu đồ thanh xếp chồng của {named(f'study.{rules.id}.bars', len(shown))} buổi; mỗi thanh chia theo tỷ lệ tổ hợp cho từng mức xếp loại. Số liệu ở bảng ngay sau hình.",
                svg=study_figures.acceptability(
                    [row[1] for row in shown],
                    [row[3:-3] for row in shown],
                    [*titles, "Chưa xếp loại"],
                ),
            ),
            Table(
                id=f"kha-nang-{rules.id}",
                title=title,
                columns=columns,
                rows=tuple(rows[:LISTED]),
                note=_MARGINS + truncation_note(f"study.{rules.id}.open", len(rows)),
            ),
        ]
    return blocks


def _combinations(study: Study) -> str:
    """Return how many combinations there are and how many are counted."""
    whole = f"Ghép mọi cách hiểu của {len(study.space.questions)} câu được {named('study.combinations_of_all', study.space.size)} tổ hợp."
    if study.distinct.size == study.space.size:
        return whole
    return f"{whole} Các cách hiểu cho mọi buổi cùng một kết quả tính là một, nên còn {named('study.combinations', study.distinct.size)} tổ hợp được tính."


def _listed(study: Study) -> str:
    different = named("study.different", study.different)
    if study.drawn:
        return (
            f"Riêng bảng và hình về kết quả chung theo từng tổ hợp là lấy mẫu: tổ hợp đang dùng và các tổ hợp rút ngẫu nhiên với số khởi tạo cố định, cộng {named('study.drawn', study.drawn)} tổ hợp, "
            f"cho {different} kết quả khác nhau."
        )
    return f"Trong đó có {different} kết quả khác nhau; mỗi tổ hợp còn lại cho kết quả trùng, ở mọi buổi, với một trong các tổ hợp ấy."


def study_limits(report: Report, study: Study) -> Group:
    """Return the limits of the study and how to cite it."""
    of_meetings(study)
    items = (
        "Nghiên cứu chỉ so các cách hiểu được liệt kê; một cách hiểu khác có thể cho kết quả khác.",
        "Mỗi cách hiểu khác nhau về kết quả được tính ngang nhau; trong thực tế có cách phổ biến hơn, nhưng không có số liệu về việc này.",
        "Trừ phần về xếp loại kỳ, đổi xếp loại ở đây là đổi xếp loại của từng buổi sinh hoạt.",
        "Các câu hỏi có thể lồng nhau: cách hiểu “coi là tiêu chí không áp dụng” của một câu dẫn đến câu “Tiêu chí không áp dụng”, nên phần của hai câu không tách hẳn được.",
        "Không có cách hiểu nào được coi là đúng: quyền hướng dẫn thuộc cấp ban hành.",
    )
    made = report.slice
    text = (
        f"Nghiên cứu các cách hiểu biểu điểm của {made.name}, {made.period.label} (bộ công cụ assess), {named('study.combinations', study.distinct.size)} tổ hợp của {len(study.space.questions)} câu hỏi; "
        f"mã đối chiếu số liệu {made.digest[:16]}; ngày {numbers.day(made.document_date)}."
    )
    return Group((Heading("Giới hạn và cách dẫn"), Bullets(items), Note(text, "Cách dẫn")))
