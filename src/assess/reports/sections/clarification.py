"""The document that a chi bộ's plea asks for: to the committee above, clause by clause, what is unclear, what it costs, what to write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import committee_of, listing
from assess.reports.blocks import Annex, Block, Bullets, Group, Heading, Note, Paragraph
from assess.reports.sections.method import basis, citations, readings
from assess.reports.sections.study_words import POINTS_COMPARED
from assess.reports.sections.words import form_name
from assess.studies.readings.space import BASIS

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import Chosen, RuleSet
    from assess.studies.readings import Study

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def request_to_clarify(report: Report, study: Study) -> Group:
    """Return the request: to whom, why it is made, then each unclear clause that changes something, the most costly first.

    Of each clause: where it stands, why it is unclear, the readings with what each changes by itself, and the wording proposed:
    the reading in use on the form in force at the end of the period, said outright. What no meeting of the period is touched by
    is named at the end and asked nothing about.
    """
    classed = study.cases[study.cases["verdict"] != ""]
    order = study.questions.sort_values(["class_total", "touched"], ascending=False, kind="stable", na_position="last")
    asked = [q for q in order.loc[order["touched"] > 0, "question_id"] if q != BASIS]
    names = listing([form_name(rules) for rules in report.forms])
    open_ = study.flips.loc[study.flips["questions"] != BASIS, "case_id"].nunique()
    above = _above(report)
    text = (
        f"Qua chấm điểm chất lượng sinh hoạt chi bộ {report.slice.period.label} theo {names}, {report.slice.name} nhận thấy một số nội dung của biểu điểm có thể hiểu theo nhiều cách. "
        f"Với cùng số liệu, {open_} trong {len(classed)} buổi sinh hoạt có thể đổi xếp loại, hoặc chưa xếp loại được, tùy cách hiểu các nội dung này. "
        f"Để việc chấm điểm được thống nhất, đề nghị {above or 'cấp trên'} xem xét, hướng dẫn rõ các nội dung sau."
    )
    blocks: list[Block] = [Paragraph(f"Kính gửi: {above}")] if above else []
    blocks += [Heading("Lý do"), Paragraph(text), Heading("Những nội dung đề nghị hướng dẫn")]
    if not asked:
        blocks.append(Paragraph("Không cách hiểu nào làm đổi điểm hoặc xếp loại của buổi nào trong kỳ; chưa có gì cần đề nghị."))
    for number, question in enumerate(asked, start=1):
        blocks += _clause(report, study, question, number)
    nobody = [study.space.question(q).title for q in order.loc[order["touched"] == 0, "question_id"] if q != BASIS]
    if nobody:
        said = listing([f"“{title}”" for title in nobody])
        blocks.append(Paragraph(f"Các chỗ chưa rõ không liên quan đến buổi nào trong kỳ nên chưa đề nghị: {said}."))
    blocks.append(Note(_how(int(study.questions.set_index("question_id").loc[BASIS, "touched"])), "Cách tính"))
    return Group((*blocks, Paragraph(f"Kính trình {above or 'cấp trên'} xem xét, hướng dẫn.")))


def annex_basis(report: Report, study: Study) -> Group:
    """Return, as an annex, what the request rests on: forms, the readings that were held fixed, and the instruments cited."""
    parts = (basis(report), readings(report, without=[q.id for q in study.space.questions]), citations(report))
    under = [replace(block, level=2) if isinstance(block, Heading) else block for part in parts for block in part.blocks]
    return Group((Annex("Căn cứ và các cách hiểu đã dùng"), *under))


def _above(report: Report) -> str:
    """The committee that the request goes to."""
    made = report.slice
    units = made.tree.on(made.period.end)
    own = units.get(made.dang_bo)
    return committee_of(units[own.parent_id].name) if own and own.parent_id in units else ""


def _how(touched: int) -> str:
    basis = (
        f" Câu hỏi về số liệu (như mẫu số dự họp) chỉ làm đổi điểm khi điểm được tính lại từ số liệu; ở {touched} buổi, điểm ghi trên phiếu và điểm tính lại "
        "khác nhau theo ít nhất một tổ hợp cách hiểu."
    )
    return (
        "Số buổi đổi xếp loại nêu trên tính khi chỉ một nội dung được hiểu khác, các nội dung khác giữ cách đang dùng. "
        f"{POINTS_COMPARED}{basis if touched else ''}"
    )


def _clause(report: Report, study: Study, question_id: str, number: int) -> list[Block]:
    about = study.questions.set_index("question_id").loc[question_id]
    question = study.space.question(question_id)
    effects = study.alone[study.alone["question_id"] == question_id].set_index("option")
    raised = _raised(report, question_id)
    several = len(report.forms) > 1
    where = [f"{chosen.clause}{f' ({form_name(rules)})' if several else ''}: {chosen.why}" for rules, chosen in raised if chosen.clause]
    ways = []
    for letter, option in zip(_LETTERS, question.options, strict=False):
        effect = effects.loc[option.id]
        using = [form_name(rules) for rules, chosen in raised if chosen.option.id == option.id]
        used = f" (cách đang dùng{f' của {listing(using)}' if len(using) < len(raised) else ''})" if using else ""
        alone = len(using) == len(raised)
        told = "" if alone else _effect(int(effect["changed"]), int(effect["chi_bo"]), float(effect["points"]))
        ways.append(f"Cách {letter}: {option.title}{used}{told}.")
    cost = f"Nội dung này liên quan đến {int(about['touched'])} buổi; "
    if about["alone"] or not about["together"]:
        cost += f"riêng nội dung này làm đổi xếp loại buổi sinh hoạt của {int(about['alone'])} chi bộ."
    else:
        cost += f"chỉ khi kết hợp với nội dung khác mới làm đổi xếp loại, ở {int(about['together'])} chi bộ."
    blocks: list[Block] = [Heading(f"{number}. {question.title}", 2)]
    blocks.append(
        Bullets(tuple(where), "Điều khoản, nguồn nêu vướng mắc") if where else Paragraph("Biểu và hướng dẫn không nói đến trường hợp này.")
    )
    blocks += [Bullets(tuple(ways), "Các cách hiểu và kết quả khi chỉ đổi cách hiểu ở nội dung này"), Paragraph(cost)]
    rules, chosen = raised[-1]
    which = f" trong {form_name(rules)}" if several else ""
    return [*blocks, Paragraph(f"Đề nghị ghi rõ{which} (theo cách đang dùng): “{question.title}: {chosen.option.title}.”")]


def _raised(report: Report, question_id: str) -> list[tuple[RuleSet, Chosen]]:
    """The forms of the report that a question concerns, the earliest first, with the reading in use on each."""
    chosen = report.scores.chosen
    return [(rules, chosen[rules.id][question_id]) for rules in report.forms if question_id in chosen[rules.id]]


def _effect(changed: int, chi_bo: int, points: float) -> str:
    said = [f"{changed} buổi của {chi_bo} chi bộ đổi xếp loại" if changed else "không đổi xếp loại buổi nào"]
    if points == points and round(abs(points), 2) > 0:
        said.append(f"điểm {'tăng' if points > 0 else 'giảm'} bình quân {numbers.decimal(abs(points), 2)}")
    return f": {', '.join(said)}"
