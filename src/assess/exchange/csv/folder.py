"""Read and write records as CSV files, one per table.

A folder holds all tables; single files may also be checked as additions to the rows on record.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import digests
from assess.base.arguments import as_path
from assess.base.errors import Finding, InputError, Place, input_error
from assess.exchange.csv.table_file import guarded, read_file
from assess.exchange.together import CheckedTables, check_together
from assess.records.source import Records, recorded_by
from assess.records.tables import TABLES, from_rows
from assess.records.tree import Tree

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from assess.exchange.text_table import TextTable
    from assess.records.columns import ColumnSpec


def read_folder(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every table of a folder, with its dtypes (:data:`~assess.records.tables.PANDAS`).

    An optional table without a file is empty. Raise :class:`~assess.base.errors.InputError` for
    missing files, wrong headers or types, values out of range, duplicate keys, references to rows
    that do not exist, overlapping validity spans and the other findings of :func:`check_tables`.
    """
    if not folder.is_dir():
        raise input_error("no-folder", str(folder))
    paths = {name: folder / f"{name}.csv" for name in TABLES}
    given = read_tables(
        {name: path for name, path in paths.items() if path.exists() or not TABLES[name].optional}
    )
    if given.findings:
        raise InputError(given.findings)
    return {
        name: given.frames[name] if name in given.frames else from_rows(name, ()) for name in TABLES
    }


def read_tables(
    paths: Mapping[str, Path],
    standing: Mapping[str, pd.DataFrame] | None = None,
    names: Mapping[str, str] | None = None,
) -> CheckedTables:
    """Read the tables of ``paths`` (by table name), see :func:`check_together`.

    ``names`` gives the file names for findings.
    """
    findings: list[Finding] = []
    files: dict[str, TextTable] = {}
    for name, path in paths.items():
        shown = (names or {}).get(name, "")
        try:
            files[name] = read_file(path, TABLES[name], findings, shown)
        except InputError as error:
            findings.extend(error.findings)
        except MemoryError:
            findings.append(Finding("no-memory", Place(shown or path.name)))
    return CheckedTables({}, files, findings) if findings else check_together(files, standing)


def write_folder(folder: Path, frames: dict[str, pd.DataFrame]) -> None:
    r"""Write tables as CSV files in UTF-8 with ``\n`` line ends.

    Dates are ISO, whole numbers have no decimal point, missing values are empty. Text that a
    spreadsheet would take for a formula is prefixed with an apostrophe, which the parser removes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in frames.items():
        out = pd.DataFrame(index=table.index)
        for column in TABLES[name].columns:
            out[column.name] = _written(column, table[column.name])
        out.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")


def _written(column: ColumnSpec, values: pd.Series) -> list[Any]:
    if column.dtype in ("integer", "number"):
        return [
            "" if v != v else (str(int(v)) if v == int(v) else repr(v)) for v in values.tolist()
        ]
    if column.dtype == "date":
        return ["" if pd.isna(v) else v.strftime("%Y-%m-%d") for v in values]
    if column.dtype == "moment":
        return [
            "" if pd.isna(v) else v.strftime("%Y-%m-%dT%H:%M:%S").removesuffix(":00")
            for v in values
        ]
    if column.dtype == "flag":
        return ["" if pd.isna(v) else str(bool(v)).lower() for v in values]
    return ["" if pd.isna(v) else guarded(v) for v in values]


_MOST_KEPT = 2
_kept: OrderedDict[tuple[tuple[str, str], ...], dict[str, pd.DataFrame]] = OrderedDict()
"""The tables of the folders read last, by the digests of their files, wherever they lay."""


def _read_or_kept(folder: Path) -> dict[str, pd.DataFrame]:
    """Read and check a folder, unless one with the same files was read in this process."""
    digests_before = _digests(folder)
    if digests_before in _kept:
        _kept.move_to_end(digests_before)
        return _kept[digests_before]
    tables = read_folder(folder)
    if _digests(folder) == digests_before:  # else somebody saved while the files were read
        _kept[digests_before] = tables
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return tables


def _digests(folder: Path) -> tuple[tuple[str, str], ...]:
    there = (path for name in TABLES if (path := folder / f"{name}.csv").is_file())
    try:
        return tuple((path.name, digests.of_file(path)) for path in there)
    except OSError:
        return ()  # read_folder says what is wrong


class CsvFolder:
    """A source of records in a folder of CSV files, read and checked when it is created."""

    def __init__(self, folder: Path | str) -> None:
        """Read the folder; raise :class:`~assess.base.errors.InputError` with every finding."""
        self.folder = folder = as_path(folder, "folder")
        # whoever changes a frame changes no other reader's: frames are copied on writing
        self._tables = {
            name: table.copy(deep=False) for name, table in _read_or_kept(folder).items()
        }
        self.tree = Tree(self._tables["unit"])

    def records(self, as_of: dt.datetime) -> Records:
        """Return the rows recorded up to a moment, see :func:`recorded_by`.

        Sheets of meetings not yet recorded, and lines of such sheets, are left out too.
        """
        return Records(recorded_by(self._tables, as_of), self.tree)

    def records_of(self, as_of: dt.datetime, unit_id: str) -> Records:  # noqa: ARG002 - all is read
        """Return the records as known at a moment: all of them, since a folder is read whole."""
        return self.records(as_of)

    def latest(self) -> dt.datetime | None:
        """Return the latest ``recorded_at`` of any row."""
        last = pd.concat(
            [table["recorded_at"] for table in self._tables.values() if "recorded_at" in table]
        ).max()
        return None if pd.isna(last) else last.to_pydatetime()
