"""The document that a chi bộ's plea asks for: to the committee above, clause by clause, what is unclear, what it costs, what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import listing
from assess.reports.blocks import Block, Bullets, Group, Heading, Note, Paragraph
from assess.reports.sections.words import form_name
from assess.studies.readings.space import BASIS

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import Chosen, RuleSet
    from assess.studies.readings import Study

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def request_to_clarify(report: Report, study: Study) -> Group:
    """Return the request: why it is made, then each unclear clause that changes something, the most costly first.

    Of each clause: where it stands, why it is unclear, the readings with what each changes by itself, and the wording proposed:
    the reading in use, said outright. What no meeting of the period is touched by is named at the end and asked nothing about.
    """
    classed = study.meetings[study.meetings["verdict"] != ""]
    open_ = int((classed["verdict"] != "robust").sum())
    names = listing([form_name(rules) for rules in report.forms])
    text = (
        f"Qua chấm điểm chất lượng sinh hoạt chi bộ {report.slice.period.label} theo {names}, {report.slice.name} gặp những chỗ có thể hiểu theo nhiều cách. "
        f"Cùng số liệu của {len(classed)} buổi sinh hoạt, {open_} buổi có xếp loại khác nhau tùy cách hiểu. "
        "Để chấm thống nhất, đề nghị cấp trên hướng dẫn rõ các nội dung sau."
    )
    order = study.questions.sort_values(["class_total", "touched"], ascending=False, kind="stable", na_position="last")
    asked = [q for q in order.loc[order["touched"] > 0, "question_id"] if q != BASIS]
    blocks: list[Block] = [Heading("Lý do"), Paragraph(text), Heading("Những nội dung đề nghị hướng dẫn")]
    if not asked:
        blocks.append(Paragraph("Không cách hiểu nào làm đổi điểm hoặc xếp loại của buổi nào trong kỳ; chưa có gì cần đề nghị."))
    for number, question in enumerate(asked, start=1):
        blocks += _clause(report, study, question, number)
    nobody = [study.space.questions[study.space.position[q]].title for q in order.loc[order["touched"] == 0, "question_id"] if q != BASIS]
    if nobody:
        blocks.append(
            Paragraph(f"Các chỗ chưa rõ không chạm đến buổi nào trong kỳ nên chưa đề nghị: {listing([f'“{title}”' for title in nobody])}.")
        )
    basis = study.questions.set_index("question_id").loc[BASIS]
    if basis["touched"]:
        blocks.append(Note(_of_basis(int(basis["touched"])), "Cách tính"))
    return Group(tuple(blocks))


def _of_basis(touched: int) -> str:
    return (
        "Số buổi đổi xếp loại ở trên là khi chỉ một câu hỏi hiểu khác đi, mọi câu khác giữ cách hiểu đang dùng. Câu hỏi về số liệu (như mẫu số dự họp) "
        f"chỉ đổi được điểm khi điểm tính lại từ số liệu; ở {touched} buổi, điểm ghi trên phiếu và điểm tính lại cho kết quả khác nhau."
    )


def _clause(report: Report, study: Study, question_id: str, number: int) -> list[Block]:
    about = study.questions.set_index("question_id").loc[question_id]
    question = study.space.questions[study.space.position[question_id]]
    effects = study.alone[study.alone["question_id"] == question_id].set_index("option")
    raised = _raised(report, question_id)
    where = [f"{chosen.clause} ({form_name(rules)}): {chosen.why}" for rules, chosen in raised if chosen.clause]
    ways = []
    for letter, option in zip(_LETTERS, question.options, strict=False):
        effect = effects.loc[option.id]
        used = " (cách đang dùng)" if effect["in_use"] else ""
        ways.append(f"{letter}) {option.title}{used}{_effect(int(effect['changed']), int(effect['chi_bo']), float(effect['points']))}.")
    cost = f"Câu hỏi này chạm đến {int(about['touched'])} buổi; riêng nó đổi xếp loại ở {int(about['alone'])} chi bộ"
    cost += f", cùng với câu khác ở {int(about['together'])} chi bộ nữa." if about["together"] else "."
    blocks: list[Block] = [Heading(f"{number}. {question.title}", 2)]
    blocks.append(Bullets(tuple(where), "Điều khoản") if where else Paragraph("Biểu và hướng dẫn không nói đến trường hợp này."))
    blocks += [Bullets(tuple(ways), "Các cách hiểu, và kết quả khi chỉ hiểu khác ở chỗ này"), Paragraph(cost)]
    proposals = dict.fromkeys(f"“{question.title}: {chosen.option.title}.”" for _, chosen in raised)
    return [*blocks, Paragraph(f"Đề nghị ghi rõ (theo cách đang dùng): {listing(list(proposals))}")]


def _raised(report: Report, question_id: str) -> list[tuple[RuleSet, Chosen]]:
    """The forms of the report that a question concerns, with the reading in use on each."""
    chosen = report.scores.chosen
    return [(rules, chosen[rules.id][question_id]) for rules in report.forms if question_id in chosen[rules.id]]


def _effect(changed: int, chi_bo: int, points: float) -> str:
    said = [f"{changed} buổi của {chi_bo} chi bộ đổi xếp loại"] if changed else []
    if points == points and round(abs(points), 2) > 0:
        said.append(f"điểm {'tăng' if points > 0 else 'giảm'} bình quân {numbers.decimal(abs(points), 2)}")
    return f": {', '.join(said)}" if said else ""
