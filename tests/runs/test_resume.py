"""A killed batch is finished by the next one, to the same bytes; two at once repeat no work.

A few moments here; ``make soak`` tries a hundred, and three hundred reports under both engines.
"""

import hashlib
import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from assess.runs import Limits, run_matrix
from assess.runs.executors import default_executor
from assess.workspace import lay_workspace
from kit.batches import (
    ASSESS,
    entry,
    private_folders,
    published,
    statements,
    without_index,
    write_matrix,
)
from kit.command import assess


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A workspace with a matrix of four reports, and what an uninterrupted run of it publishes."""
    base = tmp_path_factory.mktemp("resume")
    workspace = lay_workspace(base / "ws")
    write_matrix(
        workspace,
        *(entry("upward_summary", period=f"2026-Q{q}") for q in (1, 2, 3)),
        entry("period_summary"),
    )
    made_all(workspace, base / "out")
    return workspace, published(base / "out/thu"), statements(base / "out/thu")


def command(workspace, out, *more):
    return [ASSESS, "run", str(workspace.root / "params/runs/thu.yaml"), "--out", str(out), *more]


def made_all(workspace, out, **options):
    """Make, or finish, the batch in this process."""
    done = run_matrix(workspace.root / "params/runs/thu.yaml", workspace, out, **options)
    assert done.failed == ()
    return done


def started(workspace, out):
    return subprocess.Popen(
        command(workspace, out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process):
    """Kill a batch, and check that its kernels and workers end.

    Return whether it was killed before it had ended.
    """
    below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.send_signal(signal.SIGKILL)
    killed = process.wait() == -signal.SIGKILL
    _, alive = psutil.wait_procs(below, timeout=20)
    assert alive == []
    return killed


def made(out):
    """Return the keys of the reports in the ledger of a batch, line by line."""
    ledger = out / "thu/ledger.jsonl"
    lines = ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else []
    return [json.loads(line)["key"] for line in lines if '"key"' in line and line.endswith("}")]


def never_half(out):
    """Check that no file under a final name is half written."""
    for path in (out / "thu").rglob("*.html"):
        assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
    for path in (out / "thu").rglob("*.pdf"):
        assert path.read_bytes().rstrip().endswith(b"%%EOF")


def resumed(whole, out):
    """Let a killed batch finish; check that all is as in an uninterrupted run."""
    workspace, files, said = whole
    never_half(out)
    made_all(workspace, out)
    assert published(out / "thu") == files
    assert statements(out / "thu") == said


def test_a_killed_batch_is_finished_by_the_next_to_the_same_bytes_and_makes_no_report_twice(
    whole, tmp_path
):
    process = started(whole[0], tmp_path)
    while process.poll() is None and not made(tmp_path):
        time.sleep(0.02)
    assert kill(process)
    before = made(tmp_path)
    assert 0 < len(before) < len(whole[2])
    resumed(whole, tmp_path)
    assert sorted(made(tmp_path)) == sorted(whole[2])


@pytest.mark.soak
def test_two_batches_at_once_on_one_folder_make_every_report_once(whole, tmp_path):
    workspace, files, _ = whole
    both = [
        subprocess.Popen(
            command(workspace, tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(2)
    ]
    assert [process.wait(300) for process in both] == [0, 0]
    lines = [
        json.loads(line)
        for line in (tmp_path / "thu/ledger.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    keys = [line["key"] for line in lines if "key" in line]
    assert sorted(keys) == sorted(set(keys))
    assert published(tmp_path / "thu") == files


@pytest.mark.soak
def test_a_hundred_random_moments_each_resumed_to_the_same_bytes(whole, tmp_path):
    began = time.monotonic()
    assert started(whole[0], tmp_path / "measure").wait(300) == 0
    span = time.monotonic() - began
    rng, killed = random.Random(20261124), 0
    for number in range(100):
        out = tmp_path / str(number)
        process = started(whole[0], out)
        time.sleep(rng.uniform(0.2, span))
        killed += kill(process)
        resumed(whole, out)
        shutil.rmtree(out)
    assert killed > 50


def left_over():
    """Return processes below this one, open descriptors and private folders."""
    import gc

    gc.collect()
    children = {p.pid for p in psutil.Process().children(recursive=True)}
    return children, len(list(Path("/proc/self/fd").iterdir())), private_folders()


def digests(folder):
    return {
        name: hashlib.sha256(content).hexdigest() for name, content in published(folder).items()
    }


def test_papermills_own_engine_gives_the_same_bytes_and_the_pages_say_what_it_does_not_limit(
    whole, tmp_path
):
    workspace, files, said = whole
    key = "2026-Q1/qs-tinh/period_summary"
    matrix = workspace.root / "params/runs/thu.yaml"
    done = assess("run", matrix, "--out", tmp_path, "--engine", "papermill", "--only", key)
    assert done.returncode == 0, done.stderr
    found = published(tmp_path / "thu")
    of_it = {name for name in files if name.startswith(f"{key}.")}
    assert {f"{key}{suffix}" for suffix in (".ipynb", ".html", ".pdf")} < of_it
    assert {name: found[name] for name in of_it} == {name: files[name] for name in of_it}
    assert statements(tmp_path / "thu") == {key: said[key]}
    assert found["index.html"].decode().count("không giới hạn bộ nhớ và chỗ ghi tệp") == 1
    assert '"engine": "papermill"' in (tmp_path / "thu/ledger.jsonl").read_text(encoding="utf-8")


THREE_HUNDRED = """id: ba-tram
title: Ba trăm báo cáo
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
  - {{template: period_summary, period: [{periods}]}}
  - {{template: annual_review, period: [{periods}]}}
"""


@pytest.mark.soak
def test_three_hundred_reports_under_both_engines_are_the_same_bytes_and_leave_nothing(
    tmp_path, root
):
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]
    matrix = tmp_path / "ba-tram.yaml"
    periods = ", ".join(f"'{p}'" for p in [*months, "2025", "2026", "2026-H1"])
    matrix.write_text(THREE_HUNDRED.format(periods=periods), encoding="utf-8")
    before = left_over()
    for engine in ("assess", "papermill"):
        limits = Limits(engine=engine)
        with default_executor(2, engine) as executor:
            done = run_matrix(matrix, root, tmp_path / engine, executor=executor, limits=limits)
        assert done.failed == ()
        assert left_over() == before
    ours, theirs = (digests(tmp_path / engine / "ba-tram") for engine in ("assess", "papermill"))
    assert len([name for name in ours if name.endswith(".pdf")]) >= 300
    assert without_index(ours) == without_index(theirs)
