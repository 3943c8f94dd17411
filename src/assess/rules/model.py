"""A rule set: one dated instrument or form as data. What a YAML file in ``params/rules`` may hold."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from assess.base.schema import Day, Identifier, Number, Strict, Text

if TYPE_CHECKING:
    import datetime as dt

Fidelity = Literal["official", "press-summary", "third-party-copy", "illustrative"]

FIDELITIES: dict[str, str] = {
    "official": "văn bản chính thức",
    "press-summary": "theo tóm tắt của báo chí hoặc cổng thông tin, chưa có văn bản gốc",
    "third-party-copy": "theo bản chép của bên thứ ba, chưa đối chiếu với văn bản gốc",
    "illustrative": "minh họa, không phải quy định đang áp dụng",
}
"""From the strongest to the weakest, with the words that reports print."""


class Source(Strict):
    """An instrument, form or publication that a rule set cites."""

    number: Text
    title: Text
    issuer: Text
    date: Day | None = None
    address: Text | None = None
    fidelity: Fidelity


class Cite(Strict):
    """Where a rule stands: a source of this file, and the part, point or line in it."""

    source: Identifier
    at: Text
    fidelity: Fidelity | None = None


def _as_bound(value: Any) -> Any:
    return {"plus": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


class Edge(Strict):
    """A bound: ``times`` × the value of the fact ``of`` + ``plus``; a plain number stands for ``plus`` alone."""

    of: Identifier | None = None
    times: Number = 1.0
    plus: Number = 0.0


Bound = Annotated[Edge, BeforeValidator(_as_bound)]


class Span(Strict):
    """An interval: any of ``at_least`` (≥), ``above`` (>), ``at_most`` (≤), ``below`` (<), or ``equals`` (=)."""

    at_least: Bound | None = None
    above: Bound | None = None
    at_most: Bound | None = None
    below: Bound | None = None
    equals: Bound | None = None

    @model_validator(mode="after")
    def _one_edge_a_side(self) -> Self:
        several = (self.at_least is not None and self.above is not None) or (self.at_most is not None and self.below is not None)
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


class Condition(Span):
    """A comparison of one fact: an interval, or ``is: true`` / ``is: false`` for a flag. Data, never code."""

    fact: Identifier
    is_: bool | None = Field(default=None, alias="is", strict=True)


class Level(Span):
    """One level of a criterion: its points, and when it holds if the criterion follows a fact."""

    id: Identifier
    title: Text
    points: Annotated[Number, Field(ge=0)]


class Between(Strict):
    """A hole or an overlap that the form really has, by the two levels it lies between, named as a question."""

    between: Annotated[tuple[Identifier, Identifier], Field(strict=False)]
    question: Identifier


class Override(Condition):
    """A clause that sets the level whatever the intervals say."""

    level: Identifier
    question: Identifier


class Otherwise(Strict):
    """What decides when a criterion does not apply: a question, and the line that may inherit the points."""

    question: Identifier
    to: Identifier | None = None


class Criterion(Strict):
    """One line of the form. ``kind`` says what a rater may enter; conditions say what the recorded facts imply."""

    id: Identifier
    title: Text
    kind: Literal["levels", "yes_no", "points", "deduct"]
    max: Annotated[Number, Field(gt=0)]
    step: Annotated[Number, Field(gt=0)] | None = None
    fact: Identifier | None = None
    levels: tuple[Level, ...] = ()
    gaps: tuple[Between, ...] = ()
    overlaps: tuple[Between, ...] = ()
    overrides: tuple[Override, ...] = ()
    met_when: Condition | None = None
    applies_when: Condition | None = None
    otherwise: Otherwise | None = None
    bounds_question: Identifier | None = None
    streak_question: Identifier | None = None
    cite: Cite
    note: Text | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that decide the points, without those that decide whether the criterion applies."""
        names = [self.fact, self.met_when.fact if self.met_when else None, *(o.fact for o in self.overrides)]
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def allowed_points(self) -> tuple[float, ...]:
        """The only points the form offers, or nothing when any number up to the maximum will do."""
        if self.kind == "levels":
            return tuple(sorted({level.points for level in self.levels}))
        return (0.0, self.max) if self.kind == "yes_no" else ()


class Group(Strict):
    """A group of lines with the maximum that the form prints for it."""

    id: Identifier
    title: Text
    max: Annotated[Number, Field(gt=0)]
    cite: Cite
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]


class Band(Span):
    """An interval of the total and the class it gives."""

    id: Identifier
    title: Text
    cite: Cite


class Need(Strict):
    """A line that a gate asks full points of."""

    criterion: Identifier


class Gate(Strict):
    """A condition that holds a class down whatever the total: every line in ``needs`` must have full points."""

    id: Identifier
    title: Text
    holds: Identifier
    needs: Annotated[tuple[Need, ...], Field(min_length=1)]
    question: Identifier = "gate_fall"
    cite: Cite


class Large(Strict):
    """The longer minutes of a large chi bộ, and from how many members on."""

    members: Annotated[int, Field(strict=True, gt=0)]
    minutes: Annotated[Number, Field(gt=0)]
    question: Identifier


class RequiredMinutes(Strict):
    """How long a meeting must be: ``base``, longer for a large chi bộ or a combined sitting, or a chi bộ's own."""

    base: Annotated[Number, Field(gt=0)]
    large: Large | None = None
    combined: Annotated[Number, Field(gt=0)] | None = None
    own: Annotated[bool, Field(strict=True)] = False
    cite: Cite

    @property
    def values(self) -> tuple[float, ...]:
        """The minutes the form itself names."""
        found = [self.base, self.large.minutes if self.large else None, self.combined]
        return tuple(sorted({v for v in found if v is not None}))


class Combined(Strict):
    """Lines whose maximum the form states once more for a combined sitting."""

    lines: tuple[Identifier, Identifier]
    max: Annotated[Number, Field(gt=0)]
    question: Identifier
    cite: Cite


class Raised(Strict):
    """A question that this form raises: the clause, why it is unclear, and the default if its text decides one."""

    id: Identifier
    why: Text
    cite: Cite
    default: Identifier | None = None


class RuleSet(Strict):
    """One rule set. Sums, bands, levels and names are proved when it is loaded (:mod:`assess.rules.prove`)."""

    id: Identifier
    title: Text
    short: Text
    issuer: Text
    note: Text
    valid_from: Day
    valid_to: Day | None = None
    replaces: tuple[Identifier, ...] = ()
    total: Annotated[Number, Field(gt=0)]
    sources: dict[str, Source]
    required_minutes: RequiredMinutes | None = None
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    bands: Annotated[tuple[Band, ...], Field(min_length=2)]
    gates: tuple[Gate, ...] = ()
    combined: Combined | None = None
    questions: tuple[Raised, ...] = ()

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All lines in the order of the form."""
        return tuple(c for g in self.groups for c in g.criteria)

    @cached_property
    def cites(self) -> tuple[Cite, ...]:
        """Every citation of the file."""
        found: list[Cite] = []
        for group in self.groups:
            found.append(group.cite)
            found.extend(c.cite for c in group.criteria)
        found.extend(band.cite for band in self.bands)
        found.extend(gate.cite for gate in self.gates)
        found.extend(question.cite for question in self.questions)
        found.extend(part.cite for part in (self.required_minutes,) if part is not None)
        found.extend(part.cite for part in (self.combined,) if part is not None)
        return tuple(found)

    def fidelity_of(self, cite: Cite) -> str:
        """How true one clause is to its instrument."""
        return cite.fidelity or self.sources[cite.source].fidelity

    @cached_property
    def fidelity(self) -> str:
        """The weakest fidelity of any clause: what every report shows."""
        order = list(FIDELITIES)
        return max((self.fidelity_of(cite) for cite in self.cites), key=order.index)

    def clause(self, cite: Cite) -> str:
        """A citation as one phrase: number, issuer, date, place in it."""
        source = self.sources[cite.source]
        dated = f", ngày {source.date.day}/{source.date.month}/{source.date.year}" if source.date else ""
        return f"{source.number}{dated}, {cite.at}"

    def in_force(self, day: dt.date) -> bool:
        """Whether the instrument is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
