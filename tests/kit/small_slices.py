"""Small slices for the scoring tests, built by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd

from assess.base.periods import FAR_OFF, Period
from assess.records import Slice
from assess.records.tables import from_rows

DAY = dt.date(2026, 3, 3)
GOOD = {
    "kind": "thuong_ky",
    "status": "held",
    "held_on": DAY,
    "for_month": "2026-03",
    "minutes": 90,
    "roll": 20,
    "exempt": 0,
    "special_duty": 0,
    "present": 20,
    "exempt_present": 0,
    "absent_excused": 0,
    "absent_unexcused": 0,
    "longest_excused_streak": 0,
    "speakers": 20,
    "chi_uy_met": True,
    "targets_set": 10,
    "targets_met": 10,
}


def with_tables(made, **tables):
    """Return the slice with other tables; those of a slice cannot be changed."""
    return dataclasses.replace(made, tables={**made.tables, **tables})


def small_slice(rules, meetings, sheets, *, chi_bo=None, chi_bo_id="cb"):
    """Make a small slice.

    ``meetings`` maps id → changes to a good meeting; ``sheets`` maps (meeting, rater) → entries.
    Entries are points by criterion; "n/a" marks a line as not applicable and None leaves it blank.
    A criterion that is not named gets its maximum.
    """
    unit = {
        "unit_id": chi_bo_id,
        "name": "Chi bộ thử",
        "level": "chi_bo",
        "kind": "cap_uy",
        "valid_from": dt.date(2000, 1, 1),
        "official_members": 20,
        "has_chi_uy": True,
        "has_deputy": True,
        "leads_mass_organisations": True,
        **(chi_bo or {}),
    }
    rows = [
        {"meeting_id": name, "chi_bo_id": chi_bo_id, **GOOD, **change}
        for name, change in meetings.items()
    ]
    table = from_rows("meeting", rows)
    used = [rules.id] * len(rows)
    lines = []
    heads = []
    for (meeting, rater), entries in sheets.items():
        sheet_id = f"{meeting}.{rater}"
        heads.append(
            {"sheet_id": sheet_id, "meeting_id": meeting, "rater": rater, "rule_set_id": rules.id}
        )
        for criterion in rules.criteria:
            value = entries.get(criterion.id, criterion.top)
            state = "blank" if value is None else "not_applicable" if value == "n/a" else "entered"
            points = value if state == "entered" else None
            lines.append(
                {
                    "sheet_id": sheet_id,
                    "criterion_id": criterion.id,
                    "state": state,
                    "points": points,
                }
            )
    months = sorted({row["for_month"] for row in rows})
    tables = {
        "unit": from_rows("unit", [unit]),
        "adoption": from_rows("adoption", []),
        "meeting": table.assign(in_period=True, rule_set_id=used, adopted_id=used),
        "sheet": from_rows("sheet", heads),
        "line": from_rows("line", lines),
        "due": pd.DataFrame(
            {
                "chi_bo_id": pd.Series([chi_bo_id] * len(months), dtype="str"),
                "month": pd.Series(months, dtype="str"),
            }
        ),
    }
    return Slice(
        "cb", Period.parse("2026"), FAR_OFF, DAY, rules.id, tables, {}, {rules.id: rules}, ""
    )
