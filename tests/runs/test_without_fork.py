"""Everything works without fork, fcntl, resource and Landlock, which are hidden here.

Windows and macOS themselves were never tried.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assess.base.periods import moment
from assess.exchange.store import Store
from assess.runs import run_matrix
from assess.workspace import lay_workspace
from kit.batches import ASSESS, entry, published, statements, without_index, write_matrix
from kit.command import assess

HIDDEN = Path(__file__).parents[1] / "kit" / "hidden"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HIDDEN)}


def hidden(*command, **options):
    return subprocess.run(
        command, env=ENVIRONMENT, capture_output=True, text=True, check=False, **options
    )


def test_it_is_really_hidden():
    code = (
        "import os, sys\n"
        "from assess.runs.engine import CAN_FORK\n"
        "from assess.runs.executors import default_executor\n"
        "from assess.runs.engine.guard import landlock_version\n"
        "import subprocess\n"
        "try:\n    landlock_version()\nexcept AttributeError:\n    print('no system calls')\n"
        "print(CAN_FORK, hasattr(os, 'fork'), default_executor(1).name)\n"
        "import fcntl"
    )
    done = hidden(sys.executable, "-c", code)
    assert done.stdout == "no system calls\nFalse False fresh\n"
    assert "fcntl" in done.stderr


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    return lay_workspace(tmp_path_factory.mktemp("hidden") / "ws")


def same_without(laid, matrix, folder):
    """Make a matrix with and without fork; check that the files and the ledger are the same."""
    done = hidden(
        ASSESS, "run", str(matrix), "-w", str(laid.root), "--out", str(folder / "without")
    )
    assert done.returncode == 0, done.stderr
    batch = run_matrix(matrix, laid, folder / "with")
    assert batch.failed == ()
    without = folder / "without" / batch.folder.name
    assert without_index(published(without)) == without_index(published(batch.folder))
    assert statements(without) == statements(batch.folder)


def test_reports_in_all_formats_are_the_same_bytes(laid, tmp_path):
    matrix = write_matrix(
        laid,
        entry("period_summary", also="[docx, xlsx]"),
        entry("upward_summary", dang_bo="tinh"),
    )
    same_without(laid, matrix, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("name", ["nam-2026", "kiem-tra-2026", "nghien-cuu-2026"])
def test_every_template_is_the_same_bytes(laid, tmp_path, name):
    same_without(laid, laid.root / f"params/runs/{name}.yaml", tmp_path)


@pytest.mark.soak  # with fork it is in every run of the tests: tests/runs/test_faults.py
def test_a_hanging_cell_and_one_that_ends_its_kernel_are_told(laid, tmp_path):
    from kit.batches import add_template

    add_template(laid, "hangs", "import time\ntime.sleep(600)")
    add_template(laid, "ends", "import os\nos._exit(3)")
    matrix = write_matrix(laid, *(entry(name) for name in ("hangs", "ends")))
    done = hidden(
        *(ASSESS, "run", str(matrix), "-w", str(laid.root), "--out", str(tmp_path), "--draft"),
        *("--cell-seconds", "3"),
    )
    assert done.returncode == 1
    for said in ("chạy quá 3 giây", "dừng giữa chừng"):
        assert said in done.stderr
    assert "Traceback" not in done.stderr
    failed = tmp_path / "thu.nhap/2026-Q1/qs-tinh"
    notebook = json.loads((failed / "hangs.failed.ipynb").read_text(encoding="utf-8"))
    assert notebook["cells"][-1]["outputs"][-1]["ename"] == "CellTimeout"


def test_forms_come_in_and_two_writers_take_turns(laid, tmp_path):
    """Two intakes of one new store at once: each takes in its half of the forms."""
    made = hidden(
        *(ASSESS, "sample", str(tmp_path / "mẫu"), "-w", str(laid.root)),
        *("--as", "forms", "--year", "2026-03", "--chi-bo", "6"),
    )
    assert made.returncode == 0, made.stderr

    def command(store, *paths):
        out = tmp_path / f"nhận-{Path(store).stem}"
        return [ASSESS, "intake", *map(str, paths), *("--store", store, "--out", str(out))]

    forms = sorted((tmp_path / "mẫu/forms").glob("*.xlsx"))
    store = str(tmp_path / "kho.duckdb")
    assert hidden(*command(store, tmp_path / "mẫu/tables"), cwd=laid.root).returncode == 0
    writers = [
        subprocess.Popen(
            command(store, *half),
            cwd=laid.root,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for half in (forms[::2], forms[1::2])
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=120)
        assert writer.returncode == 0, said
        assert "Warning" not in said
    whole = str(tmp_path / "một.duckdb")
    for paths in ([tmp_path / "mẫu/tables"], forms):  # here, with all that is hidden there
        assert assess(*command(whole, *paths)[1:], cwd=laid.root).returncode == 0
    counted = [Store(Path(path)).records(moment("2100-01-01")) for path in (store, whole)]
    for table in ("meeting", "line"):
        assert len(counted[0][table]) == len(counted[1][table]) > 0
