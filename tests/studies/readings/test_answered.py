"""Studies and petitions where an authority has answered some of the questions."""

import pandas as pd
import pytest

from assess.scoring import score
from assess.scoring.period.roll_up import period_results
from assess.studies.readings import PERIOD, raised_questions, study_readings
from assess.studies.readings.answered import answers_known, settled_questions
from assess.studies.readings.petition import petition
from kit.answered import answered
from kit.each_combination import results

FORM, QUESTION = "an-phu-hd42", "thematic_points_off_month"
ASKED = ["not_applicable", QUESTION]


@pytest.fixture(scope="module")
def year(cut):
    return cut("phuong-vi-du", "2026")


@pytest.fixture(scope="module")
def from_july(year):
    return answered(year, ("tinh", FORM, QUESTION, "full", "2026-07-01"))


def acceptable(study):
    frame = study.acceptability
    return {
        case: {row.class_id: row.share for row in rows.itertuples() if row.share}
        for case, rows in frame.groupby("case_id")
    }


def test_an_answered_question_is_open_for_the_meetings_before_its_day_only(year, from_july):
    study = study_readings(from_july, ASKED, basis=False)
    before = study_readings(year, ASKED, basis=False)
    fixed = study_readings(year, ["not_applicable"], {QUESTION: "full"}, basis=False)
    found, open_, closed = acceptable(study), acceptable(before), acceptable(fixed)
    meetings = year.tables["meeting"].set_index("meeting_id")
    since = set(meetings.index[meetings["held_on"] >= "2026-07-01"])
    seen = {True: 0, False: 0}
    for case, shares in found.items():
        assert shares == pytest.approx((closed if case in since else open_)[case]), case
        seen[case in since] += open_[case] != closed[case]
    assert min(seen.values()) > 0


def test_the_class_in_use_is_that_of_the_ordinary_scores(from_july):
    scores = score(from_july)
    classes = scores.meetings.set_index("meeting_id")["class_id"]
    study = study_readings(from_july, ASKED, basis=False)
    known = study.cases[~study.cases["class_id"].isin(["waiting", "no_result", "outside"])]
    assert len(known) > 100
    assert (known.set_index("case_id")["class_id"] == classes[known["case_id"]]).all()
    points = scores.meetings.set_index("meeting_id")
    points = (100 * points["total"] / points["out_of"])[known["case_id"]]
    pd.testing.assert_series_equal(
        known["points"], points, check_index=False, check_names=False, rtol=0, atol=1e-6
    )


def test_each_meeting_is_as_if_its_answer_were_given_and_nothing_asked(year, from_july):
    """Against scoring every combination by itself, without the code of the fast way."""
    quarter = study_readings(from_july, [QUESTION], basis=False)
    slow, everything = results(year, [QUESTION], {})
    meetings = year.tables["meeting"].set_index("meeting_id")
    since = set(meetings.index[meetings["held_on"] >= "2026-07-01"])
    for case, shares in acceptable(quarter).items():
        options = [("full",)] if case in since else everything
        names = [slow[case][option][0] for option in options]
        distinct = {name: names.count(name) for name in names}
        assert set(shares) == {n for n in distinct if n != "waiting"}, case


def test_the_class_of_a_period_in_use_is_that_of_the_ordinary_roll_up(year):
    made = answered(
        year,
        ("tinh", FORM, QUESTION, "full", "2026-07-01"),
        ("tinh", FORM, "period_class", "mean", "2026-07-01"),
    )
    study = study_readings(made, [*ASKED, "period_class", "unclassed_month"], of=PERIOD)
    wanted = period_results(made, score(made), {})
    classed = {c: r.class_id for c, r in wanted.items() if r.status == "classed"}
    assert classed
    found = dict(zip(study.cases["case_id"], study.cases["class_id"], strict=True))
    assert {c: found[c] for c in classed} == classed
    touched = study.questions.set_index("question_id")["touched"]
    assert touched["period_class"] == 0
    assert touched[QUESTION] > 0


def test_a_petition_does_not_ask_what_has_been_answered_since(year, from_july):
    assert QUESTION in petition(year, study_readings(year, ASKED, basis=False)).asked
    found = petition(from_july, study_readings(from_july, ASKED, basis=False))
    assert QUESTION not in (*found.asked, *found.idle)
    assert found.asked == ("not_applicable",)
    assert [(a.question, a.option) for a in answers_known(from_july)] == [(QUESTION, "full")]
    raised = raised_questions(from_july, basis=False)
    assert QUESTION not in raised.idle


def test_a_question_is_settled_only_when_it_is_for_everybody_by_the_day_of_the_document(year, cut):
    one = year.chi_bo[0]
    early, late = cut("phuong-vi-du", "2026-Q1"), ("tinh", FORM, QUESTION, "full", "2026-09-01")
    assert settled_questions(answered(year, (one, FORM, QUESTION, "full", "2026-01-01"))) == set()
    assert settled_questions(answered(early, late)) == {QUESTION}
    assert settled_questions(answered(early, (*late[:4], "2027-02-01"))) == set()
    assert settled_questions(answered(early, (*late, "2026-12-31"))) == set()
