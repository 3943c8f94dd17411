"""What one level sends up: its figures month by month, and how they agree with what the units below it sent.

Each chi bộ and month counts once: for the unit that the chi bộ stands under at the end of the month. So the figures of a
level are the sum of those below it, whatever moved within the period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base.periods import month_end
from assess.scoring.summary import REGULAR

if TYPE_CHECKING:
    from assess.records import Slice
    from assess.scoring.score import Scores

DUE, HELD, ASSESSED, THEMATIC = "due", "held", "assessed", "thematic"
OWN = "truc-tiep"
"""Stands for the chi bộ themselves where a level has cells that report to it directly."""


def by_chi_bo(made: Slice, scores: Scores) -> pd.DataFrame:
    """Return one row per chi bộ, month and measure that is not zero: ``chi_bo_id``, ``month``, ``measure``, ``value``.

    Measures: ``due``; ``held`` (a regular or combined meeting took place); ``thematic`` (the month has a thematic part);
    ``assessed`` (meetings with a class); ``FORM.CLASS``, the meetings of a class of a form.
    """
    due = made.tables["due"].assign(measure=DUE, value=1)
    meetings = scores.in_period
    held = meetings[meetings["status"] == "held"]
    regular = held[held["kind"].isin(REGULAR)][["chi_bo_id", "month"]].drop_duplicates().assign(measure=HELD, value=1)
    thematic = held[held["kind"] != "thuong_ky"][["chi_bo_id", "month"]].drop_duplicates().assign(measure=THEMATIC, value=1)
    classed = held[held["assessed"]]
    counted = classed.groupby(["chi_bo_id", "month"]).size().rename("value").reset_index().assign(measure=ASSESSED)
    named = classed.assign(measure=classed["rule_set_id"].astype(str) + "." + classed["class_id"].astype(str))
    classes = named.groupby(["chi_bo_id", "month", "measure"]).size().rename("value").reset_index()
    parts = [part for part in (due, regular, thematic, counted, classes) if len(part)]
    columns = ["chi_bo_id", "month", "measure", "value"]
    return pd.concat([part[columns] for part in parts], ignore_index=True) if parts else pd.DataFrame(columns=columns)


def totals(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of a whole level: ``month``, ``measure``, ``value``, in that order."""
    return figures.groupby(["month", "measure"], sort=True)["value"].sum().astype(int).reset_index()


def below(made: Slice, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures by the unit that reports them to the đảng bộ: ``unit_id``, ``month``, ``measure``, ``value``.

    A chi bộ that reports to it directly is a unit of its own, as is one under a *đảng ủy bộ phận*.
    """
    reporting = {
        (chi_bo, month): _reporting(made, str(chi_bo), str(month))
        for chi_bo, month in figures[["chi_bo_id", "month"]].itertuples(index=False)
    }
    keys = zip(figures["chi_bo_id"], figures["month"], strict=True)
    named = figures.assign(unit_id=[reporting[key] for key in keys])
    return named.groupby(["unit_id", "month", "measure"], sort=True)["value"].sum().astype(int).reset_index()


def _reporting(made: Slice, chi_bo: str, month: str) -> str:
    day = month_end(month)
    for unit in made.tree.above(chi_bo, day):
        upper = made.tree.reports_to(unit.unit_id, day)
        if unit.level != "bo_phan" and upper is not None and upper.unit_id == made.dang_bo:
            return unit.unit_id
    return chi_bo


def differences(computed: pd.DataFrame, filed: pd.DataFrame) -> pd.DataFrame:
    """Return where what units sent differs from what the records give: ``unit_id``, ``month``, ``measure``, ``sent``, ``computed``.

    ``computed`` is the result of :func:`below`, ``filed`` the figures sent for the same period. Only units that sent
    something are compared; a measure that is not among the figures sent was sent as none.
    """
    units = set(filed["unit_id"])
    sent = filed.set_index(["unit_id", "month", "measure"])["value"]
    known = computed[computed["unit_id"].isin(units)].set_index(["unit_id", "month", "measure"])["value"]
    both = pd.DataFrame({"sent": sent, "computed": known}).fillna(0).astype(int)
    both = both[both["sent"] != both["computed"]]
    return both.rename_axis(["unit_id", "month", "measure"]).sort_index().reset_index()
