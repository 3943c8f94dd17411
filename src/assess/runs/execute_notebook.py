"""Execute one notebook with papermill, and remove from it what differs between runs."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from assess.runs.failed_cell import CellFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from assess.runs.engine.cell_process import CellProcess

_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
_KERNEL_FILE = re.compile(r"ipykernel_\d+")
_START_SECONDS = 120


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
    *,
    cells: CellProcess | None = None,
    memory: int = 0,
    cell_seconds: int = 600,
) -> NotebookNode:
    """Run a template in ``folder`` and return the executed notebook.

    ``parameters`` are JSON values under names that the template declares. The cells run in
    ``cells``, may use ``memory`` bytes more than they start with (0: no limit), and can write only
    in ``folder`` and a temporary folder beside it; without ``cells``, papermill's own engine runs
    them with no limits but ``cell_seconds``, those for one cell. Raise :class:`CellFailedError`
    when a cell raises, hangs, prints without end or ends its process.
    """
    skip_slow_imports()
    import nbformat
    from papermill.execute import prepare_notebook_metadata
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    for name in ("papermill", "traitlets"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    read: Any = nbformat.reads
    # the steps of papermill.execute_notebook, which also writes and reads the notebook three times
    notebook: NotebookNode = load_notebook_node(read(template.decode("utf-8-sig"), as_version=4))
    given = json.loads(json.dumps(dict(parameters)))
    notebook = parameterize_notebook(notebook, given, kernel_name="python3", language="python")
    notebook = prepare_notebook_metadata(notebook, "", "")
    temporary = folder.with_name("tmp")
    temporary.mkdir(exist_ok=True)
    midnight = dt.datetime.combine(document_date, dt.time(), dt.UTC)
    environment = {
        "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())),
        "IPYTHONDIR": str(temporary),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),
    }
    if cells is None:
        run_with_kernel(notebook, folder, environment, cell_seconds)
    else:
        from assess.runs.engine.cell_process import CellSettings
        from assess.runs.engine.papermill_engine import CellEngine

        writes = (str(folder), str(temporary))
        CellEngine.execute_notebook(
            notebook,
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=cell_seconds,
            cells=cells,
            settings=CellSettings(str(folder), environment, memory, writes),
        )
    merge_streams(notebook)
    strip_volatile(notebook, folder)
    failed = next(
        (number for number, cell in enumerate(notebook.cells, start=1) if _has_error(cell)), 0
    )
    if failed:
        error = next(o for o in notebook.cells[failed - 1].outputs if o["output_type"] == "error")
        raise CellFailedError(notebook, failed, str(error["ename"]), str(error["evalue"]))
    return notebook


def run_with_kernel(
    notebook: NotebookNode, folder: Path, environment: Mapping[str, str], cell_seconds: int
) -> None:
    """Run a notebook with papermill's own engine and an ordinary kernel, in place.

    A cell that hangs or ends its kernel makes that engine raise: here it has an error instead.
    """
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import NBClientEngine

    from assess.runs.engine.papermill_engine import error_output

    os.environ.update(environment)
    try:
        NBClientEngine.execute_notebook(
            notebook,
            kernel_name="python3",
            progress_bar=False,
            start_timeout=_START_SECONDS,
            execution_timeout=cell_seconds,
            resources={"metadata": {"path": str(folder)}},
        )
    except CellTimeoutError:
        error = error_output("CellTimeout", f"ô lệnh chạy quá {cell_seconds} giây")
    except DeadKernelError:
        error = error_output("KernelDied", "tiến trình của sổ tính dừng giữa chừng")
    else:
        return
    begun = [cell for cell in notebook.cells if cell.metadata["papermill"]["start_time"]]
    said = [output for output in begun[-1].outputs if output["output_type"] != "error"]
    begun[-1].outputs = [*said, error]


def merge_streams(notebook: NotebookNode) -> None:
    """Merge what each cell printed to stdout, and to stderr, into one output each, in place.

    When a kernel sends a part of it is chance. Of a line that was overwritten with a carriage
    return, as progress bars do, the last state stays.
    """
    for cell in notebook.cells:
        merged: dict[str, NotebookNode] = {}
        outputs = []
        for output in cell.get("outputs", []):
            name = output["name"] if output["output_type"] == "stream" else ""
            if name in merged:
                merged[name]["text"] += output["text"]
                continue
            if name:
                merged[name] = output
            outputs.append(output)
        for output in merged.values():
            output["text"] = "\n".join(map(_last_state, output["text"].split("\n")))
        for at, (one, other) in enumerate(pairwise(outputs)):
            if (one.get("name"), other.get("name")) == ("stderr", "stdout"):
                outputs[at : at + 2] = other, one
        if merged:
            cell["outputs"] = outputs


def _last_state(line: str) -> str:
    """Return what a terminal shows of a line with carriage returns in it."""
    text = line.rstrip("\r")
    return text.rpartition("\r")[2] + line[len(text) :]


def _has_error(cell: NotebookNode) -> bool:
    return any(output["output_type"] == "error" for output in cell.get("outputs", []))


def as_text(notebook: NotebookNode) -> str:
    """Return a notebook as JSON, one cell a line, keys sorted: equal notebooks give equal bytes."""

    def compact(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    cells = ",\n".join(compact(cell) for cell in notebook.cells)
    about = {name: value for name, value in notebook.items() if name != "cells"}
    return f'{{"cells": [\n{cells}\n],\n{compact(about)[1:]}\n'


def strip_volatile(notebook: NotebookNode, folder: Path | None = None) -> None:
    """Remove times, paths, random ids, addresses and process numbers from a notebook, in place.

    ``folder`` is the private folder it ran in.
    """
    paths = {str(folder): ".", str(folder.with_name("tmp")): "/tmp"} if folder else {}  # noqa: S108 - only the word
    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
        for output in cell.get("outputs", []):
            _strip_volatile_output(output, paths)


def strip_volatile_text(text: str, paths: Mapping[str, str]) -> str:
    """Return a text without memory addresses and process numbers, and with other paths."""
    text = _KERNEL_FILE.sub("ipykernel", _ADDRESS.sub(" at 0x…", text))
    for path, shown in paths.items():
        text = text.replace(path, shown)
    return text


def _strip_volatile_output(output: NotebookNode, paths: Mapping[str, str]) -> None:
    if "text" in output:
        output["text"] = strip_volatile_text(output["text"], paths)
    if output["output_type"] == "error":
        output["traceback"] = [strip_volatile_text(line, paths) for line in output["traceback"]]
        output["evalue"] = strip_volatile_text(output["evalue"], paths)
    data = output.get("data", {})
    if len(data) > 1:
        data.pop("text/plain", None)
    elif "text/plain" in data:
        data["text/plain"] = _ADDRESS.sub(" at 0x…", data["text/plain"])
