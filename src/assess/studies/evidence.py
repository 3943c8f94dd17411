"""What a record of a meeting can say: whether it holds more than the row of a monthly summary, which asks for little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.records.words import FACTS

if TYPE_CHECKING:
    from assess.records import Slice

ASKED_BY_A_SUMMARY = ("status", "held_on", "reason", "kind", "roll", "present")
"""Columns of ``meeting`` that a monthly summary fills in, or assumes (``status``, ``kind``). Only a form asks for the others."""


def full_records(made: Slice) -> frozenset[str]:
    """Return the meetings that a form was filled in for: a sheet has a line, or a fact is stated that only a form asks for.

    What such a record leaves blank was asked and not stated. What any other record leaves blank nobody was asked.
    """
    meetings, sheets = made.tables["meeting"], made.tables["sheet"]
    only_a_form = [name for name in FACTS if name not in ASKED_BY_A_SUMMARY]
    stated = meetings.loc[meetings[only_a_form].notna().any(axis=1), "meeting_id"]
    lined = sheets.loc[sheets["sheet_id"].isin(made.tables["line"]["sheet_id"]), "meeting_id"]
    return frozenset(stated) | frozenset(lined)
