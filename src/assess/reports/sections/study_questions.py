"""The questions of a readings study: effect of each, sets that change a class, all combinations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assess.base import numbers
from assess.base.text import listing
from assess.reports import study_figures
from assess.reports.blocks import Block, Bullets, Column, Figure, Group, Heading, Paragraph, Table
from assess.reports.named_figures import named
from assess.reports.sections.study_words import (
    BASIS_ALWAYS,
    LISTED,
    POINTS_COMPARED,
    SHOWN,
    class_name,
    number,
    of_meetings,
    truncation_note,
)
from assess.studies.readings import BASIS

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.studies.readings import Study

_POINTS_IN_CURVE = 200
_QUESTIONS_IN_CURVE = 8
"""Most questions shown under the curve: those that change most."""
_PAIRS = 5
_ONLY_SMALLEST = "Bảng chỉ nêu các bộ ít câu hỏi nhất của mỗi buổi; hình tính cả các bộ lớn hơn không thể bớt câu nào."


def study_questions(report: Report, study: Study) -> Group:
    """Return the questions by effect as bars and a table, and the pairs that work together."""
    del report
    of_meetings(study)
    frame = study.questions.assign(number=range(1, len(study.questions) + 1))
    frame = frame.sort_values(
        ["class_total", "touched", "number"],
        ascending=[False, False, True],
        kind="stable",
        na_position="last",
    )
    columns = (
        Column("number", "Câu", "integer", 0.5),
        Column("title", "Câu hỏi", width=3),
        Column("touched", "Buổi đổi điểm hoặc xếp loại ở ít nhất một tổ hợp", "integer", 1.1),
        Column("moves", "Buổi đổi xếp loại ở ít nhất một tổ hợp", "integer"),
        Column("alone", "Chi bộ đổi vì riêng câu này", "integer"),
        Column("together", "Chi bộ chỉ đổi cùng câu khác", "integer"),
        Column("change", "Mức đổi điểm bình quân", "points"),
        Column("first", "Điểm: riêng", "percent"),
        Column("total", "Điểm: cùng câu khác", "percent"),
        Column("class_first", "Xếp loại: riêng", "percent"),
        Column("class_total", "Xếp loại: cùng câu khác", "percent"),
    )
    rows = tuple(
        (
            r.number,
            study.space.question(r.question_id).title,
            r.touched,
            r.class_moves,
            r.alone,
            r.together,
            *map(number, (r.mean_change, r.first, r.total, r.class_first, r.class_total)),
        )
        for r in frame.itertuples()
    )
    note = (
        "Mức đổi điểm bình quân: không kể tăng hay giảm, trên các buổi có liên quan, quy về thang 100. Bốn cột cuối là chỉ số Sobol: “riêng” là chỉ số bậc nhất, cộng các câu không quá 100%; “cùng câu khác” là chỉ số toàn phần, phần chung tính cho từng câu nên cộng lại có thể quá 100%. "
        "Gạch ngang: mọi buổi có liên quan đều có tổ hợp không cho xếp loại, nên không tính được phần biến động của điểm."
    )
    table = Table(
        id="cau-hoi",
        title="Ảnh hưởng của từng câu hỏi",
        columns=columns,
        rows=rows,
        stub=2,
        note=note,
    )
    blocks: list[Block] = [Heading("Mức ảnh hưởng của từng câu hỏi")]
    some = frame[frame["class_total"].notna() & (frame["touched"] > 0)]
    if len(some):
        titles = [study.space.question(q).title for q in some["question_id"]]
        top = some.iloc[0]
        alt = f"Biểu đồ thanh, phần biến động của xếp loại do từng câu hỏi. Lớn nhất: {titles[0]}, chỉ số toàn phần {named('study.largest.class_total', top['class_total'], numbers.percent)}. Số liệu ở bảng ngay sau hình."
        svg = study_figures.importance(
            titles, some["class_first"].tolist(), some["class_total"].tolist()
        )
        blocks.append(
            Figure(
                id="h-cau-hoi",
                title="Phần biến động của xếp loại do từng câu hỏi",
                alt=alt,
                svg=svg,
            )
        )
    blocks += [table, *_untouched(study), *_alone(study), *_together(study)]
    return Group(tuple(blocks))


def _untouched(study: Study) -> list[Block]:
    nobody = [
        study.space.question(q).title
        for q in study.questions.loc[study.questions["touched"] == 0, "question_id"]
    ]
    return (
        [Paragraph(f"Không liên quan đến buổi nào: {listing([f'“{title}”' for title in nobody])}.")]
        if nobody
        else []
    )


def _alone(study: Study) -> list[Block]:
    """Return the effect of each option when it alone replaces the one in use."""
    touched = set(study.questions.loc[study.questions["touched"] > 0, "question_id"])
    frame = study.alone[study.alone["question_id"].isin(touched)]
    rows = [
        (
            study.space.question(r.question_id).title,
            study.space.question(r.question_id).option(r.option).title,
            "đang dùng" if r.in_use else "",
            r.changed,
            r.chi_bo,
            number(r.points),
        )
        for r in frame.itertuples()
    ]
    columns = (
        Column("question", "Câu hỏi", width=2.4),
        Column("option", "Cách hiểu", width=2.6),
        Column("use", "Ghi chú", width=0.9),
        Column("changed", "Buổi đổi xếp loại so với cách đang dùng", "integer", 1.3),
        Column("chi_bo", "Chi bộ", "integer", 0.8),
        Column("points", "Điểm tăng (+), giảm (-) bình quân", "points", 1.2),
    )
    note = f"Mỗi hàng: chỉ câu hỏi này hiểu theo cách ấy, mọi câu khác giữ cách hiểu đang dùng. {POINTS_COMPARED}{f' {BASIS_ALWAYS}' if BASIS in study.space.position else ''}"
    return (
        [
            Table(
                id="tung-cach-hieu",
                title="Khi chỉ một cách hiểu thay đổi",
                columns=columns,
                rows=tuple(rows),
                stub=2,
                note=note,
            )
        ]
        if rows
        else []
    )


def _together(study: Study) -> list[Block]:
    pairs = (
        study.pairs[study.pairs["class_id"] > 0]
        .sort_values("class_id", ascending=False, kind="stable")
        .head(_PAIRS)
    )
    items = [
        f"“{study.space.question(p.one).title}” và “{study.space.question(p.other).title}”: {named(f'study.pair.{p.one}.{p.other}', p.class_id, numbers.percent)}."
        for p in pairs.itertuples()
    ]
    return (
        [Bullets(tuple(items), "Phần biến động của xếp loại chỉ có khi hai câu hỏi kết hợp")]
        if items
        else []
    )


def study_flips(report: Report, study: Study) -> Group:
    """Return a map of questions that change classes by chi bộ, and the smallest sets by meeting."""
    of_meetings(study)
    heading = Heading("Các câu hỏi làm đổi xếp loại")
    if study.flips.empty:
        return Group((heading, Paragraph("Không bộ câu hỏi nào làm đổi xếp loại của buổi nào.")))
    about = study.cases.set_index("case_id")
    chi_bo = study.flips["case_id"].map(about["chi_bo_id"])
    position = study.space.position
    marks: dict[str, list[int]] = {}
    for owner, questions, size in zip(
        chi_bo, study.flips["questions"], study.flips["size"], strict=True
    ):
        row = marks.setdefault(str(owner), [0] * len(position))
        for question in questions.split("+"):
            row[position[question]] = max(row[position[question]], 2 if size == 1 else 1)
    order = sorted(marks, key=lambda owner: (-marks[owner].count(2), -marks[owner].count(1), owner))
    shown = order[:SHOWN]
    title = "Câu hỏi làm đổi xếp loại của từng chi bộ"
    figure = Figure(
        id="h-doi-xep-loai",
        title=title + (f"; {SHOWN} chi bộ đổi nhiều nhất" if len(order) > SHOWN else ""),
        alt=f"Lưới {named('study.map.chi_bo', len(shown))} chi bộ và {named('study.map.questions', len(position))} câu hỏi; chấm đen: riêng câu ấy đổi được xếp loại; vòng trắng: chỉ cùng câu khác. Các bộ ít câu hỏi nhất ở bảng ngay sau hình.",
        svg=study_figures.flip_map(
            [report.unit_name(owner) for owner in shown],
            [str(n) for n in range(1, len(position) + 1)],
            [marks[owner] for owner in shown],
        ),
    )
    rows = []
    smallest = study.flips[study.flips["size"] == study.flips["case_id"].map(about["flips"])]
    for meeting_id, sets in smallest.groupby("case_id", sort=False):
        meeting = about.loc[meeting_id]
        rules = report.slice.rule_sets.get(meeting["rule_set_id"])
        ways = [
            f"{listing([f'câu {position[q] + 1}' for q in flip.questions.split('+')])} ({listing([class_name(rules, c) for c in flip.reached.split(', ')])})"
            for flip in sets.itertuples()
        ]
        name = f"{report.unit_name(meeting['chi_bo_id'])}, {numbers.month(meeting['period'])}"
        rows.append(
            (meeting_id, name, class_name(rules, meeting["class_id"]), "; hoặc ".join(ways))
        )
    columns = (
        Column("id", "Mã buổi", "code", 1.3),
        Column("name", "Chi bộ, tháng", width=2.2),
        Column("now", "Đang xếp", width=0.9),
        Column("questions", "Chỉ cần đổi cách hiểu (có thể đổi thành)", width=4),
    )
    table = Table(
        id="bo-cau-hoi",
        title="Bộ ít câu hỏi nhất làm đổi xếp loại của từng buổi",
        columns=columns,
        rows=tuple(rows[:LISTED]),
        note=_ONLY_SMALLEST + truncation_note("study.flipped", len(rows)),
    )
    return Group((heading, figure, table))


def study_combinations(report: Report, study: Study) -> Group:
    """Return the combinations and choices, ordered by the number of meetings in the best class.

    A table lists the ends, the middle and the readings in use.
    """
    of_meetings(study)
    heading = Heading("Kết quả chung theo từng tổ hợp")
    blocks: list[Block] = [heading]
    for rules in report.forms:
        counts = study.counts[study.counts["rule_set_id"] == rules.id]
        counts = counts.pivot_table(
            index="combination", columns="class_id", values="cases", aggfunc="sum"
        )[[c.id for c in rules.classes]]
        if counts.to_numpy().sum() == 0:
            continue
        order = counts.sort_values([c.id for c in rules.classes], kind="stable").index.to_numpy()
        base = study.in_use(rules)
        picked = np.unique(
            np.linspace(0, len(order) - 1, min(len(order), _POINTS_IN_CURVE)).round().astype(int)
        )
        shown = order[picked]
        if base not in shown:
            shown = order[np.unique(np.append(picked, int(np.flatnonzero(order == base)[0])))]
        best = rules.classes[0]
        which = f", {rules.short}" if len(report.forms) > 1 else ""
        sampled = f" (lấy mẫu {named('study.drawn', study.drawn)} tổ hợp)" if study.drawn else ""
        title = f"Số buổi xếp loại {best.title} theo từng tổ hợp cách hiểu{which}{sampled}"
        name = f"study.{rules.id}.curve"
        part = (
            f"; vẽ {named(f'{name}.drawn', len(shown))} trong {named(f'{name}.all', len(order))} tổ hợp, lấy cách đều theo thứ tự"
            if len(shown) < len(order)
            else ""
        )
        frame = study.combinations.loc[shown]
        telling = study.questions[study.questions["touched"] > 0].sort_values(
            "class_total", ascending=False, kind="stable"
        )
        drawn = set(telling["question_id"].head(_QUESTIONS_IN_CURVE))
        choices = [
            (
                q.title,
                [
                    (frame[q.id] == study.counted_as(q.id, option)).tolist()
                    for option in study.space.options(axis)
                ],
            )
            for axis, q in enumerate(study.space.questions)
            if q.id in drawn
        ]
        values = counts.loc[shown, best.id].tolist()
        alt = f"Đường bậc thang từ {named(f'{name}.least', min(values))} đến {named(f'{name}.most', max(values))} buổi; dưới đường là cách hiểu mà mỗi tổ hợp chọn ở từng câu hỏi. Số liệu ở bảng ngay sau hình."
        svg = study_figures.specification_curve(
            values, [n == base for n in shown], choices, f"Số buổi {best.title}"
        )
        blocks.append(Figure(id=f"h-to-hop-{rules.id}", title=title + part, alt=alt, svg=svg))
        everybody = int(
            ((study.cases["rule_set_id"] == rules.id) & (study.cases["verdict"] != "")).sum()
        )
        ends = {
            "Ít nhất": order[0],
            "Giữa": order[len(order) // 2],
            "Nhiều nhất": order[-1],
            "Đang dùng": base,
        }
        # each rule set raises other questions, so this number is only shown for a single one
        changed = (
            [Column("changed", "Buổi xếp loại khác với đang dùng", "integer", 1.2)]
            if len(report.forms) == 1
            else []
        )
        columns = (
            Column("which", f"Số buổi {best.title}", width=1.1),
            *(Column(c.id, c.title, "integer", 0.8) for c in rules.classes),
            Column("waits", "Chưa xếp loại", "integer", 0.9),
            *changed,
            Column("choice", "Cách hiểu", width=4),
        )
        rows = tuple(
            (
                name,
                *(int(counts.loc[n, c.id]) for c in rules.classes),
                everybody - int(counts.loc[n].sum()),
                *([int(study.combinations.loc[n, "changed"])] if changed else []),
                "; ".join(
                    f"câu {axis + 1}: cách {study.space.options(axis).index(study.combinations.loc[n, q.id]) + 1}"
                    for axis, q in enumerate(study.space.questions)
                ),
            )
            for name, n in ends.items()
        )
        blocks.append(
            Table(
                id=f"to-hop-{rules.id}",
                title=f"Các tổ hợp ở hai đầu, ở giữa và đang dùng{which}{sampled}",
                columns=columns,
                rows=rows,
            )
        )
    return Group(
        tuple(blocks)
        if len(blocks) > 1
        else (heading, Paragraph("Không tổ hợp nào cho buổi nào một xếp loại."))
    )
