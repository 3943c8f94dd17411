"""Sixty reports: ours against papermill and nbconvert as a careful user would run them.

Template, slices and cores are the same. The peers get their slices ready cut; ours are cut within
the measured time. Every peer's executed notebook is compared with ours, block by block: the same
numbers.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from common import BIN, ROOT, Row, seconds

TEMPLATE = "period_summary"
PERIODS = (
    "2025",
    "2025-H2",
    "2025-Q4",
    "2026",
    "2026-H1",
    "2026-H2",
    "2026-Q1",
    "2026-Q2",
    "2026-Q3",
    "2026-Q4",
)
MATRIX = f"""id: sau-muoi
title: Sáu mươi báo cáo
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
  - {{template: {TEMPLATE}, period: [{", ".join(f"'{p}'" for p in PERIODS)}]}}
"""
LOOP = """
import sys, json, pathlib, warnings, logging
warnings.simplefilter("ignore")
logging.getLogger("papermill").setLevel(logging.ERROR)
import papermill
from nbconvert import HTMLExporter
import nbformat
exporter, engine = HTMLExporter(), sys.argv[2] or None
for folder in map(pathlib.Path, sys.argv[3:]):
    given = json.loads((folder / "parameters.json").read_text())
    notebook = papermill.execute_notebook(sys.argv[1], str(folder / "r.ipynb"), parameters=given, engine_name=engine, progress_bar=False)
    page, _ = exporter.from_notebook_node(notebook)
    (folder / "r.html").write_text(page, encoding="utf-8")
"""
_MIME = "application/vnd.assess.block+json"


def lay(out):
    """Cut each report's slice into a folder of its own; return the folders by run key.

    The parameters are written beside it.
    """
    from assess.base.periods import Period, moment
    from assess.records import make_slice, write_slice
    from assess.workspace import Workspace

    workspace = Workspace(ROOT)
    records, rules, at = (
        workspace.source("data/sample").records(moment("2027-01-10")),
        workspace.rules(),
        moment("2027-01-10"),
    )
    found = {}
    for dang_bo in (
        "cq-dang-tinh",
        "ct-mo-phong",
        "dh-gia-lap",
        "phuong-vi-du",
        "qs-tinh",
        "xa-mau-thu",
    ):
        for period in PERIODS:
            folder = out / f"{period}-{dang_bo}"
            made = make_slice(
                records,
                rules,
                dang_bo=dang_bo,
                period=Period.parse(period),
                as_of=at,
                document_date=dt.date(2027, 1, 12),
            )
            write_slice(made, folder / "s")
            given = {"dang_bo": dang_bo, "period": period, "slice": str(folder / "s")}
            (folder / "parameters.json").write_text(json.dumps(given), encoding="utf-8")
            found[f"{period}/{dang_bo}/{TEMPLATE}"] = folder
    return found


def ours(out, *more):
    """Return the seconds of ``assess run`` on both cores, starting from nothing."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    matrix = out / "m.yaml"
    matrix.write_text(MATRIX, encoding="utf-8")
    return seconds([BIN / "assess", "run", matrix, "--out", out, "-w", ROOT, "-j", "2", *more])


def by_command_line(folders):
    """Return the seconds of the commands papermill and jupyter nbconvert.

    Each of two cores makes one report after the other.
    """
    template = ROOT / f"notebooks/{TEMPLATE}.ipynb"

    def one(folder):
        given = json.loads((folder / "parameters.json").read_text(encoding="utf-8"))
        parameters = [part for name, value in given.items() for part in ("-r", name, value)]
        for command in (
            [BIN / "papermill", template, folder / "r.ipynb", *parameters],
            [BIN / "jupyter-nbconvert", "--to", "html", folder / "r.ipynb"],
        ):
            subprocess.run(command, check=True, capture_output=True)

    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, folders))
    return time.perf_counter() - began


def by_loop(folders, engine=""):
    """Return the seconds of two processes that each loop over half of the reports.

    Each process uses one exporter. The engine ``embedded`` is that of ploomber-engine, which runs
    cells in the process itself, without limits and without isolation.
    """
    began = time.perf_counter()
    halves = [folders[::2], folders[1::2]]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", LOOP, ROOT / f"notebooks/{TEMPLATE}.ipynb", engine, *half],
            stderr=subprocess.PIPE,
            env={**os.environ, "PLOOMBER_STATS_ENABLED": "false"},
        )
        for half in halves
    ]
    for process in running:
        _, errors = process.communicate()
        if process.returncode:
            raise SystemExit(errors.decode()[-2000:])
    return time.perf_counter() - began


def numbers(path):
    """Return the blocks of an executed notebook, which hold every number of the report.

    The slice's name is left out.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        o["data"][_MIME] for c in cells for o in c.get("outputs", []) if _MIME in o.get("data", {})
    ]


def compare(folders, out):
    """Check that every peer's report holds the same numbers as ours in ``out``."""
    for key, folder in folders.items():
        if numbers(folder / "r.ipynb") != numbers(out / f"{key}.ipynb"):
            raise SystemExit(f"{key}: not the same numbers")


def run(times=3):
    """Return the rows about sixty reports.

    One round of all peers takes eight minutes on two cores.
    """
    with tempfile.TemporaryDirectory() as base:
        base = Path(base)
        folders = lay(base / "peers")
        names = [str(f) for f in folders.values()]
        html, whole, command_line, loop, embedded = [], [], [], [], []
        for number in range(times):
            html.append(ours(base / "ours", "--draft"))
            command_line.append(by_command_line([Path(name) for name in names]))
            compare(folders, base / "ours/sau-muoi.nhap")
            whole.append(ours(base / "ours"))
            loop.append(by_loop(names))
            compare(folders, base / "ours/sau-muoi")
            embedded.append(by_loop(names, "embedded"))
            compare(folders, base / "ours/sau-muoi")
            print(
                f"  {number + 1}: html {html[-1]:.1f} all {whole[-1]:.1f} command line {command_line[-1]:.1f} loop {loop[-1]:.1f} "
                f"in process {embedded[-1]:.1f}",
                flush=True,
            )
    rate = [60 * len(names) / s for s in html]
    rows = []
    for what, goal, peer in (
        ("against papermill + jupyter nbconvert per report, two at a time", 12, command_line),
        (
            "against a loop over papermill.execute_notebook + one HTMLExporter, two processes",
            7,
            loop,
        ),
        (
            "against the same loop with ploomber-engine, in the process and without isolation",
            2,
            embedded,
        ),
    ):
        ratio = tuple(p / o for p, o in zip(peer, html, strict=True))
        rows.append(
            Row(
                f"60 reports as HTML, both cores busy, {what}",
                f"≥ {goal} ×",
                "reports a minute",
                tuple(rate),
                tuple(60 * len(names) / s for s in peer),
                ratio,
                median(ratio) >= goal,
            )
        )
        ratio = tuple(p / o for p, o in zip(peer, whole, strict=True))
        rows.append(
            Row(
                "the same; ours with the PDF made and read back, the peer's without",
                "—",
                "reports a minute",
                tuple(60 * len(names) / s for s in whole),
                tuple(60 * len(names) / s for s in peer),
                ratio,
            )
        )
    return rows


if __name__ == "__main__":
    for row in run(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
        print(row)
