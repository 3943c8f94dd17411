"""A month known by a summary, then by a score form that contradicts it.

What the published pages show before and after.
"""

import datetime as dt

import pytest

from assess.exchange.forms import FilledValues, monthly_table_of, write_forms, write_monthly_table
from assess.exchange.intake import take_in
from assess.runs import run_matrix
from assess.runs.page_check import html_text
from kit.rendered_tables import html_tables
from kit.score_forms import chi_bo_of, form, full_entries, good_facts, little_store

DANG_BO = "db-an-phu-hd42"
MATRIX = "id: {id}\ntitle: Bộ thử\nrecords: data/store.duckdb\nas_of: {day}\ndocument_date: {day}\nreports:\n"


@pytest.fixture
def pages(laid, rules, tmp_path):
    """A function that makes reports as of a day.

    The store takes a summary of March on 5 April and the full score form on 10 April.
    """
    store = little_store(rules, laid.root / "data/store.duckdb")
    row = {"held_on": "3/3/2026", "roll": 12, "present": 10, "self": "96,84", "class:tot": "x"}
    write_monthly_table(
        tmp_path / "thang.xlsx",
        monthly_table_of(rules["an-phu-hd42"], store.tree, DANG_BO, "2026-03"),
        {chi_bo_of("an-phu-hd42"): row},
    )
    take_in(store, rules, [tmp_path / "thang.xlsx"], recorded_at=dt.datetime(2026, 4, 5))
    made = form(rules)
    lost = {
        ("self", c.id): 0
        for c in made.rules.criteria
        if c.kind == "yes_no" and c.id.startswith(("c3", "c4"))
    }
    facts = {**good_facts(), "papers_at": dt.date(2026, 3, 2), "result_at": None}
    write_forms(
        tmp_path / "phieu.xlsx", [(made, FilledValues(facts, {**full_entries(made), **lost}))]
    )
    take_in(store, rules, [tmp_path / "phieu.xlsx"], recorded_at=dt.datetime(2026, 4, 10))

    def make(day):
        path = laid.root / f"params/runs/t{day}.yaml"
        entries = "".join(
            f"  - {{template: {name}, dang_bo: {DANG_BO}, period: 2026-03}}\n"
            for name in ("period_summary", "compliance_calendar")
        )
        path.write_text(MATRIX.format(id=f"t{day}", day=day) + entries, encoding="utf-8")
        batch = run_matrix(path, laid, tmp_path / "out")
        assert batch.failed == ()
        return batch.folder / f"2026-03/{DANG_BO}"

    return make


def test_the_summary_leaves_days_unknown_and_the_form_tells_the_conflict_and_no_correction(pages):
    before, after = pages("2026-04-08"), pages("2026-04-20")
    duties = {row[0]: row for row in html_tables(before / "compliance_calendar.html")["che-do"][1]}
    # occasions, in time, late, not done, no information, not yet due
    assert (
        duties["Gửi tài liệu trước buổi họp"][1:7]
        == duties["Đăng kết quả sau buổi họp"][1:7]
        == ["1", "0", "0", "0", "1", "0"]
    )
    assert "2 trường hợp chưa có số liệu" in html_text(
        (before / "compliance_calendar.html").read_text(encoding="utf-8")
    )
    said = html_text((before / "period_summary.html").read_text(encoding="utf-8"))
    assert "Chưa có nội dung cần lưu ý." in said
    assert "Nguồn số liệu trái nhau" not in said
    duties = {row[0]: row for row in html_tables(after / "compliance_calendar.html")["che-do"][1]}
    assert duties["Gửi tài liệu trước buổi họp"][1:7] == ["1", "1", "0", "0", "0", "0"]
    assert duties["Đăng kết quả sau buổi họp"][1:7] == [
        "1",
        "0",
        "0",
        "0",
        "1",
        "0",
    ]  # now: the form left it blank
    tables = html_tables(after / "period_summary.html")
    first, second = tables["ket-qua"][1], tables["trai-nhau"][1]
    assert [row[:2] for row in first[:2]] == [["Tốt", "0"], ["Khá", "0"]]
    assert second[0][4:6] == ["96,84", "Tốt"]
    said = html_text((after / "period_summary.html").read_text(encoding="utf-8"))
    assert "1 phiếu có tổng điểm ở bảng tổng hợp khác với phiếu chấm điểm" in said
    assert "da-sua" not in tables
    assert int(tables["bo-sung"][1][0][2]) >= 10
    assert "có số liệu được sửa" not in said
