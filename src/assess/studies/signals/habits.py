"""Oddities across many months: a quarter without a thematic meeting, identical sheets in a row."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from assess.base.errors import Finding, Place
from assess.base.periods import Period, month_end, shift_month
from assess.exchange.table_checks import odd_about
from assess.records.adoption import Adoptions
from assess.studies.signals.thresholds import SignalThresholds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.records.source import Records

_USUAL = SignalThresholds()


def odd_in_records(records: Records) -> list[Finding]:
    """Return warnings and notes on all meetings and sheets; places name the meeting or chi bộ."""
    return [*_meetings(records), *no_thematic(records), *same_sheets(records)]


def _meetings(records: Records) -> Iterator[Finding]:
    adoptions = Adoptions(records.tree, records["adoption"])
    meetings = records["meeting"].sort_values(
        ["chi_bo_id", "for_month", "meeting_id"], kind="stable"
    )
    plain = meetings.astype(object).where(meetings.notna(), None).to_dict("records")
    months: dict[tuple[str, str], set[str]] = defaultdict(set)
    for meeting in plain:
        key = (meeting["chi_bo_id"], meeting["for_month"])
        # the first of two meetings counts; later ones are odd
        for finding, name in odd_about(meeting, adoptions, months[key]):
            yield Finding(finding.code, Place(meeting["meeting_id"], label=name), finding.facts)
        if meeting["status"] == "held" and meeting["kind"] != "chuyen_de":
            months[key].add(meeting["meeting_id"])


def no_thematic(records: Records) -> Iterator[Finding]:
    """Yield the chi bộ and finished quarters with regular meetings but no thematic one.

    A thematic meeting may be separate or combined. At least one a quarter: Hướng dẫn 42-HD/BTCTW
    (28/10/2025) as implemented, Công văn 285-CV/ĐUK (2018). A quarter in which the chi bộ did not
    exist from the first month to the last is skipped.
    """
    meetings = records["meeting"]
    held = meetings[meetings["status"] == "held"]
    if held.empty:
        return
    last = held["held_on"].max().date()
    quarter = (
        held["for_month"].str[:4]
        + "-Q"
        + ((held["for_month"].str[5:].astype(int) - 1) // 3 + 1).astype(str)
    )
    thematic = (
        held["kind"].isin(["chuyen_de", "ket_hop"]).groupby([held["chi_bo_id"], quarter]).any()
    )
    for (chi_bo, name), found in thematic.items():
        period = Period.parse(str(name))
        stood = all(chi_bo in records.tree.on(month_end(month)) for month in period.months)
        if not found and period.end < last and stood:
            yield Finding("no-thematic", Place(str(chi_bo)), {"quarter": period.label})


def same_sheets(records: Records) -> Iterator[Finding]:
    """Yield runs of months in which a chi bộ's self-scored sheets are the same on every line."""
    sheets = records["sheet"]
    own = sheets[sheets["rater"] == "self"].merge(
        records["meeting"][["meeting_id", "chi_bo_id", "for_month", "kind"]], on="meeting_id"
    )
    own = own[own["kind"] != "chuyen_de"].rename(columns={"for_month": "month"})
    for chi_bo, run in runs_of_same_sheets(own, records["line"]):
        if len(run) >= _USUAL.alike:
            facts = {
                "found": len(run),
                "first": Period.parse(run[0]).label,
                "last": Period.parse(run[-1]).label,
            }
            yield Finding("same-sheets", Place(chi_bo), facts)


def runs_of_same_sheets(
    sheets: pd.DataFrame, lines: pd.DataFrame
) -> Iterator[tuple[str, list[str]]]:
    """Yield the runs of one or more months in which a chi bộ's sheets are the same on every line.

    ``sheets``: one rater's, with ``sheet_id``, ``chi_bo_id``, ``month`` and ``rule_set_id``;
    ``lines`` as recorded.
    """
    lines = lines[lines["sheet_id"].isin(sheets["sheet_id"])].sort_values(
        ["sheet_id", "criterion_id"], kind="stable"
    )
    if lines.empty:
        return
    entry = (
        lines["criterion_id"]
        + "="
        + lines["points"].astype("Float64").astype("string").fillna("")
        + lines["state"]
    )
    looks = entry.groupby(lines["sheet_id"]).agg("|".join)
    own = sheets.assign(look=sheets["rule_set_id"] + sheets["sheet_id"].map(looks)).sort_values(
        ["chi_bo_id", "month"], kind="stable"
    )
    for chi_bo, theirs in own.groupby("chi_bo_id"):
        run: list[str] = []
        look: object = None
        for month, shape in zip(theirs["month"], theirs["look"], strict=True):
            if run and not pd.isna(shape) and shape == look and month == shift_month(run[-1], 1):
                run.append(month)
                continue
            if run:
                yield str(chi_bo), run
            run, look = [month], shape
        yield str(chi_bo), run
