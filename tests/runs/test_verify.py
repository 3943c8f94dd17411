"""Verify published reports: unchanged, and their own slices give the same bytes again.

Where that is not so, it is reported.
"""

import dataclasses
import hashlib
import json
import re
import shutil

import pytest

from assess.base.errors import InputError
from assess.runs import run_matrix
from assess.runs.verify import verify
from kit.batches import add_template, entry, write_matrix
from kit.command import assess


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    from assess.workspace import lay_workspace

    base = tmp_path_factory.mktemp("verify")
    workspace = lay_workspace(base / "ws")
    add_template(workspace, "clock", "import time\nprint(time.time_ns())")
    matrix = write_matrix(
        workspace,
        entry("period_summary", also="[docx, xlsx]"),
        entry("upward_summary"),
        entry("clock"),
    )
    return run_matrix(matrix, workspace, base / "out").folder


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    """The file of the office's own template, which a test may trust."""
    from assess.workspace import lay_workspace

    workspace = lay_workspace(tmp_path_factory.mktemp("clock") / "ws")
    add_template(workspace, "clock", "import time\nprint(time.time_ns())")
    return workspace.templates_folder / "clock.ipynb"


@pytest.fixture
def copy(reports, tmp_path):
    """A copy in another place, as an inspector takes it along."""
    return shutil.copytree(reports, tmp_path / "mang đi")


WORD = "qs-tinh"
"""A text in an output of every report."""


CLOCK = "2026-Q1/qs-tinh/clock"
"""The report of a template that is not the package's."""


def said(folder, **options):
    """Return the problems by place, without that of the foreign template, which is always there.

    Problems about one file are joined.
    """
    found = {}
    for problem in verify(folder, **options).problems:
        if problem.where != CLOCK:
            found[problem.where] = (
                f"{found[problem.where]}; {problem.what}"
                if problem.where in found
                else problem.what
            )
    return found


def resign(folder, *names):
    """Write the manifest anew for some files, as somebody who wants to hide a change would."""
    path = folder / "MANIFEST.sha256"
    lines = dict(
        reversed(line.split("  ", 1)) for line in path.read_text(encoding="utf-8").splitlines()
    )
    for name in names:
        lines[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    path.write_text(
        "".join(f"{digest}  {name}\n" for name, digest in lines.items()), encoding="utf-8"
    )


def test_the_same_bytes_come_again_anywhere_but_where_the_clock_was_printed(copy, clock):
    found = verify(copy, trust=[clock])
    assert len(found.remade) == 3
    assert {p.where for p in found.problems} == {
        f"2026-Q1/qs-tinh/clock{s}" for s in (".ipynb", ".html", ".pdf")
    }
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
    assert set(found) == {
        "2026-Q1/qs-tinh/period_summary.pdf",
        "2026-Q1/qs-tinh/upward_summary.html",
        "2026-Q1/qs-tinh/thêm.html",
    }
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
    found = said(copy)
    assert "mã SHA-256 trong sổ ghi (ledger.jsonl) khác trong MANIFEST.sha256" in found[name]
    assert "dù sổ tính giống nhau" in found[name]
    assert said(copy, sample=0).keys() == {name, "MANIFEST.sha256"}


def test_a_cell_changed_together_with_its_digest_is_named(copy):
    name = "2026-Q1/qs-tinh/upward_summary.ipynb"
    notebook = json.loads((copy / name).read_text(encoding="utf-8"))
    at, text = next(
        (i, json.dumps(c))
        for i, c in enumerate(notebook["cells"])
        if WORD in json.dumps(c.get("outputs"), ensure_ascii=False)
    )
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
    chosen = [verify(reports, sample=1, seed=seed).remade for seed in (5, 5)]
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 1


def test_the_command_says_all_is_well_or_exits_with_1_and_names_the_code_to_trust(copy, clock):
    def run(*more):
        return assess("verify", copy, *more)

    done = run("--sample", "0")
    assert (done.returncode, done.stdout.count("1 chỗ không khớp")) == (1, 1)
    code = re.search(
        r"clock: mẫu LẠ .*khác từ ô lệnh \d+ \(mã ([0-9a-f]{16})\); không chạy mẫu này", done.stderr
    )[1]
    for trust in (code, str(clock), str(clock.parents[1])):
        done = run("--sample", "0", "--trust", trust)
        assert done.returncode == 0
        # an office's own template is run, and it is said how it differs from the package's
        (own,) = done.stderr.splitlines()
        assert re.search(r"^! .*clock: mẫu của cơ quan: so với mẫu .* khác từ ô lệnh \d+$", own)
        assert "tất cả khớp" in done.stdout
    for wrong in ("sai", str(copy), code[:8]):
        done = run("--trust", wrong)
        assert done.returncode == 2
        assert "[bad-trust]" in done.stderr
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
            "cells": [
                c
                for c in notebook["cells"]
                if "injected-parameters" not in c["metadata"].get("tags", [])
            ],
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
        verify(copy)
    assert caught.value.findings[0].code == "bad-manifest"


# --- forged folders of the trials that verification once accepted ---------------------------------

REPLACED = """
from assess.reports.blocks import Block
_own = Block._repr_mimebundle_
def _better(self, *args, **kwargs):
    return json.loads(json.dumps(_own(self, *args, **kwargs), ensure_ascii=False).replace('Trung bình', 'Tốt').replace('Khá', 'Tốt'))
import json
Block._repr_mimebundle_ = _better
"""


@pytest.fixture(scope="module")
def forged(tmp_path_factory):
    """Reports of a template with extra code and of a rule set whose Tốt begins at 75.

    Everything else is in order.
    """
    from assess.workspace import lay_workspace

    base = tmp_path_factory.mktemp("forged")
    workspace = lay_workspace(base / "ws")
    path = workspace.templates_folder / "period_summary.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(
        c
        for c in notebook["cells"]
        if c["cell_type"] == "code" and "parameters" not in c["metadata"].get("tags", [])
    )
    cell["source"] = [*REPLACED.splitlines(keepends=True), *cell["source"]]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    rules = workspace.rules_folder / "an-phu-hd42.yaml"
    text = rules.read_text(encoding="utf-8").replace(
        "title: Tốt, at_least: 90", "title: Tốt, at_least: 75"
    )
    rules.write_text(
        text.replace("at_least: 70, below: 90", "at_least: 70, below: 75"), encoding="utf-8"
    )
    matrix = write_matrix(workspace, entry("period_summary"), entry("upward_summary"))
    return workspace, run_matrix(matrix, workspace, base / "out").folder


def test_a_doctored_template_and_a_doctored_rule_set_are_named_and_the_template_is_not_run(forged):
    workspace, folder = forged
    found = verify(folder)
    assert found.remade == ("2026-Q1/qs-tinh/upward_summary",)
    what = [
        problem.what
        for problem in found.problems
        if problem.where == "2026-Q1/qs-tinh/period_summary"
    ]
    assert re.match(
        r"mẫu LẠ hoặc đã sửa: so với mẫu period_summary của gói, khác từ ô lệnh 4 \(mã [0-9a-f]{16}\)",
        what[0],
    )
    rule = "bộ quy tắc an-phu-hd42 khác bản trong gói từ dòng 285: “- {id: tot, title: Tốt, at_least: 75"
    assert what[1].startswith(rule)
    other = [
        problem.what
        for problem in found.problems
        if problem.where == "2026-Q1/qs-tinh/upward_summary"
    ]
    assert [text.startswith(rule) for text in other] == [True]
    # an office with templates and rule sets of its own names them
    assert verify(folder, sample=0, trust=[workspace.root]).problems == ()
    assert (
        verify(folder, sample=0, trust=[workspace.rules_folder / "an-phu-hd42.yaml"])
        .problems[0]
        .what
        == what[0]
    )


def test_a_doctored_notebook_that_the_ledger_calls_the_packages_is_told_as_that(copy):
    name = "2026-Q1/qs-tinh/upward_summary.ipynb"
    notebook = json.loads((copy / name).read_text(encoding="utf-8"))
    (copy / "gone").touch()
    cell = {
        **notebook["cells"][-1],
        "cell_type": "code",
        "source": f"import os\nos.remove({str(copy / 'gone')!r})",
        "outputs": [],
    }
    # papermill's own tag on a second cell does not hide the cell
    cell["metadata"] = {"tags": ["injected-parameters"]}
    notebook["cells"].append(cell)
    (copy / name).write_text(json.dumps(notebook), encoding="utf-8")
    resign(copy, name)
    found = said(copy)
    assert "sổ ghi (ledger.jsonl) lại ghi là mẫu của gói" in found["2026-Q1/qs-tinh/upward_summary"]
    assert (copy / "gone").exists()


def test_an_older_report_put_in_place_with_its_digests_in_the_manifest_is_told(
    copy, reports, tmp_path
):
    """The report is of an earlier moment; its files fit each other, and it can be made again."""
    from assess.workspace import lay_workspace

    workspace = lay_workspace(tmp_path / "ws")
    matrix = write_matrix(
        workspace, entry("upward_summary", as_of="2026-04-04", document_date="2026-04-05")
    )
    older = run_matrix(matrix, workspace, tmp_path / "out").folder / "2026-Q1/qs-tinh"
    names = []
    for path in sorted(older.rglob("*")):
        if path.is_file():
            names.append(f"2026-Q1/qs-tinh/{path.relative_to(older).as_posix()}")
            shutil.copyfile(path, copy / names[-1])
    resign(copy, *names)
    found = said(copy)
    differ = {name for name in names if (copy / name).read_bytes() != (reports / name).read_bytes()}
    assert {
        f"2026-Q1/qs-tinh/upward_summary.{kind}"
        for kind in ("html", "pdf", "ipynb", "slice/slice.json")
    } <= differ
    assert (
        found.keys()
        == differ | {"MANIFEST.sha256"} | {"2026-Q1/qs-tinh/upward_summary"} & found.keys()
    )
    assert all("không phải tệp đã lập" in found[name] for name in differ)


def test_a_report_removed_with_its_lines_in_the_manifest_is_told(copy):
    folder = copy / "2026-Q1/qs-tinh"
    gone = [
        p.relative_to(copy).as_posix()
        for p in [*folder.glob("upward_summary.*"), *folder.rglob("*")]
        if "upward_summary" in str(p) and p.is_file()
    ]
    for name in set(gone):
        (copy / name).unlink()
    (folder / "upward_summary.slice").rmdir() if not list(
        (folder / "upward_summary.slice").iterdir()
    ) else shutil.rmtree(folder / "upward_summary.slice")
    path = copy / "MANIFEST.sha256"
    path.write_text(
        "".join(
            x
            for x in path.read_text(encoding="utf-8").splitlines(keepends=True)
            if "upward_summary" not in x
        ),
        encoding="utf-8",
    )
    found = said(copy, sample=0)
    assert found.keys() == set(gone) | {"MANIFEST.sha256"}
    assert (
        "có trong sổ ghi (ledger.jsonl) nhưng không có trong MANIFEST.sha256"
        in found["2026-Q1/qs-tinh/upward_summary.html"]
    )


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (
            lambda lines: [line.replace(b'"at": "20', b'"at": "19') for line in lines],
            "không nối tiếp dòng trước",
        ),
        (lambda lines: [lines[0], *lines[2:]], "không nối tiếp dòng trước"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "không nối tiếp dòng trước"),
        (
            lambda lines: [*lines[:-1], re.sub(rb'"before": "[0-9a-f]*", ', b"", lines[-1])],
            "không nối tiếp dòng trước",
        ),
        (lambda lines: lines[:-1], "không kết thúc bằng dòng chốt"),
    ],
)
def test_an_edited_ledger_is_told(copy, edit, what):
    path = copy / "ledger.jsonl"
    lines = path.read_bytes().splitlines()
    after = edit(lines)
    assert after != lines
    path.write_bytes(b"".join(line + b"\n" for line in after))
    assert what in said(copy, sample=0)["ledger.jsonl"]


def test_the_index_changed_together_with_its_digest_is_told(copy):
    (copy / "index.html").write_text("khác", encoding="utf-8")
    resign(copy, "index.html")
    assert said(copy, sample=0) == {
        "MANIFEST.sha256": "khác với mã mà sổ ghi (ledger.jsonl) ghi khi kết thúc lượt lập"
    }


def test_results_that_a_ledger_written_anew_claims_are_compared_with_the_report_made_again(copy):
    from assess.runs.ledger import Ledger

    ledger = Ledger(copy)
    closed, entries = ledger.closed, list(ledger.entries.values())
    ledger.path.unlink()
    anew = Ledger(copy)
    for each in entries:
        results = tuple(
            (title, tuple((name, count + 100) for name, count in counts))
            for title, counts in each.results
        )
        anew.append(dataclasses.replace(each, results=results))
    anew.close(closed["runs"], closed["manifest"])
    found = said(copy)
    assert set(found.values()) == {
        "sổ ghi (ledger.jsonl) ghi kết quả xếp loại khác với báo cáo lập lại"
    }


def test_a_report_that_left_the_matrix_is_not_missed(copy):
    from assess.runs.ledger import Ledger

    path = copy / "MANIFEST.sha256"
    path.write_text(
        "".join(
            x
            for x in path.read_text(encoding="utf-8").splitlines(keepends=True)
            if "upward_summary" not in x
        ),
        encoding="utf-8",
    )
    for each in (copy / "2026-Q1/qs-tinh").glob("upward_summary.*"):
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    ledger = Ledger(copy)
    ledger.close(
        [key for key in ledger.entries if "upward_summary" not in key],
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    assert said(copy, sample=0) == {}
