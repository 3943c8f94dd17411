"""The error of a failed notebook cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class CellFailedError(Exception):
    """A cell failed: its number (from 1), the error's name and value, and the notebook so far."""

    def __init__(self, notebook: NotebookNode, cell: int, name: str, value: str) -> None:
        """Store the facts."""
        super().__init__(name, value, cell)
        self.notebook, self.cell, self.name, self.value = notebook, cell, name, value

    @property
    def source(self) -> str:
        """The code of the cell."""
        return str(self._cell.source)

    @property
    def trace(self) -> str:
        """The traceback as text, without colour codes."""
        found = [o for o in self._cell.get("outputs", []) if o["output_type"] == "error"]
        return _COLOUR.sub("", "\n".join(found[-1]["traceback"])) if found else ""

    @property
    def _cell(self) -> NotebookNode:
        cell: NotebookNode = self.notebook.cells[self.cell - 1]
        return cell
