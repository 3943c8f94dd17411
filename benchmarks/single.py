"""One report at a time: warm kernel overhead, PDF time per page, page weight, start of the CLI."""

from __future__ import annotations

import copy
import datetime as dt
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from common import BIN, ROOT, Row, seconds

TEMPLATES = ("annual_review", "period_summary", "compliance_calendar", "upward_summary")
_WATCH = """
import time as _time
class _Watch:
    began, spent = None, 0.0
    def before(self, info):
        self.began = _time.perf_counter()
    def after(self, result):
        if self.began is not None:  # the cell that registers this ends, too, and was not seen to begin
            self.spent += _time.perf_counter() - self.began
_watch = _Watch()
get_ipython().events.register("pre_run_cell", _watch.before)
get_ipython().events.register("post_run_cell", _watch.after)
"""
_TELL = "print('spent', _watch.spent)"


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


def watched(template):
    """Return the template with cells added that time its cells and print the sum."""
    notebook = json.loads((ROOT / f"notebooks/{template}.ipynb").read_text(encoding="utf-8"))

    def cell(name, source):
        return {
            "cell_type": "code",
            "id": name,
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }

    notebook["cells"] = [cell("watch", _WATCH), *notebook["cells"], cell("tell", _TELL)]
    return json.dumps(notebook).encode()


GIVEN = {
    "dang_bo": "phuong-vi-du",
    "period": "2026",
    "rule_set": "auto",
    "readings": {},
    "slice": "s",
}


def beyond_the_cells(times):
    """Seconds from job to HTML, less those of the cells in the kernel, for four templates."""
    from assess.runs.kernel import KernelLimits

    from assess.runs.execute_notebook import execute
    from assess.runs.make_report import render

    found = []
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        slice_of(folder / "s")
        for template in TEMPLATES:
            text = watched(template)
            for turn in range(times + 1):
                began = time.perf_counter()
                notebook = execute(text, folder, GIVEN, dt.date(2027, 1, 12), KernelLimits())
                shown = copy.copy(notebook)
                render(shown, template, ("html",))
                whole = time.perf_counter() - began
                spent = float(notebook.cells[-1].outputs[0]["text"].split()[1])
                if turn:  # the first turn starts the template process
                    found.append(whole - spent)
    return found


def per_page(times):
    """Milliseconds per page of the warm PDF writer, for the four templates."""
    from assess.runs.kernel import KernelLimits

    from assess.reports.document import read_document
    from assess.reports.pdf import render_pdf
    from assess.runs.execute_notebook import execute
    from assess.runs.page_check import pdf_pages

    found = []
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        slice_of(folder / "s")
        for template in TEMPLATES:
            text = (ROOT / f"notebooks/{template}.ipynb").read_bytes()
            document = read_document(
                execute(text, folder, GIVEN, dt.date(2027, 1, 12), KernelLimits()), template
            )
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

    from assess.runs.kernel import KernelLimits
    from nbconvert import HTMLExporter

    from assess.runs.execute_notebook import execute
    from assess.runs.make_report import render

    ours, peer = [], []
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        made = slice_of(folder / "s", "xa-mau-thu")
        given = {**GIVEN, "dang_bo": made.dang_bo}
        for template in TEMPLATES:
            notebook = execute(
                (ROOT / f"notebooks/{template}.ipynb").read_bytes(),
                folder,
                given,
                made.document_date,
                KernelLimits(),
            )
            figures = re.compile(r"<figure.*?</figure>|<svg.*?</svg>|data:image[^\"]*", re.DOTALL)
            ours.append(
                len(
                    figures.sub(
                        "", render(notebook, template, ("html",))[".html"].decode()
                    ).encode()
                )
                / 1000
            )
            peer.append(
                len(figures.sub("", HTMLExporter().from_notebook_node(notebook)[0]).encode()) / 1000
            )
    return ours, peer


def run(times=5):
    """Return the rows about one report."""
    beyond, pages = beyond_the_cells(times), per_page(times)
    help_, bare = [], []
    for _ in range(2 * times + 1):
        help_.append(seconds([BIN / "assess", "--help"]))
        bare.append(seconds([sys.executable, "-c", "pass"]))
    ratio = tuple(h / b for h, b in zip(help_, bare, strict=True))
    ours, peer = weight()
    return [
        Row(
            "a warm report beyond its cells' own time, HTML included",
            "≤ 0.3 s",
            "s",
            tuple(beyond),
            reached=median(beyond) <= 0.3,
        ),
        Row("PDF, warm", "≤ 25 ms a page", "ms a page", tuple(pages), reached=median(pages) <= 25),
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
