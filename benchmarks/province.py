"""The cost of a province's year before any report: read and check it, cut a slice per đảng bộ."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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


def run():
    """Return the rows about a province."""
    from assess.exchange.csv.folder import write_folder
    from assess.sample import make_sample
    from assess.workspace import Workspace

    with tempfile.TemporaryDirectory() as folder:
        write_folder(
            Path(folder) / "t",
            make_sample(Workspace(ROOT).rules(), chi_bo=CHI_BO, form="an-phu-hd42", months=MONTHS),
        )
        done = subprocess.run(
            [sys.executable, __file__, f"{folder}/t", f"{folder}/s"],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
        )
    found = json.loads(done.stdout)
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
    ]


if __name__ == "__main__":
    measure(*sys.argv[1:])
