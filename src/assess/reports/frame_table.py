"""A table of a report from a frame: which columns, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assess.base.errors import input_error
from assess.base.text import nearest
from assess.reports.blocks import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDE = 3.0
"""Width of a column of text beside columns of numbers."""


def frame_table(
    table_id: str,
    title: str,
    frame: pd.DataFrame,
    columns: Mapping[str, str | Column],
    *,
    note: str = "",
    empty: str = "Không có.",
    total: bool = False,
) -> Table:
    """Return the rows of ``frame`` as a table with the columns named in ``columns``, in that order.

    A column is printed by its type (whole numbers, days, text); a :class:`Column` says otherwise,
    as it must for points and shares. With ``total`` the last row is a sum. Raise
    :class:`~assess.base.errors.InputError` for a column that the frame does not have.
    """
    made = [_column(table_id, frame, name, title) for name, title in columns.items()]
    rows = tuple(frame[list(columns)].itertuples(index=False, name=None))
    return Table(table_id, title, tuple(made), rows, total=total, note=note, empty=empty)


def _column(table_id: str, frame: pd.DataFrame, name: str, title: str | Column) -> Column:
    if name not in frame.columns:
        known = [str(each) for each in frame.columns]
        raise input_error(
            "no-such-column", table_id, allowed=known, found=name, hint=nearest(name, known)
        )
    if isinstance(title, Column):
        return title
    values = frame[name]
    if pd.api.types.is_datetime64_any_dtype(values):
        return Column(name, title, "date")
    if pd.api.types.is_integer_dtype(values):
        return Column(name, title, "integer")
    return Column(name, title, "text", _WIDE)
