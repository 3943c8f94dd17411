"""Lost points are divided by the sheets that have lines."""

import pytest

from assess.records.tables import from_rows
from assess.scoring import score
from assess.scoring.period.summary import by_chi_bo
from assess.studies.contradictions import compared
from assess.studies.losses import counted_sheets, losses_by_criterion, losses_by_group
from kit.small_slices import small_slice, with_tables

SUMMARY_ONLY = dict.fromkeys(
    ("exempt", "special_duty", "exempt_present", "absent_excused", "absent_unexcused")
)


@pytest.fixture(scope="module")
def mixed(an_phu):
    """Three months: two full score forms and one known by its total and roll only.

    The full ones lose 20 points of the results line, and none.
    """
    meetings = {
        "m1": {"for_month": "2026-03"},
        "m2": {"for_month": "2026-04"},
        "m3": {"for_month": "2026-05", "roll": 20, "present": 15, **SUMMARY_ONLY},
    }
    made = small_slice(
        an_phu,
        meetings,
        {("m1", "self"): {"c7_result": 10}, ("m2", "self"): {}, ("m3", "self"): {}},
    )
    lines, sheets = made.tables["line"], made.tables["sheet"]
    return with_tables(
        made,
        line=lines[lines["sheet_id"] != "m3.self"].reset_index(drop=True),
        sheet=sheets.assign(stated_total=[None, None, 85.0]).astype(
            from_rows("sheet", []).dtypes.to_dict()
        ),
    )


def test_points_lost_per_group_are_over_the_sheets_that_have_lines(mixed):
    scores = score(mixed)
    assert scores.meetings["assessed"].all()
    groups = losses_by_group(scores).set_index("group_id")
    lost = groups[groups["lost"] > 0].iloc[0]
    assert lost["lost"] == 10  # 20 over the two sheets with lines, not over three
    assert lost["sheets"] == 2
    # months without a thematic part leave out five points of the fourth group; the others count in
    # full
    assert (groups["max"] - groups["weight"]).pipe(lambda short: short[short != 0].to_dict()) == {
        "g4": 5
    }
    line = losses_by_criterion(scores).iloc[0]
    assert (line["lost"], line["sheets"], line["short"]) == (10, 2, 1)
    assert counted_sheets(scores).to_dict("records") == [
        {"rule_set_id": "an-phu-hd42", "sheets": 3, "with_lines": 2, "by_total": 1}
    ]


def test_a_form_without_any_lines_loses_nothing_that_could_be_printed(mixed):
    mixed = small_slice(mixed.rule_sets["an-phu-hd42"], {"m": {}}, {("m", "self"): {}})
    mixed = with_tables(
        mixed,
        line=mixed.tables["line"].iloc[:0],
        sheet=mixed.tables["sheet"].assign(stated_total=85.0),
    )
    scores = score(mixed)
    assert scores.meetings["assessed"].all()
    assert losses_by_group(scores).empty
    assert compared(scores) == (0, 0)


def test_a_share_of_nothing_lost_is_unknown_not_zero(an_phu):
    groups = losses_by_group(score(small_slice(an_phu, {"m": {}}, {("m", "self"): {}})))
    assert (groups["lost"] == 0).all()
    assert groups["share"].isna().all()


def test_the_mean_attendance_leaves_out_rates_over_other_members_and_says_how_many(mixed):
    row = by_chi_bo(mixed, score(mixed)).iloc[0]
    assert (
        row["attendance"],
        row["attendance_of"],
        row["attendance_apart"],
        row["attendance_over_all"],
    ) == (1.0, 2, 1, False)
    only = small_slice(
        mixed.rule_sets["an-phu-hd42"], {"m": {"roll": 20, "present": 15, **SUMMARY_ONLY}}, {}
    )
    row = by_chi_bo(only, score(only)).iloc[0]
    assert (
        row["attendance"],
        row["attendance_of"],
        row["attendance_apart"],
        row["attendance_over_all"],
    ) == (0.75, 1, 0, True)


def test_nobody_was_exempt_where_present_and_absent_make_up_the_roll(an_phu):
    facts = {
        "exempt": None,
        "special_duty": None,
        "present": 18,
        "absent_excused": 2,
        "absent_unexcused": 0,
    }
    made = small_slice(an_phu, {"m": facts}, {})
    assert not score(made).meetings["attendance_over_all"].any()
    assert not score(made, {"attendance_denominator": "roll"}).meetings["attendance_over_all"].any()
    made = small_slice(an_phu, {"m": {**facts, "absent_excused": None}}, {})
    assert score(made).meetings["attendance_over_all"].all()
    assert not score(made, {"attendance_denominator": "roll"}).meetings["attendance_over_all"].any()
