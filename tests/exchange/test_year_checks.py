"""The tables of the year's work: which cells are refused, and which rows a slice holds."""

import datetime as dt

import pytest

from assess.base.errors import InputError
from assess.exchange.csv.folder import read_folder, write_folder
from assess.exchange.store import Store, StoreBatch
from assess.records import open_slice, write_slice
from assess.records.tables import TABLES, YEARLY, from_rows
from kit.small_dang_bo import UNITS, adopted, meeting, unit, year_slice

DAY = dt.date(2026, 3, 3)
VISIT = {
    "visit_id": "v",
    "post": "Lãnh đạo 01",
    "role": "lanh_dao",
    "chi_bo_id": "a",
    "planned_for": "2026-03",
    "status": "planned",
}
DECISION = {
    "unit_id": "a",
    "year": "2026",
    "version": 1,
    "annual_class": "httnv",
    "decided_by": "xa",
    "decided_on": DAY,
}
INSPECTION = {"inspection_id": "i", "chi_bo_id": "a", "form": "kiem_tra", "inspected_on": DAY}
FILED = {
    "unit_id": "a",
    "period": "2026-Q1",
    "month": "2026-01",
    "measure": "held",
    "value": 1,
    "filed_on": DAY,
}
FILE = {"unit_id": "a", "year": "2026"}
OVERRIDE = {"unit_id": "xa", "what": "gate_override", "year": "2026"}


@pytest.mark.parametrize(
    ("table", "rows", "codes"),
    [
        ("visit", [{**VISIT, "status": "done"}], ["visit-without"]),
        ("visit", [{**VISIT, "status": "moved"}], ["visit-without"]),
        ("visit", [{**VISIT, "status": "missed", "done_on": DAY}], ["visit-with-day"]),
        ("visit", [{**VISIT, "status": "moved", "moved_to": "2026-02"}], ["visit-moved-back"]),
        ("visit", [{**VISIT, "chi_bo_id": "xa"}], ["not-a-chi-bo"]),
        ("visit", [{**VISIT, "chi_bo_id": "nobody"}], ["unknown-reference"]),
        ("decision", [DECISION, {**DECISION, "version": 3, "reason": "x"}], ["version-gap"]),
        ("decision", [DECISION, {**DECISION, "version": 2}], ["version-without-reason"]),
        (
            "decision",
            [
                DECISION,
                {**DECISION, "version": 2, "reason": "x", "decided_on": dt.date(2026, 1, 1)},
            ],
            ["dates-reversed"],
        ),
        ("decision", [{**DECISION, "decided_on": dt.date(2025, 12, 1)}], ["decided-early"]),
        (
            "annual",
            [{**FILE, "tasks_set": 5, "tasks_on_time": 4, "tasks_late": 2}],
            ["part-over-whole"],
        ),
        ("annual", [{**FILE, "tasks_on_time": 2, "tasks_beyond": 3}], ["part-over-whole"]),
        ("annual", [{**FILE, "shortcomings": 1, "shortcomings_remedied": 2}], ["part-over-whole"]),
        ("filed", [{**FILED, "month": "2026-04"}], ["month-outside"]),
        ("milestone", [OVERRIDE], ["override-without", "override-without"]),
        ("inspection", [{**INSPECTION, "remedied_on": dt.date(2026, 3, 1)}], ["dates-reversed"]),
        (
            "assignment",
            [
                {"chi_bo_id": "a", "post": "P", "role": "lanh_dao", "valid_from": d}
                for d in (dt.date(2026, 1, 1), DAY)
            ],
            ["overlapping-validity"],
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_line(tmp_path, table, rows, codes):
    frames = {name: from_rows(name, UNITS if name == "unit" else ()) for name in TABLES}
    frames[table] = from_rows(table, rows)
    write_folder(tmp_path, frames)
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path)
    assert [f.code for f in caught.value.findings] == codes
    assert all(f.place.file == f"{table}.csv" and f.place.line >= 2 for f in caught.value.findings)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("quarter_report", "muoi"),
        ("first_report", "10/11/2018"),
        ("inspection_gate", "yes"),
        ("cap_percent", "0"),
        ("meeting_window", "25"),
    ],
)
def test_an_adopted_value_must_be_of_its_kind(tmp_path, what, value):
    frames = {name: from_rows(name, UNITS if name == "unit" else ()) for name in TABLES}
    frames["adoption"] = from_rows("adoption", [adopted(what, value)])
    write_folder(tmp_path, frames)
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path)
    assert [f.code for f in caught.value.findings] == [
        "bad-window" if what == "meeting_window" else "bad-adopted"
    ]


def test_a_folder_without_the_tables_of_the_years_work_is_whole(tmp_path):
    frames = {
        name: from_rows(name, UNITS if name == "unit" else ())
        for name in TABLES
        if name not in YEARLY
    }
    write_folder(tmp_path, frames)
    read = read_folder(tmp_path)
    assert all(read[name].empty for name in YEARLY)
    assert list(read["visit"].columns) == list(TABLES["visit"].names)


ROWS = {
    "visit": [
        VISIT,
        {**VISIT, "visit_id": "w", "chi_bo_id": "c"},
        {**VISIT, "visit_id": "old", "planned_for": "2024-03"},
    ],
    "inspection": [INSPECTION, {**INSPECTION, "inspection_id": "c", "chi_bo_id": "c"}],
    "annual": [FILE, {**FILE, "unit_id": "c"}, {**FILE, "year": "2025"}],
    "decision": [DECISION, {**DECISION, "unit_id": "c"}],
    "filed": [FILED, {**FILED, "unit_id": "c"}, {**FILED, "period": "2025-Q1", "month": "2025-01"}],
    "milestone": [
        {**OVERRIDE, "done_on": DAY, "note": "x"},
        {**OVERRIDE, "unit_id": "xa2", "done_on": DAY, "note": "y"},
    ],
    "assignment": [
        {"chi_bo_id": u, "post": "P", "role": "lanh_dao", "valid_from": DAY} for u in ("a", "c")
    ]
    + [{"chi_bo_id": "b", "post": "Q", "role": "lanh_dao", "valid_from": dt.date(2027, 1, 1)}],
}


def test_a_slice_holds_the_years_work_of_its_own_units_and_nobody_elses(tmp_path):
    units = [unit("xa2", "tinh", "tren_co_so", "cap_uy"), unit("c", "xa2")]
    made = year_slice("2026", units=units, **ROWS)
    for name in YEARLY:
        key = "unit_id" if "unit_id" in TABLES[name].names else "chi_bo_id"
        assert set(made.tables[name][key]) <= {"a", "b", "xa"}, name
        assert len(made.tables[name]) == 1, name
    write_slice(made, tmp_path / "s")
    assert open_slice(tmp_path / "s").digest == made.digest


def test_what_happens_after_the_moment_is_not_known():
    later = {**VISIT, "status": "done", "done_on": dt.date(2026, 5, 3), "planned_for": "2026-05"}
    rows = {
        "visit": [later],
        "inspection": [{**INSPECTION, "inspected_on": dt.date(2026, 5, 3)}],
        "decision": [{**DECISION, "decided_on": dt.date(2026, 5, 3)}],
        "milestone": [{**OVERRIDE, "done_on": dt.date(2026, 5, 3), "note": "x"}],
        "filed": [{**FILED, "filed_on": dt.date(2026, 5, 3)}],
    }
    made = year_slice("2026", as_of=dt.datetime(2026, 4, 30), **rows)
    assert made.tables["visit"]["status"].tolist() == ["planned"]
    assert made.tables["inspection"]["inspected_on"].isna().all()
    assert made.tables["milestone"]["done_on"].isna().all()
    assert made.tables["decision"].empty
    assert made.tables["filed"].empty


def test_the_store_keeps_every_version_of_the_years_work(tmp_path):
    store = Store(tmp_path / "s.duckdb", create=True)
    store.append(
        StoreBatch(
            dt.datetime(2026, 1, 1),
            {"unit": UNITS, "annual": [{**FILE, "common_points": 25}], "decision": [DECISION]},
        )
    )
    store.append(StoreBatch(dt.datetime(2026, 6, 1), {"annual": [{**FILE, "common_points": 28}]}))
    assert store.records(dt.datetime(2026, 2, 1))["annual"]["common_points"].tolist() == [25]
    assert store.records(dt.datetime(2026, 7, 1))["annual"]["common_points"].tolist() == [28]
    assert store.withdraw("decision", ("a", "2026", "1"), dt.datetime(2026, 8, 1), "ghi nhầm") == 1
    assert store.records(dt.datetime(2026, 9, 1))["decision"].empty
    assert len(store.records(dt.datetime(2026, 7, 1))["decision"]) == 1
    assert store.check() == []


def test_a_meeting_elsewhere_in_the_year_is_in_the_slice_as_a_row_around_it():
    moved = [
        unit("xa2", "tinh", "tren_co_so", "cap_uy"),
        unit("a", "xa", valid_to=dt.date(2026, 6, 30)),
        unit("a", "xa2", begins=dt.date(2026, 7, 1)),
    ]
    made = year_slice(
        "2026",
        dang_bo="xa2",
        units=moved,
        meeting=[meeting("a", "2026-02", "2026-02-03"), meeting("a", "2026-08", "2026-08-03")],
    )
    assert dict(
        zip(made.tables["meeting"]["for_month"], made.tables["meeting"]["in_period"], strict=True)
    ) == {
        "2026-02": False,
        "2026-08": True,
    }


def test_a_store_with_a_count_that_is_no_whole_number_says_so_in_its_check(tmp_path):
    store = Store(tmp_path / "s.duckdb", create=True)
    store.append(
        StoreBatch(dt.datetime(2026, 1, 1), {"unit": UNITS, "filed": [{**FILED, "value": 1.234}]})
    )
    assert [f.facts for f in store.check()] == [
        {"table": "filed", "found": "1 dòng có value không phải số nguyên"}
    ]
