"""From meetings to counts: what was due, held and assessed, the classes by month, and one row for each chi bộ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.records import Slice
    from assess.scoring.score import Scores

REGULAR = ("thuong_ky", "ket_hop")
NOT_HELD = ("cancelled", "postponed", "merged")


def classes(scores: Scores) -> dict[str, str]:
    """Return the classes of the rule sets in use, best first: id → name."""
    return {band.id: band.title for rules in scores.rule_sets.values() for band in rules.bands}


def coverage(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per month of the period: how many chi bộ were due, and what became of their meetings.

    Columns: ``month``; ``due``; ``held`` (chi bộ with a regular or combined meeting); ``not_held`` (cancelled,
    postponed or merged, and no other meeting); ``no_record``; ``assessed``; ``waiting`` (held, its sheet not
    classed); ``no_sheet`` (held, no sheet); ``thematic`` (chi bộ with a thematic part). ``due`` = ``held`` +
    ``not_held`` + ``no_record``, and ``held`` = ``assessed`` + ``waiting`` + ``no_sheet``.
    """
    due = made.tables["due"]
    keys = pd.MultiIndex.from_frame(due[["chi_bo_id", "month"]])
    state = pd.DataFrame(index=keys)
    meetings = scores.in_period
    regular = meetings[meetings["kind"].isin(REGULAR)]
    held = regular[regular["status"] == "held"]
    state["held"] = _has(keys, held)
    state["not_held"] = _has(keys, regular[regular["status"].isin(NOT_HELD)]) & ~state["held"]
    state["no_record"] = ~state["held"] & ~state["not_held"]
    state["assessed"] = _has(keys, held[held["assessed"]])
    state["waiting"] = _has(keys, held[held["waiting"]]) & ~state["assessed"]
    state["no_sheet"] = state["held"] & ~state["assessed"] & ~state["waiting"]
    state["thematic"] = _has(keys, meetings[(meetings["status"] == "held") & (meetings["kind"] != "thuong_ky")])
    counts = state.groupby(level="month").sum().reindex(list(made.period.months), fill_value=0).astype(int)
    counts.insert(0, "due", due.groupby("month").size().reindex(counts.index, fill_value=0))
    return counts.rename_axis("month").reset_index()


def classes_by_month(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per month of the period: ``month``, the number of assessed meetings in each class, ``assessed``."""
    assessed = _regular(scores)
    assessed = assessed[assessed["assessed"]]
    counts = pd.crosstab(assessed["month"], assessed["class_id"])
    counts = counts.reindex(index=list(made.period.months), columns=list(classes(scores)), fill_value=0).astype(int)
    counts["assessed"] = counts.sum(axis=1)
    return counts.rename_axis(index="month", columns=None).reset_index()


def by_chi_bo(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per chi bộ that had to meet in the period, in the order of ids.

    Columns: ``chi_bo_id``; ``name`` at the end of the period (or of its existence); months ``due`` and ``held``;
    meetings ``assessed`` and the number of these in each class; ``mean`` and ``minimum`` of their totals (missing when
    none was assessed); ``attendance``, the mean rate of the meetings held.
    """
    tree = made.tree
    due = made.tables["due"].groupby("chi_bo_id").size()
    regular = _regular(scores)
    held = regular[regular["status"] == "held"]
    assessed = held[held["assessed"]]
    table = pd.DataFrame({"due": due})
    table["held"] = held.groupby("chi_bo_id")["month"].nunique()
    table["assessed"] = assessed.groupby("chi_bo_id").size()
    counts = pd.crosstab(assessed["chi_bo_id"], assessed["class_id"]).reindex(columns=list(classes(scores)), fill_value=0)
    table = table.join(counts)
    whole = ["held", "assessed", *classes(scores)]
    table[whole] = table[whole].fillna(0).astype(int)
    table["mean"] = assessed.groupby("chi_bo_id")["total"].mean()
    table["minimum"] = assessed.groupby("chi_bo_id")["total"].min()
    table["attendance"] = held.groupby("chi_bo_id")["attendance_rate"].mean()
    table.insert(0, "name", [tree.name_on(chi_bo, made.period.end) for chi_bo in table.index])
    return table.rename_axis("chi_bo_id").reset_index()


def shares(counts: Sequence[int], reading: str) -> list[float | None]:
    """Return each count's share of their sum, as ratios; none of nothing is unknown.

    ``largest_remainder`` rounds to a tenth of a percent so that they add up to exactly 100 %; ``unrounded`` leaves
    them as they are, so that what is printed may add up to 99.9 or 100.1.

    >>> shares([1, 1, 1], "largest_remainder")
    [0.334, 0.333, 0.333]
    """
    total = sum(counts)
    if not total:
        return [None] * len(counts)
    if reading == "unrounded":
        return [count / total for count in counts]
    floors = [count * 1000 // total for count in counts]
    order = sorted(range(len(counts)), key=lambda i: (-(counts[i] * 1000 % total), i))
    for i in order[: 1000 - sum(floors)]:
        floors[i] += 1
    return [floor / 1000 for floor in floors]


def _regular(scores: Scores) -> pd.DataFrame:
    """The regular and combined meetings of the period; a thematic one held apart feeds the month's sheet."""
    return scores.in_period[scores.in_period["kind"].isin(REGULAR)]


def _has(keys: pd.MultiIndex, meetings: pd.DataFrame) -> pd.Series:
    found = pd.MultiIndex.from_frame(meetings[["chi_bo_id", "month"]])
    return pd.Series(keys.isin(found), index=keys)
