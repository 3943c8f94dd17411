"""From the entries of sheets to the points that count, line by line; all sheets of one form at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assess.scoring.levels import FromFacts, holds, points_from_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from assess.rules import Criterion, RuleSet

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

ENTERED, NOT_APPLICABLE, BLANK = 0, 1, 2
STATE_NAMES = ("entered", "not_applicable", "blank")

JUDGED, LEFT_OUT, FULL, ZERO, HALF, MOVED, CLAMPED, REFUSED = range(8)
TREATMENTS = ("judged", "left_out", "full", "zero", "half", "moved", "clamped", "refused")
"""How a line came to count: as judged; left out as not applicable; full points or none by a reading; half its weight;
its points handed to another line; cut to the maximum; or not at all, so that the whole sheet waits."""

REASONS = ("", "blank", "over_max", "level_gap", "level_overlap", "no_targets", "closing_pending", "line_without_points")
"""Why a sheet waits, by code: a line left blank, an entry over the maximum, a value in no level or in two, no targets, a
line that is judged after the meeting, a gate that asks for the points of a mark."""

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
class Entries:
    """What stands on the sheets of one form: arrays of shape (sheets, criteria)."""

    points: Floats
    state: Ints


@dataclass(frozen=True, slots=True)
class Lines:
    """What counts: arrays of shape (sheets, criteria).

    ``points`` out of ``weight`` count; ``left_out`` is the part of the maximum that does not apply. ``share`` is the
    part of its own maximum that a line reached (for a mark: 1 met, 0 not), NaN where it does not apply. ``entered`` and
    ``recomputed`` are both kept; ``level`` and ``clause`` say how the facts led to the latter
    (:class:`~assess.scoring.levels.FromFacts`). ``reason`` is a code of :data:`REASONS` where the sheet must wait.
    """

    points: Floats
    weight: Floats
    left_out: Floats
    share: Floats
    entered: Floats
    recomputed: Floats
    level: Ints
    clause: Ints
    state: Ints
    treatment: Ints
    reason: Ints

    @property
    def contradicts(self) -> Flags:
        """Where a rater entered other points than the recorded facts imply, on a line that applies."""
        with np.errstate(invalid="ignore"):
            differs = (self.entered != self.recomputed) & ~np.isnan(self.entered) & ~np.isnan(self.recomputed)
        found: Flags = differs & np.isin(self.treatment, (JUDGED, CLAMPED, REFUSED))
        return found


def judge(rules: RuleSet, entries: Entries, facts: Mapping[str, Floats], options: Mapping[str, str]) -> Lines:
    """Decide every line of every sheet of one form under the readings in use."""
    n, k = entries.points.shape
    columns = [_judge_one(c, entries.points[:, j], entries.state[:, j], facts, options) for j, c in enumerate(rules.criteria)]
    stacked = {name: np.empty((n, k), dtype=float if name in _FLOATS else int) for name in Lines.__slots__}
    for j, column in enumerate(columns):
        for name in Lines.__slots__:
            stacked[name][:, j] = getattr(column, name)
    _move(rules, stacked)
    _share_combined_maximum(rules, stacked, facts, options)
    applies = stacked["weight"] > 0
    earned = stacked["points"] / np.where(applies, stacked["weight"], 1.0)
    marks = np.array([c.kind == "mark" for c in rules.criteria], dtype=bool)
    stacked["share"] = np.where(marks, stacked["share"], np.where(applies, earned, np.nan))
    return Lines(**stacked)


_FLOATS = ("points", "weight", "left_out", "share", "entered", "recomputed")


def without_lines(lines: Lines, bare: Flags) -> Lines:
    """Take the lines of some sheets (``bare``) out of the count: only their total is known, no line lost or earned points."""
    rows = bare[:, None]
    gone = {name: np.where(rows, 0.0, getattr(lines, name)) for name in ("points", "weight", "left_out")}
    treatment = np.where(rows, LEFT_OUT, lines.treatment)
    reason, share = np.where(rows, 0, lines.reason), np.where(rows, np.nan, lines.share)
    return replace(lines, **gone, treatment=treatment, reason=reason, share=share)


def _judge_one(criterion: Criterion, points: Floats, state: Ints, facts: Mapping[str, Floats], options: Mapping[str, str]) -> Lines:
    n = len(points)
    entered = np.where(state == ENTERED, points, np.nan)
    implied = points_from_facts(criterion, facts, options)
    if implied is None:
        implied = FromFacts(np.full(n, np.nan), np.full(n, -1), np.zeros(n, dtype=int))
    use_facts = options["score_basis"] == "recomputed"
    from_facts = ~np.isnan(implied.points) if use_facts else np.zeros(n, dtype=bool)
    value = np.where(from_facts, implied.points, _as_read(criterion, entered, options))

    treatment = np.full(n, JUDGED)
    reason = np.zeros(n, dtype=int)
    over = (entered > criterion.top) & ~from_facts
    treatment[over] = CLAMPED if options["over_max_entry"] == "clamp" else REFUSED
    reason[over & (treatment == REFUSED)] = REASONS.index("over_max")
    value = np.minimum(value, criterion.top)

    treatment[(state == NOT_APPLICABLE) & ~from_facts] = LEFT_OUT
    blank = (state == BLANK) & ~from_facts
    treatment[blank], reason[blank] = _blank(criterion, options)
    if use_facts:
        # the facts put the line in a hole or an overlap, and the reading says to ask rather than to choose
        unsure = (implied.clause > 0) & np.isnan(implied.points)
        treatment[unsure] = REFUSED
        reason[unsure] = np.where(implied.clause[unsure] == 1, REASONS.index("level_gap"), REASONS.index("level_overlap"))
    _when_not_applying(criterion, facts, options, treatment, reason)
    uncounted = criterion.bonus_question is not None and options[criterion.bonus_question] == "left_out"
    if uncounted:
        treatment[:], reason[:] = LEFT_OUT, 0

    top = criterion.top
    weight = np.select([treatment == LEFT_OUT, treatment == MOVED, treatment == HALF], [0.0, 0.0, top / 2], top)
    left_out = np.select([treatment == LEFT_OUT, treatment == HALF], [top, top / 2], 0.0)
    value = np.where(treatment == ZERO, 0.0, np.nan_to_num(value))
    counted = np.select(
        [np.isin(treatment, (LEFT_OUT, MOVED, ZERO, REFUSED)), treatment == FULL, treatment == HALF], [0.0, top, value / 2], value
    )
    if uncounted:
        left_out = np.zeros(n)
    share = np.full(n, np.nan)
    if criterion.kind == "mark":
        share = np.where((weight > 0) & (treatment != REFUSED), counted, np.nan)
        counted, weight, left_out = np.zeros(n), np.zeros(n), np.zeros(n)
    return Lines(counted, weight, left_out, share, entered, implied.points, implied.level, implied.clause, state, treatment, reason)


def _as_read(criterion: Criterion, entered: Floats, options: Mapping[str, str]) -> Floats:
    """An entry as decimals and part points are read; whether it is over the maximum is asked of what was written."""
    step = {"as_written": 0.0, "halves": 0.5, "whole": 1.0}[options["decimal_points"]]
    value = np.floor(entered / step + 0.5) * step if step and criterion.kind != "mark" else entered
    if criterion.kind not in ("yes_no", "mark") or options["partial_entry"] == "as_entered":
        return value
    half = criterion.top / 2
    part = (value < criterion.top) & ~np.isnan(value)
    kept = np.where(value >= half, half, 0.0) if options["partial_entry"] == "halves" and criterion.kind == "yes_no" else 0.0
    return np.where(part, kept, value)


def _blank(criterion: Criterion, options: Mapping[str, str]) -> tuple[int, int]:
    """How a line that was left blank is treated, and why its sheet waits if it does."""
    closing = options[criterion.closing_question] if criterion.closing_question else "as_blank"
    if closing == "presumed_done":
        return FULL, 0
    if closing == "pending":
        return REFUSED, REASONS.index("closing_pending")
    treatment = {"refuse": REFUSED, "zero": ZERO, "not_judged": LEFT_OUT}[options["blank_line"]]
    return treatment, REASONS.index("blank") if treatment == REFUSED else 0


def _when_not_applying(
    criterion: Criterion, facts: Mapping[str, Floats], options: Mapping[str, str], treatment: Ints, reason: Ints
) -> None:
    """A line that the form does not ask of this meeting is treated as the form's question is read, whatever was entered."""
    if criterion.applies_when is None or criterion.otherwise is None:
        return
    applies, known = holds(criterion.applies_when, facts)
    absent = known & ~applies
    option = options[criterion.otherwise.question] if criterion.otherwise.question != "not_applicable" else "not_applicable"
    given = np.full(len(treatment), _WHEN_NOT_APPLYING[option])
    if criterion.kind == "mark":
        given[given == HALF] = JUDGED  # a mark has no points to halve: the members are judged
    if option == "full_if_lone_secretary":
        given[facts["has_deputy"] == 0] = FULL
    decided = absent & (given != JUDGED)
    # half weight still needs an entry to halve; a line that was left out or makes the sheet wait stays what it is
    decided &= ~((given == HALF) & np.isin(treatment, (LEFT_OUT, REFUSED)))
    treatment[decided] = given[decided]
    reason[decided] = np.where(given[decided] == REFUSED, REASONS.index("no_targets"), 0)


def _move(rules: RuleSet, lines: dict[str, Floats]) -> None:
    """Hand the maximum of a line that does not apply to another one, which keeps the share of points it earned."""
    position = {c.id: j for j, c in enumerate(rules.criteria)}
    for j, criterion in enumerate(rules.criteria):
        if criterion.otherwise is None or criterion.otherwise.to is None:
            continue
        target = position[criterion.otherwise.to]
        moved = lines["treatment"][:, j] == MOVED
        takes = moved & (lines["weight"][:, target] > 0)
        before = lines["weight"][takes, target]
        share = lines["points"][takes, target] / before
        lines["weight"][takes, target] += criterion.max
        lines["points"][takes, target] = share * lines["weight"][takes, target]
        lines["left_out"][moved & ~takes, j] = criterion.max


def _share_combined_maximum(rules: RuleSet, lines: dict[str, Floats], facts: Mapping[str, Floats], options: Mapping[str, str]) -> None:
    """Where the stated maximum of a combined sitting is read as covering both lines, the second gets what is left of it."""
    if rules.combined is None or options[rules.combined.question] != "both_lines":
        return
    position = {c.id: j for j, c in enumerate(rules.criteria)}
    first, second = (position[line] for line in rules.combined.lines)
    both = facts["combined"] > 0
    weights = [lines["weight"][both, j] for j in (first, second)]
    excess = np.minimum(np.maximum(weights[0] + weights[1] - rules.combined.max, 0.0), weights[1])
    lines["weight"][both, second] -= excess
    lines["left_out"][both, second] += excess
    points = np.minimum(lines["points"][both, first] + lines["points"][both, second], weights[0] + weights[1] - excess)
    lines["points"][both, first] = np.minimum(points, weights[0])
    lines["points"][both, second] = points - np.minimum(points, weights[0])
