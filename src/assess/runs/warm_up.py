"""Fill the caches of a fork server, once for all reports that are forked from it.

The first report of a process takes twice as long as the second: pandas and matplotlib fill caches,
page templates are compiled, rule sets are parsed and proved. So the server makes a small report and
discards it before it forks. The caches do not depend on the report: a report forked after it has
the same bytes as one made in a new process.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

from assess.base.errors import InputError
from assess.base.periods import Period, moment
from assess.records import TABLES, make_slice, open_slice, write_slice
from assess.records.source import Records
from assess.records.tables import from_rows
from assess.records.tree import Tree
from assess.reports import sections
from assess.reports.report import Report
from assess.runs.execute_notebook import as_text
from assess.runs.make_report import render
from assess.sample import make_sample
from assess.workspace import Workspace, shipped_workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from assess.records import Slice

_FORM = "an-phu-hd42"
_LONG = {"every_reading", "unclear_lines"}
"""Sections left out: they score every reading, which takes seconds and fills no further cache."""
_MONTHS = ("2026-01", "2026-02", "2026-03")


def fill_caches() -> None:
    """Make the sections of a small report, as its cells do, and a page of them."""
    report = Report(_small_slice(), {})
    report.text("# a\n\n{{ b }}", b=1)  # what reads and fills in texts
    cells = []
    for name in sorted({*sections.__all__} - _LONG):
        # a section that needs more than a slice has nothing to warm here
        with contextlib.suppress(Exception):
            shown = new_output(
                "display_data", data=getattr(sections, name)(report)._repr_mimebundle_()
            )
            cells.append(new_code_cell(id=name.replace("_", "-"), outputs=[shown]))
    make_page(new_notebook(cells=cells))


def make_page(notebook: NotebookNode) -> None:
    """Read and render a notebook: its schema and the templates of pages are compiled once."""
    read: Any = nbformat.reads
    with contextlib.suppress(InputError):
        render(read(as_text(notebook), as_version=4), "page", ("html",))


def _small_slice() -> Slice:
    """Cut a slice of a synthetic province, write it and open it, as a report does."""
    rules = Workspace(shipped_workspace()).rules()
    made_up = make_sample(rules, chi_bo=12, form=_FORM, months=_MONTHS)
    tables = {name: made_up[name] if name in made_up else from_rows(name, ()) for name in TABLES}
    tree = Tree(tables["unit"])
    top = next(unit for unit in tree.on(dt.date(2026, 3, 31)).values() if unit.parent_id is None)
    made = make_slice(
        Records(tables, tree),
        rules,
        dang_bo=top.unit_id,
        period=Period.parse("2026-Q1"),
        as_of=moment("2026-04-10"),
        document_date=dt.date(2026, 4, 12),
    )
    with tempfile.TemporaryDirectory() as folder:
        write_slice(made, Path(folder))
        return open_slice(Path(folder))
