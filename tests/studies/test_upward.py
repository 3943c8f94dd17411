"""What a level sends up is the sum of what is below it, whatever moved.

Differences are listed one by one.
"""

import datetime as dt
import functools
from pathlib import Path

import pandas as pd
import pytest

from assess import Period, make_slice, score
from assess.studies import upward
from assess.studies.filing import filings, sum_over_units
from kit.small_dang_bo import meeting, unit, year_slice

MONTH, MEASURE = "month", "measure"


def keyed(frame):
    return {tuple(row[:-1]): row[-1] for row in frame.itertuples(index=False, name=None)}


@pytest.mark.parametrize("period", ["2025", pytest.param("2026", marks=pytest.mark.soak)])
def test_the_sum_of_upward_summaries_is_the_direct_count_at_every_level(rules, source, period):
    at, span = dt.datetime(2027, 1, 10), Period.parse(period)
    records = source.records(at)

    @functools.cache
    def figures(unit_id):
        made = make_slice(
            records, rules, dang_bo=unit_id, period=span, as_of=at, document_date=at.date()
        )
        return made, upward.by_chi_bo(made, score(made))

    whole, of_whole = figures("tinh")
    tree = records.tree
    levels = [
        u
        for u in whole.tree.ids
        if any(
            u in tree.on(Period.parse(m).end) and tree.reporting_to(u, Period.parse(m).end)
            for m in span.months
        )
    ]
    assert len(levels) >= 8
    for level in levels:
        made, found = figures(level)
        own = keyed(upward.totals(found))
        # each unit below makes its own summary; its months count here while it reports here
        total: dict = {}
        below = {c for m in span.months for c in tree.reporting_to(level, Period.parse(m).end)}
        for child in below:
            _, theirs = figures(child)
            for (month, measure), value in keyed(upward.totals(theirs)).items():
                if child in tree.reporting_to(level, Period.parse(month).end):
                    total[month, measure] = total.get((month, measure), 0) + value
        assert total == own, level
        # the section's own division by unit gives the same sums
        assert upward.below(made, found).groupby([MONTH, MEASURE])["value"].sum().to_dict() == own
    assert upward.totals(of_whole)["value"].sum() > 0


def test_what_units_send_is_what_their_own_summaries_say(rules, source):
    day = dt.date(2026, 4, 6)
    at = dt.datetime.combine(day, dt.time(17, 0))
    rows = filings(source.records(at), rules, "tinh", "2026-Q1", day)
    sent = {(r["unit_id"], r["month"], r["measure"]): r["value"] for r in rows}
    for unit_id in ("phuong-vi-du", "ubnd-vi-du", "pvd-01", "dh-gia-lap"):
        made = make_slice(
            source.records(at),
            rules,
            dang_bo=unit_id,
            period=Period.parse("2026-Q1"),
            as_of=at,
            document_date=day,
        )
        own = keyed(upward.totals(upward.by_chi_bo(made, score(made))))
        theirs = {k[1:]: v for k, v in sent.items() if k[0] == unit_id}
        assert {k: v for k, v in theirs.items() if v} == own
        # zeros are sent too, so that no figure of an earlier summary is left
        assert {(m, k) for m in made.period.months for _, k in own} == set(theirs)
    assert not [r for r in rows if r["unit_id"] in ("tinh", "bp-sinh-vien")]
    # the checked-in sample holds the same figures
    there = source.records(dt.datetime(2027, 1, 10))["filed"]
    mine = there[(there["period"] == "2026-Q1")]
    assert {(r.unit_id, r.month, r.measure): r.value for r in mine.itertuples()} == sent


def test_a_chi_bo_and_month_count_for_whom_the_chi_bo_stands_under_at_the_months_end():
    moved = [
        unit("c", "xa", valid_to=dt.date(2026, 2, 15)),
        unit("xa2", "tinh", "tren_co_so", "cap_uy"),
        unit("c", "xa2", begins=dt.date(2026, 2, 16)),
    ]
    rows = [meeting("c", f"2026-0{m}", f"2026-0{m}-03") for m in (1, 2, 3)]
    made = year_slice("2026-Q1", dang_bo="tinh", units=moved, meeting=rows)
    below = upward.below(made, upward.by_chi_bo(made, score(made)))
    held = below[below["measure"] == "held"]
    assert dict(zip(held["month"], held["unit_id"], strict=True)) == {
        "2026-01": "xa",
        "2026-02": "xa2",
        "2026-03": "xa2",
    }
    assert (
        sum_over_units(made.tree, upward.by_chi_bo(made, score(made)), "tinh")[
            "xa2", "2026-03", "held"
        ]
        == 1
    )


def test_differences_name_what_was_sent_and_what_the_records_give():
    columns = ["unit_id", "month", "measure", "value"]
    computed = pd.DataFrame(
        [("a", "2026-01", "held", 1), ("a", "2026-02", "held", 1), ("b", "2026-01", "held", 1)],
        columns=columns,
    )
    sent = pd.DataFrame(
        [("a", "2026-01", "held", 1.0), ("a", "2026-03", "held", 2.0)], columns=columns
    )
    found = upward.differences(computed, sent)
    assert found.to_numpy().tolist() == [["a", "2026-03", "held", 2, 0]]
    assert upward.differences(computed, sent.head(0)).empty
    # a sent nothing for February, which is not a zero; b sent nothing at all, which is reported
    # elsewhere
    assert upward.unsent(computed, sent).to_numpy().tolist() == [["a", "2026-02"]]
    with_a_zero = pd.concat(
        [sent, pd.DataFrame([("a", "2026-02", "thematic", 0.0)], columns=columns)]
    )
    assert upward.differences(computed, with_a_zero).to_numpy().tolist()[0] == [
        "a",
        "2026-02",
        "held",
        0,
        1,
    ]
    assert upward.unsent(computed, with_a_zero).empty


def test_of_two_summaries_of_one_period_the_last_is_the_one_that_counts():
    rows = [
        {
            "unit_id": "a",
            "period": "2026-Q1",
            "month": "2026-01",
            "measure": m,
            "value": v,
            "filed_on": dt.date(2026, 4, d),
        }
        for m, v, d in (("held", 3, 6), ("thematic", 1, 6), ("held", 2, 20))
    ]
    found = year_slice("2026-Q1", filed=rows).tables["filed"]
    assert found[["measure", "value"]].to_numpy().tolist() == [["held", 2.0]]
    before = year_slice("2026-Q1", filed=rows[:2], as_of=dt.datetime(2026, 4, 10)).tables["filed"]
    assert sorted(before["measure"]) == ["held", "thematic"]


def test_a_thematic_sheet_of_its_own_does_not_make_more_months_assessed_than_held(rules):
    from assess.exchange.csv import CsvFolder

    at = dt.datetime(2023, 1, 15)
    records = CsvFolder(Path(__file__).parents[2] / "data/tu-lieu").records(at)
    made = make_slice(
        records,
        rules,
        dang_bo="huyen-2022",
        period=Period.parse("2022"),
        as_of=at,
        document_date=at.date(),
    )
    total = upward.totals(upward.by_chi_bo(made, score(made))).groupby("measure")["value"].sum()
    assert total["assessed"] <= total["held"] <= total["due"]
