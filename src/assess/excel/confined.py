"""Read untrusted files in child processes: each has little memory, a private folder, and each file little time.

A file that makes its reader die, hang or eat memory costs that child; the file is refused, a new child takes over, and
the others go on. Where the system has no such limits (Windows), only the time by the clock is limited.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from assess.base.children import not_from_here
from assess.base.errors import InputError, input_error
from assess.excel.workbook import Workbook, read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

SECONDS = 8.0
"""Time of one file: the processor's, so that a busy machine refuses no good file."""
_AHEAD = 8
_PATIENCE = 8
"""How many times as long to wait by the clock, for a file that hangs without working."""
_TIME_UP = int(getattr(signal, "SIGPROF", 0))
_MEGABYTES = 900


@dataclass
class _ReaderProcess:
    """One reader and what it is reading: the position of its file, and when its time is up."""

    process: BaseProcess
    pipe: Connection
    job: int | None = None
    deadline: float = field(default=0.0)

    def give(self, job: int, path: Path, seconds: float) -> None:
        self.job, self.deadline = job, time.monotonic() + seconds * _PATIENCE
        with contextlib.suppress(
            OSError
        ):  # a child that died meanwhile: waiting for its answer tells
            self.pipe.send((path.absolute(), seconds))

    def why_dead(self) -> str:
        """What ended it: its time was up, or the file took it down."""
        self.process.join(1)
        return "workbook-slow" if self.process.exitcode == -_TIME_UP else "workbook-kills"

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def read_workbooks(
    paths: Sequence[Path], *, jobs: int = 1, seconds: float = SECONDS
) -> Iterator[tuple[Path, Workbook | InputError]]:
    """Yield each workbook, or why it is refused, in the order of ``paths``; ``jobs`` files are read at a time."""
    waiting = deque(enumerate(paths))
    done: dict[int, Workbook | InputError] = {}
    children: list[_ReaderProcess] = []
    following = 0
    private = tempfile.TemporaryDirectory(prefix="assess-")
    try:
        while following < len(paths):
            while following in done:
                yield paths[following], done.pop(following)
                following += 1
            # no further ahead than a few files, so that one slow file does not pile the others up in memory
            while (
                waiting
                and waiting[0][0] < following + _AHEAD + jobs
                and (idle := _idle(children, jobs, private.name)) is not None
            ):
                number, path = waiting.popleft()
                idle.give(number, path, seconds)
            busy = [child for child in children if child.job is not None]
            if busy:
                _collect(busy, children, paths, done)
    finally:
        for child in children:
            child.end()
        private.cleanup()


def _idle(children: list[_ReaderProcess], jobs: int, folder: str) -> _ReaderProcess | None:
    for child in children:
        if child.job is None:
            return child
    if len(children) >= max(1, jobs):
        return None
    children.append(_start(folder))
    return children[-1]


def _collect(
    busy: list[_ReaderProcess],
    children: list[_ReaderProcess],
    paths: Sequence[Path],
    done: dict[int, Workbook | InputError],
) -> None:
    """Wait for the next answer, death or deadline."""
    now = time.monotonic()
    ready = wait(
        [child.pipe for child in busy],
        timeout=max(0.0, min(child.deadline for child in busy) - now),
    )
    for child in busy:
        number = child.job
        if number is None:
            continue
        answer: Workbook | InputError | None = None
        if child.pipe in ready:
            try:
                answer = child.pipe.recv()
            except (EOFError, OSError):
                answer = input_error(child.why_dead(), paths[number].name)
        elif time.monotonic() >= child.deadline:
            answer = input_error("workbook-slow", paths[number].name)
        if answer is None:
            continue
        done[number], child.job = answer, None
        if isinstance(answer, InputError) and answer.findings[0].code in (
            "workbook-kills",
            "workbook-slow",
            "workbook-memory",
        ):
            child.end()
            children.remove(child)


def _start(folder: str) -> _ReaderProcess:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, folder), daemon=True)
    main = vars(sys.modules["__main__"])
    shown: dict[str, Any] = {name: main[name] for name in ("__spec__", "__file__") if name in main}
    try:
        # a child that is spawned runs its parent's script once more, unless it finds none
        main["__spec__"] = None
        main.pop("__file__", None)
        with not_from_here():
            process.start()
    finally:
        main.update(shown)
    theirs.close()
    return _ReaderProcess(process, ours)


def _serve(pipe: Connection, folder: str) -> None:
    """Read one file after another until the parent goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.chdir(folder)
    _limit()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            path, seconds = pipe.recv()
            try:
                _allow(seconds)
                answer: Workbook | InputError = read_workbook(path)
            except InputError as error:
                answer = error
            except (MemoryError, RecursionError):
                answer = input_error("workbook-memory", path.name)
            _allow(0)
            pipe.send(answer)


def _allow(seconds: float) -> None:
    """End this process when it has worked so many seconds from now on; 0: never."""
    if _TIME_UP:
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit() -> None:
    """Hold the child's memory below its bound, and keep what openpyxl would load beside itself out of it."""
    modules: Any = sys.modules
    for name in ("numpy", "lxml", "PIL", "pandas"):
        modules.setdefault(name, None)
    os.environ["OPENPYXL_LXML"] = "False"
    try:
        import resource
    except ImportError:
        return
    bound = _MEGABYTES * 1024 * 1024
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
