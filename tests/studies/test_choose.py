"""Whom to inspect: the same records give the same plan, with a reason for each chi bộ.

Where it is a duty, every chi bộ is inspected.
"""

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from assess.base.errors import InputError
from assess.records.tables import from_rows
from assess.reports.report import Report
from assess.rules.parts import Edge
from assess.scoring import score
from assess.studies.inspection.choose import PlanOptions, inspection_plan
from assess.studies.inspection.coverage import COUNTED
from kit.planted_troubles import Province
from kit.small_dang_bo import adopted, meeting, unit, year_slice
from kit.templates import run_template, said, table


@pytest.fixture(scope="module")
def made(rules):
    return Province(5, rules["an-phu-hd42"], groups=4, cells=6, troubled=False).slice()


def plan(made, counts_as="inspection_only", **wanted):
    scores = score(made)
    return inspection_plan(made, scores, PlanOptions(**wanted), counts_as)


def chosen(found):
    return set(found.loc[found["chosen"], "chi_bo_id"])


def test_everybody_is_chosen_where_teams_can_inspect_everybody(made):
    found = plan(made)
    assert chosen(found) == set(made.chi_bo)
    assert not found["why"].str.contains("không chọn").any()
    assert found["order"].tolist() == list(range(1, len(made.chi_bo) + 1))


def test_a_plan_made_twice_is_the_same_and_another_seed_draws_others(made):
    pd.testing.assert_frame_equal(plan(made, capacity=16), plan(made, capacity=16))
    assert any(
        chosen(plan(made, capacity=16)) != chosen(plan(made, capacity=16, seed=seed))
        for seed in range(2, 6)
    )


def test_a_part_of_what_the_teams_can_is_drawn_whatever_is_known(made):
    for part, drawn in ((0, 0), (0.2, 3), (1, 12)):
        found = plan(made, capacity=12, floor=0, at_random=part)
        assert found["why"].str.startswith("rút ngẫu nhiên").sum() == drawn
        assert len(chosen(found)) == 12
    assert (
        plan(made, capacity=2, floor=0, at_random=0.1)["why"].str.startswith("rút ngẫu nhiên").sum()
        == 1
    )


def test_floors_beyond_what_the_teams_can_are_said_not_to_be_met(made):
    strata = plan(made)["stratum"].nunique()
    found = plan(made, capacity=2)
    assert (
        found.loc[found["chosen"], "why"].str.startswith(f"chỉ đủ cho 2 trong {strata} chỗ").all()
    )


def test_nothing_inspected_at_all_is_a_plan_too(made):
    bare = {name: made.tables[name].head(0) for name in ("visit", "inspection")}
    found = plan(dataclasses.replace(made, tables={**made.tables, **bare}))
    assert found["last"].isna().all()
    assert found["last"].dtype.kind == "M"


def test_each_stratum_has_its_floor_as_far_as_the_teams_can(made):
    found = plan(made, capacity=14, at_random=0)
    strata = found.groupby("stratum")["chosen"].sum()
    assert (strata >= 1).all() or len(strata) > 14
    assert len(chosen(found)) == 14
    assert len(chosen(plan(made, capacity=3, floor=2))) == 3


def test_one_never_inspected_goes_before_one_that_was(made):
    done = from_rows(
        "inspection",
        [
            {
                "inspection_id": f"k{c}",
                "chi_bo_id": c,
                "form": "kiem_tra",
                "inspected_on": dt.date(2026, 5, 5),
            }
            for c in made.chi_bo[::2]
        ],
    )
    bare = {name: made.tables[name].head(0) for name in ("visit",)}
    half = dataclasses.replace(made, tables={**made.tables, **bare, "inspection": done})
    found = plan(half, capacity=6, floor=0, at_random=0)
    first = found[found["chosen"]]
    assert first["last"].isna().all()
    assert first["why"].str.contains("chưa có cuộc kiểm tra nào được tính").all()


def test_one_new_sheet_changes_only_what_depends_on_it_and_says_why(made):
    before = plan(made, capacity=12)
    sheets = made.tables["sheet"].copy()
    who = before.loc[~before["chosen"], "chi_bo_id"].iloc[-1]
    meeting = made.tables["meeting"].set_index("meeting_id")["chi_bo_id"]
    row = sheets.index[(sheets["meeting_id"].map(meeting) == who) & (sheets["rater"] == "self")][0]
    sheets.loc[row, "signed_on"] = pd.Timestamp("2026-12-28")  # signed months after the meeting
    after = plan(dataclasses.replace(made, tables={**made.tables, "sheet": sheets}), capacity=12)
    old, new = (frame.set_index("chi_bo_id") for frame in (before, after))
    others = [c for c in made.chi_bo if c != who]
    pd.testing.assert_frame_equal(
        old.loc[others, ["signals", "last", "number"]],
        new.loc[others, ["signals", "last", "number"]],
    )
    assert new.loc[who, "signals"] == old.loc[who, "signals"] + 1
    assert "điểm cần xem" in new.loc[who, "why"]
    assert len(chosen(before) ^ chosen(after)) in (0, 2)  # it takes one place, or none


def test_numbers_that_no_plan_can_have_and_unknown_chi_bo_are_refused(made):
    for wrong in ({"capacity": -1}, {"floor": -1}, {"at_random": 1.5}):
        with pytest.raises(InputError):
            PlanOptions(**wrong)
    with pytest.raises(InputError, match="khong-co"):
        plan(made, hard=("khong-co",))


def test_a_visit_of_an_earlier_year_counts_where_visits_do():
    sat = {
        "visit_id": "v",
        "post": "Lãnh đạo 01",
        "role": "lanh_dao",
        "chi_bo_id": "a",
        "planned_for": "2024-05",
        "status": "done",
        "done_on": dt.date(2024, 5, 3),
    }
    made = year_slice(visit=[sat], meeting=[meeting("a", "2026-03", "2026-03-03")])
    last = {
        option: plan(made, counts_as=option).set_index("chi_bo_id")["last"] for option in COUNTED
    }
    assert last["inspection_or_visit"]["a"] == pd.Timestamp("2024-05-03")
    assert last["inspection_only"].isna().all()


def test_the_plan_names_who_sat_in_on_a_meeting_and_not_a_visit_on_a_day_without_one():
    visits = [
        {
            "visit_id": f"v-{chi_bo}",
            "post": "Lãnh đạo 01",
            "role": "lanh_dao",
            "chi_bo_id": chi_bo,
            "planned_for": "2026-03",
            "status": "done",
            "done_on": day,
        }
        for chi_bo, day in (("a", dt.date(2026, 3, 3)), ("b", dt.date(2026, 3, 20)))
    ]
    held = [meeting(chi_bo, "2026-03", "2026-03-03") for chi_bo in ("a", "b")]
    why = plan(year_slice(visit=visits, meeting=held)).set_index("chi_bo_id")["why"]
    assert "(đã có: dự sinh hoạt ngày 03/3/2026)" in why["a"]
    assert "đã có" not in why["b"]


def test_what_was_found_at_a_chi_bo_that_was_merged_years_ago_is_asked_of_the_one_that_took_it_over():
    ended = unit("b", "xa", valid_to=dt.date(2025, 6, 30), successor_id="a")
    done = {
        "inspection_id": "kt",
        "chi_bo_id": "b",
        "form": "kiem_tra",
        "inspected_on": dt.date(2025, 4, 2),
        "recommendation": "ghi đủ sổ",
    }
    made = year_slice(
        units=[ended], inspection=[done], meeting=[meeting("a", "2026-03", "2026-03-03")]
    )
    (row,) = plan(made).to_dict("records")
    assert pd.isna(row["last"])
    assert "ở chi bộ đã sáp nhập vào: kiểm tra ngày 02/4/2025" in row["why"]
    blocks = run_template("inspection_dossier", Report(made, {}))
    assert "ghi đủ sổ" in table(blocks, "kien-nghi")["rows"][0]


def on_form(rules, entries):
    """Make two chi bộ with one meeting each on a rule set that replaces An Phú's.

    The first has the given entries, the second has the maximum on every line.
    """
    sheets = [
        {"sheet_id": f"s{c}", "meeting_id": f"{c}.2603", "rater": "self", "rule_set_id": rules.id}
        for c in "ab"
    ]
    lines = [
        {
            "sheet_id": f"s{c}",
            "criterion_id": line.id,
            "state": "entered",
            "points": entries.get(line.id, line.top) if c == "a" else line.top,
        }
        for c in "ab"
        for line in rules.criteria
    ]
    rows = [meeting(c, "2026-03", "2026-03-03") for c in "ab"]
    made = year_slice(
        adoption=[adopted("rule_set", rules.id, begins=dt.date(2025, 10, 28))],
        meeting=rows,
        sheet=sheets,
        line=lines,
    )
    return dataclasses.replace(made, rule_sets={rules.id: rules})


def test_the_plan_and_page_one_name_the_weak_classes_of_a_form_as_it_names_them(rules):
    two = rules["hd12-2018"]
    made = on_form(two, {two.criteria[-1].id: 0.0})
    found = plan(made).set_index("chi_bo_id")
    assert found["weak"].to_dict() == {"a": True, "b": False}
    assert "có buổi xếp loại Chưa đạt" in found.loc["a", "why"]
    blocks = run_template("inspection_plan_annex", Report(made, {}))
    assert "Trung bình" not in said(blocks)
    assert "có buổi xếp loại Chưa đạt 1;" in table(blocks, "ly-do")["note"]


def test_a_pass_of_a_form_of_five_classes_is_weak_nowhere(rules):
    an_phu = rules["an-phu-hd42"]
    names = (
        ("xs", "Xuất sắc", 95, None),
        ("tot", "Tốt", 90, 95),
        ("kha", "Khá", 70, 90),
        ("dat", "Đạt", 50, 70),
        ("khong_dat", "Không đạt", None, 50),
    )
    bands = tuple(
        an_phu.bands[0].model_copy(
            update={
                "id": i,
                "title": t,
                "at_least": low and Edge(plus=low),
                "below": high and Edge(plus=high),
            }
        )
        for i, t, low, high in names
    )
    five = type(an_phu).model_construct(
        **{**{name: getattr(an_phu, name) for name in type(an_phu).model_fields}, "bands": bands}
    )
    for lost, weak in (
        ({"c7_result": 10.0, "c4_regular": 0.0, "c4_process": 0.0}, False),
        ({line.id: 0.0 for line in five.criteria}, True),
    ):
        made = on_form(five, lost)
        scores = score(made)
        assert scores.meetings.set_index("chi_bo_id").loc["a", "class_id"] == (
            "khong_dat" if weak else "dat"
        )
        found = plan(made).set_index("chi_bo_id")
        assert found.loc["a", "weak"] == weak
        assert ("xếp loại Không đạt" in found.loc["a", "why"]) is weak
        page_one = said(run_template("annual_review", Report(made, {})))
        assert ("chi bộ có buổi sinh hoạt xếp loại Không đạt" in page_one) is weak
        assert "xếp loại Đạt hoặc" not in page_one
