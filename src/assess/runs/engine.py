"""The papermill engine for reports: every way a cell can fail becomes an error in the notebook.

A cell may raise, hang, print without end or end its kernel. papermill's own engine lets the last
three escape as exceptions, and the notebook with the failed cell is lost.
"""

from __future__ import annotations

import asyncio
import math
import signal
import time
from typing import TYPE_CHECKING, Any

import nbformat.v4
import zmq
from nbclient.exceptions import (
    CellExecutionComplete,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

from assess.runs.failed_cell import ORPHANED, signal_name

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

ENGINE = "assess"
_ALIVE_MS = 500
"""Milliseconds without a message after which the kernel process is checked."""
_OF_LITTLE_MEMORY = (int(getattr(signal, "SIGKILL", 0)), int(signal.SIGABRT))
"""The signals by which a system, or a library, ends a process that is out of memory."""
MOST_PRINTED = 1_000_000
"""Characters a notebook may print. A report prints nothing; a flood would fill memory and disk."""

MOST_SHOWN = 200_000_000
"""Characters of displayed blocks and figures: 100 times those of a report on 1,000 chi bộ."""
_SHOWING = ("display_data", "execute_result", "update_display_data")


class FloodError(Exception):
    """A cell printed or displayed more than allowed, and ended before the interrupt reached it."""


class _StoppedError(Exception):
    """Ctrl-C was pressed while a cell ran."""


class OutputsLostError(Exception):
    """A cell is done, but its outputs did not arrive."""


class ReportEngine(Engine):  # type: ignore[misc]  # papermill ships no types
    """Run a notebook with :class:`ReportClient`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        execution_timeout: int,
        **traits: Any,
    ) -> NotebookNode:
        """Execute the notebook; cell errors stay in it, where papermill looks for them."""
        known = {
            name: value
            for name, value in traits.items()
            if name in ("resources", "kernel_manager_class")
        }
        client = ReportClient(
            nb_man,
            kernel_name=kernel_name,
            timeout=execution_timeout,
            startup_timeout=120,
            record_timing=False,
            shutdown_kernel="immediate",
            coalesce_streams=True,
            iopub_timeout=30,
            **known,
        )
        executed: NotebookNode = client.execute()
        return executed


class ReportClient(PapermillNotebookClient):  # type: ignore[misc]  # the same
    """Execute cells one by one and stop at the first that fails in any way."""

    _printed = 0
    _shown = 0
    _flooded = False
    _at = 0

    def execute(self, **kwargs: Any) -> NotebookNode:
        """Run the notebook in a kernel of its own."""
        self.reset_execution_trackers()
        self._printed, self._shown, self._flooded = 0, 0, False
        with self.setup_kernel(**kwargs):
            if self.papermill_execute_cells():
                about = self.kc.about or self.wait_for_reply(self.kc.kernel_info())["content"]
                self.nb.metadata["language_info"] = about["language_info"]
        notebook: NotebookNode = self.nb
        return notebook

    def papermill_execute_cells(self) -> bool:
        """Execute the cells; return whether all succeeded. A failed cell has an error output.

        Unlike papermill's client, neither record times nor save after each cell.
        """
        for index, cell in enumerate(self.nb.cells):
            try:
                self._execute(cell, index)
            except (
                CellExecutionError,
                CellTimeoutError,
                DeadKernelError,
                FloodError,
                OutputsLostError,
            ) as error:
                self._blame(index, error)
                return False
        return True

    def _execute(self, cell: NotebookNode, index: int) -> None:
        try:
            self.execute_cell(cell, index)
        except _StoppedError as stop:
            raise KeyboardInterrupt from stop
        if self._flooded:
            raise FloodError

    async def _async_poll_kernel_alive(self) -> None:
        """Do nothing: :meth:`_answer` checks the process."""

    async def _async_poll_output_msg(
        self, parent_msg_id: str, cell: NotebookNode, cell_index: int
    ) -> None:
        """Only note the number of the cell: :meth:`_answer` reads the messages."""
        del parent_msg_id, cell
        self._at = cell_index

    async def _async_poll_for_reply(  # the parameters are nbclient's
        self,
        msg_id: str,
        cell: NotebookNode,
        timeout: int | None,  # noqa: ASYNC109
        *_tasks: Any,
    ) -> dict[str, Any]:
        try:
            return await self._answer(msg_id, cell, timeout)
        except KeyboardInterrupt as stop:
            # KeyboardInterrupt would break the event loop, which still has to end the kernel
            raise _StoppedError from stop

    async def _answer(self, msg_id: str, cell: NotebookNode, timeout: int | None) -> dict[str, Any]:  # noqa: ASYNC109 - nbclient's
        """Process the kernel's messages about a cell until it is done; return its reply.

        nbclient waits in three tasks, which took half the time of each message. Here one poll
        covers both sockets; the event loop runs when no message has come for a while.
        """
        shell: zmq.Socket[bytes] = zmq.Socket.shadow(self.kc.shell_channel.socket.underlying)
        iopub: zmq.Socket[bytes] = zmq.Socket.shadow(self.kc.iopub_channel.socket.underlying)
        poller = zmq.Poller()
        for socket in (shell, iopub):
            poller.register(socket, zmq.POLLIN)
        end = time.monotonic() + (timeout or math.inf)
        reply, idle = None, False
        while reply is None or not idle:
            left = end - time.monotonic()
            if left <= 0:
                if reply is not None:
                    raise OutputsLostError
                raise CellTimeoutError.error_from_timeout_and_cell(
                    "Cell execution timed out", timeout or 0, cell
                )
            ready = dict(poller.poll(math.ceil(min(_ALIVE_MS, 1000 * left))))
            if iopub in ready:
                message = self._receive(iopub)
                if message["parent_header"].get("msg_id") == msg_id:
                    try:
                        self.process_message(message, cell, self._at)
                    except CellExecutionComplete:
                        idle = True
            if shell in ready:
                message = self._receive(shell)
                if message["parent_header"].get("msg_id") == msg_id:
                    reply = message
                    end = time.monotonic() + self.iopub_timeout
            if not ready:
                await asyncio.sleep(0)
                if self.km.provisioner.process.poll() is not None:
                    raise DeadKernelError("Kernel died")
        return reply

    def _receive(self, socket: zmq.Socket[bytes]) -> dict[str, Any]:
        _, parts = self.kc.session.feed_identities(socket.recv_multipart())
        message: dict[str, Any] = self.kc.session.deserialize(parts)
        return message

    def process_message(self, msg: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Process one message; output beyond the limits is dropped and the cell interrupted."""
        content = msg["content"]
        self._printed += len(content["text"]) if msg["msg_type"] == "stream" else 0
        self._shown += (
            sum(len(str(value)) for value in content.get("data", {}).values())
            if msg["msg_type"] in _SHOWING
            else 0
        )
        if self._printed > MOST_PRINTED or self._shown > MOST_SHOWN:
            if not self._flooded:
                self._flooded = True
                self.km.provisioner.process.send_signal(2)
            if msg["msg_type"] in ("stream", *_SHOWING):
                return None
        return super().process_message(msg, *args, **kwargs)

    def _blame(self, index: int, error: Exception) -> None:
        """Add an error output where the kernel sent none, or one that misleads (flood, exit)."""
        if self._flooded:
            name, value = (
                "PrintedTooMuch",
                f"ô lệnh in ra hơn {MOST_PRINTED} ký tự, hoặc trình bày hơn {MOST_SHOWN} ký tự",
            )
        elif isinstance(error, CellTimeoutError):
            name, value = "CellTimeout", f"ô lệnh chạy quá {self.timeout} giây"
        elif isinstance(error, OutputsLostError):
            name, value = (
                "OutputsLost",
                f"kết quả của ô lệnh không về đủ trong {self.iopub_timeout} giây sau khi chạy xong",
            )
        elif isinstance(error, DeadKernelError):
            process = self.km.provisioner.process
            ended = process.poll() if process else None
            name = ORPHANED if getattr(process, "orphaned", False) else "KernelDied"
            short = ended is not None and -ended in _OF_LITTLE_MEMORY
            value = f"tiến trình của sổ tính dừng giữa chừng ({signal_name(ended)})" + (
                "; có thể vì máy không đủ bộ nhớ" if short else ""
            )
        elif getattr(error, "ename", "") == "SystemExit":
            # papermill takes exit code 0 for success; the cells after it would be missing silently
            name, value = "SystemExit", f"ô lệnh gọi sys.exit({getattr(error, 'evalue', '')})"
        elif any(
            output["output_type"] == "error" for output in self.nb.cells[index].get("outputs", [])
        ):
            return
        else:
            # the reply reports an error whose output message was lost
            name, value = (
                getattr(error, "ename", type(error).__name__),
                getattr(error, "evalue", str(error)),
            )
        outputs = [
            output
            for output in self.nb.cells[index].get("outputs", [])
            if output["output_type"] != "error"
        ]
        self.nb.cells[index]["outputs"] = [*outputs, error_output(name, value)]


def error_output(name: str, value: str) -> NotebookNode:
    """Return an error output as a kernel would have sent it."""
    new_output: Any = nbformat.v4.new_output
    output: NotebookNode = new_output(
        "error", ename=name, evalue=value, traceback=[f"{name}: {value}"]
    )
    return output


def register_engine() -> None:
    """Register the engine with papermill."""
    papermill_engines.register(ENGINE, ReportEngine)
