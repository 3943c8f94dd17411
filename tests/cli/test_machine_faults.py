"""Faults of the machine: one sentence and exit code 2, no traceback, no fault of the input."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from assess.base.errors import InputError
from assess.base.periods import FAR_OFF
from assess.exchange.store import Store
from assess.records import open_slice, write_slice
from kit.command import assess
from kit.score_forms import little_store

LITTLE = """
import resource, sys
from pathlib import Path
{ready}
def attempt():
    {attempt}
pages = int(Path("/proc/self/statm").read_text().split()[0])
bound = pages * resource.getpagesize() + int(sys.argv[2]) * (1 << 20)
resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
from assess.base.errors import InputError
from assess.base.machine_faults import is_no_memory
try:
    attempt()
    print("done")
except InputError as error:
    print([finding.code for finding in error.findings])
except Exception as error:
    if not is_no_memory(error):
        raise
    print(["no-memory"])  # in the library; the command line says it in its sentence
"""
"""Run an action with so many MiB more than the process has once everything is imported."""


def with_little(ready, attempt, path, *more):
    code = LITTLE.format(ready=ready, attempt=attempt)
    said = [
        subprocess.run(
            [sys.executable, "-c", code, path, str(m)], capture_output=True, text=True, check=False
        )
        for m in more
    ]
    return [done.stdout.strip() or done.stderr[-800:] for done in said]


def test_a_sound_slice_is_not_called_wrong_when_the_memory_does_not_suffice(cut, tmp_path):
    write_slice(cut("qs-tinh", "2026-Q1"), tmp_path / "s")
    ready = "from assess.records import open_slice\nfolder = Path(sys.argv[1])"
    assert with_little(ready, "open_slice(folder)", tmp_path / "s", 0, 2, 400) == [
        "['no-memory']",
        "['no-memory']",
        "done",
    ]


def test_a_sound_store_is_not_called_wrong_when_the_memory_does_not_suffice(rules, tmp_path):
    little_store(rules, tmp_path / "s.duckdb").records(FAR_OFF)
    ready = "import duckdb\nfrom assess.exchange.store import Store\nfrom assess.base.periods import FAR_OFF\nstore = Store(Path(sys.argv[1]))"
    # with other small amounts DuckDB sometimes ends the process while it starts its threads
    assert with_little(ready, "store.records(FAR_OFF)", tmp_path / "s.duckdb", 8, 800) == [
        "['no-memory']",
        "done",
    ]


def test_a_table_too_large_for_the_memory_is_named(root, tmp_path):
    shutil.copytree(root / "data/sample", tmp_path / "t")
    path = tmp_path / "t/line.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *lines * (1 + 400_000 // len(lines))]), encoding="utf-8")
    ready = "from assess.exchange.csv.folder import read_folder\nfolder = Path(sys.argv[1])"
    assert with_little(ready, "read_folder(folder)", tmp_path / "t", 60) == ["['no-memory']"]


def test_a_command_without_memory_says_so_in_one_line(root):
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom assess.cli import main\n"
        "bound = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize() + int(sys.argv[1]) * (1 << 20)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (bound, bound))\nmain(['explain', 'pvd-01', '2026-03'])"
    )
    for more in ("8", "30"):
        done = subprocess.run(
            [sys.executable, "-c", code, more],
            capture_output=True,
            text=True,
            check=False,
            cwd=root,
        )
        assert (done.returncode, "[no-memory]" in done.stderr, "Traceback" in done.stderr) == (
            2,
            True,
            False,
        ), done.stderr[-800:]


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize(
    ("damage", "code", "named"),
    [
        (
            lambda folder: cut_off(folder / "line.parquet"),
            "slice-damaged",
            "tệp line.parquet của phần dữ liệu trích bị hỏng",
        ),
        (
            lambda folder: (folder / "line.parquet").write_bytes(b"x"),
            "slice-damaged",
            "line.parquet",
        ),
        (lambda folder: (folder / "due.parquet").unlink(), "slice-lacks", "thiếu tệp due.parquet"),
        (
            lambda folder: (folder / "rules/an-phu-hd42.yaml").write_bytes(b"\xff"),
            "slice-damaged",
            "rules/an-phu-hd42.yaml",
        ),
        (
            lambda folder: (folder / "slice.json").write_text("[" * 100_000, encoding="utf-8"),
            "not-a-slice",
            "",
        ),
        (lambda folder: (folder / "slice.json").unlink(), "not-a-slice", ""),
    ],
)
def test_a_damaged_file_of_a_slice_is_named(cut, tmp_path, damage, code, named):
    write_slice(cut("qs-tinh", "2026-Q1"), tmp_path / "s")
    damage(tmp_path / "s")
    with pytest.raises(InputError) as caught:
        open_slice(tmp_path / "s")
    assert caught.value.findings[0].code == code
    assert named in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:-4096],
        lambda content: content[:4096] + bytes(8192) + content[4096 + 8192 :],
    ],
)
def test_a_damaged_store_is_called_damaged(tmp_path, damage):
    path = tmp_path / "s.duckdb"
    Store(path, create=True).records(FAR_OFF)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError) as caught:
        Store(path).records(FAR_OFF)
    assert caught.value.findings[0].code == "store-broken"


NOBODY = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become another user")
def test_what_one_has_no_right_to_is_said_so(cut, root):
    """A slice, a store, a table: each of another user, each reported in Vietnamese."""
    code = (
        "import os\nfrom pathlib import Path\nfrom assess.records import open_slice\nfrom assess.exchange.store import Store\n"
        "from assess.exchange.csv.folder import read_folder\nfrom assess.base.periods import FAR_OFF\nfrom assess.base.errors import InputError\n"
        "attempts = (lambda: open_slice(Path('s')), lambda: Store(Path('s.duckdb')).records(FAR_OFF), lambda: read_folder(Path('t')))\n"
        "for attempt in attempts:\n    attempt()\n"  # all is imported while it may be
        f"os.setgroups([])\nos.setgid({NOBODY})\nos.setuid({NOBODY})\n"
        "for attempt in attempts:\n    try:\n        attempt()\n    except InputError as error:\n        print(error)\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        write_slice(cut("qs-tinh", "2026-Q1"), folder / "s")
        Store(folder / "s.duckdb", create=True).records(FAR_OFF)
        shutil.copytree(root / "data/sample", folder / "t")
        for path in (folder / "s.duckdb", folder / "s/slice.json", folder / "t/unit.csv"):
            path.chmod(0o600)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=folder
        )
    said = done.stdout.splitlines()
    assert [line.count("không đọc được tệp (không có quyền) [unreadable]") for line in said] == [
        1,
        1,
        1,
    ], done.stdout + done.stderr


def test_deep_yaml_is_one_sentence_of_the_command_line(root, tmp_path):
    path = tmp_path / "deep.yaml"
    path.write_text("a: " + "[" * 5000, encoding="utf-8")
    done = assess("plan", path, "-w", root)
    assert (done.returncode, done.stderr) == (
        2,
        f"{path}: các mục lồng vào nhau quá sâu [yaml-deep]\n",
    )
