"""Model meetings: which unit has taken which step of introducing the scoring, and when.

The steps follow Công văn 677-CV/BTCTU of Nghệ An (22/9/2021): a plan; guidance for the chosen
cells; the model meeting; the review on the spot; then monthly scoring in every cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from assess.records import Slice

STEPS = ("model_plan", "model_guidance", "model_meeting", "model_review", "rolled_out")


def rollout(made: Slice) -> pd.DataFrame:
    """Return one row per unit with any step, in the order of ids.

    Columns: ``unit_id``, ``name``, the day on which each step was done; ``late``, the number of
    steps done after their planned day; ``overdue``, the number whose planned day has passed without
    being done (both missing where no day was planned); ``next``, the first step not done (missing
    after the last).
    """
    steps = made.tables["milestone"]
    steps = steps[steps["what"].isin(STEPS)].sort_values(["year", "what"], kind="stable")
    day = pd.Timestamp(made.as_of)
    rows = []
    for unit_id, theirs in steps.groupby("unit_id", sort=True):
        done = {
            str(s.what): s.done_on
            for s in theirs.itertuples()
            if not pd.isna(s.done_on) and s.done_on <= day
        }
        done_by = theirs["done_on"].where(theirs["done_on"] <= day)
        planned = theirs["planned_on"].notna().any()
        late, overdue = (
            (done_by > theirs["planned_on"]).sum(),
            (done_by.isna() & (theirs["planned_on"] < day.normalize())).sum(),
        )
        after = next((step for step in STEPS if step not in done), None)
        row = {"unit_id": unit_id, "name": made.tree.name_on(str(unit_id), made.period.end)}
        rows.append(
            row
            | {step: done.get(step) for step in STEPS}
            | {
                "late": int(late) if planned else None,
                "overdue": int(overdue) if planned else None,
                "next": after,
            }
        )
    return pd.DataFrame(rows, columns=["unit_id", "name", *STEPS, "late", "overdue", "next"])
