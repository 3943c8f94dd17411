import json

import pytest

from assess.base.errors import InputError
from assess.scoring import score
from assess.scoring.explain import explain


def test_a_trace_gives_the_line_its_fact_level_points_reading_and_clause(workspace):
    trace = explain(workspace, "data/sample", "pvd-01", "2026-03")
    line = next(x for x in trace.sheets[0].lines if x.criterion_id == "c2_rate")
    assert dict(line.facts)["tỷ lệ dự họp"] == "100,0%"
    assert (line.level, line.recomputed, line.points) == ("từ 90%", 4, 4)
    assert ("attendance_denominator", "minus_exempt_and_special") in line.readings
    assert "nhóm 2, dòng 1" in line.clause


def test_the_lines_of_a_trace_add_up_to_its_sheet_and_the_class_is_that_of_the_report(workspace, cut):
    scores = score(cut("xa-mau-thu"))
    for meeting in scores.in_period[scores.in_period["assessed"]].head(8).itertuples():
        trace = explain(workspace, "data/sample", meeting.chi_bo_id, meeting.meeting_id)
        assert trace.total == pytest.approx(meeting.total)
        for sheet in trace.sheets:
            assert sheet.raw == pytest.approx(sum(line.points for line in sheet.lines))


def test_a_reading_that_decides_a_line_is_named_on_it(workspace):
    trace = explain(workspace, "data/sample", "pvd-01", "2026-04", readings={"thematic_points_off_month": "full"})
    line = next(x for x in trace.sheets[0].lines if x.criterion_id == "c4_thematic")
    assert (line.treatment, line.points) == ("full", 5)
    assert ("thematic_points_off_month", "full") in line.readings


def test_a_trace_as_json_is_json_and_as_text_names_the_class(workspace):
    trace = explain(workspace, "data/sample", "pvd-01", "2026-03")
    assert json.loads(json.dumps(trace.as_json()))["class_title"] == trace.class_title
    assert f", {trace.class_title} (theo phiếu" in trace.as_text()


def test_a_cancelled_month_is_explained_without_a_class(workspace, source):
    meetings = source._tables["meeting"]  # noqa: SLF001 - to find one
    row = meetings[(meetings["status"] == "cancelled") & (meetings["for_month"] > "2025-12")].iloc[0]
    assert "chưa có xếp loại" in explain(workspace, "data/sample", row["chi_bo_id"], row["for_month"]).as_text()


@pytest.mark.parametrize(("chi_bo", "meeting", "code"), [("pvd-99", "2026-03", "unknown-chi-bo"), ("pvd-01", "2026-3", "unknown-meeting")])
def test_unknown_chi_bo_and_meetings_are_refused(workspace, chi_bo, meeting, code):
    with pytest.raises(InputError) as caught:
        explain(workspace, "data/sample", chi_bo, meeting)
    assert caught.value.findings[0].code == code
