"""Measure against the alternatives on this machine, in one run, and print ratios. Nothing here is a test.

``make bench`` or ``python benchmarks/run_all.py [help|scoring|reports|intake] …``
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


def seconds(command, **options):
    """Run a command once and return its wall time."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, **options)
    return time.perf_counter() - began


def median(command, times=9):
    """Return the median wall time over several runs after one that does not count."""
    seconds(command)
    return sorted(seconds(command) for _ in range(times))[times // 2]


def bench_help():
    """`assess --help` against an empty Python process."""
    ours, bare = median([BIN / "assess", "--help"]), median([sys.executable, "-c", "pass"])
    print(f"assess --help: {ours:.3f} s = {ours / bare:.1f} x python -c pass ({bare:.3f} s)")


def bench_reports():
    """Six year-end reviews as HTML and PDF, against papermill and jupyter nbconvert (HTML only) per report, two at a time."""
    from assess.records import write_slice
    from assess.records.workspace import Workspace

    workspace = Workspace(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        matrix = out / "nam.yaml"
        text = (ROOT / "params/runs/nam-2026.yaml").read_text(encoding="utf-8")
        matrix.write_text("\n".join(line for line in text.splitlines() if "period_summary" not in line), encoding="utf-8")
        ours = seconds([BIN / "assess", "run", matrix, "--out", out / "r", "-w", ROOT, "-j", "2"])
        names = ["phuong-vi-du", "xa-mau-thu", "cq-dang-tinh", "dh-gia-lap", "ct-mo-phong", "qs-tinh"]
        for name in names:
            write_slice(_slice(workspace, name), out / name / "s")

        def by_hand(name):
            made = out / name / "r.ipynb"
            template = ROOT / "notebooks/annual_review.ipynb"
            parameters = ["-r", "dang_bo", name, "-r", "period", "2026", "-r", "slice", str(out / name / "s")]
            subprocess.run([BIN / "papermill", template, made, *parameters], check=True, capture_output=True)
            subprocess.run([BIN / "jupyter-nbconvert", "--to", "html", made], check=True, capture_output=True)

        began = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(by_hand, names))
        theirs = time.perf_counter() - began
        size = (out / "qs-tinh/r.html").stat().st_size / (out / "r/nam-2026/2026/qs-tinh/annual_review.html").stat().st_size
    print(f"6 reports, two at a time: {ours:.1f} s (HTML, PDF, checks) against {theirs:.1f} s (HTML only) = {theirs / ours:.1f} x")
    print(f"the same report's HTML, figures included: nbconvert's is {size:.1f} x as large")


def _slice(workspace, name):
    import datetime as dt

    from assess.base.periods import Period, moment
    from assess.records import make_slice

    at = moment("2027-01-10")
    records = workspace.source().records(at)
    day = dt.date(2027, 1, 12)
    return make_slice(records, workspace.rules(), dang_bo=name, period=Period.parse("2026"), as_of=at, document_date=day)


def bench_scoring():
    """Scoring a province in one call: lines per second, and twice the size against once."""
    from assess.records import CsvFolder
    from assess.records.csv_folder import write_folder
    from assess.records.sample import make_sample
    from assess.records.workspace import Workspace
    from assess.scoring import score

    workspace = Workspace(ROOT)
    taken = []
    for chi_bo in (500, 1000):
        with tempfile.TemporaryDirectory() as folder:
            write_folder(Path(folder), make_sample(workspace.rules(), chi_bo=chi_bo, form="an-phu-hd42"))
            source = CsvFolder(Path(folder))
        made = _whole(workspace, source)
        began = time.perf_counter()
        scores = score(made)
        taken.append((len(scores.lines), time.perf_counter() - began))
    for lines, spent in taken:
        print(f"scoring {lines} lines: {spent:.2f} s")
    print(f"twice the lines took {taken[1][1] / taken[0][1]:.1f} x the time")


def _whole(workspace, source):
    import datetime as dt

    from assess.base.periods import Period, moment
    from assess.records import make_slice

    at = moment("2027-01-10")
    day = dt.date(2027, 1, 12)
    return make_slice(source.records(at), workspace.rules(), dang_bo="tinh", period=Period.parse("2026"), as_of=at, document_date=day)


def bench_intake(chi_bo=5300):
    """A province's month of filled forms taken in with one command, and the share of it that is reading the workbooks."""
    from assess.base.confined import read_workbooks
    from assess.records.csv_folder import write_folder
    from assess.records.sample import make_sample
    from assess.records.sample.filled import write_filled
    from assess.records.workspace import Workspace

    rules = Workspace(ROOT).rules()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        tables = make_sample(rules, chi_bo=chi_bo, form="an-phu-hd42", months=("2026-03",))
        write_folder(out / "tables", {name: tables[name] for name in ("unit", "adoption")})
        write_filled(tables, rules, out / "forms")
        paths = sorted((out / "forms").glob("*.xlsx"))[:5000]
        for path in sorted((out / "forms").glob("*.xlsx"))[5000:]:
            path.unlink()
        intake = [BIN / "assess", "intake", "-w", ROOT, "--store", out / "s.duckdb", "--out", out / "o", "-j", "2"]
        seconds([*intake, out / "tables", "--recorded-at", "2026-01-01"])
        whole = seconds([*intake, out / "forms", "--recorded-at", "2026-04-10"])
        again = seconds([*intake, out / "forms", "--recorded-at", "2026-04-11"])
        began = time.perf_counter()
        for _ in read_workbooks(paths, jobs=2):
            pass
        reading = time.perf_counter() - began
    print(
        f"intake of {len(paths)} forms: {whole:.0f} s, {1000 * whole / len(paths):.0f} ms a form; reading the workbooks alone {reading:.0f} s = {reading / whole:.0%}"
    )
    print(f"the same forms once more: {again:.0f} s = {again / whole:.2f} x")


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["help", "scoring", "reports", "intake"]
    for name in chosen:
        globals()[f"bench_{name}"]()
