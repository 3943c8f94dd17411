"""The annual list: its units, groups, meeting condition, decisions, and what is known by then."""

import datetime as dt

import pytest

from assess import score
from assess.base.errors import InputError
from assess.scoring.annual.annual_list import SMALL, annual_list
from assess.scoring.period.roll_up import period_results
from kit.small_dang_bo import adopted, meeting, unit, year_slice

RULES = adopted("annual_rules", "qd366-2025", "tinh", dt.date(2025, 8, 30))
GOOD = {
    "year": "2026",
    "common_points": 29,
    "result_points": 66,
    "tasks_set": 10,
    "tasks_on_time": 10,
    "tasks_late": 0,
    "tasks_beyond": 4,
    "disciplined": False,
    "shortcomings": 0,
}


def file(unit_id, **more):
    return {"unit_id": unit_id, **GOOD, **more}


def listed(made, readings=None):
    readings = readings or {}
    return annual_list(made, readings, period_results(made, score(made), readings))


def lines(found):
    return {line.unit_id: line for line in found.lines}


def test_each_level_lists_the_units_that_report_to_it():
    units = [
        unit("cs", "xa", "co_so", "cap_uy"),
        unit("bp", "cs", "bo_phan", "cap_uy"),
        unit("c", "cs"),
        unit("d", "bp"),
    ]
    rows = {
        "units": units,
        "adoption": [RULES],
        "annual": [file(u) for u in ("xa", "cs", "a", "b", "c", "d")],
    }
    for dang_bo, wanted in (
        ("tinh", {"xa"}),
        ("xa", {"a", "b", "cs"}),
        ("cs", {"c", "d"}),
        ("bp", {"d"}),
    ):
        assert set(lines(listed(year_slice(dang_bo=dang_bo, **rows)))) == wanted
    found = lines(listed(year_slice(dang_bo="cs", **rows)))
    assert found["c"].decider == "đảng ủy cơ sở hoặc ban thường vụ cấp ủy cấp trên (Đảng bộ cs)"
    assert found["d"].decider.endswith("Đảng bộ bp đề xuất")
    assert (
        lines(listed(year_slice(dang_bo="tinh", **rows)))["xa"].decider == ""
    )  # not in the documents seen


def test_a_chi_bo_that_ended_or_left_is_on_no_list_of_the_unit_it_left():
    units = [
        unit("e", "xa", valid_to=dt.date(2026, 6, 30), successor_id="a"),
        unit("xa2", "tinh", "tren_co_so", "cap_uy"),
        unit("m", "xa", valid_to=dt.date(2026, 6, 30)),
        unit("m", "xa2", begins=dt.date(2026, 7, 1)),
    ]
    rows = {"units": units, "adoption": [RULES], "annual": [file(u) for u in ("a", "e", "m")]}
    assert set(lines(listed(year_slice(**rows)))) == {"a"}
    assert set(lines(listed(year_slice(dang_bo="xa2", **rows)))) == {"m"}


def test_only_a_year_is_classed():
    with pytest.raises(InputError) as caught:
        listed(year_slice("2026-Q1", adoption=[RULES]))
    assert caught.value.findings[0].code == "not-a-year"


@pytest.mark.parametrize(
    ("change", "code"), [({"listed_case": "personel"}, "unknown-case"), ({"cap": "40"}, "cap-over")]
)
def test_what_the_rules_do_not_know_is_refused_before_a_report_is_made(change, code):
    more = [adopted("cap_percent", change["cap"])] if "cap" in change else []
    with pytest.raises(InputError) as caught:
        year_slice(
            adoption=[RULES, *more],
            annual=[file("a", **{k: v for k, v in change.items() if k != "cap"})],
        )
    assert caught.value.findings[0].code == code
    assert code != "unknown-case" or caught.value.findings[0].hint == "personnel"


def test_a_higher_share_is_the_one_that_some_unit_above_decided():
    units = [unit(f"u{i}", "xa") for i in range(8)]
    rows = {"units": units, "annual": [file(f"u{i}", result_points=70 - i) for i in range(8)]}
    found = listed(year_slice(adoption=[RULES, adopted("cap_percent", "25", "tinh")], **rows))
    assert (found.percent, found.percent_by, found.groups[0].capped.limit) == (
        25,
        "Đảng bộ tinh",
        1,
    )
    found = listed(year_slice(adoption=[RULES], **rows))
    assert (found.percent, found.percent_by) == (20, "")


def test_groups_of_one_name_in_two_units_are_two_groups_and_small_ones_may_be_pooled():
    cells = [
        unit(f"u{i}", "xa", kind=kind)
        for i, kind in enumerate(["thon_to_dan_pho"] * 3 + ["doanh_nghiep_tu_nhan"] * 3)
    ]
    made = year_slice(
        units=cells,
        adoption=[RULES],
        annual=[file(f"u{i}", result_points=66 - i) for i in range(6)],
    )
    assert [g.capped.limit for g in listed(made).groups] == [0, 0]
    pooled = listed(made, {"cap_small_group": "pooled"})
    assert [(g.name, g.capped.limit) for g in pooled.groups] == [(SMALL, 1)]
    assert lines(pooled)["u0"].proposed == "htxsnv"
    each = listed(made, {"cap_small_group": "at_least_one"})
    assert sum(len(g.capped.kept) for g in each.groups) == 2


def test_decisions_are_counted_against_the_cap_by_what_was_decided():
    units = [unit(f"u{i}", "xa") for i in range(6)]
    decided = [
        {
            "unit_id": f"u{i}",
            "year": "2026",
            "version": 1,
            "annual_class": c,
            "decided_by": "xa",
            "decided_on": dt.date(2026, 12, 20),
        }
        for i, c in enumerate(["htxsnv", "htxsnv", "httnv", "httnv"])
    ]
    made = year_slice(
        units=units, adoption=[RULES], annual=[file(f"u{i}") for i in range(6)], decision=decided
    )
    group = listed(made).groups[0]
    assert (group.decided, group.decided_limit) == (2, 0)
    # before the day of the decision nobody knows of it
    early = year_slice(
        units=units,
        adoption=[RULES],
        annual=[file("u0")],
        decision=decided,
        as_of=dt.datetime(2026, 12, 19),
    )
    assert lines(listed(early))["u0"].decided is None


def test_the_years_meetings_hold_the_best_class_back_only_under_that_reading():
    form = adopted(
        "rule_set", "binh-thuan-khoi", "tinh", dt.date(2024, 1, 1), dt.date(2025, 10, 27)
    )
    rules = adopted("annual_rules", "qd366-2025", "tinh", dt.date(2025, 8, 30))
    del rules["valid_to"]
    rows = {"meeting": [], "sheet": [], "line": []}
    for month in (f"2025-{m:02d}" for m in range(1, 13)):
        row = meeting("a", month, f"{month}-03", kind="ket_hop")
        rows["meeting"].append(row)
        rows["sheet"].append(
            {
                "sheet_id": row["meeting_id"],
                "meeting_id": row["meeting_id"],
                "rater": "self",
                "rule_set_id": "binh-thuan-khoi",
            }
        )
        entries = {
            "b_total": 85,
            **dict.fromkeys(("b_attend", "b_time", "b_opinions", "b_minutes"), 1),
        }
        rows["line"] += [
            {"sheet_id": row["meeting_id"], "criterion_id": c, "state": "entered", "points": p}
            for c, p in entries.items()
        ]
    form["valid_to"] = dt.date(2026, 12, 31)
    made = year_slice(
        "2025",
        dang_bo="xa",
        adoption=[rules, {**form, "unit_id": "xa"}],
        annual=[file("a", year="2025")],
        **rows,
    )
    gated = {"meeting_weight": "no_best_unless_best"}
    assert lines(listed(made))["a"].proposal.class_id == "htxsnv"
    found = lines(listed(made, gated))["a"].proposal
    assert (found.class_id, found.meeting_gate) == ("httnv", True)


def test_without_rules_of_the_annual_class_nothing_is_proposed():
    found = listed(year_slice(annual=[file("a", self_class="httnv")]))
    line = lines(found)["a"]
    assert (line.proposal.status, line.proposed, line.self_class, found.groups) == (
        "unknown",
        None,
        "httnv",
        (),
    )
