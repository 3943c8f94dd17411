"""Published reports are as they were made, and their own slices give the same bytes again; or it is said where not."""

import hashlib
import json
import shutil

import pytest

from assess.base.errors import InputError
from assess.runs import run_matrix
from assess.runs.executors import Serial
from assess.runs.verify import verify
from batch_kit import ASSESS, add_template, entry, write_matrix


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    from assess.records.workspace import lay_workspace

    base = tmp_path_factory.mktemp("verify")
    workspace = lay_workspace(base / "ws")
    add_template(workspace, "clock", "import time\nprint(time.time_ns())")
    matrix = write_matrix(workspace, entry("period_summary", also="[docx, xlsx]"), entry("upward_summary"), entry("clock"))
    return run_matrix(matrix, workspace, base / "out", executor=Serial()).folder


@pytest.fixture
def copy(reports, tmp_path):
    """A copy elsewhere, as an inspector takes it along."""
    return shutil.copytree(reports, tmp_path / "mang đi")


WORD = "qs-tinh"
"""Stands in an output of every report."""


def said(folder, **options):
    return {problem.where: problem.what for problem in verify(folder, Serial(), **options).problems}


def resign(folder, *names):
    """Write the manifest anew for some files, as somebody would who wants to hide a change."""
    path = folder / "MANIFEST.sha256"
    lines = dict(reversed(line.split("  ", 1)) for line in path.read_text(encoding="utf-8").splitlines())
    for name in names:
        lines[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    path.write_text("".join(f"{digest}  {name}\n" for name, digest in lines.items()), encoding="utf-8")


def test_the_same_bytes_come_again_anywhere_but_where_the_clock_was_printed(copy):
    found = verify(copy, Serial())
    assert len(found.remade) == 3
    assert {p.where for p in found.problems} == {f"2026-Q1/qs-tinh/clock{s}" for s in (".ipynb", ".html", ".pdf")}
    notebook = next(p for p in found.problems if p.where.endswith(".ipynb"))
    assert "ô lệnh" in notebook.what
    assert "kết quả khác: “" in notebook.what
    assert "khác theo sổ tính" in next(p.what for p in found.problems if p.where.endswith(".pdf"))


def test_a_changed_a_missing_and_an_added_file_are_named(copy):
    folder = copy / "2026-Q1/qs-tinh"
    (folder / "period_summary.pdf").write_bytes(b"x")
    (folder / "upward_summary.html").unlink()
    (folder / "thêm.html").write_text("", encoding="utf-8")
    found = said(copy, sample=0)
    assert set(found) == {"2026-Q1/qs-tinh/period_summary.pdf", "2026-Q1/qs-tinh/upward_summary.html", "2026-Q1/qs-tinh/thêm.html"}
    assert "đã bị sửa" in found["2026-Q1/qs-tinh/period_summary.pdf"]
    assert "không còn" in found["2026-Q1/qs-tinh/upward_summary.html"]
    assert "tệp lạ" in found["2026-Q1/qs-tinh/thêm.html"]


def test_a_file_added_together_with_its_digest_belongs_to_no_report(copy):
    name = "2026-Q1/qs-tinh/kèm theo.html"
    (copy / name).write_text("thêm", encoding="utf-8")
    resign(copy, name)
    assert "không có báo cáo nào gồm tệp này" in said(copy, sample=0)[name]


def test_a_number_changed_together_with_its_digest_is_found_by_making_the_report_again(copy):
    name = "2026-Q1/qs-tinh/period_summary.html"
    page = (copy / name).read_text(encoding="utf-8")
    assert "<td>13" in page
    (copy / name).write_text(page.replace("<td>13", "<td>18"), encoding="utf-8")
    resign(copy, name)
    assert said(copy, sample=0) == {}
    found = said(copy)
    assert "dù sổ tính giống nhau" in found[name]


def test_a_cell_changed_together_with_its_digest_is_named(copy):
    name = "2026-Q1/qs-tinh/upward_summary.ipynb"
    notebook = json.loads((copy / name).read_text(encoding="utf-8"))
    at, text = next((i, json.dumps(c)) for i, c in enumerate(notebook["cells"]) if WORD in json.dumps(c.get("outputs"), ensure_ascii=False))
    notebook["cells"][at] = json.loads(text.replace(WORD, WORD[::-1]))
    (copy / name).write_text(json.dumps(notebook), encoding="utf-8")
    resign(copy, name)
    assert f"ô lệnh {at + 1}: kết quả khác" in said(copy)[name]


def test_a_slice_that_was_changed_is_refused_before_anything_runs(copy):
    name = "2026-Q1/qs-tinh/upward_summary.slice/slice.json"
    about = json.loads((copy / name).read_text(encoding="utf-8"))
    (copy / name).write_text(json.dumps({**about, "dang_bo": "xa-mau-thu"}), encoding="utf-8")
    resign(copy, name)
    assert "không lập lại được" in said(copy)["2026-Q1/qs-tinh/upward_summary"]


def test_a_sample_is_the_same_for_the_same_seed(reports):
    chosen = [verify(reports, Serial(), sample=1, seed=seed).remade for seed in (5, 5)]
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 1


def test_the_command_says_all_is_well_or_exits_with_1(copy):
    import subprocess

    def run(*more):
        return subprocess.run([ASSESS, "verify", str(copy), *more], capture_output=True, text=True, check=False)

    done = run("--sample", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "tất cả khớp" in done.stdout
    (copy / "index.html").write_text("", encoding="utf-8")
    done = run("--sample", "0")
    assert done.returncode == 1
    assert "index.html: đã bị sửa" in done.stderr
    (copy / "MANIFEST.sha256").unlink()
    done = run()
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "damage",
    [
        lambda notebook: [],
        lambda notebook: {
            **notebook,
            "cells": [c for c in notebook["cells"] if "injected-parameters" not in c["metadata"].get("tags", [])],
        },
        lambda notebook: {**notebook, "cells": ["x"]},
        lambda notebook: {},
    ],
)
def test_a_notebook_that_is_none_is_a_finding(copy, damage):
    name = "2026-Q1/qs-tinh/upward_summary.ipynb"
    notebook = json.loads((copy / name).read_text(encoding="utf-8"))
    (copy / name).write_text(json.dumps(damage(notebook)), encoding="utf-8")
    resign(copy, name)
    assert "không lập lại được" in said(copy)["2026-Q1/qs-tinh/upward_summary"]


@pytest.mark.parametrize("name", ["../x.ipynb", "/etc/passwd", "a\\b", "a\0b"])
def test_a_manifest_that_points_elsewhere_is_refused(copy, name):
    with (copy / "MANIFEST.sha256").open("a", encoding="utf-8") as handle:
        handle.write(f"{'0' * 64}  {name}\n")
    with pytest.raises(InputError) as caught:
        verify(copy, Serial())
    assert caught.value.findings[0].code == "bad-manifest"
