"""A small đảng bộ for the tests of the year's work.

A committee, two chi bộ, and the rows that a test adds.
"""

import datetime as dt
from pathlib import Path

from assess import Period, make_slice
from assess.records.source import Records
from assess.records.tables import TABLES, from_rows
from assess.records.tree import Tree
from assess.rules import load_rule_sets

ROOT = Path(__file__).parents[2]
RULES = load_rule_sets(ROOT / "params/rules", ROOT / "params/annual")
BEGIN = dt.date(2024, 1, 1)
HELD = {
    "status": "held",
    "kind": "thuong_ky",
    "minutes": 90,
    "roll": 10,
    "exempt": 0,
    "special_duty": 0,
    "present": 10,
    "exempt_present": 0,
    "absent_excused": 0,
    "absent_unexcused": 0,
    "speakers": 6,
    "targets_set": 5,
    "targets_met": 5,
    "chi_uy_met": True,
}


def unit(unit_id, parent, level="chi_bo", kind="thon_to_dan_pho", begins=BEGIN, **more):
    about = (
        {
            "has_chi_uy": True,
            "has_deputy": True,
            "leads_mass_organisations": True,
            "official_members": 10,
        }
        if level == "chi_bo"
        else {}
    )
    return {
        "unit_id": unit_id,
        "name": f"Chi bộ {unit_id}" if level == "chi_bo" else f"Đảng bộ {unit_id}",
        "level": level,
        "kind": kind,
        "parent_id": parent,
        "valid_from": begins,
        **about,
        **more,
    }


UNITS = [
    unit("tinh", None, "tinh", "cap_uy"),
    unit("xa", "tinh", "tren_co_so", "cap_uy"),
    unit("a", "xa"),
    unit("b", "xa"),
]


def adopted(what, value, unit_id="xa", begins=BEGIN, ends=None):
    return {
        "unit_id": unit_id,
        "what": what,
        "value": value,
        "valid_from": begins,
        "valid_to": ends,
    }


def meeting(chi_bo, month, day, meeting_id="", **more):
    held_on = dt.date.fromisoformat(day) if day else None
    about = {
        "meeting_id": meeting_id or f"{chi_bo}.{month[2:].replace('-', '')}",
        "chi_bo_id": chi_bo,
        "for_month": month,
        "held_on": held_on,
    }
    return {**HELD, "papers_at": held_on, "result_at": held_on, **about, **more}


def year_slice(
    period="2026", *, dang_bo="xa", as_of=dt.datetime(2027, 1, 10), units=(), adoption=(), **rows
):
    """Cut a slice of the small đảng bộ.

    ``rows`` by table; ``units`` are added, or replace its own.
    """
    tables = {name: from_rows(name, rows.get(name, ())) for name in TABLES}
    own = {row["unit_id"] for row in units}
    tables["unit"] = from_rows(
        "unit", [*(row for row in UNITS if row["unit_id"] not in own), *units]
    )
    base = [adopted("rule_set", "an-phu-hd42", "tinh", dt.date(2025, 10, 28))]
    tables["adoption"] = from_rows("adoption", [*base, *adoption])
    records = Records(tables, Tree(tables["unit"]))
    return make_slice(
        records,
        RULES,
        dang_bo=dang_bo,
        period=Period.parse(period),
        as_of=as_of,
        document_date=as_of.date(),
    )
