"""Execute one notebook through papermill, and take out of it what differs from run to run."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from assess.runs.kernel import KernelLimits

_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
_KERNEL_FILE = re.compile(r"ipykernel_\d+")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class CellFailedError(Exception):
    """A cell of the notebook failed. Carries the number of the cell (from 1), the error, and the notebook up to it."""

    def __init__(self, notebook: NotebookNode, cell: int, name: str, value: str) -> None:
        """Keep the facts."""
        super().__init__(name, value, cell)
        self.notebook, self.cell, self.name, self.value = notebook, cell, name, value

    @property
    def source(self) -> str:
        """The code of the cell."""
        return str(self._cell.source)

    @property
    def trace(self) -> str:
        """The traceback as text, without colours."""
        found = [o for o in self._cell.get("outputs", []) if o["output_type"] == "error"]
        return _COLOUR.sub("", "\n".join(found[-1]["traceback"])) if found else ""

    @property
    def _cell(self) -> NotebookNode:
        return self.notebook.cells[self.cell - 1]


def spare_the_start() -> None:
    """Keep ``import nbformat`` from building 35 parsers (2 s) where jupyter_server is installed.

    jsonschema imports ``rfc3987_syntax`` only to check one string format that notebooks do not use, and does without
    it when it is missing.
    """
    modules: Any = sys.modules
    modules.setdefault("rfc3987_syntax", None)


def execute(
    template: bytes, folder: Path, parameters: Mapping[str, Any], document_date: dt.date, limits: KernelLimits, cell_seconds: int = 600
) -> NotebookNode:
    """Run a template in ``folder`` and return the executed notebook.

    ``parameters`` must be JSON values under names that the template declares; ``cell_seconds`` is how long one cell may take.
    Raises :class:`CellFailedError` when a cell raises, hangs, prints without end or takes its kernel down.
    """
    spare_the_start()
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from assess.runs.engine import ENGINE, register_engine
    from assess.runs.kernel import kernel_manager

    for name in ("papermill", "traitlets"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    register_engine()
    midnight = dt.datetime.combine(document_date, dt.time(), dt.UTC)
    limits = replace(limits, environment={**limits.environment, "SOURCE_DATE_EPOCH": str(int(midnight.timestamp()))})
    kept: list[NotebookNode] = []
    read: Any = nbformat.reads
    try:
        papermill.execute_notebook(
            read(template.decode(), as_version=4),
            None,
            parameters=json.loads(json.dumps(dict(parameters))),
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            resources={"metadata": {"path": str(folder)}},
            execution_timeout=cell_seconds,
            kernel_manager_class=kernel_manager(folder, limits),
            kept=kept,
        )
    except PapermillExecutionError as error:
        notebook = kept[-1]
        steady(notebook, str(folder))
        # the cell is sought in the notebook itself: papermill has put a note before it
        failed = next((i for i, cell in enumerate(notebook.cells) if _has_error(cell)), int(error.cell_index))
        raise CellFailedError(notebook, failed + 1, str(error.ename), steady_text(str(error.evalue), str(folder))) from None
    notebook = kept[-1]
    steady(notebook, str(folder))
    return notebook


def _has_error(cell: NotebookNode) -> bool:
    return any(output["output_type"] == "error" for output in cell.get("outputs", []))


def as_text(notebook: NotebookNode) -> str:
    """Return a notebook's JSON with sorted keys, so that equal notebooks are equal bytes."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def steady(notebook: NotebookNode, folder: str = "") -> None:
    """Take timings, paths, random ids, addresses and process numbers out of an executed notebook, in place.

    ``folder`` is the private one it ran in.
    """
    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for number, cell in enumerate(notebook.cells):
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        elif "papermill-error-cell-tag" in tags:
            cell["id"] = f"papermill-error-{number}"
        for output in cell.get("outputs", []):
            _steady_output(output, folder)


def steady_text(text: str, folder: str = "") -> str:
    """Return a text without addresses, process numbers and the private folder."""
    text = _KERNEL_FILE.sub("ipykernel", _ADDRESS.sub(" at 0x…", text))
    return text.replace(folder, ".") if folder else text


def _steady_output(output: NotebookNode, folder: str) -> None:
    if "text" in output:
        output["text"] = steady_text(output["text"], folder)
    if output["output_type"] == "error":
        output["traceback"] = [steady_text(line, folder) for line in output["traceback"]]
        output["evalue"] = steady_text(output["evalue"], folder)
    data = output.get("data", {})
    if len(data) > 1:
        data.pop("text/plain", None)
    elif "text/plain" in data:
        data["text/plain"] = _ADDRESS.sub(" at 0x…", data["text/plain"])


def signal_name(code: int | None) -> str:
    """Say how a process ended: the name of the signal, or its exit code."""
    if code is None:
        return "không rõ"
    if code < 0:
        try:
            return f"tín hiệu {signal.Signals(-code).name}"
        except ValueError:
            return f"tín hiệu {-code}"
    return f"mã thoát {code}"
