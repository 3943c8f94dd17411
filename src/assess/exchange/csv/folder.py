"""Records kept as a folder of CSV files, one per table; or some of the tables, to be added to what is on record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base.errors import Finding, InputError, Place, input_error
from assess.base.given import as_path
from assess.exchange.csv.table_file import (
    CsvTable,
    check_keys,
    check_references,
    guarded,
    read_file,
    typed,
)
from assess.exchange.located import Located
from assess.exchange.table_checks import check_tables
from assess.records.source import Records, recorded_by
from assess.records.tables import TABLES, from_rows
from assess.records.tree import Tree

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from assess.records.columns import ColumnSpec

_BETWEEN = ("overlapping-validity", "parent-gone", "parent-cycle", "not-a-chi-bo")
"""Contradictions between rows, which may show at one on record though a new one brought them."""
STORE = "kho số liệu"
"""How a row that is already on record is called in a finding."""


def read_folder(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every table of a folder, with its dtypes (:data:`~assess.records.tables.PANDAS`).

    Raises :class:`~assess.base.errors.InputError` for missing files, wrong headers, wrong types, values out of range,
    duplicate keys, references to rows that do not exist, and validity spans that overlap.
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


@dataclass(frozen=True)
class ParsedTables:
    """Tables as read from files: typed frames, the line of each row, and every finding. With findings there are no frames."""

    frames: dict[str, pd.DataFrame]
    files: dict[str, CsvTable]
    findings: list[Finding]


def read_tables(
    paths: Mapping[str, Path],
    standing: Mapping[str, pd.DataFrame] | None = None,
    names: Mapping[str, str] | None = None,
) -> ParsedTables:
    """Read the tables of ``paths`` (by table name) and check them, each in itself and all together.

    With ``standing``, the tables on record, the files add to them: references may name rows on record, and a row with the
    key of one on record takes its place. ``names`` is how findings call the files.
    """
    findings: list[Finding] = []
    files: dict[str, CsvTable] = {}
    frames: dict[str, pd.DataFrame] = {}
    for name, path in paths.items():
        shown = (names or {}).get(name, "")
        try:
            files[name] = read_file(path, TABLES[name], findings, shown)
        except InputError as error:
            findings.extend(error.findings)
        except MemoryError:
            findings.append(Finding("no-memory", Place(shown or path.name)))
    if findings:
        return ParsedTables({}, files, findings)
    for name, sheet in files.items():
        try:
            frames[name] = typed(TABLES[name], sheet, findings)
        except MemoryError:
            findings.append(Finding("no-memory", Place(sheet.name)))
    known = _known(files, standing or {})
    for name, sheet in files.items():
        check_keys(TABLES[name], sheet, findings)
        check_references(TABLES[name], sheet, known, findings)
    if not findings:
        found = check_tables(_together(frames, files, standing or {}))
        # what was wrong on record before the files came is not theirs: it shows in a check of the store
        findings.extend(
            found
            if not standing
            else [f for f in found if f.place.file != STORE or f.code in _BETWEEN]
        )
    return ParsedTables({} if findings else frames, files, findings)


def _known(
    files: Mapping[str, CsvTable], standing: Mapping[str, pd.DataFrame]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table in TABLES.values():
        key = table.key[0]
        found[table.name] = set(files[table.name].columns[key]) if table.name in files else set()
        if table.name in standing:
            found[table.name].update(standing[table.name][key])
    return found


def _together(
    frames: Mapping[str, pd.DataFrame],
    files: Mapping[str, CsvTable],
    standing: Mapping[str, pd.DataFrame],
) -> dict[str, Located]:
    """Put the rows of the files over those on record, and remember where each stands."""
    result: dict[str, Located] = {}
    for name, table in TABLES.items():
        new, old = frames.get(name), standing.get(name)
        if new is None or old is None:
            if new is not None:
                result[name] = Located(new, _placer(files[name], 0))
            elif old is not None:
                result[name] = Located(old, _placer(None, len(old)))
            continue
        key = list(table.key)
        known = pd.MultiIndex.from_frame(old[key])
        kept = old[~known.isin(pd.MultiIndex.from_frame(new[key]))]
        over = _completed(new, old, key, [c for c in table.names if c not in files[name].columns])
        result[name] = Located(
            pd.concat([kept, over], ignore_index=True), _placer(files[name], len(kept))
        )
    return result


def _completed(
    new: pd.DataFrame, old: pd.DataFrame, key: list[str], lacking: list[str]
) -> pd.DataFrame:
    """Return the new rows with the values on record in the columns that their file lacks: it says nothing of them."""
    if not lacking:
        return new
    on_record = new[key].merge(old[[*key, *lacking]], on=key, how="left")
    return new.assign(
        **{name: on_record[name].astype(new[name].dtype).to_numpy() for name in lacking}
    )


def _placer(file: CsvTable | None, on_record: int) -> Any:
    def place(row: int, column: str) -> Place:
        return (
            Place(STORE, label=column)
            if file is None or row < on_record
            else file.place(row - on_record, column)
        )

    return place


def write_folder(folder: Path, frames: dict[str, pd.DataFrame]) -> None:
    r"""Write tables as CSV: UTF-8, ``\n``, dates as ISO, whole numbers without a point, missing values empty.

    Text that a spreadsheet would take for a formula gets an apostrophe before it, which reading takes away again.
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


@lru_cache(maxsize=1)
def _read_unchanged(folder: Path, stamps: tuple[object, ...]) -> dict[str, pd.DataFrame]:
    """Read and check a folder, or hand out what was read last where no file has changed since: whoever explains ten meetings reads once."""
    del stamps
    return read_folder(folder)


def _stamps(folder: Path) -> tuple[object, ...]:
    there = (path for name in TABLES if (path := folder / f"{name}.csv").is_file())
    found = ((path.name, path.stat()) for path in there)
    return tuple((name, s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for name, s in found)


class CsvFolder:
    """A folder of CSV files. It is read and checked once; what counts is the folder as it was then."""

    def __init__(self, folder: Path | str) -> None:
        """Read the folder; raises :class:`~assess.base.errors.InputError` with every finding."""
        self.folder = folder = as_path(folder, "folder")
        # whoever changes a frame changes no other reader's: frames are copied on writing
        self._tables = {
            name: table.copy(deep=False)
            for name, table in _read_unchanged(folder, _stamps(folder)).items()
        }
        self.tree = Tree(self._tables["unit"])

    def records(self, as_of: dt.datetime) -> Records:
        """Return the rows recorded up to a moment, see :func:`recorded_by`.

        A sheet of a meeting that is not yet recorded, and a line of a sheet that is not, are left out with it.
        """
        return Records(recorded_by(self._tables, as_of), self.tree)

    def latest(self) -> dt.datetime | None:
        """Return the latest ``recorded_at`` of any row."""
        last = pd.concat(
            [table["recorded_at"] for table in self._tables.values() if "recorded_at" in table]
        ).max()
        return None if pd.isna(last) else last.to_pydatetime()
