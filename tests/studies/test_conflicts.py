"""Sources that contradict each other are reported, each with both values."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from assess import score
from assess.records.source import CHANGE_COLUMNS
from assess.reports.named_figures import figures_of
from assess.reports.report import Report
from assess.studies import upward
from assess.studies.conflicts import COLUMNS, conflicts
from kit.small_dang_bo import RULES, meeting, year_slice
from kit.templates import run_template, said, table

FORM = RULES["an-phu-hd42"]


def sheet(meeting_id, rater="self", total=None, marked=None, rules=FORM.id):
    return {
        "sheet_id": f"{meeting_id}.{rater}",
        "meeting_id": meeting_id,
        "rater": rater,
        "rule_set_id": rules,
        "stated_total": total,
        "stated_class": marked,
    }


def lines(meeting_id, lost=0.0, rater="self"):
    """Return lines with full points, from which ``lost`` is taken line by line."""
    found = []
    for criterion in FORM.criteria:
        off = min(lost, criterion.max)
        lost -= off
        found.append(
            {
                "sheet_id": f"{meeting_id}.{rater}",
                "criterion_id": criterion.id,
                "state": "entered",
                "points": criterion.max - off,
            }
        )
    return found


def cut(sheets, entries=(), period="2026-10", **rows):
    held = [meeting(unit_id, "2026-10", "2026-10-03", kind="ket_hop") for unit_id in ("a", "b")]
    return year_slice(period, meeting=held, sheet=sheets, line=list(entries), **rows)


def told(made):
    scores = score(made)
    return conflicts(made, scores, lambda: upward.by_chi_bo(made, scores))


def row(**values):
    base = dict.fromkeys(COLUMNS, "") | {"month": "2026-10", "rule_set_id": FORM.id, "what": "self"}
    return {**base, **values}


def test_a_monthly_total_and_the_lines_that_came_later_are_both_told():
    made = cut(
        [sheet("a.2610", total=96.84, marked="tot"), sheet("b.2610", total=90.0)],
        [*lines("a.2610", 24.21), *lines("b.2610", 10)],
    )
    table = told(made)
    assert table.to_dict("records") == [
        row(
            kind="total",
            unit_id="a",
            meeting_id="a.2610",
            first=96.84,
            first_class="tot",
            second=pytest.approx(75.79),
            second_class="kha",
            first_source="summary",
            second_source="lines",
        ),
    ]


def test_without_a_class_marked_the_stated_total_has_the_class_that_it_gives():
    table = told(cut([sheet("a.2610", total=96.84)], lines("a.2610", 24)))
    assert table[["first_class", "second_class"]].to_numpy().tolist() == [["tot", "kha"]]


def test_a_total_that_was_emptied_when_the_lines_came_is_found_in_what_changed():
    made = cut([sheet("a.2610")], lines("a.2610", 24))
    assert told(made).empty
    change = [
        ("a.2610", "a.2610.self", item, before, None, pd.Timestamp(2026, 11, 10), "f")
        for item, before in (("stated_total", "96.84"), ("stated_class", "tot"))
    ]
    kinds = dict.fromkeys(CHANGE_COLUMNS, "str") | {"recorded_at": "datetime64[s]"}
    changed = pd.DataFrame(change, columns=list(CHANGE_COLUMNS)).astype(kinds)
    made = dataclasses.replace(made, tables={**made.tables, "change": changed})
    assert told(made)[["kind", "first", "second"]].to_numpy().tolist() == [["total", 96.84, 76.0]]


def test_a_class_marked_by_hand_that_its_points_do_not_give_is_told_by_id_or_title():
    made = cut(
        [
            sheet("a.2610", total=85.26, marked="tot"),
            sheet("b.2610", total=95.0, marked="TỐT"),
            sheet("b.2610", "superior", total=85.0, marked="Kém"),
        ]
    )
    table = told(made)
    assert table[
        ["kind", "unit_id", "what", "first_class", "second", "second_class"]
    ].to_numpy().tolist() == [
        ["class", "a", "self", "tot", 85.26, "kha"],
        ["class", "b", "superior", "kem", 85.0, "kha"],
    ]
    # a class marked beside lines, without a total
    table = told(cut([sheet("a.2610", marked="tot")], lines("a.2610", 24)))
    assert table[["kind", "first_class", "second", "second_class"]].to_numpy().tolist() == [
        ["class", "tot", 76.0, "kha"]
    ]


def test_sources_that_agree_are_no_conflict_nor_is_a_sheet_that_waits():
    agreeing = [sheet("a.2610", total=76.0, marked="kha"), sheet("b.2610", total=76.004)]
    assert told(cut(agreeing, [*lines("a.2610", 24), *lines("b.2610", 24)])).empty
    waiting = [
        {**line, "state": "blank", "points": None} if i == 0 else line
        for i, line in enumerate(lines("a.2610", 24))
    ]
    assert told(cut([sheet("a.2610", total=96.84, marked="tot")], waiting)).empty


def sent(unit_id, period, month, measure, value, day):
    return {
        "unit_id": unit_id,
        "period": period,
        "month": month,
        "measure": measure,
        "value": value,
        "filed_on": dt.date.fromisoformat(day),
    }


def test_a_figure_sent_earlier_is_compared_with_what_the_records_give_today_the_last_one_sent():
    sheets = [sheet("a.2610", total=95.0), sheet("b.2610", total=85.0)]
    kha, tot = f"{FORM.id}.kha", f"{FORM.id}.tot"
    filed = [
        sent("a", "2026-10", "2026-10", tot, 1, "2026-11-02"),
        sent("a", "2026-10", "2026-10", "due", 1, "2026-11-02"),
        sent("a", "2026-10", "2026-10", "held", 1, "2026-11-02"),
        sent("a", "2026-10", "2026-10", "assessed", 1, "2026-11-02"),
        sent("a", "2026-10", "2026-10", "thematic", 1, "2026-11-02"),
        sent("b", "2026-Q4", "2026-10", kha, 7, "2026-11-03"),
        *(
            sent("b", "2026-10", "2026-10", m, 1, "2026-11-04")
            for m in ("due", "held", "assessed", "thematic", tot)
        ),
        *(
            sent("xa", "2026-10", "2026-10", m, 2, "2026-11-05")
            for m in ("due", "held", "assessed", "thematic")
        ),
        sent("xa", "2026-10", "2026-10", tot, 2, "2026-11-05"),
    ]
    table = told(cut(sheets, period="2026", filed=filed))
    found = (
        table[table["kind"] == "filed"][["unit_id", "month", "what", "first", "second"]]
        .to_numpy()
        .tolist()
    )
    # b sent its quarter first and its October last; what it did not name counts as sent as zero
    assert found == [
        ["b", "2026-10", kha, 0, 1],
        ["b", "2026-10", tot, 1, 0],
        ["xa", "2026-10", kha, 0, 1],
        ["xa", "2026-10", tot, 2, 1],
    ]


def test_page_one_says_each_kind_and_the_table_lists_them_all():
    sheets = [
        sheet("a.2610", total=96.84, marked="tot"),
        sheet("b.2610", total=85.26, marked="tot"),
    ]
    filed = [
        sent("a", "2026-10", "2026-10", m, 1, "2026-11-02")
        for m in ("due", "held", "assessed", "thematic", f"{FORM.id}.tot")
    ]
    report = Report(cut(sheets, lines("a.2610", 24.21), filed=filed), {})
    blocks = run_template("annual_review", report)
    text = said(blocks)
    for sentence in (
        "1 phiếu có tổng điểm ở bảng tổng hợp khác với phiếu chấm điểm; báo cáo tính theo phiếu.",
        "1 phiếu có xếp loại ghi tay khác với xếp loại theo điểm đã ghi; báo cáo tính theo điểm.",
        "2 số đã gửi của 1 đơn vị khác với số liệu gốc.",
    ):
        assert sentence in text
    values = {f["name"]: f["value"] for f in figures_of(blocks)}
    assert values["conflicts.filed"] == 2
    for page in (blocks, run_template("upward_summary", report)):
        first, second = table(page, "trai-nhau")["rows"]
        assert (first[0], first[4:]) == (
            "Chi bộ a",
            [96.84, "Tốt", pytest.approx(75.79, abs=0.01), "Khá"],
        )
        assert (second[0], second[5:]) == ("Chi bộ b", ["Tốt", 85.26, "Khá"])
        assert len(table(page, "trai-nhau-da-gui")["rows"]) == 2


def test_the_control_sheet_names_what_could_not_be_looked_at():
    def page(**more):
        held = [meeting(u, "2026-10", "2026-10-03", **more) for u in ("a", "b")]
        sheets = [sheet("a.2610", total=95.0), sheet("b.2610", total=95.0)]
        report = Report(year_slice("2026-10", meeting=held, sheet=sheets), {})
        return said(run_template("period_summary", report))

    quiet, low = page(), page(present=3)
    assert "Chưa có nội dung cần lưu ý." in quiet
    for text in (quiet, low):
        looked, _, not_looked = text.split("Đã rà soát: ")[1].partition(
            "chưa có số liệu để rà soát"
        )
        assert "tỷ lệ đảng viên dự" in looked
        assert "điểm so với số liệu buổi sinh hoạt" in not_looked  # totals have no lines
    assert "2/2 buổi có tỷ lệ đảng viên dự dưới 50,0%" in low
    assert "30,0%" in low
