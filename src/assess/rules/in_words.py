"""Rules in Vietnamese words: intervals, conditions, lines and clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.numbers import day, points, written
from assess.rules.facts import FACTS
from assess.rules.intervals import exact
from assess.rules.model import LINE_QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.rules.model import Criterion, RuleSet
    from assess.rules.parts import Condition, Edge, Span
    from assess.rules.readings import Answer


MEETING_KINDS = {"thuong_ky": "thường kỳ", "chuyen_de": "chuyên đề", "ket_hop": "kết hợp"}
"""Kinds of meetings."""


def answer_in_words(answer: Answer) -> str:
    """Return where a reading comes from that an authority answered, and since when."""
    return f"theo trả lời tại {answer.citation}, từ ngày {day(answer.since)}"


def line_in_words(line: Criterion) -> str:
    """Return a line in short: its maximum, its levels, when it applies and its questions."""
    return _line_words(line) + "".join(_decided(line))


def _decided(line: Criterion) -> Iterator[str]:
    for override in line.overrides:
        yield f"; xuống mức “{next(v.title for v in line.levels if v.id == override.level)}” khi {condition_in_words(override)}"
    if line.applies_when is not None and line.otherwise is not None:
        to = f", điểm chuyển sang {line.otherwise.to}" if line.otherwise.to else ""
        yield f"; chỉ áp dụng khi {condition_in_words(line.applies_when)}, nếu không thì theo câu hỏi {line.otherwise.question}{to}"
    if asked := [question for name in LINE_QUESTIONS if (question := getattr(line, name))]:
        yield f"; câu hỏi: {', '.join(asked)}"


def _line_words(line: Criterion) -> str:
    if line.kind == "mark":
        return f"đạt hoặc không đạt{_met(line)}"
    text = f"{points(line.max)} điểm"
    if line.levels:
        text += ": " + "; ".join(
            f"{points(level.points)} khi {in_words(level, ratio=_is_ratio(line.fact)) or level.title}"
            for level in line.levels
        )
    return text + _met(line)


def _met(line: Criterion) -> str:
    """Return the condition under which facts imply that a line is met."""
    return f", đạt khi {condition_in_words(line.met_when)}" if line.met_when is not None else ""


def condition_in_words(condition: Condition) -> str:
    """Return a condition in words: ``tỷ lệ dự họp từ 90%``, ``không phải: …`` for a false flag."""
    fact = FACTS[condition.fact]
    if condition.is_ is not None:
        return fact.label if condition.is_ else f"không phải: {fact.label}"
    return f"{fact.label} {in_words(condition, ratio=_is_ratio(fact.name))}"


def clause_in_words(rules: RuleSet, name: str) -> str:
    """Return a clause of the whole rule set in words; empty if the rule set does not have it."""
    if name == "bands":
        return "; ".join(f"{band.title} {in_words(band)}" for band in rules.bands)
    if name == "outcome":
        return f"{rules.outcome.all_met.title} khi mọi tiêu chí đạt" if rules.outcome else ""
    if name == "gates":
        return "; ".join(
            f"{rules.class_title(g.holds)}: {g.title} ({', '.join(n.criterion for n in g.needs)})"
            for g in rules.gates
        )
    if name == "meeting":
        return MEETING_KINDS[rules.meeting]
    if name == "total":
        return f"{points(rules.total)} điểm" if rules.total else ""
    if name == "year":
        return "; ".join(f"{y.title} ({len(y.tests)} điều kiện)" for y in rules.year)
    if name == "combined":
        return f"{points(rules.combined.max)} điểm" if rules.combined else ""
    minutes = rules.required_minutes
    if minutes is None:
        return ""
    parts = [f"{points(minutes.base)} phút"]
    parts += (
        [f"{points(minutes.large.minutes)} phút từ {minutes.large.members} đảng viên"]
        if minutes.large
        else []
    )
    parts += [f"{points(minutes.combined)} phút khi kết hợp chuyên đề"] if minutes.combined else []
    return "; ".join([*parts, *(["theo mức riêng của chi bộ"] if minutes.own else [])])


def in_words(span: Span, *, ratio: bool = False) -> str:
    """Return an interval in words, such as ``từ 70 đến dưới 90``."""
    below = "đến dưới" if span.lower[0] is not None else "dưới"
    words = (
        ("at_least", "từ"),
        ("above", "trên"),
        ("at_most", "không quá"),
        ("below", below),
        ("equals", "đúng"),
    )
    return " ".join(
        f"{word} {_edge(edge, ratio=ratio)}"
        for name, word in words
        if (edge := getattr(span, name)) is not None
    )


def _is_ratio(fact: str | None) -> bool:
    return fact is not None and FACTS[fact].kind == "ratio"


def _edge(edge: Edge, *, ratio: bool) -> str:
    if edge.of is None:
        return f"{written(float(exact(edge.plus) * 100))}%" if ratio else written(edge.plus)
    factor = f"{written(edge.times)} × " if edge.times != 1 else ""
    plus = f" {'+' if edge.plus > 0 else '−'} {written(abs(edge.plus))}" if edge.plus else ""
    return f"{factor}thời lượng phải đạt{plus}"
