"""The cost of a province's year before any report: read and check it, cut a slice per đảng bộ.

And the processor time of the leading process of a batch, without the processes that make reports.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

from common import ROOT, Row

CHI_BO = 2000
MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 13))


def measure(folder, slices):
    """Read a folder, cut each đảng bộ's slice of the year; print times and peak memory."""
    from assess.base.periods import Period, moment
    from assess.exchange.csv import CsvFolder
    from assess.records import make_slice, write_slice
    from assess.workspace import Workspace

    rules, at = Workspace(ROOT).rules(), moment("2027-01-10")
    began = time.perf_counter()
    source = CsvFolder(Path(folder))
    read = time.perf_counter() - began
    records = source.records(at)
    tree = source.tree
    day = dt.date(2026, 12, 31)
    wanted = sorted(
        unit.unit_id
        for unit in tree.on(day).values()
        if unit.level != "chi_bo" and unit.parent_id is not None
    )
    spent = []
    for dang_bo in wanted:
        began = time.perf_counter()
        made = make_slice(
            records,
            rules,
            dang_bo=dang_bo,
            period=Period.parse("2026"),
            as_of=at,
            document_date=dt.date(2027, 1, 12),
        )
        write_slice(made, Path(slices) / dang_bo)
        spent.append(time.perf_counter() - began)
    # not ru_maxrss: in a child process it starts at the value of its parent
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    memory = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
    print(
        json.dumps({"lines": len(records["line"]), "read": read, "slices": spent, "memory": memory})
    )


MATRIX = """id: tinh
title: Cả tỉnh
records: data/tinh
as_of: 2027-01-10
document_date: 2027-01-12
reports:
  - {template: period_summary, period: 2026-Q1}
"""


class OneMade:
    """Executor that makes the first job, and answers all others with its result."""

    name = "one made"

    def __init__(self):
        """Store when the first was made and when the last was published."""
        from assess.runs.executors import default_executor

        self._real = default_executor(1)
        self.jobs, self.began, self.ended = 0, 0.0, 0.0

    def __enter__(self):
        """Start what makes the first."""
        self._real.__enter__()
        return self

    def __exit__(self, *error):
        """End it."""
        return self._real.__exit__(*error)

    def expect(self, count):
        """Do nothing: one job only is made."""

    def run(self, orders):
        """Yield a result for each job."""
        made = None
        for order in orders:
            if made is None:
                (made,) = self._real.run([order])
                self.began = time.process_time()
            self.jobs += 1
            yield dataclasses.replace(made, key=order.run.key)
        self.ended = time.process_time()


def lead(folder):
    """Run a batch of one report for each đảng bộ; print processor ms of the leader a report."""
    from assess.runs import run_matrix

    executor = OneMade()
    base = Path(folder)
    with tempfile.TemporaryDirectory() as out:
        run_matrix(base / "params/runs/tinh.yaml", base, out, executor=executor, draft=True)
    spent = executor.ended - executor.began
    print(json.dumps([executor.jobs, 1000 * spent / (executor.jobs - 1)]))


def cut_times(chi_bo, size=9, times=15):
    """Milliseconds to cut the slice of a đảng bộ of ``size`` chi bộ in a province of ``chi_bo``."""
    from assess.base.periods import Period, moment
    from assess.records import TABLES, make_slice
    from assess.records.source import Records
    from assess.records.tables import from_rows
    from assess.records.tree import Tree
    from assess.sample import make_sample
    from assess.workspace import Workspace

    rules = Workspace(ROOT).rules()
    made = make_sample(rules, chi_bo=chi_bo, form="an-phu-hd42", months=MONTHS)
    tables = {name: made[name] if name in made else from_rows(name, ()) for name in TABLES}
    tree = Tree(tables["unit"])
    records = Records(tables, tree)
    below = Counter(
        unit.parent_id for unit in tree.on(dt.date(2026, 12, 31)).values() if unit.level == "chi_bo"
    )
    dang_bo = next(unit for unit, count in below.items() if count == size)
    spent = []
    for _ in range(times + 1):
        began = time.perf_counter()
        make_slice(
            records,
            rules,
            dang_bo=dang_bo,
            period=Period.parse("2026"),
            as_of=moment("2027-01-10"),
            document_date=dt.date(2027, 1, 12),
        )
        spent.append(1000 * (time.perf_counter() - began))
    return tuple(spent[1:])  # the first indexes the records, once for all slices


def run():
    """Return the rows about a province."""
    from assess.exchange.csv.folder import write_folder
    from assess.sample import make_sample
    from assess.workspace import Workspace, lay_workspace

    def child(*words):
        done = subprocess.run(
            [sys.executable, __file__, *words],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
        )
        return json.loads(done.stdout)

    with tempfile.TemporaryDirectory() as folder:
        base = lay_workspace(Path(folder) / "ws").root
        write_folder(
            base / "data/tinh",
            make_sample(Workspace(ROOT).rules(), chi_bo=CHI_BO, form="an-phu-hd42", months=MONTHS),
        )
        (base / "params/runs/tinh.yaml").write_text(MATRIX, encoding="utf-8")
        found = child(str(base / "data/tinh"), f"{folder}/s")
        led = [child(str(base)) for _ in range(3)]
    per_report = tuple(spent for _, spent in led)
    few, many = cut_times(60), cut_times(5000)
    grown = tuple(m / f for m, f in zip(many, few, strict=True))
    each = 1_000_000 * found["read"] / found["lines"]
    note = f"{found['lines']} lines of {CHI_BO} chi bộ; the process that read and cut them took {found['memory']:.0f} MiB at most"
    cut = tuple(1000 * seconds for seconds in found["slices"])
    return [
        Row("a province's year read from CSV and checked", "—", "µs a line", (each,), note=note),
        Row(
            "a slice cut and written, for each đảng bộ of that province",
            "—",
            "ms a slice",
            cut,
            note=f"{len(cut)} slices",
        ),
        Row(
            "a slice cut in a province of 5 000 chi bộ, against the same size of đảng bộ among 60",
            "≤ 1.2 ×",
            "ms a slice",
            many,
            few,
            grown,
            median(grown) <= 1.2,
        ),
        Row(
            f"the leading process of a batch, {CHI_BO} chi bộ, one report a slice",
            "≤ 15 ms",
            "processor ms a report",
            per_report,
            reached=median(per_report) <= 15,
            note=f"{led[0][0]} reports, from the first on; records are read before",
        ),
    ]


if __name__ == "__main__":
    (measure if len(sys.argv) > 2 else lead)(*sys.argv[1:])
