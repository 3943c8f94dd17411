"""Proofs that a rule set is sound, each with a counter-example when it fails.

Names resolve, maxima add up, and levels and bands cover their domain exactly once. A real
instrument with gaps or overlaps is not refused: each must be named as a question, by the two levels
it lies between.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding
from assess.base.numbers import points as show_points
from assess.base.numbers import points_beside, written
from assess.base.text import nearest
from assess.rules.allowed_entries import offers
from assess.rules.facts import FACTS
from assess.rules.intervals import critical_values, exact, pieces
from assess.rules.model import LINE_QUESTIONS
from assess.rules.prove_classes import (
    counter_example,
    neighbours,
    prove_class_conditions,
    prove_classes,
    prove_year,
)
from assess.rules.prove_conditions import Domain, prove_edges, prove_varies, shifted, with_bounds
from assess.rules.questions import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assess.base.marked_yaml import Marked, Path_
    from assess.rules.model import (
        CombinedMaximum,
        Criterion,
        RequiredMinutes,
        RuleSet,
        WhenNotApplicable,
    )
    from assess.rules.parts import Condition, Span

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


def prove(rules: RuleSet, marked: Marked) -> list[Finding]:
    """Return everything that is wrong with a rule set, by position in its file."""
    proof = _RuleSetProof(rules, marked)
    proof.run()
    return sorted(proof.findings, key=lambda f: f.place)


class _RuleSetProof:
    def __init__(self, rules: RuleSet, marked: Marked) -> None:
        self.rules = rules
        self.marked = marked
        self.findings: list[Finding] = []

    def run(self) -> None:
        self.names()
        self.sums()
        for path, criterion in self.each_criterion():
            self.criterion(path, criterion)
        prove_classes(self)
        if not self.findings:  # these proofs need sound totals and classes
            prove_class_conditions(self)
            prove_year(self)

    def add(
        self, code: str, path: Path_, allowed: Iterable[str] = (), hint: str = "", **facts: Any
    ) -> None:
        clause = ""
        if path[:1] == ("groups",) and len(path) >= 4 and path[2] == "criteria":
            group, index = int(path[1]), int(path[3])
            cite = self.rules.groups[group].criteria[index].cite
            clause = self.rules.clause(cite) if cite.source in self.rules.sources else ""
        self.findings.append(
            Finding(code, self.marked.place(path), dict(facts), tuple(allowed), hint, clause)
        )

    def known(self, code: str, path: Path_, name: str, names: Iterable[str]) -> bool:
        names = tuple(names)
        if name in names:
            return True
        self.add(code, path, names, nearest(name, names), found=name)
        return False

    def each_criterion(self) -> Iterator[tuple[Path_, Criterion]]:
        for g, group in enumerate(self.rules.groups):
            for c, criterion in enumerate(group.criteria):
                yield ("groups", g, "criteria", c), criterion

    # --- names -----------------------------------------------------------------------------------

    def names(self) -> None:
        rules = self.rules
        self.unique([(("groups", i, "id"), g.id) for i, g in enumerate(rules.groups)])
        self.unique([((*path, "id"), c.id) for path, c in self.each_criterion()])
        self.unique([(("bands", i, "id"), b.id) for i, b in enumerate(rules.bands)])
        self.unique([(("year", i, "id"), c.id) for i, c in enumerate(rules.year)])
        self.unique([(("gates", i, "id"), g.id) for i, g in enumerate(rules.gates)])
        self.unique([(("questions", i, "id"), q.id) for i, q in enumerate(rules.questions)])
        criteria = [c.id for c in rules.criteria]
        for path, cite_source in self.marked.named("cite", "source"):
            self.known("unknown-source", path, cite_source, rules.sources)
        for i, raised in enumerate(rules.questions):
            if (
                self.known("unknown-question", ("questions", i, "id"), raised.id, catalogue())
                and raised.default
            ):
                options = [o.id for o in catalogue()[raised.id].options]
                if catalogue()[raised.id].role == "report":
                    self.add("default-not-here", ("questions", i, "default"), found=raised.id)
                self.known("unknown-option", ("questions", i, "default"), raised.default, options)
        self.names_of_classes(criteria)
        if rules.combined is not None:
            self.question(("combined", "question"), rules.combined.question, "combined")
            if len(set(rules.combined.lines)) == 1:
                self.add(
                    "duplicate-id",
                    ("combined", "lines", 1),
                    found=rules.combined.lines[1],
                    line=self.marked.place(("combined", "lines", 0)).line,
                )
            for k, line in enumerate(rules.combined.lines):
                self.known("unknown-criterion", ("combined", "lines", k), line, criteria)
            self.combined_maximum(rules.combined)
        if rules.required_minutes is not None:
            self.minutes(rules.required_minutes)
        if rules.required_minutes is not None and rules.required_minutes.large is not None:
            self.question(
                ("required_minutes", "large", "question"),
                rules.required_minutes.large.question,
                "minutes",
            )
        if rules.valid_to is not None and rules.valid_to < rules.valid_from:
            self.add("dates-reversed", ("valid_to",), start=rules.valid_from, end=rules.valid_to)

    def minutes(self, minutes: RequiredMinutes) -> None:
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
                self.add("minutes-no-effect", ("required_minutes", key), **facts)

    def combined_maximum(self, combined: CombinedMaximum) -> None:
        """Check that the combined maximum can be reached and is less than both maxima together."""
        maxima = {c.id: c.max for c in self.rules.criteria}
        if not all(line in maxima for line in combined.lines):
            return
        first, second = (maxima[line] for line in combined.lines)
        if not first <= combined.max < first + second:
            facts = {
                "found": show_points(combined.max),
                "low": show_points(first),
                "high": show_points(first + second),
            }
            self.add("combined-no-effect", ("combined", "max"), **facts)

    def names_of_classes(self, criteria: Sequence[str]) -> None:
        classes = [c.id for c in self.rules.classes]
        for i, gate in enumerate(self.rules.gates):
            self.known("unknown-class", ("gates", i, "holds"), gate.holds, classes)
            self.question(("gates", i), gate.question, "gate")
            for k, need in enumerate(gate.needs):
                self.known(
                    "unknown-criterion",
                    ("gates", i, "needs", k, "criterion"),
                    need.criterion,
                    criteria,
                )
        for i, year in enumerate(self.rules.year):
            for k, test in enumerate(year.tests):
                for m, name in enumerate(test.classes):
                    self.known(
                        "unknown-class", ("year", i, "tests", k, "classes", m), name, classes
                    )

    def unique(self, named: Sequence[tuple[Path_, str]]) -> None:
        seen: dict[str, Path_] = {}
        for path, name in named:
            if name in seen:
                self.add("duplicate-id", path, found=name, line=self.marked.place(seen[name]).line)
            seen.setdefault(name, path)

    def question(self, path: Path_, question_id: str, role: str, fact: str | None = None) -> None:
        """Check that a clause's question exists, has the right role and fact, and is raised."""
        if not self.known("unknown-question", path, question_id, catalogue()):
            return
        if catalogue()[question_id].role != role:
            fitting = [q.id for q in catalogue().values() if q.role == role]
            self.add("question-role", path, fitting, found=question_id)
            return
        about = catalogue()[question_id].fact
        if about is not None and fact is not None and about != fact and fact in FACTS:
            self.add(
                "question-other-fact",
                path,
                found=question_id,
                wanted=FACTS[about].label,
                fact=FACTS[fact].label,
            )
        raised = [q.id for q in self.rules.questions]
        if question_id not in raised and not catalogue()[question_id].common:
            self.add("question-not-raised", path, raised, found=question_id)

    # --- sums ------------------------------------------------------------------------------------

    def sums(self) -> None:
        for path, criterion in self.each_criterion():
            self.worth(path, criterion.id, criterion.max, points=criterion.kind != "mark")
        for g, group in enumerate(self.rules.groups):
            found = sum(exact(c.max) for c in group.criteria)
            self.worth(("groups", g), group.id, group.max, points=found > 0)
            if found != exact(group.max) and group.max:
                self.add(
                    "wrong-sum",
                    ("groups", g, "max"),
                    what=f"nhóm {group.id}",
                    **_sum(found, group.max),
                )
        if self.rules.total and all(c.bonus_question for c in self.rules.criteria if c.max):
            self.add("bonus-alone", ("groups",))
        found = sum(exact(g.max) for g in self.rules.groups)
        self.worth((), self.rules.id, self.rules.total, points=found > 0, key="total")
        if found != exact(self.rules.total) and self.rules.total:
            self.add("wrong-sum", ("total",), what="các nhóm", **_sum(found, self.rules.total))

    def worth(
        self, path: Path_, name: str, value: float, *, points: bool, key: str = "max"
    ) -> None:
        """Check that anything with points states its maximum, and only marks state none."""
        if points and not value:
            self.add("missing-key", path, wanted=key)
        elif value and not points:
            self.add("marks-have-no-points", (*path, key), found=name)

    # --- criteria --------------------------------------------------------------------------------

    def criterion(self, path: Path_, criterion: Criterion) -> None:
        before = len(self.findings)
        facts_known = all(self.fact((*path, key), name) for key, name in _fact_names(criterion))
        for key, role in LINE_QUESTIONS.items():
            name = getattr(criterion, key)
            if name is not None:
                self.question(
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
                self.condition((*path, key), condition)
        if (criterion.applies_when is None) != (criterion.otherwise is None):
            self.add("applies-without-otherwise", path, found=criterion.id)
        if criterion.otherwise is not None:
            fact = criterion.applies_when.fact if criterion.applies_when else None
            self.question(
                (*path, "otherwise", "question"), criterion.otherwise.question, "otherwise", fact
            )
            self.handed_on(path, criterion.otherwise)
        self.unused(path, criterion)
        if criterion.kind == "levels":
            self.levels(path, criterion, facts_known=facts_known)
        if (
            criterion.step is not None
            and criterion.kind in _FREE
            and not offers(criterion, criterion.max)
        ):
            self.add(
                "step-off-max",
                (*path, "step"),
                found=show_points(criterion.step),
                maximum=show_points(criterion.max),
            )
        if criterion.met_when is not None and len(self.findings) == before:
            self.met_when((*path, "met_when"), criterion, criterion.met_when)

    def unused(self, path: Path_, criterion: Criterion) -> None:
        """Report keys that the line's kind does not use, which would be silently ignored."""
        used = {name for name, kinds in _USED_BY.items() if criterion.kind in kinds}
        if criterion.fact is None:  # without a fact only the rater decides the level
            used -= {"gaps", "overlaps", "overrides"}
        for key in _USED_BY:
            if key not in used and getattr(criterion, key) not in (None, ()):
                self.add("line-key-unused", (*path, key), found=criterion.kind, key=key)

    def met_when(self, path: Path_, criterion: Criterion, condition: Condition) -> None:
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
                list(self.parameters(path, [condition])),
            )
            for reading, span in readings:
                if not prove_varies(self, path, span, domain, given, reading):
                    break

    def handed_on(self, path: Path_, otherwise: WhenNotApplicable) -> None:
        """Check that ``to`` is present exactly if the question has an option to move points."""
        question = catalogue().get(otherwise.question)
        hands = question is not None and any(o.id == "to_regular" for o in question.options)
        if hands != (otherwise.to is not None):
            self.add("otherwise-to", (*path, "otherwise"), found=otherwise.question)
        elif otherwise.to is not None:
            names = [c.id for c in self.rules.criteria]
            self.known("unknown-criterion", (*path, "otherwise", "to"), otherwise.to, names)

    def fact(self, path: Path_, name: str) -> bool:
        return self.known("unknown-fact", path, name, FACTS)

    def condition(self, path: Path_, condition: Condition) -> None:
        """Check a condition: flags are compared by ``is``, other facts by an interval."""
        bounded = any(edge is not None for edge, _ in (condition.lower, condition.upper))
        if (FACTS[condition.fact].kind == "flag") != (condition.is_ is not None) or (
            FACTS[condition.fact].kind == "flag" and bounded
        ):
            self.add("condition-kind", path, found=condition.fact)
        elif FACTS[condition.fact].kind != "flag" and not bounded:
            self.add("condition-empty", path, found=condition.fact)
        for edge, _ in (condition.lower, condition.upper):
            if (
                edge is not None
                and edge.of is not None
                and (edge.of != "required_minutes" or self.rules.required_minutes is None)
            ):
                self.add("edge-without-value", path, found=edge.of)
                return
        if bounded and condition.is_ is None:
            domain = Domain.of(FACTS[condition.fact])
            if prove_edges(self, path, condition, domain):
                prove_varies(
                    self, path, condition, domain, list(self.parameters(path, [condition]))
                )

    def levels(self, path: Path_, criterion: Criterion, *, facts_known: bool) -> None:
        ids = [level.id for level in criterion.levels]
        self.unique(
            [((*path, "levels", i, "id"), level.id) for i, level in enumerate(criterion.levels)]
        )
        if len(ids) < 2:
            self.add("too-few-levels", path, found=criterion.id)
            return
        best = max(level.points for level in criterion.levels)
        if best != criterion.max:
            self.add(
                "best-level-not-max",
                (*path, "max"),
                best=written(best),
                maximum=written(criterion.max),
            )
        named = [("gaps", k, b) for k, b in enumerate(criterion.gaps)]
        named += [("overlaps", k, b) for k, b in enumerate(criterion.overlaps)]
        names_ok = True
        for key, k, between in named:
            self.question((*path, key, k, "question"), between.question, key)
            for side, level_id in enumerate(between.between):
                names_ok &= self.known(
                    "unknown-level", (*path, key, k, "between", side), level_id, ids
                )
        for k, override in enumerate(criterion.overrides):
            names_ok &= self.known(
                "unknown-level", (*path, "overrides", k, "level"), override.level, ids
            )
            if override.question is not None:
                self.question(
                    (*path, "overrides", k, "question"),
                    override.question,
                    "override",
                    override.fact,
                )
            if override.fact in FACTS:
                self.condition((*path, "overrides", k), override)
        if criterion.fact is None:
            return
        if facts_known and names_ok:
            self.cover(path, criterion)

    def cover(self, path: Path_, criterion: Criterion) -> None:
        """Check that every value of the fact is in exactly one level, except as named."""
        fact = FACTS[criterion.fact or ""]
        if not all(
            prove_edges(self, (*path, "levels", k), level, Domain.of(fact))
            for k, level in enumerate(criterion.levels)
        ):
            return
        ids = [level.id for level in criterion.levels]
        gaps, overlaps = set(), set()
        reached: set[int] = set()
        for parameters in self.parameters((*path, "levels"), criterion.levels):
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
                    self.add(
                        code,
                        (*path, "levels"),
                        **counter_example(fact.label, piece, parameters, pair),
                    )
                    return
        for k in range(len(ids)):
            if k not in reached:
                self.add("unreachable-level", (*path, "levels", k), found=ids[k])
        for key, found, betweens in (
            ("gaps", gaps, criterion.gaps),
            ("overlaps", overlaps, criterion.overlaps),
        ):
            for k, between in enumerate(betweens):
                if frozenset(between.between) not in found:
                    self.add("named-but-absent", (*path, key, k), found=" – ".join(between.between))

    def parameters(self, path: Path_, spans: Sequence[Span]) -> Iterator[dict[str, Fraction]]:
        """Yield values of the fact that edges refer to, enough to represent all it can take."""
        names = {
            edge.of for span in spans for edge, _ in (span.lower, span.upper) if edge and edge.of
        }
        if not names:
            yield {}
            return
        minutes = self.rules.required_minutes
        if names != {"required_minutes"} or minutes is None:
            self.add("edge-without-value", path, found=", ".join(sorted(names)))
            return
        values = {exact(v) for v in minutes.values}
        if minutes.own:
            values.update(critical_values(spans, Fraction(1), exact(_LONGEST)))
        for value in sorted(values):
            yield {"required_minutes": value}


def _sum(found: Fraction | int, wanted: float) -> dict[str, Any]:
    return {"found": points_beside(float(found), (wanted,)), "wanted": written(wanted)}


def _fact_names(criterion: Criterion) -> Iterator[tuple[str, str]]:
    if criterion.fact is not None:
        yield "fact", criterion.fact
    if criterion.met_when is not None:
        yield "met_when", criterion.met_when.fact
    if criterion.applies_when is not None:
        yield "applies_when", criterion.applies_when.fact
    for override in criterion.overrides:
        yield "overrides", override.fact
