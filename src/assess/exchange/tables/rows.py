"""Rows of the records as text, and the key of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from assess.records.columns import ColumnSpec, TableSpec


def text_of(column: ColumnSpec, value: Any) -> str:
    """Return a value in the form of the records; empty if it is missing."""
    if value is None or value != value:  # NaN and NaT
        return ""
    if column.dtype in ("integer", "number"):
        return str(int(value)) if value == int(value) else repr(float(value))
    if column.dtype == "date":
        return f"{value:%Y-%m-%d}"
    return str(value).lower() if column.dtype == "flag" else str(value)


def texts_of(table: TableSpec, row: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a row as text."""
    return {column.name: text_of(column, row.get(column.name)) for column in table.columns}


def key_of(table: TableSpec, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the key of a row as text."""
    return tuple(text_of(table[name], row.get(name)) for name in table.key)


def same(column: ColumnSpec, one: Any, other: Any) -> bool:
    """Return whether two values of a column are the same on record."""
    return text_of(column, one) == text_of(column, other)


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame with None for what is missing."""
    whole = frame.astype(object)
    return [
        {str(name): value for name, value in row.items()}
        for row in whole.where(whole.notna(), None).to_dict("records")
    ]
