"""The client's side of template processes: start one, ask it for kernels, replace one that died."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.kernels import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT_START = (
    "PYTHON",
    "LC_",
    "LANG",
    "LD_",
    "DYLD_",
    "OMP_",
    "OPENBLAS_",
    "MKL_",
    "NUMEXPR_",
    "BLIS_",
    "KMP_",
    "GOTO_",
    "VECLIB_",
    "MPL",
    "MALLOC_",
    "GLIBC_",
    "ARROW_",
    "PANDAS",
    "PYDEVD_",
    "DEBUGPY_",
    "HOME",
    "XDG_",
    "TZ",
    "IPYTHON_",
    "NUMPY_",
    "SETUPTOOLS_",
    "VIRTUAL_ENV",
)
"""Beginnings of variables read when Python or a library starts: one template per set of values."""
_MOST = 4
"""The number of template processes kept; more are closed, oldest first, unless kernels run."""
_START_SECONDS = 120


class TemplateError(Exception):
    """A kernel could not be forked; a cold one can be started in its place."""


class Forked:
    """A kernel forked from a template, with the methods of ``Popen`` that provisioners use."""

    def __init__(self, pid: int, status: socket.socket, streams: dict[str, Any]) -> None:
        """Store the process number, the socket for its end, the client's ends of piped streams."""
        self.pid = pid
        self.returncode: int | None = None
        self.orphaned = False
        """Whether it ended because its template process did."""
        self.stdin, self.stdout, self.stderr = (
            streams.get(name) for name in ("stdin", "stdout", "stderr")
        )
        self._status = status
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises ``subprocess.TimeoutExpired``."""
        end = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            # a moment at a time, so that another thread can poll or kill meanwhile
            code = self._look(max(0.0, min(0.05, end - time.monotonic())))
            if code is not None:
                return code
            if time.monotonic() >= end:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _look(self, wait: float | None) -> int | None:
        with self._lock:
            if self.returncode is not None:
                return self.returncode
            if not _readable(self._status, wait):
                return None
            message = wire.receive(self._status)
            if message is not None:
                self.returncode = int(message[0]["exit"])
            else:
                # its template process died and cannot report its end: kill it
                with contextlib.suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)
                self.returncode, self.orphaned = -signal.SIGKILL, True
            self._status.close()
            return self.returncode


def _readable(link: socket.socket, wait: float | None) -> bool:
    """Whether something can be read within ``wait`` seconds (None: wait without limit)."""
    with selectors.DefaultSelector() as selector:
        selector.register(link, selectors.EVENT_READ)
        return bool(selector.select(wait))


class Template:
    """A template process, seen by the client that started it or by one that got a link to it."""

    def __init__(self, link: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        """Store the link, and the process if this client started it."""
        self._link, self._process = link, process
        self._lock, self._ready, self._shared = threading.Lock(), False, False
        self._forked: list[Forked] = []

    @classmethod
    def start(cls, executable: str, prepare: str, environment: dict[str, str]) -> Template:
        """Start a template process, without waiting for its imports; may raise ``OSError``."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - this interpreter, our module
                [executable, "-m", "assess.kernels.server", str(theirs.fileno()), prepare],
                env=environment,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        return cls(ours, process)

    @property
    def pid(self) -> int | None:
        """Its process number, where this client started it."""
        return self._process.pid if self._process is not None else None

    @property
    def alive(self) -> bool:
        """Whether the template process runs."""
        if self._process is not None:
            return self._process.poll() is None
        try:
            return self._link.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    @property
    def busy(self) -> bool:
        """Whether a kernel of it runs, or another process was handed a link and may have one."""
        self._forked = [kernel for kernel in self._forked if kernel.poll() is None]
        return bool(self._forked) or self._shared

    def link(self) -> socket.socket:
        """Return a link for another process, whose kernels will end with that process.

        Raise :class:`TemplateError` when the template process is gone.
        """
        ours, theirs = socket.socketpair()
        try:
            with self._lock, theirs:
                wire.send(self._link, {"link": True}, (theirs.fileno(),))
        except OSError as error:
            ours.close()
            raise TemplateError(f"the template process is gone: {error}") from error
        self._shared = True
        return ours

    def fork(
        self,
        arguments: list[str],
        environment: dict[str, str],
        folder: str,
        streams: tuple[int, int, int],
        kept: dict[str, Any],
    ) -> Forked:
        """Fork a kernel, or raise :class:`TemplateError`; ``kept``: our ends of its pipes."""
        self._wait_until_ready()
        ours, theirs = socket.socketpair()
        ours.settimeout(_START_SECONDS)
        try:
            with self._lock, theirs:
                wire.send(
                    self._link,
                    {"arguments": arguments, "env": environment, "cwd": folder},
                    (*streams, theirs.fileno()),
                )
            answer = wire.receive(ours)
        except OSError as error:
            ours.close()
            raise TemplateError(f"the template process is gone: {error}") from error
        if answer is None or "pid" not in answer[0]:
            ours.close()
            raise TemplateError(
                f"no kernel was forked: {answer[0] if answer else 'the template process is gone'}"
            )
        ours.settimeout(None)
        forked = Forked(int(answer[0]["pid"]), ours, kept)
        self._forked = [*(kernel for kernel in self._forked if kernel.returncode is None), forked]
        return forked

    def close(self) -> None:
        """Close the link and end this client's kernels; if it started the process, end all."""
        if self._process is not None and not self._ready and not _readable(self._link, 0):
            self._process.kill()  # it is still importing, and has no kernel yet
        self._link.close()
        if self._process is None:
            return
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """Close the link in a forked copy of the client: it is the parent's."""
        self._link.close()
        if self._process is not None:
            self._process.returncode = 0  # not our child: nothing to wait for

    def _wait_until_ready(self) -> None:
        with self._lock:
            if self._ready:
                return
            self._link.settimeout(_START_SECONDS)
            try:
                self._ready = wire.receive(self._link) is not None
                self._link.settimeout(None)
            except OSError:
                self._ready = False
        if not self._ready:
            self.close()
            raise TemplateError("the template process did not start")


@dataclass(frozen=True)
class Kind:
    """A kind of kernel: interpreter, modules and calls of its template, and environment."""

    executable: str
    modules: tuple[str, ...]
    calls: tuple[str, ...]
    environment: Mapping[str, str]

    @property
    def prepared(self) -> str:
        """What its template process imports and calls, as JSON."""
        return json.dumps({"modules": self.modules, "calls": self.calls})

    @property
    def served(self) -> tuple[Any, ...]:
        """A key that is equal for kinds that one template process can serve."""
        at_start = {
            name: value for name, value in self.environment.items() if name.startswith(_AT_START)
        }
        return self.executable, self.prepared, tuple(sorted(at_start.items()))


_kept: OrderedDict[tuple[Any, ...], Template] = OrderedDict()
_lock = threading.Lock()


def template_for(kind: Kind) -> Template:
    """Return a running or new template process of a kind, or raise :class:`TemplateError`."""
    if not CAN_FORK:
        raise TemplateError("this system cannot fork")
    with _lock:
        found = _kept.get(kind.served)
        if found is not None and found.alive:
            _kept.move_to_end(kind.served)
            return found
        if found is not None:
            _kept.pop(kind.served).close()
        try:
            made = _kept[kind.served] = Template.start(
                kind.executable, kind.prepared, dict(kind.environment)
            )
        except OSError as error:
            raise TemplateError(str(error)) from error
        for old in list(_kept)[:-1]:
            # one whose kernels still run is in use
            if len(_kept) > _MOST and not _kept[old].busy:
                _kept.pop(old).close()
    return made


def join_template(link: socket.socket, kind: Kind) -> None:
    """Fork kernels of a kind from the template process behind a link (:meth:`Template.link`)."""
    with _lock:
        _kept[kind.served] = Template(link)


def close_template(kind: Kind) -> None:
    """Close the template process for kernels of a kind, if there is one."""
    with _lock:
        found = _kept.pop(kind.served, None)
    if found is not None:
        found.close()


def is_alive(kind: Kind) -> bool | None:
    """Whether the template process for kernels of a kind runs; None where there is none."""
    found = _kept.get(kind.served)
    return found.alive if found is not None else None


def close_all() -> None:
    """Close every template process of this client."""
    with _lock:
        while _kept:
            _kept.popitem()[1].close()


def _forget_all() -> None:
    global _lock  # noqa: PLW0603 - a lock held by another thread at the fork is never released
    _lock = threading.Lock()
    while _kept:
        _kept.popitem()[1].forget()


atexit.register(close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "win32"
"""Whether this system can fork kernels."""
