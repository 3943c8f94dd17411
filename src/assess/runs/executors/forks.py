"""Run jobs in processes forked from one that has everything imported (Linux)."""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base.children import not_from_here
from assess.base.machine_faults import NO_MEMORY, is_no_memory
from assess.runs.environment import fixed_environment
from assess.runs.executors.protocol import RETRIES, lost
from assess.runs.fork_server import DONE, JOB, NO_FORK, WARM
from assess.runs.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from assess.runs.job import Job, JobResult

_END_SECONDS = 5
_LOG = "fork-server.log"
_AHEAD = 2
"""Jobs handed to the server beyond those it makes at once, so that none of its places is idle."""
_MANY = 6
"""From so many jobs on, filling the server's caches costs less than it saves."""
_NO_FORK = "máy không tạo được tiến trình mới, có thể vì không đủ bộ nhớ"


@dataclass
class _Handed:
    """A job in the server's hands: its link, and the file in memory for its result."""

    job: Job
    link: socket.socket
    result: int
    tries: int

    def end(self) -> tuple[JobResult | None, str]:
        """Return the result, or None and why there is none; wait for it if need be."""
        try:
            said = self.link.recv(1)
        except ConnectionError:
            said = b""
        self.link.close()
        with os.fdopen(self.result, "rb") as file:
            if said == DONE:
                file.seek(0)
                return pickle.load(file), ""  # noqa: S301 - by a process of ours, without cells
        return None, _NO_FORK if said == NO_FORK else ""


class ForkServer:
    """The process of :mod:`assess.runs.fork_server`; one that has died is replaced."""

    def __init__(self, at_once: int) -> None:
        """Store how many reports it makes at once."""
        self._at_once = at_once
        self._lock = threading.Lock()
        self._link: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_warm = False
        self._scratch: Scratch | None = None

    @property
    def pid(self) -> int | None:
        """Its process number, while it runs."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start it where it does not run, without waiting for its imports."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            self._stop()
            self._scratch = Scratch()
            self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            log = Path(self._scratch.name) / _LOG
            with theirs, log.open("wb") as errors, not_from_here():
                self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our module
                    [
                        *(sys.executable, "-P", "-m", "assess.runs.fork_server"),
                        *(str(theirs.fileno()), str(self._at_once)),
                    ],
                    env={**os.environ, **fixed_environment(), "TMPDIR": self._scratch.name},
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,
                    cwd="/",
                )

    def warm(self) -> None:
        """Let it fill caches before the next job, once: worth its price from some jobs on."""
        with self._lock, contextlib.suppress(OSError):
            if self._link is not None and not self._is_warm:
                self._is_warm = True
                self._link.send(WARM)

    def hand(self, job: Job, tries: int = 0) -> _Handed:
        """Hand it a job. What comes of it is told on the job's own link."""
        self.start()
        order, result = os.memfd_create("job"), os.memfd_create("result")
        ours, theirs = socket.socketpair()
        with os.fdopen(order, "wb") as file, theirs:
            pickle.dump(job, file)
            file.flush()
            file.seek(0)
            with self._lock, contextlib.suppress(OSError):
                # when it has just died, the job's link closes, which is how the caller learns it
                if self._link is not None:
                    given = [order, result, theirs.fileno()]
                    socket.send_fds(self._link, [JOB], given)
        return _Handed(job, ours, result, tries)

    def why_gone(self) -> str:
        """Return in Vietnamese why it has ended by itself, where that can be told."""
        with self._lock:
            if self._process is None or self._scratch is None or self._process.poll() is None:
                return ""
            said = (Path(self._scratch.name) / _LOG).read_text(encoding="utf-8", errors="replace")
            killed = self._process.returncode == -signal.SIGKILL
            short = killed or "MemoryError" in said or is_no_memory(RuntimeError(said))
            return NO_MEMORY if short else ""

    def stop(self) -> None:
        """End it, with every report that it is making."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._link is not None:
            self._link.close()
        if self._process is not None:
            try:
                self._process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._scratch is not None:
            self._scratch.cleanup()
        self._link = self._process = self._scratch = None
        self._is_warm = False


class Forks:
    """Executor that makes ``count`` reports at once in forked processes.

    See :class:`~assess.runs.executors.protocol.Executor`. One that is entered already may be
    entered again: its server starts with the outermost ``with`` and ends with it.
    """

    name = "processes"

    def __init__(self, count: int) -> None:
        """Store how many reports are made at once."""
        self.count = max(1, count)
        self._entered = 0
        self._is_held = False
        self.server = ForkServer(self.count)

    def __enter__(self) -> Self:
        """Start the server, without waiting for its imports."""
        self._entered += 1
        self.server.start()
        return self

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep the server, once something starts it, until this block ends."""
        self._entered += 1
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            self.__exit__(None, None, None)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the server, and with it all that it has started."""
        self._entered -= 1
        if not self._entered:
            self.server.stop()

    def expect(self, count: int) -> None:
        """Let the server fill its caches when many jobs are coming, now or later."""
        if count >= _MANY or self._is_held:
            self.server.warm()

    def run(self, orders: Iterable[Job]) -> Iterator[JobResult]:
        """Yield the result of each job, as they are done.

        A job whose process was lost is made again alone, so that one that ends the server ends no
        other job twice.
        """
        coming = iter(orders)
        handed: dict[socket.socket, _Handed] = {}
        again: deque[_Handed] = deque()
        try:
            while self._hand_out(coming, handed, again):
                for link in _readable(handed):
                    one = handed.pop(link)
                    made, reason = one.end()
                    if made is None and one.tries < RETRIES:
                        again.append(one)
                    else:
                        yield made or lost(one.job, reason or self.server.why_gone())
        finally:
            for one in handed.values():
                one.link.close()
                os.close(one.result)
            if handed:  # an exception: what is being made is not wanted any more
                self.server.stop()

    def _hand_out(
        self, coming: Iterator[Job], handed: dict[socket.socket, _Handed], again: deque[_Handed]
    ) -> bool:
        """Hand out the jobs that there is room for; return whether the server has any."""
        if not again:
            room = self.count + _AHEAD - len(handed)
            new = [self.server.hand(job) for job in islice(coming, room)]
        elif not handed:
            lost_one = again.popleft()
            new = [self.server.hand(lost_one.job, lost_one.tries + 1)]
        else:
            new = []
        handed |= {one.link: one for one in new}
        return bool(handed)


def _readable(links: Iterable[socket.socket]) -> list[socket.socket]:
    with selectors.DefaultSelector() as selector:
        for link in links:
            selector.register(link, selectors.EVENT_READ)
        return [
            key.fileobj for key, _ in selector.select() if isinstance(key.fileobj, socket.socket)
        ]


_own: ForkServer | None = None
_own_lock = threading.Lock()


def make_forked(job: Job) -> JobResult | None:
    """Make one report with a fork server of this process, which ends with it; for Dask workers.

    Return None when the report's process was lost.
    """
    global _own  # noqa: PLW0603 - one server a process, however many threads ask
    with _own_lock:
        _own = _own or ForkServer(os.cpu_count() or 1)
    return _own.hand(job).end()[0]
