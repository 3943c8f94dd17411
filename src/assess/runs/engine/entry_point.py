"""What papermill finds under the name ``assess``.

papermill loads the engines of all packages while its own module is imported, so that nothing of
papermill can be imported here: the engine itself is loaded when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode


class AssessEngine:
    """An engine as papermill uses one; see :mod:`assess.runs.engine.papermill_engine`."""

    @classmethod
    def execute_notebook(cls, nb: NotebookNode, kernel_name: str, **options: Any) -> NotebookNode:
        """Execute a notebook."""
        from assess.runs.engine.papermill_engine import CellEngine

        executed: NotebookNode = CellEngine.execute_notebook(nb, kernel_name, **options)
        return executed

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        """Return the name of a notebook's kernel."""
        from assess.runs.engine.papermill_engine import CellEngine

        return str(CellEngine.nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """Return the language of a notebook."""
        from assess.runs.engine.papermill_engine import CellEngine

        return str(CellEngine.nb_language(nb, language))
