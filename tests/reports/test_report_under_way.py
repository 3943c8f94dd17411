"""What a report shows of a period that is not over, or of which nothing was known.

In its tables, its chart, its head and on page one.
"""

import base64
import datetime as dt

import pytest

from assess import Period, make_slice
from assess.exchange.csv import CsvFolder
from assess.reports import sections
from assess.reports.block_json import flatten
from assess.reports.report import Report
from kit.small_dang_bo import RULES, year_slice
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


def blocks(section, of):
    return flatten(section(of).as_json())


def texts(section, of):
    found = [block.get("text", "") for block in blocks(section, of)]
    return " ".join(
        [*found, *(item for block in blocks(section, of) for item in block.get("items", ()))]
    )


def months(section, of, table):
    (rows,) = [
        block["rows"]
        for block in blocks(section, of)
        if block["type"] == "table" and block["id"] == table
    ]
    return [row[0] for row in rows]


LASTING = "11/2026 (đến ngày 28/11/2026)"


def test_tables_and_chart_end_with_the_month_under_way_and_say_up_to_which_day(folders):
    of = report(folders / "kip", "2026-11-28")
    assert months(sections.coverage, of, "pham-vi") == [
        *(f"2026-{m:02d}" for m in range(1, 11)),
        LASTING,
        "Cộng (lượt)",
    ]
    assert months(sections.classes_over_months, of, "theo-thang")[-2:] == [LASTING, "Cộng"]
    assert months(sections.sent_up, of, "gui-len")[-2:] == [LASTING, "Cộng (lượt)"]
    (figure,) = [
        block for block in blocks(sections.classes_over_months, of) if block["type"] == "figure"
    ]
    assert "(đến 28/11)" in base64.b64decode(figure["data"]).decode()
    (attachment,) = [block for block in blocks(sections.filed, of) if block["type"] == "attachment"]
    assert "2026-11,due,11" in attachment["content"]
    assert "2026-12" not in attachment["content"]


def test_page_one_says_how_far_the_year_reaches_with_numbers_that_can_be_found(folders):
    of = report(folders / "kip", "2026-11-28")
    text = texts(sections.key_results, of)
    assert "tổng cộng 131 lượt" in text
    assert (
        "Tháng 11/2026 chưa hết nên chỉ tính 11 chi bộ đã có ghi nhận, 1 chi bộ khác còn trong hạn. Tháng 12/2026 chưa đến nên không tính."
        in text
    )
    assert (
        "Đã sinh hoạt thường kỳ 130 lượt, riêng các tháng đã hết 119 trên 120 lượt (99,2%)" in text
    )
    assert "tổng cộng 1 lượt: Chi bộ Tổ dân phố 03." in text
    figures = {
        f["name"]: f["value"]
        for block in blocks(sections.key_results, of)
        for f in block.get("figures", ())
    }
    assert {name: figures[name] for name in figures if name.startswith("coverage.")} == {
        "coverage.chi_bo": 12,
        "coverage.due": 131,
        "coverage.under_way.due": 11,
        "coverage.under_way.still_open": 1,
        "coverage.held": 130,
        "coverage.over.held": 119,
        "coverage.over.due": 120,
        "coverage.held_rate": 119 / 120,
        "coverage.assessed": 130,
    }
    assert sections.header(of).subject.endswith("năm 2026 (đến ngày 28/11/2026)")


def test_a_share_of_those_who_have_met_is_not_printed_for_a_month_under_way(folders):
    text = texts(sections.key_results, report(folders / "kip", "2026-11-28", "2026-11"))
    assert "Đã sinh hoạt thường kỳ 11 lượt;" in text
    assert "100,0%" not in text.split("Chấm theo")[0]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (
            "2026-11-30",
            "Kỳ chưa kết thúc; số liệu đến ngày 30/11/2026. Tháng 12/2026 chưa đến nên không tính.",
        ),
        ("2026-10-15", "Các tháng 11/2026 và 12/2026 chưa đến nên không tính."),
    ],
)
def test_months_to_come_are_named(folders, at, said):
    of = report(folders / "kip", at)
    assert said in texts(sections.key_results, of)
    assert not any(
        "11/2026" in month and at < "2026-11" for month in months(sections.coverage, of, "pham-vi")
    )


def test_a_period_that_is_over_says_nothing_of_it(folders):
    of = report(folders / "kip", "2026-12-31")
    assert "chưa kết thúc" not in texts(sections.key_results, of)
    assert sections.header(of).subject.endswith("năm 2026")
    (table,) = [block for block in blocks(sections.coverage, of) if block["type"] == "table"]
    assert "still_open" not in [column["key"] for column in table["columns"]]


def test_where_nothing_was_known_by_then_the_report_says_that_and_not_that_no_rule_set_applied(
    folders,
):
    of = report(folders / "don", "2026-04-10", "2026-Q1")
    said = "Đến ngày 10/04/2026 chưa có số liệu nào về các buổi sinh hoạt của kỳ được ghi nhận"
    assert said in texts(sections.key_results, of)
    assert f"{said}, nên không có xếp loại." in texts(sections.basis, of)
    everything = " ".join(texts(section, of) for section in (sections.key_results, sections.basis))
    assert "0,0%" not in everything
    assert "bộ quy tắc nào" not in everything
    notes = [block.get("note", "") for block in blocks(sections.chi_bo_table, of)]
    assert not any("chưa có quy tắc" in note for note in notes)


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
    (table,) = [
        block for block in blocks(sections.attendance, of) if block.get("id") == "du-sinh-hoat"
    ]
    assert [column["key"] for column in table["columns"]][-2:] == ["left", "ahead"]
    assert table["rows"][0][2:4] == [4, 1]
    assert table["rows"][0][-2:] == [2, 1]
    assert "dự 1 trên 4 buổi theo kế hoạch (25,0%), còn 1 buổi chưa đến hạn" in texts(
        sections.attendance, of
    )
