"""Fill the caches of a template process, once for all report kernels that are forked from it.

The first report of a process takes twice as long as the second: pandas and matplotlib fill caches,
page templates are compiled, rule sets are parsed and proved. So a template process makes a small
report and discards it before it forks a kernel. The caches do not depend on the report: a forked
kernel's report has the same bytes as a cold one's.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base.periods import Period, moment
from assess.records import TABLES, make_slice, open_slice, write_slice
from assess.records.source import Records
from assess.records.tables import from_rows
from assess.records.tree import Tree
from assess.reports import sections
from assess.reports.report import Report
from assess.sample import make_sample
from assess.workspace import Workspace, shipped_workspace

if TYPE_CHECKING:
    from assess.records import Slice

_FORM = "an-phu-hd42"
_LONG = {"every_reading", "unclear_lines"}
"""Sections left out: they score every reading, which takes seconds and fills no further cache."""
_MONTHS = ("2026-01", "2026-02", "2026-03")


def fill_caches() -> None:
    """Make the sections of a small report, as its cells do."""
    report = Report(_small_slice(), {})
    for name in sorted({*sections.__all__} - _LONG):
        # a section that needs more than a slice has nothing to warm here
        with contextlib.suppress(Exception):
            getattr(sections, name)(report)._repr_mimebundle_()


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
