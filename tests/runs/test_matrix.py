import csv

import pytest

from assess.base.errors import InputError
from assess.runs.matrix import expand, load_matrix
from kit.year_under_way import write_year

GOOD = """id: thu
title: Bộ thử
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
  - {template: annual_review, dang_bo: all, period: 2026}
"""


def read(tmp_path, workspace, source, text):
    path = tmp_path / "thu.yaml"
    path.write_text(text, encoding="utf-8")
    return expand(*load_matrix(path), workspace, source.tree)


def test_all_means_every_unit_directly_below_the_top_one(tmp_path, workspace, source):
    runs = read(tmp_path, workspace, source, GOOD).runs
    assert [r.dang_bo for r in runs] == [
        "cq-dang-tinh",
        "ct-mo-phong",
        "dh-gia-lap",
        "phuong-vi-du",
        "qs-tinh",
        "xa-mau-thu",
    ]
    assert runs[0].key == "2026/cq-dang-tinh/annual_review"


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("id: thu", "id: con", "id-no-file", "con"),
        ("dang_bo: all", "dang_boo: all", "unknown-key", "dang_boo"),
        ("dang_bo: all", "dang_bo: [qs-tinh, xa-mau-thuu]", "unknown-dang-bo", "xa-mau-thuu"),
        ("annual_review", "anual_review", "unknown-template", "anual_review"),
        ("period: 2026", "period: 2026-Q5", "bad-period", "2026-Q5"),
        ("period: 2026", "period: [2026, 2026]", "duplicate-run", "{template"),
        (
            "period: 2026}",
            "period: 2026, readings: {not_aplicable: zero}}",
            "unknown-question",
            "{not_aplicable",
        ),
        (
            "period: 2026}",
            "period: 2026, readings: {not_applicable: no}}",
            "unknown-option",
            "{not_applicable",
        ),
        ("period: 2026}", "period: 2026, readings: {not_applicable: 0}}", "wrong-type", "0}}"),
        ("as_of: 2027-01-10", "as_of: 10/01/2027", "bad-moment", "10/01/2027"),
        ("as_of: 2027-01-10", "as_of: 2027-01-13", "document-before-data", "2027-01-12"),
        ("document_date: 2027-01-12", "document_date: tomorrow", "bad-date", "tomorrow"),
        ("period: 2026", "period: 2019", "matrix-empty", "- {template"),
    ],
)
def test_a_wrong_matrix_is_refused_whole_before_anything_runs(
    tmp_path, workspace, source, old, new, code, at
):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(InputError) as caught:
        read(tmp_path, workspace, source, text)
    start = text.rindex(at)
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    assert (code, line, column) in [
        (f.code, f.place.line, f.place.column) for f in caught.value.findings
    ]


def test_without_as_of_the_matrix_takes_all_that_is_recorded_and_dates_the_document_by_it(
    tmp_path, workspace, source
):
    text = GOOD.replace("as_of: 2027-01-10\n", "").replace("document_date: 2027-01-12\n", "")
    (at,) = {(run.as_of, run.document_date) for run in read(tmp_path, workspace, source, text).runs}
    rows = [
        row
        for path in (workspace.root / "data/sample").glob("*.csv")
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    ]
    last = max(row["recorded_at"] for row in rows if row.get("recorded_at"))
    assert (at[0].isoformat(timespec="minutes"), at[1].isoformat()) == (last, last[:10])


def test_records_without_moments_need_an_as_of(tmp_path, workspace, source):
    write_year(tmp_path / "nam", recorded=lambda _: None)
    text = GOOD.replace("as_of: 2027-01-10\n", "").replace("data/sample", str(tmp_path / "nam"))
    with pytest.raises(InputError) as caught:
        read(tmp_path, workspace, source, text)
    assert [f.code for f in caught.value.findings] == ["no-end-of-data"]


def test_a_wrong_date_of_the_whole_file_is_said_once(tmp_path, workspace, source):
    text = (
        GOOD.replace("as_of: 2027-01-10", "as_of: 2027-01-13")
        + "  - {template: period_summary, dang_bo: qs-tinh, period: 2026-Q1}\n"
    )
    with pytest.raises(InputError) as caught:
        read(tmp_path, workspace, source, text)
    assert [f.code for f in caught.value.findings] == ["document-before-data"]


def test_a_number_is_of_one_document(tmp_path, workspace, source):
    text = GOOD.replace("period: 2026}", "period: [2025, 2026], numbers: {qs-tinh: '3'}}")
    with pytest.raises(InputError) as caught:
        read(tmp_path, workspace, source, text)
    assert [finding.code for finding in caught.value.findings] == ["numbers-periods"]


def test_a_variant_with_a_name_of_its_own_may_stand_beside_another(tmp_path, workspace, source):
    text = (
        GOOD
        + "  - {template: annual_review, name: annual-zero, dang_bo: qs-tinh, period: 2026, readings: {not_applicable: zero}}\n"
    )
    assert [
        r.name for r in read(tmp_path, workspace, source, text).runs if r.dang_bo == "qs-tinh"
    ] == ["annual_review", "annual-zero"]


PLAN = "  - {template: inspection_plan, dang_bo: [qs-tinh, xa-mau-thu], period: 2026, "


def test_parameters_of_the_entry_go_to_all_and_those_of_a_dang_bo_to_it(
    tmp_path, workspace, source
):
    text = f"{GOOD}{PLAN}parameters: {{capacity: 2, seed: 5}}, parameters_of: {{qs-tinh: {{capacity: 1}}}}}}\n"
    found = {
        run.dang_bo: run.parameters
        for run in read(tmp_path, workspace, source, text).runs
        if run.template == "inspection_plan"
    }
    assert found == {
        "qs-tinh": {"capacity": 1, "seed": 5},
        "xa-mau-thu": {"capacity": 2, "seed": 5},
    }


@pytest.mark.parametrize(
    ("given", "code", "at"),
    [
        ("parameters: {capacty: 2}", "unknown-parameter", "capacty"),
        ("parameters: {slice: x}", "unknown-parameter", "slice"),
        ("parameters: {capacity: hai}", "wrong-type", "hai"),
        ("parameters: {capacity: 2.5}", "wrong-type", "2.5"),
        ("parameters: {teams: một tổ}", "wrong-type", "một tổ"),
        ("parameters: [1]", "wrong-type", "[1]"),
        ("parameters_of: {phuong-vi-du: {capacity: 1}}", "no-such-run", "phuong-vi-du"),
        ("numbers: {phuong-vi-du: '3'}", "no-such-run", "phuong-vi-du"),
        ("numbers: {qs-tinh: 3}", "wrong-type", "3}"),
        ("parameters_of: {qs-tinh: {capacity: x}}", "wrong-type", "x}}"),
    ],
)
def test_a_wrong_parameter_is_named_at_its_place_before_anything_runs(
    tmp_path, workspace, source, given, code, at
):
    text = f"{GOOD}{PLAN}{given}}}\n"
    with pytest.raises(InputError) as caught:
        read(tmp_path, workspace, source, text)
    (finding,) = caught.value.findings
    line = text.splitlines()[finding.place.line - 1]
    assert (finding.code, line[finding.place.column - 1 :].startswith(at)) == (code, True)


def test_a_template_that_cannot_be_read_is_refused(tmp_path, laid):
    template = laid.templates_folder / "annual_review.ipynb"
    path = tmp_path / "thu.yaml"
    path.write_text(GOOD, encoding="utf-8")
    tree = laid.source().tree
    for text in (
        "",
        "{}",
        template.read_text(encoding="utf-8").replace('period = \\"2026\\"', "%matplotlib inline"),
    ):
        template.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            expand(*load_matrix(path), laid, tree)
        assert caught.value.findings[0].code == "template-unreadable"
    template.write_text(
        '{"cells": [{"metadata": {"tags": ["parameters"]}, "source": ["period = 1"]}]}',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        expand(*load_matrix(path), laid, tree)
    assert {f.facts["found"] for f in caught.value.findings} == {
        "dang_bo",
        "rule_set",
        "readings",
        "slice",
    }
