import datetime as dt

import pytest

from assess.records.source import Records
from assess.records.tables import TABLES, from_rows
from assess.records.tree import Tree
from assess.studies.signals.habits import no_thematic, odd_in_records, same_sheets

D = dt.date
UNITS = [
    {
        "unit_id": "tinh",
        "name": "t",
        "level": "tinh",
        "kind": "cap_uy",
        "valid_from": D(2020, 1, 1),
    },
    {
        "unit_id": "cb",
        "name": "c",
        "level": "chi_bo",
        "kind": "cap_uy",
        "parent_id": "tinh",
        "valid_from": D(2020, 1, 1),
    },
    {
        "unit_id": "moi",
        "name": "m",
        "level": "chi_bo",
        "kind": "cap_uy",
        "parent_id": "tinh",
        "valid_from": D(2026, 2, 1),
    },
]


def records(meetings, sheets=(), lines=()):
    rows = {"unit": UNITS, "adoption": [], "meeting": meetings, "sheet": sheets, "line": lines}
    tables = {name: from_rows(name, rows.get(name, ())) for name in TABLES}
    return Records(tables, Tree(tables["unit"]))


def meeting(month, kind="thuong_ky", chi_bo="cb", status="held"):
    held = D.fromisoformat(f"{month}-03") if status == "held" else None
    return {
        "meeting_id": f"{chi_bo}.{month}.{kind}",
        "chi_bo_id": chi_bo,
        "for_month": month,
        "held_on": held,
        "status": status,
        "kind": kind,
    }


QUARTER = [meeting(f"2026-0{m}") for m in (1, 2, 3, 4)]


def test_a_quarter_without_a_thematic_meeting_is_said_once_it_is_over():
    assert [(f.place.file, f.facts["quarter"]) for f in no_thematic(records(QUARTER))] == [
        ("cb", "quý I/2026")
    ]


@pytest.mark.parametrize(
    "more",
    [[meeting("2026-02", "chuyen_de")], [meeting("2026-03", "ket_hop")]],
    ids=["apart", "combined"],
)
def test_one_apart_or_combined_fulfils_the_duty(more):
    assert list(no_thematic(records([*QUARTER, *more]))) == []


def test_a_cancelled_one_does_not_and_a_part_of_a_quarter_is_left_alone():
    assert (
        len(
            list(
                no_thematic(
                    records([*QUARTER, meeting("2026-02", "chuyen_de", status="cancelled")])
                )
            )
        )
        == 1
    )
    new = [
        meeting("2026-02", chi_bo="moi"),
        meeting("2026-03", chi_bo="moi"),
        meeting("2026-04", "ket_hop"),
        meeting("2026-01", "ket_hop"),
    ]
    assert list(no_thematic(records(new))) == []


def sheets_of(points):
    meetings = [meeting(f"2026-{m:02d}") for m in range(1, len(points) + 1)]
    sheets = [
        {"sheet_id": f"s{i}", "meeting_id": m["meeting_id"], "rater": "self", "rule_set_id": "r"}
        for i, m in enumerate(meetings)
    ]
    lines = [
        {"sheet_id": f"s{i}", "criterion_id": c, "state": "entered", "points": float(p)}
        for i, p in enumerate(points)
        for c in ("a", "b")
    ]
    return records(meetings, sheets, lines)


@pytest.mark.parametrize(
    ("points", "runs"),
    [
        ([5, 5], []),
        ([5, 5, 5], [(3, "tháng 01/2026")]),
        ([5, 4, 4, 4, 4, 5], [(4, "tháng 02/2026")]),
        ([1, 1, 1, 2, 2, 2], [(3, "tháng 01/2026"), (3, "tháng 4/2026")]),
    ],
)
def test_the_same_sheet_three_months_running_is_noted(points, runs):
    found = list(same_sheets(sheets_of(points)))
    assert [(f.facts["found"], f.facts["first"]) for f in found] == runs
    assert {f.severity for f in found} <= {"note"}


def test_of_two_meetings_in_a_month_the_later_is_the_odd_one():
    twice = records([meeting("2026-03"), {**meeting("2026-03"), "meeting_id": "z"}])
    assert [(f.code, f.place.file) for f in odd_in_records(twice) if f.code == "two-meetings"] == [
        ("two-meetings", "z")
    ]
