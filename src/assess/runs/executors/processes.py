"""Run jobs in worker processes on this machine, each one report at a time."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NoReturn

from assess.base.children import not_from_here
from assess.runs.environment import (
    has_template,
    join,
    start_template,
    stop_template,
    template_is_gone,
)
from assess.runs.executors.protocol import RETRIES, lost
from assess.runs.scratch import Scratch

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from assess.runs.job import Job, JobResult

_END_SECONDS = 5


@dataclass
class _Worker:
    process: Any
    link: Connection
    scratch: str
    order: Job | None = None
    tries: int = 0


class Processes:
    """Executor with ``count`` processes (:class:`~assess.runs.executors.protocol.Executor`).

    They start on entry and serve every job; when one dies, only its own job is tried again.
    """

    name = "processes"

    def __init__(self, count: int, *, warm: bool = True) -> None:
        """Store the options; ``warm``: fork kernels from a template process started on entry."""
        self._count, self._warm = max(1, count), warm
        self._workers: list[_Worker] = []
        self._own_template = False

    def __enter__(self) -> Self:
        """Start the workers, without waiting for their imports."""
        self._own_template = self._warm and not has_template()
        self._workers = [_start(warm=self._warm) for _ in range(self._count)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the workers: close the links, and terminate busy ones, or all after an exception."""
        for worker in self._workers:
            worker.link.close()
            if worker.order is not None or kind is not None:
                worker.process.terminate()
        for worker in self._workers:
            _end(worker)
        self._workers = []
        if self._own_template or template_is_gone():
            stop_template()

    def run(self, orders: Iterable[Job]) -> Iterator[JobResult]:
        """Yield the result of each job, as they are done."""
        coming = iter(orders)
        again: deque[tuple[Job, int]] = deque()
        more = True
        while True:
            for worker in self._workers:
                if worker.order is None and (again or more):
                    order, tries = again.popleft() if again else (next(coming, None), 0)
                    if order is None:
                        more = False
                        continue
                    self._give(worker, order, tries)
            busy = [worker for worker in self._workers if worker.order is not None]
            if not busy:
                return
            ready = wait([worker.link for worker in busy])
            for worker in busy:
                if worker.link in ready:
                    yield from self._take(worker, again)

    def _give(self, worker: _Worker, order: Job, tries: int) -> None:
        worker.order, worker.tries = order, tries
        # a worker that died while idle is noticed when its link is read
        with contextlib.suppress(OSError):
            worker.link.send(order)

    def _take(self, worker: _Worker, again: deque[tuple[Job, int]]) -> Iterator[JobResult]:
        order, tries = worker.order, worker.tries
        assert order is not None  # noqa: S101 - only busy workers are read
        worker.order = None
        try:
            yield worker.link.recv()
        except (EOFError, OSError):
            _end(worker)
            self._workers[self._workers.index(worker)] = _start(warm=self._warm)
            if tries < RETRIES:
                again.append((order, tries + 1))
            else:
                yield lost(order)


def _start(*, warm: bool) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    scratch = Scratch().name
    template = start_template() if warm else None
    process = context.Process(target=_work, args=(theirs, scratch, template), daemon=True)
    with not_from_here(script=True):
        process.start()
    theirs.close()
    if template is not None:
        template.close()
    return _Worker(process, ours, scratch)


def _end(worker: _Worker) -> None:
    worker.link.close()
    worker.process.join(_END_SECONDS)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    worker.process.close()
    shutil.rmtree(worker.scratch, ignore_errors=True)


def _work(link: Connection, scratch: str, template: socket.socket | None) -> None:
    """Make reports until the link closes or the parent ends; the parent handles Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: _leave(scratch))
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel, scratch), daemon=True).start()
    tempfile.tempdir = scratch
    from assess.runs.make_report import get_ready, make_report

    join(template)
    get_ready()
    while True:
        try:
            order = link.recv()
        except (EOFError, OSError):
            break
        link.send(make_report(order))


def _watch(parent: int, scratch: str) -> None:
    wait([parent])
    _leave(scratch)


def _leave(scratch: str) -> NoReturn:
    """End at once; the template process sees the link close and ends this worker's kernels."""
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(1)
