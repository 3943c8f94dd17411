"""The contract that every executor keeps, tried on each with real processes: the same orders give the same bytes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assess.base.errors import InputError
from assess.runs import run_matrix
from assess.runs.executors import Dask, Processes, Serial
from batch_kit import add_template, entry, published, statements, write_matrix

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def little(tmp_path_factory):
    """A workspace with a matrix of four reports, one of which fails; and what a serial run of it publishes."""
    from assess.records.workspace import lay_workspace

    base = tmp_path_factory.mktemp("little")
    workspace = lay_workspace(base / "ws")
    add_template(workspace, "wrong", "raise ValueError('sai')")
    add_template(workspace, "slow", "import time\ntime.sleep(4)")
    matrix = write_matrix(workspace, entry("slow"), entry("period_summary"), entry("period_summary", dang_bo="xa-mau-thu"), entry("wrong"))
    batch = run_matrix(matrix, workspace, base / "serial", executor=Serial())
    assert [outcome.ok for outcome in batch.outcomes] == [True, True, True, False]
    return workspace, matrix, published(batch.folder), statements(batch.folder)


def written(address, seconds=60):
    """The scheduler's address, once its whole file is there: the file exists before anything is in it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError):
            return json.loads(address.read_text(encoding="utf-8"))["address"]
        time.sleep(0.1)
    pytest.fail(f"the scheduler did not write {address.name} within {seconds} s")


@contextlib.contextmanager
def cluster(folder, workers=2):
    """A real Dask scheduler and real worker processes; ends them as an operator would, and prints what they said when that fails."""
    address = folder / "scheduler.json"
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "start_new_session": True}
    scheduler = subprocess.Popen(
        [BIN / "dask", "scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", address, "--host", "127.0.0.1"], **options
    )
    started = [scheduler]
    try:
        where = written(address)
        command = [BIN / "dask", "worker", where, "--nthreads", "1", "--no-dashboard", "--no-nanny", "--local-directory", folder]
        hands = [subprocess.Popen([*command, "--name", f"w{i}"], **options) for i in range(workers)]
        started += hands
        yield where, hands, lambda name: started.append(subprocess.Popen([*command, "--name", name], **options)), scheduler
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGINT)
        for process in reversed(started):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


def same(batch, little):
    _, _, files, said = little
    assert published(batch.folder) == files
    assert statements(batch.folder) == said


@pytest.mark.soak
def test_processes_give_the_same_bytes_and_the_same_ledger(little, tmp_path):
    same(run_matrix(little[1], little[0], tmp_path, executor=Processes(2)), little)


@pytest.mark.soak
def test_a_local_dask_gives_the_same_bytes_and_the_same_ledger(little, tmp_path):
    same(run_matrix(little[1], little[0], tmp_path, executor=Dask("local", 2)), little)


def test_a_worker_process_that_is_killed_costs_no_report(little, tmp_path):
    executor = Processes(2)
    threading.Thread(target=_kill_one, args=(executor, tmp_path), daemon=True).start()
    same(run_matrix(little[1], little[0], tmp_path, executor=executor), little)
    assert (tmp_path / "killed").exists()


def _kill_one(executor, folder):
    """Kill the worker that has the slow report, while it sleeps."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        slow = [w for w in executor._workers if w.order is not None and w.order.run.name == "slow"]  # noqa: SLF001 - to kill one
        if slow:
            time.sleep(2)
            os.kill(slow[0].process.pid, signal.SIGKILL)
            (folder / "killed").touch()
            return
        time.sleep(0.05)


def test_a_report_that_kills_its_worker_again_and_again_fails_alone(little, tmp_path):
    """A fault of our own side, such as a renderer that crashes: here the worker is killed by its own kernel's cell."""
    workspace = little[0]
    code = "import os, time\nos.kill(int(os.environ['JPY_PARENT_PID']), 9)\ntime.sleep(60)"
    add_template(workspace, "parricide", code)
    path = workspace.root / "params/runs/giet.yaml"
    path.write_text(write_matrix(workspace, entry("parricide"), entry("period_summary")).read_text(encoding="utf-8"), encoding="utf-8")
    batch = run_matrix(path, workspace, tmp_path, executor=Processes(2))
    assert [outcome.ok for outcome in batch.outcomes] == [False, True]
    assert "bị dừng giữa chừng" in batch.failed[0].message
    write_matrix(workspace, entry("slow"), entry("period_summary"), entry("period_summary", dang_bo="xa-mau-thu"), entry("wrong"))


def test_a_report_that_kills_the_process_all_kernels_are_forked_from_fails_alone(little, tmp_path):
    workspace = little[0]
    add_template(workspace, "matricide", "import os, time\ntime.sleep(1)\nos.kill(os.getppid(), 9)\ntime.sleep(60)")
    path = workspace.root / "params/runs/me.yaml"
    text = write_matrix(workspace, entry("matricide"), entry("slow")).read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    batch = run_matrix(path, workspace, tmp_path, executor=Processes(2))
    assert [outcome.ok for outcome in batch.outcomes] == [False, True]
    write_matrix(workspace, entry("slow"), entry("period_summary"), entry("period_summary", dang_bo="xa-mau-thu"), entry("wrong"))


def test_a_real_scheduler_with_two_workers_one_killed_and_one_joining_gives_the_same_bytes_and_ledger(little, tmp_path):
    with cluster(tmp_path) as (address, hands, join, _):

        def trouble():
            time.sleep(4)
            hands[0].kill()
            join("late")

        threading.Thread(target=trouble, daemon=True).start()
        same(run_matrix(little[1], little[0], tmp_path / "out", executor=Dask(address, 2)), little)
        hands[0].wait(10)


def test_a_scheduler_that_is_not_there_is_one_clear_error(little, tmp_path):
    with pytest.raises(InputError) as caught:
        run_matrix(little[1], little[0], tmp_path, executor=Dask("tcp://127.0.0.1:9", 1, connect_seconds=2))
    assert caught.value.findings[0].code == "dask-unreachable"


@pytest.mark.soak
def test_a_scheduler_without_workers_is_told_and_not_waited_for(little, tmp_path):
    with cluster(tmp_path, workers=0) as (address, *_), pytest.raises(InputError) as caught:
        run_matrix(little[1], little[0], tmp_path / "out", executor=Dask(address, 2, nobody_seconds=1))
    assert caught.value.findings[0].code == "dask-no-workers"


@pytest.mark.soak
def test_a_scheduler_that_dies_is_told_and_the_next_run_goes_on(little, tmp_path):
    with cluster(tmp_path) as (address, *_, scheduler):

        def trouble():
            time.sleep(5)
            scheduler.kill()

        threading.Thread(target=trouble, daemon=True).start()
        with pytest.raises(InputError) as caught:
            run_matrix(little[1], little[0], tmp_path / "out", executor=Dask(address, 2))
    assert caught.value.findings[0].code == "dask-lost"
    same(run_matrix(little[1], little[0], tmp_path / "out", executor=Serial()), little)
