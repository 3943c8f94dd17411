"""The papermill engine: run the cells in a process of their own, and keep every output.

Whatever a cell does, raise, hang, print without end or end its process, becomes an error in the
notebook. papermill's own engine lets the last three escape as exceptions. It still runs notebooks
in other languages, and all notebooks where the system has no fork.
"""

from __future__ import annotations

import platform
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from papermill.engines import Engine, NBClientEngine

from assess.runs.engine import CAN_FORK

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

    from assess.runs.engine.cell_process import CellProcess, CellSettings

MOST_PRINTED = 1_000_000
"""Characters a notebook may print. A report prints nothing; a flood would fill memory and disk."""
MOST_SHOWN = 200_000_000
"""Characters of displayed blocks and figures: 100 times those of a report on 1,000 chi bộ."""
_OF_LITTLE_MEMORY = (int(getattr(signal, "SIGKILL", 0)), int(signal.SIGABRT))
"""The signals by which a system, or a library, ends a process that is out of memory."""
_PYTHON = ("python3", "python")
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": f"ipython{sys.version_info[0]}",
    "version": platform.python_version(),
}
"""What ipykernel says of its language."""


class CellEngine(Engine):  # type: ignore[misc]  # papermill ships no types
    """Runs a notebook's cells in a :class:`~assess.runs.engine.cell_process.CellProcess`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        execution_timeout: int | None = None,
        cells: CellProcess | None = None,
        settings: CellSettings | None = None,
        **others: Any,
    ) -> NotebookNode:
        """Execute the notebook; an error stays in its cell, where papermill looks for it.

        ``cells`` is a process already forked for this notebook, ``settings`` where and how it runs:
        by default a new process in the current folder, without limits.
        """
        if not CAN_FORK or not _is_python(kernel_name):
            executed: NotebookNode = NBClientEngine.execute_managed_notebook(
                nb_man, kernel_name, execution_timeout=execution_timeout, **others
            )
            return executed
        from assess.runs.engine.cell_process import CellProcess, CellSettings

        cells = cells or CellProcess.start()
        try:
            run = _NotebookRun(nb_man, cells, execution_timeout)
            run.execute(settings or CellSettings(str(Path.cwd())))
        finally:
            cells.discard()
        nb_man.nb.metadata["language_info"] = dict(LANGUAGE)
        notebook: NotebookNode = nb_man.nb
        return notebook


def _is_python(kernel_name: str) -> bool:
    if kernel_name in _PYTHON:
        return True
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().get_kernel_spec(kernel_name)
    return str(spec.language).lower() == "python"


class _NotebookRun:
    """Runs the cells of one notebook and writes their outputs into it."""

    def __init__(
        self, nb_man: NotebookExecutionManager, cells: CellProcess, seconds: int | None
    ) -> None:
        self._manager, self._cells, self._seconds = nb_man, cells, seconds
        self._printed = self._shown = 0
        self._cell: Any = None
        self._parts: list[str] = []
        """The texts of the last output, while it is a stream: joined once."""
        self._by_display_id: dict[str, list[NotebookNode]] = {}
        self._clear_at_next = False

    def execute(self, settings: CellSettings) -> None:
        """Run the cells until one fails; a failed cell has an error as its last output."""
        from assess.runs.engine.cell_process import CellsEndedError

        dead: CellsEndedError | None = None
        try:
            self._cells.set_up(settings)
        except CellsEndedError as error:
            dead = error
        for index, cell in enumerate(self._manager.nb.cells):
            self._manager.cell_start(cell, index)
            try:
                if cell.cell_type == "code" and cell.source.strip():
                    if dead is not None:
                        self._fail(cell, *_of_end(dead.code))
                        self._manager.cell_exception(cell, index)
                        return
                    if not self._run(index, cell):
                        self._manager.cell_exception(cell, index)
                        return
            finally:
                self._manager.cell_complete(cell, index)

    def _run(self, index: int, cell: NotebookNode) -> bool:
        """Run one cell; return whether the next one may run."""
        from assess.runs.engine.cell_process import CellsEndedError, FloodError, OutOfTimeError

        self._cell, self._clear_at_next = cell, False
        error: tuple[str, str] | None = None
        try:
            reply = self._cells.run(
                index, cell.source, cell.get("id", ""), self._seconds, MOST_PRINTED, self._show
            )
            cell["execution_count"] = reply["count"]
            if reply["done"] == "error":
                error = (str(reply["ename"]), str(reply["evalue"]))
        except OutOfTimeError:
            error = "CellTimeout", f"ô lệnh chạy quá {self._seconds} giây"
            return self._end(cell, error)
        except FloodError:
            error = (
                "PrintedTooMuch",
                f"ô lệnh in ra hơn {MOST_PRINTED} ký tự, hoặc trình bày hơn {MOST_SHOWN} ký tự",
            )
            return self._end(cell, error)
        except CellsEndedError as ended:
            return self._end(cell, _of_end(ended.code))
        self._join()
        if error is None:
            return True
        if error[0] == "SystemExit":
            # papermill takes exit code 0 for success; later cells would be missing silently
            return self._end(cell, ("SystemExit", f"ô lệnh gọi sys.exit({error[1]})"))
        if not _failed(cell):
            # an error that the shell only prints, such as a wrong option of a magic
            self._fail(cell, *error)
        return "raises-exception" in cell.metadata.get("tags", [])

    def _end(self, cell: NotebookNode, error: tuple[str, str]) -> bool:
        self._join()
        self._fail(cell, *error)
        return False

    @staticmethod
    def _fail(cell: NotebookNode, name: str, value: str) -> None:
        kept = [output for output in cell.get("outputs", []) if output["output_type"] != "error"]
        cell["outputs"] = [*kept, error_output(name, value)]

    def _show(self, message: dict[str, Any]) -> None:
        """Add an output to the cell, as nbclient does with the messages of a kernel."""
        if "clear" in message:
            self._clear_at_next = bool(message["clear"])
            if not self._clear_at_next:
                self._clear()
            return
        if "stream" in message:
            self._add_text(str(message["stream"]), str(message["text"]))
            return
        output = self._output(message)
        about = message.get("display_id")
        if about:
            for earlier in self._by_display_id.get(about, ()):
                earlier["data"], earlier["metadata"] = output["data"], output["metadata"]
        if message.get("update"):
            return
        self._append(output)
        if about:
            self._by_display_id.setdefault(about, []).append(output)

    def _output(self, message: dict[str, Any]) -> NotebookNode:
        new_output: Any = nbformat.v4.new_output
        if "error" in message:
            made: NotebookNode = new_output("error", **message["error"])
            return made
        bundle = message["result"] if "result" in message else message["display"]
        self._shown += sum(len(str(value)) for value in bundle["data"].values())
        if self._shown > MOST_SHOWN:
            _flood()
        if "result" in message:
            made = new_output("execute_result", execution_count=message["count"], **bundle)
        else:
            made = new_output("display_data", **bundle)
        return made

    def _add_text(self, stream: str, text: str) -> None:
        self._printed += len(text)
        if self._printed > MOST_PRINTED:
            _flood()
        outputs = self._cell["outputs"]
        same = bool(self._parts) and outputs and outputs[-1].get("name") == stream
        if not same or self._clear_at_next:
            new_output: Any = nbformat.v4.new_output
            self._append(new_output("stream", name=stream, text=""))
        self._parts.append(text)

    def _append(self, output: NotebookNode) -> None:
        if self._clear_at_next:
            self._clear()
        self._join()
        self._cell["outputs"].append(output)

    def _clear(self) -> None:
        self._parts.clear()
        self._cell["outputs"].clear()
        self._clear_at_next = False

    def _join(self) -> None:
        """Write the texts of the last output into it."""
        if self._parts:
            self._cell["outputs"][-1]["text"] += "".join(self._parts)
            self._parts.clear()


def _flood() -> None:
    from assess.runs.engine.cell_process import FloodError

    raise FloodError


def _failed(cell: NotebookNode) -> bool:
    return any(output["output_type"] == "error" for output in cell.get("outputs", []))


def _of_end(code: int) -> tuple[str, str]:
    """Return the name and the value of the error when the process of the cells has ended."""
    short = "; có thể vì máy không đủ bộ nhớ" if -code in _OF_LITTLE_MEMORY else ""
    return "KernelDied", f"tiến trình của sổ tính dừng giữa chừng ({signal_name(code)}){short}"


def signal_name(code: int | None) -> str:
    """Return in Vietnamese how a process ended: the signal's name, or the exit code."""
    if code is None:
        return "không rõ"
    if code < 0:
        try:
            return f"tín hiệu {signal.Signals(-code).name}"
        except ValueError:
            return f"tín hiệu {-code}"
    return f"mã thoát {code}"


def error_output(name: str, value: str) -> NotebookNode:
    """Return an error output as a kernel would have sent it."""
    new_output: Any = nbformat.v4.new_output
    output: NotebookNode = new_output(
        "error", ename=name, evalue=value, traceback=[f"{name}: {value}"]
    )
    return output
