"""Proofs that the rules of an annual class are sound: sums, bands, names, facts, citations."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding
from assess.base.text import nearest
from assess.rules.facts import ANNUAL_FACTS
from assess.rules.intervals import exact
from assess.rules.prove_classes import prove_bands
from assess.rules.prove_conditions import Domain, prove_edges, prove_varies
from assess.rules.questions import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assess.base.marked_yaml import Marked, Path_
    from assess.rules.annual import AnnualRules
    from assess.rules.model import RaisedQuestion
    from assess.rules.parts import Condition


_NO_LEAP_YEAR = 2023


@dataclass
class _AnnualProof:
    marked: Marked
    findings: list[Finding] = field(default_factory=list)

    def add(
        self, code: str, path: Path_, allowed: Iterable[str] = (), hint: str = "", **facts: Any
    ) -> None:
        self.findings.append(
            Finding(code, self.marked.place(path), dict(facts), tuple(allowed), hint)
        )

    def known(self, code: str, path: Path_, name: str, names: Iterable[str]) -> None:
        names = tuple(names)
        if name not in names:
            self.add(code, path, names, nearest(name, names), found=name)

    def unique(self, path: str, ids: Iterable[str]) -> None:
        seen: dict[str, int] = {}
        for i, name in enumerate(ids):
            if name in seen:
                self.add(
                    "duplicate-id",
                    (path, i, "id"),
                    found=name,
                    line=self.marked.place((path, seen[name], "id")).line,
                )
            seen.setdefault(name, i)

    def questions(self, raised: Iterable[RaisedQuestion]) -> None:
        for i, question in enumerate(raised):
            self.known("unknown-question", ("questions", i, "id"), question.id, catalogue())
            if question.default and question.id in catalogue():
                options = [o.id for o in catalogue()[question.id].options]
                self.known("unknown-option", ("questions", i, "default"), question.default, options)

    def condition(self, condition: Condition, path: Path_) -> None:
        """Check a condition: a flag is compared by ``is``, a number by an interval."""
        if condition.fact not in ANNUAL_FACTS:
            self.known("unknown-fact", (*path, "fact"), condition.fact, ANNUAL_FACTS)
            return
        bounded = condition.lower[0] is not None or condition.upper[0] is not None
        if bounded == (condition.is_ is not None):
            self.add("condition-empty", path, found=condition.fact)
        elif (ANNUAL_FACTS[condition.fact].kind == "flag") != (condition.is_ is not None):
            self.add("condition-kind", path, found=condition.fact)
        elif any(edge is not None and edge.of for edge, _ in (condition.lower, condition.upper)):
            self.add("edge-without-value", path, found=condition.fact)
        elif bounded and prove_edges(
            self, path, condition, Domain.of(ANNUAL_FACTS[condition.fact])
        ):
            prove_varies(self, path, condition, Domain.of(ANNUAL_FACTS[condition.fact]))


def prove_annual(rules: AnnualRules, marked: Marked) -> list[Finding]:
    """Return everything that is wrong with the rules of an annual class, by position."""
    proof = _AnnualProof(marked)
    for key in ("cite", "cite_up_to"):
        for path, cite in marked.named(key, "source"):
            proof.known("unknown-source", path, cite, rules.sources)
    for name in ("parts", "classes", "listed", "deadlines", "questions"):
        proof.unique(name, [part.id for part in getattr(rules, name)])
    if rules.valid_to is not None and rules.valid_to < rules.valid_from:
        proof.add("dates-reversed", ("valid_to",), start=rules.valid_from, end=rules.valid_to)
    if sum((exact(p.max) for p in rules.parts), exact(0.0)) != exact(rules.total):
        found = sum(p.max for p in rules.parts)
        proof.add(
            "wrong-sum",
            ("total",),
            what="các phần điểm",
            found=f"{found:g}",
            wanted=f"{rules.total:g}",
        )
    for i, listed in enumerate(rules.classes):
        for k, condition in enumerate(listed.conditions):
            proof.condition(condition, ("classes", i, "conditions", k))
    for i, case in enumerate(rules.listed):
        if case.when is not None:
            proof.condition(case.when, ("listed", i, "when"))
    proof.questions(rules.questions)
    prove_deadlines(proof, rules)
    if rules.total:
        prove_bands(proof, rules.classes, rules.total, ("classes",))
    if rules.cap is not None and (rules.cap.up_to or rules.cap.percent) < rules.cap.percent:
        proof.add("cap-up-to", ("cap", "up_to"), found=rules.cap.up_to, wanted=rules.cap.percent)
    return sorted(proof.findings, key=lambda f: f.place)


def prove_deadlines(proof: _AnnualProof, rules: AnnualRules) -> None:
    """Check that deadlines exist in every year, and a level has at most one decision deadline."""
    for i, deadline in enumerate(rules.deadlines):
        if deadline.day > calendar.monthrange(_NO_LEAP_YEAR, deadline.month)[1]:
            proof.add(
                "no-such-day",
                ("deadlines", i, "day"),
                found=f"{deadline.day:02d}/{deadline.month:02d}",
            )
    place = {deadline.id: i for i, deadline in enumerate(rules.deadlines)}
    told: set[str] = set()
    for level in dict.fromkeys(decider.level for decider in rules.deciders):
        found = rules.decision_deadlines(level)
        if len(found) > 1 and found[-1].id not in told:
            told.add(found[-1].id)
            named = tuple(deadline.id for deadline in found)
            proof.add("decision-days", ("deadlines", place[found[-1].id]), named, found=level)
