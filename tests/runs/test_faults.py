"""Every way a template can go wrong fails its own report only.

The page of the failure shows the cell, the error and what to do.
"""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from lxml import html

from assess.runs import Limits, run_matrix
from assess.runs.engine.guard import landlock_version
from assess.runs.executors import default_executor
from kit.batches import add_template, entry, private_folders, write_matrix

FAULTS = {
    "raises": ("1 / 0", "ZeroDivisionError", {}),
    "segfault": ("import ctypes\nctypes.string_at(0)", "tín hiệu SIGSEGV", {}),
    "killed": ("import os\nos.kill(os.getpid(), 9)", "tín hiệu SIGKILL", {}),
    "memory": ("x = bytearray(3 << 30)", "MemoryError", {}),
    "memory-slow": ("x = []\nwhile True:\n    x.append(bytearray(50 << 20))", "MemoryError", {}),
    "hangs": ("import time\ntime.sleep(600)", "ô lệnh chạy quá 3 giây", {}),
    "hangs-deaf": (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    time.sleep(1)",
        "ô lệnh chạy quá 3 giây",
        {},
    ),
    "floods": (
        "for _ in range(100):\n    print('x' * 1_000_000)\nimport time\ntime.sleep(3)",
        "ô lệnh in ra hơn 1000000 ký tự",
        {},
    ),
    "exits": ("import sys\nsys.exit()", "sys.exit", {}),
    "exits-0": ("import sys\nsys.exit(0)", "sys.exit(0)", {}),
    "exits-3": ("import sys\nsys.exit(3)", "sys.exit(3)", {}),
    "quits": ("import os\nos._exit(4)", "mã thoát 4", {}),
}
WRITES = {
    "writes": "from pathlib import Path\nPath('{out}/thu/2026-Q1/qs-tinh/period_summary.html').write_text('sửa')",
    "removes": "import shutil\nshutil.rmtree('{out}/thu')",
    "beside": "from pathlib import Path\nPath('{ws}/params/runs/thu.yaml').write_text('sửa')",
}


def running():
    """Return the processes below this one.

    Python's own clean-up process of multiprocessing is left out, and one that ends meanwhile.
    """
    found = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "resource_tracker" not in " ".join(process.cmdline()):
                found.add(process.pid)
    return found


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory):
    """Run one batch with every fault and one good report; return the folder and each outcome."""
    from assess.workspace import lay_workspace

    base = tmp_path_factory.mktemp("faults")
    workspace = lay_workspace(base / "ws")
    out = base / "out"
    codes = {name: code for name, (code, _, _) in FAULTS.items()}
    if landlock_version():
        codes |= {name: code.format(out=out, ws=workspace.root) for name, code in WRITES.items()}
    for name, code in codes.items():
        add_template(workspace, name, code)
    matrix = write_matrix(workspace, entry("period_summary"), *(entry(name) for name in codes))
    limits = Limits(memory=600 << 20, cell_seconds=3)
    text = matrix.read_text(encoding="utf-8")
    executor = default_executor(2)
    with executor:  # its server is there before and after
        before, folders = running(), private_folders()
        batch = run_matrix(matrix, workspace, out, executor=executor, limits=limits)
        after = running()
        assert private_folders() == folders
    assert matrix.read_text(encoding="utf-8") == text
    return (
        batch,
        {outcome.key.rsplit("/", 1)[1]: outcome for outcome in batch.outcomes},
        after - before,
    )


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_fault_is_told_with_its_cell_and_the_notebook_is_kept(spoilt, name):
    batch, outcomes, _ = spoilt
    assert not outcomes[name].ok
    assert FAULTS[name][1] in outcomes[name].message
    folder = batch.folder / "2026-Q1/qs-tinh"
    page = html.document_fromstring((folder / f"{name}.failed.html").read_bytes())
    text = page.text_content()
    assert FAULTS[name][0].splitlines()[0] in text
    assert FAULTS[name][1] in text
    assert f"papermill {name}.failed.ipynb" in text
    assert f"--only 2026-Q1/qs-tinh/{name}" in text
    notebook = json.loads((folder / f"{name}.failed.ipynb").read_text(encoding="utf-8"))
    failed = [
        i
        for i, c in enumerate(notebook["cells"], 1)
        if any(o["output_type"] == "error" for o in c.get("outputs", []))
    ]
    assert f"Ô lệnh số {failed[0]}" in text
    assert not list(folder.glob(f"{name}.html")) + list(folder.glob(f"{name}.pdf"))


@pytest.mark.skipif(
    not landlock_version(), reason="this system has no Landlock: writes are not confined here"
)
@pytest.mark.parametrize("name", list(WRITES))
def test_writing_outside_the_own_folder_is_refused(spoilt, name):
    _, outcomes, _ = spoilt
    assert "PermissionError" in outcomes[name].message


def test_the_good_report_among_them_is_whole_and_nothing_is_left_running(spoilt):
    batch, outcomes, left = spoilt
    assert outcomes["period_summary"].ok
    done = subprocess.run(
        ["sha256sum", "-c", "--quiet", "MANIFEST.sha256"],
        cwd=batch.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert left == set()


def test_the_way_back_that_the_page_names_works(spoilt, tmp_path):
    batch, _, _ = spoilt
    folder = batch.folder / "2026-Q1/qs-tinh"
    command = ["papermill", "raises.failed.ipynb", str(tmp_path / "thu-lai.ipynb"), "-k", "python3"]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": _bin()},
    )
    assert "ZeroDivisionError" in done.stderr


def _bin():
    return f"{Path(sys.executable).parent}:{os.environ['PATH']}"
