"""A request for clarification: each unclear clause, its effect, and a proposed wording.

A chi bộ's request leads to this document, addressed to the committee above.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.text import committee_of, listing
from assess.reports.blocks import Annex, Block, Bullets, Group, Heading, Note, Paragraph
from assess.reports.named_figures import named
from assess.reports.sections.method import basis, citations, readings
from assess.reports.sections.phrases import form_name
from assess.reports.sections.study_words import POINTS_COMPARED, of_meetings, unasked
from assess.studies.readings.concerned_lines import NOT_APPLICABLE, lines_of
from assess.studies.readings.petition import Petition, petition

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import Chosen, Criterion, RuleSet
    from assess.studies.readings import Study

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def request_to_clarify(report: Report, study: Study) -> Group:
    """Return the request: addressee, reason, and each unclear clause with an effect, largest first.

    Each clause has its place, the lines it concerns, why it is unclear, the effect of each reading
    alone, the wider clause that contains it, and a proposed wording: the reading in use on the rule
    set in force at the end of the period, stated explicitly. All numbers cover the listed clauses
    only (:func:`~assess.studies.readings.petition.petition`). Unclear clauses that affect no
    meeting of the period are named at the end, without a request.
    """
    of_meetings(study)
    found = petition(report.slice, study)
    names = listing([form_name(rules) for rules in report.forms])
    above = _above(report)
    text = (
        f"Qua chấm điểm chất lượng sinh hoạt chi bộ {report.slice.period.label} theo {names}, {report.slice.name} nhận thấy một số nội dung của biểu điểm có thể hiểu theo nhiều cách. "
        f"{_counted(found)} Để việc chấm điểm được thống nhất, đề nghị {above or 'cấp trên'} xem xét, hướng dẫn rõ các nội dung sau."
    )
    blocks: list[Block] = [Paragraph(f"Kính gửi: {above}")] if above else []
    blocks += [Heading("Lý do"), Paragraph(text), Heading("Những nội dung đề nghị hướng dẫn")]
    if not found.asked:
        blocks.append(
            Paragraph(
                "Không cách hiểu nào làm đổi điểm hoặc xếp loại của buổi nào trong kỳ; chưa có gì cần đề nghị."
            )
        )
    for number, question in enumerate(found.asked, start=1):
        blocks += _clause(report, found, question, number)
    raised = {question.id for rules in report.forms for question in rules.questions}
    idle = [q for q in (*found.idle, *(study.raised.idle if study.raised else ())) if q in raised]
    blocks += unasked(
        idle,
        study,
        "Biểu còn để ngỏ các chỗ sau; với căn cứ tính điểm đang dùng, không chỗ nào làm đổi điểm của buổi nào trong kỳ nên chưa đề nghị",
    )
    if found.asked:
        blocks.append(Note(_how(found), "Cách tính"))
    return Group((*blocks, Paragraph(f"Kính trình {above or 'cấp trên'} xem xét, hướng dẫn.")))


def annex_basis(report: Report, study: Study) -> Group:
    """Return as an annex the rule sets, the readings held fixed and the cited instruments."""
    asked = petition(report.slice, study).asked
    parts = (basis(report), readings(report, without=asked), citations(report))
    under = [
        replace(block, level=2) if isinstance(block, Heading) else block
        for part in parts
        for block in part.blocks
    ]
    return Group((Annex("Căn cứ và các cách hiểu đã dùng"), *under))


def _above(report: Report) -> str:
    """Return the committee that the request is addressed to."""
    made = report.slice
    units = made.tree.on(made.period.end)
    own = units.get(made.dang_bo)
    return committee_of(units[own.parent_id].name) if own and own.parent_id in units else ""


def _counted(found: Petition) -> str:
    without, together = found.held - found.classed, found.any_way - found.one_alone
    beside = (
        f" (không kể {named('petition.never_classed', without)} buổi không được xếp loại theo bất kỳ cách hiểu nào)"
        if without
        else ""
    )
    several = (
        f", {named('petition.only_together', together)} buổi chỉ đổi khi từ hai nội dung trở lên cùng được hiểu khác"
        if together
        else ""
    )
    return (
        f"Với cùng số liệu, {named('petition.any_way', found.any_way)} trong {named('petition.classed', found.classed)} buổi sinh hoạt{beside} có thể đổi xếp loại, hoặc chưa xếp loại được, "
        f"tùy cách hiểu các nội dung dưới đây; trong đó {named('petition.one_alone', found.one_alone)} buổi đổi khi chỉ một nội dung được hiểu khác{several}."
    )


def _how(found: Petition) -> str:
    nested = (
        " Nội dung nằm trong nội dung khác cùng làm đổi một số buổi; số buổi nêu ở mục Lý do tính mỗi buổi một lần."
        if found.nested
        else ""
    )
    return (
        "Số buổi nêu ở mục Lý do tính theo mọi cách kết hợp các nội dung được liệt kê; số buổi nêu ở từng nội dung tính khi chỉ nội dung đó được hiểu khác. "
        f"Mọi điểm khác, kể cả căn cứ tính điểm, giữ như đang dùng.{nested} {POINTS_COMPARED}"
    )


def _clause(report: Report, found: Petition, question_id: str, number: int) -> list[Block]:
    question = found.study.space.question(question_id)
    raised = _raised(report, question_id)
    several = len(report.forms) > 1
    where = [
        f"{chosen.clause}{f' ({form_name(rules)})' if several else ''}: {chosen.why}"
        for rules, chosen in raised
        if chosen.clause
    ]
    blocks: list[Block] = [Heading(f"{number}. {question.title}", 2)]
    blocks.append(
        Bullets(tuple(where), "Điều khoản, nguồn nêu vướng mắc")
        if where
        else Paragraph("Biểu và hướng dẫn không nói đến trường hợp này.")
    )
    blocks += _lines(report, question_id, [rules for rules, _ in raised], found)
    title = "Các cách hiểu và kết quả khi chỉ đổi cách hiểu ở nội dung này"
    blocks += [
        Bullets(_ways(found, question_id, raised), title),
        Paragraph(_cost(found, question_id)),
        *_nesting(found, question_id),
    ]
    rules, chosen = raised[-1]
    which = f" trong {form_name(rules)}" if several else ""
    return [
        *blocks,
        Paragraph(
            f"Đề nghị ghi rõ{which} (theo cách đang dùng): “{question.title}: {chosen.option.title}.”"
        ),
    ]


def _ways(
    found: Petition, question_id: str, raised: list[tuple[RuleSet, Chosen]]
) -> tuple[str, ...]:
    effects = found.study.alone[found.study.alone["question_id"] == question_id].set_index("option")
    ways = []
    for letter, option in zip(
        _LETTERS, found.study.space.question(question_id).options, strict=False
    ):
        using = [form_name(rules) for rules, chosen in raised if chosen.option.id == option.id]
        used = (
            f" (cách đang dùng{f' của {listing(using)}' if len(using) < len(raised) else ''})"
            if using
            else ""
        )
        effect = effects.loc[option.id]
        name = f"petition.{question_id}.{option.id}"
        told = (
            ""
            if len(using) == len(raised)
            else _effect(
                name, int(effect["changed"]), int(effect["chi_bo"]), float(effect["points"])
            )
        )
        ways.append(f"Cách {letter}: {option.title}{used}{told}.")
    return tuple(ways)


def _cost(found: Petition, question_id: str) -> str:
    about = found.study.questions.set_index("question_id").loc[question_id]
    touched, alone, together = (int(about[name]) for name in ("touched", "alone", "together"))
    name = f"petition.{question_id}"
    said = f"Nội dung này liên quan đến {named(f'{name}.touched', touched)} buổi; "
    if alone:
        return f"{said}riêng nội dung này làm đổi xếp loại buổi sinh hoạt của {named(f'{name}.chi_bo', alone)} chi bộ."
    if together:
        return f"{said}chỉ khi kết hợp với nội dung khác mới làm đổi xếp loại, ở {named(f'{name}.chi_bo_together', together)} chi bộ."
    return f"{said}nội dung này chỉ làm đổi điểm, không làm đổi xếp loại buổi nào."


def _lines(report: Report, question_id: str, forms: list[RuleSet], found: Petition) -> list[Block]:
    """Return the lines that a question concerns.

    For the question of lines that do not apply: those that counted as such on these data, or may.
    """
    items = []
    for rules in forms:
        which = f" của {form_name(rules)}" if len(report.forms) > 1 else ""
        lines = lines_of(rules, question_id)
        how = dict.fromkeys(lines, "")
        if question_id == NOT_APPLICABLE:
            how = {
                line: f", {words}"
                for line in rules.criteria
                if (words := _not_applying(report, line, found))
            }
        items += [f"“{line.title}” ({line.cite.at}){which}{words}." for line, words in how.items()]
    return [Bullets(tuple(items), "Các dòng của biểu liên quan")] if items else []


def _not_applying(report: Report, line: Criterion, found: Petition) -> str:
    """Return when a line does not apply on these data; empty if never.

    The cause is its own clause, a reading of another clause in the request, or the rater's mark.
    """
    inner = line.otherwise.question if line.otherwise else ""
    if inner in found.nested:
        return f"khi nội dung {found.asked.index(inner) + 1} được hiểu là tiêu chí không áp dụng"
    scored = report.scores.lines
    mine = scored[
        (scored["criterion_id"] == line.id)
        & scored["meeting_id"].isin(set(report.scores.meetings["meeting_id"]))
    ]
    if inner == NOT_APPLICABLE and (mine["treatment"] != "judged").any():
        return "khi không có việc mà dòng này hỏi đến"
    return "khi phiếu ghi không áp dụng" if (mine["state"] == "not_applicable").any() else ""


def _nesting(found: Petition, question_id: str) -> list[Block]:
    """Return a note that a clause lies within a wider one, and the meetings that both affect."""
    outer = found.nested.get(question_id)
    if outer is None:
        return []
    number = found.asked.index(outer) + 1
    letters = {
        q: {
            o.id: letter
            for letter, o in zip(_LETTERS, found.study.space.question(q).options, strict=False)
        }
        for q in (question_id, outer)
    }
    said = [
        f"{named(f'petition.{question_id}.{s.option}.within', s.both)} trong {named(f'petition.{question_id}.{s.option}.changed', s.changed)} buổi đổi theo cách {letters[question_id][s.option]} "
        f"cũng nằm trong {named(f'petition.{outer}.{s.other}.changed', s.other_changed)} buổi đổi theo cách {letters[outer][s.other]} của nội dung {number}"
        for s in found.shared[question_id]
    ]
    both = f" Hai nội dung {number} và {found.asked.index(question_id) + 1}, mỗi buổi tính một lần: {named(f'petition.{question_id}.with_wider', found.changed_by(question_id, outer))} buổi đổi xếp loại."
    told = f" {listing(said)}; không cộng các số này.{both}" if said else ""
    text = f"Nội dung này nằm trong nội dung {number}: khi coi là tiêu chí không áp dụng thì theo cách hiểu ở nội dung {number}.{told}"
    return [Paragraph(text)]


def _raised(report: Report, question_id: str) -> list[tuple[RuleSet, Chosen]]:
    """Return the rule sets that a question concerns, earliest first, with the reading in use."""
    chosen = report.scores.chosen
    return [
        (rules, chosen[rules.id][question_id])
        for rules in report.forms
        if question_id in chosen[rules.id]
    ]


def _effect(name: str, changed: int, chi_bo: int, points: float) -> str:
    moved = f"{named(f'{name}.changed', changed)} buổi của {named(f'{name}.chi_bo', chi_bo)} chi bộ đổi xếp loại"
    said = [moved if changed else "không đổi xếp loại buổi nào"]
    if points == points and round(abs(points), 2) > 0:
        mean = named(f"{name}.points", abs(points), lambda value: numbers.decimal(value, 2))
        said.append(f"điểm {'tăng' if points > 0 else 'giảm'} bình quân {mean}")
    return f": {', '.join(said)}"
