"""The shipped templates on the sample, also where there is very little or very much to show."""

import dataclasses
import functools
import re
from pathlib import Path

import pytest

from assess.records.tables import YEARLY
from assess.reports import results, sections
from assess.reports.report import Report
from assess.rules import parse_rule_set
from kit.templates import NAMES, run_template, said, table

YEARS = ("annual_review", "classing_proposal", "compliance_calendar")
STUDIES = ("readings_case", "readings_study")
OF_STUDIES = ("full", "nothing adopted")
"""What a study of readings can lack in different ways; each costs every combination."""
NO_DOCUMENT = ("inspection_dossier", "inspection_plan_annex", "readings_case", "readings_study")
"""Papers that nobody signs."""
EMPTIED = {
    "full": (),
    "no lines": ("line",),
    "no sheets": ("sheet", "line"),
    "no meetings": ("meeting", "sheet", "line"),
    "no year's work": YEARLY,
    "nothing adopted": (*YEARLY, "adoption"),
}


def emptied(made, *names):
    tables = {
        name: frame.iloc[:0] if name in names else frame for name, frame in made.tables.items()
    }
    return dataclasses.replace(made, tables=tables)


@pytest.fixture(scope="module")
def report_without(cut):
    """Return the report of a period whose records have no rows of the tables ``empty``."""

    @functools.cache
    def make(period, empty):
        return Report(emptied(cut("qs-tinh", period), *empty), {})

    return make


@pytest.fixture(scope="module")
def printed(report_without):
    """Return what a template prints without the rows of some tables."""

    @functools.cache
    def run(name, empty):
        period = "2026" if name in YEARS else "2026-02" if name in STUDIES else "2026-Q1"
        return run_template(name, report_without(period, empty))

    return run


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        pytest.param(name, empty, id=f"{name}-{what}")
        for name in NAMES
        for what, empty in EMPTIED.items()
        if name not in STUDIES or what in OF_STUDIES
    ],
)
def test_every_template_can_be_printed_whatever_is_missing(printed, name, empty):
    blocks = printed(name, empty)
    assert blocks[0]["type"] == "header"
    assert blocks[-1]["type"] == "stamp"
    text = said(blocks)
    for fault in ("None", "nan", "{{", "()", " ,", " .", "..", ": .", ":;"):
        assert fault not in text.replace("…", "x"), fault
    ids = [block["id"] for block in blocks if block["type"] == "table"]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_closes_before_its_signature_and_has_its_annexes_after_it(printed, name):
    kinds = [block["type"] for block in printed(name, ())]
    if name in NO_DOCUMENT:
        assert "signature" not in kinds
        return
    signed = kinds.index("signature")
    assert kinds[signed - 1] in ("paragraph", "table")  # a closing sentence, or the list itself
    assert "annex" not in kinds[:signed]


@pytest.mark.parametrize("chi_bo", ["qst-01", "xmt-05"])
def test_a_report_of_one_chi_bo_can_be_printed(cut, chi_bo):
    blocks = run_template("annual_review", Report(cut(chi_bo, "2026"), {}))
    assert len(table(blocks, "chi-bo")["rows"]) == 1
    assert blocks[0]["issuer"].startswith("CHI BỘ")


def test_page_one_opens_with_the_basis_and_says_the_result(cut):
    blocks = run_template("annual_review", Report(cut("xa-mau-thu"), {}))
    text = said(blocks)
    opening = text.split("\n")[0]
    assert opening.startswith("Thực hiện Hướng dẫn số 42-HD/BTCTW, ngày 28/10/2025 của Ban Tổ chức")
    assert "Đảng ủy xã Mẫu Thử báo cáo kết quả đánh giá" in opening
    assert "phường An Phú" not in opening  # another ward's paper binds nobody here
    assert re.search(r"Có \d+ buổi sinh hoạt được chấm điểm, xếp loại: Tốt \d+ buổi \(chiếm", text)
    body = text.split("Phiếu kiểm soát số liệu")[0]
    for word in ("bản chép", "mặc định", "SHA-256", "assess", "bộ công cụ", "cách hiểu"):
        assert word not in body, word
    assert "bản chép của bên thứ ba" in text


def test_an_assumed_rule_set_and_an_illustrative_one_stand_on_page_one(cut):
    made = cut("qs-tinh", "2025-Q1", rule_set="an-phu-hd42")
    assert any("Giả định" in mark for mark in sections.header(Report(made, {})).marks)
    text = made.rule_texts["an-phu-hd42"].replace(
        "fidelity: third-party-copy", "fidelity: illustrative"
    )
    shown = dataclasses.replace(
        made, rule_sets={"an-phu-hd42": parse_rule_set(text, Path("an-phu-hd42.yaml"))}
    )
    assert any("Minh họa" in mark for mark in sections.header(Report(shown, {})).marks)


def test_the_readings_in_use_are_all_on_the_control_sheet_with_where_they_come_from(cut):
    report = Report(cut("qs-tinh", "2026-Q1"), {"blank_line": "zero"})
    blocks = run_template("period_summary", report)
    rows = table(blocks, "cach-hieu-an-phu-hd42")["rows"]
    assert len(rows) == len(report.scores.chosen["an-phu-hd42"])
    assert ["Dòng bỏ trống", "tính 0 điểm", "chọn cho báo cáo này", None] in rows
    annex = [block for block in blocks if block["type"] == "annex"]
    assert [block["numbered"] for block in annex] == [True] * (len(annex) - 1) + [False]


def test_long_lists_are_printed_in_short(cut):
    report = Report(cut("xa-mau-thu"), {})
    full = run_template("annual_review", report)
    short = run_template("annual_review", report, meeting_rows=10, sheet_rows=3, at_most=1)
    assert table(full, "tung-buoi") is not None
    assert table(short, "tung-buoi") is None
    whole, part = (table(blocks, "chi-bo-thang")["rows"] for blocks in (full, short))
    assert len(whole) == len(report.slice.chi_bo)
    assert len(part) == 3
    below = [row for row in whole if any(letter not in ("T", None) for letter in row[2:])]
    assert part == below[:3]
    assert "chi bộ khác" in said(short)


def test_a_month_that_was_not_held_is_printed_with_its_reason(cut):
    report = Report(cut("phuong-vi-du"), {})
    blocks = run_template("annual_review", report)
    reasons = report.slice.tables["meeting"]["reason"].dropna()
    mine = report.slice.tables["meeting"]["chi_bo_id"].isin(report.slice.chi_bo)
    there = set(reasons[mine]) & {
        note for row in table(blocks, "tung-buoi")["rows"] for note in [row[-1]] if note
    }
    assert there
    assert any(reason in said(blocks) for reason in there)


def test_a_board_submits_to_its_own_committee_and_a_committee_to_the_one_above(cut):
    report = Report(cut("phuong-vi-du"), {})
    blocks = run_template("classing_proposal", report)
    assert (blocks[0]["superior"], blocks[0]["issuer"]) == (
        "ĐẢNG ỦY PHƯỜNG VÍ DỤ",
        "BAN XÂY DỰNG ĐẢNG",
    )
    assert "Kính trình: Ban Thường vụ Đảng ủy phường Ví Dụ" in said(blocks)
    signed = next(block for block in blocks if block["type"] == "signature")
    assert (signed["authority"], signed["post"]) == ("", "TRƯỞNG BAN")
    blocks = run_template("classing_proposal", report, issuer="committee")
    assert "Kính trình: Tỉnh ủy Minh Họa" in said(blocks)
    grassroots = run_template("classing_proposal", Report(cut("dh-gia-lap"), {}))
    assert grassroots[0]["issuer"].startswith("ĐẢNG ỦY")


def test_the_class_list_of_a_month_marks_each_class_and_counts_the_marks(cut):
    blocks = run_template("class_list", Report(cut("phuong-vi-du", "2026-03"), {}))
    found = table(blocks, "bang-xep-loai")
    keys = [column["key"] for column in found["columns"]]
    first, last = keys.index("tot"), keys.index("kem")
    *rows, total = found["rows"]
    for row in rows:
        assert sorted(row[first : last + 1]) == ["", "", "", "x"]
    counts = [sum(row[place] == "x" for row in rows) for place in range(first, last + 1)]
    assert total[first : last + 1] == counts
    assert sum(counts) == len(rows) == len(table(blocks, "bang-xep-loai")["keys"]) - 1
    signed = next(block for block in blocks if block["type"] == "signature")
    assert signed["left"] == "NGƯỜI LẬP BIỂU"
    assert blocks[0]["sign"] == ""


@pytest.mark.parametrize("room", [results, sections])
def test_a_template_of_another_version_is_told_what_to_do(room):
    with pytest.raises(AttributeError, match="key_results: không có; mẫu này viết cho bản khác"):
        room.key_results  # noqa: B018 - it is the access that fails
