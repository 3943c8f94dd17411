"""A warm kernel behaves like a cold one and leaves nothing behind.

Tested with real kernels and real processes.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import KernelManager

from assess.kernels import template
from assess.kernels.provisioner import COLD

KERNELS = ("python3", "assess-warm")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module", autouse=True)
def no_template_left():
    yield
    template.close_all()


@contextlib.contextmanager
def kernel(name="assess-warm", **options):
    manager = KernelManager(kernel_name=name, transport="ipc")
    with contextlib.ExitStack() as stack:
        import tempfile

        folder = stack.enter_context(tempfile.TemporaryDirectory())
        manager.connection_file = f"{folder}/k.json"
        manager.start_kernel(**options)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            yield manager, client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def run(client, code, timeout=60, **options):
    """Run code; return what it printed and the reply."""
    said = []
    reply = client.execute_interactive(
        code,
        timeout=timeout,
        output_hook=lambda m: said.append(m["content"].get("text", "")),
        **options,
    )
    return "".join(said).strip(), reply["content"]


@pytest.mark.parametrize("name", KERNELS)
def test_folder_environment_arguments_and_streams_are_as_asked(name, tmp_path):
    env = {**os.environ, "ONE_OF_MINE": "xin chào", "TZ": "Asia/Ho_Chi_Minh"}
    with kernel(name, cwd=str(tmp_path), env=env) as (_, client):
        code = (
            "import os, sys, time; print(os.getcwd(), os.environ['ONE_OF_MINE'], time.tzname[0], sys.argv[0].rsplit('/')[-1], "
            "__name__, sys.stdin.read() if False else '', os.getpgid(0) == os.getpid())"
        )
        assert (
            run(client, code)[0] == f"{tmp_path} xin chào +07 ipykernel_launcher.py __main__  True"
        )
        assert "GONE" not in run(client, "print(dict(os.environ))")[0]


@pytest.mark.parametrize("name", KERNELS)
def test_what_python_reads_at_its_start_is_read(name, tmp_path):
    for seed in ("0", "77"):
        with kernel(name, env={**os.environ, "PYTHONHASHSEED": seed}) as (_, client):
            own = subprocess.run(
                [sys.executable, "-c", "print(hash('chi bộ'))"],
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
            )
            assert run(client, "print(hash('chi bộ'))")[0] == own.stdout.strip()


@pytest.mark.parametrize("name", KERNELS)
def test_an_interrupt_stops_the_cell_and_leaves_the_kernel(name):
    with kernel(name) as (manager, client):
        asked = client.execute("import time\nx = 5\nprint('ngủ', flush=True)\ntime.sleep(60)")
        while client.get_iopub_msg(timeout=30)["msg_type"] != "stream":
            pass
        time.sleep(0.2)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=10)
        while reply["parent_header"].get("msg_id") != asked:
            reply = client.get_shell_msg(timeout=10)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        for _ in range(20):
            # after the error the kernel aborts its queue; a request that arrives meanwhile comes
            # back aborted
            reply = client.execute("", user_expressions={"kept": "x"}, reply=True, timeout=10)
            if reply["content"]["status"] != "aborted":
                break
            time.sleep(0.1)
        assert reply["content"]["user_expressions"]["kept"]["data"]["text/plain"] == "5"


@pytest.mark.parametrize("name", KERNELS)
def test_a_restart_gives_a_fresh_kernel_under_the_same_connection(name):
    with kernel(name) as (manager, client):
        first = run(client, "import os; x = 1; print(os.getpid())")[0]
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        assert run(client, "print('x' in globals())")[0] == "False"
        assert run(client, "import os; print(os.getpid())")[0] != first


@pytest.mark.parametrize("name", KERNELS)
def test_input_is_asked_of_the_client(name):
    with kernel(name) as (_, client):
        said = []
        client.execute_interactive(
            "print('Tên: ' + input())",
            timeout=30,
            allow_stdin=True,
            stdin_hook=lambda _: client.input("Mẫu"),
            output_hook=lambda m: said.append(m["content"].get("text", "")),
        )
        assert "".join(said).strip() == "Tên: Mẫu"


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize(
    ("code", "expected"),
    [("import os; os._exit(7)", 7), ("import os; os.kill(os.getpid(), 11)", -11)],
)
def test_the_exit_code_is_told(name, code, expected):
    with kernel(name) as (manager, client):
        client.execute(code)
        assert manager.provisioner.process.wait(20) == expected
        assert not manager.is_alive()


@pytest.mark.parametrize("name", KERNELS)
def test_piped_streams_carry_what_the_process_writes(name):
    with kernel(name, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as (manager, client):
        run(client, "import os; os.write(1, b'day\\n'); os.write(2, b'kia\\n')")
        manager.shutdown_kernel(now=True)


def test_random_numbers_differ_between_two_forks():
    found = set()
    for _ in range(2):
        with kernel() as (_, client):
            found.add(
                run(
                    client,
                    "import random, numpy, uuid; print(random.random(), numpy.random.random(), uuid.uuid4())",
                )[0]
            )
    assert len({part for line in found for part in line.split()}) == 6


def test_inline_figures_are_shown_as_in_a_cold_kernel():
    shown = []
    with kernel() as (_, client):
        client.execute_interactive(
            "import matplotlib.pyplot as plt; plt.plot([1, 2]);",
            timeout=60,
            output_hook=lambda m: shown.extend(m["content"].get("data", {})),
        )
    assert "image/png" in shown


def test_a_template_that_died_is_replaced():
    with kernel() as (manager, client):
        first = _template_of(manager)
        os.kill(first, signal.SIGKILL)
        assert manager.provisioner.process.wait(10) == -signal.SIGKILL
        _gone(manager.provisioner.pid)
        del client
    with kernel() as (manager, client):
        assert _template_of(manager) != first
        assert run(client, "print(1)")[0] == "1"


def test_where_forking_is_switched_off_the_kernel_is_cold_and_works(monkeypatch):
    monkeypatch.setenv(COLD, "1")
    with kernel() as (manager, client):
        assert isinstance(manager.provisioner.process, subprocess.Popen)
        assert run(client, "print(6 * 7)")[0] == "42"


def test_nothing_survives_a_client_that_is_killed(tmp_path):
    script = tmp_path / "client.py"
    script.write_text(
        "import sys, time\nfrom jupyter_client.manager import KernelManager\n"
        "m = KernelManager(kernel_name='assess-warm')\nm.start_kernel()\nc = m.client(); c.start_channels(); c.wait_for_ready(timeout=60)\n"
        "print(m.provisioner.pid, m.provisioner.process.__class__.__name__, flush=True)\ntime.sleep(600)\n",
        encoding="utf-8",
    )
    client = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with client:
        pid, kind = client.stdout.readline().split()
        assert kind == "Forked"
        parent = psutil.Process(int(pid)).ppid()
        client.kill()
    _gone(int(pid))
    _gone(parent)


def test_many_kernels_leave_no_process_socket_or_descriptor():
    with kernel():
        pass
    before = (_descriptors(), len(psutil.Process().children(recursive=True)))
    for _ in range(5):
        with kernel() as (_, client):
            run(client, "1")
    assert (_descriptors(), len(psutil.Process().children(recursive=True))) == before


def _descriptors():
    import gc

    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def _template_of(manager):
    return psutil.Process(manager.provisioner.pid).ppid()


def _gone(pid, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (
            not Path(f"/proc/{pid}").exists()
            or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        ):
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} still runs")
