"""A month that is not over: meetings held so far count.

A chi bộ that still has time is not missing; months to come are absent.
"""

import csv
import datetime as dt

import pytest

from assess import Period, make_slice, score
from assess.exchange.csv import CsvFolder
from assess.scoring.period import summary
from assess.scoring.period.roll_up import period_results
from assess.studies import upward
from assess.studies.compliance import compliance
from kit.small_dang_bo import RULES, adopted, meeting, unit, year_slice
from kit.year_under_way import ABSENT_IN_NOVEMBER, CANCELLED, CHI_BO, write_year


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nam")
    write_year(folder, recorded=lambda _: None)
    return folder


def cut_at(folder, at, period="2026"):
    moment = dt.datetime.combine(dt.date.fromisoformat(at), dt.time(23, 59, 59))
    records = CsvFolder(folder).records(moment)
    made = make_slice(
        records,
        RULES,
        dang_bo="phuong-hb",
        period=Period.parse(period),
        as_of=moment,
        document_date=moment.date(),
    )
    return made, score(made)


def counted(folder, at):
    """Count due, held, not held, no record and still open by month, with plain loops."""
    day = dt.date.fromisoformat(at)
    with (folder / "meeting.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    found = {}
    for number in range(1, 13):
        first = dt.date(2026, number, 1)
        if first > day:
            continue
        last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        month = f"2026-{number:02d}"
        due = held = cancelled = still = 0
        for chi_bo in CHI_BO:
            theirs = [r for r in rows if r["chi_bo_id"] == chi_bo and r["for_month"] == month]
            met = any(r["status"] == "held" and r["held_on"] <= at for r in theirs)
            off = any(r["status"] == "cancelled" for r in theirs)
            if day < last and not met and not off:
                still += 1
                continue
            due += 1
            held += met
            cancelled += off and not met
        found[month] = (due, held, cancelled, due - held - cancelled, still)
    return found


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-28",
        "2026-11-05",
        "2026-11-01",
        "2026-10-31",
        "2026-11-30",
        "2026-12-03",
        "2026-05-20",
        "2027-01-10",
    ],
)
def test_every_month_that_has_begun_is_counted_as_of_the_day_and_no_other(folder, at):
    made, scores = cut_at(folder, at)
    frame = summary.coverage(made, scores)
    columns = ["due", "held", "not_held", "no_record", "still_open"]
    assert {
        row.month: tuple(int(getattr(row, c)) for c in columns) for row in frame.itertuples()
    } == counted(folder, at)
    assert (frame["held"] == frame["assessed"] + frame["waiting"] + frame["no_sheet"]).all()
    # by chi bộ, by class, and as sent up: the same meetings
    rows = summary.by_chi_bo(made, scores)
    assert (rows["due"].sum(), rows["held"].sum()) == (frame["due"].sum(), frame["held"].sum())
    classes = summary.classes_by_month(made, scores, "an-phu-hd42")
    assert list(classes["month"]) == list(frame["month"])
    assert list(classes["assessed"]) == list(frame["assessed"])
    sent = upward.totals(upward.by_chi_bo(made, scores)).set_index(["month", "measure"])["value"]
    assert {m: int(sent.get((m, "due"), 0)) for m in frame["month"]} == dict(
        zip(frame["month"], frame["due"], strict=True)
    )


def test_the_numbers_of_28_november(folder):
    made, scores = cut_at(folder, "2026-11-28")
    november = summary.coverage(made, scores).set_index("month").loc["2026-11"]
    assert (november["due"], november["held"], november["no_record"], november["still_open"]) == (
        11,
        11,
        0,
        1,
    )
    due = summary.by_chi_bo(made, scores).set_index("chi_bo_id")["due"]
    assert (due[ABSENT_IN_NOVEMBER], due["cb01"], due[CANCELLED[0]]) == (10, 11, 11)
    assert (made.under_way, made.over, made.months[-1]) == ("2026-11", False, "2026-11")
    assert {outcome.status for outcome in period_results(made, scores).values()} == {"open"}


def test_a_month_alone_is_a_report_on_its_first_day_and_of_its_last_day_it_is_over(folder):
    made, scores = cut_at(folder, "2026-11-01", "2026-11")
    frame = summary.coverage(made, scores)
    assert frame[["due", "held", "still_open"]].to_numpy().tolist() == [[0, 0, 12]]
    made, scores = cut_at(folder, "2026-11-30", "2026-11")
    frame = summary.coverage(made, scores)
    assert frame[["due", "held", "no_record", "still_open"]].to_numpy().tolist() == [[12, 11, 1, 0]]
    assert made.over


def test_what_is_on_record_for_a_later_day_has_not_been_held_yet(folder):
    made, scores = cut_at(folder, "2026-11-05")
    november = scores.meetings[scores.meetings["month"] == "2026-11"]
    assert len(november) > 0
    assert november["held_on"].max() <= dt.datetime(2026, 11, 5)
    assert set(made.tables["sheet"]["meeting_id"]) <= set(made.tables["meeting"]["meeting_id"])


def test_a_cancelled_meeting_of_the_month_under_way_is_due_and_not_held():
    made = year_slice(
        "2026-03",
        as_of=dt.datetime(2026, 3, 20),
        meeting=[
            meeting("a", "2026-03", None, status="cancelled", reason="bão"),
        ],
    )
    frame = summary.coverage(made, score(made))
    assert frame[["due", "held", "not_held", "still_open"]].to_numpy().tolist() == [[1, 0, 1, 1]]


def test_in_the_month_under_way_a_chi_bo_stands_where_it_stands_on_the_day():
    moved = [
        unit("xa2", "tinh", "tren_co_so", "cap_uy"),
        unit("b", "xa", valid_to=dt.date(2026, 3, 14)),
        unit("b", "xa2", begins=dt.date(2026, 3, 15)),
    ]
    rows = [meeting("a", "2026-03", "2026-03-03"), meeting("b", "2026-03", "2026-03-04")]
    before = year_slice("2026-03", as_of=dt.datetime(2026, 3, 10), units=moved, meeting=rows)
    after = year_slice("2026-03", as_of=dt.datetime(2026, 3, 20), units=moved, meeting=rows)
    new = year_slice(
        "2026-03", dang_bo="xa2", as_of=dt.datetime(2026, 3, 20), units=moved, meeting=rows
    )
    assert [set(made.chi_bo) for made in (before, after, new)] == [{"a", "b"}, {"a"}, {"b"}]
    figures = upward.by_chi_bo(before, score(before))
    assert set(upward.below(before, figures)["unit_id"]) == {"a", "b"}


def test_a_duty_of_the_month_under_way_is_not_due_before_its_day():
    rows = [meeting("a", "2026-03", "2026-03-03")]
    of_day = {
        day: compliance(made, score(made))
        for day in (8, 12)
        for made in [
            year_slice(
                "2026-03",
                as_of=dt.datetime(2026, 3, day),
                adoption=[adopted("meeting_window", "1-10")],
                meeting=rows,
            )
        ]
    }
    found = {
        day: dict(zip(t["unit_id"], t["state"], strict=True))
        for day, t in ((d, t[t["duty"] == "meeting"]) for d, t in of_day.items())
    }
    assert found == {8: {"a": "on_time", "b": "not_due"}, 12: {"a": "on_time", "b": "unknown"}}
