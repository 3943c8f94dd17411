"""The rules of the annual class as data: points, conditions, listed cases, the cap on the best class, who decides, by when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from assess.base import marked_yaml, schema
from assess.base.errors import Finding, InputError
from assess.base.facts import ANNUAL_FACTS
from assess.base.schema import Identifier, Number, Strict, Text
from assess.base.text import nearest
from assess.rules.intervals import exact
from assess.rules.model import Cited, Raised
from assess.rules.parts import Cite, Condition, Span
from assess.rules.prove_classes import prove_bands
from assess.rules.readings import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from assess.base.marked_yaml import Marked, Path_

AnnualClassId = Literal["htxsnv", "httnv", "htnv", "khtnv"]


class Part(Strict):
    """A part of the file's points: the common criteria or the results of the task."""

    id: Literal["common_points", "result_points"]
    title: Text
    max: Annotated[Number, Field(gt=0)]
    cite: Cite


class AnnualCondition(Condition):
    """A condition of a class: a test on a fact of the file (:data:`~assess.base.facts.ANNUAL_FACTS`)."""

    id: Identifier
    title: Text
    cite: Cite


class AnnualClass(Span):
    """An annual class: its points and the conditions that must all hold.

    ``complete`` is false where the conditions are not known: a file is then not classed by them.
    """

    id: AnnualClassId
    title: Text
    conditions: tuple[AnnualCondition, ...] = ()
    complete: Annotated[bool, Field(strict=True)] = True
    cite: Cite
    note: Text | None = None


class Listed(Strict):
    """A case that gives the lowest class whatever the points: by a fact of the file, or as the file itself names it."""

    id: Identifier
    title: Text
    when: Condition | None = None
    cite: Cite


class Cap(Strict):
    """At most ``percent`` of the units of the class ``of``, up to ``up_to`` by decision, may have the class ``best``."""

    best: AnnualClassId
    of: AnnualClassId
    percent: Annotated[int, Field(strict=True, gt=0, le=100)]
    up_to: Annotated[int, Field(strict=True, gt=0, le=100)] | None = None
    small: Annotated[int, Field(strict=True, gt=0)] = 5
    cite: Cite
    cite_up_to: Cite | None = None


class Decider(Strict):
    """Who decides on a unit of a ``level`` that reports to a unit of the level ``under``."""

    level: Literal["chi_bo", "co_so", "tren_co_so", "tinh"]
    under: Literal["co_so", "tren_co_so", "tinh"]
    body: Text
    cite: Cite


class Deadline(Strict):
    """A day by which something is done, every year: ``years_later`` 1 is in the year after.

    ``levels``: whom it concerns; everybody where none is named.
    """

    id: Identifier
    title: Text
    month: Annotated[int, Field(strict=True, ge=1, le=12)]
    day: Annotated[int, Field(strict=True, ge=1, le=31)]
    years_later: Annotated[int, Field(strict=True, ge=0, le=1)] = 0
    levels: tuple[Literal["tinh", "tren_co_so", "co_so", "chi_bo"], ...] = ()
    cite: Cite

    def on(self, year: int) -> dt.date:
        """Return the day for a year's class."""
        return dt.date(year + self.years_later, self.month, self.day)


class AnnualRules(Cited):
    """One instrument of the annual class; see :func:`load_annual_rules`."""

    total: Annotated[Number, Field(ge=0)] = 0.0
    parts: tuple[Part, ...] = ()
    classes: Annotated[tuple[AnnualClass, ...], Field(min_length=2)]
    listed: tuple[Listed, ...] = ()
    cap: Cap | None = None
    deciders: tuple[Decider, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    questions: tuple[Raised, ...] = ()

    @cached_property
    def cites(self) -> tuple[Cite, ...]:
        """Every citation of the file."""
        found = [part.cite for part in self.parts]
        found += [part.cite for part in self.classes]
        found += [part.cite for part in self.listed]
        found += [part.cite for part in self.deciders]
        found += [part.cite for part in self.deadlines]
        found += [part.cite for part in self.questions]
        found += [condition.cite for c in self.classes for condition in c.conditions]
        if self.cap is not None:
            found += [cite for cite in (self.cap.cite, self.cap.cite_up_to) if cite is not None]
        return tuple(found)

    @property
    def classes_by_points(self) -> bool:
        """Whether the points and conditions of the classes are known, so that a file can be classed by them."""
        return bool(self.total) and all(c.complete for c in self.classes)

    def class_of(self, class_id: str) -> AnnualClass:
        """Return one class by its id."""
        return next(c for c in self.classes if c.id == class_id)


@dataclass
class _Proof:
    marked: Marked
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, path: Path_, allowed: Iterable[str] = (), hint: str = "", **facts: Any) -> None:
        self.findings.append(Finding(code, self.marked.place(path), dict(facts), tuple(allowed), hint))

    def known(self, code: str, path: Path_, name: str, names: Iterable[str]) -> None:
        names = tuple(names)
        if name not in names:
            self.add(code, path, names, nearest(name, names), found=name)

    def unique(self, path: str, ids: Iterable[str]) -> None:
        seen: dict[str, int] = {}
        for i, name in enumerate(ids):
            if name in seen:
                self.add("duplicate-id", (path, i, "id"), found=name, line=self.marked.place((path, seen[name], "id")).line)
            seen.setdefault(name, i)

    def questions(self, raised: Iterable[Raised]) -> None:
        for i, question in enumerate(raised):
            self.known("unknown-question", ("questions", i, "id"), question.id, catalogue())
            if question.default and question.id in catalogue():
                options = [o.id for o in catalogue()[question.id].options]
                self.known("unknown-option", ("questions", i, "default"), question.default, options)

    def condition(self, condition: Condition, path: Path_) -> None:
        """A flag is asked whether it is, a number where it lies."""
        if condition.fact not in ANNUAL_FACTS:
            self.known("unknown-fact", (*path, "fact"), condition.fact, ANNUAL_FACTS)
            return
        bounded = condition.lower[0] is not None or condition.upper[0] is not None
        if bounded == (condition.is_ is not None):
            self.add("condition-empty", path, found=condition.fact)
        elif (ANNUAL_FACTS[condition.fact].kind == "flag") != (condition.is_ is not None):
            self.add("condition-kind", path, found=condition.fact)


def prove_annual(rules: AnnualRules, marked: Marked) -> list[Finding]:
    """Return everything that is wrong with the rules of an annual class: sums, bands, names, facts, citations."""
    proof = _Proof(marked)
    for key in ("cite", "cite_up_to"):
        for path, cite in marked.named(key, "source"):
            proof.known("unknown-source", path, cite, rules.sources)
    for name in ("parts", "classes", "listed", "deadlines", "questions"):
        proof.unique(name, [part.id for part in getattr(rules, name)])
    if rules.valid_to is not None and rules.valid_to < rules.valid_from:
        proof.add("dates-reversed", ("valid_to",), start=rules.valid_from, end=rules.valid_to)
    if sum((exact(p.max) for p in rules.parts), exact(0.0)) != exact(rules.total):
        found = sum(p.max for p in rules.parts)
        proof.add("wrong-sum", ("total",), what="các phần điểm", found=f"{found:g}", wanted=f"{rules.total:g}")
    for i, listed in enumerate(rules.classes):
        for k, condition in enumerate(listed.conditions):
            proof.condition(condition, ("classes", i, "conditions", k))
    for i, case in enumerate(rules.listed):
        if case.when is not None:
            proof.condition(case.when, ("listed", i, "when"))
    proof.questions(rules.questions)
    if rules.total:
        prove_bands(proof, rules.classes, rules.total, ("classes",))
    if rules.cap is not None and (rules.cap.up_to or rules.cap.percent) < rules.cap.percent:
        proof.add("cap-up-to", ("cap", "up_to"), found=rules.cap.up_to, wanted=rules.cap.percent)
    return sorted(proof.findings, key=lambda f: f.place)


def parse_annual_rules(text: str | None, path: Path) -> AnnualRules:
    """Read and prove the rules of an annual class from text that stands in ``path``; without text, from the file."""
    name = str(path)
    marked = marked_yaml.read(path, name) if text is None else marked_yaml.parse(text, name)
    rules = schema.validate(AnnualRules, marked)
    findings = prove_annual(rules, marked)
    stem = path.name.removesuffix(".yaml")
    if rules.id != stem:
        findings.append(Finding("id-is-not-file-name", marked.place(("id",)), {"found": rules.id, "wanted": stem}))
    if findings:
        raise InputError(findings)
    return rules
