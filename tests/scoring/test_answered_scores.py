"""Scores, classes of periods and annual lists under an authority's answer."""

import datetime as dt

import pandas as pd
import pytest

from assess.records import make_slice
from assess.records.source import Records
from assess.records.tables import TABLES, from_rows
from assess.records.tree import Tree
from assess.scoring import score
from assess.scoring.annual.annual_list import annual_list
from assess.scoring.explain_meeting import trace_of
from assess.scoring.period.roll_up import period_results
from kit.answered import CITED, answered
from kit.small_slices import small_slice
from kit.wards import ward_rows

FORM, QUESTION = "an-phu-hd42", "not_applicable"
RESULT = ["total", "out_of", "class_id", "waiting", "counting"]


def cut_of(rules, rows, *answers):
    """The first quarter of a ward, with answers."""
    chi_bo = {row["unit_id"] for row in rows["unit"]}
    kept = {
        name: [row for row in found if row.get("chi_bo_id", "cb-1") in chi_bo]
        for name, found in rows.items()
    }
    tables = {name: from_rows(name, kept.get(name, ())) for name in TABLES}
    records = Records(tables, Tree(tables["unit"]))
    about = {"dang_bo": "phuong", "period": "2026-Q1", "as_of": "2026-07-01"}
    made = make_slice(records, rules, document_date="2026-07-01", **about)
    return answered(made, *answers)


@pytest.fixture(scope="module")
def year(cut):
    return cut("phuong-vi-du", "2026")


def days_of(made):
    meetings = made.tables["meeting"]
    months = pd.PeriodIndex(meetings["for_month"], freq="M").end_time.normalize()
    return meetings["held_on"].fillna(pd.Series(months, index=meetings.index))


def by_meeting(scores):
    return scores.every_meeting.set_index("meeting_id")[RESULT]


def test_meetings_from_its_day_on_are_scored_by_the_answer_and_earlier_ones_as_before(year):
    made = answered(year, ("tinh", FORM, QUESTION, "zero", "2026-05-04"))
    plain, read, found = (
        by_meeting(score(year)),
        by_meeting(score(year, {QUESTION: "zero"})),
        by_meeting(score(made)),
    )
    since = (days_of(year) >= "2026-05-04").to_numpy()
    assert 0 < since.sum() < len(since)
    assert not plain[since].equals(read[since])
    assert not plain[~since].equals(read[~since])
    pd.testing.assert_frame_equal(found[since], read[since])
    pd.testing.assert_frame_equal(found[~since], plain[~since])


def test_an_answer_to_one_chi_bo_or_about_another_form_leaves_the_others_alone(year):
    one = year.chi_bo[0]
    rows = [
        (one, FORM, QUESTION, "zero", "2026-01-01"),
        ("tinh", "hd12-2018", QUESTION, "full", "2026-01-01"),
    ]
    made = answered(year, *rows)
    plain, read, found = (
        by_meeting(score(year)),
        by_meeting(score(year, {QUESTION: "zero"})),
        by_meeting(score(made)),
    )
    mine = (year.tables["meeting"]["chi_bo_id"] == one).to_numpy() & (
        days_of(year) >= "2026-01-01"
    ).to_numpy()
    pd.testing.assert_frame_equal(found[mine], read[mine])
    pd.testing.assert_frame_equal(found[~mine], plain[~mine])


def test_a_reading_given_for_one_report_comes_before_the_answer_and_says_so(year):
    made = answered(year, ("tinh", FORM, QUESTION, "zero", "2026-01-01"))
    scores = score(made, {QUESTION: "full"})
    pd.testing.assert_frame_equal(by_meeting(scores), by_meeting(score(year, {QUESTION: "full"})))
    meeting = made.tables["meeting"].query("in_period and status == 'held'")["meeting_id"].iloc[0]
    chosen = scores.chosen_for(meeting)[QUESTION]
    assert (chosen.origin, chosen.option.id) == ("given", "full")
    assert (chosen.answer.option, chosen.answer.citation) == ("zero", CITED)


def test_the_trace_of_a_meeting_names_the_answer_that_its_line_rests_on(an_phu):
    line = next(c.id for c in an_phu.criteria if c.otherwise)
    sheet = {("m", "self"): {line: "n/a"}}
    made = small_slice(an_phu, {"m": {}}, sheet)
    made = answered(made, ("cb", FORM, QUESTION, "full", "2026-03-01"))
    trace = trace_of(made, score(made), "m")
    (traced,) = [each for each in trace.sheets[0].lines if each.criterion_id == line]
    assert any(f"theo trả lời tại {CITED}, từ ngày 01/3/2026" in text for text in traced.said)


def test_the_class_of_a_year_is_read_as_answered_at_its_end(cut):
    made = cut("phuong-vi-du", "2026")
    rows = [("tinh", FORM, "period_class", "mean", "2026-12-31")]
    plain = period_results(made, score(made), {})
    read = period_results(made, score(made), {"period_class": "mean"})
    after = answered(made, *rows)
    assert plain != read
    assert period_results(after, score(after), {}) == read
    late = answered(made, ("tinh", FORM, "period_class", "mean", "2027-01-01"))
    assert period_results(late, score(late), {}) == plain


def test_the_annual_list_is_read_as_answered_for_its_committee(cut):
    made = cut("tinh", "2026")
    assert made.annual is not None
    scores = score(made)
    years = period_results(made, scores, {})
    read = annual_list(made, {"cap_rounding": "ceiling"}, years)
    found = answered(made, ("tinh", made.annual.id, "cap_rounding", "ceiling", "2026-06-01"))
    assert annual_list(found, {}, years).options == read.options
    assert annual_list(made, {}, years).options != read.options
    other = answered(
        made, (made.chi_bo[0], made.annual.id, "cap_rounding", "ceiling", "2026-06-01")
    )
    assert annual_list(other, {}, years).options == annual_list(made, {}, years).options


def test_a_chi_bo_that_ended_is_classed_by_what_held_on_its_last_day(rules):
    ended = [row | {"valid_to": dt.date(2026, 2, 20)} for row in ward_rows(rules)["unit"][2:3]]
    rows = ward_rows(rules) | {"unit": [*ward_rows(rules)["unit"][:2], *ended]}
    made = cut_of(rules, rows, ("phuong", FORM, "period_class", "mean", "2026-01-01"))
    assert made.year_answers("cb-1", FORM)["period_class"].option == "mean"
    late = cut_of(rules, rows, ("phuong", FORM, "period_class", "mean", "2026-03-01"))
    assert made.chi_bo == ("cb-1",)
    assert late.year_answers("cb-1", FORM) == {}
