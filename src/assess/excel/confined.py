"""Read untrusted workbooks in child processes with limited memory and time and a private folder.

If a file crashes, hangs or overloads its reader, the file is refused, a new child replaces the
reader, and the other files are still read. Systems without such limits (Windows) only have a limit
on wall-clock time.
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
"""Processor time for one file: wall-clock time would refuse good files on a busy machine."""
_AHEAD = 8
_EACH = 2
"""Files that a reader process has at a time, of which it reads the first."""
_PATIENCE = 8
"""Wall-clock limit as a multiple of the processor time, for a file that hangs without working."""
_TIME_UP = int(getattr(signal, "SIGPROF", 0))
_MEGABYTES = 900


@dataclass(eq=False)
class _ReaderProcess:
    """One reader process, the positions of the files it has, and the deadline of the first."""

    process: BaseProcess
    pipe: Connection
    jobs: deque[int] = field(default_factory=deque)
    deadline: float = field(default=0.0)

    def give(self, job: int, path: Path, seconds: float) -> None:
        self.jobs.append(job)
        if len(self.jobs) == 1:
            self.wait_anew(seconds)
        # a child that died meanwhile is noticed when its answer is awaited
        with contextlib.suppress(OSError):
            self.pipe.send((path.absolute(), seconds))

    def wait_anew(self, seconds: float) -> None:
        """Set the deadline of the file that is being read now."""
        self.deadline = time.monotonic() + seconds * _PATIENCE

    def why_dead(self) -> str:
        """Return the code for the end of the process: out of time, or stopped by the file."""
        self.process.join(1)
        return "workbook-slow" if self.process.exitcode == -_TIME_UP else "workbook-kills"

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Readers:
    """Reader processes with the private folder that they work in."""

    def __init__(self) -> None:
        self.processes: list[_ReaderProcess] = []
        self._folder = tempfile.TemporaryDirectory(prefix="assess-")

    def idle(self, jobs: int) -> _ReaderProcess | None:
        """Return a process that can have another file; start one while there are few.

        One that has nothing to read comes first; then one that has a single file, so that it need
        not wait for us when that is done.
        """
        for process in self.processes:
            if not process.jobs:
                return process
        if len(self.processes) >= max(1, jobs):
            return next((each for each in self.processes if len(each.jobs) < _EACH), None)
        self.processes.append(_start(self._folder.name))
        return self.processes[-1]

    def busy(self) -> list[_ReaderProcess]:
        return [process for process in self.processes if process.jobs]

    def end(self, processes: list[_ReaderProcess]) -> None:
        for process in processes:
            process.end()
        self.processes = [each for each in self.processes if each not in processes]

    def close(self) -> None:
        self.end(self.processes)
        self._folder.cleanup()


_kept: list[_Readers] = []
"""Readers that wait for the next call, in a block of :func:`kept_readers`."""
_keeping: list[None] = []
"""One item for each such block that is open."""


@contextlib.contextmanager
def kept_readers() -> Iterator[None]:
    """Keep reader processes from one call of :func:`read_workbooks` to the next in this block.

    Starting one takes as long as reading a dozen score forms.
    """
    _keeping.append(None)
    try:
        yield
    finally:
        _keeping.pop()
        while _kept and not _keeping:
            _kept.pop().close()


def read_workbooks(
    paths: Sequence[Path], *, jobs: int = 1, seconds: float = SECONDS
) -> Iterator[tuple[Path, Workbook | InputError]]:
    """Yield each workbook, or why it is refused, in the order of ``paths``; ``jobs`` at a time."""
    waiting = deque(enumerate(paths))
    done: dict[int, Workbook | InputError] = {}
    following = 0
    try:
        readers = _kept.pop()
    except IndexError:
        readers = _Readers()
    try:
        while following < len(paths):
            while following in done:
                yield paths[following], done.pop(following)
                following += 1
            # read only a few files ahead, so that results do not pile up behind a slow file
            while (
                waiting
                and waiting[0][0] < following + _AHEAD + jobs
                and (idle := readers.idle(jobs)) is not None
            ):
                number, path = waiting.popleft()
                idle.give(number, path, seconds)
            if busy := readers.busy():
                spent = _collect(busy, paths, done, seconds)
                left = [job for process in spent for job in process.jobs]
                waiting.extendleft((job, paths[job]) for job in sorted(left, reverse=True))
                readers.end(spent)
    finally:
        readers.end(readers.busy())
        if _keeping:
            _kept.append(readers)
        else:
            readers.close()


def _collect(
    busy: list[_ReaderProcess],
    paths: Sequence[Path],
    done: dict[int, Workbook | InputError],
    seconds: float,
) -> list[_ReaderProcess]:
    """Wait for the next answer, death or deadline, and store the results in ``done``.

    Return the processes that cannot read another file.
    """
    now, spent = time.monotonic(), []
    ready = wait(
        [child.pipe for child in busy],
        timeout=max(0.0, min(child.deadline for child in busy) - now),
    )
    for child in busy:
        number = child.jobs[0]
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
        done[number] = answer
        child.jobs.popleft()
        child.wait_anew(seconds)
        if isinstance(answer, InputError) and answer.findings[0].code in (
            "workbook-kills",
            "workbook-slow",
            "workbook-memory",
        ):
            spent.append(child)
    return spent


def _start(folder: str) -> _ReaderProcess:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, folder), daemon=True)
    main = vars(sys.modules["__main__"])
    shown: dict[str, Any] = {name: main[name] for name in ("__spec__", "__file__") if name in main}
    try:
        # a spawned child runs its parent's script again if it finds one
        main["__spec__"] = None
        main.pop("__file__", None)
        with not_from_here():
            process.start()
    finally:
        main.update(shown)
    theirs.close()
    return _ReaderProcess(process, ours)


def _serve(pipe: Connection, folder: str) -> None:
    """Read files until the parent closes the pipe."""
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
    """End this process after so many seconds of processor time from now; 0 removes the limit."""
    if _TIME_UP:
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit() -> None:
    """Limit the child's memory, and block the optional modules that openpyxl would load.

    Of these, defusedxml takes the slow parser of Python to refuse entities; a workbook with any
    has been refused before openpyxl sees it.
    """
    modules: Any = sys.modules
    for name in ("numpy", "lxml", "PIL", "pandas", "defusedxml"):
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
