"""Model meetings: how far each unit is, and what is late."""

import datetime as dt

from assess.studies.rollout import STEPS, rollout
from kit.small_dang_bo import year_slice


def step(unit, what, planned, done):
    day = dt.date.fromisoformat
    return {
        "unit_id": unit,
        "what": what,
        "year": "2026",
        "planned_on": planned and day(planned),
        "done_on": done and day(done),
    }


def test_the_next_step_is_the_first_one_not_done_and_late_steps_are_counted():
    made = year_slice(
        as_of=dt.datetime(2026, 12, 1),
        milestone=[
            step("xa", "model_plan", "2026-09-30", "2026-09-28"),
            step("xa", "model_guidance", "2026-10-10", "2026-10-20"),
            step("xa", "model_meeting", "2026-11-15", None),
            step("a", "rolled_out", "2026-12-05", None),
            step("a", "briefing", None, "2026-01-02"),
        ],
    )
    table = rollout(made).set_index("unit_id")
    assert (table.loc["xa", "next"], table.loc["xa", "late"], table.loc["xa", "overdue"]) == (
        "model_meeting",
        1,
        1,
    )
    assert (table.loc["a", "next"], table.loc["a", "late"], table.loc["a", "overdue"]) == (
        "model_plan",
        0,
        0,
    )


def test_where_no_day_was_planned_nothing_is_late_or_in_time():
    made = year_slice(
        milestone=[
            step("a", "model_plan", None, "2026-03-01"),
            step("b", "model_plan", "2027-01-10", None),
        ]
    )
    table = rollout(made).set_index("unit_id")
    assert table.loc["a", ["late", "overdue"]].isna().all()
    assert table.loc["b", ["late", "overdue"]].tolist() == [
        0,
        0,
    ]  # due on the day of the report itself


def test_a_unit_that_has_taken_every_step_has_nothing_next():
    made = year_slice(milestone=[step("xa", what, None, "2026-03-01") for what in STEPS])
    assert rollout(made)["next"].isna().all()
    assert rollout(year_slice()).empty
