"""A cell of a notebook that failed, and how its process ended."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

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
        cell: NotebookNode = self.notebook.cells[self.cell - 1]
        return cell


ORPHANED = "KernelOrphaned"
"""The name of the error where the process that the kernel was forked from went down, and took it along."""


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
