"""Start the process that runs cells, hand it cells, and end it: the side of the engine."""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assess.runs.engine import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LOOK_SECONDS = 0.2
"""How often the files for descriptors 1 and 2 are looked at while no message comes."""
_START_SECONDS = 120
_UTF8_BYTES = 4
_Frame = dict[str, Any]


class CellsEndedError(Exception):
    """The process of the cells has ended, with this exit code; negative for a signal."""

    def __init__(self, code: int) -> None:
        """Store the code."""
        super().__init__(code)
        self.code = code


class OutOfTimeError(Exception):
    """A cell took longer than allowed, and was ended."""


class FloodError(Exception):
    """A cell printed or displayed more than allowed, and was ended."""


@dataclass(frozen=True, slots=True)
class CellSettings:
    """Where and how cells run.

    ``folder`` is their working folder; ``memory`` in bytes beyond what they start with (0: no
    limit); ``writes`` the only folders they may write in (none: anywhere).
    """

    folder: str
    environment: Mapping[str, str] = field(default_factory=dict)
    memory: int = 0
    writes: Sequence[str] = ()


class CellProcess:
    """A process that runs the cells of one notebook, one after the other."""

    def __init__(
        self,
        link: socket.socket,
        printed: tuple[int, int],
        pid: int,
        started: subprocess.Popen[bytes] | None = None,
    ) -> None:
        """Store our end of the link, the files for descriptors 1 and 2, and the process."""
        self.pid = pid
        self._link, self._printed, self._started = link, printed, started
        self._reader = frames.FrameReader()
        self._taken = [0, 0]
        self._number = -1
        self._code: int | None = None
        self._ended_by = os.pidfd_open(pid)
        self._selector = selectors.DefaultSelector()
        self._selector.register(link, selectors.EVENT_READ)
        self._selector.register(self._ended_by, selectors.EVENT_READ)

    @classmethod
    def fork(cls) -> CellProcess:
        """Fork this process, which must have one thread only and everything imported."""
        from assess.runs.engine import shell

        ours, theirs = socket.socketpair()
        printed = _files()
        pid = os.fork()
        if pid == 0:
            try:
                shell.serve(theirs, printed)
            finally:
                os._exit(1)
        theirs.close()
        return cls(ours, printed, pid)

    @classmethod
    def start(cls) -> CellProcess:
        """Start a new Python: for a process that may not be forked."""
        ours, theirs = socket.socketpair()
        printed = _files()
        with theirs:
            given = (theirs.fileno(), *printed)
            started = subprocess.Popen(  # noqa: S603 - this interpreter, our module
                [sys.executable, "-P", "-m", "assess.runs.engine", *map(str, given)],
                pass_fds=given,
                stdin=subprocess.DEVNULL,
            )
        return cls(ours, printed, started.pid, started)

    def set_up(self, settings: CellSettings) -> None:
        """Let the process get ready. Raise :class:`CellsEndedError` when it cannot."""
        self._send(
            {
                "folder": settings.folder,
                "environment": dict(settings.environment),
                "memory": settings.memory,
                "writes": list(settings.writes),
            }
        )
        end = time.monotonic() + _START_SECONDS
        while self._reader.message() is None:
            if time.monotonic() > end:
                self.close()
                raise CellsEndedError(-signal.SIGKILL)
            self._wait(_LOOK_SECONDS, lambda _: None)

    def run(
        self,
        number: int,
        source: str,
        cell_id: str,
        seconds: float | None,
        most_printed: int,
        show: Callable[[_Frame], None],
    ) -> _Frame:
        """Run a cell; call ``show`` with each of its outputs, and return its last message.

        Raise :class:`OutOfTimeError`, :class:`FloodError` (also from ``show``) or
        :class:`CellsEndedError`; the process has then ended, and ``show`` has had what came first.
        """
        end = time.monotonic() + (seconds or float("inf"))
        self._number = number
        self._send({"cell": number, "source": source, "id": cell_id})
        try:
            while True:
                message = self._reader.message()
                if message is None:
                    self._look(end, most_printed)
                    left = min(_LOOK_SECONDS, end - time.monotonic())
                    self._wait(max(0.0, left), show)
                    continue
                self._taken = message.get("taken", self._taken)
                if message.get("cell") != number:
                    continue  # of a thread or task that an earlier cell has left
                if "done" in message:
                    return message
                show(message)
        except (OutOfTimeError, FloodError):
            self.close()
            self._show_rest(show)
            raise
        except frames.BadFrameError as error:
            self.close()
            raise CellsEndedError(-signal.SIGKILL) from error

    def close(self) -> int:
        """Kill the process and its group, if they still run; return its exit code."""
        code = self._code
        if code is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)  # its group exists only once it has begun
            if self._started is not None:
                code = self._started.wait()
            else:
                code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            self._code = code
            self._selector.close()
            os.close(self._ended_by)
        return code

    def discard(self) -> None:
        """End the process and close everything of it."""
        self.close()
        self._link.close()
        for file in self._printed:
            os.close(file)

    def _send(self, message: _Frame) -> None:
        with contextlib.suppress(ConnectionError):  # an ended process is noticed when it is read
            self._link.sendall(frames.pack(message))

    def _wait(self, seconds: float, show: Callable[[_Frame], None]) -> None:
        """Wait for bytes or for the process to end; raise in the latter case."""
        ready = {key.fileobj for key, _ in self._selector.select(seconds)}
        if self._link in ready and self._reader.take(self._link):
            return
        if ready:
            self._end(show)

    def _end(self, show: Callable[[_Frame], None]) -> None:
        """Show what an ended process has still sent and printed, and raise."""
        code = self.close() if self._has_ended() else None
        self._link.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while self._reader.take(self._link):
                pass
        with contextlib.suppress(frames.BadFrameError):
            while (message := self._reader.message()) is not None:
                self._taken = message.get("taken", self._taken)
                if message.get("cell") == self._number and "done" not in message:
                    show(message)
        self._show_rest(show)
        raise CellsEndedError(self.close() if code is None else code)

    def _has_ended(self) -> bool:
        """Whether the process has ended by itself; wait a moment if only its link is closed."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._ended_by, selectors.EVENT_READ)
            return bool(selector.select(_LOOK_SECONDS))

    def _look(self, end: float, most_printed: int) -> None:
        """Raise when the time is over, or far too much was printed past Python."""
        if time.monotonic() >= end:
            raise OutOfTimeError
        for file, taken in zip(self._printed, self._taken, strict=True):
            if os.fstat(file).st_size - taken > _UTF8_BYTES * most_printed:
                raise FloodError

    def _show_rest(self, show: Callable[[_Frame], None]) -> None:
        """Show what was printed past Python and never sent."""
        for name, file, taken in zip(("stdout", "stderr"), self._printed, self._taken, strict=True):
            rest = os.pread(file, _UTF8_BYTES * (1 << 20), taken)
            if rest:
                with contextlib.suppress(FloodError):
                    show({"stream": name, "text": rest.decode(errors="replace")})


def _files() -> tuple[int, int]:
    """Return two files in memory, always written at their end, whoever writes."""
    made = []
    for name in ("stdout", "stderr"):
        file = os.memfd_create(name)
        fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)
        made.append(file)
    return made[0], made[1]
