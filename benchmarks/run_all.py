"""Measure against the alternatives on this machine, in one run, and write RESULTS.md.

``make bench``, or ``python benchmarks/run_all.py PART …`` for some parts (see PARTS), which are
printed and not written. Nothing here is a test.
"""

from __future__ import annotations

import compileall
import datetime as dt
import os
import platform
import sys
from importlib import import_module, metadata
from pathlib import Path

from common import ROOT, spread

import assess

PARTS = (
    "single",
    "scoring",
    "readings",
    "reports",
    "replan",
    "intake",
    "province",
    "one_unit",
)
RESULTS = ROOT / "benchmarks/RESULTS.md"
HEAD = """# Measured

Written by `make bench`; every row was measured in one run on one machine, ours and the peer's turn about. Three numbers are
minimum – median – maximum; the ratio is how many times better ours is (for scoring and for `--help`: how many times the peer's time
ours takes).

{machine}

| what | goal | unit | ours | peer | ratio | reached |
| --- | --- | --- | --- | --- | --- | --- |
"""
_VERDICT = {True: "yes", False: "**no**", None: "—"}


def table(rows):
    """Format rows as a Markdown table."""
    lines = [
        f"| {row.what} | {row.goal} | {row.unit} | {spread(row.ours)} | {spread(row.peer)} | {spread(row.ratio)} | {_VERDICT[row.reached]} |"
        for row in rows
    ]
    notes = [f"- {row.what}: {row.note}." for row in rows if row.note]
    return "\n".join(lines) + ("\n\n" + "\n".join(notes) if notes else "") + "\n"


def machine():
    """Describe the machine that was measured."""
    packages = ", ".join(
        f"{name} {metadata.version(name)}"
        for name in ("papermill", "nbclient", "nbconvert", "ipykernel", "pandas", "duckdb", "typst")
    )
    return f"{dt.date.today():%Y-%m-%d} · {len(os.sched_getaffinity(0))} cores · Python {platform.python_version()} · {packages}"  # noqa: DTZ011 - a day for readers


def main(chosen):
    """Run the parts and print their rows; write the file if all were run."""
    # as in an installed package; an environment may forbid Python to write byte code
    compileall.compile_dir(Path(assess.__file__).parent, quiet=1)
    rows = []
    for name in chosen or PARTS:
        print(f"{name} …", flush=True)
        found = import_module(name).run() if name != "scoring" else import_module(name).rows()
        print(table(found), flush=True)
        rows += found
    if not chosen:
        RESULTS.write_text(HEAD.format(machine=machine()) + table(rows), encoding="utf-8")
        print(f"{RESULTS}: {len(rows)} rows")


if __name__ == "__main__":
    main(sys.argv[1:])
