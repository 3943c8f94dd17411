"""From the lines of a sheet to its total and class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assess.scoring.sheets.lines import LEFT_OUT, REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from assess.rules import RuleSet
    from assess.scoring.sheets.lines import CountedLines

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_DECIMALS = 9
"""Totals are rounded to a billionth of a point, which removes binary noise and changes no class."""


@dataclass(frozen=True, slots=True)
class RawTotals:
    """The totals of sheets, with one value per sheet.

    ``total`` is out of ``out_of`` and never more; ``band_scale`` is the factor on the bands.
    ``waits`` marks sheets that cannot be classified, with a code of
    :data:`~assess.scoring.sheets.lines.REASONS` (0: nothing on them applies). Their ``raw`` and
    ``total`` are NaN, as are those of a rule set without points.
    """

    raw: Floats
    total: Floats
    out_of: Floats
    band_scale: Floats
    waits: Flags
    reason: Ints


def total(rules: RuleSet, lines: CountedLines, options: Mapping[str, str]) -> RawTotals:
    """Add up each sheet, treating lines that do not apply by the reading of ``not_applicable``."""
    reason = lines.reason.max(axis=0)
    if not rules.has_points:
        waits = (reason > 0) | np.isnan(lines.share).all(axis=0)
        none = np.full(len(reason), np.nan)
        return RawTotals(none, none, none, np.ones(len(reason)), waits, reason)
    bonus = np.array(
        [
            c.bonus_question is not None and options[c.bonus_question] != "inside"
            for c in rules.criteria
        ],
        dtype=bool,
    )
    whole = rules.total - sum(
        c.max for c, apart in zip(rules.criteria, bonus, strict=True) if apart
    )
    inside = ~bonus if bonus.any() else slice(None)
    raw, weight = lines.points[inside].sum(axis=0), lines.weight[inside].sum(axis=0)
    option = options["not_applicable"]
    waits = (reason > 0) | ((weight <= 0) & (option not in ("full", "zero")))
    band_scale = np.ones(len(raw))
    out_of = np.full(len(raw), whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        if option == "rescale_total":
            result = raw * whole / weight
        elif option == "rescale_group":
            result = _by_group(rules, lines, bonus, whole)
        elif option == "full":
            result = raw + lines.left_out[inside].sum(axis=0)
        elif option == "leave_out":
            result, out_of = raw, weight
        elif option == "scale_cuts":
            result, out_of, band_scale = raw, weight, weight / whole
        else:
            result = raw
    # Unless a bonus line is read as one line among the others, the others fill the scale, and the
    # bonus is added on top or not counted.
    added = lines.points[bonus].sum(axis=0)
    out_of = out_of * (rules.total / whole)
    result = np.minimum(
        result * (rules.total / whole) + added, out_of
    )  # no total exceeds the maximum
    result = np.where(waits, np.nan, np.round(result, _DECIMALS))
    return RawTotals(
        np.where(waits, np.nan, raw + added), result, out_of, band_scale, waits, reason
    )


def from_stated(
    rules: RuleSet, totals: RawTotals, bare: Flags, stated: Floats, options: Mapping[str, str]
) -> RawTotals:
    """Give sheets without any line (``bare``) the total that a monthly summary states for them.

    On a rule set with class conditions the class does not follow from the total alone: the sheets
    keep waiting for lines.
    """
    if rules.gates:
        return totals
    over = bare & (stated > rules.total)
    waits = over & (options["over_max_entry"] != "clamp")
    value = np.where(waits, np.nan, np.minimum(stated, rules.total))
    return RawTotals(
        np.where(bare, value, totals.raw),
        np.where(bare, value, totals.total),
        np.where(bare, rules.total, totals.out_of),
        np.where(bare, 1.0, totals.band_scale),
        np.where(bare, waits, totals.waits),
        np.where(bare, np.where(waits, REASONS.index("over_max"), 0), totals.reason),
    )


def _by_group(rules: RuleSet, lines: CountedLines, apart: Flags, whole: float) -> Floats:
    """Rescale inside each group, to ``whole`` in all.

    A group in which nothing applies is spread over the others.
    """
    result = np.zeros(lines.points.shape[1])
    present = np.zeros(lines.points.shape[1])
    start = 0
    for group in rules.groups:
        part = start + np.flatnonzero(~apart[start : start + len(group.criteria)])
        start += len(group.criteria)
        points, weight = lines.points[part].sum(axis=0), lines.weight[part].sum(axis=0)
        applies = weight > 0
        # A group that another line's maximum was moved into or out of keeps its present size.
        size = weight + lines.left_out[part].sum(axis=0)
        result += np.where(applies, points * size / np.where(applies, weight, 1.0), 0.0)
        present += np.where(applies, size, 0.0)
    return result * whole / present


def rank(rules: RuleSet, totals: Floats, band_scale: Floats) -> Ints:
    """Return the position of each total's band, best band first as in the file; −1 for none."""
    result = np.full(len(totals), -1)
    for position, band in enumerate(rules.bands):
        inside = ~np.isnan(totals)
        (low, low_in), (high, high_in) = band.lower, band.upper
        if low is not None:
            edge = np.round(low.plus * band_scale, _DECIMALS)
            inside &= (totals >= edge) if low_in else (totals > edge)
        if high is not None:
            edge = np.round(high.plus * band_scale, _DECIMALS)
            inside &= (totals <= edge) if high_in else (totals < edge)
        result[inside & (result < 0)] = position
    return result


@dataclass(frozen=True, slots=True)
class SheetClasses:
    """The classes of sheets, with one value per sheet; ``rank`` is the class's position (−1: none).

    ``struck`` is the class condition that held it down (−1: none; the number of conditions: an
    unexcused absence). ``unknown`` marks sheets that must wait because a class condition needs the
    points of a mark.
    """

    rank: Ints
    struck: Ints
    unknown: Flags


def classify(
    rules: RuleSet,
    lines: CountedLines,
    totals: RawTotals,
    facts: Mapping[str, Floats],
    options: Mapping[str, str],
) -> SheetClasses:
    """Classify each sheet, by its total or, on a rule set without points, by its marks.

    A class condition that is not met holds the class down.
    """
    size = len(totals.total)
    if not rules.has_points:
        failed = _short(lines, options).any(axis=0)
        return SheetClasses(
            np.where(totals.waits, -1, failed.astype(int)),
            np.full(size, -1),
            np.zeros(size, dtype=bool),
        )
    ranks = rank(rules, totals.total, totals.band_scale)
    struck, unknown, result = np.full(size, -1), np.zeros(size, dtype=bool), ranks.copy()
    for g, gate in enumerate(rules.gates):
        held = [b.id for b in rules.bands].index(gate.holds)
        failed, worst, pointless = _needs(
            rules, lines, [need.criterion for need in gate.needs], options
        )
        hit = failed & (ranks >= 0) & (ranks <= held)
        fallen = np.full(size, held + 1)
        if options[gate.question] == "class_of_failed_line":
            fallen = np.maximum(worst, held + 1)
            unknown |= hit & pointless
        struck = np.where(hit & (fallen > result), g, struck)
        result = np.where(hit, np.maximum(fallen, result), result)
    if options["unexcused"] == "gate" and any(q.id == "unexcused" for q in rules.questions):
        hit = (np.nan_to_num(facts["absent_unexcused"]) > 0) & (result == 0)
        result = np.where(hit, 1, result)
        struck = np.where(hit, len(rules.gates), struck)
    return SheetClasses(np.where(unknown, -1, result), struck, unknown)


_MET = 1 - 1e-9
"""A line is met from this share on: 0.3 / 0.3 need not be 1 after its points were moved about."""


def _short(lines: CountedLines, options: Mapping[str, str]) -> Flags:
    """Return where a line is not met.

    A line that does not apply counts as not met only where it is read as zero points.
    """
    short: Flags = lines.share < _MET
    return short | (lines.treatment == LEFT_OUT) if options["not_applicable"] == "zero" else short


def _needs(
    rules: RuleSet, lines: CountedLines, needs: Sequence[str], options: Mapping[str, str]
) -> tuple[Flags, Ints, Flags]:
    """Return where a need fails, the worst failed line's class, and where one has no points."""
    position = {c.id: j for j, c in enumerate(rules.criteria)}
    size = lines.points.shape[1]
    failed, pointless, worst = (
        np.zeros(size, dtype=bool),
        np.zeros(size, dtype=bool),
        np.full(size, -1),
    )
    all_short, shares = _short(lines, options), np.nan_to_num(lines.share)
    for need in needs:
        j = position[need]
        short = all_short[j]
        failed |= short
        if rules.criteria[j].kind == "mark":
            pointless |= short
        else:
            worst = np.maximum(
                worst, rank(rules, np.where(short, shares[j] * rules.total, np.nan), np.ones(size))
            )
    return failed, worst, pointless
