"""What assess writes is readable by its owner only, whatever the shell's umask.

Records of the Party are confidential.
"""

import json
import subprocess
import sys

from assess.workspace import Workspace
from kit.batches import entry, write_matrix

CALLS = """
import json, sys
from assess.cli import main
for words in json.loads(sys.argv[1]):
    try:
        main(words)
    except SystemExit as stopped:
        assert stopped.code in (0, 1), words
"""


def call(folder, *calls):
    command = [
        sys.executable,
        "-c",
        CALLS,
        json.dumps([[str(word) for word in words] for words in calls]),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, umask=0o022
    )
    assert done.returncode == 0, done.stderr


def test_every_file_and_folder_that_is_written_is_its_owners_alone(root, tmp_path):
    tables, laid = tmp_path / "to", tmp_path / "ws"
    tables.mkdir()
    for name in ("unit", "adoption"):
        (tables / f"{name}.csv").write_bytes((root / f"data/sample/{name}.csv").read_bytes())
    (tables / "sai.csv").write_text("x\n", encoding="utf-8")
    before = {path: path.stat().st_mode for path in (tables, *tables.iterdir())}
    call(tmp_path, ["init", "ws"])
    matrix = write_matrix(Workspace(laid), entry("upward_summary"))
    matrix.chmod(0o600)
    call(
        tmp_path,
        ["intake", tables, "-w", laid, "--recorded-at", "2026-01-02", "--reason", "số liệu mẫu"],
        ["form", "qst-01", "2026-03", "-w", laid, "--records", "data/sample", "--out", "phiếu"],
        ["store", "export", "xuất", "-w", laid],
        ["run", matrix, "--out", "reports", "--draft"],
    )
    written = [path for path in tmp_path.rglob("*") if path not in before]
    names = {path.name for path in written}
    assert {
        "ws",
        "store.duckdb",
        "de-rieng",
        "phiếu",
        "unit.csv",
        "ledger.jsonl",
        "MANIFEST.sha256",
        "index.html",
    } <= names
    assert {"upward_summary.html", "slice.json", "thu.nhap", "annual_review.ipynb"} <= names
    assert any(path.parent.name == "de-rieng" for path in written)
    open_to_others = {
        path.relative_to(tmp_path).as_posix(): oct(path.stat().st_mode)
        for path in written
        if path.stat().st_mode & 0o077
    }
    assert open_to_others == {}
    assert {path: path.stat().st_mode for path in before} == before
