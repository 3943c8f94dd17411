"""From the entries of sheets to the points that count, for all sheets of one rule set at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from assess.rules.allowed_entries import as_read
from assess.scoring.sheets.levels import ImpliedPoints, holds, points_from_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from assess.rules import Criterion, RuleSet

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Flags = NDArray[np.bool_]

ENTERED, NOT_APPLICABLE, BLANK = 0, 1, 2
STATE_NAMES = ("entered", "not_applicable", "blank")

JUDGED, LEFT_OUT, FULL, ZERO, HALF, MOVED, CLAMPED, REFUSED = range(8)
TREATMENTS = ("judged", "left_out", "full", "zero", "half", "moved", "clamped", "refused")
"""How a line counts, by code.

As judged; left out as not applicable; full or zero points by a reading; half its weight; its
maximum moved to another line; cut to the maximum; or not at all, so that the whole sheet waits.
"""
_COMPARED = (JUDGED, CLAMPED, REFUSED)
COMPARED = tuple(TREATMENTS[code] for code in _COMPARED)
"""The treatments of lines whose entry is compared with what the facts imply."""

REASONS = (
    "",
    "blank",
    "over_max",
    "level_gap",
    "level_overlap",
    "no_targets",
    "closing_pending",
    "line_without_points",
)
"""Why a sheet waits, by code.

A blank line, a value in no level or in two, an entry over the maximum, no targets, a line that is
judged after the meeting, a class condition that needs the points of a mark.
"""

_WHEN_NOT_APPLYING = {
    "as_not_applicable": LEFT_OUT,
    "not_applicable": LEFT_OUT,
    "literal": ZERO,
    "full": FULL,
    "to_regular": MOVED,
    "half_weight": HALF,
    "refuse": REFUSED,
    "secretary_and_deputy": JUDGED,
    "members_alone": JUDGED,
    "full_if_lone_secretary": JUDGED,
}


@dataclass(frozen=True, slots=True)
class EntryArrays:
    """The entries of the sheets of one rule set, by criterion and sheet; NaN unless entered."""

    points: Floats
    state: Codes

    def take(self, sheets: slice) -> EntryArrays:
        """Return the entries of some of the sheets."""
        return EntryArrays(self.points[:, sheets], self.state[:, sheets])


@dataclass(frozen=True)
class CountedLines:
    """What counts on each line: arrays of shape (criteria, sheets), one criterion contiguous.

    ``points`` out of ``weight`` count; ``left_out`` is the part of the maximum that does not apply.
    ``marks`` is 1 where a mark is met and 0 where it is not met; NaN where it does not apply, and
    for lines with points. ``reason`` is a code of :data:`REASONS` where the sheet must wait.
    """

    points: Floats
    weight: Floats
    left_out: Floats
    marks: Floats
    entered: Floats
    state: Codes
    treatment: Codes
    reason: Codes

    @cached_property
    def share(self) -> Floats:
        """The part of its maximum that a line reached (mark: 1 or 0); NaN if not applicable."""
        applies = self.weight > 0
        return np.where(applies, self.points / np.where(applies, self.weight, 1.0), self.marks)

    def contradicts(self, recomputed: Floats) -> Flags:
        """Return where an entry differs from what the facts imply, on a line that applies."""
        with np.errstate(invalid="ignore"):
            differs = (self.entered != recomputed) & ~np.isnan(self.entered) & ~np.isnan(recomputed)
        found: Flags = differs & np.isin(self.treatment, _COMPARED)
        return found


@dataclass(frozen=True, slots=True)
class LineTreatment:
    """How the lines of one criterion count, sheet by sheet.

    ``value`` has the points as they are read, ``treatment`` a code of :data:`TREATMENTS`, and
    ``reason`` one of :data:`REASONS` where the sheet must wait.
    """

    value: Floats
    treatment: Codes
    reason: Codes


def judge(
    rules: RuleSet, entries: EntryArrays, facts: Mapping[str, Floats], options: Mapping[str, str]
) -> CountedLines:
    """Judge every line of every sheet of one rule set under the readings in use."""
    treated = [
        treat_entries(c, entries.points[j], entries.state[j], facts, options)
        for j, c in enumerate(rules.criteria)
    ]
    return count(rules, entries, treated, facts, options)


def count(
    rules: RuleSet,
    entries: EntryArrays,
    treated: Sequence[LineTreatment],
    facts: Mapping[str, Floats],
    options: Mapping[str, str],
) -> CountedLines:
    """Turn the treatment of every criterion's lines into points, weight and left-out maximum."""
    shape = entries.points.shape
    lines = CountedLines(
        points=np.empty(shape),
        weight=np.empty(shape),
        left_out=np.empty(shape),
        marks=np.full(shape, np.nan)
        if any(c.kind == "mark" for c in rules.criteria)
        else np.broadcast_to(np.nan, shape),
        entered=entries.points,
        state=entries.state,
        treatment=np.stack([found.treatment for found in treated]),
        reason=np.stack([found.reason for found in treated]),
    )
    for j, criterion in enumerate(rules.criteria):
        _count(criterion, lines, j, treated[j].value, options)
    _move_maximum(rules, lines)
    _share_combined_maximum(rules, lines, facts, options)
    return lines


def without_lines(lines: CountedLines, bare: Flags) -> CountedLines:
    """Take the lines of sheets of which only the total is known (``bare``) out of the count."""
    gone = {
        name: np.where(bare, 0.0, getattr(lines, name)) for name in ("points", "weight", "left_out")
    }
    codes = {
        "treatment": np.where(bare, np.int8(LEFT_OUT), lines.treatment),
        "reason": np.where(bare, np.int8(0), lines.reason),
    }
    return replace(lines, **gone, **codes, marks=np.where(bare, np.nan, lines.marks))


def implied_points(
    rules: RuleSet, facts: Mapping[str, Floats], options: Mapping[str, str], sheets: int
) -> tuple[ImpliedPoints, ...]:
    """Return what the facts imply for each criterion; NaN points where only the rater decides."""
    nothing = ImpliedPoints(
        np.full(sheets, np.nan), np.full(sheets, -1), np.zeros(sheets, dtype=int)
    )
    return tuple(points_from_facts(c, facts, options) or nothing for c in rules.criteria)


def treat_entries(
    criterion: Criterion,
    entered: Floats,
    state: Codes,
    facts: Mapping[str, Floats],
    options: Mapping[str, str],
) -> LineTreatment:
    """Decide how the lines of one criterion count, and why their sheets wait if they do."""
    treatment, reason = np.zeros(len(entered), dtype=np.int8), np.zeros(len(entered), dtype=np.int8)
    value = _as_read(criterion, entered, options)
    left = np.ones(len(entered), dtype=bool)  # what the facts do not decide
    implied = (
        points_from_facts(criterion, facts, options)
        if options["score_basis"] == "recomputed"
        else None
    )
    if implied is not None:
        left = np.isnan(implied.points)
        value = np.where(left, value, implied.points)
    over = (entered > criterion.top) & left
    if over.any():
        treatment[over] = CLAMPED if options["over_max_entry"] == "clamp" else REFUSED
        reason[over & (treatment == REFUSED)] = REASONS.index("over_max")
    treatment[(state == NOT_APPLICABLE) & left] = LEFT_OUT
    blank = (state == BLANK) & left
    treatment[blank], reason[blank] = _blank(criterion, options)
    if implied is not None:
        # The facts fall in a gap or an overlap, and the reading refuses to choose.
        unsure = (implied.clause > 0) & left
        treatment[unsure] = REFUSED
        reason[unsure] = np.where(
            implied.clause[unsure] == 1, REASONS.index("level_gap"), REASONS.index("level_overlap")
        )
    _when_not_applying(criterion, facts, options, treatment, reason)
    if _uncounted(criterion, options):
        treatment[:], reason[:] = LEFT_OUT, 0
    return LineTreatment(np.minimum(value, criterion.top), treatment, reason)


def _uncounted(criterion: Criterion, options: Mapping[str, str]) -> bool:
    return criterion.bonus_question is not None and options[criterion.bonus_question] == "left_out"


def _count(
    criterion: Criterion, lines: CountedLines, j: int, value: Floats, options: Mapping[str, str]
) -> None:
    """Write one criterion's points, weight and left-out maximum into ``lines``."""
    top, treatment = criterion.top, lines.treatment[j]
    points, weight, left_out = lines.points[j], lines.weight[j], lines.left_out[j]
    points[:], weight[:], left_out[:] = value, top, 0.0
    points[np.isnan(value)] = 0.0
    # Most lines count as entered; the others are handled one treatment at a time.
    other = np.flatnonzero(treatment)
    how = treatment[other]
    for code, (earned, given, counts, gone) in _COUNTS.items():
        rows = other[how == code]
        if len(rows):
            points[rows] = points[rows] * earned + top * given
            weight[rows], left_out[rows] = top * counts, top * gone
    if _uncounted(criterion, options):
        left_out[:] = 0.0
    if criterion.kind == "mark":
        lines.marks[j] = np.where((weight > 0) & (treatment != REFUSED), points, np.nan)
        points[:], weight[:], left_out[:] = 0.0, 0.0, 0.0


_COUNTS = {
    LEFT_OUT: (0.0, 0.0, 0.0, 1.0),
    FULL: (0.0, 1.0, 1.0, 0.0),
    ZERO: (0.0, 0.0, 1.0, 0.0),
    HALF: (0.5, 0.0, 0.5, 0.5),
    MOVED: (0.0, 0.0, 0.0, 0.0),
    REFUSED: (0.0, 0.0, 1.0, 0.0),
}
"""By treatment: the part of the entry that counts; of the maximum given, weighed and left out."""


def _as_read(criterion: Criterion, entered: Floats, options: Mapping[str, str]) -> Floats:
    """Return entries with decimals and part points as read; the maximum is checked elsewhere."""
    if options["decimal_points"] == "as_written" and (
        criterion.kind not in ("yes_no", "mark") or options["partial_entry"] == "as_entered"
    ):
        return entered
    # Many sheets share few different entries.
    values, place = np.unique(entered, return_inverse=True)
    return np.array(
        [
            value if np.isnan(value) else as_read(criterion, float(value), options)
            for value in values
        ]
    )[place]


def _blank(criterion: Criterion, options: Mapping[str, str]) -> tuple[int, int]:
    """Return how a blank line is treated, and the code of the reason if its sheet waits."""
    closing = options[criterion.closing_question] if criterion.closing_question else "as_blank"
    if closing == "presumed_done":
        return FULL, 0
    if closing == "pending":
        return REFUSED, REASONS.index("closing_pending")
    treatment = {"refuse": REFUSED, "zero": ZERO, "not_judged": LEFT_OUT}[options["blank_line"]]
    return treatment, REASONS.index("blank") if treatment == REFUSED else 0


def _when_not_applying(
    criterion: Criterion,
    facts: Mapping[str, Floats],
    options: Mapping[str, str],
    treatment: Codes,
    reason: Codes,
) -> None:
    """Treat a line not asked of the meeting by its question's reading, whatever was entered."""
    if criterion.applies_when is None or criterion.otherwise is None:
        return
    applies, known = holds(criterion.applies_when, facts)
    absent = known & ~applies
    option = (
        options[criterion.otherwise.question]
        if criterion.otherwise.question != "not_applicable"
        else "not_applicable"
    )
    given = np.full(len(treatment), _WHEN_NOT_APPLYING[option], dtype=np.int8)
    if criterion.kind == "mark":
        given[given == HALF] = JUDGED  # a mark has no points to halve: the members are judged
    if option == "full_if_lone_secretary":
        given[facts["has_deputy"] == 0] = FULL
    decided = absent & (given != JUDGED)
    # Half weight needs an entry to halve; a line that is left out or makes the sheet wait stays as
    # it is.
    decided &= ~((given == HALF) & np.isin(treatment, (LEFT_OUT, REFUSED)))
    treatment[decided] = given[decided]
    reason[decided] = np.where(given[decided] == REFUSED, REASONS.index("no_targets"), 0)


def _move_maximum(rules: RuleSet, lines: CountedLines) -> None:
    """Move the maximum of a line that does not apply to a line that keeps its share of points."""
    position = {c.id: j for j, c in enumerate(rules.criteria)}
    for j, criterion in enumerate(rules.criteria):
        if criterion.otherwise is None or criterion.otherwise.to is None:
            continue
        target = position[criterion.otherwise.to]
        moved = lines.treatment[j] == MOVED
        takes = moved & (lines.weight[target] > 0)
        share = lines.points[target, takes] / lines.weight[target, takes]
        lines.weight[target, takes] += criterion.max
        lines.points[target, takes] = share * lines.weight[target, takes]
        lines.left_out[j, moved & ~takes] = criterion.max


def _share_combined_maximum(
    rules: RuleSet, lines: CountedLines, facts: Mapping[str, Floats], options: Mapping[str, str]
) -> None:
    """Limit two lines to the stated maximum of a combined meeting, if it is read as covering both.

    The second line gets what is left of the maximum.
    """
    if rules.combined is None or options[rules.combined.question] != "both_lines":
        return
    position = {c.id: j for j, c in enumerate(rules.criteria)}
    first, second = (position[line] for line in rules.combined.lines)
    both = facts["combined"] > 0
    weights = [lines.weight[j, both] for j in (first, second)]
    excess = np.minimum(np.maximum(weights[0] + weights[1] - rules.combined.max, 0.0), weights[1])
    lines.weight[second, both] -= excess
    lines.left_out[second, both] += excess
    points = np.minimum(
        lines.points[first, both] + lines.points[second, both], weights[0] + weights[1] - excess
    )
    lines.points[first, both] = np.minimum(points, weights[0])
    lines.points[second, both] = points - np.minimum(points, weights[0])
