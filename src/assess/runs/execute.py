"""Execute one notebook through papermill, and take out of it what differs from run to run."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

_TIMEOUT = 600
_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
_KERNEL_FILE = re.compile(r"ipykernel_\d+")


class CellFailedError(Exception):
    """A cell of the notebook raised; the executed notebook holds it."""

    def __init__(self, name: str, value: str, cell: int) -> None:
        """Keep the error's name and value and the number of the cell."""
        super().__init__(name, value, cell)
        self.name, self.value, self.cell = name, value, cell


def spare_the_start() -> None:
    """Keep ``import nbformat`` from building 35 parsers (2 s) where jupyter_server is installed.

    jsonschema imports ``rfc3987_syntax`` only to check one string format that notebooks do not use, and does without
    it when it is missing.
    """
    modules: Any = sys.modules
    modules.setdefault("rfc3987_syntax", None)


def execute(template: Path, output: Path, parameters: Mapping[str, Any], document_date: dt.date) -> NotebookNode:
    """Run ``template`` in the folder of ``output`` and return the executed notebook, also written there.

    ``parameters`` must be JSON values under names that the template declares. Raises :class:`CellFailedError`; the notebook
    up to the failing cell is then in ``output``.
    """
    spare_the_start()
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from assess.runs.kernel import kernel_manager

    for name in ("papermill", "traitlets"):
        logging.getLogger(name).setLevel(logging.ERROR)
    midnight = dt.datetime.combine(document_date, dt.time(), dt.UTC)
    failure: CellFailedError | None = None
    try:
        papermill.execute_notebook(
            str(template),
            str(output),
            parameters=json.loads(json.dumps(dict(parameters))),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            record_timing=False,
            execution_timeout=_TIMEOUT,
            resources={"metadata": {"path": str(output.parent)}},
            kernel_manager_class=kernel_manager({"SOURCE_DATE_EPOCH": str(int(midnight.timestamp()))}),
        )
    except PapermillExecutionError as error:
        failure = CellFailedError(str(error.ename), str(error.evalue), int(error.cell_index) + 1)
    read: Any = nbformat.reads
    notebook: NotebookNode = read(output.read_text(encoding="utf-8"), as_version=4)
    steady(notebook)
    output.write_text(as_text(notebook), encoding="utf-8")
    if failure is not None:
        raise failure
    return notebook


def as_text(notebook: NotebookNode) -> str:
    """Return a notebook's JSON with sorted keys, so that equal notebooks are equal bytes."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def steady(notebook: NotebookNode) -> None:
    """Take timings, paths, random ids, addresses and process numbers out of an executed notebook, in place."""
    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
        for output in cell.get("outputs", []):
            _steady_output(output)


def _steady_output(output: NotebookNode) -> None:
    if "text" in output:
        output["text"] = _KERNEL_FILE.sub("ipykernel", _ADDRESS.sub(" at 0x…", output["text"]))
    data = output.get("data", {})
    if len(data) > 1:
        data.pop("text/plain", None)
    elif "text/plain" in data:
        data["text/plain"] = _ADDRESS.sub(" at 0x…", data["text/plain"])
