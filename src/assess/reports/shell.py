"""What an open report teaches the shell of its notebook: texts in cells, and frames as tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from assess.reports.frame_table import plain_table
from assess.reports.sentences import fill_in


def register_in_shell() -> None:
    """Let cells that begin with ``%%md`` be texts, and frames tables, where there is a shell.

    A frame that a cell shows by itself is then printed like the tables of the report: without a
    counted index, with a decimal comma, and with numbers in Excel.
    """
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return
    shell.register_magic_function(lambda _, cell: fill_in(cell, shell.user_ns), "cell", "md")
    shell.display_formatter.mimebundle_formatter.for_type(pd.DataFrame, _bundle)


def _bundle(frame: pd.DataFrame, **_: Any) -> dict[str, Any] | None:
    table = plain_table(frame)
    return None if table is None else table._repr_mimebundle_()
