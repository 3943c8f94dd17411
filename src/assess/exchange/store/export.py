"""Export the store: the current rows as CSV and Parquet, and all revisions as Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from assess.base.errors import input_error
from assess.exchange.csv.folder import write_folder
from assess.exchange.store.queries import tables_at
from assess.exchange.store.sql import arrow
from assess.records.tables import TABLES

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path


def export(connection: Any, folder: Path, as_of: dt.datetime) -> list[Path]:
    """Write the rows known at ``as_of`` and the whole history to a new or empty folder.

    The files are ``csv/<table>.csv`` (readable as records, with an apostrophe before text that a
    spreadsheet would take for a formula), ``parquet/<table>.parquet`` and
    ``history/<table>.parquet``. Raise ``InputError`` if the folder is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise input_error("not-empty", str(folder))
    tables = tables_at(connection, as_of)
    write_folder(folder / "csv", tables)
    written = [folder / "csv" / f"{name}.csv" for name in tables]
    for part in ("parquet", "history"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        written.append(folder / "parquet" / f"{name}.parquet")
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), written[-1])
    for name in (*TABLES, "file", "batch"):
        written.append(folder / "history" / f"{name}.parquet")
        pq.write_table(arrow(connection, f"SELECT * FROM {name}"), written[-1])
    return written
