"""An intake reads only what its files name, and finds what reading everything would find."""

import datetime as dt

import pytest

from assess.base.periods import FAR_OFF
from assess.exchange.csv.folder import write_folder
from assess.exchange.intake import take_in
from assess.exchange.store import Store
from assess.records.tables import from_rows
from kit.small_dang_bo import HELD
from kit.wards import ward_rows, ward_store

MAY = dt.datetime(2026, 5, 10, 9)
APRIL = {**HELD, "for_month": "2026-04", "held_on": dt.date(2026, 4, 3)}


def _moved(rows):
    """The meeting of one chi bộ under another."""
    return {"meeting": [rows["meeting"][0] | {"chi_bo_id": "cb-2"}]}


def _id_taken(rows):
    """A new meeting of one chi bộ with the id of another's."""
    return {"meeting": [{"meeting_id": "cb-3.2601", "chi_bo_id": "cb-1", **APRIL}]}


def _sheet_taken(rows):
    """A sheet for a meeting with the id of another chi bộ's sheet."""
    return {"sheet": [rows["sheet"][0] | {"meeting_id": "cb-3.2603"}]}


def _second_sheet(rows):
    """A second sheet of one rater for a meeting of another chi bộ than the file's other row."""
    new = {**rows["sheet"][8], "sheet_id": "moi.tc"}
    return {"sheet": [new, rows["sheet"][0]]}


def _corrected(rows):
    return {"line": [rows["line"][30] | {"state": "blank", "points": None}]}


def _two_meetings(rows):
    """A second regular meeting for a month."""
    return {"meeting": [rows["meeting"][4] | {"meeting_id": "moi"}]}


def _overlap(rows):
    """A second adoption that overlaps one on record."""
    return {"adoption": [rows["adoption"][0] | {"valid_from": dt.date(2026, 2, 1)}]}


def _unknown(rows):
    return {"sheet": [{**rows["sheet"][0], "sheet_id": "x", "meeting_id": "khong-co"}]}


def _visit(rows):
    return {
        "visit": [
            {
                "visit_id": "dt-1",
                "post": "Bí thư",
                "role": "lanh_dao",
                "office_id": "phuong",
                "chi_bo_id": "cb-2",
                "planned_for": "2026-02",
                "status": "done",
                "done_on": dt.date(2026, 2, 3),
            }
        ]
    }


@pytest.fixture(scope="module")
def ward(tmp_path_factory, rules):
    return ward_store(tmp_path_factory.mktemp("phuong"), rules)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (_moved, (0, 1)),
        (_id_taken, (0, 1)),
        (_sheet_taken, (0, 0)),
        (_second_sheet, (0, 0)),
        (_corrected, (0, 1)),
        (_two_meetings, (1, 0)),
        (_overlap, (0, 0)),
        (_unknown, (0, 0)),
        (_visit, (1, 0)),
    ],
)
def test_a_table_is_judged_as_if_everything_had_been_read(
    ward, rules, tmp_path, monkeypatch, case, expected
):
    rows = ward_rows(rules)
    write_folder(
        tmp_path / "den", {name: from_rows(name, found) for name, found in case(rows).items()}
    )
    results = []
    for everything in (False, True):
        copy = tmp_path / f"{everything}.duckdb"
        copy.write_bytes(ward.path.read_bytes())
        store = Store(copy)
        if everything:
            monkeypatch.setattr(store, "records_naming", lambda _, of=store: of.records(FAR_OFF))
        else:
            monkeypatch.setattr(store, "records", None)  # all that is on record is never read
        intake = take_in(store, rules, [tmp_path / "den"], recorded_at=MAY)
        results.append((intake.as_json(), store.log().drop(columns=["link", "clock"]).to_dict()))
        found = (intake.added, intake.revised)
    assert results[0] == results[1]
    assert found == expected
