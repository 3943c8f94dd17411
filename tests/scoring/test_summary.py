from fractions import Fraction

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from assess.scoring import score
from assess.scoring.period import summary

FORM = "an-phu-hd42"
CLASSES = ["tot", "kha", "trung_binh", "kem"]


@given(st.lists(st.integers(0, 5) | st.integers(0, 5000), min_size=1, max_size=6))
@example([1, 1001, 1000])
@example([1, 1, 1, 1, 1, 5000])
def test_shares_add_up_to_exactly_100_percent(counts):
    found = summary.shares(counts, "largest_remainder")
    if sum(counts) == 0:
        assert found == [None] * len(counts)
        return
    assert sum(round(share * 1000) for share in found) == 1000
    for share, count in zip(found, counts, strict=True):
        assert (share == 0) == (count == 0)
        assert (share == 1) == (count == sum(counts))
    in_order = [share for _, share in sorted(zip(counts, found, strict=True))]
    assert in_order == sorted(in_order)
    # no share is off by a tenth, apart from the tenths taken to lift counts that would round to
    # zero
    exact = [Fraction(count * 1000, sum(counts)) for count in counts]
    lifted = sum(0 < tenths < 1 for tenths in exact)
    given = [tenths - round(share * 1000) for share, tenths in zip(found, exact, strict=True)]
    assert all(abs(tenths) < 1 + lifted for tenths in given)
    event(f"lifted: {bool(lifted)}")


def test_unrounded_shares_are_the_plain_quotients():
    assert summary.shares([1, 2], "unrounded") == [1 / 3, 2 / 3]


@pytest.mark.parametrize("dang_bo", ["phuong-vi-du", "xa-mau-thu", "qs-tinh"])
def test_every_due_month_is_accounted_for_once(cut, dang_bo):
    made = cut(dang_bo)
    frame = summary.coverage(made, score(made))
    assert (frame["due"] == frame["held"] + frame["not_held"] + frame["no_record"]).all()
    assert (frame["held"] == frame["assessed"] + frame["waiting"] + frame["no_sheet"]).all()
    assert frame["due"].sum() == len(made.tables["due"])


def test_rows_of_chi_bo_and_of_months_count_the_same_meetings(cut):
    made = cut("xa-mau-thu")
    scores = score(made)
    by_month = summary.classes_by_month(made, scores, FORM)
    by_chi_bo = summary.results_by_chi_bo(made, scores, FORM)
    for class_id in CLASSES:
        assert by_month[class_id].sum() == by_chi_bo[class_id].sum()
    assert (
        by_month["assessed"].sum()
        == scores.meetings["assessed"].sum()
        == summary.by_chi_bo(made, scores)["assessed"].sum()
    )


def test_a_chi_bo_that_ended_in_march_was_due_three_months_and_one_founded_in_may_eight(cut):
    def due(dang_bo, chi_bo):
        made = cut(dang_bo)
        return summary.by_chi_bo(made, score(made)).set_index("chi_bo_id").loc[chi_bo, "due"]

    assert due("xa-mau-thu", "xmt-14") == 3
    assert due("ct-mo-phong", "cmp-07") == 8


def test_four_quarters_add_up_to_the_year(cut):
    def counts(period):
        made = cut("dh-gia-lap", period)
        frame = summary.classes_by_month(made, score(made), FORM)
        return frame[[*CLASSES, "assessed"]].sum()

    year, quarters = counts("2026"), [counts(f"2026-Q{q}") for q in range(1, 5)]
    assert (sum(quarters) == year).all()
