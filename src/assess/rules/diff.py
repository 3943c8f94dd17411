"""What differs between two rule sets, clause by clause, and one with single clauses taken from the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base.numbers import points, written
from assess.rules.facts import FACTS
from assess.rules.intervals import exact
from assess.rules.model import LINE_QUESTIONS
from assess.rules.question_words import worded
from assess.rules.questions import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.rules.model import Criterion, RuleSet
    from assess.rules.parts import Cite, Condition, Edge, Span

_CLAUSES = ("meeting", "total", "required_minutes", "bands", "outcome", "gates", "combined", "year")
_NAMES = {
    "meeting": "loại buổi họp được chấm",
    "total": "tổng điểm",
    "year": "xếp loại cả năm",
    "required_minutes": "thời lượng phải đạt",
    "bands": "các mức xếp loại",
    "outcome": "xếp loại theo tiêu chí đạt",
    "gates": "điều kiện của mức",
    "combined": "điểm tối đa khi kết hợp chuyên đề",
}
_OWN_WORDS = {"title", "note", "cite"}
_QUESTION = "questions."


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause that differs. ``key`` is a line's id or the name of a clause of the whole form; an absent side is empty."""

    key: str
    title: str
    before: str
    after: str
    clause: str

    @property
    def is_line(self) -> bool:
        """Whether it is a line of the form."""
        return self.key not in _CLAUSES and not self.key.startswith(_QUESTION)


def changes(old: RuleSet, new: RuleSet) -> tuple[ClauseChange, ...]:
    """Return what differs between two forms in effect: lines by id, then the clauses of the whole form. Wording is not compared."""
    return tuple(_changes(old, new))


def _changes(old: RuleSet, new: RuleSet) -> Iterator[ClauseChange]:
    before, after = {c.id: c for c in old.criteria}, {c.id: c for c in new.criteria}
    for key, line in before.items():
        if key not in after:
            yield ClauseChange(key, line.title, describe(line), "", old.clause(line.cite))
        elif _substance(line) != _substance(after[key]):
            yield ClauseChange(key, line.title, describe(line), describe(after[key]), new.clause(after[key].cite))
    for key, line in after.items():
        if key not in before:
            yield ClauseChange(key, line.title, "", describe(line), new.clause(line.cite))
    for name in _CLAUSES:
        one, other = getattr(old, name), getattr(new, name)
        if _substance(one) != _substance(other):
            cite = _cite_of(other) or _cite_of(one)
            clause = (new if _cite_of(other) else old).clause(cite) if cite else ""
            yield ClauseChange(name, _NAMES[name], _describe_clause(old, name), _describe_clause(new, name), clause)
    yield from _questions(old, new)


def _questions(old: RuleSet, new: RuleSet) -> Iterator[ClauseChange]:
    """Questions that only one form raises, or for which they decide differently."""
    before, after = ({q.id: q for q in rules.questions} for rules in (old, new))
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        if (one is None) != (other is None) or (one and other and one.default != other.default):
            words = [_raised(key, raised.default, rules) if raised else "" for raised, rules in ((one, old), (other, new))]
            clause = new.clause(other.cite) if other else old.clause(one.cite) if one else ""
            title = worded(catalogue()[key], [new if other else old]).title
            yield ClauseChange(f"{_QUESTION}{key}", f"câu hỏi “{title}”", words[0], words[1], clause)


def _raised(key: str, default: str | None, rules: RuleSet) -> str:
    return f"biểu chọn: {worded(catalogue()[key], [rules]).option(default).title}" if default else "biểu nêu mà không chọn"


def with_change(old: RuleSet, new: RuleSet, change: ClauseChange) -> RuleSet | None:
    """Return ``old`` with this one clause as it is in ``new``.

    Nothing when the clause cannot change alone: it is not in both, it names what ``old`` lacks, or its maximum differs,
    so that the sums would no longer hold.
    """
    sources = {**new.sources, **old.sources}
    if change.key.startswith(_QUESTION):
        others = tuple(q for q in old.questions if q.id != change.key.removeprefix(_QUESTION))
        taken = tuple(q for q in new.questions if q.id == change.key.removeprefix(_QUESTION))
        return _copy(old, questions=(*others, *taken), sources=sources)
    if not change.is_line:
        alone = (old.outcome is None) == (new.outcome is None) and change.key not in ("meeting", "total", "year")
        return _whole(_copy(old, **{change.key: getattr(new, change.key)}, sources=sources)) if alone else None
    line, own = (next((c for c in rules.criteria if c.id == change.key), None) for rules in (new, old))
    if line is None or own is None or line.max != own.max:
        return None
    groups = tuple(
        group.model_copy(update={"criteria": tuple(line if c.id == line.id else c for c in group.criteria)}) for group in old.groups
    )
    return _whole(_copy(old, groups=groups, sources=sources))


def _whole(rules: RuleSet) -> RuleSet | None:
    """The form, if every line and class that its clauses name is there."""
    lines, classes = {c.id for c in rules.criteria}, {c.id for c in rules.classes}
    named = {need.criterion for gate in rules.gates for need in gate.needs}
    named.update(c.otherwise.to for c in rules.criteria if c.otherwise is not None and c.otherwise.to is not None)
    named.update(rules.combined.lines if rules.combined is not None else ())
    return rules if named <= lines and {gate.holds for gate in rules.gates} <= classes else None


def _copy(rules: RuleSet, **update: Any) -> RuleSet:
    """A copy with other parts; built anew, because a plain copy would keep what was worked out from the old ones."""
    return type(rules).model_construct(**{**{name: getattr(rules, name) for name in type(rules).model_fields}, **update})


def _substance(part: Any) -> Any:
    """A part as plain data, without titles, notes and citations."""
    if isinstance(part, tuple):
        return [_substance(item) for item in part]
    return _stripped(part.model_dump() if hasattr(part, "model_dump") else part)


def _stripped(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _stripped(value) for key, value in data.items() if key not in _OWN_WORDS}
    return [_stripped(item) for item in data] if isinstance(data, list | tuple) else data


def _cite_of(part: Any) -> Cite | None:
    if isinstance(part, tuple):
        return part[0].cite if part else None
    found: Cite | None = getattr(part, "cite", None)
    return found or (part.all_met.cite if part is not None and hasattr(part, "all_met") else None)


def describe(line: Criterion) -> str:
    """A line in short: its maximum, its levels, when it applies and what else decides it."""
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
            f"{points(level.points)} khi {in_words(level, ratio=_is_ratio(line.fact)) or level.title}" for level in line.levels
        )
    return text + _met(line)


def _met(line: Criterion) -> str:
    """When the facts say that a line is met."""
    return f", đạt khi {condition_in_words(line.met_when)}" if line.met_when is not None else ""


def condition_in_words(condition: Condition) -> str:
    """A condition in words: ``tỷ lệ dự họp từ 90%``; a flag that must not be: ``không phải: …``."""
    fact = FACTS[condition.fact]
    if condition.is_ is not None:
        return fact.label if condition.is_ else f"không phải: {fact.label}"
    return f"{fact.label} {in_words(condition, ratio=_is_ratio(fact.name))}"


def _describe_clause(rules: RuleSet, name: str) -> str:
    if name == "bands":
        return "; ".join(f"{band.title} {in_words(band)}" for band in rules.bands)
    if name == "outcome":
        return f"{rules.outcome.all_met.title} khi mọi tiêu chí đạt" if rules.outcome else ""
    if name == "gates":
        return "; ".join(f"{rules.class_title(g.holds)}: {g.title} ({', '.join(n.criterion for n in g.needs)})" for g in rules.gates)
    if name == "meeting":
        return {"thuong_ky": "thường kỳ", "chuyen_de": "chuyên đề"}[rules.meeting]
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
    parts += [f"{points(minutes.large.minutes)} phút từ {minutes.large.members} đảng viên"] if minutes.large else []
    parts += [f"{points(minutes.combined)} phút khi kết hợp chuyên đề"] if minutes.combined else []
    return "; ".join([*parts, *(["theo mức riêng của chi bộ"] if minutes.own else [])])


def in_words(span: Span, *, ratio: bool = False) -> str:
    """An interval in words: ``từ 70 đến dưới 90``."""
    below = "đến dưới" if span.lower[0] is not None else "dưới"
    words = (("at_least", "từ"), ("above", "trên"), ("at_most", "không quá"), ("below", below), ("equals", "đúng"))
    return " ".join(f"{word} {_edge(edge, ratio=ratio)}" for name, word in words if (edge := getattr(span, name)) is not None)


def _is_ratio(fact: str | None) -> bool:
    return fact is not None and FACTS[fact].kind == "ratio"


def _edge(edge: Edge, *, ratio: bool) -> str:
    if edge.of is None:
        return f"{written(float(exact(edge.plus) * 100))}%" if ratio else written(edge.plus)
    factor = f"{written(edge.times)} × " if edge.times != 1 else ""
    plus = f" {'+' if edge.plus > 0 else '−'} {written(abs(edge.plus))}" if edge.plus else ""
    return f"{factor}thời lượng phải đạt{plus}"
