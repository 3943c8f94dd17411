"""The process that reports are forked from: one thread, and nothing left when it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from assess.runs import Limits, run_matrix
from assess.runs.executors import default_executor
from assess.workspace import lay_workspace
from kit.batches import add_template, entry, private_folders, write_matrix

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reports are forked on Linux only")
pytestmark = LINUX

WATCH = """
import os, threading
print(len(os.listdir('/proc/self/task')), threading.active_count())
parent = os.getppid()
server = int(open(f'/proc/{parent}/stat').read().rpartition(')')[2].split()[1])
print(*(len(os.listdir(f'/proc/{pid}/task')) for pid in (parent, server)))
print(sorted(int(fd) for fd in os.listdir('/proc/self/fd'))[:3], *(
    os.readlink(f'/proc/self/fd/{fd}').split(':')[0] for fd in sorted(os.listdir('/proc/self/fd'), key=int)[:-1]
))
"""
DAEMON = """
import os, subprocess, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
subprocess.Popen(['sleep', '601'], start_new_session=True)
for _ in range(10):
    if os.fork() == 0:
        time.sleep(602)
print('để lại mười hai tiến trình')
"""
READS = """
import glob, os
found = []
for path in glob.glob(f'/proc/{os.getppid()}/fd/*'):
    try:
        target = os.readlink(path)
        if 'job' in target or 'socket' in target:
            found.append(open(path, 'rb').read(1))
    except OSError as error:
        found.append(type(error).__name__)
print(found)
"""
PATCHES = """
import assess.reports.html, assess.reports.document, assess.runs.make_report, pandas
assess.reports.html.render_html = lambda *_: 'giả'
assess.reports.document.read_document = None
assess.runs.make_report.check_report = lambda *_: []
pandas.set_option('display.precision', 1)
"""


@pytest.fixture
def laid(tmp_path):
    return lay_workspace(tmp_path / "ws")


def notebook_text(batch, name):
    return (batch.folder / f"2026-Q1/qs-tinh/{name}.ipynb").read_text(encoding="utf-8")


def test_every_process_that_forks_has_one_thread_and_cells_hold_no_descriptor_of_others(
    laid, tmp_path
):
    add_template(laid, "watch", WATCH)
    batch = run_matrix(
        write_matrix(laid, entry("watch")), laid, tmp_path, executor=default_executor(2), draft=True
    )
    assert batch.failed == ()
    text = notebook_text(batch, "watch")
    threads, parents, descriptors = (
        text.partition('"output_type": "stream", "text": "')[2].partition('"}')[0].split("\\n")[:3]
    )
    assert threads == "1 1"
    assert parents == "1 1"
    # nothing to read, two files in memory to print to, the link to the report's process and the
    # two that asyncio opens for itself
    kinds = descriptors.split("] ")[1].split()
    assert kinds[:3] == ["/dev/null", "/memfd", "/memfd"]
    assert (kinds.count("/memfd"), kinds.count("socket"), kinds.count("pipe")) == (2, 3, 0)


def test_processes_that_a_cell_leaves_behind_end_with_its_report(laid, tmp_path):
    add_template(laid, "daemon", DAEMON)
    matrix = write_matrix(laid, entry("daemon"), entry("period_summary"))
    with default_executor(2) as executor:
        before = private_folders()
        batch = run_matrix(matrix, laid, tmp_path, executor=executor, draft=True)
        assert private_folders() == before
        assert batch.failed == ()
        assert psutil.Process(executor.server.pid).children(recursive=True) == []
    sleeping = [
        p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "601"]
    ]
    assert sleeping == []


def test_a_cell_that_patches_the_package_changes_no_byte_of_the_page(laid, tmp_path):
    add_template(laid, "patched", PATCHES)
    add_template(laid, "plain", "None")
    matrix = write_matrix(laid, entry("patched"), entry("plain"))
    batch = run_matrix(matrix, laid, tmp_path, draft=True)
    assert batch.failed == ()
    pages = [
        (batch.folder / f"2026-Q1/qs-tinh/{name}.html").read_text(encoding="utf-8")
        for name in ("patched", "plain")
    ]
    assert pages[0].replace("patched", "plain") == pages[1]


def test_a_cell_that_reads_what_its_parent_has_open_gets_no_other_units_names(laid, tmp_path):
    add_template(laid, "reads", READS)
    batch = run_matrix(write_matrix(laid, entry("reads")), laid, tmp_path, draft=True)
    text = notebook_text(batch, "reads") if batch.failed == () else batch.failed[0].message
    assert "xa-mau-thu" not in text


def test_the_server_ends_with_the_process_that_started_it(tmp_path):
    script = tmp_path / "khách.py"
    script.write_text(
        "import time\nfrom assess.runs.executors import Forks\n"
        "with Forks(1) as executor:\n    print(executor.server.pid, flush=True)\n    time.sleep(600)\n",
        encoding="utf-8",
    )
    client = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    with client:
        server = psutil.Process(int(client.stdout.readline()))
        client.kill()
    _, alive = psutil.wait_procs([server], timeout=20)
    assert alive == []


def test_an_unguarded_script_makes_reports_and_nothing_beside_it_is_imported_by_our_processes(
    laid, tmp_path
):
    matrix = write_matrix(laid, entry("period_summary"))
    here = tmp_path / "đây"
    here.mkdir()
    for name in ("struct", "papermill", "pandas"):
        (here / f"{name}.py").write_text("raise SystemExit('lấy ở đây')", encoding="utf-8")
    script = tmp_path / "lập.py"
    script.write_text(
        f"import assess\nprint(len(assess.run_matrix({str(matrix)!r}, out={str(tmp_path)!r}, draft=True).failed))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script], cwd=here, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_reports_are_made_from_a_running_notebook(laid, tmp_path):
    import nbformat
    import papermill

    matrix = write_matrix(laid, entry("period_summary"))
    code = f"import assess\nbatch = assess.run_matrix({str(matrix)!r}, out={str(tmp_path)!r}, draft=True)\nlen(batch.failed)"
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(made, tmp_path / "sổ.ipynb")
    done = papermill.execute_notebook(
        str(tmp_path / "sổ.ipynb"), str(tmp_path / "ra.ipynb"), progress_bar=False
    )
    assert done.cells[0].outputs[-1]["data"]["text/plain"] == "0"


def test_ctrl_c_in_a_cell_fails_its_report_only(laid, tmp_path):
    add_template(
        laid, "ctrl", "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)"
    )
    matrix = write_matrix(laid, entry("ctrl"), entry("period_summary"))
    batch = run_matrix(matrix, laid, tmp_path, draft=True, limits=Limits(cell_seconds=60))
    assert [outcome.ok for outcome in batch.outcomes] == [False, True]
    assert "KeyboardInterrupt" in batch.failed[0].message


@pytest.mark.soak  # tests/runs/test_executors.py has a report that kills the server
def test_a_server_that_is_killed_is_replaced_and_no_report_is_lost(laid, tmp_path):
    add_template(laid, "slow", "import time\ntime.sleep(2)")
    matrix = write_matrix(laid, entry("slow"), entry("period_summary"))
    with default_executor(2) as executor:
        first = executor.server.pid
        import threading

        def kill():
            end = time.monotonic() + 60
            while time.monotonic() < end and not psutil.Process(first).children():
                time.sleep(0.02)
            os.kill(first, signal.SIGKILL)

        thread = threading.Thread(target=kill)
        thread.start()
        batch = run_matrix(matrix, laid, tmp_path, executor=executor, draft=True)
        thread.join()
        assert batch.failed == ()
        assert executor.server.pid != first
    assert not Path(f"/proc/{first}").exists()
