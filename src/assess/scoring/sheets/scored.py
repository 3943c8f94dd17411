"""Scoring of the sheets of one rule set as arrays; frames are built from these later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from assess.scoring.sheets.column_codes import blocks, positions, positions_in_runs
from assess.scoring.sheets.lines import (
    BLANK,
    ENTERED,
    REASONS,
    STATE_NAMES,
    EntryArrays,
    judge,
    without_lines,
)
from assess.scoring.sheets.totals import classify, from_stated, total

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from assess.rules import RuleSet
    from assess.scoring.sheets.levels import LazyFacts
    from assess.scoring.sheets.lines import CountedLines
    from assess.scoring.sheets.totals import RawTotals, SheetClasses

    Floats = NDArray[np.float64]
    Ints = NDArray[np.integer]
    Flags = NDArray[np.bool_]
    Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class ScoredForm:
    """The scored sheets of one rule set.

    ``rows``: their rows in the table of sheets; ``bare``: sheets of which only the total is known;
    ``waits`` and ``reason`` (a code of :data:`~assess.scoring.sheets.lines.REASONS`): which sheets
    cannot be classified, and why.
    """

    rules: RuleSet
    options: Mapping[str, str]
    rows: Ints
    facts: LazyFacts
    lines: CountedLines
    totals: RawTotals
    classed: SheetClasses
    bare: Flags
    waits: Flags
    reason: Ints

    @property
    def total(self) -> Floats:
        """The total of each sheet; missing while it waits."""
        return np.where(self.waits, np.nan, self.totals.total)

    @property
    def status(self) -> Objects:
        """Whether each sheet is *assessed* or *waiting*."""
        status: Objects = _STATUS[self.waits.astype(int)]
        return status

    @property
    def reason_id(self) -> Objects:
        """Why each sheet waits; empty where it does not."""
        return np.array(REASONS, dtype=object)[self.reason]

    @property
    def class_id(self) -> Objects:
        """The class of each sheet; missing while it waits."""
        return np.array([*(c.id for c in self.rules.classes), None], dtype=object)[
            self.classed.rank
        ]

    @property
    def gate_id(self) -> Objects:
        """The class condition that held each sheet down; empty where none did."""
        return np.array([*(g.id for g in self.rules.gates), "unexcused", ""], dtype=object)[
            self.classed.struck
        ]


_STATUS = np.array(["assessed", "waiting"], dtype=object)


def score_form(
    rules: RuleSet,
    rows: Ints,
    entries: EntryArrays,
    facts: LazyFacts,
    stated: Floats,
    options: Mapping[str, str],
) -> ScoredForm:
    """Score the sheets of one rule set; all arrays are in the order of ``rows``."""
    judged = judge(rules, entries, facts, options)
    bare = only_total_known(rules, entries, stated)
    summed = sum_up(rules, judged, bare, stated, facts, options)
    return ScoredForm(
        rules,
        options,
        rows,
        facts,
        summed.lines,
        summed.totals,
        summed.classed,
        bare,
        summed.waits,
        summed.reason,
    )


@dataclass(frozen=True, slots=True)
class SheetTotals:
    """The sheets of one rule set, added up and classified (see :class:`ScoredForm`)."""

    lines: CountedLines
    totals: RawTotals
    classed: SheetClasses
    waits: Flags
    reason: Ints


def only_total_known(rules: RuleSet, entries: EntryArrays, stated: Floats) -> Flags:
    """Return the sheets with a stated total and no lines; none if class conditions need lines."""
    bare: Flags = ~np.isnan(stated) & rules.has_points & (not rules.gates)
    return bare & (entries.state == BLANK).all(axis=0) if bare.any() else bare


def sum_up(
    rules: RuleSet,
    judged: CountedLines,
    bare: Flags,
    stated: Floats,
    facts: Mapping[str, Floats],
    options: Mapping[str, str],
) -> SheetTotals:
    """Add up and classify judged sheets; for ``bare`` ones only the ``stated`` total counts."""
    totals = total(rules, judged, options)
    if bare.any():
        totals = from_stated(rules, totals, bare, stated, options)
        judged = without_lines(judged, bare)
    classed = classify(rules, judged, totals, facts, options)
    waits = totals.waits | classed.unknown
    reason = np.where(
        classed.unknown & ~totals.waits, REASONS.index("line_without_points"), totals.reason
    )
    return SheetTotals(judged, totals, classed, waits, reason)


@dataclass(frozen=True, slots=True)
class LineTable:
    """The table of lines with the row of each line's sheet (−1: none), read once for all rule sets.

    ``sheets`` is the number of sheets.
    """

    lines: pd.DataFrame
    sheet: NDArray[np.int32]
    sheets: int

    @classmethod
    def read(cls, lines: pd.DataFrame, sheet_id: pd.Series) -> LineTable:
        """Find the sheet of each line; ``sheet_id`` has the ids of the sheets in their order."""
        return cls(lines, positions_in_runs(lines["sheet_id"], sheet_id), len(sheet_id))

    def on(self, rules: RuleSet, rows: Ints) -> EntryArrays:
        """Arrange the lines of some sheets (``rows``) of one rule set; a missing line is blank."""
        place = np.full(self.sheets + 1, -1)  # the last entry (−1) is no sheet
        place[rows] = np.arange(len(rows))
        names = [c.id for c in rules.criteria]
        shape = (len(names), len(rows))
        found = EntryArrays(np.full(shape, np.nan), np.full(shape, BLANK, dtype=np.int8))
        all_points, all_states = found.points.ravel(), found.state.ravel()
        entered = self.lines["points"].to_numpy(dtype=float)
        for (part, states), (_, criteria) in zip(
            blocks(self.lines["state"]), blocks(self.lines["criterion_id"]), strict=True
        ):
            sheet, points, texts = place[self.sheet[part]], entered[part], (states, criteria)
            theirs = sheet >= 0
            if not theirs.all():
                sheet, points, texts = (
                    sheet[theirs],
                    points[theirs],
                    tuple(text.filter(pa.array(theirs)) for text in texts),
                )
            state = positions(texts[0], STATE_NAMES).astype(np.int8)
            state[(state == ENTERED) & np.isnan(points)] = BLANK
            cell = positions(texts[1], names) * len(rows) + sheet
            all_points[cell], all_states[cell] = np.where(state == ENTERED, points, np.nan), state
        return found
