"""The basis of the numbers: rule sets, readings and citations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Note, Paragraph, Table
from assess.reports.named_figures import named
from assess.reports.sections.phrases import nothing_known, origin_in_words
from assess.rules import FIDELITIES, catalogue, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.reports.report import Report
    from assess.rules import Chosen, RuleSet
    from assess.rules.parts import CitedSource


def basis(report: Report) -> Group:
    """Return the rule sets in use, their fidelity to the instruments, and the time of the data."""
    made = report.slice
    blocks: list[Block] = [Heading("Căn cứ")]
    if report.scores.meetings.empty:
        blocks.append(Paragraph(f"{nothing_known(report)}, nên không có xếp loại."))
    elif not report.forms:
        blocks.append(
            Paragraph("Trong kỳ chưa có bộ quy tắc nào được áp dụng, nên không có xếp loại.")
        )
    for rules in report.forms:
        meetings = report.scores.meetings
        theirs = meetings[(meetings["rule_set_id"] == rules.id) & (meetings["status"] == "held")]
        span = ""
        if len(report.forms) > 1 and len(theirs):
            first, last = theirs["held_on"].min().date(), theirs["held_on"].max().date()
            span = f" Áp dụng cho {named(f'basis.{rules.id}.meetings', len(theirs))} buổi họp từ {numbers.day(first)} đến {numbers.day(last)}."
        until = f" đến {numbers.day(rules.valid_to)}" if rules.valid_to else ""
        force = (
            f"có hiệu lực từ {numbers.day(rules.valid_from)}{until}"
            if rules.dates_known
            else f"dùng được từ {numbers.day(rules.valid_from)}{until} (mốc suy ra)"
        )
        force = (
            f"đặt ra để thử cho các buổi họp từ {numbers.day(rules.valid_from)}{until}"
            if rules.fidelity == "illustrative"
            else force
        )
        late = (
            theirs[theirs["held_on"].dt.date > rules.valid_to] if rules.valid_to else theirs.head(0)
        )
        after = (
            f" Trong đó {named(f'basis.{rules.id}.after', len(late))} buổi họp sau ngày biểu hết hiệu lực."
            if len(late)
            else ""
        )
        blocks.append(Paragraph(f"{rules.title}, {force}.{span}{after}"))
        blocks.append(
            Note(
                f"{_capital(FIDELITIES[rules.fidelity])}. {rules.note}", "Độ tin cậy của biểu điểm"
            )
        )
        blocks += _corrected(report, rules.id)
    as_of = f"{made.as_of:%H:%M} ngày {numbers.day(made.as_of.date())}"
    blocks.append(Paragraph(f"Số liệu được ghi nhận đến {as_of}."))
    return Group(tuple(blocks))


def _corrected(report: Report, rule_id: str) -> list[Paragraph]:
    """Return on which day the file of rules in use was corrected, and why; usually nothing."""
    found = report.slice.corrections.get(rule_id)
    if found is None:
        return []
    day = numbers.day(found.day)
    return [Paragraph(f"Bộ quy tắc này đã được đính chính ngày {day}: {found.reason}.")]


def annual_basis(report: Report) -> Group:
    """Return the annual rules in use, their fidelity to the instrument, and their citations."""
    rules = report.slice.annual
    heading = Heading("Căn cứ xếp loại năm")
    if rules is None:
        return Group(
            (heading, Paragraph(f"{report.slice.name} chưa áp dụng quy định nào về xếp loại năm."))
        )
    until = f" đến {numbers.day(rules.valid_to)}" if rules.valid_to else ""
    items = tuple(
        f"{s.number}{_dated(s)}, {s.issuer}: {s.title}. Nguồn: {FIDELITIES[s.fidelity]}."
        for s in rules.sources.values()
    )
    blocks = (
        heading,
        Paragraph(f"{rules.title}, có hiệu lực từ {numbers.day(rules.valid_from)}{until}."),
        Note(f"{_capital(FIDELITIES[rules.fidelity])}. {rules.note}", "Độ tin cậy của quy định"),
        *_corrected(report, rules.id),
        Bullets(items, "Văn bản được dẫn"),
        Paragraph(
            f"Số liệu được ghi nhận đến {report.slice.as_of:%H:%M} ngày {numbers.day(report.slice.as_of.date())}."
        ),
    )
    return Group(blocks)


def _dated(source: CitedSource) -> str:
    return f", ngày {numbers.day(source.date)}" if source.date else ""


def readings(report: Report, without: Sequence[str] = ()) -> Group:
    """Return every reading in use: question, option, origin, and the clause that raises it.

    ``without`` names questions whose readings the report all tries, so that none is in use.
    """
    answered = any(
        chosen.answer is not None for _, used in report.scores.in_use for chosen in used.values()
    )
    columns = (
        Column("question", "Câu hỏi", width=2.4),
        Column("option", "Cách hiểu đã dùng", width=2.6),
        Column("origin", "Căn cứ chọn", width=2.2 if answered else 1.1),
        Column("clause", "Điều khoản", width=2.0),
    )
    blocks: list[Block] = [Heading("Cách hiểu đã dùng")]
    text = "Những chỗ quy định chưa rõ được nêu thành câu hỏi; báo cáo này dùng các cách hiểu sau. Cách hiểu khác có thể cho kết quả khác."
    if without:
        basis_too = " (kể cả “Căn cứ tính điểm”)" if "score_basis" in without else ""
        text = f"Ngoài các câu hỏi được tính theo mọi cách hiểu{basis_too}, các câu hỏi khác dùng cách hiểu sau."
    blocks.append(Paragraph(text))
    shared = {key: chosen for key, chosen in _shared(report).items() if key not in without}
    if shared:
        rows = tuple(_row(chosen) for chosen in shared.values())
        blocks.append(
            Table(
                id="cach-hieu-chung",
                title="Cách hiểu đã dùng, chung cho mọi biểu",
                columns=columns,
                rows=rows,
            )
        )
    for rules in report.forms:
        own = [
            row
            for key, several in _of_form(report, rules).items()
            if key not in shared and key not in without
            for row in _rows(several)
        ]
        if own:
            title = f"Cách hiểu đã dùng: {rules.short}"
            blocks.append(
                Table(
                    id=f"cach-hieu-{rules.id}",
                    title=title,
                    columns=columns,
                    rows=tuple(own),
                )
            )
    return Group(tuple(blocks))


def _of_form(report: Report, rules: RuleSet) -> dict[str, list[Chosen]]:
    """Return the readings of each question under which meetings of a form were scored.

    A question has several where an answer holds for some meetings only. What decides on the class
    of a period is read as at its end.
    """
    made = report.slice
    at_end = resolve(rules, dict(report.readings), made.year_answers(made.dang_bo, rules.id))
    found: dict[str, list[Chosen]] = {}
    for rule_id, chosen in report.scores.in_use:
        if rule_id != rules.id:
            continue
        for key, each in chosen.items():
            several = found.setdefault(key, [])
            read = at_end[key] if each.question.role in ("year", "period") else each
            if read not in several:
                several.append(read)
    return found


def _rows(several: Sequence[Chosen]) -> list[tuple[str, str, str, str | None]]:
    rows = [_row(chosen) for chosen in several]
    if len(rows) < 2:
        return rows
    return [
        (question, option, origin if chosen.answer else f"{origin}; buổi chưa có trả lời", clause)
        for chosen, (question, option, origin, clause) in zip(several, rows, strict=True)
    ]


def _row(chosen: Chosen) -> tuple[str, str, str, str | None]:
    return (
        _capital(chosen.question.title),
        chosen.option.title,
        origin_in_words(chosen),
        chosen.clause or None,
    )


def _shared(report: Report) -> dict[str, Chosen]:
    """Return questions that no rule set raises; a single rule set has them in its own table."""
    if len(report.forms) < 2:
        return {}
    raised = {question.id for rules in report.forms for question in rules.questions}
    answered = {
        key
        for rules in report.forms
        for key, several in _of_form(report, rules).items()
        if any(chosen.answer for chosen in several)
    }
    first = report.scores.chosen[report.forms[0].id]
    return {key: chosen for key, chosen in first.items() if key not in raised | answered}


def citations(report: Report) -> Group:
    """Return the instruments that the rule sets cite, and how each was seen."""
    items = []
    for rules in report.forms:
        for source in rules.sources.values():
            seen = _NAMED_ONLY if source.fidelity == "illustrative" else FIDELITIES[source.fidelity]
            items.append(
                f"{source.number}{_dated(source)}, {source.issuer}: {source.title}. Nguồn: {seen}."
            )
    answers = (
        chosen.answer
        for rules in report.forms
        for several in _of_form(report, rules).values()
        for chosen in several
    )
    items += [
        f"{answer.citation}: trả lời về “{catalogue()[answer.question].title.lower()}”, "
        f"áp dụng từ ngày {numbers.day(answer.since)}."
        for answer in answers
        if answer is not None
    ]
    return Group(
        (Heading("Văn bản được dẫn", 2), Bullets(tuple(dict.fromkeys(items)) or ("Không có.",)))
    )


_NAMED_ONLY = (
    "văn bản chỉ được dẫn tên; bảng điểm dùng ở đây tự đặt để minh họa, không phải của văn bản"
)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def readings_used(report: Report, questions: tuple[str, ...]) -> Table:
    """Return readings of questions that no rule set raises: choice, origin and other options."""
    columns = (
        Column("question", "Câu hỏi", width=2.4),
        Column("option", "Cách hiểu đã dùng", width=2.6),
        Column("origin", "Căn cứ chọn", width=1.1),
        Column("others", "Cách hiểu khác", width=2.6),
    )
    rows = []
    for question_id in questions:
        chosen = report.chosen(question_id)
        others = "; ".join(
            o.title for o in catalogue()[question_id].options if o.id != chosen.option.id
        )
        rows.append((chosen.question.title, chosen.option.title, origin_in_words(chosen), others))
    return Table("cach-hieu-nam", "Cách hiểu đã dùng", columns, tuple(rows))
