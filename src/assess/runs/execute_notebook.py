"""Execute one notebook with papermill, and remove from it what differs between runs."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assess.runs.failed_cell import CellFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from assess.runs.kernel import KernelLimits

_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
_KERNEL_FILE = re.compile(r"ipykernel_\d+")


def skip_slow_imports() -> None:
    """Keep ``import nbformat`` from building 35 parsers (2 s) where jupyter_server is installed.

    jsonschema imports ``rfc3987_syntax`` only to check one string format that notebooks do not use,
    and works without it.
    """
    modules: Any = sys.modules
    modules.setdefault("rfc3987_syntax", None)


def execute(
    template: bytes,
    folder: Path,
    parameters: Mapping[str, Any],
    document_date: dt.date,
    limits: KernelLimits,
    cell_seconds: int = 600,
) -> NotebookNode:
    """Run a template in ``folder`` and return the executed notebook.

    ``parameters`` are JSON values under names that the template declares; ``cell_seconds`` limits
    one cell. Raise :class:`CellFailedError` when a cell raises, hangs, prints without end or ends
    its kernel.
    """
    skip_slow_imports()
    import nbformat
    from papermill.engines import papermill_engines
    from papermill.execute import prepare_notebook_metadata
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    from assess.runs.engine import ENGINE, register_engine
    from assess.runs.kernel import kernel_manager

    for name in ("papermill", "traitlets"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    register_engine()
    midnight = dt.datetime.combine(document_date, dt.time(), dt.UTC)
    limits = replace(
        limits,
        environment={**limits.environment, "SOURCE_DATE_EPOCH": str(int(midnight.timestamp()))},
    )
    read: Any = nbformat.reads
    # the steps of papermill.execute_notebook, which also writes and reads the notebook three times
    notebook: NotebookNode = load_notebook_node(read(template.decode(), as_version=4))
    given = json.loads(json.dumps(dict(parameters)))
    notebook = parameterize_notebook(
        notebook, given, kernel_name="python3", language="python", engine_name=ENGINE
    )
    notebook = prepare_notebook_metadata(notebook, "", "")
    notebook = papermill_engines.execute_notebook_with_engine(
        ENGINE,
        notebook,
        kernel_name="python3",
        progress_bar=False,
        execution_timeout=cell_seconds,
        resources={"metadata": {"path": str(folder)}},
        kernel_manager_class=kernel_manager(folder, limits),
    )
    failed = next(
        (number for number, cell in enumerate(notebook.cells, start=1) if _has_error(cell)), 0
    )
    if failed:
        strip_volatile(notebook, str(folder))
        error = next(o for o in notebook.cells[failed - 1].outputs if o["output_type"] == "error")
        raise CellFailedError(notebook, failed, str(error["ename"]), str(error["evalue"]))
    strip_volatile(notebook, str(folder))
    return notebook


def _has_error(cell: NotebookNode) -> bool:
    return any(output["output_type"] == "error" for output in cell.get("outputs", []))


def as_text(notebook: NotebookNode) -> str:
    """Return a notebook as JSON, one cell a line, keys sorted: equal notebooks give equal bytes."""

    def compact(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    cells = ",\n".join(compact(cell) for cell in notebook.cells)
    about = {name: value for name, value in notebook.items() if name != "cells"}
    return f'{{"cells": [\n{cells}\n],\n{compact(about)[1:]}\n'


def strip_volatile(notebook: NotebookNode, folder: str = "") -> None:
    """Remove times, paths, random ids, addresses and process numbers from a notebook, in place.

    ``folder`` is the private folder it ran in.
    """
    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
        for output in cell.get("outputs", []):
            _strip_volatile_output(output, folder)


def strip_volatile_text(text: str, folder: str = "") -> str:
    """Return a text without memory addresses, process numbers and the private folder."""
    text = _KERNEL_FILE.sub("ipykernel", _ADDRESS.sub(" at 0x…", text))
    return text.replace(folder, ".") if folder else text


def _strip_volatile_output(output: NotebookNode, folder: str) -> None:
    if "text" in output:
        output["text"] = strip_volatile_text(output["text"], folder)
    if output["output_type"] == "error":
        output["traceback"] = [strip_volatile_text(line, folder) for line in output["traceback"]]
        output["evalue"] = strip_volatile_text(output["evalue"], folder)
    data = output.get("data", {})
    if len(data) > 1:
        data.pop("text/plain", None)
    elif "text/plain" in data:
        data["text/plain"] = _ADDRESS.sub(" at 0x…", data["text/plain"])
