"""The inspection prerequisite: who must meet it, who is missing, under each reading."""

import datetime as dt

import pytest

from assess.studies.inspection.coverage import inspected, inspection_prerequisite
from kit.small_dang_bo import adopted, meeting, unit, year_slice

GATE = adopted("inspection_gate", "co")


def prerequisite(made, option):
    return inspection_prerequisite(made, inspected(made, option))


def seen(chi_bo, form, day):
    return {
        "inspection_id": f"{chi_bo}-{form}",
        "chi_bo_id": chi_bo,
        "form": form,
        "inspected_on": day and dt.date.fromisoformat(day),
    }


def visit(chi_bo, day):
    return {
        "visit_id": f"v-{chi_bo}",
        "post": "Lãnh đạo 01",
        "role": "lanh_dao",
        "chi_bo_id": chi_bo,
        "planned_for": day[:7],
        "status": "done",
        "done_on": dt.date.fromisoformat(day),
    }


@pytest.mark.parametrize(
    ("option", "missing"),
    [
        ("inspection_only", ("b", "c", "d")),
        ("inspection_or_visit", ("c", "d")),
        ("document_check_too", ("d",)),
    ],
)
def test_what_counts_is_a_reading(option, missing):
    made = year_slice(
        units=[unit("c", "xa"), unit("d", "xa")],
        adoption=[GATE],
        inspection=[
            seen("a", "giam_sat", "2026-05-02"),
            seen("c", "ho_so", "2026-05-02"),
            seen("d", "kiem_tra", None),
        ],
        visit=[visit("b", "2026-04-02")],
    )
    found = prerequisite(made, option)
    assert (found.asked, found.missing, found.draft) == (("a", "b", "c", "d"), missing, True)


def test_a_visit_or_a_sitting_in_on_a_day_without_a_meeting_covers_nobody():
    held = [meeting(chi_bo, "2026-04", "2026-04-02") for chi_bo in ("a", "b")]
    visits = [
        visit("a", "2026-04-02"),
        visit("b", "2026-04-20"),
        {**visit("b", "2026-09-03"), "visit_id": "unknown"},
    ]
    sitting = {**seen("a", "du_sinh_hoat", "2026-04-21"), "inspection_id": "x"}
    made = year_slice(adoption=[GATE], meeting=held, visit=visits[:2], inspection=[sitting])
    found = inspected(made, "inspection_or_visit")
    assert found[["chi_bo_id", "du_sinh_hoat", "no_meeting", "covered"]].to_numpy().tolist() == [
        ["a", 1, 1, True],
        ["b", 0, 1, False],
    ]
    assert prerequisite(made, "inspection_or_visit").missing == ("b",)
    # where no meeting of a month is on record, a visit cannot be disputed
    made = year_slice(adoption=[GATE], meeting=held, visit=visits)
    assert prerequisite(made, "inspection_or_visit").missing == ()


def test_only_this_year_and_only_what_is_known_counts():
    rows = [
        seen("a", "kiem_tra", "2025-12-30"),
        {**seen("b", "kiem_tra", "2026-11-30"), "inspection_id": "late"},
    ]
    made = year_slice(adoption=[GATE], inspection=rows, as_of=dt.datetime(2026, 11, 1))
    assert prerequisite(made, "inspection_only").missing == ("a", "b")


def test_no_gate_where_no_unit_has_adopted_it_and_none_is_draft_when_all_were_inspected():
    assert prerequisite(year_slice(), "inspection_only").asked == ()
    made = year_slice(
        adoption=[GATE],
        inspection=[seen("a", "kiem_tra", "2026-05-02"), seen("b", "kiem_tra", "2026-05-02")],
    )
    assert (
        prerequisite(made, "inspection_only").missing,
        prerequisite(made, "inspection_only").draft,
    ) == ((), False)
    assert inspected(made, "inspection_only")["kiem_tra"].tolist() == [1, 1]


def test_an_override_with_its_reason_lets_the_review_go_on():
    step = {
        "unit_id": "xa",
        "what": "gate_override",
        "year": "2026",
        "done_on": dt.date(2026, 12, 20),
        "note": "bão, đã thống nhất trong thường trực",
    }
    found = prerequisite(year_slice(adoption=[GATE], milestone=[step]), "inspection_only")
    assert (found.missing, found.waived, found.draft) == (("a", "b"), ("a", "b"), False)
    assert found.reasons == ("bão, đã thống nhất trong thường trực",)
    assert found.askers == ("xa",)
    # the province's report shows it too; a waiver for one chi bộ exempts only that one
    assert not prerequisite(
        year_slice(dang_bo="tinh", adoption=[GATE], milestone=[step]), "inspection_only"
    ).draft
    assert prerequisite(
        year_slice(adoption=[GATE], milestone=[{**step, "unit_id": "a"}]), "inspection_only"
    ).waived == ("a",)
    # a waiver without a reason, of another year, or not decided by then, is void
    for change in (
        {"note": None},
        {"year": "2025"},
        {"done_on": None},
        {"done_on": dt.date(2027, 1, 20)},
    ):
        assert prerequisite(
            year_slice(adoption=[GATE], milestone=[{**step, **change}]), "inspection_only"
        ).draft


def test_a_chi_bo_that_ended_within_the_year_is_not_asked_at_its_end():
    made = year_slice(
        units=[unit("c", "xa", valid_to=dt.date(2026, 6, 30), successor_id="a")], adoption=[GATE]
    )
    assert prerequisite(made, "inspection_only").asked == ("a", "b")


def test_a_half_years_gate_looks_at_the_half_year():
    rows = [seen("a", "kiem_tra", "2026-05-02"), seen("b", "kiem_tra", "2026-10-02")]
    made = year_slice("2026-H1", adoption=[GATE], inspection=rows)
    assert prerequisite(made, "inspection_only").missing == ("b",)


def test_rows_of_one_day_are_findings_of_one_inspection_and_an_inspection_by_another_is_one_more():
    rows = [
        {
            **seen("a", "kiem_tra", "2026-05-02"),
            "inspection_id": str(n),
            "inspected_by": by,
            "finding": f"việc {n}",
        }
        for n, by in enumerate(("xa", "xa", "tinh"))
    ]
    found = inspected(year_slice(inspection=rows), "inspection_only").set_index("chi_bo_id")
    assert found.loc["a", ["kiem_tra", "covered", "direct", "higher"]].tolist() == [
        2,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("by", "direct", "higher"),
    [("xa", True, False), ("tinh", False, True), (None, False, False), ("b", False, False)],
)
def test_who_inspected_is_told_apart_by_where_the_chi_bo_reported_that_day(by, direct, higher):
    rows = [{**seen("a", "kiem_tra", "2026-05-02"), "inspected_by": by}]
    found = (
        inspected(year_slice(inspection=rows), "inspection_only").set_index("chi_bo_id").loc["a"]
    )
    assert (found["covered"], found["direct"], found["higher"]) == (True, direct, higher)


def test_a_committee_that_was_directly_above_then_counts_as_directly_above():
    moved = [
        unit("c", "xa", valid_to=dt.date(2026, 6, 30)),
        unit("c", "xa2", begins=dt.date(2026, 7, 1)),
        unit("xa2", "tinh", "tren_co_so", "cap_uy"),
    ]
    rows = [{**seen("c", "kiem_tra", "2026-05-02"), "inspected_by": "xa"}]
    found = inspected(
        year_slice(dang_bo="tinh", units=moved, inspection=rows), "inspection_only"
    ).set_index("chi_bo_id")
    assert found.loc["c", "direct"]


def test_what_was_done_at_a_chi_bo_before_it_was_merged_does_not_cover_the_one_that_took_it_over():
    ended = unit("b", "xa", valid_to=dt.date(2026, 6, 30), successor_id="a")
    found = inspected(
        year_slice(units=[ended], inspection=[seen("b", "kiem_tra", "2026-05-02")]),
        "inspection_only",
    )
    assert found[["chi_bo_id", "covered"]].to_numpy().tolist() == [["a", False]]


def test_the_committee_of_that_day_is_known_though_the_period_came_after():
    moved = [
        unit("c", "xa2", valid_to=dt.date(2026, 6, 30)),
        unit("c", "xa", begins=dt.date(2026, 7, 1)),
        unit("xa2", "tinh", "tren_co_so", "cap_uy"),
    ]
    rows = [{**seen("c", "kiem_tra", "2026-02-10"), "inspected_by": "xa2"}]
    for period in ("2026", "2026-Q4"):
        found = inspected(
            year_slice(period, units=moved, inspection=rows), "inspection_only"
        ).set_index("chi_bo_id")
        assert found.loc["c", "direct"], period


def test_a_row_that_does_not_say_who_inspected_belongs_to_the_one_that_does():
    rows = [
        {**seen("a", "kiem_tra", "2026-05-02"), "inspection_id": str(n), "inspected_by": by}
        for n, by in enumerate(("xa", None))
    ]
    found = inspected(year_slice(inspection=rows), "inspection_only").set_index("chi_bo_id")
    assert found.loc["a", "kiem_tra"] == 1
