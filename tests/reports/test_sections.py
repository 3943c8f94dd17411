"""Sections on the sample, also where there is very little or very much to show."""

import dataclasses
import functools
import inspect
from pathlib import Path

import pytest

from assess.records.tables import YEARLY
from assess.reports import sections
from assess.reports.block_json import flatten
from assess.reports.report import Report
from assess.reports.sections import annexes
from assess.rules import parse_rule_set
from assess.studies.inspection.choose import PlanOptions
from assess.studies.readings import study_readings

ALL = [getattr(sections, name) for name in sections.__all__]


def blocks(section, report):
    return flatten(section(report).as_json())


def table(section, report, name):
    return next(b for b in blocks(section, report) if b["type"] == "table" and b["id"] == name)


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
def study_of(report_without):
    """Return the study of a quarter of those records, ``of`` its meetings or its period."""

    @functools.cache
    def make(empty, of):
        made = report_without("2026-Q1", empty).slice
        return study_readings(made, ["not_applicable", "level_gap", "self_vs_superior"], of=of)

    return make


@pytest.mark.parametrize(
    "empty",
    [(), ("line",), ("sheet", "line"), ("meeting", "sheet", "line"), YEARLY, (*YEARLY, "adoption")],
    ids=["full", "no lines", "no sheets", "no meetings", "no year's work", "nothing adopted"],
)
@pytest.mark.parametrize("section", ALL, ids=sections.__all__)
def test_every_section_can_be_written_whatever_is_missing(report_without, study_of, section, empty):
    year = section.__module__.endswith("annual_list")  # the annual list is of a year
    report = report_without("2026" if year else "2026-Q1", empty)
    wanted = inspect.signature(section).parameters
    one = {"questions": ["no_chi_uy"]} if "questions" in wanted else {}
    if "wanted" in wanted:
        one["wanted"] = PlanOptions(capacity=2)
    if "study" in wanted:
        one["study"] = study_of(empty, "period" if section is sections.study_period else "meeting")
    made = section(report, **one)
    assert made.as_text() is not None
    assert made._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("chi_bo", ["qst-01", "xmt-05"])
def test_a_report_of_one_chi_bo_can_be_written(cut, chi_bo):
    report = Report(cut(chi_bo, "2026"), {})
    assert len(table(sections.chi_bo_table, report, "chi-bo")["rows"]) == 1
    assert sections.header(report).issuer.startswith("CHI BỘ")


def test_page_one_names_the_dang_bo_the_period_the_result_and_what_to_look_at(cut):
    report = Report(cut("xa-mau-thu"), {})
    said = " ".join(str(b) for b in blocks(sections.key_results, report))
    for words in (
        "Đảng bộ xã Mẫu Thử",
        "năm 2026",
        "Những điểm cần xem",
        "bản chép của bên thứ ba",
        "Tốt",
    ):
        assert words in said
    assert sections.header(report).marks == ()


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


def test_the_readings_in_use_are_all_printed_with_where_they_come_from(cut):
    report = Report(cut("qs-tinh", "2026-Q1"), {"blank_line": "zero"})
    rows = table(sections.readings, report, "cach-hieu-an-phu-hd42")["rows"]
    assert len(rows) == len(report.scores.chosen["an-phu-hd42"])
    assert ["Dòng bỏ trống", "tính 0 điểm", "chọn cho báo cáo này", None] in [
        list(row) for row in rows
    ]


def test_long_annexes_are_printed_in_short_and_keep_every_chi_bo(cut, monkeypatch):
    report = Report(cut("xa-mau-thu"), {})
    full = table(sections.annex_meetings, report, "tung-buoi")["rows"]
    lines = table(sections.annex_contradictions, report, "tung-dong")["rows"]
    monkeypatch.setattr(annexes, "LONGEST", 10)
    short = table(sections.annex_meetings, report, "tung-buoi")["rows"]
    assert len(short) == len(report.slice.chi_bo) < len(full)
    points = [p for row in short for p in row[2:] if p is not None]
    assert sorted(points) == sorted(row[7] for row in full if row[7] is not None)
    assert sum(
        row[1] for row in table(sections.annex_contradictions, report, "tung-dong")["rows"]
    ) == len(lines)
