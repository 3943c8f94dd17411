"""From lines to a sheet's total and class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from assess.rules import RuleSet
    from assess.scoring.lines import Lines

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_DECIMALS = 9
"""Totals are rounded to a billionth of a point, which undoes binary noise and changes no class."""


@dataclass(frozen=True, slots=True)
class Totals:
    """One value per sheet. ``total`` is out of ``out_of``; ``cuts`` is the factor on the bands; NaN where a sheet waits."""

    raw: Floats
    total: Floats
    out_of: Floats
    cuts: Floats
    reason: Ints


def total(rules: RuleSet, lines: Lines, options: Mapping[str, str]) -> Totals:
    """Add up each sheet, treating what does not apply as the question ``not_applicable`` is read."""
    raw = lines.points.sum(axis=1)
    weight = lines.weight.sum(axis=1)
    missing = lines.left_out.sum(axis=1)
    reason = lines.reason.max(axis=1) if lines.reason.shape[1] else np.zeros(len(raw), dtype=int)
    option = options["not_applicable"]
    waits = (reason > 0) | ((weight <= 0) & (option not in ("full", "zero")))
    cuts = np.ones(len(raw))
    out_of = np.full(len(raw), rules.total)
    with np.errstate(divide="ignore", invalid="ignore"):
        if option == "rescale_total":
            result = raw * rules.total / weight
        elif option == "rescale_group":
            result = _by_group(rules, lines)
        elif option == "full":
            result = raw + missing
        elif option == "leave_out":
            result, out_of = raw, weight
        elif option == "scale_cuts":
            result, out_of, cuts = raw, weight, weight / rules.total
        else:
            result = raw
    result = np.where(waits, np.nan, np.round(result, _DECIMALS))
    return Totals(np.where(waits, np.nan, raw), result, out_of, cuts, reason)


def _by_group(rules: RuleSet, lines: Lines) -> Floats:
    """Rescale inside each group; a group of which nothing applies is spread over the others."""
    result = np.zeros(len(lines.points))
    present = np.zeros(len(lines.points))
    start = 0
    for group in rules.groups:
        part = slice(start, start + len(group.criteria))
        start += len(group.criteria)
        points, weight = lines.points[:, part].sum(axis=1), lines.weight[:, part].sum(axis=1)
        applies = weight > 0
        # a group that another line's maximum was moved into or out of keeps the size it has now
        size = weight + lines.left_out[:, part].sum(axis=1)
        result += np.where(applies, points * size / np.where(applies, weight, 1.0), 0.0)
        present += np.where(applies, size, 0.0)
    return result * rules.total / present


def rank(rules: RuleSet, totals: Floats, cuts: Floats) -> Ints:
    """Return the position of each total's band in the rule set, best band first as the file lists them; −1 for none."""
    result = np.full(len(totals), -1)
    for position, band in enumerate(rules.bands):
        inside = ~np.isnan(totals)
        (low, low_in), (high, high_in) = band.lower, band.upper
        if low is not None:
            edge = np.round(low.plus * cuts, _DECIMALS)
            inside &= (totals >= edge) if low_in else (totals > edge)
        if high is not None:
            edge = np.round(high.plus * cuts, _DECIMALS)
            inside &= (totals <= edge) if high_in else (totals < edge)
        result[inside & (result < 0)] = position
    return result


def gated(rules: RuleSet, lines: Lines, ranks: Ints, unexcused: Floats, options: Mapping[str, str]) -> tuple[Ints, Ints]:
    """Hold classes down where a gate fails; return the ranks and which gate struck (−1: none; len(gates): unexcused)."""
    position = {c.id: j for j, c in enumerate(rules.criteria)}
    lowest = len(rules.bands) - 1
    struck = np.full(len(ranks), -1)
    result = ranks.copy()
    for g, gate in enumerate(rules.gates):
        held = [b.id for b in rules.bands].index(gate.holds)
        failed = np.zeros(len(ranks), dtype=bool)
        worst = np.full(len(ranks), -1)
        for need in gate.needs:
            j = position[need.criterion]
            short = (lines.weight[:, j] > 0) & (lines.points[:, j] < lines.weight[:, j] - 1e-9)
            failed |= short
            share = np.where(short, lines.points[:, j] * rules.total / np.where(short, lines.weight[:, j], 1.0), np.nan)
            worst = np.maximum(worst, rank(rules, share, np.ones(len(share))))
        hit = failed & (ranks >= 0) & (ranks <= held)
        fallen = np.full(len(ranks), held + 1) if options[gate.question] == "one_class" else np.maximum(worst, held + 1)
        fallen = np.minimum(fallen, lowest)
        struck = np.where(hit & (fallen > result), g, struck)
        result = np.where(hit, np.maximum(fallen, result), result)
    if options["unexcused"] == "gate" and any(q.id == "unexcused" for q in rules.questions):
        hit = (np.nan_to_num(unexcused) > 0) & (result == 0)
        result = np.where(hit, 1, result)
        struck = np.where(hit, len(rules.gates), struck)
    return result, struck
