"""Figures that a level sends up each month, and how they agree with those sent from below.

Each chi bộ and month counts once: for the unit that the chi bộ belongs to at the end of the month
(in the month under way: on the day up to which the records are read). So the figures of a level are
the sum of those below it, whatever moved within the period.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from assess.scoring.period.summary import REGULAR, asked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assess.records import Slice
    from assess.scoring.score import Scores

DUE, HELD, ASSESSED, THEMATIC = "due", "held", "assessed", "thematic"


def by_chi_bo(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per chi bộ, month and measure that is not zero.

    Columns: ``chi_bo_id``, ``month``, ``measure``, ``value``. Measures that count a month of a chi
    bộ once, as in the table of coverage: ``due`` (see :func:`assess.scoring.period.summary.asked`);
    ``held`` (a regular or combined meeting took place); ``thematic`` (the month has a thematic
    part); ``assessed`` (a regular or combined meeting has a class). ``FORM.CLASS`` (rule set and
    class) counts meetings of that class.
    """
    meetings = scores.meetings
    held = meetings[meetings["status"] == "held"]
    regular, classed = held["kind"].isin(REGULAR), held[held["assessed"]]
    once = {
        DUE: asked(made, scores),
        HELD: held[regular],
        THEMATIC: held[held["kind"] != "thuong_ky"],
        ASSESSED: held[regular & held["assessed"]],
    }
    rows = [
        (chi_bo, month, measure, 1)
        for measure, counted in once.items()
        for chi_bo, month in dict.fromkeys(zip(counted["chi_bo_id"], counted["month"], strict=True))
    ]
    named = classed["rule_set_id"].astype(str) + "." + classed["class_id"].astype(str)
    classes = Counter(zip(classed["chi_bo_id"], classed["month"], named, strict=True))
    rows += [(*key, count) for key, count in sorted(classes.items())]
    return pd.DataFrame(rows, columns=["chi_bo_id", "month", "measure", "value"])


def totals(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of a whole level: ``month``, ``measure``, ``value``, in that order."""
    keys = zip(figures["month"].to_numpy(), figures["measure"].to_numpy(), strict=True)
    return _sums(["month", "measure"], keys, figures["value"])


def below(made: Slice, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures by the unit that reports them to the đảng bộ.

    Columns: ``unit_id``, ``month``, ``measure``, ``value``. A chi bộ that reports to it directly,
    or is under a *đảng ủy bộ phận*, is a unit of its own.
    """
    chi_bo, months, measures = (
        figures[name].to_numpy() for name in ("chi_bo_id", "month", "measure")
    )
    lines = {
        (unit_id, month): made.tree.reporting_line(unit_id, made.last_day(month), made.dang_bo)
        for unit_id, month in set(zip(chi_bo, months, strict=True))
    }
    reporting = {key: line[-1] if line else key[0] for key, line in lines.items()}
    units = [reporting[key] for key in zip(chi_bo, months, strict=True)]
    keys = zip(units, months, measures, strict=True)
    return _sums(["unit_id", "month", "measure"], keys, figures["value"])


def _sums(names: list[str], keys: Iterable[tuple[str, ...]], values: Iterable[int]) -> pd.DataFrame:
    """Return the sum of the values of each key as a column ``value``, sorted by key."""
    found: Counter[tuple[str, ...]] = Counter()
    for key, value in zip(keys, values, strict=True):
        found[key] += int(value)
    rows = [(*key, value) for key, value in sorted(found.items())]
    return pd.DataFrame(rows, columns=[*names, "value"]).astype({"value": int})


def differences(computed: pd.DataFrame, filed: pd.DataFrame) -> pd.DataFrame:
    """Return the figures in which what units sent differs from what the records give.

    Columns: ``unit_id``, ``month``, ``measure``, ``sent``, ``computed``. ``computed`` is the result
    of :func:`below`, ``filed`` the figures sent for the same period. Only months in which a unit
    sent something are compared (see :func:`unsent`); a measure missing among them was sent as zero.
    """
    sent = filed.set_index(["unit_id", "month", "measure"])["value"]
    keys = pd.MultiIndex.from_frame(computed[["unit_id", "month"]])
    known = computed[keys.isin(pd.MultiIndex.from_frame(filed[["unit_id", "month"]]))].set_index(
        ["unit_id", "month", "measure"]
    )["value"]
    both = pd.DataFrame({"sent": sent, "computed": known}).fillna(0).astype(int)
    both = both[both["sent"] != both["computed"]]
    return both.rename_axis(["unit_id", "month", "measure"]).sort_index().reset_index()


def unsent(computed: pd.DataFrame, filed: pd.DataFrame) -> pd.DataFrame:
    """Return the months with records of which a unit sent no figure, though it sent others.

    Columns: ``unit_id``, ``month``. Nothing sent is not a zero.
    """
    theirs = computed.loc[
        computed["unit_id"].isin(filed["unit_id"]), ["unit_id", "month"]
    ].drop_duplicates()
    found = theirs.merge(filed[["unit_id", "month"]].drop_duplicates(), how="left", indicator=True)
    return (
        found.loc[found["_merge"] == "left_only", ["unit_id", "month"]]
        .sort_values(["unit_id", "month"])
        .reset_index(drop=True)
    )
