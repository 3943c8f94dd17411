"""A synthetic province of any size, the same for the same seed, with the troubles that real records have."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from assess.base.errors import refuse
from assess.records.sample.meetings import meetings_of
from assess.records.sample.sheets import adopted, has_thematic, sheets_of
from assess.records.sample.tree import make_tree
from assess.records.tables import from_rows

if TYPE_CHECKING:
    import pandas as pd

    from assess.rules import RuleSet

MONTHS = tuple(f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13))
LARGEST = 20_000


def make_sample(rules: RuleSet, chi_bo: int = 60, seed: int = 2026) -> dict[str, pd.DataFrame]:
    """Return the tables of a synthetic province with ``chi_bo`` chi bộ in 2025 and 2026, scored on the form ``rules``.

    Nothing in it stands for a real person or organisation. The same arguments give the same rows everywhere.

    >>> tables = make_sample(an_phu, chi_bo=6)
    >>> sorted(tables)
    ['adoption', 'line', 'meeting', 'sheet', 'unit']
    """
    if not 1 <= chi_bo <= LARGEST:
        raise refuse("too-many-chi-bo", "--chi-bo", low=1, high=LARGEST)
    units, cells = make_tree(chi_bo, seed)
    meetings: list[dict[str, Any]] = []
    sheets: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for cell in cells:
        rng = Random(f"{seed}:{cell.unit_id}:meetings")
        theirs = meetings_of(cell, MONTHS, rng)
        meetings.extend(theirs)
        for meeting in theirs:
            if meeting["status"] != "held" or meeting["kind"] == "chuyen_de" or not adopted(rules, meeting):
                continue
            for sheet, entries in sheets_of(cell, meeting, rules, rng, thematic=has_thematic(meeting, theirs)):
                sheets.append(sheet)
                lines.extend(entries)
    adoption = [
        {"unit_id": "tinh", "what": "rule_set", "value": rules.id, "valid_from": rules.valid_from, "valid_to": rules.valid_to},
        {"unit_id": "tinh", "what": "meeting_window", "value": "25-5", "valid_from": rules.valid_from, "valid_to": None},
    ]
    made = {"unit": units, "adoption": adoption, "meeting": meetings, "sheet": sheets, "line": lines}
    return {name: from_rows(name, rows) for name, rows in made.items()}
