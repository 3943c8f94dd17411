"""The contract of every executor, tested with real processes: the same jobs give the same bytes."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from assess.base.errors import InputError
from assess.runs import run_matrix
from assess.runs.executors import Dask, Fresh, default_executor
from kit.batches import add_template, entry, published, statements, without_index, write_matrix

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def little(tmp_path_factory):
    """A workspace with four reports, one of which fails, and the files of a first run."""
    from assess.workspace import lay_workspace

    base = tmp_path_factory.mktemp("little")
    workspace = lay_workspace(base / "ws")
    add_template(workspace, "wrong", "raise ValueError('sai')")
    add_template(workspace, "slow", "import time\ntime.sleep(1.5)")
    matrix = write_matrix(
        workspace,
        entry("slow"),
        entry("period_summary"),
        entry("period_summary", dang_bo="xa-mau-thu"),
        entry("wrong"),
    )
    batch = run_matrix(matrix, workspace, base / "first")
    assert [outcome.ok for outcome in batch.outcomes] == [True, True, True, False]
    return workspace, matrix, published(batch.folder), statements(batch.folder)


def written(address, seconds=60):
    """Return the scheduler's address once its file is complete; the file is empty at first."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError):
            return json.loads(address.read_text(encoding="utf-8"))["address"]
        time.sleep(0.1)
    pytest.fail(f"the scheduler did not write {address.name} within {seconds} s")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """The files of a CA, of a certificate and of its key, as an operator hands them out."""
    import distributed

    folder = tmp_path_factory.mktemp("tls")
    made = distributed.Security.temporary()
    texts = {
        "ca.pem": made.tls_ca_file,
        "cert.pem": made.tls_client_cert,
        "key.pem": made.tls_client_key,
    }
    for name, text in texts.items():
        (folder / name).write_text(str(text), encoding="ascii")
    return tuple(folder / name for name in texts)


@contextlib.contextmanager
def cluster(folder, certificates, workers=2):
    """Start a real Dask scheduler and workers; end them as an operator would.

    Their output is printed if that fails.
    """
    tls = [
        word
        for pair in zip(("--tls-ca-file", "--tls-cert", "--tls-key"), certificates, strict=True)
        for word in pair
    ]
    address = folder / "scheduler.json"
    options = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "cwd": folder,
        "start_new_session": True,
    }
    scheduler = subprocess.Popen(
        [
            BIN / "dask",
            "scheduler",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            address,
            "--host",
            "tls://127.0.0.1",
            *tls,
        ],
        **options,
    )
    started = [scheduler]
    try:
        where = written(address)
        command = [
            BIN / "dask",
            "worker",
            where,
            "--nthreads",
            "1",
            "--no-dashboard",
            "--no-nanny",
            "--local-directory",
            folder,
            *tls,
        ]
        hands = [subprocess.Popen([*command, "--name", f"w{i}"], **options) for i in range(workers)]
        started += hands
        yield (
            where,
            hands,
            lambda name: started.append(subprocess.Popen([*command, "--name", name], **options)),
            scheduler,
        )
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
def test_fresh_processes_give_the_same_bytes_and_the_same_ledger(little, tmp_path):
    batch = run_matrix(little[1], little[0], tmp_path, executor=Fresh(2))
    assert without_index(published(batch.folder)) == without_index(little[2])
    assert statements(batch.folder) == little[3]


@pytest.mark.soak
def test_a_local_dask_gives_the_same_bytes_and_the_same_ledger(little, tmp_path):
    same(run_matrix(little[1], little[0], tmp_path, executor=Dask("local", 2)), little)


def test_a_worker_process_that_is_killed_costs_no_report(little, tmp_path):
    executor = default_executor(2)
    threading.Thread(target=_kill_one, args=(executor, tmp_path), daemon=True).start()
    same(run_matrix(little[1], little[0], tmp_path, executor=executor), little)
    assert (tmp_path / "killed").exists()


def _kill_one(executor, folder):
    """Kill the process of the first report, the slow one, while it sleeps."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        making = psutil.Process(executor.server.pid).children() if executor.server.pid else []
        if making:
            time.sleep(0.5)
            min(making, key=psutil.Process.create_time).kill()
            (folder / "killed").touch()
            return
        time.sleep(0.05)


def test_a_report_that_kills_its_worker_again_and_again_fails_alone(little, tmp_path):
    """A fault on our side, such as a crashing renderer.

    Here the process of the report is killed by one of its cells.
    """
    workspace = little[0]
    code = "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)"
    add_template(workspace, "parricide", code)
    path = workspace.root / "params/runs/giet.yaml"
    path.write_text(
        write_matrix(workspace, entry("parricide"), entry("period_summary")).read_text(
            encoding="utf-8"
        ),
        encoding="utf-8",
    )
    batch = run_matrix(path, workspace, tmp_path, executor=default_executor(2))
    assert [outcome.ok for outcome in batch.outcomes] == [False, True]
    assert "bị dừng giữa chừng" in batch.failed[0].message
    write_matrix(
        workspace,
        entry("slow"),
        entry("period_summary"),
        entry("period_summary", dang_bo="xa-mau-thu"),
        entry("wrong"),
    )


def test_a_report_that_kills_the_process_all_others_are_forked_from_fails_alone(little, tmp_path):
    workspace = little[0]
    add_template(
        workspace,
        "matricide",
        "import os, time\ntime.sleep(1)\n"
        "parent = open(f'/proc/{os.getppid()}/stat').read().split()[3]\n"
        "os.kill(int(parent), 9)\ntime.sleep(60)",
    )
    path = workspace.root / "params/runs/me.yaml"
    text = write_matrix(workspace, entry("matricide"), entry("slow")).read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    batch = run_matrix(path, workspace, tmp_path, executor=default_executor(2))
    assert [outcome.ok for outcome in batch.outcomes] == [False, True]
    write_matrix(
        workspace,
        entry("slow"),
        entry("period_summary"),
        entry("period_summary", dang_bo="xa-mau-thu"),
        entry("wrong"),
    )


def test_a_real_scheduler_with_two_workers_one_killed_and_one_joining_gives_the_same_bytes_and_ledger(
    little, tmp_path, certificates
):
    with cluster(tmp_path, certificates) as (address, hands, join, _):
        killed = []

        def trouble():
            end = time.monotonic() + 120
            while time.monotonic() < end and not killed:
                # the reports of a worker are children of its fork server
                killed.extend([hand for hand in hands if at_work(hand.pid)][:1])
                time.sleep(0.02)
            if killed:
                killed[0].kill()
                join("late")

        threading.Thread(target=trouble, daemon=True).start()
        same(
            run_matrix(
                little[1],
                little[0],
                tmp_path / "out",
                executor=Dask(address, 2, certificates=certificates),
            ),
            little,
        )
        assert killed, "no worker was ever seen to make a report"
        killed[0].wait(10)


def at_work(worker):
    """Whether a Dask worker has a report in the making.

    A child of the worker may end while it is asked: then it makes no report.
    """
    for server in psutil.Process(worker).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if server.children():
                return True
    return False


def test_a_scheduler_that_is_not_there_is_one_clear_error(little, tmp_path, certificates):
    with pytest.raises(InputError) as caught:
        run_matrix(
            little[1],
            little[0],
            tmp_path,
            executor=Dask("tls://127.0.0.1:9", 1, connect_seconds=2, certificates=certificates),
        )
    assert caught.value.findings[0].code == "dask-unreachable"


STRANGER = """
import sys, distributed
for address, security in ((sys.argv[1].replace("tls", "tcp"), None), (sys.argv[1], distributed.Security.temporary())):
    try:
        print(distributed.Client(address, timeout=5, security=security).run(lambda: "ran"))
    except OSError:
        print("refused")
"""


def test_nobody_else_on_this_machine_can_use_the_local_workers():
    """Another client reaches neither the scheduler nor a worker.

    Neither without a certificate nor with one of its own; no status page answers.
    """
    with Dask("local", 1) as executor:
        cluster = executor._cluster  # noqa: SLF001 - where it listens
        for address in (cluster.scheduler_address, *cluster.scheduler.workers):
            assert address.startswith("tls://127.0.0.1:")
            done = subprocess.run(
                [sys.executable, "-c", STRANGER, address],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.stdout.split() == ["refused", "refused"], done.stderr
        assert executor._client.submit(len, "abc", pure=False).result() == 3  # noqa: SLF001 - our own client can
        for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
            for at in (
                link.laddr for link in process.net_connections("tcp") if link.status == "LISTEN"
            ):
                for page in ("/info/main/workers.html", "/json/counts.json", "/metrics", "/health"):
                    assert b" 200 " not in asked(at.port, page)


def asked(port, page):
    """Return the first line of the answer to a request for a page."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(f"GET {page} HTTP/1.0\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            return link.recv(200).split(b"\r\n")[0]
    return b""


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:8786", "127.0.0.1:8786", "inproc://x", "ws://127.0.0.1:8786"]
)
def test_a_scheduler_that_anybody_could_use_is_refused(address, certificates):
    with pytest.raises(InputError) as caught:
        Dask(address, 1, certificates=certificates)
    assert caught.value.findings[0].code == "dask-open"


def test_a_scheduler_elsewhere_needs_certificates_that_are_there(certificates, tmp_path):
    with pytest.raises(InputError) as caught:
        Dask("tls://10.0.0.1:8786", 1)
    assert caught.value.findings[0].code == "dask-no-certificate"
    with pytest.raises(InputError) as caught:
        Dask("tls://10.0.0.1:8786", 1, certificates=(*certificates[:2], tmp_path / "key.pem"))
    assert caught.value.findings[0].code == "unreadable"


@pytest.mark.soak
def test_a_scheduler_without_workers_is_told_and_not_waited_for(little, tmp_path, certificates):
    with (
        cluster(tmp_path, certificates, workers=0) as (address, *_),
        pytest.raises(InputError) as caught,
    ):
        run_matrix(
            little[1],
            little[0],
            tmp_path / "out",
            executor=Dask(address, 2, nobody_seconds=1, certificates=certificates),
        )
    assert caught.value.findings[0].code == "dask-no-workers"


@pytest.mark.soak
def test_a_scheduler_that_dies_is_told_and_the_next_run_goes_on(little, tmp_path, certificates):
    with cluster(tmp_path, certificates) as (address, *_, scheduler):

        def trouble():
            time.sleep(5)
            scheduler.kill()

        threading.Thread(target=trouble, daemon=True).start()
        with pytest.raises(InputError) as caught:
            run_matrix(
                little[1],
                little[0],
                tmp_path / "out",
                executor=Dask(address, 2, certificates=certificates),
            )
    assert caught.value.findings[0].code == "dask-lost"
    same(run_matrix(little[1], little[0], tmp_path / "out"), little)
