"""Proofs about a meeting's classes, the class conditions, and the classes of the year."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from assess.base.numbers import points as show_points
from assess.base.numbers import points_beside
from assess.rules.facts import FACTS
from assess.rules.intervals import Piece, edge_value, exact, pieces
from assess.rules.prove_conditions import Domain, prove_edges, prove_varies
from assess.rules.year import MONTHS, QUARTERS, YEAR_TESTS, unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.base.marked_yaml import Path_
    from assess.rules.annual import AnnualClass
    from assess.rules.model import Band, Criterion, RuleSet
    from assess.rules.parts import YearTest
    from assess.rules.prove_conditions import Reporter
    from assess.rules.rule_set_proof import RuleSetProof


def prove_classes(proof: RuleSetProof) -> None:
    """Check that classes come either from bands of a total or from the outcome of marks."""
    rules = proof.rules
    if (rules.outcome is None) == (not rules.bands) or (rules.bands and not rules.total):
        proof.add("bands-or-outcome", ("outcome",) if rules.outcome else ())
    elif rules.outcome is not None:
        if rules.total:
            proof.add("outcome-with-points", ("outcome",))
        if rules.outcome.all_met.id == rules.outcome.otherwise.id:
            line = proof.marked.place(("outcome", "all_met", "id")).line
            proof.add(
                "duplicate-id",
                ("outcome", "otherwise", "id"),
                found=rules.outcome.otherwise.id,
                line=line,
            )
    else:
        prove_bands(proof, rules.bands, rules.total, ("bands",))


def prove_bands(
    proof: Reporter, bands: Sequence[Band | AnnualClass], total: float, path: Path_
) -> None:
    """Check that bands cover every total from 0 to ``total`` exactly once, best first."""
    named = [
        (k, edge.of)
        for k, band in enumerate(bands)
        for edge, _ in (band.lower, band.upper)
        if edge and edge.of
    ]
    for k, name in named:
        proof.add("edge-without-value", (*path, k), found=name)
    if named:
        return
    ids = [band.id for band in bands]
    reached: set[int] = set()
    cut = list(pieces(bands, (0.0, total)))
    for i, piece in enumerate(cut):
        reached.update(piece.covered_by)
        if len(piece.covered_by) == 1:
            continue
        members = piece.covered_by or neighbours(cut, i)
        pair = frozenset(ids[k] for k in members)
        proof.add(
            "overlap" if piece.covered_by else "gap",
            path,
            **counter_example("tổng điểm", piece, {}, pair),
        )
        return
    lows = [
        edge_value(edge, {}) if edge else exact(float("-inf"))
        for edge in (band.lower[0] for band in bands)
    ]
    if lows != sorted(lows, reverse=True):
        proof.add("bands-order", path)
    for k, band_id in enumerate(ids):
        if k not in reached:
            proof.add("unreachable-level", (*path, k), found=band_id)


def prove_class_conditions(proof: RuleSetProof) -> None:
    """Check that each line a class condition needs can fail on a total that earns the class."""
    position = {c.id: i for i, c in enumerate(proof.rules.classes)}
    criteria = {c.id: c for c in proof.rules.criteria}
    for i, gate in enumerate(proof.rules.gates):
        if proof.rules.outcome is not None:
            proof.add("gate-without-points", ("gates", i), found=gate.id)
            continue
        if position[gate.holds] == len(position) - 1:
            proof.add("gate-on-lowest", ("gates", i, "holds"), found=gate.holds)
            continue
        band = proof.rules.bands[position[gate.holds]]
        for k, need in enumerate(gate.needs):
            best = (
                exact(proof.rules.total)
                - exact(criteria[need.criterion].max)
                + _best_short(criteria[need.criterion])
            )
            low, low_in = band.lower
            if low is not None and (
                best < edge_value(low, {}) or (best == edge_value(low, {}) and not low_in)
            ):
                place = ("gates", i, "needs", k, "criterion")
                proof.add(
                    "gate-unreachable",
                    place,
                    found=need.criterion,
                    best=points_beside(float(best), (float(edge_value(low, {})),)),
                    class_=band.title,
                )


def prove_year(proof: RuleSetProof) -> None:
    """Check that year tests use known classes and points, and that some year gets each class."""
    for i, year in enumerate(proof.rules.year):
        for k, test in enumerate(year.tests):
            path: Path_ = ("year", i, "tests", k)
            if (test.of in ("months_classed", "meetings_classed", "share_classed")) != bool(
                test.classes
            ):
                proof.add("year-test-classes", path, found=test.of)
            if test.lower[0] is None and test.upper[0] is None:
                proof.add("condition-empty", path, found=test.of)
            elif any(edge and edge.of for edge, _ in (test.lower, test.upper)):
                proof.add("edge-without-value", path, found=test.of)
            elif test.of == "mean" and not proof.rules.has_points:
                proof.add("mean-without-points", path)
            elif prove_edges(proof, path, test, _domain(proof.rules, test)):
                prove_varies(proof, path, test, _domain(proof.rules, test))
    if not proof.findings and proof.rules.year:
        for i in unreachable(proof.rules):
            proof.add("year-unreachable", ("year", i), found=proof.rules.year[i].id)


def _domain(rules: RuleSet, test: YearTest) -> Domain:
    """Return the values that a test of the year can have."""
    high = {
        "mean": rules.total,
        "share_classed": 1.0,
        "thematic_quarters": float(QUARTERS),
        "meetings_classed": float("inf"),
    }
    return Domain(
        YEAR_TESTS[test.of], 0.0, high.get(test.of, float(MONTHS)), ratio=test.of == "share_classed"
    )


def _best_short(criterion: Criterion) -> Fraction:
    """Return the best points without full marks; without a step this approaches the maximum."""
    if criterion.kind == "levels":
        return max(
            (exact(v.points) for v in criterion.levels if v.points < criterion.max),
            default=Fraction(0),
        )
    if criterion.kind == "yes_no":
        return Fraction(0)
    return exact(criterion.max) - exact(criterion.step or 0.0)


def neighbours(cut: Sequence[Piece], i: int) -> tuple[int, ...]:
    """Return the spans next to an uncovered piece: the last below it and the first above it."""
    below = next((p.covered_by[-1:] for p in reversed(cut[:i]) if p.covered_by), ())
    above = next((p.covered_by[:1] for p in cut[i + 1 :] if p.covered_by), ())
    return (*below, *above)


def counter_example(
    label: str, piece: Piece, parameters: dict[str, Fraction], pair: frozenset[str]
) -> dict[str, Any]:
    """Return the facts of a finding: a value in the piece, its parameters, and the spans."""
    value = points_beside(piece.example, (float(piece.low), float(piece.high)))
    given = "".join(
        f" (khi {FACTS[n].label} là {show_points(float(v))})" for n, v in parameters.items()
    )
    return {
        "what": label,
        "value": value,
        "given": given,
        "between": " – ".join(sorted(pair)) or "?",
    }
