"""The parts that rules are made of: sources, citations, intervals, conditions, tests of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from assess.base.schema import Day, Identifier, Number, Strict, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

Fidelity = Literal["official", "press-summary", "third-party-copy", "illustrative"]

FIDELITIES: dict[str, str] = {
    "official": "văn bản chính thức",
    "press-summary": "theo tóm tắt của báo chí hoặc cổng thông tin, chưa có văn bản gốc",
    "third-party-copy": "theo bản chép của bên thứ ba, chưa đối chiếu với văn bản gốc",
    "illustrative": "minh họa, không phải quy định đang áp dụng",
}
"""From the strongest to the weakest, with the words that reports print."""


class CitedSource(Strict):
    """An instrument, scoring form or publication that a file of rules cites."""

    number: Text
    title: Text
    issuer: Text
    date: Day | None = None
    address: Text | None = None
    fidelity: Fidelity


class Cite(Strict):
    """The place of a rule: a source listed in the file, and the part, point or line in it."""

    source: Identifier
    at: Text
    fidelity: Fidelity | None = None


def _as_bound(value: Any) -> Any:
    return (
        {"plus": value} if isinstance(value, int | float) and not isinstance(value, bool) else value
    )


class Edge(Strict):
    """A bound: ``times`` × the fact ``of`` + ``plus``; a plain number is ``plus`` alone."""

    of: Identifier | None = None
    times: Number = 1.0
    plus: Number = 0.0


Bound = Annotated[Edge, BeforeValidator(_as_bound)]


class Span(Strict):
    """An interval, bounded by ``at_least``, ``above``, ``at_most``, ``below``, or ``equals``."""

    at_least: Bound | None = None
    above: Bound | None = None
    at_most: Bound | None = None
    below: Bound | None = None
    equals: Bound | None = None

    @model_validator(mode="after")
    def _one_edge_a_side(self) -> Self:
        several = (self.at_least is not None and self.above is not None) or (
            self.at_most is not None and self.below is not None
        )
        others = (self.at_least, self.above, self.at_most, self.below)
        if several or (self.equals is not None and any(edge is not None for edge in others)):
            raise PydanticCustomError("two-edges", "")
        return self

    @property
    def lower(self) -> tuple[Edge | None, bool]:
        """The lower edge and whether it belongs to the interval."""
        if self.equals is not None:
            return self.equals, True
        return (self.above, False) if self.above is not None else (self.at_least, True)

    @property
    def upper(self) -> tuple[Edge | None, bool]:
        """The upper edge and whether it belongs to the interval."""
        if self.equals is not None:
            return self.equals, True
        return (self.below, False) if self.below is not None else (self.at_most, True)


def edges_of(spans: Iterable[Span]) -> tuple[float, ...]:
    """Return the plain numbers at which intervals begin or end, sorted."""
    found = {
        edge.plus
        for span in spans
        for edge, _ in (span.lower, span.upper)
        if edge is not None and edge.of is None
    }
    return tuple(sorted(found))


class Condition(Span):
    """A comparison of one fact: an interval, or ``is: true`` / ``is: false`` for a flag."""

    fact: Identifier
    is_: bool | None = Field(default=None, alias="is", strict=True)


class YearTest(Span):
    """One test of a year, over its regular meetings.

    ``of`` is one of ``mean`` (of the months' totals), ``months_held`` (of 12), ``months_classed``
    and ``meetings_classed`` (months and meetings with one of ``classes``), ``share_classed`` (the
    share of meetings held, 0 to 1) and ``thematic_quarters`` (quarters with a thematic meeting,
    of 4).
    """

    of: Literal[
        "mean",
        "months_held",
        "months_classed",
        "meetings_classed",
        "share_classed",
        "thematic_quarters",
    ]
    classes: tuple[Identifier, ...] = ()


class YearClass(Strict):
    """A class of the year and the tests that must all hold for it.

    ``complete`` is false if the known text breaks off; the tests are then necessary but not
    sufficient.
    """

    id: Identifier
    title: Text
    tests: Annotated[tuple[YearTest, ...], Field(min_length=1)]
    complete: Annotated[bool, Field(strict=True)] = True
    cite: Cite
    note: Text | None = None
