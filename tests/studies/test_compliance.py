"""Duties: in time, late, not done, not yet due.

Only where the records or the rules ask for them.
"""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from assess import score
from assess.rules import parse_annual_rules
from assess.studies.compliance import (
    DUTIES,
    NOT_ASKED,
    SAID_MET,
    SAID_NOT_MET,
    STATES,
    compliance,
    counts,
)
from kit.small_dang_bo import adopted, meeting, unit, year_slice

WINDOW = adopted("meeting_window", "25-5")


def looked(made):
    return compliance(made, score(made))


def states(table, duty, unit="a"):
    mine = table[(table["duty"] == duty) & (table["unit_id"] == unit)]
    return dict(zip(mine["about"], mine["state"], strict=True))


def test_a_meeting_is_in_time_until_the_window_ends_and_late_after_it():
    made = year_slice(
        "2026-Q1",
        adoption=[WINDOW],
        as_of=dt.datetime(2026, 4, 4),
        meeting=[
            meeting("a", "2026-01", "2026-02-05"),
            meeting("a", "2026-02", "2026-03-06"),
        ],
    )
    table = looked(made)
    # January's window ends on 5/2; March's, on 5/4, is still open
    assert states(table, "meeting") == {
        "2026-01": "on_time",
        "2026-02": "late",
        "2026-03": "not_due",
    }
    assert states(table, "window") == {"a.2601": "on_time", "a.2602": "late"}
    # b's months have no record: whether it met is unknown
    assert states(table, "meeting", "b") == {
        "2026-01": "unknown",
        "2026-02": "unknown",
        "2026-03": "not_due",
    }


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
    made = year_slice(
        "2026-01",
        meeting=[
            meeting(
                "a",
                "2026-01",
                "2026-01-03",
                papers_at=day - dt.timedelta(days=1),
                result_at=day + dt.timedelta(days=2),
            ),
            meeting(
                "b", "2026-01", "2026-01-03", papers_at=day, result_at=day + dt.timedelta(days=3)
            ),
        ],
    )
    table = looked(made)
    assert [states(table, duty, unit) for duty in ("papers", "result") for unit in ("a", "b")] == [
        {"a.2601": "on_time"},
        {"b.2601": "late"},
        {"a.2601": "on_time"},
        {"b.2601": "late"},
    ]


SUMMARY = ("meeting_id", "chi_bo_id", "for_month", "held_on", "status", "kind", "roll", "present")


def summary_row(chi_bo, month):
    """Return a meeting as the row of a monthly summary records it."""
    row = meeting(chi_bo, month, f"{month}-03")
    return {name: row[name] for name in SUMMARY}


def test_a_day_that_a_form_left_blank_is_blank_and_one_that_nobody_asked_for_is_unknown():
    rows = [
        summary_row("a", "2026-01"),
        meeting("b", "2026-01", "2026-01-03", papers_at=None, result_at=None),
    ]
    sheets = [
        {
            "sheet_id": "a.2601.tc",
            "meeting_id": "a.2601",
            "rater": "self",
            "rule_set_id": "an-phu-hd42",
            "stated_total": 95.0,
        },
        {
            "sheet_id": "b.2601.tc",
            "meeting_id": "b.2601",
            "rater": "self",
            "rule_set_id": "an-phu-hd42",
        },
        {
            "sheet_id": "b.2601.ct",
            "meeting_id": "b.2601",
            "rater": "superior",
            "rule_set_id": "an-phu-hd42",
        },
    ]
    lines = [
        {"sheet_id": "b.2601.tc", "criterion_id": "c3_upload", "state": "entered", "points": 2.0},
        {"sheet_id": "b.2601.ct", "criterion_id": "c3_upload", "state": "entered", "points": 0.0},
        {"sheet_id": "b.2601.tc", "criterion_id": "c8_upload", "state": "entered", "points": 0.0},
    ]
    table = looked(year_slice("2026-01", meeting=rows, sheet=sheets, line=lines))
    of_days = table[table["duty"].isin(["papers", "result"])].set_index(["unit_id", "duty"])
    assert of_days["state"].to_dict() == {
        ("a", "papers"): "unknown",
        ("a", "result"): "unknown",
        ("b", "papers"): "blank",
        ("b", "result"): "blank",
    }
    assert of_days["note"].to_dict() == {
        ("a", "papers"): NOT_ASKED,
        ("a", "result"): NOT_ASKED,
        ("b", "papers"): SAID_MET,
        ("b", "result"): SAID_NOT_MET,
    }
    # lines alone make a full record too; a line marked as not applicable is no duty
    rows[1] = summary_row("b", "2026-01")
    lines[2] = {
        "sheet_id": "b.2601.tc",
        "criterion_id": "c8_upload",
        "state": "not_applicable",
        "points": None,
    }
    table = looked(year_slice("2026-01", meeting=rows, sheet=sheets, line=lines))
    assert (states(table, "papers", "b"), states(table, "result", "b")) == (
        {"b.2601": "blank"},
        {"b.2601": "not_applicable"},
    )
    found = counts(table).set_index("duty")
    assert found.loc["papers"].to_dict() == {
        "due": 2,
        **dict.fromkeys(STATES, 0),
        "blank": 1,
        "unknown": 1,
    }
    assert found.loc["result"].to_dict() == {
        "due": 2,
        **dict.fromkeys(STATES, 0),
        "not_applicable": 1,
        "unknown": 1,
    }


def test_a_form_without_lines_on_papers_asks_for_none():
    made = year_slice(
        "2025-01",
        adoption=[
            adopted("rule_set", "phu-tho-khoi", "xa", dt.date(2024, 1, 1), dt.date(2025, 10, 27))
        ],
        meeting=[meeting("a", "2025-01", "2025-01-03")],
    )
    assert not {"papers", "result"} & set(looked(made)["duty"])


def test_a_thematic_part_once_a_quarter_only_where_the_chi_bo_stood_the_whole_quarter():
    made = year_slice(
        "2026-H1",
        units=[unit("c", "xa", begins=dt.date(2026, 2, 1))],
        as_of=dt.datetime(2026, 5, 1),
        meeting=[
            meeting("a", "2026-02", "2026-02-03", kind="ket_hop", topic="Giáo dục truyền thống"),
        ],
    )
    table = looked(made)
    assert states(table, "thematic") == {
        "2026-Q1": "on_time"
    }  # the second quarter is not over in the data
    assert states(table, "thematic", "b") == {
        "2026-Q1": "unknown"
    }  # none of its months is recorded
    assert states(table, "thematic", "c") == {}


def test_no_thematic_part_is_known_only_where_every_month_of_the_quarter_has_a_full_record_or_was_not_held():
    months = ("2026-01", "2026-02", "2026-03")
    of_a = [meeting("a", month, f"{month}-03") for month in months]
    of_b = [
        meeting("b", months[0], "2026-01-03"),
        meeting("b", months[1], "", status="cancelled", reason="bão"),
        summary_row("b", months[2]),
    ]
    table = looked(year_slice("2026-Q1", meeting=[*of_a, *of_b]))
    assert states(table, "thematic") == {"2026-Q1": "missing"}
    assert states(table, "thematic", "b") == {
        "2026-Q1": "unknown"
    }  # the summary of March does not ask for the kind
    of_b[2] = meeting("b", months[2], "2026-03-03")
    assert states(looked(year_slice("2026-Q1", meeting=[*of_a, *of_b])), "thematic", "b") == {
        "2026-Q1": "missing"
    }


def test_reports_are_due_to_the_unit_that_asks_and_count_by_the_day_they_were_sent():
    filed = {
        "unit_id": "a",
        "period": "2026-Q1",
        "month": "2026-01",
        "measure": "due",
        "value": 1,
        "filed_on": dt.date(2026, 4, 7),
    }
    made = year_slice(
        "2026",
        adoption=[adopted("quarter_report", "6"), adopted("year_report", "20", "tinh")],
        as_of=dt.datetime(2026, 7, 3),
        filed=[filed, {**filed, "unit_id": "b", "filed_on": dt.date(2026, 4, 6)}],
    )
    table = looked(made)
    assert states(table, "quarter_report") == {
        "2026-Q1": "late",
        "2026-Q2": "not_due",
        "2026-Q3": "not_due",
        "2026-Q4": "not_due",
    }
    assert states(table, "quarter_report", "b")["2026-Q1"] == "on_time"
    later = looked(
        year_slice(
            "2026",
            adoption=[adopted("quarter_report", "6")],
            as_of=dt.datetime(2026, 8, 1),
            filed=[filed],
        )
    )
    # of the first quarter one report came in and one did not; of the second none was recorded
    assert {
        state: states(later, "quarter_report", "b")[state] for state in ("2026-Q1", "2026-Q2")
    } == {
        "2026-Q1": "missing",
        "2026-Q2": "unknown",
    }
    assert states(later, "quarter_report")["2026-Q2"] == "unknown"
    assert states(table, "year_report", "xa") == {"2026": "not_due"}
    assert (
        states(table, "year_report", "a") == {}
    )  # the cell reports to its committee, which asks for quarters only


def test_a_first_report_by_the_day_that_its_superior_named():
    sent = {
        "unit_id": "a",
        "period": "2026-02",
        "month": "2026-02",
        "measure": "due",
        "value": 1,
        "filed_on": dt.date(2026, 2, 9),
    }
    made = year_slice("2026", adoption=[adopted("first_report", "2026-02-10")], filed=[sent])
    table = looked(made)
    assert states(table, "first_report") == {"2026": "on_time"}
    assert states(table, "first_report", "b") == {"2026": "missing"}


def test_the_years_first_meeting_briefs_the_members_where_that_is_adopted():
    step = {"unit_id": "a", "what": "briefing", "year": "2026", "done_on": dt.date(2026, 1, 4)}
    rows = [meeting("a", "2026-01", "2026-01-04"), meeting("b", "2026-01", "2026-01-04")]
    made = year_slice(
        "2026", adoption=[adopted("first_briefing", "co")], milestone=[step], meeting=rows
    )
    assert states(looked(made), "briefing") == {"2026": "on_time"}
    assert states(looked(made), "briefing", "b") == {"2026": "missing"}
    assert states(looked(year_slice("2026", milestone=[step], meeting=rows)), "briefing") == {}
    # a milestone with a row but no day is not done; where no chi bộ has a row, no register was kept
    undone = looked(
        year_slice(
            "2026",
            adoption=[adopted("first_briefing", "co")],
            milestone=[{**step, "done_on": None}],
            meeting=rows,
        )
    )
    assert states(undone, "briefing") == {"2026": "missing"}
    nothing = looked(year_slice("2026", adoption=[adopted("first_briefing", "co")], meeting=rows))
    assert {**states(nothing, "briefing"), **states(nothing, "briefing", "b")} == {
        "2026": "unknown"
    }


def test_decisions_are_due_by_the_day_of_the_rules_of_the_annual_class():
    file = {"unit_id": "a", "year": "2026"}
    decision = {
        **file,
        "version": 1,
        "annual_class": "httnv",
        "decided_by": "xa",
        "decided_on": dt.date(2026, 12, 31),
    }
    rules = adopted("annual_rules", "qd366-2025", "tinh", dt.date(2025, 8, 30))
    made = year_slice(
        "2026", adoption=[rules], annual=[file, {**file, "unit_id": "b"}], decision=[decision]
    )
    assert states(looked(made), "annual") == {"2026": "on_time"}
    assert states(looked(made), "annual", "b") == {"2026": "missing"}
    none = year_slice("2026", as_of=dt.datetime(2027, 3, 1), adoption=[rules], annual=[file])
    assert states(looked(none), "annual") == {"2026": "unknown"}


def test_exchanging_two_deadlines_of_the_rules_changes_no_due_day():
    path = Path(__file__).parents[2] / "params/annual/qd366-2025.yaml"
    text = path.read_text(encoding="utf-8")
    first, second = (
        next(line for line in text.splitlines() if f"id: {name}" in line)
        for name in ("review_done", "review_special")
    )
    turned = parse_annual_rules(
        text.replace(first, "*").replace(second, first).replace("*", second), path
    )
    assert turned.deadlines[0].id == "review_special"
    made = year_slice(
        "2026",
        adoption=[adopted("annual_rules", "qd366-2025", "tinh", dt.date(2025, 8, 30))],
        annual=[{"unit_id": "a", "year": "2026"}],
    )
    for rules in (made.annual, turned):
        table = looked(replace(made, annual=rules))
        assert table.loc[table["duty"] == "annual", "due_on"].tolist() == [dt.date(2026, 12, 31)]


def test_counts_add_up_and_every_duty_has_a_name_and_a_place():
    made = year_slice(
        "2026-Q1",
        adoption=[WINDOW],
        meeting=[meeting("a", "2026-01", "2026-01-03"), meeting("b", "2026-03", "2026-03-20")],
    )
    table = looked(made)
    found = counts(table)
    assert found["due"].sum() == len(table)
    assert (found[list(STATES)].sum(axis=1) == found["due"]).all()
    assert set(found["duty"]) <= set(DUTIES)
    assert counts(table.head(0)).empty


def test_a_thematic_part_after_the_quarter_is_late_and_before_the_guidance_it_is_due_only_where_adopted():
    late = meeting("a", "2026-03", "2026-05-20", kind="ket_hop")
    assert states(looked(year_slice("2026-Q1", meeting=[late])), "thematic") == {"2026-Q1": "late"}
    form = adopted("rule_set", "phu-tho-khoi", "tinh", dt.date(2024, 1, 1), dt.date(2025, 10, 27))
    rows = [meeting("a", "2025-02", "2025-02-03")]
    assert states(looked(year_slice("2025-Q1", adoption=[form], meeting=rows)), "thematic") == {}
    asked = adopted("thematic_quarterly", "co")
    rows = [meeting("a", f"2025-{m:02d}", f"2025-{m:02d}-03") for m in (1, 2, 3)]
    assert states(
        looked(year_slice("2025-Q1", adoption=[form, asked], meeting=rows)), "thematic"
    ) == {"2025-Q1": "missing"}


def test_a_report_sent_before_the_first_one_was_asked_for_is_not_it():
    sent = {
        "unit_id": "a",
        "period": "2026-01",
        "month": "2026-01",
        "measure": "due",
        "value": 1,
        "filed_on": dt.date(2026, 2, 5),
    }
    asked = adopted("first_report", "2026-11-10", begins=dt.date(2026, 10, 1))
    # nothing has come in since from anybody: whether a report was sent is unknown
    assert states(looked(year_slice("2026", adoption=[asked], filed=[sent])), "first_report") == {
        "2026": "unknown"
    }
    others = {**sent, "unit_id": "b", "filed_on": dt.date(2026, 11, 9)}
    assert states(
        looked(year_slice("2026", adoption=[asked], filed=[sent, others])), "first_report"
    ) == {"2026": "missing"}
