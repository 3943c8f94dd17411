"""Proofs about one line of a rule set: its facts, questions, condition and levels.

Levels cover the values of their fact exactly once. A real instrument with gaps or overlaps is not
refused: each must be named as a question, by the two levels it lies between.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from assess.base.numbers import points as show_points
from assess.base.numbers import written
from assess.rules.allowed_entries import offers
from assess.rules.facts import FACTS
from assess.rules.intervals import critical_values, exact, pieces
from assess.rules.model import LINE_QUESTIONS
from assess.rules.prove_classes import counter_example, neighbours
from assess.rules.prove_conditions import Domain, prove_edges, prove_varies, shifted, with_bounds
from assess.rules.questions import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assess.base.marked_yaml import Path_
    from assess.rules.model import Criterion, WhenNotApplicable
    from assess.rules.parts import Condition, Span
    from assess.rules.rule_set_proof import RuleSetProof

_FREE = ("points", "deduct")
_USED_BY = {
    "levels": ("levels",),
    "fact": ("levels",),
    "gaps": ("levels",),
    "overlaps": ("levels",),
    "overrides": ("levels",),
    "met_when": ("yes_no", "mark"),
    "step": _FREE,
}
"""Keys of a line that only some kinds of line use."""
_LONGEST = 600.0
"""In minutes: a chi bộ's own required minutes are proved for every value up to ten hours."""


def prove_line(proof: RuleSetProof, path: Path_, criterion: Criterion) -> None:
    """Check everything that a line of a rule set says."""
    before = len(proof.findings)
    facts_known = all(
        proof.known("unknown-fact", (*path, key), name, FACTS)
        for key, name in _fact_names(criterion)
    )
    for key, role in LINE_QUESTIONS.items():
        name = getattr(criterion, key)
        if name is not None:
            proof.question(
                (*path, key),
                name,
                role,
                criterion.met_when.fact if criterion.met_when else None,
            )
    for key, condition in (
        ("met_when", criterion.met_when),
        ("applies_when", criterion.applies_when),
    ):
        if condition is not None and facts_known:
            _condition(proof, (*path, key), condition)
    if (criterion.applies_when is None) != (criterion.otherwise is None):
        proof.add("applies-without-otherwise", path, found=criterion.id)
    if criterion.otherwise is not None:
        fact = criterion.applies_when.fact if criterion.applies_when else None
        proof.question(
            (*path, "otherwise", "question"), criterion.otherwise.question, "otherwise", fact
        )
        _handed_on(proof, path, criterion.otherwise)
    _unused(proof, path, criterion)
    if criterion.kind == "levels":
        _levels(proof, path, criterion, facts_known=facts_known)
    if (
        criterion.step is not None
        and criterion.kind in _FREE
        and not offers(criterion, criterion.max)
    ):
        proof.add(
            "step-off-max",
            (*path, "step"),
            found=show_points(criterion.step),
            maximum=show_points(criterion.max),
        )
    if criterion.met_when is not None and len(proof.findings) == before:
        _met_when(proof, (*path, "met_when"), criterion, criterion.met_when)


def _unused(proof: RuleSetProof, path: Path_, criterion: Criterion) -> None:
    """Report keys that the line's kind does not use, which would be silently ignored."""
    used = {name for name, kinds in _USED_BY.items() if criterion.kind in kinds}
    if criterion.fact is None:  # without a fact only the rater decides the level
        used -= {"gaps", "overlaps", "overrides"}
    for key in _USED_BY:
        if key not in used and getattr(criterion, key) not in (None, ()):
            proof.add("line-key-unused", (*path, key), found=criterion.kind, key=key)


def _met_when(proof: RuleSetProof, path: Path_, criterion: Criterion, condition: Condition) -> None:
    """Check that a meeting can meet and can fail the condition, under each reading."""
    readings: list[tuple[str, Span]] = []
    if criterion.streak_question:
        options = catalogue()[criterion.streak_question].options
        readings += [(o.title, shifted(condition, 1)) for o in options if o.id == "third"]
    if criterion.bounds_question:
        readings += [
            (o.title, with_bounds(condition, o.id))
            for o in catalogue()[criterion.bounds_question].options
        ]
    if condition.is_ is None:
        domain, given = (
            Domain.of(FACTS[condition.fact]),
            list(_parameters(proof, path, [condition])),
        )
        for reading, span in readings:
            if not prove_varies(proof, path, span, domain, given, reading):
                break


def _handed_on(proof: RuleSetProof, path: Path_, otherwise: WhenNotApplicable) -> None:
    """Check that ``to`` is present exactly if the question has an option to move points."""
    question = catalogue().get(otherwise.question)
    hands = question is not None and any(o.id == "to_regular" for o in question.options)
    if hands != (otherwise.to is not None):
        proof.add("otherwise-to", (*path, "otherwise"), found=otherwise.question)
    elif otherwise.to is not None:
        names = [c.id for c in proof.rules.criteria]
        proof.known("unknown-criterion", (*path, "otherwise", "to"), otherwise.to, names)


def _condition(proof: RuleSetProof, path: Path_, condition: Condition) -> None:
    """Check a condition: flags are compared by ``is``, other facts by an interval."""
    bounded = any(edge is not None for edge, _ in (condition.lower, condition.upper))
    if (FACTS[condition.fact].kind == "flag") != (condition.is_ is not None) or (
        FACTS[condition.fact].kind == "flag" and bounded
    ):
        proof.add("condition-kind", path, found=condition.fact)
    elif FACTS[condition.fact].kind != "flag" and not bounded:
        proof.add("condition-empty", path, found=condition.fact)
    for edge, _ in (condition.lower, condition.upper):
        if (
            edge is not None
            and edge.of is not None
            and (edge.of != "required_minutes" or proof.rules.required_minutes is None)
        ):
            proof.add("edge-without-value", path, found=edge.of)
            return
    if bounded and condition.is_ is None:
        domain = Domain.of(FACTS[condition.fact])
        if prove_edges(proof, path, condition, domain):
            prove_varies(
                proof, path, condition, domain, list(_parameters(proof, path, [condition]))
            )


def _levels(proof: RuleSetProof, path: Path_, criterion: Criterion, *, facts_known: bool) -> None:
    ids = [level.id for level in criterion.levels]
    proof.unique(
        [((*path, "levels", i, "id"), level.id) for i, level in enumerate(criterion.levels)]
    )
    if len(ids) < 2:
        proof.add("too-few-levels", path, found=criterion.id)
        return
    best = max(level.points for level in criterion.levels)
    if best != criterion.max:
        proof.add(
            "best-level-not-max",
            (*path, "max"),
            best=written(best),
            maximum=written(criterion.max),
        )
    named = [("gaps", k, b) for k, b in enumerate(criterion.gaps)]
    named += [("overlaps", k, b) for k, b in enumerate(criterion.overlaps)]
    names_ok = True
    for key, k, between in named:
        proof.question((*path, key, k, "question"), between.question, key)
        for side, level_id in enumerate(between.between):
            names_ok &= proof.known(
                "unknown-level", (*path, key, k, "between", side), level_id, ids
            )
    for k, override in enumerate(criterion.overrides):
        names_ok &= proof.known(
            "unknown-level", (*path, "overrides", k, "level"), override.level, ids
        )
        if override.question is not None:
            proof.question(
                (*path, "overrides", k, "question"),
                override.question,
                "override",
                override.fact,
            )
        if override.fact in FACTS:
            _condition(proof, (*path, "overrides", k), override)
    if criterion.fact is None:
        return
    if facts_known and names_ok:
        _cover(proof, path, criterion)


def _cover(proof: RuleSetProof, path: Path_, criterion: Criterion) -> None:
    """Check that every value of the fact is in exactly one level, except as named."""
    fact = FACTS[criterion.fact or ""]
    if not all(
        prove_edges(proof, (*path, "levels", k), level, Domain.of(fact))
        for k, level in enumerate(criterion.levels)
    ):
        return
    ids = [level.id for level in criterion.levels]
    gaps, overlaps = set(), set()
    reached: set[int] = set()
    for parameters in _parameters(proof, (*path, "levels"), criterion.levels):
        cut = list(pieces(criterion.levels, (fact.low, fact.high), parameters))
        for i, piece in enumerate(cut):
            reached.update(piece.covered_by)
            if len(piece.covered_by) == 1:
                continue
            if piece.covered_by:
                pair = frozenset(ids[k] for k in piece.covered_by)
                named = {frozenset(b.between) for b in criterion.overlaps}
                overlaps.add(pair)
                code = "overlap"
            else:
                pair = frozenset(ids[k] for k in neighbours(cut, i))
                named = {frozenset(b.between) for b in criterion.gaps}
                gaps.add(pair)
                code = "gap"
            if pair not in named:
                proof.add(
                    code,
                    (*path, "levels"),
                    **counter_example(fact.label, piece, parameters, pair),
                )
                return
    for k in range(len(ids)):
        if k not in reached:
            proof.add("unreachable-level", (*path, "levels", k), found=ids[k])
    for key, found, betweens in (
        ("gaps", gaps, criterion.gaps),
        ("overlaps", overlaps, criterion.overlaps),
    ):
        for k, between in enumerate(betweens):
            if frozenset(between.between) not in found:
                proof.add("named-but-absent", (*path, key, k), found=" – ".join(between.between))


def _parameters(
    proof: RuleSetProof, path: Path_, spans: Sequence[Span]
) -> Iterator[dict[str, Fraction]]:
    """Yield values of the fact that edges refer to, enough to represent all it can take."""
    names = {edge.of for span in spans for edge, _ in (span.lower, span.upper) if edge and edge.of}
    if not names:
        yield {}
        return
    minutes = proof.rules.required_minutes
    if names != {"required_minutes"} or minutes is None:
        proof.add("edge-without-value", path, found=", ".join(sorted(names)))
        return
    values = {exact(v) for v in minutes.values}
    if minutes.own:
        values.update(critical_values(spans, Fraction(1), exact(_LONGEST)))
    for value in sorted(values):
        yield {"required_minutes": value}


def _fact_names(criterion: Criterion) -> Iterator[tuple[str, str]]:
    if criterion.fact is not None:
        yield "fact", criterion.fact
    if criterion.met_when is not None:
        yield "met_when", criterion.met_when.fact
    if criterion.applies_when is not None:
        yield "applies_when", criterion.applies_when.fact
    for override in criterion.overrides:
        yield "overrides", override.fact
