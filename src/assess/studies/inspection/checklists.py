"""Checklists that inspectors take along to the chi bộ of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.errors import input_error
from assess.exchange.forms.make_forms import make_checklists
from assess.studies.signals import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from assess.records import RecordSource, Slice
    from assess.rules import RuleBook
    from assess.scoring import Scores


def plan_checklists(
    made: Slice,
    scores: Scores,
    plan: pd.DataFrame,
    sightings: pd.DataFrame,
    source: RecordSource,
    rules: RuleBook,
    folder: Path,
    *,
    number: str,
    months: Sequence[str] = (),
    force: bool = False,
) -> list[Path]:
    """Write a workbook for each chosen chi bộ of a plan; return the files.

    A checklist has the meetings of ``months`` (by default the last month of the period with a
    meeting), what is on record of them, why the chi bộ was chosen, and its ``sightings`` (see
    :func:`assess.studies.signals.signals`). A chi bộ without a regular
    meeting in those months gets none. ``number`` is the number of the plan. Raise ``InputError``
    for a month outside the period, a missing number, and a file that exists unless ``force``.
    """
    check_months(made, months)
    if not number.strip():
        raise input_error("plan-unnumbered", "--number")
    chosen = plan[plan["chosen"]]
    held = made.tables["meeting"]
    held = held[(held["status"] == "held") & held["for_month"].isin(made.period.months)]
    last = held.groupby("chi_bo_id")["for_month"].max()
    wanted = {
        chi_bo: tuple(months) or tuple(last.reindex([chi_bo]).dropna())
        for chi_bo in chosen["chi_bo_id"]
    }
    by = _inspected_by(made, chosen)
    return make_checklists(
        source,
        rules,
        _reasons(scores, chosen, sightings),
        wanted,
        folder,
        inspected_by=by,
        issued_for=f"{by} {made.period.text} {number}",
        plan=number,
        force=force,
    )


def check_months(made: Slice, months: Sequence[str]) -> None:
    """Refuse a month outside the period."""
    strange = [month for month in months if month not in made.period.months]
    if strange:
        raise input_error(
            "month-outside",
            "--month",
            allowed=made.period.months,
            found=strange[0],
            period=made.period.label,
        )


def _inspected_by(made: Slice, chosen: pd.DataFrame) -> str:
    """The unit that inspects: the đảng bộ, or the one above where a chi bộ would inspect itself."""
    upper = made.tree.reports_to(made.dang_bo, made.period.end)
    itself = made.dang_bo in set(chosen["chi_bo_id"])
    return upper.unit_id if upper is not None and itself else made.dang_bo


def _reasons(scores: Scores, chosen: pd.DataFrame, sightings: pd.DataFrame) -> dict[str, list[str]]:
    """Why each chi bộ was chosen, and its signals with their months, in words."""
    titles = {signal.id: signal.title for signal in SIGNALS}
    every = scores.every_meeting
    months_of = dict(zip(every["meeting_id"], every["month"], strict=True))
    found = {}
    for row in chosen.itertuples():
        theirs = sightings[sightings["unit_id"] == row.chi_bo_id]
        found[row.chi_bo_id] = [
            f"Lý do đưa vào kế hoạch: {row.why}.",
            *(
                f"Điểm cần xem: {titles[s.signal_id]}: {s.text}{_months(months_of, s.meetings)}."
                for s in theirs.itertuples()
            ),
        ]
    return found


def _months(months_of: Mapping[str, str], meetings: tuple[str, ...]) -> str:
    months = sorted({months_of[meeting] for meeting in meetings})
    return f" (tháng {', '.join(numbers.month(month) for month in months)})" if months else ""
