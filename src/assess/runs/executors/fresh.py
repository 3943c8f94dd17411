"""Run each job in a new process, with papermill's own engine and an ordinary Jupyter kernel.

Slower, but it works where a process cannot be forked, and it is the referee for the other engine:
the same jobs give the same bytes. It limits the time of a cell only: not its memory, not where it
writes, not how much it prints.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
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


class Fresh:
    """Executor with ``count`` processes at once.

    See :class:`~assess.runs.executors.protocol.Executor`.
    """

    name = "fresh"

    def __init__(self, count: int) -> None:
        """Store how many reports are made at once."""
        self._count = max(1, count)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._ended = False

    def __enter__(self) -> Self:
        """Return the executor; each job starts its own process."""
        self._ended = False
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
        with Scratch() as private:
            folder = Path(private)
            (folder / _JOB).write_bytes(pickle.dumps(job))
            temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), private)
            with self._lock, not_from_here():
                if self._ended:
                    return None
                process = subprocess.Popen(  # noqa: S603 - this interpreter, our module
                    [sys.executable, "-P", "-m", "assess.runs.executors.fresh", private],
                    env={**os.environ, **fixed_environment(), **temporary},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                self._running.add(process)
            process.wait()
            with self._lock:
                self._running.discard(process)
            result = folder / _RESULT
            return pickle.loads(result.read_bytes()) if result.is_file() else None  # noqa: S301 - by our own process


def make_fresh(job: Job) -> JobResult | None:
    """Make one report in a new process and wait for it; None when it was lost."""
    return Fresh(1)._once(job)  # noqa: SLF001 - its own module


def main(folder: Path) -> None:
    """Make the report of the job in a folder, and write the result beside it."""
    from assess.runs.make_report import make_report

    job: Job = pickle.loads((folder / _JOB).read_bytes())  # noqa: S301 - by the process that started this one
    made = make_report(replace(job, limits=replace(job.limits, engine="papermill")))
    part = folder / f"{_RESULT}.part"
    part.write_bytes(pickle.dumps(made))
    part.replace(folder / _RESULT)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
