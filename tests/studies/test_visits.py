"""Leaders at the meetings of chi bộ: the figures of the source document, under each reading."""

import datetime as dt
from pathlib import Path

from assess import Period
from assess.exchange.csv import CsvFolder
from assess.records.tables import from_rows
from assess.reports.report import Report
from assess.studies import visits
from kit.small_dang_bo import meeting, year_slice
from kit.templates import run_template, said, table

ROOT = Path(__file__).parents[2]
H1, H2 = Period.parse("2018-H1"), Period.parse("2018-H2")
NOTHING = from_rows("meeting", ())
"""Records without a meeting, so that no visit can be compared."""
JUNE, DECEMBER = dt.datetime(2018, 6, 29), dt.datetime(2018, 12, 31)


def recorded():
    return CsvFolder(ROOT / "data/tu-lieu").records(DECEMBER)["visit"]


def shown(table):
    return {r.role: (r.posts, r.planned, r.done) for r in table.itertuples()}


def test_the_figures_of_the_first_half_of_2018():
    found = visits.of_period(recorded(), NOTHING, H1, "new", JUNE)
    assert shown(visits.by_role(found, "cells")) == {
        "lanh_dao": (10, 22, 18),
        "truong_pho_phong": (16, 32, 28),
    }
    assert (round(18 / 22, 3), round(28 / 32, 3)) == (0.818, 0.875)
    reasons = visits.reasons(found)
    assert reasons["count"].sum() == reasons["moved"].sum() == 8
    assert set(reasons["reason"]) == {"thời gian họp trùng với thời gian đi công tác"}


def test_moved_visits_count_in_the_new_half_or_in_the_old():
    later = visits.of_period(recorded(), NOTHING, H2, "new", DECEMBER)
    assert later["came"].all()
    assert shown(visits.by_role(later, "cells")) == {
        "lanh_dao": (4, 4, 2),
        "truong_pho_phong": (4, 4, 2),
    }
    assert visits.of_period(recorded(), NOTHING, H2, "old", DECEMBER).empty
    old = visits.of_period(recorded(), NOTHING, H1, "old", DECEMBER)
    assert shown(visits.by_role(old, "cells")) == {
        "lanh_dao": (10, 22, 20),
        "truong_pho_phong": (16, 32, 30),
    }
    # what is not known yet is not counted
    assert shown(visits.by_role(visits.of_period(recorded(), NOTHING, H1, "old", JUNE), "cells"))[
        "lanh_dao"
    ] == (10, 22, 18)


ROW = {"post": "Lãnh đạo 01", "role": "lanh_dao", "chi_bo_id": "a", "planned_for": "2026-02"}


def frame(*rows):
    return from_rows("visit", [{"visit_id": f"v{i}", **ROW, **row} for i, row in enumerate(rows)])


def test_two_visits_to_one_chi_bo_are_one_chi_bo_or_two_visits():
    rows = frame(
        {"status": "done", "done_on": dt.date(2026, 2, 3)},
        {"status": "missed", "planned_for": "2026-05"},
    )
    found = visits.of_period(rows, NOTHING, Period.parse("2026-H1"), "new", dt.datetime(2026, 7, 1))
    assert shown(visits.by_role(found, "cells")) == {"lanh_dao": (1, 1, 1)}
    assert shown(visits.by_role(found, "visits")) == {"lanh_dao": (1, 2, 1)}


def test_a_visit_still_to_come_is_planned_and_has_no_reason():
    found = visits.of_period(
        frame({"status": "planned"}),
        NOTHING,
        Period.parse("2026-Q1"),
        "new",
        dt.datetime(2026, 1, 1),
    )
    assert shown(visits.by_role(found, "visits")) == {"lanh_dao": (1, 1, 0)}
    assert visits.reasons(found).empty


def test_posts_with_an_assignment_and_no_visit_are_listed():
    follows = from_rows(
        "assignment",
        [
            {
                "chi_bo_id": "b",
                "post": "Lãnh đạo 02",
                "role": "lanh_dao",
                "valid_from": dt.date(2026, 1, 1),
            }
        ],
    )
    found = visits.of_period(
        frame({"status": "planned"}),
        NOTHING,
        Period.parse("2026-Q1"),
        "new",
        dt.datetime(2026, 1, 1),
    )
    table = visits.by_post(found, follows, {"b": "Chi bộ B"})
    assert table[["post", "planned", "done"]].to_numpy().tolist() == [
        ["Lãnh đạo 01", 1, 0],
        ["Lãnh đạo 02", 0, 0],
    ]
    assert table["assigned"].iloc[1] == "Chi bộ B"


def test_a_visit_counts_once_wherever_it_took_place():
    late = {
        "status": "moved",
        "planned_for": "2026-05",
        "moved_to": "2026-06",
        "done_on": dt.date(2026, 7, 3),
    }
    early = {
        "status": "moved",
        "planned_for": "2026-04",
        "moved_to": "2026-07",
        "done_on": dt.date(2026, 6, 30),
    }
    ahead = {"status": "done", "planned_for": "2026-08", "done_on": dt.date(2026, 6, 20)}
    at = dt.datetime(2026, 12, 31)
    for row, first, second in (
        (late, (1, 0), (1, 1)),
        (early, (1, 1), None),
        (ahead, None, (1, 1)),
    ):
        for period, wanted in (("2026-H1", first), ("2026-H2", second)):
            found = visits.of_period(frame(row), NOTHING, Period.parse(period), "new", at)
            assert (None if found.empty else (len(found), int(found["done"].sum()))) == wanted, (
                row,
                period,
            )


def test_a_move_within_the_period_is_not_a_move_to_a_later_one():
    row = {"status": "moved", "moved_to": "2026-03", "reason": "đi công tác"}
    found = visits.of_period(
        frame(row), NOTHING, Period.parse("2026-H1"), "new", dt.datetime(2026, 7, 1)
    )
    assert visits.reasons(found)["moved"].tolist() == [0]
    found = visits.of_period(
        frame({**row, "moved_to": "2026-07"}),
        NOTHING,
        Period.parse("2026-H1"),
        "new",
        dt.datetime(2026, 7, 1),
    )
    assert visits.reasons(found)["moved"].tolist() == [1]


def test_posts_of_the_same_name_in_two_offices_are_two():
    rows = frame(
        {"status": "planned", "office_id": "xa"},
        {"status": "planned", "office_id": "xa2", "chi_bo_id": "b"},
    )
    found = visits.of_period(rows, NOTHING, Period.parse("2026-Q1"), "new", dt.datetime(2026, 1, 1))
    assert shown(visits.by_role(found, "visits"))["lanh_dao"] == (2, 2, 0)


def test_a_visit_is_ahead_while_its_month_lasts_and_missed_no_sooner_than_it_ends():
    row = {"status": "planned", "planned_for": "2026-03"}
    other = {"status": "moved", "planned_for": "2026-01", "moved_to": "2026-03", "chi_bo_id": "b"}
    period, none = Period.parse("2026-Q1"), from_rows("meeting", [])
    for day, ahead in ((dt.datetime(2026, 3, 30), 2), (dt.datetime(2026, 3, 31), 0)):
        found = visits.of_period(frame(row, other), none, period, "new", day)
        assert visits.by_role(found, "cells")[["planned", "done", "ahead"]].to_numpy().tolist() == [
            [2, 0, ahead]
        ]
        assert visits.by_role(found, "visits")["ahead"].tolist() == [ahead]
    # a visit that is moved out of the period is not ahead in it
    found = visits.of_period(
        frame({**other, "moved_to": "2026-04"}), none, period, "new", dt.datetime(2026, 3, 1)
    )
    assert not found["ahead"].any()


def sat(number, chi_bo, day, post="Bí thư"):
    about = {
        "visit_id": f"w{number}",
        "post": post,
        "role": "lanh_dao",
        "chi_bo_id": chi_bo,
        "planned_for": f"{day:%Y-%m}",
    }
    return {**about, "status": "done", "done_on": day}


def test_a_day_without_a_meeting_is_not_done_a_month_without_records_is_not_compared_and_two_places_a_day_are_told():
    """The inspectors' trial.

    15 visits of one post at five chi bộ on three days, and four on days without a meeting.
    """
    days = [dt.date(2026, month, 3) for month in (1, 2, 3)]
    everywhere = [sat(f"{day:%m}{chi_bo}", chi_bo, day) for day in days for chi_bo in "abcde"]
    nowhere = [
        sat(f"n{n}", "a", dt.date(2026, month, 20), "Phó bí thư")
        for n, month in enumerate((1, 2, 3))
    ]
    cancelled = sat("c", "f", dt.date(2026, 2, 3), "Phó bí thư")
    unknown = sat("u", "f", dt.date(2026, 3, 3), "Phó bí thư")
    held = [meeting(chi_bo, f"{day:%Y-%m}", day.isoformat()) for day in days for chi_bo in "abcde"]
    held.append({**meeting("f", "2026-02", ""), "status": "cancelled", "kind": "thuong_ky"})
    rows = from_rows("visit", [*everywhere, *nowhere, cancelled, unknown])
    found = visits.of_period(
        rows, from_rows("meeting", held), Period.parse("2026-Q1"), "new", dt.datetime(2026, 7, 1)
    ).set_index("visit_id")
    assert set(found.index[found["no_meeting_that_day"]]) == {"wn0", "wn1", "wn2", "wc"}
    assert list(found.index[found["not_compared"]]) == ["wu"]
    assert int(found["same_day_elsewhere"].sum()) == 15
    assert (found["done"] == ~found["no_meeting_that_day"]).all()
    both = found.reset_index()
    (row,) = visits.by_role(both, "visits").to_dict("records")
    assert {name: row[name] for name in ("planned", "done", "no_meeting", "left")} == {
        "planned": 20,
        "done": 16,
        "no_meeting": 4,
        "left": 0,
    }
    (row,) = visits.by_role(both, "cells").to_dict("records")
    assert {name: row[name] for name in ("planned", "done", "no_meeting", "left")} == {
        "planned": 6,
        "done": 6,
        "no_meeting": 0,
        "left": 0,
    }
    assert visits.reasons(both).empty  # they were not missed either
    posts = visits.by_post(both, from_rows("assignment", ()), {})
    assert posts[["post", "planned", "done", "no_meeting"]].to_numpy().tolist() == [
        ["Bí thư", 15, 15, 0],
        ["Phó bí thư", 5, 1, 4],
    ]


def test_a_meeting_of_last_month_held_in_the_first_days_of_this_one_is_a_meeting_of_its_day():
    rows = from_rows(
        "visit", [sat(1, "a", dt.date(2026, 4, 3)), sat(2, "a", dt.date(2026, 4, 4), "Phó bí thư")]
    )
    held = from_rows("meeting", [meeting("a", "2026-03", "2026-04-03")])
    found = visits.of_period(rows, held, Period.parse("2026"), "new", dt.datetime(2026, 7, 1))
    assert found["no_meeting_that_day"].tolist() == [False, True]
    assert not found["same_day_elsewhere"].any()


def test_the_report_tells_the_days_that_do_not_fit_with_their_whole_and_lists_them():
    rows = [
        sat(1, "a", dt.date(2026, 3, 3)),
        sat(2, "b", dt.date(2026, 3, 3)),
        sat(3, "b", dt.date(2026, 3, 20), "Phó bí thư"),
    ]
    rows.append(sat(4, "a", dt.date(2026, 5, 5), "Phó bí thư"))
    made = year_slice(
        visit=rows,
        meeting=[meeting("a", "2026-03", "2026-03-03"), meeting("b", "2026-03", "2026-03-03")],
    )
    report = Report(made, {"visit_unit": "visits"})
    blocks = run_template("attendance_programme", report)
    text = said(blocks)
    for sentence in (
        "3/4 buổi theo kế hoạch (đạt 75,0%); 1 buổi khác ghi đã dự vào ngày không có buổi sinh hoạt, không tính",
        "1/4 buổi có ghi ngày dự rơi vào ngày chi bộ không sinh hoạt, không tính là đã dự",
        "2/4 buổi có cùng chức danh ghi dự trong cùng một ngày ở từ hai chi bộ trở lên (1 lần), vẫn tính",
        "1/4 buổi chưa đối chiếu được",
    ):
        assert sentence in text
    assert [row[2:] for row in table(blocks, "du-sinh-hoat")["rows"]] == [[4, 3, 0.75, 1, 0]]
    assert [row[2:] for row in table(blocks, "xem-lai-ngay-du")["rows"]] == [
        ["Chi bộ a", None, "Chi bộ b"],
        ["Chi bộ b", None, "Chi bộ a"],
        ["Chi bộ b", "03/3/2026", None],
    ]
