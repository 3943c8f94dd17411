import json
from fractions import Fraction

import pytest

from assess.base.errors import InputError
from assess.base.periods import FAR_OFF
from assess.rules.parts import YearTest
from assess.scoring import explain_period as explain_year
from assess.scoring import score
from assess.scoring.class_cuts import class_cuts
from assess.scoring.explain_meeting import explain_meeting, trace_of
from assess.scoring.period import period_class as outcome
from kit.small_slices import small_slice, with_tables


@pytest.fixture(scope="module")
def records(source):
    return source.records(FAR_OFF)


def test_a_trace_gives_the_line_its_fact_level_points_reading_and_clause(records, rules):
    trace = explain_meeting(records, rules, "pvd-01", "2026-03")
    line = next(x for x in trace.sheets[0].lines if x.criterion_id == "c2_rate")
    assert dict(line.facts)["tỷ lệ dự họp"] == "100%"
    assert (line.level, line.recomputed, line.points) == ("từ 90%", 4, 4)
    assert ("attendance_denominator", "minus_exempt_and_special") in line.readings
    assert "nhóm 2, dòng 1" in line.clause


def test_the_lines_of_a_trace_add_up_to_its_sheet_and_the_class_is_that_of_the_report(
    records, rules, cut
):
    scores = score(cut("xa-mau-thu"))
    for meeting in scores.meetings[scores.meetings["assessed"]].head(8).itertuples():
        trace = explain_meeting(records, rules, meeting.chi_bo_id, meeting.meeting_id)
        assert trace.total == pytest.approx(meeting.total)
        for sheet in trace.sheets:
            assert sheet.raw == pytest.approx(sum(line.points for line in sheet.lines))


def test_a_reading_that_decides_a_line_is_named_on_it(records, rules):
    trace = explain_meeting(
        records, rules, "pvd-01", "2026-04", readings={"thematic_points_off_month": "full"}
    )
    line = next(x for x in trace.sheets[0].lines if x.criterion_id == "c4_thematic")
    assert (line.treatment, line.points) == ("full", 5)
    assert ("thematic_points_off_month", "full") in line.readings


def test_a_trace_as_json_is_json_and_as_text_names_the_class(records, rules):
    trace = explain_meeting(records, rules, "pvd-01", "2026-03")
    assert json.loads(json.dumps(trace.as_json()))["class_title"] == trace.class_title
    assert f", {trace.class_title} (theo phiếu" in trace.as_text()


def test_a_cancelled_month_is_explained_without_a_class(records, rules, source):
    meetings = source._tables["meeting"]  # noqa: SLF001 - to find one
    row = meetings[(meetings["status"] == "cancelled") & (meetings["for_month"] > "2025-12")].iloc[
        0
    ]
    assert (
        "chưa có xếp loại"
        in explain_meeting(records, rules, row["chi_bo_id"], row["for_month"]).as_text()
    )


@pytest.mark.parametrize(
    ("chi_bo", "meeting", "code"),
    [("pvd-99", "2026-03", "unknown-chi-bo"), ("pvd-01", "2026-3", "unknown-meeting")],
)
def test_unknown_chi_bo_and_meetings_are_refused(records, rules, chi_bo, meeting, code):
    with pytest.raises(InputError) as caught:
        explain_meeting(records, rules, chi_bo, meeting)
    assert caught.value.findings[0].code == code


def close_to_90(an_phu):
    """A meeting of 89.996 points that lacks points on one line; 2 249 of 2 500 members attend."""
    meeting = {
        "m": {
            "kind": "ket_hop",
            "minutes": 120,
            "roll": 2500,
            "present": 2249,
            "absent_excused": 251,
            "speakers": 2249,
        }
    }
    made = small_slice(an_phu, meeting, {("m", "self"): {"c4_regular": 0.0, "c3_content": 2.996}})
    return made, score(made)


def test_a_total_and_a_rate_just_below_their_cuts_are_printed_below_them(an_phu):
    made, scores = close_to_90(an_phu)
    assert scores.meetings["total"].iloc[0] == 89.996
    text = trace_of(made, scores, "m").as_text()
    assert "Kết quả: 89,996 điểm, Khá" in text
    assert "Cộng 89,996; tổng 89,996/100: Khá" in text
    assert "2,996/3" in text
    assert "tỷ lệ dự họp: 89,96%" in text
    assert "90 điểm" not in text


def test_the_tests_of_a_year_print_a_mean_just_below_90_below_it(rules):
    form = rules["binh-thuan-khoi"]
    mean = Fraction(89996, 1000)
    tested = [
        outcome.YearTestResult(t, mean, holds=False)
        for c in form.year
        for t in c.tests
        if t.of == "mean"
    ]
    what, wanted, value = explain_year.tested_in_words(form, tested[0])
    assert (what, wanted, value) == ("điểm bình quân", "từ 90", "89,996")
    share = outcome.YearTestResult(
        YearTest(of="share_classed", classes=("tot",), at_least=0.7),
        Fraction(6996, 10000),
        holds=False,
    )
    assert explain_year.tested_in_words(form, share)[1:] == ("từ 70%", "69,96%")


def test_cuts_lowered_by_a_reading_are_among_those_that_totals_are_printed_beside(an_phu):
    made, _ = close_to_90(an_phu)
    lines = made.tables["line"]
    out = lines["criterion_id"] == "c4_process"
    lines.loc[out, "state"], lines.loc[out, "points"] = "not_applicable", None
    made = with_tables(made, line=lines)
    assert 85.5 in class_cuts(score(made, {"not_applicable": "scale_cuts"}))
