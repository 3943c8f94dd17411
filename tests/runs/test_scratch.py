"""Private folders of a process that has ended are removed; all others stay."""

import os
import subprocess
import sys
from pathlib import Path

from assess.runs import scratch


def test_only_marked_folders_of_a_process_that_is_gone_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    mine = scratch.Scratch()
    code = "from assess.runs.scratch import Scratch; print(Scratch().name)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    gone = tmp_path / done.stdout.strip()
    for name in ("as-4194303-data", "as-20261124173000-dump", "as-plain"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "của tôi").write_text("giữ", encoding="utf-8")
    elsewhere = tmp_path / "as-elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".assess-process").write_text("another-machine\n1\n5", encoding="utf-8")
    assert gone.is_dir()
    scratch.sweep()
    assert not gone.exists()
    assert {path.name for path in tmp_path.iterdir()} == {
        Path(mine.name).name,
        "as-4194303-data",
        "as-20261124173000-dump",
        "as-plain",
        "as-elsewhere",
    }
    mine.cleanup()
