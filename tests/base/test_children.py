import contextlib
import os
import subprocess
import sys

import pytest

from assess.base.children import not_from_here


def test_everything_is_as_before_afterwards_also_after_an_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f".{os.pathsep}lib")
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), "lib", *sys.path])
    before, variables = list(sys.path), dict(os.environ)
    with contextlib.suppress(ZeroDivisionError), not_from_here():
        assert sys.path[0] == os.environ["PYTHONPATH"] == str(tmp_path / "lib")
        assert str(tmp_path) not in sys.path
        raise ZeroDivisionError
    assert (sys.path, dict(os.environ)) == (before, variables)


def test_the_package_is_found_also_by_those_who_stand_in_the_folder_that_holds_it(
    root, monkeypatch
):
    monkeypatch.chdir(root / "src")
    monkeypatch.setattr(
        sys, "path", ["", *(entry for entry in sys.path if entry != str(root / "src"))]
    )
    with not_from_here():
        assert sys.path[-1] == str(root / "src")


WORKER = """
import sys
from pathlib import Path
import {helper}
from assess.runs.executors.processes import Processes

if __name__ == "__main__":
    with Processes(1, warm=False) as workers:
        print(workers.name)
"""


@pytest.mark.parametrize(
    "script", [True, False], ids=["a script of this folder", "a script from elsewhere"]
)
def test_a_worker_that_reads_its_parents_script_finds_what_lies_beside_that_script_and_nothing_else_here(
    tmp_path, script
):
    here, other = tmp_path / "here", tmp_path / "other"
    for folder in (here, other):
        folder.mkdir()
        (folder / "beside.py").write_text(
            f"print('beside in {folder.name}', flush=True)\n", encoding="utf-8"
        )
        (folder / "run.py").write_text(WORKER.format(helper="beside"), encoding="utf-8")
    if not script:
        (here / "struct.py").write_text("print('taken from here', flush=True)\n", encoding="utf-8")
    file = (here if script else other) / "run.py"
    done = subprocess.run(
        [sys.executable, str(file)],
        capture_output=True,
        text=True,
        check=False,
        cwd=here,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert set(done.stdout.split("\n")) == {f"beside in {file.parent.name}", "processes", ""}
