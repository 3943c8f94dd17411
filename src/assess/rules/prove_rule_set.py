"""Proofs that a rule set is sound, each with a counter-example when it fails.

Names resolve and maxima add up; the lines, the classes and the classes of the year are proved in
modules of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base.numbers import points as show_points
from assess.base.numbers import points_beside, written
from assess.rules.intervals import exact
from assess.rules.prove_classes import prove_class_conditions, prove_classes, prove_year
from assess.rules.prove_line import prove_line
from assess.rules.questions import catalogue
from assess.rules.rule_set_proof import RuleSetProof

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from assess.base.errors import Finding
    from assess.base.marked_yaml import Marked, Path_
    from assess.rules.model import CombinedMaximum, RequiredMinutes, RuleSet


def prove(rules: RuleSet, marked: Marked) -> list[Finding]:
    """Return everything that is wrong with a rule set, by position in its file."""
    proof = RuleSetProof(rules, marked)
    _names(proof)
    _sums(proof)
    for path, criterion in proof.each_criterion():
        prove_line(proof, path, criterion)
    prove_classes(proof)
    if not proof.findings:  # these proofs need sound totals and classes
        prove_class_conditions(proof)
        prove_year(proof)
    return sorted(proof.findings, key=lambda f: f.place)


def _names(proof: RuleSetProof) -> None:
    rules = proof.rules
    proof.unique([(("groups", i, "id"), g.id) for i, g in enumerate(rules.groups)])
    proof.unique([((*path, "id"), c.id) for path, c in proof.each_criterion()])
    proof.unique([(("bands", i, "id"), b.id) for i, b in enumerate(rules.bands)])
    proof.unique([(("year", i, "id"), c.id) for i, c in enumerate(rules.year)])
    proof.unique([(("gates", i, "id"), g.id) for i, g in enumerate(rules.gates)])
    proof.unique([(("questions", i, "id"), q.id) for i, q in enumerate(rules.questions)])
    criteria = [c.id for c in rules.criteria]
    for path, cite_source in proof.marked.named("cite", "source"):
        proof.known("unknown-source", path, cite_source, rules.sources)
    for i, raised in enumerate(rules.questions):
        if (
            proof.known("unknown-question", ("questions", i, "id"), raised.id, catalogue())
            and raised.default
        ):
            options = [o.id for o in catalogue()[raised.id].options]
            if catalogue()[raised.id].role == "report":
                proof.add("default-not-here", ("questions", i, "default"), found=raised.id)
            proof.known("unknown-option", ("questions", i, "default"), raised.default, options)
    _names_of_classes(proof, criteria)
    if rules.combined is not None:
        proof.question(("combined", "question"), rules.combined.question, "combined")
        if len(set(rules.combined.lines)) == 1:
            proof.add(
                "duplicate-id",
                ("combined", "lines", 1),
                found=rules.combined.lines[1],
                line=proof.marked.place(("combined", "lines", 0)).line,
            )
        for k, line in enumerate(rules.combined.lines):
            proof.known("unknown-criterion", ("combined", "lines", k), line, criteria)
        _combined_maximum(proof, rules.combined)
    if rules.required_minutes is not None:
        _minutes(proof, rules.required_minutes)
    if rules.required_minutes is not None and rules.required_minutes.large is not None:
        proof.question(
            ("required_minutes", "large", "question"),
            rules.required_minutes.large.question,
            "minutes",
        )
    if rules.valid_to is not None and rules.valid_to < rules.valid_from:
        proof.add("dates-reversed", ("valid_to",), start=rules.valid_from, end=rules.valid_to)


def _minutes(proof: RuleSetProof, minutes: RequiredMinutes) -> None:
    """Check that a large chi bộ and a combined meeting need more minutes than the base."""
    large = None if minutes.large is None else minutes.large.minutes
    for key, what, value in (
        ("large", "thời lượng của chi bộ đông", large),
        ("combined", "thời lượng khi kết hợp", minutes.combined),
    ):
        if value is not None and value <= minutes.base:
            facts = {
                "what": what,
                "found": show_points(value),
                "base": show_points(minutes.base),
            }
            proof.add("minutes-no-effect", ("required_minutes", key), **facts)


def _combined_maximum(proof: RuleSetProof, combined: CombinedMaximum) -> None:
    """Check that the combined maximum can be reached and is less than both maxima together."""
    maxima = {c.id: c.max for c in proof.rules.criteria}
    if not all(line in maxima for line in combined.lines):
        return
    first, second = (maxima[line] for line in combined.lines)
    if not first <= combined.max < first + second:
        facts = {
            "found": show_points(combined.max),
            "low": show_points(first),
            "high": show_points(first + second),
        }
        proof.add("combined-no-effect", ("combined", "max"), **facts)


def _names_of_classes(proof: RuleSetProof, criteria: Sequence[str]) -> None:
    classes = [c.id for c in proof.rules.classes]
    for i, gate in enumerate(proof.rules.gates):
        proof.known("unknown-class", ("gates", i, "holds"), gate.holds, classes)
        proof.question(("gates", i), gate.question, "gate")
        for k, need in enumerate(gate.needs):
            proof.known(
                "unknown-criterion",
                ("gates", i, "needs", k, "criterion"),
                need.criterion,
                criteria,
            )
    for i, year in enumerate(proof.rules.year):
        for k, test in enumerate(year.tests):
            for m, name in enumerate(test.classes):
                proof.known("unknown-class", ("year", i, "tests", k, "classes", m), name, classes)


def _sums(proof: RuleSetProof) -> None:
    for path, criterion in proof.each_criterion():
        _worth(proof, path, criterion.id, criterion.max, points=criterion.kind != "mark")
    for g, group in enumerate(proof.rules.groups):
        found = sum(exact(c.max) for c in group.criteria)
        _worth(proof, ("groups", g), group.id, group.max, points=found > 0)
        if found != exact(group.max) and group.max:
            proof.add(
                "wrong-sum",
                ("groups", g, "max"),
                what=f"nhóm {group.id}",
                **_sum(found, group.max),
            )
    if proof.rules.total and all(c.bonus_question for c in proof.rules.criteria if c.max):
        proof.add("bonus-alone", ("groups",))
    found = sum(exact(g.max) for g in proof.rules.groups)
    _worth(proof, (), proof.rules.id, proof.rules.total, points=found > 0, key="total")
    if found != exact(proof.rules.total) and proof.rules.total:
        proof.add("wrong-sum", ("total",), what="các nhóm", **_sum(found, proof.rules.total))


def _worth(
    proof: RuleSetProof, path: Path_, name: str, value: float, *, points: bool, key: str = "max"
) -> None:
    """Check that anything with points states its maximum, and only marks state none."""
    if points and not value:
        proof.add("missing-key", path, wanted=key)
    elif value and not points:
        proof.add("marks-have-no-points", (*path, key), found=name)


def _sum(found: Fraction | int, wanted: float) -> dict[str, Any]:
    return {"found": points_beside(float(found), (wanted,)), "wanted": written(wanted)}
