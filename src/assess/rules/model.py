"""Rule sets, dated instruments or scoring forms as data: the content of ``params/rules/*.yaml``."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from assess.base.numbers import day
from assess.base.schema import Day, Identifier, Number, Strict, Text
from assess.base.short_repr import Shown
from assess.base.text import casefold_vi
from assess.rules.parts import FIDELITIES, Cite, CitedSource, Condition, Span, YearClass, edges_of

if TYPE_CHECKING:
    import datetime as dt


_WEAK = ("trung bình", "yếu", "kém", "không", "chưa")
_PASS = ("xuất sắc", "tốt", "khá", "đạt", "hoàn thành")


class Level(Span):
    """One level of a criterion: its points, and when it holds if the criterion follows a fact."""

    id: Identifier
    title: Text
    points: Annotated[Number, Field(ge=0)]


class NamedGap(Strict):
    """A real gap or overlap between two levels in an instrument's text, named as a question."""

    between: Annotated[tuple[Identifier, Identifier], Field(strict=False)]
    question: Identifier


class Override(Condition):
    """A clause that sets the level whatever the intervals say.

    It has a ``question`` only if its text is unclear.
    """

    level: Identifier
    question: Identifier | None = None


class WhenNotApplicable(Strict):
    """The question when a criterion does not apply, and the line that may get its points."""

    question: Identifier
    to: Identifier | None = None


LINE_QUESTIONS = {
    "bounds_question": "bounds",
    "streak_question": "streak",
    "bonus_question": "bonus",
    "closing_question": "closing",
}
"""The keys of a line that name a question, with the role such a question must have."""


class Criterion(Strict):
    """One line of a rule set: ``kind`` limits its entries, conditions follow recorded facts.

    A ``mark`` is met or not met and carries no points: it is entered as 1 or 0 and has no ``max``.
    """

    id: Identifier
    title: Text
    kind: Literal["levels", "yes_no", "points", "deduct", "mark"]
    max: Annotated[Number, Field(ge=0)] = 0.0
    step: Annotated[Number, Field(gt=0)] | None = None
    fact: Identifier | None = None
    levels: tuple[Level, ...] = ()
    gaps: tuple[NamedGap, ...] = ()
    overlaps: tuple[NamedGap, ...] = ()
    overrides: tuple[Override, ...] = ()
    met_when: Condition | None = None
    applies_when: Condition | None = None
    otherwise: WhenNotApplicable | None = None
    bounds_question: Identifier | None = None
    streak_question: Identifier | None = None
    bonus_question: Identifier | None = None
    closing_question: Identifier | None = None
    cite: Cite
    note: Text | None = None

    @property
    def top(self) -> float:
        """The highest entry: the maximum, or 1 for a mark."""
        return 1.0 if self.kind == "mark" else self.max

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that decide the points, without those that decide whether the line applies."""
        names = [
            self.fact,
            self.met_when.fact if self.met_when else None,
            *(o.fact for o in self.overrides),
        ]
        return tuple(dict.fromkeys(name for name in names if name))

    def spans_on(self, fact: str) -> tuple[Span, ...]:
        """Return the intervals that a fact is compared with on this line."""
        levels = self.levels if self.fact == fact else ()
        conditions = [
            c
            for c in (self.met_when, self.applies_when, *self.overrides)
            if c is not None and c.fact == fact
        ]
        return (*levels, *conditions)

    @property
    def allowed_points(self) -> tuple[float, ...]:
        """The only points on offer; empty if any number up to the maximum is allowed."""
        if self.kind == "levels":
            return tuple(sorted({level.points for level in self.levels}))
        return (0.0, self.top) if self.kind in ("yes_no", "mark") else ()


class CriterionGroup(Strict):
    """A group of lines and the maximum printed for it; a group of marks has no maximum."""

    id: Identifier
    title: Text
    max: Annotated[Number, Field(ge=0)] = 0.0
    cite: Cite
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]


class Band(Span):
    """An interval of the total and the class it gives."""

    id: Identifier
    title: Text
    cite: Cite


class Verdict(Strict):
    """A class that does not depend on points."""

    id: Identifier
    title: Text
    cite: Cite


class MarkClasses(Strict):
    """The classes of a rule set without points.

    ``all_met`` applies when every applicable mark is met, else ``otherwise``.
    """

    all_met: Verdict
    otherwise: Verdict


class RequiredLine(Strict):
    """A line that a class condition requires to have full points, or a mark to be met."""

    criterion: Identifier


class ClassCondition(Strict):
    """A condition that holds a class down: every line in ``needs`` must have full points."""

    id: Identifier
    title: Text
    holds: Identifier
    needs: Annotated[tuple[RequiredLine, ...], Field(min_length=1)]
    question: Identifier = "gate_fall"
    cite: Cite


class LargeUnitMinutes(Strict):
    """The longer required minutes of a large chi bộ, and its minimum number of members."""

    members: Annotated[int, Field(strict=True, gt=0)]
    minutes: Annotated[Number, Field(gt=0)]
    question: Identifier


class RequiredMinutes(Strict):
    """The required length of a meeting.

    It is ``base``, more for a large chi bộ or a combined meeting, or set by the chi bộ (``own``).
    """

    base: Annotated[Number, Field(gt=0)]
    large: LargeUnitMinutes | None = None
    combined: Annotated[Number, Field(gt=0)] | None = None
    own: Annotated[bool, Field(strict=True)] = False
    cite: Cite

    @property
    def values(self) -> tuple[float, ...]:
        """The minutes that the rule set itself names, in order."""
        found = [self.base, self.large.minutes if self.large else None, self.combined]
        return tuple(sorted({v for v in found if v is not None}))


class CombinedMaximum(Strict):
    """Lines for which the rule set states another maximum in a combined meeting."""

    lines: tuple[Identifier, Identifier]
    max: Annotated[Number, Field(gt=0)]
    question: Identifier
    cite: Cite


class RaisedQuestion(Strict):
    """A question that a rule set raises: the clause, why it is unclear, and its own default."""

    id: Identifier
    why: Text
    cite: Cite
    default: Identifier | None = None


class CitedFile(Strict):
    """A file of rules with its sources and dates, and the fidelity of its citations."""

    id: Identifier
    title: Text
    short: Text
    issuer: Text
    note: Text
    valid_from: Day
    valid_to: Day | None = None
    dates_known: Annotated[bool, Field(strict=True)] = True
    replaces: tuple[Identifier, ...] = ()
    sources: dict[str, CitedSource]

    @property
    @abstractmethod
    def cites(self) -> tuple[Cite, ...]:
        """Every citation of the file."""

    def fidelity_of(self, cite: Cite) -> str:
        """Return how faithful the text of one clause is to its instrument."""
        return cite.fidelity or self.sources[cite.source].fidelity

    @cached_property
    def fidelity(self) -> str:
        """The weakest fidelity of all clauses, which every report shows."""
        order = list(FIDELITIES)
        return max((self.fidelity_of(cite) for cite in self.cites), key=order.index)

    def clause(self, cite: Cite) -> str:
        """Return a citation as one phrase: number, date, and place in the source."""
        source = self.sources[cite.source]
        dated = f", ngày {day(source.date)}" if source.date else ""
        return f"{source.number}{dated}, {cite.at}"

    def in_force(self, on: dt.date) -> bool:
        """Whether the instrument is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class RuleSet(Shown, CitedFile):
    """One rule set; loading proves its sums, bands, levels and names.

    See :mod:`assess.rules.prove_rule_set`.

    ``meeting`` is the kind of meeting it scores: regular (including combined) or thematic. Classes
    come from ``bands`` of the total, or from ``outcome`` if all lines are marks. With
    ``dates_known: false`` the instrument's own dates were not found and its validity is inferred.
    """

    def _facts(self) -> dict[str, object]:
        return {
            "id": self.id,
            "lines": len(self.criteria),
            "total": self.total,
            "classes": ", ".join(c.title for c in self.classes),
            "fidelity": self.fidelity,
        }

    def __str__(self) -> str:
        """Return the short form."""
        return repr(self)

    meeting: Literal["thuong_ky", "chuyen_de"] = "thuong_ky"
    total: Annotated[Number, Field(ge=0)] = 0.0
    required_minutes: RequiredMinutes | None = None
    groups: Annotated[tuple[CriterionGroup, ...], Field(min_length=1)]
    bands: tuple[Band, ...] = ()
    outcome: MarkClasses | None = None
    gates: tuple[ClassCondition, ...] = ()
    year: tuple[YearClass, ...] = ()
    combined: CombinedMaximum | None = None
    questions: tuple[RaisedQuestion, ...] = ()

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All lines in the order of the rule set."""
        return tuple(c for g in self.groups for c in g.criteria)

    @cached_property
    def classes(self) -> tuple[Band | Verdict, ...]:
        """The classes of a meeting, best first."""
        return (
            self.bands if self.outcome is None else (self.outcome.all_met, self.outcome.otherwise)
        )

    @cached_property
    def weak_classes(self) -> tuple[Band | Verdict, ...]:
        """The classes of a meeting that need attention, best first, chosen by their own names.

        These are the classes named *trung bình*, *yếu*, *kém*, *không …* or *chưa …*, as in
        HD 42-HD/BTCTW (Tốt, Khá, Trung bình, Kém) and HD 12-HD/BTCTW (Đạt, Chưa đạt), and the
        lowest class unless its name is a pass (*đạt*, *hoàn thành*, …). No instrument defines
        "weak"; the names are those that instruments use.
        """
        named = [(c, casefold_vi(c.title)) for c in self.classes]
        return tuple(
            c
            for c, name in named
            if name.startswith(_WEAK) or (c is self.classes[-1] and not name.startswith(_PASS))
        )

    @property
    def has_points(self) -> bool:
        """Whether score sheets have a total."""
        return self.outcome is None

    @cached_property
    def cuts(self) -> tuple[float, ...]:
        """The totals at which classes begin and end."""
        return edges_of(self.bands)

    def cuts_of(self, fact: str) -> tuple[float, ...]:
        """Return the plain numbers that a fact is compared with on any line."""
        return edges_of(span for criterion in self.criteria for span in criterion.spans_on(fact))

    @cached_property
    def mean_cuts(self) -> tuple[float, ...]:
        """The numbers that a period's mean is compared with: class bounds and year tests."""
        tests = edges_of(test for year in self.year for test in year.tests if test.of == "mean")
        return tuple(sorted({*self.cuts, *tests}))

    def class_title(self, class_id: str) -> str:
        """Return the title of a class."""
        return next(c.title for c in self.classes if c.id == class_id)

    @cached_property
    def cites(self) -> tuple[Cite, ...]:
        """Every citation of the file."""
        found: list[Cite] = []
        for group in self.groups:
            found.append(group.cite)
            found.extend(c.cite for c in group.criteria)
        found.extend(part.cite for part in (*self.classes, *self.gates, *self.year))
        found.extend(question.cite for question in self.questions)
        found.extend(part.cite for part in (self.required_minutes,) if part is not None)
        found.extend(part.cite for part in (self.combined,) if part is not None)
        return tuple(found)
