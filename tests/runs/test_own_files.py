"""Files that a template reads besides the records: named in the matrix, part of the slice."""

import json

import pytest

from assess import open_report
from assess.base.errors import InputError
from assess.runs import make_plan, run_matrix
from assess.runs.verify import verify
from kit.batches import add_template, entry, write_matrix
from kit.rendered_tables import html_tables

READS = """import pandas as pd
survey = pd.read_csv(report.file("khao-sat.csv"))
report.table("khao-sat", "Khảo sát", survey, {"unit": "Đơn vị", "answers": "Số ý kiến"})"""


@pytest.fixture
def survey(laid):
    """A workspace with a file of a researcher's own, and a template and a matrix that use it."""
    (laid.root / "data/rieng").mkdir()
    path = laid.root / "data/rieng/khao-sat.csv"
    path.write_text("unit,answers\nĐơn vị một,12\nĐơn vị hai,7\n", encoding="utf-8")
    add_template(laid, "survey", READS)
    write_matrix(laid, entry("survey", files="[data/rieng/khao-sat.csv]"))
    return laid


def reasons(laid, out):
    matrix = laid.root / "params/runs/thu.yaml"
    return [step.reasons for step in make_plan(matrix, laid, lambda name: out / name).steps]


def test_it_travels_with_the_slice_and_a_change_of_it_is_named(survey, tmp_path):
    matrix = survey.root / "params/runs/thu.yaml"
    batch = run_matrix(matrix, survey, tmp_path)
    assert batch.failed == ()
    folder = batch.folder / "2026-Q1/qs-tinh"
    _, rows, _ = html_tables(folder / "survey.html")["khao-sat"]
    assert rows == [["Đơn vị một", "12"], ["Đơn vị hai", "7"]]
    kept = folder / "survey.slice/files/khao-sat.csv"
    path = survey.root / "data/rieng/khao-sat.csv"
    assert kept.read_bytes() == path.read_bytes()
    assert reasons(survey, tmp_path) == [("không có gì thay đổi",)]
    path.write_text("unit,answers\nĐơn vị một,13\n", encoding="utf-8")
    assert reasons(survey, tmp_path) == [("tệp kèm số liệu: khao-sat.csv",)]


def test_the_report_is_made_again_from_its_folder_alone(survey, tmp_path):
    folder = run_matrix(survey.root / "params/runs/thu.yaml", survey, tmp_path).folder
    (survey.root / "data/rieng/khao-sat.csv").unlink()
    trust = [survey.templates_folder / "survey.ipynb"]
    found = verify(folder, trust=trust)
    assert (found.problems, len(found.remade)) == ((), 1)


def test_in_jupyterlab_it_is_found_below_data(survey, monkeypatch):
    monkeypatch.chdir(survey.root / "notebooks")
    report = open_report(dang_bo="qs-tinh", period="2026-Q1")
    assert report.file("khao-sat.csv").name == "khao-sat.csv"
    with pytest.raises(InputError) as caught:
        report.file("khác.csv")
    assert caught.value.findings[0].code == "no-own-file"


def test_a_file_that_the_matrix_does_not_name_is_not_there(survey, tmp_path):
    write_matrix(survey, entry("survey"))
    batch = run_matrix(survey.root / "params/runs/thu.yaml", survey, tmp_path, draft=True)
    assert "báo cáo không có tệp “khao-sat.csv”" in batch.failed[0].message
    page = batch.folder / "2026-Q1/qs-tinh/survey.failed.ipynb"
    assert "no-own-file" in json.dumps(json.loads(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ("[data/khong-co.csv]", "no-such-file"),
        ("[/etc/hostname]", "no-such-file"),
        ("[../../../etc/hostname]", "no-such-file"),
        ("[data/rieng]", "no-such-file"),
        ("[data/rieng/khao-sat.csv, data/rieng/khao-sat.csv]", "file-name-twice"),
        ("data/rieng/khao-sat.csv", "wrong-type"),
    ],
)
def test_a_wrong_file_is_told_before_anything_runs(survey, tmp_path, files, code):
    write_matrix(survey, entry("survey", files=files))
    with pytest.raises(InputError) as caught:
        run_matrix(survey.root / "params/runs/thu.yaml", survey, tmp_path)
    assert [finding.code for finding in caught.value.findings] == [code]
    assert caught.value.findings[0].place.line > 1


def test_a_file_beyond_the_bound_is_refused(survey, tmp_path, monkeypatch):
    monkeypatch.setattr("assess.runs.matrix.MOST_BYTES", 10)
    with pytest.raises(InputError) as caught:
        run_matrix(survey.root / "params/runs/thu.yaml", survey, tmp_path)
    assert [finding.code for finding in caught.value.findings] == ["file-too-large"]
