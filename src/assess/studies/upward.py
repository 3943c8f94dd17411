"""Figures that a level sends up each month, and how they agree with those sent from below.

Each chi bộ and month counts once: for the unit that the chi bộ belongs to at the end of the month
(in the month under way: on the day up to which the records are read). So the figures of a level are
the sum of those below it, whatever moved within the period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.scoring.period.summary import REGULAR, asked

if TYPE_CHECKING:
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
    due = asked(made, scores).assign(measure=DUE, value=1)
    meetings = scores.meetings
    held = meetings[meetings["status"] == "held"]
    regular = (
        held[held["kind"].isin(REGULAR)][["chi_bo_id", "month"]]
        .drop_duplicates()
        .assign(measure=HELD, value=1)
    )
    thematic = (
        held[held["kind"] != "thuong_ky"][["chi_bo_id", "month"]]
        .drop_duplicates()
        .assign(measure=THEMATIC, value=1)
    )
    classed = held[held["assessed"]]
    counted = (
        classed[classed["kind"].isin(REGULAR)][["chi_bo_id", "month"]]
        .drop_duplicates()
        .assign(measure=ASSESSED, value=1)
    )
    named = classed.assign(
        measure=classed["rule_set_id"].astype(str) + "." + classed["class_id"].astype(str)
    )
    classes = named.groupby(["chi_bo_id", "month", "measure"]).size().rename("value").reset_index()
    parts = [part for part in (due, regular, thematic, counted, classes) if len(part)]
    columns = ["chi_bo_id", "month", "measure", "value"]
    return (
        pd.concat([part[columns] for part in parts], ignore_index=True)
        if parts
        else pd.DataFrame(columns=columns)
    )


def totals(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of a whole level: ``month``, ``measure``, ``value``, in that order."""
    return figures.groupby(["month", "measure"], sort=True)["value"].sum().astype(int).reset_index()


def below(made: Slice, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures by the unit that reports them to the đảng bộ.

    Columns: ``unit_id``, ``month``, ``measure``, ``value``. A chi bộ that reports to it directly,
    or is under a *đảng ủy bộ phận*, is a unit of its own.
    """
    pairs = {(str(c), str(m)) for c, m in figures[["chi_bo_id", "month"]].itertuples(index=False)}
    lines = {
        (chi_bo, month): made.tree.reporting_line(chi_bo, made.last_day(month), made.dang_bo)
        for chi_bo, month in pairs
    }
    reporting = {key: line[-1] if line else key[0] for key, line in lines.items()}
    keys = zip(figures["chi_bo_id"], figures["month"], strict=True)
    named = figures.assign(unit_id=[reporting[key] for key in keys])
    return (
        named.groupby(["unit_id", "month", "measure"], sort=True)["value"]
        .sum()
        .astype(int)
        .reset_index()
    )


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
