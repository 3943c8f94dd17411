"""What a report costs beyond its cells: forks, papermill, HTML, reading it back.

``python benchmarks/beyond.py TIMES`` does what the fork server does, in this process, and prints
two JSON lists: processor seconds beyond the cells, and of the cells, of each report. They are
processor seconds of the report's two processes, which ``assess run`` has two at a time.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEMPLATES = ("annual_review", "period_summary", "compliance_calendar", "upward_summary")
MATRIX = """id: mot
title: Một báo cáo
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
"""
_TELL = "import time; print('spent', time.process_time())"


class Taken(Exception):  # noqa: N818 - not an error
    """The jobs have been taken."""


class Taker:
    """An executor that only takes the jobs."""

    name = "none"
    jobs = ()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def expect(self, count):
        pass

    def run(self, orders):
        self.jobs = list(orders)
        raise Taken
        yield


def jobs():
    """Return the jobs of four templates for one đảng bộ of the sample, as drafts in HTML."""
    from assess.runs import run_matrix

    taker = Taker()
    with tempfile.TemporaryDirectory() as base:
        matrix = Path(base) / "m.yaml"
        entries = "".join(
            f"  - {{template: {name}, dang_bo: phuong-vi-du, period: 2026}}\n" for name in TEMPLATES
        )
        matrix.write_text(MATRIX + entries, encoding="utf-8")
        try:
            run_matrix(matrix, ROOT, base, executor=taker, draft=True)
        except Taken:
            return [timed(job) for job in taker.jobs]


def timed(job):
    """Return a job whose first and last cell print the processor time of its process so far."""
    notebook = json.loads(job.template)

    def cell(name):
        return {
            "cell_type": "code",
            "id": name,
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": _TELL,
        }

    notebook["cells"] = [cell("first"), *notebook["cells"], cell("last")]
    return dataclasses.replace(job, template=json.dumps(notebook).encode())


def measure(job):
    """Make a report in a forked process; return its seconds beyond the cells, and of the cells."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        from assess.runs.engine.cell_process import CellProcess
        from assess.runs.make_report import make_report

        made = make_report(job, CellProcess.fork())
        whole = sum(
            used.ru_utime + used.ru_stime
            for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )
        cells = json.loads(made.files[".ipynb"])["cells"]
        first, last = (float("".join(cells[at]["outputs"][0]["text"]).split()[1]) for at in (0, -1))
        os.write(writing, json.dumps([whole - (last - first), last - first]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        found = json.loads(told.read())
    os.waitpid(pid, 0)
    return found


def main(times):
    """Print the two lists."""
    if os.environ.get("JE_ARROW_MALLOC_CONF") is None:
        from assess.runs.environment import fixed_environment

        os.execve(
            sys.executable, [sys.executable, *sys.argv], {**os.environ, **fixed_environment()}
        )
    taken = jobs()
    from assess.runs import fork_server
    from assess.runs.execute_notebook import skip_slow_imports
    from assess.runs.warm_up import fill_caches

    skip_slow_imports()
    for name in fork_server.MODULES:
        import_module(name)
    fill_caches()
    fork_server.prepare()
    found = [measure(job) for _ in range(times) for job in taken]
    print(json.dumps([[beyond for beyond, _ in found], [cells for _, cells in found]]))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
