"""Chi bộ inspected or visited in the year, and the inspection prerequisite of the annual class.

Tây Ninh's standing board (31/10/2017): a grassroots committee inspects the meetings of all its
cells before the annual class. It applies where a unit has adopted it (``inspection_gate``). The
question ``coverage_counts`` decides what counts as inspected.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.records.adoption import Adoptions
from assess.records.year_tables import INSPECTION_KINDS
from assess.studies.visits import at_meetings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assess.records import Slice

COUNTED: Mapping[str, tuple[str, ...]] = {
    "inspection_only": ("kiem_tra", "giam_sat"),
    "inspection_or_visit": ("kiem_tra", "giam_sat", "du_sinh_hoat"),
    "document_check_too": ("kiem_tra", "giam_sat", "du_sinh_hoat", "ho_so"),
}
"""The inspection kinds that count under each option of ``coverage_counts``."""


DIRECT, HIGHER = "direct", "higher"


KEY = ["chi_bo_id", "form", "inspected_on", "inspected_by"]


def inspections_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return the inspections made: :data:`KEY` and ``found``, the number of rows with a finding.

    Rows of one chi bộ, kind, day and inspecting unit are findings of one inspection; a row without
    an inspecting unit belongs to the inspection of the other rows of that day.
    """
    rows = table.dropna(subset="inspected_on")
    by = (
        rows.groupby(KEY[:3])["inspected_by"].transform("first")
        if len(rows)
        else rows["inspected_by"]
    )
    rows = rows.assign(inspected_by=rows["inspected_by"].fillna(by), found=rows["finding"].notna())
    return rows.groupby(KEY, dropna=False, sort=True)["found"].sum().reset_index()


def without_meeting(done: pd.DataFrame, meetings: pd.DataFrame) -> pd.Series:
    """Return which entries are sittings in on a day when the chi bộ is known not to have met."""
    off = at_meetings(done["chi_bo_id"], done["inspected_on"], meetings)["no_meeting_that_day"]
    return off & (done["form"] == "du_sinh_hoat")


def inspected(made: Slice, option: str) -> pd.DataFrame:
    """Return one row per chi bộ under the đảng bộ at the end of the period or of the data, by id.

    Columns: ``chi_bo_id``; the number of each inspection kind from the start of the year to that
    day (see :func:`inspections_of`; ``du_sinh_hoat`` counts sittings by inspectors and visits by
    leaders, except on a day on which the chi bộ did not meet: ``no_meeting`` counts those, see
    :func:`assess.studies.visits.at_meetings`); ``last``, the latest day that counts; ``covered``;
    ``direct`` and ``higher``, whether the committee to which the chi bộ reported that day, or one
    further above, made one that counts. An inspection of a chi bộ since merged into another does
    not count for the other, whose own meetings were not inspected.
    """
    day = min(made.period.end, made.as_of.date())
    chi_bo = list(made.tree.chi_bo_under(made.dang_bo, day))
    done = inspections_of(made.tables["inspection"])
    visits = made.tables["visit"]
    visits = visits[visits["done_on"].notna()].rename(
        columns={"done_on": "inspected_on", "office_id": "inspected_by"}
    )
    both = pd.concat([done, visits.assign(form="du_sinh_hoat")[KEY]])
    both = both[
        (both["inspected_on"].dt.year == made.period.year)
        & (both["inspected_on"] <= pd.Timestamp(day))
    ].reset_index(drop=True)
    off = without_meeting(both, made.tables["meeting"])
    nowhere, both = both[off], both[~off]
    counted = Counter(zip(both["chi_bo_id"], both["form"], strict=True))
    counts = pd.DataFrame(
        {kind: [counted[c, kind] for c in chi_bo] for kind in INSPECTION_KINDS},
        index=pd.Index(chi_bo, dtype="str", name="chi_bo_id"),
        dtype="int64",
    )
    counting = both[both["form"].isin(COUNTED[option])]
    counts["no_meeting"] = nowhere.groupby("chi_bo_id").size().reindex(chi_bo, fill_value=0)
    counts["last"] = counting.groupby("chi_bo_id")["inspected_on"].max().reindex(chi_bo)
    counts["covered"] = counts["last"].notna()
    whose = counting.assign(whose=[_whose(made, row) for row in counting.itertuples()])
    for who in (DIRECT, HIGHER):
        counts[who] = counts.index.isin(whose.loc[whose["whose"] == who, "chi_bo_id"])
    return counts.reset_index()


def _whose(made: Slice, row: Any) -> str:
    """Return whether the direct or a higher committee inspected a chi bộ; empty if unknown."""
    day = row.inspected_on.date()
    upper = made.tree.reports_to(row.chi_bo_id, day)
    if upper is None or pd.isna(row.inspected_by):
        return ""
    if row.inspected_by == upper.unit_id:
        return DIRECT
    return (
        HIGHER
        if row.inspected_by in {unit.unit_id for unit in made.tree.above(upper.unit_id, day)}
        else ""
    )


@dataclass(frozen=True, slots=True)
class InspectionPrerequisite:
    """The inspection prerequisite: which chi bộ it covers, which are missing, and who adopted it.

    ``waived`` are the missing chi bộ that a unit above decided to go on without, ``reasons`` why.
    """

    asked: tuple[str, ...]
    missing: tuple[str, ...]
    waived: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    askers: tuple[str, ...] = ()

    @property
    def draft(self) -> bool:
        """Whether the review is a draft: a chi bộ is missing without a waiver."""
        return set(self.missing) != set(self.waived)


def inspection_prerequisite(made: Slice, table: pd.DataFrame) -> InspectionPrerequisite:
    """Return the prerequisite of a slice's đảng bộ; it covers no chi bộ where nobody adopted it.

    ``table`` is that of :func:`inspected`, under the option of ``coverage_counts`` that is in use.
    A waiver is a ``milestone`` *gate_override* of a unit above the chi bộ for the year, done, with
    its reason.
    """
    day = min(made.period.end, made.as_of.date())
    adoptions = Adoptions(made.tree, made.tables["adoption"])
    asked = [
        chi_bo
        for chi_bo in table["chi_bo_id"]
        if adoptions.on(chi_bo, "inspection_gate", day) == "co"
    ]
    askers = dict.fromkeys(adoptions.who_on(chi_bo, "inspection_gate", day)[0] for chi_bo in asked)
    covered = set(table.loc[table["covered"], "chi_bo_id"])
    missing = [chi_bo for chi_bo in asked if chi_bo not in covered]
    steps = made.tables["milestone"]
    found = steps[
        (steps["what"] == "gate_override")
        & (steps["year"] == str(made.period.year))
        & steps["done_on"].notna()
        & steps["note"].notna()
    ]
    why = dict(zip(found["unit_id"], found["note"], strict=True))
    above = {chi_bo: [unit.unit_id for unit in made.tree.above(chi_bo, day)] for chi_bo in missing}
    waived = [chi_bo for chi_bo in missing if any(unit_id in why for unit_id in above[chi_bo])]
    reasons = dict.fromkeys(why[u] for chi_bo in waived for u in above[chi_bo] if u in why)
    return InspectionPrerequisite(
        tuple(asked), tuple(missing), tuple(waived), tuple(reasons), tuple(askers)
    )
