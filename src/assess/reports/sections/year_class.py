"""The class of each chi bộ for the whole period, by the rule for the year or by a reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.text import listing
from assess.reports.blocks import Annex, Block, Bullets, Column, Group, Heading, Paragraph, Table
from assess.reports.sections.phrases import form_name
from assess.rules import catalogue, choose
from assess.scoring.class_cuts import class_cuts
from assess.scoring.explain_period import PERIOD_STATUS, status_in_words, tested_in_words
from assess.scoring.period.period_class import YEAR_QUESTIONS

if TYPE_CHECKING:
    from assess.reports.report import Report
    from assess.rules import RuleSet
    from assess.scoring.period.period_class import PeriodResult

LONGEST = 120
"""Most chi bộ whose tests are listed one by one in the annex."""


def applies(report: Report) -> bool:
    """Return whether a rule for the year or a reading gives a class for the whole period."""
    year = len(report.slice.period.months) == 12
    return any(r.year and year for r in _regular(report)) or report.option("period_class") != "none"


def _regular(report: Report) -> list[RuleSet]:
    return [r for r in report.forms if r.meeting == "thuong_ky"]


def year_classes(report: Report) -> Group:
    """Return the period's classes: counts, each chi bộ, and reasons; empty without a rule."""
    if not applies(report):
        return Group(())
    what = "cả năm" if len(report.slice.period.months) == 12 else "cả kỳ"
    blocks: list[Block] = [
        Heading(f"Xếp loại {what} của chi bộ"),
        Paragraph(_how(report, what)),
        _counts(report, what),
        _list(report, what),
    ]
    whole = what == "cả năm"
    rows = [
        choose(q, dict(report.readings), rules)
        for rules in _regular(report)[:1]
        for q in _asked(rules, whole=whole)
    ]
    items = tuple(f"{chosen.question.title}: {chosen.option.title}." for chosen in rows)
    if items:
        blocks.append(Bullets(items, f"Cách hiểu khi xếp loại {what}"))
    return Group(tuple(blocks))


def _asked(rules: RuleSet, *, whole: bool) -> list[str]:
    """Return the questions of the roll-up that matter and that the rule set does not raise.

    Those that it raises are in the table of readings.
    """
    raised = {question.id for question in rules.questions}
    by_rule = bool(rules.year) and whole
    asked = (*YEAR_QUESTIONS, "moved_chi_bo", *(() if by_rule else ("period_class",)))
    return [
        q
        for q in asked
        if q not in raised and (by_rule or q in ("period_class", "moved_chi_bo", "unclassed_month"))
    ]


def _how(report: Report, what: str) -> str:
    reading = report.chosen("period_class").option
    year = what == "cả năm"
    with_rule = [r for r in _regular(report) if r.year and year]
    parts = []
    for rules in with_rule:
        clauses = listing(dict.fromkeys(rules.clause(c.cite) for c in rules.year))
        broken = [c.title for c in rules.year if not c.complete]
        missing = (
            f" Nguồn thiếu một phần điều kiện của mức {listing(broken)}, nên chưa đủ căn cứ để xếp mức đó."
            if broken
            else ""
        )
        known = listing(c.title for c in rules.year)
        whole = {c.id for c in rules.year} >= {c.id for c in rules.classes}
        of = "" if whole else f"; chỉ biết quy tắc của mức {known}"
        parts.append(f"Xếp theo quy tắc năm của {form_name(rules)} ({clauses}){of}.{missing}")
    if reading.id != "none" and len(with_rule) < len(_regular(report)):
        others = "Biểu không nêu quy tắc cho kỳ này; xếp theo cách hiểu được chọn cho báo cáo"
        parts.append(f"{others}: {reading.title}. Đây không phải quy định.")
    return " ".join(parts)


def _counts(report: Report, what: str) -> Table:
    outcomes = list(report.years.values())
    titles = dict.fromkeys(
        c.title for rules in _regular(report) for c in (*rules.year, *rules.classes)
    )
    rows: list[tuple[str, int]] = [
        (t, sum(o.status == "classed" and o.title == t for o in outcomes)) for t in titles
    ]
    rows = [row for row in rows if row[1]]
    for status in PERIOD_STATUS:
        count = sum(o.status == status for o in outcomes)
        if count:
            rows.append((_status(next(o for o in outcomes if o.status == status)), count))
    columns = (
        Column("class", f"Xếp loại {what}", width=4),
        Column("count", "Số chi bộ", "integer"),
    )
    return Table(
        "xep-loai-ky",
        f"Xếp loại {what}, {report.slice.period.label}",
        columns,
        (*rows, ("Cộng", len(outcomes))),
        total=True,
    )


def _status(outcome: PeriodResult) -> str:
    text = status_in_words(outcome)
    return text[:1].upper() + text[1:]


def _list(report: Report, what: str) -> Table:
    columns = (
        Column("number", "TT", "integer", 0.5),
        Column("name", "Chi bộ", width=2.6),
        Column("base", "Số tháng của chi bộ", "integer", 0.9),
        Column("held", "Tháng họp", "integer", 0.8),
        Column(
            "best",
            f"Số buổi {_regular(report)[0].classes[0].title}"
            if len(_regular(report)) == 1
            else "Buổi mức cao nhất",
            "integer",
            0.9,
        ),
        Column("mean", "Điểm bình quân", "points", 0.9, class_cuts(report.scores)),
        Column("class", f"Xếp loại {what}", width=2.4),
    )
    best = {r.classes[0].id for r in _regular(report)}
    rows = []
    for i, (chi_bo, o) in enumerate(report.years.items(), start=1):
        top = (
            sum(n for c, n in (o.counts or {}).items() if c in best)
            if o.counts is not None
            else None
        )
        mean = None if o.mean is None else float(o.mean)
        bare = o.counts is None
        verdict = o.title if o.status == "classed" else _status(o)
        rows.append(
            (
                i,
                report.names[chi_bo],
                None if bare else o.base,
                None if bare else o.held,
                top,
                mean,
                verdict,
            )
        )
    note = (
        "Số tháng họp không gồm tháng hủy, hoãn, gộp. Căn cứ từng điều kiện ở phụ lục."
        if any(o.tried for o in report.years.values())
        else ""
    )
    return Table(
        "xep-loai-tung-chi-bo",
        f"Xếp loại {what} từng chi bộ, {report.slice.period.label}",
        columns,
        tuple(rows),
        stub=2,
        note=note,
    )


def annex_year_tests(report: Report) -> Group:
    """Return each test of the year's rule per chi bộ: value, requirement and result."""
    found = [(chi_bo, o) for chi_bo, o in report.years.items() if o.tried]
    if not found or len(found) > LONGEST:
        return Group(())
    columns = (
        Column("class", "Mức", width=0.9),
        Column("test", "Điều kiện", width=3.2),
        Column("wanted", "Yêu cầu", width=1.4),
        Column("value", "Kết quả", width=1.1),
        Column("holds", "Đạt", width=0.8),
    )
    rows: list[tuple[str, ...]] = []
    bands: list[tuple[int, str]] = []
    for chi_bo, outcome in found:
        bands.append((len(rows), report.names[chi_bo]))
        for tried in outcome.tried:
            rules = _form_of(report, outcome)
            rows += [
                (
                    tried.found.title,
                    *tested_in_words(rules, tested),
                    "có" if tested.holds else "không",
                )
                for tested in tried.tests
            ]
    title = f"Từng điều kiện của quy tắc năm, {report.slice.period.label}"
    return Group(
        (
            Annex("Căn cứ xếp loại cả năm"),
            Table("dieu-kien-nam", title, columns, tuple(rows), bands=tuple(bands)),
        )
    )


def _form_of(report: Report, outcome: PeriodResult) -> RuleSet:
    return next(r for r in _regular(report) if any(outcome.tried[0].found is c for c in r.year))


def readings_used(report: Report, questions: tuple[str, ...]) -> Table:
    """Return readings of questions that no rule set raises: choice, origin and other options."""
    from assess.reports.sections.phrases import ORIGINS

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
        rows.append((chosen.question.title, chosen.option.title, ORIGINS[chosen.origin], others))
    return Table("cach-hieu-nam", "Cách hiểu đã dùng", columns, tuple(rows))
