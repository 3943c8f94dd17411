"""The rules of the annual class as data: points, conditions, cases, cap, deciders, deadlines."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from assess.base.schema import Identifier, Number, Strict, Text
from assess.rules.model import CitedFile, RaisedQuestion
from assess.rules.parts import Cite, Condition, Span

AnnualClassId = Literal["htxsnv", "httnv", "htnv", "khtnv"]


class PointsPart(Strict):
    """A part of the file's points: the common criteria or the results of the task."""

    id: Literal["common_points", "result_points"]
    title: Text
    max: Annotated[Number, Field(gt=0)]
    cite: Cite


class AnnualCondition(Condition):
    """A condition of a class: a test of one of :data:`~assess.rules.facts.ANNUAL_FACTS`."""

    id: Identifier
    title: Text
    cite: Cite


class AnnualClass(Span):
    """An annual class: its points and the conditions that must all hold.

    ``complete`` is false if the conditions are not known; then files are not classified by them.
    """

    id: AnnualClassId
    title: Text
    conditions: tuple[AnnualCondition, ...] = ()
    complete: Annotated[bool, Field(strict=True)] = True
    cite: Cite
    note: Text | None = None


class ListedCase(Strict):
    """A case that gives the lowest class whatever the points.

    It follows from a fact of the file (``when``), or the file names the case itself.
    """

    id: Identifier
    title: Text
    when: Condition | None = None
    cite: Cite


class Cap(Strict):
    """A limit on the best class: at most ``percent`` of the units of class ``of`` may have it.

    A decision may raise the limit as far as ``up_to``.
    """

    best: AnnualClassId
    of: AnnualClassId
    percent: Annotated[int, Field(strict=True, gt=0, le=100)]
    up_to: Annotated[int, Field(strict=True, gt=0, le=100)] | None = None
    small: Annotated[int, Field(strict=True, gt=0)] = 5
    cite: Cite
    cite_up_to: Cite | None = None


class Decider(Strict):
    """The body that decides on units of a ``level`` that report to a unit of level ``under``."""

    level: Literal["chi_bo", "co_so", "tren_co_so", "tinh"]
    under: Literal["co_so", "tren_co_so", "tinh"]
    body: Text
    cite: Cite


class Deadline(Strict):
    """A yearly day by which something is due; with ``years_later`` 1 it is in the next year.

    ``levels`` are the levels it concerns, all if empty. ``due: decision`` marks the day by which
    the class is decided.
    """

    id: Identifier
    title: Text
    month: Annotated[int, Field(strict=True, ge=1, le=12)]
    day: Annotated[int, Field(strict=True, ge=1, le=31)]
    years_later: Annotated[int, Field(strict=True, ge=0, le=1)] = 0
    levels: tuple[Literal["tinh", "tren_co_so", "co_so", "chi_bo"], ...] = ()
    due: Literal["decision"] | None = None
    cite: Cite

    def concerns(self, level: str) -> bool:
        """Whether the deadline concerns units of a level."""
        return not self.levels or level in self.levels

    def on(self, year: int) -> dt.date:
        """Return the day that applies to the class of ``year``."""
        return dt.date(year + self.years_later, self.month, self.day)


class AnnualRules(CitedFile):
    """One instrument of the annual class, see :func:`~assess.rules.load.parse_annual_rules`."""

    total: Annotated[Number, Field(ge=0)] = 0.0
    parts: tuple[PointsPart, ...] = ()
    classes: Annotated[tuple[AnnualClass, ...], Field(min_length=2)]
    listed: tuple[ListedCase, ...] = ()
    cap: Cap | None = None
    deciders: tuple[Decider, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    questions: tuple[RaisedQuestion, ...] = ()

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
        """Whether the classes' points and conditions are known, so that files can be classified."""
        return bool(self.total) and all(c.complete for c in self.classes)

    def decision_deadlines(self, level: str) -> tuple[Deadline, ...]:
        """Return the days by which units of a level must be classified; proofs allow at most one.

        These are the deadlines marked ``due: decision`` that concern the level; if no deadline is
        marked, all that concern it.
        """
        marked = [deadline for deadline in self.deadlines if deadline.due == "decision"]
        return tuple(deadline for deadline in marked or self.deadlines if deadline.concerns(level))

    def class_of(self, class_id: str) -> AnnualClass:
        """Return one class by its id."""
        return next(c for c in self.classes if c.id == class_id)
