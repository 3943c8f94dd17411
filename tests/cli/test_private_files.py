"""Records of the Party are nobody else's: what assess writes is readable by its owner only, whatever the shell's usual rights are."""

import subprocess

from batch_kit import ASSESS, entry, write_matrix


def test_every_file_and_folder_that_is_written_is_its_owners_alone(tmp_path):
    from assess.records.workspace import Workspace

    def call(*words):
        done = subprocess.run([ASSESS, *map(str, words)], capture_output=True, text=True, check=False, cwd=tmp_path, umask=0o022)
        assert done.returncode in (0, 1), done.stderr
        return done

    call("init", "ws")
    root = tmp_path / "ws"
    tables = tmp_path / "to"
    tables.mkdir()
    for name in ("unit", "adoption"):
        (tables / f"{name}.csv").write_bytes((root / f"data/sample/{name}.csv").read_bytes())
    (tables / "sai.csv").write_text("x\n", encoding="utf-8")
    before = {path: path.stat().st_mode for path in (tables, *tables.iterdir())}
    call("intake", tables, "-w", root, "--recorded-at", "2026-01-02")
    call("form", "qst-01", "2026-03", "-w", root, "--records", "data/sample", "--out", tmp_path / "phiếu")
    call("store", "export", tmp_path / "xuất", "-w", root)
    matrix = write_matrix(Workspace(root), entry("upward_summary"))
    matrix.chmod(0o600)
    call("run", matrix, "--out", tmp_path / "reports", "--draft")
    written = [path for path in tmp_path.rglob("*") if path not in before]
    names = {path.name for path in written}
    assert {"ws", "store.duckdb", "de-rieng", "phiếu", "unit.csv", "ledger.jsonl", "MANIFEST.sha256", "index.html"} <= names
    assert {"upward_summary.html", "slice.json", "thu.nhap", "annual_review.ipynb"} <= names
    assert any(path.parent.name == "de-rieng" for path in written)
    open_to_others = {path.relative_to(tmp_path).as_posix(): oct(path.stat().st_mode) for path in written if path.stat().st_mode & 0o077}
    assert open_to_others == {}
    assert {path: path.stat().st_mode for path in before} == before
