"""Differences between two rule sets, clause by clause, and rule sets with one clause exchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.rules.in_words import clause_in_words, line_in_words
from assess.rules.question_words import worded
from assess.rules.questions import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.rules.model import RuleSet
    from assess.rules.parts import Cite

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
    """One clause that differs; the text of a side that lacks it is empty.

    ``key`` is a line's id, the name of a clause of the whole rule set, or ``questions.`` and an id.
    """

    key: str
    title: str
    before: str
    after: str
    clause: str

    @property
    def is_line(self) -> bool:
        """Whether the clause is a line of the rule set."""
        return self.key not in _CLAUSES and not self.key.startswith(_QUESTION)


def changes(old: RuleSet, new: RuleSet) -> tuple[ClauseChange, ...]:
    """Return the differences in effect between two rule sets; wording is not compared.

    Lines come first, by id, then the clauses of the whole rule set, then questions.
    """
    return tuple(_changes(old, new))


def _changes(old: RuleSet, new: RuleSet) -> Iterator[ClauseChange]:
    before, after = {c.id: c for c in old.criteria}, {c.id: c for c in new.criteria}
    for key, line in before.items():
        if key not in after:
            yield ClauseChange(key, line.title, line_in_words(line), "", old.clause(line.cite))
        elif _substance(line) != _substance(after[key]):
            yield ClauseChange(
                key,
                line.title,
                line_in_words(line),
                line_in_words(after[key]),
                new.clause(after[key].cite),
            )
    for key, line in after.items():
        if key not in before:
            yield ClauseChange(key, line.title, "", line_in_words(line), new.clause(line.cite))
    for name in _CLAUSES:
        one, other = getattr(old, name), getattr(new, name)
        if _substance(one) != _substance(other):
            cite = _cite_of(other) or _cite_of(one)
            clause = (new if _cite_of(other) else old).clause(cite) if cite else ""
            yield ClauseChange(
                name, _NAMES[name], clause_in_words(old, name), clause_in_words(new, name), clause
            )
    yield from _questions(old, new)


def _questions(old: RuleSet, new: RuleSet) -> Iterator[ClauseChange]:
    """Yield questions that only one rule set raises, or for which the defaults differ."""
    before, after = ({q.id: q for q in rules.questions} for rules in (old, new))
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        if (one is None) != (other is None) or (one and other and one.default != other.default):
            words = [
                _raised(key, raised.default, rules) if raised else ""
                for raised, rules in ((one, old), (other, new))
            ]
            clause = new.clause(other.cite) if other else old.clause(one.cite) if one else ""
            title = worded(catalogue()[key], [new if other else old]).title
            yield ClauseChange(
                f"{_QUESTION}{key}", f"câu hỏi “{title}”", words[0], words[1], clause
            )


def _raised(key: str, default: str | None, rules: RuleSet) -> str:
    return (
        f"biểu chọn: {worded(catalogue()[key], [rules]).option(default).title}"
        if default
        else "biểu nêu mà không chọn"
    )


def with_change(old: RuleSet, new: RuleSet, change: ClauseChange) -> RuleSet | None:
    """Return ``old`` with this one clause as it is in ``new``, or None if it cannot change alone.

    A clause cannot change alone if only one of them has it, if it names something ``old`` lacks, or
    if its maximum differs, so that the sums would no longer hold.
    """
    sources = {**new.sources, **old.sources}
    if change.key.startswith(_QUESTION):
        others = tuple(q for q in old.questions if q.id != change.key.removeprefix(_QUESTION))
        taken = tuple(q for q in new.questions if q.id == change.key.removeprefix(_QUESTION))
        return _copy(old, questions=(*others, *taken), sources=sources)
    if not change.is_line:
        alone = (old.outcome is None) == (new.outcome is None) and change.key not in (
            "meeting",
            "total",
            "year",
        )
        return (
            _whole(_copy(old, **{change.key: getattr(new, change.key)}, sources=sources))
            if alone
            else None
        )
    line, own = (
        next((c for c in rules.criteria if c.id == change.key), None) for rules in (new, old)
    )
    if line is None or own is None or line.max != own.max:
        return None
    groups = tuple(
        group.model_copy(
            update={"criteria": tuple(line if c.id == line.id else c for c in group.criteria)}
        )
        for group in old.groups
    )
    return _whole(_copy(old, groups=groups, sources=sources))


def _whole(rules: RuleSet) -> RuleSet | None:
    """Return the rule set if it has all lines and classes that its clauses name, else None."""
    lines, classes = {c.id for c in rules.criteria}, {c.id for c in rules.classes}
    named = {need.criterion for gate in rules.gates for need in gate.needs}
    named.update(
        c.otherwise.to
        for c in rules.criteria
        if c.otherwise is not None and c.otherwise.to is not None
    )
    named.update(rules.combined.lines if rules.combined is not None else ())
    return rules if named <= lines and {gate.holds for gate in rules.gates} <= classes else None


def _copy(rules: RuleSet, **update: Any) -> RuleSet:
    """Return a copy with updated parts, built anew so that no cached property is carried over."""
    return type(rules).model_construct(
        **{**{name: getattr(rules, name) for name in type(rules).model_fields}, **update}
    )


def _substance(part: Any) -> Any:
    """Return a part as plain data, without titles, notes and citations."""
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
