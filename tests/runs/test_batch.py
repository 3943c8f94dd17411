"""Whole batches, with templates that misbehave as users' templates do."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assess.base.errors import InputError
from assess.records import TABLES
from assess.records.slices import ONLY_FILLED
from assess.runs import run_matrix
from kit.batches import ASSESS, add_template, entry, write_matrix
from kit.command import assess


def test_a_failing_report_stays_alone_and_keeps_its_failing_cell(laid, tmp_path):
    add_template(laid, "error", "1 / 0")
    add_template(laid, "dies", "import os\nos._exit(3)")
    matrix = write_matrix(laid, entry("error"), entry("dies"), entry("period_summary"))
    batch = run_matrix(matrix, laid, tmp_path / "out", jobs=2)
    by_name = {outcome.key.rsplit("/", 1)[1]: outcome for outcome in batch.outcomes}
    assert {name: outcome.ok for name, outcome in by_name.items()} == {
        "error": False,
        "dies": False,
        "period_summary": True,
    }
    assert "ZeroDivisionError" in by_name["error"].message
    folder = batch.folder / "2026-Q1/qs-tinh"
    failed = json.loads((folder / "error.failed.ipynb").read_text(encoding="utf-8"))
    assert any(o["output_type"] == "error" for c in failed["cells"] for o in c.get("outputs", []))
    assert not (folder / "error.html").exists()
    index = (batch.folder / "index.html").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in index
    assert "error.failed.ipynb" in index
    assert "2 báo cáo không làm được" in index
    assert "<b>thử</b>" not in index
    done = subprocess.run(
        ["sha256sum", "-c", "MANIFEST.sha256"],
        cwd=batch.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_drafts_stand_apart_and_finished_reports_keep_their_pdf(laid, tmp_path):
    matrix = write_matrix(laid, entry("period_summary"))
    finished = run_matrix(matrix, laid, tmp_path)
    draft = run_matrix(matrix, laid, tmp_path, draft=True)
    place = "2026-Q1/qs-tinh"
    assert (finished.folder.name, draft.folder.name) == ("thu", "thu.nhap")
    assert (finished.folder / place / "period_summary.pdf").exists()
    assert not (draft.folder / place / "period_summary.pdf").exists()
    assert "(bản nháp)" in (draft.folder / "index.html").read_text(encoding="utf-8")
    assert run_matrix(matrix, laid, tmp_path, draft=True).made == 0
    done = assess("plan", matrix, "--out", tmp_path, "--draft")
    assert (done.returncode, "1 báo cáo: giữ 1" in done.stdout) == (0, True)


def test_a_report_that_left_the_matrix_is_told_and_one_not_asked_for_is_no_failure(laid, tmp_path):
    both = write_matrix(laid, entry("period_summary"), entry("upward_summary"))
    batch = run_matrix(both, laid, tmp_path, only=["2026-Q1/qs-tinh/period_summary"])
    page = (batch.folder / "index.html").read_text(encoding="utf-8")
    assert "1 báo cáo chưa lập" in page
    assert "không làm được" not in page
    assert batch.dropped == ()
    batch = run_matrix(write_matrix(laid, entry("upward_summary")), laid, tmp_path)
    assert batch.dropped == ("2026-Q1/qs-tinh/period_summary",)


def test_a_report_on_anothers_slice_is_refused_in_the_notebook(laid, tmp_path, cut):
    from assess.base.errors import InputError
    from assess.records import write_slice
    from assess.reports.report import open_report

    write_slice(cut("qs-tinh", "2026-Q1"), tmp_path / "s")
    with pytest.raises(InputError) as caught:
        open_report(dang_bo="xa-mau-thu", period="2026-Q1", slice=str(tmp_path / "s"))
    assert caught.value.findings[0].code == "slice-of-another"


def test_a_template_that_prints_another_dang_bos_name_does_not_pass(laid, tmp_path):
    code = (
        "from assess.reports.blocks import Paragraph\nParagraph('Số liệu của Đảng bộ xã Mẫu Thử')"
    )
    add_template(laid, "mixed", code)
    batch = run_matrix(write_matrix(laid, entry("mixed")), laid, tmp_path / "out")
    assert "có tên đơn vị khác" in batch.failed[0].message
    assert not list(batch.folder.rglob("mixed.html"))


def test_two_runs_in_two_folders_zones_locales_hash_seeds_and_core_counts_give_the_same_bytes(
    laid, tmp_path
):
    case = entry("readings_case", dang_bo="cqd-09", period="2025-05")
    matrix = write_matrix(
        laid,
        entry("period_summary", also="[docx, xlsx]"),
        entry("upward_summary", period="2025-Q3"),
        case,
    )
    manifests = []
    every = sorted(os.sched_getaffinity(0))
    for i, (zone, language, seed, jobs, cores) in enumerate(
        (
            ("Asia/Ho_Chi_Minh", "C.UTF-8", "0", "2", every),
            ("America/New_York", "tr_TR.UTF-8", "77", "1", every[:1]),
        )
    ):
        out = tmp_path / f"ra {i}"
        env = {
            **os.environ,
            "TZ": zone,
            "LANG": language,
            "LC_ALL": language,
            "PYTHONHASHSEED": seed,
        }
        command = [
            "taskset",
            "-c",
            ",".join(map(str, cores)),
            ASSESS,
            "run",
            str(matrix),
            "--out",
            str(out),
            "-j",
            jobs,
        ]
        subprocess.run(command, env=env, check=True, capture_output=True, cwd=tmp_path)
        manifests.append((out / "thu/MANIFEST.sha256").read_text(encoding="utf-8"))
    assert manifests[0] == manifests[1]
    found = re.findall(r"\.(?:ipynb|html|pdf|docx|xlsx|csv|parquet)$", manifests[0], re.MULTILINE)
    assert len(found) == 3 * 3 + 3 + 3 * (len(TABLES) - len(ONLY_FILLED) + 2) + 1


def test_nothing_is_left_behind_and_nothing_stands_outside_the_output(laid, tmp_path):
    before = set(laid.root.rglob("*"))
    matrix = write_matrix(laid, entry("period_summary"))
    batch = run_matrix(matrix, laid, tmp_path / "out")
    assert set(laid.root.rglob("*")) == before | {matrix}
    assert not (batch.folder / ".work").exists()
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"index.html", "thu"}


def test_an_output_folder_that_cannot_be_written_is_one_clear_error(laid, tmp_path):
    (tmp_path / "out").write_text("một tệp", encoding="utf-8")
    matrix = write_matrix(laid, entry("period_summary"))
    done = assess("run", matrix, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "không ghi được" in done.stderr


def wait_for(folder, name):
    """Wait until a cell has written a file of this name into its own folder below ``folder``."""
    deadline = time.monotonic() + 60
    while not list(folder.rglob(name)) and time.monotonic() < deadline:
        time.sleep(0.05)


def test_ctrl_c_stops_the_batch_and_its_kernels_soon(laid, tmp_path):
    add_template(laid, "slow", "open('started', 'w').close()\nimport time\ntime.sleep(120)")
    matrix = write_matrix(laid, entry("slow"), entry("slow", period="2026-Q2"))
    (tmp_path / "t").mkdir()
    # a shell that runs the tests in the background ignores Ctrl-C, and child processes inherit that
    command = [
        "env",
        "--default-signal=INT",
        ASSESS,
        "run",
        str(matrix),
        "--out",
        str(tmp_path / "out"),
        "-j",
        "1",
    ]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path / "t")},
        start_new_session=True,
    )
    wait_for(tmp_path / "t", "started")
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=100)  # the cell would sleep for longer
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert not list((tmp_path / "out").rglob("*.html"))


CAUGHT = """
import sys, psutil
from pathlib import Path
from assess.workspace import Workspace
from assess.runs import run_matrix
try:
    run_matrix(Path(sys.argv[1]), Workspace(Path(sys.argv[2])), Path(sys.argv[3]))
except KeyboardInterrupt:
    kernels = [p for p in psutil.Process().children(recursive=True) if p.ppid() != psutil.Process().pid]
    print("caught", len(kernels))
"""


def test_ctrl_c_in_a_script_that_catches_it_leaves_no_kernel_and_no_private_folder(laid, tmp_path):
    add_template(laid, "slow", "open('started', 'w').close()\nimport time\ntime.sleep(120)")
    matrix = write_matrix(laid, entry("slow"))
    (tmp_path / "t").mkdir()
    command = [
        "env",
        "--default-signal=INT",
        sys.executable,
        "-c",
        CAUGHT,
        str(matrix),
        str(laid.root),
        str(tmp_path / "out"),
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path / "t")},
        start_new_session=True,
    )
    wait_for(tmp_path / "t", "started")
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert said.decode().split() == ["caught", "0"], errors.decode()[-2000:]
    assert list((tmp_path / "t").glob("as-*")) == []


@pytest.mark.skipif(
    not Path("/dev/full").exists() or os.geteuid() != 0, reason="needs to mount a small file system"
)
def test_a_full_disk_is_said_and_leaves_no_half_report(laid, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(small)], check=False
    ).returncode:
        pytest.skip("cannot mount here")
    try:
        matrix = write_matrix(
            laid, *(entry("period_summary", period=f"2026-Q{q}") for q in (1, 2, 3))
        )
        done = assess("run", matrix, "--out", small / "out")
        assert done.returncode in (1, 2)
        assert "đĩa đã đầy" in done.stderr
        for path in (small / "out").rglob("period_summary.html"):
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
            assert path.with_suffix(".pdf").read_bytes().rstrip().endswith(b"%%EOF")
    finally:
        subprocess.run(["umount", str(small)], check=False)


OFFICE = """
id: van-phong
title: Word và Excel
records: data/sample
as_of: 2026-04-10
document_date: 2026-04-13
also: [docx, xlsx]
reports:
  - {template: upward_summary, dang_bo: qs-tinh, period: 2026-Q1}
  - {template: period_summary, dang_bo: qs-tinh, period: 2026-Q1, also: [xlsx]}
"""


def test_word_excel_and_the_file_sent_up_are_published_checked_and_taken_away_again(laid, tmp_path):
    matrix = laid.root / "params/runs/van-phong.yaml"
    matrix.write_text(OFFICE, encoding="utf-8")
    first = run_matrix(matrix, laid, tmp_path / "a")
    assert first.failed == ()
    folder = first.folder / "2026-Q1/qs-tinh"
    assert {p.name for p in folder.iterdir() if p.is_file()} == {
        *(
            f"upward_summary{suffix}"
            for suffix in (
                ".ipynb",
                ".html",
                ".pdf",
                ".docx",
                ".xlsx",
                ".figures.json",
                ".filed.csv",
            )
        ),
        *(
            f"period_summary{suffix}"
            for suffix in (".ipynb", ".html", ".pdf", ".xlsx", ".figures.json")
        ),
    }
    manifest = (first.folder / "MANIFEST.sha256").read_bytes()
    assert b"upward_summary.docx" in manifest
    assert b"upward_summary.filed.csv" in manifest
    index = (first.folder / "index.html").read_text(encoding="utf-8")
    assert index.count(">Word<") == 1
    assert index.count(">Excel<") == 2
    matrix.write_text(
        OFFICE.replace("also: [docx, xlsx]\n", "").replace(", also: [xlsx]", ""), encoding="utf-8"
    )
    run_matrix(matrix, laid, tmp_path / "a")
    assert not list(folder.glob("*.docx")) + list(folder.glob("*.xlsx"))
    assert (folder / "upward_summary.filed.csv").exists()


def test_an_unknown_format_is_refused_at_its_place(laid, tmp_path):
    matrix = laid.root / "params/runs/van-phong.yaml"
    matrix.write_text(OFFICE.replace("[docx, xlsx]", "[docx, odt]"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run_matrix(matrix, laid, tmp_path / "a")
    assert (caught.value.findings[0].code, caught.value.findings[0].place.line) == (
        "not-allowed",
        7,
    )
