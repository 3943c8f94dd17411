"""Run each job in a new process, with papermill's own engine and an ordinary Jupyter kernel.

Slower, but it works where a process cannot be forked, and it is the referee for the other engine:
the same jobs give the same bytes. It limits the time of a cell only: not its memory, not where it
writes, not how much it prints.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base.children import not_from_here
from assess.runs.environment import fixed_environment
from assess.runs.executors.protocol import RETRIES, lost
from assess.runs.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from types import TracebackType
    from typing import Self

    from assess.runs.job import Job, JobResult

_JOB, _RESULT = "job", "result"
_MODULES = (
    "papermill.execute",
    "assess.reports.document",
    "assess.reports.html",
    "assess.reports.pdf",
)
"""What every report needs, imported before there is a job."""


class Fresh:
    """Executor with ``count`` processes at once.

    See :class:`~assess.runs.executors.protocol.Executor`.
    """

    name = "fresh"

    def __init__(self, count: int) -> None:
        """Store how many reports are made at once."""
        self._count = max(1, count)
        self._running: set[_Process] = set()
        self._ahead: list[_Process] = []
        self._lock = threading.Lock()
        self._ended = False

    def __enter__(self) -> Self:
        """Start the process of the first job, which imports its modules meanwhile."""
        self._ended = False
        self._ahead.append(_Process())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes that still run."""
        with self._lock:
            self._ended = True
            for process in self._running:
                process.kill()
            while self._ahead:
                self._ahead.pop().end()

    def expect(self, count: int) -> None:
        """Do nothing: there is nothing to prepare."""

    def run(self, orders: Iterable[Job]) -> Iterator[JobResult]:
        """Yield the result of each job, as they are done."""
        coming, more = iter(orders), True
        waiting: set[Future[JobResult]] = set()
        with ThreadPoolExecutor(self._count) as threads:
            try:
                while True:
                    while more and len(waiting) <= self._count:
                        job = next(coming, None)
                        more = job is not None
                        if job is not None:
                            waiting.add(threads.submit(self._make, job))
                    if not waiting:
                        return
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for each in done:
                        yield each.result()
            finally:
                if waiting:
                    self.__exit__(None, None, None)

    def _make(self, job: Job) -> JobResult:
        for _ in range(1 + RETRIES):
            made = self._once(job)
            if made is not None or self._ended:
                break
        return made or lost(job)

    def _once(self, job: Job) -> JobResult | None:
        """Make one report; return None when its process was lost."""
        with self._lock:
            if self._ended:
                return None
            process = self._ahead.pop() if self._ahead else _Process()
            self._running.add(process)
        try:
            return process.make(job)
        finally:
            with self._lock:
                self._running.discard(process)
                process.end()


class _Process:
    """A process that makes one report, started before its job is known; and its private folder."""

    def __init__(self) -> None:
        self._scratch = Scratch()
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._scratch.name)
        with not_from_here():
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our module
                [sys.executable, "-P", "-m", "assess.runs.executors.fresh", self._scratch.name],
                env={**os.environ, **fixed_environment(), **temporary},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def make(self, job: Job) -> JobResult | None:
        """Make a report and wait for it; return None when the process was lost."""
        folder = Path(self._scratch.name)
        (folder / _JOB).write_bytes(pickle.dumps(job))
        with contextlib.suppress(OSError):  # it has just died: there is no result
            self._process.communicate()
        result = folder / _RESULT
        return pickle.loads(result.read_bytes()) if result.is_file() else None  # noqa: S301 - by our own process

    def kill(self) -> None:
        """Let :meth:`make` end without a result."""
        self._process.kill()

    def end(self) -> None:
        """End it and remove its folder."""
        self._process.kill()
        self._process.communicate()
        self._scratch.cleanup()


def make_fresh(job: Job) -> JobResult | None:
    """Make one report in a new process and wait for it; None when it was lost."""
    return Fresh(1)._once(job)  # noqa: SLF001 - its own module


def main(folder: Path) -> None:
    """Make the report of the job in a folder, once stdin closes; write the result beside it."""
    from assess.runs.execute_notebook import skip_slow_imports

    skip_slow_imports()
    for name in _MODULES:
        import_module(name)
    from assess.runs.make_report import make_report

    sys.stdin.read()
    if not (folder / _JOB).is_file():
        return  # no job was left, or the process that started this one has ended
    job: Job = pickle.loads((folder / _JOB).read_bytes())  # noqa: S301 - by the process that started this one
    made = make_report(replace(job, limits=replace(job.limits, engine="papermill")))
    part = folder / f"{_RESULT}.part"
    part.write_bytes(pickle.dumps(made))
    part.replace(folder / _RESULT)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
