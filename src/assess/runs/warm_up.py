"""What a template process works out once for every report kernel that is forked from it.

The first report of a process costs twice the second: pandas and matplotlib look up and keep, pages are compiled, rule sets
are read and proved. So a template makes a small report before the first kernel is forked, and throws it away. What it keeps are
answers that do not depend on the report: a forked kernel's report has the same bytes as a cold one's.
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
"""Sections that score every reading: seconds for caches that the others have filled."""
_MONTHS = ("2026-01", "2026-02", "2026-03")


def fill_caches() -> None:
    """Make every section of a small report, as its cells do."""
    report = Report(_small_slice(), {})
    for name in sorted({*sections.__all__} - _LONG):
        # a section that asks for more than a slice has nothing to warm here
        with contextlib.suppress(Exception):
            getattr(sections, name)(report)._repr_mimebundle_()


def _small_slice() -> Slice:
    """Cut a slice of a synthetic province, write it and read it back, as a report does."""
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
