"""Proofs that a rule set is sound, each with a counter-example when it fails.

Names resolve, maxima add up, levels and bands cover their domain exactly once. A real form with holes or overlaps is
not refused: each hole and overlap must be named as a question, by the two levels it lies between.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding
from assess.base.facts import FACTS
from assess.base.numbers import points as show_points
from assess.base.text import nearest
from assess.rules.intervals import Piece, critical_values, edge_value, exact, pieces
from assess.rules.readings import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assess.base.marked_yaml import Marked, Path_
    from assess.rules.model import Condition, Criterion, Level, RuleSet, Span

_LONGEST = 600.0
"""Minutes: own required minutes are proved for every value up to ten hours."""


def prove(rules: RuleSet, marked: Marked) -> list[Finding]:
    """Return everything that is wrong with a rule set, by position in its file."""
    proof = _Proof(rules, marked)
    proof.run()
    return sorted(proof.findings, key=lambda f: f.place)


class _Proof:
    def __init__(self, rules: RuleSet, marked: Marked) -> None:
        self.rules = rules
        self.marked = marked
        self.findings: list[Finding] = []

    def run(self) -> None:
        self.names()
        self.sums()
        for path, criterion in self.each_criterion():
            self.criterion(path, criterion)
        self.bands()

    def add(self, code: str, path: Path_, allowed: Iterable[str] = (), hint: str = "", **facts: Any) -> None:
        clause = ""
        if path[:1] == ("groups",) and len(path) >= 4 and path[2] == "criteria":
            group, index = int(path[1]), int(path[3])
            cite = self.rules.groups[group].criteria[index].cite
            clause = self.rules.clause(cite) if cite.source in self.rules.sources else ""
        self.findings.append(Finding(code, self.marked.place(path), dict(facts), tuple(allowed), hint, clause))

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

    # --- names ---------------------------------------------------------------------------------------------------

    def names(self) -> None:
        rules = self.rules
        self.unique([(("groups", i, "id"), g.id) for i, g in enumerate(rules.groups)])
        self.unique([((*path, "id"), c.id) for path, c in self.each_criterion()])
        self.unique([(("bands", i, "id"), b.id) for i, b in enumerate(rules.bands)])
        self.unique([(("questions", i, "id"), q.id) for i, q in enumerate(rules.questions)])
        criteria = [c.id for c in rules.criteria]
        for path, cite_source in self.cite_paths():
            self.known("unknown-source", path, cite_source, rules.sources)
        for i, raised in enumerate(rules.questions):
            if self.known("unknown-question", ("questions", i, "id"), raised.id, catalogue()) and raised.default:
                options = [o.id for o in catalogue()[raised.id].options]
                if catalogue()[raised.id].role == "report":
                    self.add("default-not-here", ("questions", i, "default"), found=raised.id)
                self.known("unknown-option", ("questions", i, "default"), raised.default, options)
        for i, gate in enumerate(rules.gates):
            self.known("unknown-class", ("gates", i, "holds"), gate.holds, [b.id for b in rules.bands])
            self.question(("gates", i), gate.question, "gate")
            for k, need in enumerate(gate.needs):
                self.known("unknown-criterion", ("gates", i, "needs", k, "criterion"), need.criterion, criteria)
        if rules.combined is not None:
            self.question(("combined", "question"), rules.combined.question, "combined")
            for k, line in enumerate(rules.combined.lines):
                self.known("unknown-criterion", ("combined", "lines", k), line, criteria)
        if rules.required_minutes is not None and rules.required_minutes.large is not None:
            self.question(("required_minutes", "large", "question"), rules.required_minutes.large.question, "minutes")
        if rules.valid_to is not None and rules.valid_to < rules.valid_from:
            self.add("dates-reversed", ("valid_to",), start=rules.valid_from, end=rules.valid_to)

    def unique(self, named: Sequence[tuple[Path_, str]]) -> None:
        seen: dict[str, Path_] = {}
        for path, name in named:
            if name in seen:
                self.add("duplicate-id", path, found=name, line=self.marked.place(seen[name]).line)
            seen.setdefault(name, path)

    def question(self, path: Path_, question_id: str, role: str) -> None:
        """A question that a clause refers to exists, can decide such a clause, and the rule set says why it is unclear."""
        if not self.known("unknown-question", path, question_id, catalogue()):
            return
        if catalogue()[question_id].role != role:
            fitting = [q.id for q in catalogue().values() if q.role == role]
            self.add("question-role", path, fitting, found=question_id)
            return
        raised = [q.id for q in self.rules.questions]
        if question_id not in raised and not catalogue()[question_id].common:
            self.add("question-not-raised", path, raised, found=question_id)

    def cite_paths(self) -> Iterator[tuple[Path_, str]]:
        rules = self.rules
        for g, group in enumerate(rules.groups):
            yield ("groups", g, "cite", "source"), group.cite.source
        for path, criterion in self.each_criterion():
            yield (*path, "cite", "source"), criterion.cite.source
        for key in ("bands", "gates", "questions"):
            for i, part in enumerate(getattr(rules, key)):
                yield (key, i, "cite", "source"), part.cite.source
        for key in ("required_minutes", "combined"):
            part = getattr(rules, key)
            if part is not None:
                yield (key, "cite", "source"), part.cite.source

    # --- sums ----------------------------------------------------------------------------------------------------

    def sums(self) -> None:
        for g, group in enumerate(self.rules.groups):
            found = sum(exact(c.max) for c in group.criteria)
            if found != exact(group.max):
                self.add("wrong-sum", ("groups", g, "max"), what=f"nhóm {group.id}", **_sum(found, group.max))
        found = sum(exact(g.max) for g in self.rules.groups)
        if found != exact(self.rules.total):
            self.add("wrong-sum", ("total",), what="các nhóm", **_sum(found, self.rules.total))

    # --- criteria ------------------------------------------------------------------------------------------------

    def criterion(self, path: Path_, criterion: Criterion) -> None:
        facts_known = all(self.fact((*path, key), name) for key, name in _fact_names(criterion))
        for key, role in (("bounds_question", "bounds"), ("streak_question", "streak")):
            name = getattr(criterion, key)
            if name is not None:
                self.question((*path, key), name, role)
        for key, condition in (("met_when", criterion.met_when), ("applies_when", criterion.applies_when)):
            if condition is not None and facts_known:
                self.condition((*path, key), condition)
        if (criterion.applies_when is None) != (criterion.otherwise is None):
            self.add("applies-without-otherwise", path, found=criterion.id)
        if criterion.otherwise is not None:
            self.question((*path, "otherwise", "question"), criterion.otherwise.question, "otherwise")
            if criterion.otherwise.to is not None:
                names = [c.id for c in self.rules.criteria]
                self.known("unknown-criterion", (*path, "otherwise", "to"), criterion.otherwise.to, names)
        if criterion.kind == "levels":
            self.levels(path, criterion, facts_known=facts_known)
        elif criterion.levels:
            self.add("levels-unused", (*path, "levels"), found=criterion.kind)
        if criterion.met_when is not None and criterion.kind != "yes_no":
            self.add("met-unused", (*path, "met_when"), found=criterion.kind)

    def fact(self, path: Path_, name: str) -> bool:
        return self.known("unknown-fact", path, name, FACTS)

    def condition(self, path: Path_, condition: Condition) -> None:
        """A flag is compared by ``is``, everything else by an interval."""
        bounded = any(edge is not None for edge, _ in (condition.lower, condition.upper))
        if (FACTS[condition.fact].kind == "flag") != (condition.is_ is not None) or (FACTS[condition.fact].kind == "flag" and bounded):
            self.add("condition-kind", path, found=condition.fact)
        elif FACTS[condition.fact].kind != "flag" and not bounded:
            self.add("condition-empty", path, found=condition.fact)

    def levels(self, path: Path_, criterion: Criterion, *, facts_known: bool) -> None:
        ids = [level.id for level in criterion.levels]
        self.unique([((*path, "levels", i, "id"), level.id) for i, level in enumerate(criterion.levels)])
        if len(ids) < 2:
            self.add("too-few-levels", path, found=criterion.id)
            return
        best = max(level.points for level in criterion.levels)
        if best != criterion.max:
            self.add("best-level-not-max", (*path, "max"), best=show_points(best), maximum=show_points(criterion.max))
        named = [("gaps", k, b) for k, b in enumerate(criterion.gaps)]
        named += [("overlaps", k, b) for k, b in enumerate(criterion.overlaps)]
        names_ok = True
        for key, k, between in named:
            self.question((*path, key, k, "question"), between.question, key)
            for side, level_id in enumerate(between.between):
                names_ok &= self.known("unknown-level", (*path, key, k, "between", side), level_id, ids)
        for k, override in enumerate(criterion.overrides):
            names_ok &= self.known("unknown-level", (*path, "overrides", k, "level"), override.level, ids)
            self.question((*path, "overrides", k, "question"), override.question, "override")
            if override.fact in FACTS:
                self.condition((*path, "overrides", k), override)
        if criterion.fact is None:
            return
        if facts_known and names_ok:
            self.cover(path, criterion)

    def cover(self, path: Path_, criterion: Criterion) -> None:
        """Every value of the fact falls in exactly one level, but for the holes and overlaps that are named."""
        fact = FACTS[criterion.fact or ""]
        ids = [level.id for level in criterion.levels]
        gaps, overlaps = set(), set()
        reached: set[int] = set()
        for parameters in self.parameters(path, criterion.levels):
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
                    pair = frozenset(ids[k] for k in _neighbours(cut, i))
                    named = {frozenset(b.between) for b in criterion.gaps}
                    gaps.add(pair)
                    code = "gap"
                if pair not in named:
                    self.add(code, (*path, "levels"), **_counter_example(fact.label, piece, parameters, pair))
                    return
        for k in range(len(ids)):
            if k not in reached:
                self.add("unreachable-level", (*path, "levels", k), found=ids[k])
        for key, found, betweens in (("gaps", gaps, criterion.gaps), ("overlaps", overlaps, criterion.overlaps)):
            for k, between in enumerate(betweens):
                if frozenset(between.between) not in found:
                    self.add("named-but-absent", (*path, key, k), found=" – ".join(between.between))

    def parameters(self, path: Path_, levels: Sequence[Level]) -> Iterator[dict[str, Fraction]]:
        """Yield the values, of the fact that edges refer to, that stand for all the values it can take."""
        names = {edge.of for level in levels for edge, _ in (level.lower, level.upper) if edge and edge.of}
        if not names:
            yield {}
            return
        minutes = self.rules.required_minutes
        if names != {"required_minutes"} or minutes is None:
            self.add("edge-without-value", (*path, "levels"), found=", ".join(sorted(names)))
            return
        values = {exact(v) for v in minutes.values}
        if minutes.own:
            values.update(critical_values(levels, Fraction(1), exact(_LONGEST)))
        for value in sorted(values):
            yield {"required_minutes": value}

    # --- classes -------------------------------------------------------------------------------------------------

    def bands(self) -> None:
        bands: tuple[Span, ...] = self.rules.bands
        ids = [band.id for band in self.rules.bands]
        reached: set[int] = set()
        cut = list(pieces(bands, (0.0, self.rules.total)))
        for i, piece in enumerate(cut):
            reached.update(piece.covered_by)
            if len(piece.covered_by) == 1:
                continue
            members = piece.covered_by or _neighbours(cut, i)
            pair = frozenset(ids[k] for k in members)
            self.add("overlap" if piece.covered_by else "gap", ("bands",), **_counter_example("tổng điểm", piece, {}, pair))
            return
        lows = [edge_value(edge, {}) if edge else exact(float("-inf")) for edge in (band.lower[0] for band in bands)]
        if lows != sorted(lows, reverse=True):
            self.add("bands-order", ("bands",))
        for k, band_id in enumerate(ids):
            if k not in reached:
                self.add("unreachable-level", ("bands", k), found=band_id)


def _neighbours(cut: Sequence[Piece], i: int) -> tuple[int, ...]:
    """Return the spans next to an uncovered piece: the last one below it and the first one above."""
    below = next((p.covered_by[-1:] for p in reversed(cut[:i]) if p.covered_by), ())
    above = next((p.covered_by[:1] for p in cut[i + 1 :] if p.covered_by), ())
    return (*below, *above)


def _counter_example(label: str, piece: Piece, parameters: dict[str, Fraction], pair: frozenset[str]) -> dict[str, Any]:
    value = show_points(piece.example) if piece.example != int(piece.example) else str(int(piece.example))
    given = "".join(f" (khi {FACTS[n].label} là {show_points(float(v))})" for n, v in parameters.items())
    return {"what": label, "value": value, "given": given, "between": " – ".join(sorted(pair)) or "?"}


def _sum(found: Fraction | int, wanted: float) -> dict[str, Any]:
    return {"found": show_points(float(found)), "wanted": show_points(wanted)}


def _fact_names(criterion: Criterion) -> Iterator[tuple[str, str]]:
    if criterion.fact is not None:
        yield "fact", criterion.fact
    if criterion.met_when is not None:
        yield "met_when", criterion.met_when.fact
    if criterion.applies_when is not None:
        yield "applies_when", criterion.applies_when.fact
    for override in criterion.overrides:
        yield "overrides", override.fact
