"""A report with another report's content is caught after it is made."""

import dataclasses
import json
import re
import shutil

import pytest

from assess.runs.page_check import PageExpectation, check_report

OWN, OTHER = "2026/xa-mau-thu/annual_review", "2026/qs-tinh/annual_review"


@pytest.fixture(scope="module")
def expected(built, cut, source):
    made = cut("xa-mau-thu")
    everything = set(source._tables["meeting"]["meeting_id"])  # noqa: SLF001 - every id there is
    return PageExpectation(
        "xa-mau-thu",
        made.name,
        "2026",
        "năm 2026",
        json.loads((built / f"{OWN}.slice/slice.json").read_text(encoding="utf-8"))["digest"],
        frozenset(everything - set(made.tables["meeting"]["meeting_id"])),
        frozenset({"Đảng bộ Quân sự tỉnh Minh Họa"}),
    )


def files(built, stem):
    return built / f"{stem}.html", built / f"{stem}.pdf"


def test_the_report_that_was_ordered_passes(built, expected):
    assert check_report(expected, *files(built, OWN)) == []


def test_a_whole_file_of_another_dang_bo_is_caught_in_either_format(built, expected):
    (own_html, own_pdf), (other_html, other_pdf) = files(built, OWN), files(built, OTHER)
    assert any(p.startswith("HTML") for p in check_report(expected, other_html, own_pdf))
    assert any(p.startswith("PDF") for p in check_report(expected, own_html, other_pdf))


def test_another_dang_bos_tables_under_the_right_head_are_caught(built, expected, tmp_path):
    own, other = (files(built, stem)[0].read_text(encoding="utf-8") for stem in (OWN, OTHER))
    pattern = re.compile(r'<table class="[^"]*" id="tung-buoi"[^>]*>.*?</table>', re.DOTALL)
    swapped = pattern.sub(lambda _: pattern.search(other)[0], own)
    assert swapped != own
    page = tmp_path / "x.html"
    page.write_text(swapped, encoding="utf-8")
    problems = check_report(expected, page, files(built, OWN)[1])
    assert any("đơn vị khác" in p for p in problems)
    assert not any(p.startswith("PDF") for p in problems)


def test_one_name_of_another_dang_bo_in_the_text_is_caught(built, expected, tmp_path):
    page = tmp_path / "x.html"
    text = (
        files(built, OWN)[0]
        .read_text(encoding="utf-8")
        .replace("</main>", "<p>Đảng bộ Quân sự tỉnh Minh Họa</p></main>")
    )
    page.write_text(text, encoding="utf-8")
    assert check_report(expected, page, files(built, OWN)[1]) == [
        "HTML: có tên đơn vị khác: Đảng bộ Quân sự tỉnh Minh Họa"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "0" * 64},
        {"period": "2025", "period_label": "năm 2025"},
        {"dang_bo": "qs-tinh"},
        {"name": "Đảng bộ khác"},
    ],
)
def test_another_digest_period_or_name_is_caught(built, expected, change):
    assert check_report(dataclasses.replace(expected, **change), *files(built, OWN))


def test_ids_that_are_mere_numbers_are_looked_for_only_where_codes_stand(built, expected, tmp_path):
    numbers = dataclasses.replace(expected, foreign_ids=frozenset({"14", "153", "2026"}))
    assert check_report(numbers, *files(built, OWN)) == []
    page = tmp_path / "x.html"
    shutil.copy(files(built, OWN)[0], page)
    text = page.read_text(encoding="utf-8")
    changed = re.sub(r'<tr data-k="xmt-[^"]*">', '<tr data-k="14">', text, count=1)
    assert changed != text
    page.write_text(changed, encoding="utf-8")
    assert any("14" in p for p in check_report(numbers, page, files(built, OWN)[1]))
