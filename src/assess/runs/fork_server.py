"""The process that report processes are forked from: everything imported, and one thread only.

``python -m assess.runs.fork_server`` is started by :class:`assess.runs.executors.forks.ForkServer`
and ends with it. For each job it forks a *report process*. That one forks a *cell process* before
it reads the job, has the template's cells run there, renders, checks, and hands back the files. So
code of a template never runs where a report is rendered, and never sees other units' names.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import selectors
import signal
import socket
import sys
from collections import deque
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from assess.runs.engine.descendants import adopt_orphans, end_with_parent, kill_children

if TYPE_CHECKING:
    from collections.abc import Sequence

JOB, WARM = b"job", b"warm"
"""Messages to the server: a job, with three descriptors; fill the caches before the next job."""
DONE, NO_FORK = b"D", b"F"
"""Messages on a job's own link: its result is complete; no process could be forked for it."""
DESCRIPTORS = 3
"""The job, the place for its result (files in memory), and the job's own link."""

MODULES = (
    "assess.runs.engine.cell_process",
    "assess.runs.engine.papermill_engine",
    "assess.runs.engine.shell",
    "assess.runs.make_report",
    "assess.runs.warm_up",
    "assess.reports.document",
    "assess.reports.excel",
    "assess.reports.html",
    "assess.reports.pdf",
    "assess.reports.word",
    "papermill.execute",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.core.payloadpage",
    "IPython.extensions.storemagic",
    "matplotlib_inline.config",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pypdfium2",
    "typst",
)
"""What a report process or a cell process imports sooner or later."""
_BOUND_TO_A_SHELL = ("matplotlib.pyplot", "matplotlib_inline.backend_inline")
"""Modules that look for the running shell at their import; each cell process imports them."""


def main(arguments: Sequence[str]) -> NoReturn:
    """Serve the link with this descriptor; make so many reports at once."""
    link, at_once = (int(each) for each in arguments)
    from assess.runs.execute_notebook import skip_slow_imports

    skip_slow_imports()
    for name in MODULES:
        import_module(name)
    prepare()
    _Server(socket.socket(fileno=link), at_once).serve()


def prepare() -> None:
    """Fill the caches that every report needs, and forget what must not be shared."""
    import nbformat.v4

    from assess.runs.engine.shell import make_shell
    from assess.runs.report_keys import this_machine
    from assess.runs.warm_up import make_page

    this_machine()
    make_shell(None)
    make_page(nbformat.v4.new_notebook())
    _freeze()


def _freeze() -> None:
    """Forget what must not be shared, and keep garbage collection off the pages that are."""
    for name in _BOUND_TO_A_SHELL:
        package, _, last = name.rpartition(".")
        if sys.modules.pop(name, None) is not None:
            delattr(sys.modules[package], last)
    gc.collect()
    gc.freeze()


class _Server:
    """The loop: jobs come over the link, ends of processes over the wake-up descriptor."""

    def __init__(self, link: socket.socket, at_once: int) -> None:
        self._link, self._at_once = link, at_once
        self._waiting: deque[list[int]] = deque()
        self._running: set[int] = set()
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def serve(self) -> NoReturn:
        """Fork report processes until the link closes; then end all, and this process."""
        adopt_orphans()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._link, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._woken in ready:
                    with contextlib.suppress(BlockingIOError):
                        os.read(self._woken, 1 << 16)
                    self._collect()
                if self._link in ready and not self._take():
                    break
                while self._waiting and len(self._running) < self._at_once:
                    self._fork(self._waiting.popleft())
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        kill_children()
        os._exit(0)

    def _take(self) -> bool:
        """Take a message; return False when the link is closed."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self._link, 16, DESCRIPTORS)
        except ConnectionError:
            return False
        if message == JOB:
            self._waiting.append(list(descriptors))
        elif message == WARM:
            from assess.runs.warm_up import fill_caches

            fill_caches()
            _freeze()
        return bool(message)

    def _collect(self) -> None:
        """Collect ended processes, and kill those that they have left behind."""
        ended = False
        while self._running:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            ended |= pid in self._running
            self._running.discard(pid)
        if ended:
            kill_children(frozenset(self._running))

    def _fork(self, descriptors: list[int]) -> None:
        try:
            pid = os.fork()
        except OSError:
            with contextlib.suppress(OSError):
                os.write(descriptors[-1], NO_FORK)
            pid = None
        if pid == 0:
            try:
                end_with_parent()
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for mine in (self._link.fileno(), self._woken, self._wake):
                    os.close(mine)
                for waiting in self._waiting:
                    for descriptor in waiting:
                        os.close(descriptor)
                _make(*descriptors)
            finally:
                os._exit(1)
        for descriptor in descriptors:
            os.close(descriptor)
        if pid is not None:
            self._running.add(pid)


def _make(job: int, result: int, link: int) -> None:
    """Make one report, as a process of its own."""
    from assess.runs.engine.cell_process import CellProcess
    from assess.runs.make_report import make_report

    adopt_orphans()
    cells = CellProcess.fork()
    with os.fdopen(job, "rb") as file:
        order = pickle.load(file)  # noqa: S301 - from the process that started this one
    made = make_report(order, cells)
    kill_children()
    with os.fdopen(result, "wb") as file:
        pickle.dump(made, file)
    os.write(link, DONE)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
