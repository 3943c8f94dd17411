"""Leaders at the meetings of chi bộ: the figures of the source document, and each reading of what they count."""

import datetime as dt
from pathlib import Path

from assess import Period
from assess.records import CsvFolder
from assess.records.tables import from_rows
from assess.studies import visits

ROOT = Path(__file__).parents[2]
H1, H2 = Period.parse("2018-H1"), Period.parse("2018-H2")
JUNE, DECEMBER = dt.datetime(2018, 6, 29), dt.datetime(2018, 12, 31)


def recorded():
    return CsvFolder(ROOT / "data/tu-lieu").records(DECEMBER)["visit"]


def shown(table):
    return {r.role: (r.posts, r.planned, r.done) for r in table.itertuples()}


def test_the_figures_of_the_first_half_of_2018():
    found = visits.of_period(recorded(), H1, "new", JUNE)
    assert shown(visits.by_role(found, "cells")) == {"lanh_dao": (10, 22, 18), "truong_pho_phong": (16, 32, 28)}
    assert (round(18 / 22, 3), round(28 / 32, 3)) == (0.818, 0.875)
    reasons = visits.reasons(found)
    assert reasons["count"].sum() == reasons["moved"].sum() == 8
    assert set(reasons["reason"]) == {"thời gian họp trùng với thời gian đi công tác"}


def test_moved_visits_count_in_the_new_half_or_in_the_old():
    later = visits.of_period(recorded(), H2, "new", DECEMBER)
    assert later["came"].all()
    assert shown(visits.by_role(later, "cells")) == {"lanh_dao": (4, 4, 2), "truong_pho_phong": (4, 4, 2)}
    assert visits.of_period(recorded(), H2, "old", DECEMBER).empty
    old = visits.of_period(recorded(), H1, "old", DECEMBER)
    assert shown(visits.by_role(old, "cells")) == {"lanh_dao": (10, 22, 20), "truong_pho_phong": (16, 32, 30)}
    # what is not known yet is not counted
    assert shown(visits.by_role(visits.of_period(recorded(), H1, "old", JUNE), "cells"))["lanh_dao"] == (10, 22, 18)


ROW = {"post": "Lãnh đạo 01", "role": "lanh_dao", "chi_bo_id": "a", "planned_for": "2026-02"}


def frame(*rows):
    return from_rows("visit", [{"visit_id": f"v{i}", **ROW, **row} for i, row in enumerate(rows)])


def test_two_visits_to_one_chi_bo_are_one_chi_bo_or_two_visits():
    rows = frame({"status": "done", "done_on": dt.date(2026, 2, 3)}, {"status": "missed", "planned_for": "2026-05"})
    found = visits.of_period(rows, Period.parse("2026-H1"), "new", dt.datetime(2026, 7, 1))
    assert shown(visits.by_role(found, "cells")) == {"lanh_dao": (1, 1, 1)}
    assert shown(visits.by_role(found, "visits")) == {"lanh_dao": (1, 2, 1)}


def test_a_visit_still_to_come_is_planned_and_has_no_reason():
    found = visits.of_period(frame({"status": "planned"}), Period.parse("2026-Q1"), "new", dt.datetime(2026, 1, 1))
    assert shown(visits.by_role(found, "visits")) == {"lanh_dao": (1, 1, 0)}
    assert visits.reasons(found).empty


def test_posts_with_an_assignment_and_no_visit_are_listed():
    follows = from_rows("assignment", [{"chi_bo_id": "b", "post": "Lãnh đạo 02", "role": "lanh_dao", "valid_from": dt.date(2026, 1, 1)}])
    found = visits.of_period(frame({"status": "planned"}), Period.parse("2026-Q1"), "new", dt.datetime(2026, 1, 1))
    table = visits.by_post(found, follows, {"b": "Chi bộ B"})
    assert table[["post", "planned", "done"]].to_numpy().tolist() == [["Lãnh đạo 01", 1, 0], ["Lãnh đạo 02", 0, 0]]
    assert table["assigned"].iloc[1] == "Chi bộ B"


def test_a_visit_counts_once_wherever_it_took_place():
    late = {"status": "moved", "planned_for": "2026-05", "moved_to": "2026-06", "done_on": dt.date(2026, 7, 3)}
    early = {"status": "moved", "planned_for": "2026-04", "moved_to": "2026-07", "done_on": dt.date(2026, 6, 30)}
    ahead = {"status": "done", "planned_for": "2026-08", "done_on": dt.date(2026, 6, 20)}
    at = dt.datetime(2026, 12, 31)
    for row, first, second in ((late, (1, 0), (1, 1)), (early, (1, 1), None), (ahead, None, (1, 1))):
        for period, wanted in (("2026-H1", first), ("2026-H2", second)):
            found = visits.of_period(frame(row), Period.parse(period), "new", at)
            assert (None if found.empty else (len(found), int(found["done"].sum()))) == wanted, (row, period)


def test_a_move_within_the_period_is_not_a_move_to_a_later_one():
    row = {"status": "moved", "moved_to": "2026-03", "reason": "đi công tác"}
    found = visits.of_period(frame(row), Period.parse("2026-H1"), "new", dt.datetime(2026, 7, 1))
    assert visits.reasons(found)["moved"].tolist() == [0]
    found = visits.of_period(frame({**row, "moved_to": "2026-07"}), Period.parse("2026-H1"), "new", dt.datetime(2026, 7, 1))
    assert visits.reasons(found)["moved"].tolist() == [1]


def test_posts_of_the_same_name_in_two_offices_are_two():
    rows = frame({"status": "planned", "office_id": "xa"}, {"status": "planned", "office_id": "xa2", "chi_bo_id": "b"})
    found = visits.of_period(rows, Period.parse("2026-Q1"), "new", dt.datetime(2026, 1, 1))
    assert shown(visits.by_role(found, "visits"))["lanh_dao"] == (2, 2, 0)


def test_a_visit_is_ahead_while_its_month_lasts_and_missed_no_sooner_than_it_ends():
    row = {"status": "planned", "planned_for": "2026-03"}
    other = {"status": "moved", "planned_for": "2026-01", "moved_to": "2026-03", "chi_bo_id": "b"}
    period = Period.parse("2026-Q1")
    for day, ahead in ((dt.datetime(2026, 3, 30), 2), (dt.datetime(2026, 3, 31), 0)):
        found = visits.of_period(frame(row, other), period, "new", day)
        assert visits.by_role(found, "cells")[["planned", "done", "ahead"]].to_numpy().tolist() == [[2, 0, ahead]]
        assert visits.by_role(found, "visits")["ahead"].tolist() == [ahead]
    # one that is moved out of the period is not ahead in it
    found = visits.of_period(frame({**other, "moved_to": "2026-04"}), period, "new", dt.datetime(2026, 3, 1))
    assert not found["ahead"].any()
