"""Run DuckDB queries for rows, a single value or an Arrow table, leaving no result open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa


def rows(connection: Any, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    found: list[tuple[Any, ...]] = connection.execute(query, list(values)).fetchall()
    return found


def one(connection: Any, query: str, values: Sequence[Any] = ()) -> Any:
    """Run a query and return the first value of the first row."""
    return rows(connection, query, values)[0][0]


def arrow(connection: Any, query: str, values: Sequence[Any] = ()) -> pa.Table:
    """Return the rows of a query as an Arrow table."""
    return connection.sql(query, params=list(values)).to_arrow_table()
