"""The process that runs cells: an IPython shell that sends its outputs as frames.

It behaves as ipykernel does (the shell is ipykernel's own), but has no sockets and no threads. It
is forked from a process with the imports done, or started with ``python -m assess.runs.engine``.
What libraries and child processes write to descriptors 1 and 2 goes
to two files in memory, and from there into the outputs, in the order of the cell's own.
"""

from __future__ import annotations

import asyncio
import builtins
import contextvars
import ctypes
import getpass
import io
import os
import signal
import socket
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Any, NoReturn

from ipykernel.compiler import XCachingCompiler
from ipykernel.jsonutil import encode_images, json_clean
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError, UsageError
from traitlets import Type
from traitlets.config import Config

from assess.runs.engine import frames, guard
from assess.runs.engine.descendants import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STREAMS = ("stdout", "stderr")
_FILE_BYTES = 1 << 28
"""The longest file that a cell may write, and the most that it may print past Python."""
_CHUNK = 1 << 20
_Frame = dict[str, Any]


class OutputSender:
    """Sends outputs as frames, each with the number of the cell that it belongs to."""

    def __init__(self, link: socket.socket) -> None:
        """Store the link; descriptors 1 and 2 must be files."""
        self._link = link
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._taken = [0, 0]
        self._cell = 0
        self._own_cell: contextvars.ContextVar[int] = contextvars.ContextVar("cell")

    @property
    def is_own(self) -> bool:
        """Whether this is the process of the cells, and not a copy that a cell has forked."""
        return os.getpid() == self._process

    def begin(self, cell: int) -> None:
        """Let the outputs from now on belong to a cell."""
        self._cell = cell
        self._own_cell.set(cell)

    def send(self, **content: Any) -> None:
        """Send an output of the cell that started the running task or thread."""
        with self._lock:
            self.send_printed()
            self._send(self._cell_of_task(), content)

    def write(self, number: int, text: str) -> None:
        """Send a text that Python wrote to a stream; a forked copy prints it past Python."""
        if not self.is_own:
            os.write(number, text.encode(errors="backslashreplace"))
        elif text:
            self.send(stream=STREAMS[number - 1], text=text)

    def send_printed(self) -> None:
        """Send what was written to descriptors 1 and 2 since the last time."""
        for index, name in enumerate(STREAMS):
            size = os.fstat(index + 1).st_size
            if size < self._taken[index]:  # a program has opened /dev/stdout and emptied it
                self._taken[index] = 0
            while self._taken[index] < size:
                wanted = min(_CHUNK, size - self._taken[index])
                part = os.pread(index + 1, wanted, self._taken[index])
                if not part:
                    break
                self._taken[index] += len(part)
                text = part.decode(errors="replace")
                self._send(self._cell, {"stream": name, "text": text, "taken": self._taken})

    def _cell_of_task(self) -> int:
        """Return the cell of this task; a thread belongs to the cell of its first output."""
        try:
            return self._own_cell.get()
        except LookupError:
            self._own_cell.set(self._cell)
            return self._cell

    def _send(self, cell: int, content: Mapping[str, Any]) -> None:
        self._link.sendall(frames.pack({"cell": cell, **content}))


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of cells."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, sender: OutputSender, number: int) -> None:
        """Store the sender and the descriptor, 1 or 2."""
        self._sender, self._number = sender, number
        self.name = f"<{STREAMS[number - 1]}>"

    def write(self, text: str) -> int:
        """Send a text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._sender.write(self._number, text)
        return len(text)

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return False."""
        return False

    def fileno(self) -> int:
        """Return the descriptor, for child processes; what they write becomes an output, too."""
        return self._number


class Publisher(DisplayPublisher):  # type: ignore[misc]  # IPython ships no types
    """Sends what cells display."""

    sender: OutputSender

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Send a bundle, or a new bundle for all outputs with the same display id."""
        if not isinstance(data, dict):
            raise TypeError(f"data must be a dict, got {data!r}")
        if self.sender.is_own:
            bundle = json_clean({"data": encode_images(data), "metadata": metadata or {}})
            about = (transient or {}).get("display_id")
            self.sender.send(display=bundle, display_id=about, update=update)

    def clear_output(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002 - IPython's signature
        """Clear the outputs of the cell; with ``wait``, when the next one comes."""
        if self.sender.is_own:
            self.sender.send(clear=bool(wait))


class ResultHook(DisplayHook):  # type: ignore[misc]  # the same
    """Sends the value of a cell's last expression."""

    sender: OutputSender
    bundle: _Frame | None = None

    def start_displayhook(self) -> None:
        """Start an empty bundle."""
        self.bundle = {"data": {}, "metadata": {}}

    def write_output_prompt(self) -> None:
        """Do nothing: the number goes out with the bundle."""

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        """Keep the bundle."""
        self.bundle = json_clean({"data": encode_images(format_dict), "metadata": md_dict or {}})

    def finish_displayhook(self) -> None:
        """Send the bundle, if there is one."""
        bundle, self.bundle = self.bundle, None
        if bundle and bundle["data"] and self.sender.is_own:
            self.sender.send(result=bundle, count=self.prompt_count)


class ZMQLikeShell(ZMQInteractiveShell):  # type: ignore[misc]  # the same
    """ipykernel's shell, which sends frames instead of zmq messages.

    pandas chooses the width of its tables by whether ``zmq`` is in the name of the shell's type.
    """

    displayhook_class = Type(ResultHook)
    display_pub_class = Type(Publisher)
    failed_in_display = False
    asked_to_exit = False

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept no event loop of a window system."""
        if gui is not None:
            raise UsageError(f"no event loop for {gui} here")

    def ask_exit(self) -> None:
        """Let the process end after this cell: somebody called ``exit``."""
        self.asked_to_exit = True

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.failed_in_display = self.displayhook.bundle is not None
        error = {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb}
        self.displayhook.sender.send(error=json_clean(error))


def make_shell(sender: OutputSender | None) -> ZMQLikeShell:
    """Make the shell of this process; without a sender only to fill the caches of its making."""
    shell: ZMQLikeShell = ZMQLikeShell.instance(
        config=Config({"HistoryManager": {"enabled": False}}), compiler_class=XCachingCompiler
    )
    if sender is None:
        ZMQLikeShell.clear_instance()
    else:
        shell.displayhook.sender = shell.display_pub.sender = sender
    return shell


def serve(link: socket.socket, printed: Sequence[int]) -> NoReturn:
    """Run the cells that come over a link until it closes; ``printed``: files for 1 and 2.

    No other descriptor of this process stays open: a cell cannot reach what its parent has open.
    """
    try:
        os.setsid()
        end_with_parent()
        _keep_only(link.fileno(), printed)
        first = _first_message(link)
        sender = OutputSender(link)
        _set_up(sender, first)
        # not asyncio.run, which makes Ctrl-C cancel the cell instead of interrupting it
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(_run_cells(link, sender, make_shell(sender)))
    except (OSError, frames.BadFrameError):  # the other side is gone
        pass
    finally:
        os._exit(0)


def _keep_only(link: int, printed: Sequence[int]) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, *printed)):
        os.dup2(file, number)
    os.closerange(3, link)
    os.closerange(link + 1, os.sysconf("SC_OPEN_MAX"))


def _first_message(link: socket.socket) -> _Frame:
    reader = frames.FrameReader()
    while True:
        if not reader.take(link):
            os._exit(0)
        message = reader.message()
        if message is not None:
            return message


def _set_up(sender: OutputSender, wanted: _Frame) -> None:
    """Set folder, environment, streams and limits; those of the file system last."""
    os.chdir(wanted["folder"])
    os.environ.update(wanted["environment"])
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    tempfile.tempdir = None
    sys.argv = ["assess-cells"]
    sys.path.insert(0, "")
    sys.stdout, sys.stderr = Stream(sender, 1), Stream(sender, 2)
    builtins.input = _no_input("raw_input")
    getpass.getpass = _no_input("getpass")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # each process forked from one has the same state
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if wanted["memory"]:
        guard.limit_memory(wanted["memory"])
    if wanted["writes"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
        guard.confine_writes(wanted["writes"])


def _no_input(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise StdinNotImplementedError(
            f"{name} was called, but this frontend does not support input requests."
        )

    return refuse


async def _run_cells(link: socket.socket, sender: OutputSender, shell: ZMQLikeShell) -> None:
    loop, reader = asyncio.get_running_loop(), frames.FrameReader()
    arrived = asyncio.Event()
    loop.add_reader(link, arrived.set)
    sender.send(ready=True)
    flush_c = ctypes.CDLL(None).fflush
    while not shell.asked_to_exit:
        message = reader.message()
        if message is None:
            await arrived.wait()
            arrived.clear()
            if not reader.take(link):
                return
            continue
        sender.begin(message["cell"])
        reply = await _run(shell, message)
        flush_c(None)
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
        sender.send(**reply)


async def _run(shell: ZMQLikeShell, message: _Frame) -> _Frame:
    """Run one cell as ipykernel does, and return how it ended."""
    source, cell_id = message["source"], message["id"]
    shell.failed_in_display = False
    trouble = None
    try:
        transformed = shell.transform_cell(source)
    except Exception:  # noqa: BLE001 - told by the shell when it runs the cell
        transformed, trouble = source, sys.exc_info()
    if shell.should_run_async(
        source, transformed_cell=transformed, preprocessing_exc_tuple=trouble
    ):
        cell = shell.run_cell_async(
            source,
            store_history=True,
            transformed_cell=transformed,
            preprocessing_exc_tuple=trouble,
            cell_id=cell_id,
        )
        result = await asyncio.ensure_future(cell)
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
    else:
        result = shell.run_cell(source, store_history=True, cell_id=cell_id)
    reply: _Frame = {"done": "ok", "count": shell.execution_count - 1}
    if not result.success or shell.failed_in_display:
        error = result.error_before_exec or result.error_in_exec
        reply |= {"done": "error", "ename": type(error).__name__, "evalue": str(error)}
    return reply


def main(arguments: Sequence[str]) -> None:
    """Serve a link; the arguments are its descriptor and those of the two files."""
    link, *printed = (int(each) for each in arguments)
    serve(socket.socket(fileno=link), printed)
