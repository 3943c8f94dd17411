"""JupyterLab saves a report template without outputs: a template has no unit's figures.

A server extension: whoever runs a template to see what it prints finds its file as it was before.
Executed reports and other notebooks are saved as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

_OWN_TAG, _INJECTED_TAG = "parameters", "injected-parameters"
_OF_A_RUN = ("execution", "collapsed", "scrolled", "ExecuteTime")
"""Metadata of a cell that running or looking at it leaves."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "assess.reports.lab"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(keep_template_clean)


def keep_template_clean(
    model: dict[str, Any], path: str, contents_manager: Any, **_: object
) -> None:
    """Take away what running left in a template that is about to be saved.

    Outputs, execution numbers, and metadata of a kernel: that of the file on disk stays.
    """
    notebook = model.get("content")
    if model.get("type") != "notebook" or not isinstance(notebook, dict):
        return
    tags = {tag for cell in notebook["cells"] for tag in cell.get("metadata", {}).get("tags", ())}
    if _OWN_TAG not in tags or _INJECTED_TAG in tags:
        return
    for cell in notebook["cells"]:
        for name in _OF_A_RUN:
            cell.get("metadata", {}).pop(name, None)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    file = Path(contents_manager.root_dir) / path.lstrip("/")
    if file.is_file():
        notebook["metadata"] = nbformat.read(file, as_version=4).metadata
