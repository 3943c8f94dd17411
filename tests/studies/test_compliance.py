"""Duties: in time, late, not done, not yet due; and only where the records or the rules ask for them."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from assess import score
from assess.rules import parse_annual_rules
from assess.studies.compliance import DUTIES, compliance, counts, topics
from year_kit import adopted, meeting, unit, year_slice

WINDOW = adopted("meeting_window", "25-5")


def looked(made):
    return compliance(made, score(made))


def states(table, duty, unit="a"):
    mine = table[(table["duty"] == duty) & (table["unit_id"] == unit)]
    return dict(zip(mine["about"], mine["state"], strict=True))


def test_a_meeting_is_in_time_until_the_window_ends_and_late_after_it():
    made = year_slice("2026-Q1", adoption=[WINDOW], as_of=dt.datetime(2026, 4, 4), meeting=[
        meeting("a", "2026-01", "2026-02-05"), meeting("a", "2026-02", "2026-03-06"),
    ])  # fmt: skip
    table = looked(made)
    # January's window ends on 5/2; March's, on 5/4, is still open
    assert states(table, "meeting") == {"2026-01": "on_time", "2026-02": "late", "2026-03": "not_due"}
    assert states(table, "window") == {"a.2601": "on_time", "a.2602": "late"}
    assert states(table, "meeting", "b") == {"2026-01": "missing", "2026-02": "missing", "2026-03": "not_due"}


def test_without_a_window_the_month_itself_is_the_limit_and_no_window_is_asked():
    made = year_slice("2026-01", meeting=[meeting("a", "2026-01", "2026-02-01")])
    table = looked(made)
    assert states(table, "meeting") == {"2026-01": "late"}
    assert states(table, "window") == {}


def test_a_cancelled_meeting_is_not_done_and_says_why():
    row = meeting("a", "2026-01", "", status="cancelled", reason="bão")
    table = looked(year_slice("2026-01", meeting=[row]))
    mine = table[(table["duty"] == "meeting") & (table["unit_id"] == "a")].iloc[0]
    assert (mine["state"], mine["note"]) == ("missing", "bão")


def test_papers_and_results_by_the_days_of_the_form_in_use():
    day = dt.date(2026, 1, 3)
    made = year_slice("2026-01", meeting=[
        meeting("a", "2026-01", "2026-01-03", papers_at=day - dt.timedelta(days=1), result_at=day + dt.timedelta(days=2)),
        meeting("b", "2026-01", "2026-01-03", papers_at=day, result_at=day + dt.timedelta(days=3)),
    ])  # fmt: skip
    table = looked(made)
    assert [states(table, duty, unit) for duty in ("papers", "result") for unit in ("a", "b")] == [
        {"a.2601": "on_time"}, {"b.2601": "late"}, {"a.2601": "on_time"}, {"b.2601": "late"},
    ]  # fmt: skip


def test_a_form_without_lines_on_papers_asks_for_none():
    made = year_slice("2025-01", adoption=[adopted("rule_set", "phu-tho-khoi", "xa", dt.date(2024, 1, 1), dt.date(2025, 10, 27))],
                      meeting=[meeting("a", "2025-01", "2025-01-03")])  # fmt: skip
    assert not {"papers", "result"} & set(looked(made)["duty"])


def test_a_thematic_part_once_a_quarter_only_where_the_chi_bo_stood_the_whole_quarter():
    made = year_slice("2026-H1", units=[unit("c", "xa", begins=dt.date(2026, 2, 1))], as_of=dt.datetime(2026, 5, 1), meeting=[
        meeting("a", "2026-02", "2026-02-03", kind="ket_hop", topic="Giáo dục truyền thống"),
    ])  # fmt: skip
    table = looked(made)
    assert states(table, "thematic") == {"2026-Q1": "on_time"}  # the second quarter is not over in the data
    assert states(table, "thematic", "b") == {"2026-Q1": "missing"}
    assert states(table, "thematic", "c") == {}


def test_reports_are_due_to_the_unit_that_asks_and_count_by_the_day_they_were_sent():
    filed = {"unit_id": "a", "period": "2026-Q1", "month": "2026-01", "measure": "due", "value": 1, "filed_on": dt.date(2026, 4, 7)}
    made = year_slice("2026", adoption=[adopted("quarter_report", "6"), adopted("year_report", "20", "tinh")], as_of=dt.datetime(2026, 7, 3),
                      filed=[filed, {**filed, "unit_id": "b", "filed_on": dt.date(2026, 4, 6)}])  # fmt: skip
    table = looked(made)
    assert states(table, "quarter_report") == {"2026-Q1": "late", "2026-Q2": "not_due", "2026-Q3": "not_due", "2026-Q4": "not_due"}
    assert states(table, "quarter_report", "b")["2026-Q1"] == "on_time"
    assert states(table, "year_report", "xa") == {"2026": "not_due"}
    assert states(table, "year_report", "a") == {}  # the cell reports to its committee, which asks for quarters only


def test_a_first_report_by_the_day_that_its_superior_named():
    sent = {"unit_id": "a", "period": "2026-02", "month": "2026-02", "measure": "due", "value": 1, "filed_on": dt.date(2026, 2, 9)}
    made = year_slice("2026", adoption=[adopted("first_report", "2026-02-10")], filed=[sent])
    table = looked(made)
    assert states(table, "first_report") == {"2026": "on_time"}
    assert states(table, "first_report", "b") == {"2026": "missing"}


def test_the_years_first_meeting_briefs_the_members_where_that_is_adopted():
    step = {"unit_id": "a", "what": "briefing", "year": "2026", "done_on": dt.date(2026, 1, 4)}
    rows = [meeting("a", "2026-01", "2026-01-04"), meeting("b", "2026-01", "2026-01-04")]
    made = year_slice("2026", adoption=[adopted("first_briefing", "co")], milestone=[step], meeting=rows)
    assert states(looked(made), "briefing") == {"2026": "on_time"}
    assert states(looked(made), "briefing", "b") == {"2026": "missing"}
    assert states(looked(year_slice("2026", milestone=[step], meeting=rows)), "briefing") == {}


def test_decisions_are_due_by_the_day_of_the_rules_of_the_annual_class():
    file = {"unit_id": "a", "year": "2026"}
    decision = {**file, "version": 1, "annual_class": "httnv", "decided_by": "xa", "decided_on": dt.date(2026, 12, 31)}
    rules = adopted("annual_rules", "qd366-2025", "tinh", dt.date(2025, 8, 30))
    made = year_slice("2026", adoption=[rules], annual=[file, {**file, "unit_id": "b"}], decision=[decision])
    assert states(looked(made), "annual") == {"2026": "on_time"}
    assert states(looked(made), "annual", "b") == {"2026": "missing"}


def test_exchanging_two_deadlines_of_the_rules_changes_no_due_day():
    path = Path(__file__).parents[2] / "params/annual/qd366-2025.yaml"
    text = path.read_text(encoding="utf-8")
    first, second = (next(line for line in text.splitlines() if f"id: {name}" in line) for name in ("review_done", "review_special"))
    turned = parse_annual_rules(text.replace(first, "*").replace(second, first).replace("*", second), path)
    assert turned.deadlines[0].id == "review_special"
    made = year_slice(
        "2026", adoption=[adopted("annual_rules", "qd366-2025", "tinh", dt.date(2025, 8, 30))], annual=[{"unit_id": "a", "year": "2026"}]
    )
    for rules in (made.annual, turned):
        table = looked(replace(made, annual=rules))
        assert table.loc[table["duty"] == "annual", "due_on"].tolist() == [dt.date(2026, 12, 31)]


def test_counts_add_up_and_every_duty_has_a_name_and_a_place():
    made = year_slice("2026-Q1", adoption=[WINDOW], meeting=[meeting("a", "2026-01", "2026-01-03"), meeting("b", "2026-03", "2026-03-20")])
    table = looked(made)
    found = counts(table)
    assert found["due"].sum() == len(table)
    assert (found[["on_time", "late", "missing", "not_due"]].sum(axis=1) == found["due"]).all()
    assert set(found["duty"]) <= set(DUTIES)
    assert counts(table.head(0)).empty


@pytest.mark.parametrize(
    ("text", "topic"), [("giáo dục truyền thống", "truyen_thong"), ("tu_hoc", "tu_hoc"), ("Chuyện khác", "khac"), (None, "")]
)
def test_topics_are_told_by_their_title_or_id(text, topic):
    made = year_slice("2026-01", meeting=[meeting("a", "2026-01", "2026-01-03", kind="ket_hop", topic=text)])
    table = topics(made, score(made))
    assert list(table.itertuples(index=False, name=None)) == [(topic, 1)]


def test_a_thematic_part_after_the_quarter_is_late_and_before_the_guidance_it_is_due_only_where_adopted():
    late = meeting("a", "2026-03", "2026-05-20", kind="ket_hop")
    assert states(looked(year_slice("2026-Q1", meeting=[late])), "thematic") == {"2026-Q1": "late"}
    form = adopted("rule_set", "phu-tho-khoi", "tinh", dt.date(2024, 1, 1), dt.date(2025, 10, 27))
    rows = [meeting("a", "2025-02", "2025-02-03")]
    assert states(looked(year_slice("2025-Q1", adoption=[form], meeting=rows)), "thematic") == {}
    asked = adopted("thematic_quarterly", "co")
    assert states(looked(year_slice("2025-Q1", adoption=[form, asked], meeting=rows)), "thematic") == {"2025-Q1": "missing"}


def test_a_report_sent_before_the_first_one_was_asked_for_is_not_it():
    sent = {"unit_id": "a", "period": "2026-01", "month": "2026-01", "measure": "due", "value": 1, "filed_on": dt.date(2026, 2, 5)}
    asked = adopted("first_report", "2026-11-10", begins=dt.date(2026, 10, 1))
    assert states(looked(year_slice("2026", adoption=[asked], filed=[sent])), "first_report") == {"2026": "missing"}
