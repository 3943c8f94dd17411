"""A readings study for a researcher: how it was made, what came out, what it does not say, how to cite it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assess.base import numbers
from assess.base.text import listing
from assess.reports import study_figures
from assess.reports.blocks import Block, Bullets, Column, Figure, Group, Heading, Note, Paragraph, Table
from assess.rules import catalogue
from assess.studies.readings import CONTESTED, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from assess.reports.report import Report
    from assess.rules import RuleSet
    from assess.rules.readings import Question
    from assess.studies.readings import Study

_SHOWN = 30
"""Rows of a chart or a list of cases: those that the readings move most; the tables have all."""
_LISTED = 500
"""Rows of a table of meetings; a larger đảng bộ's study is read from its tables (``assess study readings --parquet``)."""
_POINTS_IN_CURVE = 200
_QUESTIONS_IN_CURVE = 8
"""Questions under the curve: those that change most."""
_PAIRS = 5
POINTS_COMPARED = "Điểm so sánh đã quy về thang 100; vì vậy cách hiểu “tổng điểm thấp hơn, giữ nguyên các mức” có thể đổi xếp loại mà điểm quy đổi không đổi."
_BASIS_ALWAYS = "Câu “Căn cứ tính điểm” luôn được đưa vào, vì câu hỏi về số liệu (như mẫu số dự họp) chỉ làm đổi điểm khi điểm được tính lại từ số liệu."
_MARGINS = "Thừa điểm: số điểm trên mốc của mức đang xếp; thiếu điểm: còn thiếu bao nhiêu để lên mức trên. Để trống khi điều kiện của mức, không phải điểm, quyết định."
_ONLY_SMALLEST = "Bảng chỉ nêu các bộ ít câu hỏi nhất của mỗi buổi; hình tính cả các bộ lớn hơn không thể bớt câu nào."
_NO_CLASS = {"waiting": "chưa xếp loại", "no_result": "không có phiếu", "outside": "ngoài kỳ"}


def study_method(report: Report, study: Study) -> Group:
    """Return what was asked, of how many meetings, under how many combinations, and how every measure is defined."""
    asked = [f"Câu {number}. {q.title} (mã {q.id}): {_ways(q)}." for number, q in enumerate(study.space.questions, start=1)]
    fixed = [report.chosen(q) for q in study.readings if q not in study.space.position]
    held = (
        f" Các câu hỏi khác giữ một cách hiểu: {listing([f'{c.question.title.lower()} ({c.option.title})' for c in fixed])}."
        if fixed
        else ""
    )
    text = (
        f"Mỗi câu hỏi dưới đây là một chỗ mà biểu hoặc quy định chưa nói rõ. Ghép mọi cách hiểu của {len(asked)} câu được {study.space.size} tổ hợp; "
        f"mỗi buổi sinh hoạt được tính theo từng tổ hợp của các câu hỏi có liên quan đến nó, không lấy mẫu. {_listed(study)}{held}"
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
        _BASIS_ALWAYS,
        "Mỗi cách hiểu được tính ngang nhau; tỷ lệ tổ hợp không phải là xác suất.",
        rule,
        "Bộ câu hỏi làm đổi xếp loại: nhóm ít câu hỏi nhất mà chỉ cần đổi cách hiểu các câu đó thì xếp loại thay đổi.",
        "Chưa xếp loại: theo cách hiểu ấy phiếu phải bổ sung, phải hỏi cấp có thẩm quyền, không xếp loại, hoặc buổi không thuộc kỳ; từ một xếp loại thành chưa xếp loại cũng là đổi xếp loại.",
        sobol,
    )
    return Group((Heading("Phương pháp"), Paragraph(text), Bullets(tuple(asked), "Câu hỏi và các cách hiểu"), Bullets(ways, "Cách tính")))


def study_results(report: Report, study: Study) -> Group:
    """Return how firm the classes are: counts, each chi bộ, and the meetings whose class depends most on readings."""
    classed = study.cases[study.cases["verdict"] != ""]
    heading = Heading("Mức độ vững của xếp loại")
    if classed.empty:
        return Group((heading, Paragraph("Không có buổi nào được xếp loại theo bất kỳ cách hiểu nào.")))
    counts = classed["verdict"].value_counts()
    rows = [(word.capitalize(), int(counts.get(name, 0)), counts.get(name, 0) / len(classed)) for name, word in VERDICTS.items()]
    columns = (Column("verdict", "Xếp loại", width=2), Column("count", "Số buổi", "integer"), Column("share", "Tỷ lệ", "percent"))
    table = Table(
        id="do-vung",
        title="Xếp loại của các buổi theo mọi cách hiểu",
        columns=columns,
        rows=(*rows, ("Cộng", len(classed), 1.0)),
        total=True,
    )
    never = len(study.cases) - len(classed)
    beside = [Paragraph(f"{never} buổi không được xếp loại theo bất kỳ cách hiểu nào và không tính ở đây.")] if never else []
    return Group((heading, table, *beside, _by_chi_bo(report, classed), *_most_open(report, study, classed)))


def _by_chi_bo(report: Report, classed: pd.DataFrame) -> Table:
    rows = []
    for chi_bo, mine in classed.groupby("chi_bo_id", sort=True):
        counts = mine["verdict"].value_counts()
        flips = mine.loc[mine["flips"] > 0, "flips"]
        spread = (mine["high"] - mine["low"]).max()
        fewest = int(flips.min()) if len(flips) else None
        rows.append((report.unit_name(str(chi_bo)), len(mine), *(int(counts.get(name, 0)) for name in VERDICTS), fewest, _number(spread)))
    columns = (
        Column("name", "Chi bộ", width=2.4),
        Column("count", "Số buổi", "integer"),
        *(Column(name, word.capitalize(), "integer") for name, word in VERDICTS.items()),
        Column("fewest", "Số câu hỏi ít nhất làm đổi xếp loại", "integer", 1.4),
        Column("spread", "Chênh lệch điểm lớn nhất", "points", 1.2),
    )
    note = "Chênh lệch điểm: điểm cao nhất trừ điểm thấp nhất của cùng một buổi theo mọi cách hiểu, quy về thang 100."
    return Table(id="vung-theo-chi-bo", title="Xếp loại của từng chi bộ theo mọi cách hiểu", columns=columns, rows=tuple(rows), note=note)


def _most_open(report: Report, study: Study, classed: pd.DataFrame) -> list[Block]:
    """The meetings whose class depends on readings, as bars and as a table, those with the least agreement first."""
    open_ = classed[classed["verdict"] != "robust"].sort_values(["share", "case_id"], kind="stable")
    if open_.empty:
        return [Paragraph("Không buổi nào đổi xếp loại theo các cách hiểu này.")]
    blocks: list[Block] = []
    known = {meeting: group.set_index("class_id")["share"] for meeting, group in study.acceptability.groupby("case_id")}
    for rules in _forms(report, open_):
        mine = open_[open_["rule_set_id"] == rules.id]
        classes = [c.id for c in rules.classes]
        rows = []
        for m in mine.itertuples():
            parts = [float(known[m.case_id].get(c, 0.0)) for c in classes]
            now = _class(rules, m.class_id)
            name = f"{report.unit_name(m.chi_bo_id)}, {numbers.month(m.period)}"
            rows.append((m.case_id, name, now, *parts, max(0.0, 1.0 - sum(parts)), m.flips, _number(m.spare), _number(m.short)))
        which = f", {rules.short}" if len(report.forms) > 1 else ""
        titles = [c.title for c in rules.classes]
        columns = (
            Column("id", "Mã buổi", "code", 1.3),
            Column("name", "Chi bộ, tháng", width=2.4),
            Column("now", "Đang xếp", width=0.9),
            *(Column(c.id, c.title, "percent") for c in rules.classes),
            Column("waits", "Chưa xếp loại", "percent"),
            Column("flips", "Số câu ít nhất", "integer", 0.8),
            Column("spare", "Thừa điểm", "points", 0.8),
            Column("short", "Thiếu điểm", "points", 0.8),
        )
        title = f"Tỷ lệ tổ hợp cho từng mức xếp loại, các buổi có thể đổi xếp loại{which}"
        shown = rows[:_SHOWN]
        more = f" (hình vẽ {_SHOWN} buổi đầu bảng)" if len(rows) > _SHOWN else ""
        blocks += [
            Figure(
                id=f"h-kha-nang-{rules.id}", title=title + more,
                alt=f"Biểu đồ thanh xếp chồng của {len(shown)} buổi; mỗi thanh chia theo tỷ lệ tổ hợp cho từng mức xếp loại. Số liệu ở bảng ngay sau hình.",
                svg=study_figures.acceptability([row[1] for row in shown], [row[3:-3] for row in shown], [*titles, "Chưa xếp loại"]),
            ),
            Table(id=f"kha-nang-{rules.id}", title=title, columns=columns, rows=tuple(rows[:_LISTED]), note=_MARGINS + _rest(len(rows))),
        ]  # fmt: skip
    return blocks


def study_questions(report: Report, study: Study) -> Group:
    """Return the questions in the order of what they change, as bars and as a table, and which of them work together."""
    del report
    frame = study.questions.assign(number=range(1, len(study.questions) + 1))
    frame = frame.sort_values(["class_total", "touched", "number"], ascending=[False, False, True], kind="stable", na_position="last")
    known = catalogue()
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
            r.number, known[r.question_id].title, r.touched, r.class_moves, r.alone, r.together,
            *map(_number, (r.mean_change, r.first, r.total, r.class_first, r.class_total)),
        )
        for r in frame.itertuples()
    )  # fmt: skip
    note = (
        "Mức đổi điểm bình quân: không kể tăng hay giảm, trên các buổi có liên quan, quy về thang 100. Bốn cột cuối là chỉ số Sobol; cộng các phần riêng không nhất thiết đủ 100%. "
        "Gạch ngang: mọi buổi có liên quan đều có tổ hợp không cho xếp loại, nên không tính được phần biến động của điểm."
    )
    table = Table(id="cau-hoi", title="Ảnh hưởng của từng câu hỏi", columns=columns, rows=rows, stub=2, note=note)
    blocks: list[Block] = [Heading("Mức ảnh hưởng của từng câu hỏi")]
    some = frame[frame["class_total"].notna() & (frame["touched"] > 0)]
    if len(some):
        titles = [known[q].title for q in some["question_id"]]
        top = some.iloc[0]
        alt = f"Biểu đồ thanh, phần biến động của xếp loại do từng câu hỏi. Lớn nhất: {titles[0]}, {numbers.percent(top['class_total'])}. Số liệu ở bảng ngay sau hình."
        svg = study_figures.importance(titles, some["class_first"].tolist(), some["class_total"].tolist())
        blocks.append(Figure(id="h-cau-hoi", title="Phần biến động của xếp loại do từng câu hỏi", alt=alt, svg=svg))
    blocks += [table, *_untouched(study), *_alone(study), *_together(study), *_alike(study)]
    return Group(tuple(blocks))


def _untouched(study: Study) -> list[Block]:
    known = catalogue()
    nobody = [known[q].title for q in study.questions.loc[study.questions["touched"] == 0, "question_id"]]
    return [Paragraph(f"Không liên quan đến buổi nào: {listing([f'“{title}”' for title in nobody])}.")] if nobody else []


def _alone(study: Study) -> list[Block]:
    """What each option does when it alone replaces the one in use."""
    known = catalogue()
    touched = set(study.questions.loc[study.questions["touched"] > 0, "question_id"])
    frame = study.alone[study.alone["question_id"].isin(touched)]
    rows = [
        (
            known[r.question_id].title, known[r.question_id].option(r.option).title, "đang dùng" if r.in_use else "",
            r.changed, r.chi_bo, _number(r.points),
        )
        for r in frame.itertuples()
    ]  # fmt: skip
    columns = (
        Column("question", "Câu hỏi", width=2.4),
        Column("option", "Cách hiểu", width=2.6),
        Column("use", "Ghi chú", width=0.9),
        Column("changed", "Buổi đổi xếp loại so với cách đang dùng", "integer", 1.3),
        Column("chi_bo", "Chi bộ", "integer", 0.8),
        Column("points", "Điểm tăng (+), giảm (-) bình quân", "points", 1.2),
    )
    note = f"Mỗi hàng: chỉ câu hỏi này hiểu theo cách ấy, mọi câu khác giữ cách hiểu đang dùng. {POINTS_COMPARED} {_BASIS_ALWAYS}"
    return (
        [Table(id="tung-cach-hieu", title="Khi chỉ một cách hiểu thay đổi", columns=columns, rows=tuple(rows), stub=2, note=note)]
        if rows
        else []
    )


def _together(study: Study) -> list[Block]:
    known = catalogue()
    pairs = study.pairs[study.pairs["class_id"] > 0].sort_values("class_id", ascending=False, kind="stable").head(_PAIRS)
    items = [f"“{known[p.one].title}” và “{known[p.other].title}”: {numbers.percent(p.class_id)}." for p in pairs.itertuples()]
    return [Bullets(tuple(items), "Phần biến động của xếp loại chỉ có khi hai câu hỏi kết hợp")] if items else []


def _alike(study: Study) -> list[Block]:
    known = catalogue()
    touched = set(study.questions.loc[study.questions["touched"] > 0, "question_id"])
    items = [
        f"{known[r.question_id].title}: “{known[r.question_id].option(r.option).title}” và “{known[r.question_id].option(r.other).title}”."
        for r in study.same_options[study.same_options["question_id"].isin(touched)].itertuples()
    ]
    return [Bullets(tuple(items), "Các cách hiểu cho mọi buổi cùng một kết quả")] if items else []


def study_flips(report: Report, study: Study) -> Group:
    """Return which questions change the class of which chi bộ, as a map, and the smallest sets that do, meeting by meeting."""
    heading = Heading("Các câu hỏi làm đổi xếp loại")
    if study.flips.empty:
        return Group((heading, Paragraph("Không bộ câu hỏi nào làm đổi xếp loại của buổi nào.")))
    about = study.cases.set_index("case_id")
    chi_bo = study.flips["case_id"].map(about["chi_bo_id"])
    position = study.space.position
    marks: dict[str, list[int]] = {}
    for owner, questions, size in zip(chi_bo, study.flips["questions"], study.flips["size"], strict=True):
        row = marks.setdefault(str(owner), [0] * len(position))
        for question in questions.split("+"):
            row[position[question]] = max(row[position[question]], 2 if size == 1 else 1)
    order = sorted(marks, key=lambda owner: (-marks[owner].count(2), -marks[owner].count(1), owner))
    shown = order[:_SHOWN]
    title = "Câu hỏi làm đổi xếp loại của từng chi bộ"
    figure = Figure(
        id="h-doi-xep-loai", title=title + (f"; {_SHOWN} chi bộ đổi nhiều nhất" if len(order) > _SHOWN else ""),
        alt=f"Lưới {len(shown)} chi bộ và {len(position)} câu hỏi; chấm đen: riêng câu ấy đổi được xếp loại; vòng trắng: chỉ cùng câu khác. Các bộ ít câu hỏi nhất ở bảng ngay sau hình.",
        svg=study_figures.flip_map(
            [report.unit_name(owner) for owner in shown], [str(n) for n in range(1, len(position) + 1)], [marks[owner] for owner in shown]
        ),
    )  # fmt: skip
    rows = []
    smallest = study.flips[study.flips["size"] == study.flips["case_id"].map(about["flips"])]
    for meeting_id, sets in smallest.groupby("case_id", sort=False):
        meeting = about.loc[meeting_id]
        rules = report.slice.rule_sets.get(meeting["rule_set_id"])
        ways = [
            f"{listing([f'câu {position[q] + 1}' for q in flip.questions.split('+')])} ({listing([_class(rules, c) for c in flip.reached.split(', ')])})"
            for flip in sets.itertuples()
        ]
        name = f"{report.unit_name(meeting['chi_bo_id'])}, {numbers.month(meeting['period'])}"
        rows.append((meeting_id, name, _class(rules, meeting["class_id"]), "; hoặc ".join(ways)))
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
        rows=tuple(rows[:_LISTED]),
        note=_ONLY_SMALLEST + _rest(len(rows)),
    )
    return Group((heading, figure, table))


def study_combinations(report: Report, study: Study) -> Group:
    """Return the combinations in order of the number of meetings in the best class, each with its choices; the ends and the middle as a table."""
    heading = Heading("Kết quả chung theo từng tổ hợp")
    blocks: list[Block] = [heading]
    for rules in report.forms:
        counts = study.counts[study.counts["rule_set_id"] == rules.id]
        counts = counts.pivot_table(index="combination", columns="class_id", values="cases", aggfunc="sum")[[c.id for c in rules.classes]]
        if counts.to_numpy().sum() == 0:
            continue
        order = counts.sort_values([c.id for c in rules.classes], kind="stable").index.to_numpy()
        base = _in_use(report, study, rules)
        picked = np.unique(np.linspace(0, len(order) - 1, min(len(order), _POINTS_IN_CURVE)).round().astype(int))
        shown = order[picked]
        if base not in shown:
            shown = order[np.unique(np.append(picked, int(np.flatnonzero(order == base)[0])))]
        best = rules.classes[0]
        which = f", {rules.short}" if len(report.forms) > 1 else ""
        sampled = f" (lấy mẫu {study.drawn} tổ hợp)" if study.drawn else ""
        title = f"Số buổi xếp loại {best.title} theo từng tổ hợp cách hiểu{which}{sampled}"
        part = f"; vẽ {len(shown)} trong {len(order)} tổ hợp, lấy cách đều theo thứ tự" if len(shown) < len(order) else ""
        frame = study.combinations.loc[shown]
        telling = study.questions[study.questions["touched"] > 0].sort_values("class_total", ascending=False, kind="stable")
        drawn = set(telling["question_id"].head(_QUESTIONS_IN_CURVE))
        choices = [
            (q.title, [(frame[q.id] == option).tolist() for option in study.space.options(axis)])
            for axis, q in enumerate(study.space.questions)
            if q.id in drawn
        ]
        values = counts.loc[shown, best.id].tolist()
        alt = f"Đường bậc thang từ {min(values)} đến {max(values)} buổi; dưới đường là cách hiểu mà mỗi tổ hợp chọn ở từng câu hỏi. Số liệu ở bảng ngay sau hình."
        svg = study_figures.specification_curve(values, [n == base for n in shown], choices, f"Số buổi {best.title}")
        blocks.append(Figure(id=f"h-to-hop-{rules.id}", title=title + part, alt=alt, svg=svg))
        everybody = int(((study.cases["rule_set_id"] == rules.id) & (study.cases["verdict"] != "")).sum())
        ends = {"Ít nhất": order[0], "Giữa": order[len(order) // 2], "Nhiều nhất": order[-1], "Đang dùng": base}
        # forms differ in what they use; over several, the number is of no one of them
        changed = [Column("changed", "Buổi xếp loại khác với đang dùng", "integer", 1.2)] if len(report.forms) == 1 else []
        columns = (
            Column("which", f"Số buổi {best.title}", width=1.1),
            *(Column(c.id, c.title, "integer", 0.8) for c in rules.classes),
            Column("waits", "Chưa xếp loại", "integer", 0.9),
            *changed,
            Column("choice", "Cách hiểu", width=4),
        )
        rows = tuple(
            (
                name, *(int(counts.loc[n, c.id]) for c in rules.classes), everybody - int(counts.loc[n].sum()),
                *([int(study.combinations.loc[n, "changed"])] if changed else []),
                "; ".join(
                    f"câu {axis + 1}: cách {study.space.options(axis).index(study.combinations.loc[n, q.id]) + 1}"
                    for axis, q in enumerate(study.space.questions)
                ),
            )
            for name, n in ends.items()
        )  # fmt: skip
        blocks.append(
            Table(id=f"to-hop-{rules.id}", title=f"Các tổ hợp ở hai đầu, ở giữa và đang dùng{which}{sampled}", columns=columns, rows=rows)
        )
    return Group(tuple(blocks) if len(blocks) > 1 else (heading, Paragraph("Không tổ hợp nào cho buổi nào một xếp loại.")))


def study_limits(report: Report, study: Study) -> Group:
    """Return what the study does not say, and how to cite it."""
    items = (
        "Nghiên cứu chỉ so các cách hiểu được liệt kê; một cách hiểu khác có thể cho kết quả khác.",
        "Mỗi cách hiểu được tính ngang nhau; trong thực tế có cách phổ biến hơn, nhưng không có số liệu về việc này.",
        "Đổi xếp loại ở đây là đổi xếp loại của từng buổi sinh hoạt; xếp loại quý, năm còn phụ thuộc câu hỏi về tổng hợp.",
        "Không có cách hiểu nào được coi là đúng: quyền hướng dẫn thuộc cấp ban hành.",
    )
    made = report.slice
    text = (
        f"Nghiên cứu các cách hiểu biểu điểm của {made.name}, {made.period.label} (bộ công cụ assess), {study.space.size} tổ hợp của {len(study.space.questions)} câu hỏi; "
        f"mã kiểm tra số liệu {made.digest[:16]}; ngày {numbers.day(made.document_date)}."
    )
    return Group((Heading("Giới hạn và cách dẫn"), Bullets(items), Note(text, "Cách dẫn")))


def _forms(report: Report, meetings: pd.DataFrame) -> Sequence[RuleSet]:
    used = set(meetings["rule_set_id"].dropna())
    return [rules for rule_id, rules in report.slice.rule_sets.items() if rule_id in used]


def _in_use(report: Report, study: Study, rules: RuleSet) -> int:
    """The row of the combination that a form's readings in use are."""
    chosen = report.scores.chosen[rules.id]
    mine = np.ones(len(study.combinations), dtype=bool)
    for question in study.space.questions:
        option = chosen[question.id].option.id if question.id in chosen else question.default
        mine &= (study.combinations[question.id] == option).to_numpy()
    return int(np.flatnonzero(mine)[0])


def _class(rules: RuleSet | None, class_id: str) -> str:
    return _NO_CLASS.get(class_id) or (rules.class_title(class_id) if rules else class_id)


def _listed(study: Study) -> str:
    if study.drawn:
        return (
            f"Riêng bảng và hình về kết quả chung theo từng tổ hợp là lấy mẫu: tổ hợp đang dùng và các tổ hợp rút ngẫu nhiên với số khởi tạo cố định, cộng {study.drawn} tổ hợp, "
            f"cho {study.different} kết quả khác nhau."
        )
    return (
        f"Trong đó có {study.different} kết quả khác nhau; mỗi tổ hợp còn lại cho kết quả trùng, ở mọi buổi, với một trong các tổ hợp ấy."
    )


def _rest(count: int) -> str:
    return f" Bảng in {_LISTED} trong {count} buổi; toàn bộ ở bảng xuất ra bằng lệnh assess study readings." if count > _LISTED else ""


def _ways(question: Question) -> str:
    return "; ".join(f"cách {number}: {option.title}" for number, option in enumerate(question.options, start=1))


def _number(value: float) -> float | None:
    """A number for a table; one that does not exist is an empty cell."""
    return None if value != value else float(value)
