"""The class of each chi bộ for the whole period under every combination of readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.text import listing
from assess.reports import study_figures
from assess.reports.blocks import Block, Bullets, Column, Figure, Group, Heading, Paragraph, Table
from assess.reports.named_figures import named
from assess.reports.sections.study_words import (
    LISTED,
    NO_CLASS,
    SHOWN,
    alike,
    class_name,
    forms_of,
    number,
    truncation_note,
    unasked,
    ways_of,
)
from assess.studies.readings import PERIOD, PERIOD_QUESTIONS, VERDICTS, WAY

if TYPE_CHECKING:
    import pandas as pd

    from assess.reports.report import Report
    from assess.rules import RuleSet
    from assess.studies.readings import Study


def study_period(report: Report, study: Study) -> Group:
    """Return how robust each chi bộ's period class is and what each question changes."""
    if study.of != PERIOD:
        raise input_error("study-of-other", "study", found=study.of, wanted=PERIOD)
    what = f"xếp loại sinh hoạt chi bộ cả {report.slice.period.label}"
    blocks: list[Block] = [
        Heading(f"{what[:1].upper()}{what[1:]} theo các cách hiểu"),
        Paragraph(_how(study, what)),
    ]
    added = [q for q in study.space.questions if q.id in PERIOD_QUESTIONS]
    if added:
        blocks.append(
            Bullets(tuple(f"{q.title}: {ways_of(q)}." for q in added), "Câu hỏi về tổng hợp kỳ")
        )
    blocks += alike(study, "chi bộ")
    idle = study.raised.idle if study.raised else ()
    blocks += unasked(
        idle, study, "Biểu còn nêu các câu hỏi sau, không liên quan đến chi bộ nào trong kỳ"
    )
    classed = study.cases[study.cases["verdict"] != ""]
    never = study.cases[study.cases["verdict"] == ""]
    if len(never):
        counts = never["class_id"].value_counts(sort=False)
        reasons = listing(
            [
                f"{NO_CLASS.get(str(name), str(name))}: {named(f'study_period.never.{name}', count)}"
                for name, count in counts.items()
            ]
        )
        told = f"{named('study_period.never_classed', len(never))} chi bộ không được xếp loại kỳ theo bất kỳ cách hiểu nào; theo cách đang dùng là {reasons}."
        blocks.append(Paragraph(told))
    if len(classed):
        blocks += _ways(study)
        for rules in forms_of(report, classed):
            blocks += _chi_bo(report, study, classed[classed["rule_set_id"] == rules.id], rules)
        blocks.append(_questions(study))
    return Group(tuple(blocks))


def _how(study: Study, what: str) -> str:
    found = study.cases["verdict"].value_counts()
    told = listing(
        [
            f"{word} {named(f'study_period.{name}', int(found.get(name, 0)))}"
            for name, word in VERDICTS.items()
        ]
    )
    classed = study.cases[study.cases["verdict"] != ""]
    unset = int(classed["class_id"].isin(set(NO_CLASS) - {"none_known", "necessary_only"}).sum())
    merged = (
        f", còn {named('study_period.combinations', study.distinct.size)} khi các cách hiểu cho mọi chi bộ cùng một kết quả tính là một"
        if study.distinct.size < study.space.size
        else ""
    )
    beside = (
        f" Theo cách đang dùng, {named('study_period.unset', unset)} chi bộ chưa có xếp loại kỳ; ở các chi bộ này xét mức mà nhiều tổ hợp nhất cho."
        if unset
        else ""
    )
    return (
        f"Phần này xét {what}, không phải từng buổi và không phải xếp loại chi bộ hằng năm theo Quy định 366: {len(study.space.questions)} câu hỏi, gồm cả câu hỏi về tổng hợp kỳ, "
        f"ghép được {named('study_period.combinations_of_all', study.space.size)} tổ hợp{merged}; "
        "mỗi chi bộ được tính theo mọi tổ hợp của các câu hỏi có liên quan đến nó, không lấy mẫu. "
        "Mức độ vững chỉ tính trên các tổ hợp cho kết quả xếp loại: chưa xếp loại được (không có quy tắc, chờ bổ sung, kỳ chưa kết thúc) không phải là đổi xếp loại. "
        f"Trong {named('study_period.chi_bo', len(study.cases))} chi bộ, {named('study_period.classed', len(classed))} chi bộ có xếp loại theo ít nhất một cách hiểu: {told}.{beside}"
    )


def _ways(study: Study) -> list[Block]:
    """Return how robust the classes are under each way to derive a period's class."""
    ways = study.ways()
    if not ways:
        return []
    question = study.space.question(WAY)
    rows = []
    for option, mine in ways.items():
        counts = mine["verdict"].value_counts()
        parts = [int(counts.get(name, 0)) for name in VERDICTS]
        rows.append(
            (question.option(option).title, *parts, len(study.cases) - sum(parts), len(study.cases))
        )
    columns = (
        Column("way", question.title, width=3),
        *(Column(name, word.capitalize(), "integer") for name, word in VERDICTS.items()),
        Column("none", "Không được xếp loại", "integer"),
        Column("all", "Cộng chi bộ", "integer"),
    )
    note = "Mỗi hàng: cách xếp loại kỳ ấy coi như đã được quy định, các câu hỏi khác vẫn theo mọi cách hiểu."
    return [
        Table(
            id="ky-theo-cach",
            title="Mức độ vững khi đã rõ cách xếp loại kỳ",
            columns=columns,
            rows=tuple(rows),
            keys=tuple(ways),
            note=note,
        )
    ]


def _chi_bo(report: Report, study: Study, mine: pd.DataFrame, rules: RuleSet) -> list[Block]:
    """Return each chi bộ, least robust first: shares of classes, fewest deciding questions."""
    known = {
        case: group.set_index("class_id")["share"]
        for case, group in study.acceptability.groupby("case_id")
    }
    classes = {c.id: c.title for c in (*rules.classes, *rules.year)}
    fewest = _fewest(study)
    names: list[str] = []
    keys: list[str] = []
    shares: list[list[float]] = []
    rows = []
    for case in mine.sort_values(["share", "case_id"], kind="stable").itertuples():
        parts = [float(known[case.case_id].get(name, 0.0)) for name in classes]
        parts.append(max(0.0, 1.0 - sum(parts)))
        keys.append(case.chi_bo_id)
        names.append(report.unit_name(case.chi_bo_id))
        shares.append(parts)
        rows.append(
            (
                names[-1],
                class_name(rules, case.class_id),
                VERDICTS[case.verdict],
                *parts,
                fewest.get(case.case_id, ""),
            )
        )
    which = f", {rules.short}" if len(report.forms) > 1 else ""
    title = f"Tỷ lệ tổ hợp cho từng mức xếp loại kỳ{which}"
    more = f" (hình vẽ {SHOWN} chi bộ đầu bảng)" if len(rows) > SHOWN else ""
    columns = (
        Column("name", "Chi bộ", width=2),
        Column("now", "Đang xếp", width=1.1),
        Column("verdict", "Mức độ vững", width=1.1),
        *(Column(name, class_title, "percent") for name, class_title in classes.items()),
        Column("none", "Chưa xếp loại", "percent"),
        Column("fewest", "Chỉ cần đổi cách hiểu", width=3),
    )
    return [
        Figure(
            id=f"h-ky-{rules.id}",
            title=title + more,
            alt=f"Biểu đồ thanh xếp chồng của {named(f'study_period.{rules.id}.bars', min(len(rows), SHOWN))} chi bộ; mỗi thanh chia theo tỷ lệ tổ hợp cho từng mức xếp loại kỳ. Số liệu ở bảng ngay sau hình.",
            svg=study_figures.acceptability(
                names[:SHOWN], shares[:SHOWN], [*classes.values(), "Chưa xếp loại"]
            ),
        ),
        Table(
            id=f"ky-{rules.id}",
            title=title,
            columns=columns,
            rows=tuple(rows[:LISTED]),
            keys=tuple(keys[:LISTED]),
            note=_PARTS + truncation_note(f"study_period.{rules.id}.listed", len(rows), "chi bộ"),
        ),
    ]


_PARTS = "Các cột tỷ lệ cộng đủ 100% số tổ hợp, không kể cách xếp loại kỳ không cho xếp loại nào; mức độ vững tính trên các tổ hợp có kết quả xếp loại."


def _fewest(study: Study) -> dict[str, str]:
    """Return by chi bộ the smallest sets of questions that change its class."""
    smallest = study.flips[
        study.flips["size"] == study.flips["case_id"].map(study.cases.set_index("case_id")["flips"])
    ]
    return {
        str(case): "; hoặc ".join(
            listing([f"“{study.space.question(q).title}”" for q in questions.split("+")])
            for questions in sets
        )
        for case, sets in smallest.groupby("case_id", sort=False)["questions"]
    }


def _questions(study: Study) -> Table:
    frame = study.questions.sort_values(
        ["class_total", "touched"], ascending=False, kind="stable", na_position="last"
    )
    columns = (
        Column("title", "Câu hỏi", width=3),
        Column("touched", "Chi bộ đổi điểm hoặc xếp loại ở ít nhất một tổ hợp", "integer", 1.2),
        Column("moves", "Chi bộ đổi xếp loại ở ít nhất một tổ hợp", "integer", 1.1),
        Column("alone", "So với cách đang dùng: đổi riêng câu này là đủ", "integer", 1.2),
        Column("together", "So với cách đang dùng: phải đổi kèm câu khác", "integer", 1.2),
        Column("first", "Xếp loại: riêng", "percent"),
        Column("total", "Xếp loại: cùng câu khác", "percent"),
    )
    rows = tuple(
        (
            study.space.question(r.question_id).title,
            r.touched,
            r.class_moves,
            r.alone,
            r.together,
            number(r.class_first),
            number(r.class_total),
        )
        for r in frame.itertuples()
    )
    largest = frame.iloc[0]
    told = (
        ""
        if largest["class_total"] != largest["class_total"]
        else (
            f"Ảnh hưởng lớn nhất: “{study.space.question(largest['question_id']).title}”, chỉ số toàn phần {named('study_period.largest.class_total', largest['class_total'], numbers.percent)} của xếp loại kỳ. Cột cuối là chỉ số toàn phần, tính cả phần chung với câu khác nên cộng lại có thể quá 100%."
        )
    )
    return Table(
        id="cau-hoi-ky",
        title="Ảnh hưởng của từng câu hỏi đến xếp loại kỳ",
        columns=columns,
        rows=rows,
        note=told,
    )
