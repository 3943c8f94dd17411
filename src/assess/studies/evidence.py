"""Which records of meetings are full, and which hold no more than a row of a monthly summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.records.words import FACTS

if TYPE_CHECKING:
    from assess.records import Slice

ASKED_BY_A_SUMMARY = ("status", "held_on", "reason", "kind", "roll", "present")
"""Columns of ``meeting`` that a monthly summary fills in or assumes (``status``, ``kind``).

Only a score form asks for the others.
"""


def full_records(made: Slice) -> frozenset[str]:
    """Return the meetings that a score form was filled in for.

    Their sheet has a line, or they state a fact that only a score form asks for. A blank in such a
    record was asked for and not stated. A blank in any other record was not asked for.
    """
    meetings, sheets = made.tables["meeting"], made.tables["sheet"]
    only_a_form = [name for name in FACTS if name not in ASKED_BY_A_SUMMARY]
    stated = meetings.loc[meetings[only_a_form].notna().any(axis=1), "meeting_id"]
    with_lines = made.tables["line"]["sheet_id"].unique()
    lined = sheets.loc[sheets["sheet_id"].isin(with_lines), "meeting_id"]
    return frozenset(stated) | frozenset(lined)
