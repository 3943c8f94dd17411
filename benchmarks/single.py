"""One report at a time: its price beyond the cells, PDF time per page, page weight, the CLI."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from common import BIN, ROOT, Row, seconds

TEMPLATES = ("annual_review", "period_summary", "compliance_calendar", "upward_summary")


def slice_of(folder, dang_bo="phuong-vi-du", period="2026"):
    """Cut and write a slice of the sample."""
    from assess.base.periods import Period, moment
    from assess.records import make_slice, write_slice
    from assess.workspace import Workspace

    workspace, at = Workspace(ROOT), moment("2027-01-10")
    made = make_slice(
        workspace.source("data/sample").records(at),
        workspace.rules(),
        dang_bo=dang_bo,
        period=Period.parse(period),
        as_of=at,
        document_date=dt.date(2027, 1, 12),
    )
    write_slice(made, folder)
    return made


GIVEN = {
    "dang_bo": "phuong-vi-du",
    "period": "2026",
    "rule_set": "auto",
    "readings": {},
    "slice": "s",
}


def beyond_the_cells(times):
    """Processor seconds of reports beyond their cells, and those of the cells."""
    command = [sys.executable, ROOT / "benchmarks/beyond.py", str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def executed(template, folder, given, day):
    """Run a template of the repository in a folder, with the engine of reports."""
    from assess.runs.engine import papermill_engine  # noqa: F401 - before the fork
    from assess.runs.engine.cell_process import CellProcess
    from assess.runs.execute_notebook import execute

    text = (ROOT / f"notebooks/{template}.ipynb").read_bytes()
    return execute(text, folder, given, day, cells=CellProcess.start())


def per_page(times):
    """Milliseconds per page of the warm PDF writer, for the four templates."""

    from assess.reports.document import read_document
    from assess.reports.pdf import render_pdf
    from assess.runs.page_check import pdf_pages

    found = []
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        slice_of(folder / "s")
        for template in TEMPLATES:
            notebook = executed(template, folder, GIVEN, dt.date(2027, 1, 12))
            document = read_document(notebook, template)
            render_pdf(document)
            for _ in range(times):
                began = time.perf_counter()
                pdf = render_pdf(document)
                spent = time.perf_counter() - began
                (folder / "r.pdf").write_bytes(pdf)
                found.append(1000 * spent / len(pdf_pages(folder / "r.pdf")))
    return found


def weight():
    """Kilobytes of the sample pages without their figures, ours and nbconvert's default."""
    import re

    from nbconvert import HTMLExporter

    from assess.runs.make_report import render

    ours, peer = [], []
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        made = slice_of(folder / "s", "xa-mau-thu")
        given = {**GIVEN, "dang_bo": made.dang_bo}
        for template in TEMPLATES:
            notebook = executed(template, folder, given, made.document_date)
            figures = re.compile(r"<figure.*?</figure>|<svg.*?</svg>|data:image[^\"]*", re.DOTALL)
            ours.append(
                len(
                    figures.sub(
                        "", render(notebook, template, ("html",)).files["html"].decode()
                    ).encode()
                )
                / 1000
            )
            peer.append(
                len(figures.sub("", HTMLExporter().from_notebook_node(notebook)[0]).encode()) / 1000
            )
    return ours, peer


MATRIX = """id: mot
title: Một báo cáo
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
  - {template: period_summary, dang_bo: phuong-vi-du, period: 2026}
"""


def without_fork(times):
    """Seconds of one report where fork and its kin are hidden, and of papermill and nbconvert."""
    ours, peer = [], []
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        slice_of(folder / "s")
        (folder / "m.yaml").write_text(MATRIX, encoding="utf-8")
        template, made = ROOT / "notebooks/period_summary.ipynb", folder / "r.ipynb"
        given = ("-r", "dang_bo", "phuong-vi-du", "-r", "period", "2026")
        hidden = {**os.environ, "PYTHONPATH": str(ROOT / "tests/kit/hidden")}
        for number in range(times):
            run = ["run", folder / "m.yaml", "-w", ROOT, "--out", folder / str(number), "--draft"]
            ours.append(seconds([BIN / "assess", *run], env=hidden))
            peer.append(
                seconds([BIN / "papermill", template, made, *given, "-r", "slice", folder / "s"])
                + seconds([BIN / "jupyter-nbconvert", "--to", "html", made])
            )
    return ours, peer


def run(times=5):
    """Return the rows about one report."""
    (beyond, cells), pages = beyond_the_cells(3 * times), per_page(times)
    help_, bare = [], []
    for _ in range(2 * times + 1):
        help_.append(seconds([BIN / "assess", "--help"]))
        bare.append(seconds([sys.executable, "-c", "pass"]))
    ratio = tuple(h / b for h, b in zip(help_, bare, strict=True))
    ours, peer = weight()
    forkless, papermill = without_fork(times)
    slower = tuple(o / p for o, p in zip(forkless, papermill, strict=True))
    return [
        Row(
            "one report as HTML on a machine without fork, against papermill + jupyter nbconvert",
            "≤ 0.7 ×",
            "s",
            tuple(forkless),
            tuple(papermill),
            slower,
            median(slower) <= 0.7,
            note="ours cuts the slice within that time, the peer finds it ready",
        ),
        Row(
            "a report beyond its cells' own processor time, HTML made and read back",
            "≤ 0.1 s",
            "processor s",
            tuple(beyond),
            tuple(cells),
            reached=median(beyond) <= 0.1,
            note="the second column is the cells' own processor time",
        ),
        Row("PDF, warm", "≤ 10 ms a page", "ms a page", tuple(pages), reached=median(pages) <= 10),
        Row(
            "`assess --help` against `python -c pass`",
            "≤ 10 ×",
            "s",
            tuple(help_),
            tuple(bare),
            ratio,
            median(ratio) <= 10,
        ),
        Row(
            "HTML report without figures against nbconvert's default, four templates",
            "≤ 60 KB",
            "KB",
            tuple(ours),
            tuple(peer),
            tuple(p / o for p, o in zip(peer, ours, strict=True)),
            max(ours) <= 60,
        ),
    ]


if __name__ == "__main__":
    for row in run():
        print(row)
