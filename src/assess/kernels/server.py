"""The template process: import what kernels need, fork one per request, report how it ended.

Its own code has one thread and opens no socket; libraries with threads of their own (jemalloc,
Arrow) handle forks. It lives as long as the client that started it. That client can give further
processes a link of their own; when a client is gone, its kernels are killed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from assess.kernels import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

USUAL = (
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "matplotlib_inline.config",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
    "assess.kernels.launcher",
    "assess.kernels.guard",
)
"""Modules that every kernel imports sooner or later; debugpy alone takes half a second."""

_OF_A_KERNEL = 4
"""Descriptors in the request for a kernel: its three streams, and the socket for its end."""

_BOUND_TO_A_KERNEL = ("matplotlib.pyplot", "matplotlib_inline.backend_inline")
"""Modules bound to the IPython running at their import; each kernel imports them again, fast."""


def main(arguments: Sequence[str]) -> None:
    """Serve a link; the arguments are its descriptor, and what to import and call, as JSON."""
    link = socket.socket(fileno=int(arguments[0]))
    _prepare(json.loads(arguments[1]))
    _Template(link).serve()


def _prepare(wanted: dict[str, list[str]]) -> None:
    """Import modules and call the functions (``module:name``) that fill caches; ignore failures."""
    # as ipykernel does; without it matplotlib would choose another backend when imported here
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for name in (*USUAL, *wanted["modules"]):
        with contextlib.suppress(Exception):
            import_module(name)
    for name in wanted["calls"]:
        module, _, function = name.partition(":")
        with contextlib.suppress(Exception):
            getattr(import_module(module), function)()
    for name in _BOUND_TO_A_KERNEL:
        package, _, last = name.rpartition(".")
        if name in sys.modules:
            del sys.modules[name]
            delattr(sys.modules[package], last)
    gc.collect()
    gc.freeze()  # so that garbage collection in a child does not copy these pages


class _Template:
    """The loop: requests come over the link, ends of children over the wake-up descriptor."""

    def __init__(self, link: socket.socket) -> None:
        self._first = link
        self._links: set[socket.socket] = set()
        self._kernels: dict[int, tuple[socket.socket, socket.socket]] = {}
        """By process number: the link of the request, and the socket to report the end over."""
        self._wake, self._woken = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)

    def serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake, selectors.EVENT_READ)
            self._add(self._first, selector)
            while self._first in self._links:
                for key, _ in selector.select():
                    if key.fileobj == self._wake:
                        with contextlib.suppress(BlockingIOError):
                            os.read(self._wake, 4096)
                        self._reap()
                    elif isinstance(key.fileobj, socket.socket):
                        self._answer(key.fileobj, selector)

    def _add(self, link: socket.socket, selector: selectors.BaseSelector) -> None:
        """Serve one more client, and tell it that everything is ready."""
        selector.register(link, selectors.EVENT_READ)
        self._links.add(link)
        try:
            wire.send(link, {"ready": os.getpid()})
        except OSError:
            self._let_go(link, selector)

    def _answer(self, link: socket.socket, selector: selectors.BaseSelector) -> None:
        message = wire.receive(link)
        if message is None:
            self._let_go(link, selector)
        elif len(message[1]) < (1 if "link" in message[0] else _OF_A_KERNEL):
            # this process has no room for more descriptors
            for descriptor in message[1]:
                os.close(descriptor)
            self._let_go(link, selector)
        elif "link" in message[0]:
            self._add(socket.socket(fileno=message[1][0]), selector)
        else:
            self._fork(link, *message, selector)

    def _let_go(self, link: socket.socket, selector: selectors.BaseSelector) -> None:
        """Drop a client that is gone and kill its kernels; for the first client, kill all."""
        selector.unregister(link)
        self._links.discard(link)
        for pid, (client, _) in self._kernels.items():
            if client is link or link is self._first:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
        link.close()

    def _fork(
        self,
        link: socket.socket,
        request: dict[str, Any],
        descriptors: list[int],
        selector: selectors.BaseSelector,
    ) -> None:
        status = socket.socket(fileno=descriptors[-1])
        try:
            pid = os.fork()
        except OSError as error:
            with contextlib.suppress(OSError):
                wire.send(status, {"error": error.errno, "reason": error.strerror})
            for descriptor in descriptors[:-1]:
                os.close(descriptor)
            status.close()
            return
        if pid == 0:
            selector.close()
            self._leave_template()
            _become(request, descriptors[:-1], status)
        for descriptor in descriptors[:-1]:
            os.close(descriptor)
        self._kernels[pid] = link, status

    def _leave_template(self) -> None:
        """Close, in a forked kernel, what belongs to the template process."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (self._wake, self._woken):
            os.close(descriptor)
        for link in self._links:
            link.close()
        for _, status in self._kernels.values():
            status.close()

    def _reap(self) -> None:
        """Report to its client how each ended kernel ended."""
        while self._kernels:
            try:
                pid, how = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            found = self._kernels.pop(pid, None)
            if found is not None:
                with contextlib.suppress(OSError):
                    wire.send(found[1], {"exit": os.waitstatus_to_exitcode(how)})
                found[1].close()


def _become(request: dict[str, Any], streams: list[int], status: socket.socket) -> NoReturn:
    """Turn the forked process into the requested kernel, in the state of a new program."""
    code = 1
    try:
        os.setsid()
        template = os.getppid()
        for target, descriptor in enumerate(streams):
            os.dup2(descriptor, target)
        for descriptor in streams:
            os.close(descriptor)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(request["env"])
        _fresh_state()
        os.chdir(request["cwd"])
        wire.send(status, {"pid": os.getpid()})
        status.close()
        from assess.kernels.launcher import run

        run(request["arguments"], parent=template)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001 - a new interpreter would print it and end
        import traceback

        traceback.print_exc()
        # half started, it has sockets and threads that exit handlers would wait for
        os._exit(1)
    _finish(code)


def _fresh_state() -> None:
    """Reset what a process sets once: time zone, temporary folder, state of random numbers."""
    import tempfile
    import time

    time.tzset()
    tempfile.tempdir = None
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


def _finish(code: int) -> NoReturn:
    """End as an interpreter does: other threads, exit handlers, buffers, then the process."""
    import atexit
    import threading

    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - as the interpreter does
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()  # noqa: SLF001 - the same
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(BaseException):
            if stream is not None:
                stream.flush()
    os._exit(code & 0xFF)


if __name__ == "__main__":
    if sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 - pathlib waits until it is needed
        del sys.path[0]  # import nothing from the folder it was started in
    main(sys.argv[1:])
