"""What a report shows of a period that is not over, or of which nothing was known.

In its tables, its head and on page one.
"""

import datetime as dt

import pytest

from assess import Period, make_slice
from assess.exchange.csv import CsvFolder
from assess.reports.report import Report
from kit.small_dang_bo import RULES, year_slice
from kit.templates import column, run_template, said, table
from kit.year_under_way import write_year


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The year as its score forms came in, and the same year entered in November."""
    base = tmp_path_factory.mktemp("nam")
    write_year(base / "kip")
    write_year(base / "don", recorded=lambda _: dt.date(2026, 11, 20))
    return base


def report(folder, at, period="2026"):
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
    return Report(made, {})


LASTING = "11/2026 (đến ngày 28/11/2026)"


def test_tables_end_with_the_month_under_way_and_say_up_to_which_day(folders):
    of = report(folders / "kip", "2026-11-28")
    year, sent = run_template("annual_review", of), run_template("upward_summary", of)
    assert column(year, "pham-vi", "month") == [
        *(f"2026-{m:02d}" for m in range(1, 11)),
        LASTING,
        "Cộng",
    ]
    assert column(year, "theo-thang", "month")[-2:] == [LASTING, "Cộng"]
    assert column(sent, "gui-len", "month")[-2:] == [LASTING, "Cộng"]
    (attachment,) = [block for block in sent if block["type"] == "attachment"]
    assert "2026-11,due,11" in attachment["content"]
    assert "2026-12" not in attachment["content"]


def test_page_one_says_how_far_the_year_reaches_with_numbers_that_can_be_found(folders):
    blocks = run_template("annual_review", report(folders / "kip", "2026-11-28"))
    text = said(blocks)
    for sentence in (
        "Tháng 11/2026 chưa hết nên chỉ tính 11 chi bộ đã có ghi nhận, 1 chi bộ khác còn trong hạn. Tháng 12/2026 chưa đến nên không tính.",
        "đã tổ chức 130/131 buổi sinh hoạt thường kỳ; riêng các tháng đã hết 119/120 buổi (đạt 99,2%).",
        "1 chi bộ: Chi bộ Tổ dân phố 03",
    ):
        assert sentence in text
    figures = {f["name"]: f["value"] for block in blocks for f in block.get("figures", ())}
    assert {name: figures[name] for name in figures if name.startswith("coverage.")} == {
        "coverage.chi_bo": 12,
        "coverage.due": 131,
        "coverage.under_way.due": 11,
        "coverage.under_way.still_open": 1,
        "coverage.held": 130,
        "coverage.over.held": 119,
        "coverage.over.due": 120,
        "coverage.held_rate": 119 / 120,
    }
    assert blocks[0]["subject"].endswith("năm 2026 (đến ngày 28/11/2026)")


def test_a_share_of_those_who_have_met_is_not_printed_for_a_month_under_way(folders):
    text = said(run_template("period_summary", report(folders / "kip", "2026-11-28", "2026-11")))
    assert "đã tổ chức 11/11 buổi sinh hoạt thường kỳ." in text


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (
            "2026-11-30",
            "Kỳ chưa kết thúc; số liệu đến ngày 30/11/2026. Tháng 12/2026 chưa đến nên không tính.",
        ),
        ("2026-10-15", "Các tháng 11/2026 và 12/2026 chưa đến nên không tính."),
    ],
)
def test_months_to_come_are_named(folders, at, sentence):
    blocks = run_template("annual_review", report(folders / "kip", at))
    assert sentence in said(blocks)
    assert not any(
        "11/2026" in month and at < "2026-11" for month in column(blocks, "pham-vi", "month")
    )


def test_a_period_that_is_over_says_nothing_of_it(folders):
    blocks = run_template("annual_review", report(folders / "kip", "2026-12-31"))
    assert "chưa kết thúc" not in said(blocks)
    assert blocks[0]["subject"].endswith("năm 2026")
    assert "still_open" not in [c["key"] for c in table(blocks, "pham-vi")["columns"]]


def test_where_nothing_was_known_by_then_the_report_says_that_and_not_that_no_rule_set_applied(
    folders,
):
    of = report(folders / "don", "2026-04-10", "2026-Q1")
    text = said(run_template("period_summary", of))
    assert "Đến ngày 10/4/2026 chưa có số liệu về các buổi sinh hoạt của kỳ." in text
    assert "0,0%" not in text
    assert "bộ quy tắc nào" not in text
    assert "đã tổ chức 0/" not in text


def test_a_visit_that_is_still_to_come_is_not_counted_as_missed():
    rows = [
        {
            "visit_id": f"v{i}",
            "post": "Bí thư",
            "role": "lanh_dao",
            "chi_bo_id": chi_bo,
            "planned_for": month,
            "status": status,
            "done_on": done,
        }
        for i, (chi_bo, month, status, done) in enumerate(
            [
                ("a", "2026-01", "done", dt.date(2026, 1, 3)),
                ("b", "2026-02", "missed", None),
                ("b", "2026-02", "missed", None),
                ("a", "2026-06", "planned", None),
            ]
        )
    ]
    made = year_slice("2026-H1", as_of=dt.datetime(2026, 5, 10), visit=rows)
    of = Report(made, {"visit_unit": "visits"})
    blocks = run_template("attendance_programme", of)
    found = table(blocks, "du-sinh-hoat")
    assert [c["key"] for c in found["columns"]][-2:] == ["left", "ahead"]
    assert found["rows"][0][2:4] == [4, 1]
    assert found["rows"][0][-2:] == [2, 1]
    assert "1/4 buổi theo kế hoạch (đạt 25,0%); còn 1 buổi chưa đến hạn" in said(blocks)
