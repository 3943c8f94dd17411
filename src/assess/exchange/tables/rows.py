"""Rows of the records as text, and the key of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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
