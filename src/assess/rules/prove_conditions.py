"""Proofs that a condition can hold and can fail, and that its edges lie in the fact's domain.

A condition that always or never holds is mostly a number in the wrong unit (85 for 0.85) or a wrong
sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from assess.base.numbers import points
from assess.rules.intervals import exact, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from assess.base.errors import Finding
    from assess.base.marked_yaml import Marked, Path_
    from assess.rules.facts import Fact
    from assess.rules.intervals import Piece
    from assess.rules.parts import Span

_PERCENT = 100


class Reporter(Protocol):
    """Collector of the failures that a proof finds."""

    marked: Marked
    findings: list[Finding]

    def add(
        self, code: str, path: Path_, allowed: Iterable[str] = (), hint: str = "", **facts: Any
    ) -> None:
        """Report a failure at a position in the file."""
        ...


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a fact can have: ``low`` to ``high``, only whole numbers if ``whole``."""

    label: str
    low: float
    high: float
    whole: bool = False
    ratio: bool = False

    @classmethod
    def of(cls, fact: Fact) -> Domain:
        """Return the domain of a fact that is not a flag."""
        return cls(fact.label, fact.low, fact.high, fact.kind == "count", fact.kind == "ratio")

    @property
    def in_words(self) -> str:
        """The domain in Vietnamese words."""
        if self.ratio:
            return "tỷ lệ, ghi từ 0 đến 1 (1 là 100%)"
        if self.high == float("inf"):
            return "số bất kỳ" if self.low == float("-inf") else f"từ {points(self.low)} trở lên"
        return f"từ {points(self.low)} đến {points(self.high)}"

    def has(self, piece: Piece) -> bool:
        """Whether a value of the domain lies in a piece."""
        if not self.whole:
            return True
        if piece.low == piece.high:
            return piece.low.denominator == 1
        return piece.low // 1 + 1 < piece.high


def prove_edges(proof: Reporter, path: Path_, span: Span, domain: Domain) -> bool:
    """Report plain edges outside of the domain; return whether all are inside."""
    sound = True
    for name in ("at_least", "above", "at_most", "below", "equals"):
        edge = getattr(span, name)
        if (
            edge is None
            or edge.of is not None
            or exact(domain.low) <= exact(edge.plus) <= exact(domain.high)
        ):
            continue
        as_share = edge.plus / _PERCENT
        hint = f"{name}: {as_share:g}" if domain.ratio and 0 < as_share <= 1 else ""
        proof.add(
            "edge-outside",
            path,
            hint=hint,
            what=domain.label,
            found=points(edge.plus),
            range=domain.in_words,
        )
        sound = False
    return sound


def prove_varies(
    proof: Reporter,
    path: Path_,
    span: Span,
    domain: Domain,
    given: Iterable[Mapping[str, Fraction]] = ({},),
    reading: str = "",
) -> bool:
    """Report a condition that holds for every value of the domain, or for none.

    ``given`` are the values to try for the facts that its edges refer to. Return whether it varies.
    """
    found = {holds for parameters in given for holds in _verdicts(span, domain, parameters)}
    if len(found) == 1:
        code = "condition-always" if found.pop() else "condition-never"
        proof.add(
            code,
            path,
            what=domain.label,
            range=domain.in_words,
            reading=f" khi hiểu là “{reading}”" if reading else "",
        )
        return False
    return True


def _verdicts(span: Span, domain: Domain, parameters: Mapping[str, Fraction]) -> set[bool]:
    cut = pieces([span], (domain.low, domain.high), parameters)
    return {bool(piece.covered_by) for piece in cut if domain.has(piece)}


def shifted(span: Span, by: int) -> Span:
    """Return the interval for a fact to which ``by`` is added before the comparison."""
    names = ("at_least", "above", "at_most", "below", "equals")
    edges = {
        name: edge.model_copy(update={"plus": edge.plus - by})
        for name in names
        if (edge := getattr(span, name)) is not None
    }
    return type(span).model_construct(**{**dict(span), **edges})


def with_bounds(span: Span, reading: str) -> Span:
    """Return the interval under a reading of its bounds.

    ``strict`` starts above the lower edge, ``inclusive`` starts at it.
    """
    lower, upper = (edge for edge, _ in (span.lower, span.upper))
    if span.equals is not None or reading == "as_written":
        return span
    lower_name, upper_name = ("above", "at_most") if reading == "strict" else ("at_least", "below")
    edges = dict.fromkeys(("at_least", "above", "at_most", "below")) | {
        lower_name: lower,
        upper_name: upper,
    }
    return type(span).model_construct(**{**dict(span), **edges})
