"""Limits that a process sets on itself, tested in separate processes."""

import subprocess
import sys

import pytest

from assess.runs.engine.guard import landlock_version

needs_landlock = pytest.mark.skipif(
    not landlock_version(), reason="this system has no Landlock: writes are not confined here"
)


def tried(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


@needs_landlock
@pytest.mark.parametrize(
    "deed",
    [
        "open(r'{out}/new', 'w')",
        "open(r'{out}/old', 'a')",
        "import os; os.remove(r'{out}/old')",
        "import os; os.rename(r'{out}/old', r'{inside}/old')",
        "import os; os.truncate(r'{out}/old', 0)",
        "import os; os.mkdir(r'{out}/d')",
        "import os; os.symlink(r'{inside}', r'{out}/s')",
        "import subprocess; subprocess.run(['touch', r'{out}/new'], check=True)",
        "import pyarrow as pa, pyarrow.parquet as pq; pq.write_table(pa.table({{'a': [1]}}), r'{out}/t.parquet')",
        "import shutil; shutil.rmtree(r'{out}')",
    ],
)
def test_nothing_outside_the_folder_can_be_written_moved_or_removed(deed, tmp_path):
    inside, out = tmp_path / "trong", tmp_path / "ngoài"
    inside.mkdir()
    out.mkdir()
    (out / "old").write_text("nguyên", encoding="utf-8")
    code = (
        f"from assess.runs.engine.guard import confine_writes; assert confine_writes([r'{inside}'])\n"
        + deed.format(out=out, inside=inside)
    )
    done = tried(code)
    assert done.returncode != 0
    assert (
        "Permission" in done.stderr
        or "denied" in done.stderr
        or "Invalid cross-device" in done.stderr
    )
    assert {path.name for path in out.iterdir()} == {"old"}
    assert (out / "old").read_text(encoding="utf-8") == "nguyên"


@needs_landlock
def test_inside_the_folder_everything_works_and_all_can_be_read(tmp_path):
    (tmp_path / "trong").mkdir()
    (tmp_path / "x").write_text("đọc được", encoding="utf-8")
    code = f"""
from assess.runs.engine.guard import confine_writes
assert confine_writes([r'{tmp_path}/trong'])
import os, subprocess, tempfile
os.chdir(r'{tmp_path}/trong')
os.makedirs('a/b'); open('a/b/c', 'w').write(open(r'{tmp_path}/x').read())
os.rename('a/b/c', 'a/c'); os.remove('a/c'); os.rmdir('a/b')
subprocess.run(['true'], stdout=subprocess.DEVNULL, check=True)
tempfile.TemporaryFile(dir='.').write(b'1')
print('xong')
"""
    assert tried(code).stdout.strip() == "xong"


def test_more_memory_than_allowed_is_a_memory_error_and_not_the_machines_trouble():
    done = tried(
        "from assess.runs.engine.guard import limit_memory; limit_memory(600 << 20)\ntry:\n    x = bytearray(2 << 30)\nexcept MemoryError:\n    print('hết')"
    )
    assert done.stdout.strip() == "hết"
