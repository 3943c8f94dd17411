"""The files of a slice: Parquet tables, rule files in YAML and ``slice.json``."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from assess.base.arguments import as_path
from assess.base.errors import InputError, input_error
from assess.base.machine_faults import is_no_memory, reason
from assess.base.periods import Period
from assess.records.origin import WITHDRAWN_KINDS, Origin
from assess.records.slices import ONLY_FILLED, Slice, digest_of, head_of
from assess.records.tables import PANDAS, TABLES
from assess.rules import Correction, parse_annual_rules, parse_rule_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FORMAT = 4


def write_slice(made: Slice, folder: Path) -> None:
    """Write a slice as a folder, see :func:`slice_files`."""
    for part in ("rules", "annual"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, content in slice_files(made).items():
        (folder / name).write_bytes(content)


def slice_files(made: Slice) -> dict[str, bytes]:
    """Return a slice as files by path: Parquet tables, rule files in YAML and ``slice.json``."""
    files = {}
    for name, table in made.tables.items():
        if name in ONLY_FILLED and table.empty:
            continue
        rows = pa.table(
            {column: pa.array(values, from_pandas=True) for column, values in table.items()}
        )
        into = pa.BufferOutputStream()
        pq.write_table(rows, into, write_statistics=False)
        files[f"{name}.parquet"] = into.getvalue().to_pybytes()
    for rule_id, text in made.rule_texts.items():
        part = "rules" if rule_id in made.rule_sets else "annual"
        files[f"{part}/{rule_id}.yaml"] = text.encode()
    head = head_of(
        made.dang_bo,
        made.period,
        made.as_of,
        made.document_date,
        made.rule_set,
        made.origin,
        made.corrections,
    )
    about = {"format": _FORMAT, **head, "digest": made.digest}
    text = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True)
    files["slice.json"] = f"{text}\n".encode()
    return dict(sorted(files.items()))


def open_slice(folder: Path | str) -> Slice:
    """Open a slice and check its digest.

    Raise :class:`~assess.base.errors.InputError` for a folder that is not a slice, or that has a
    missing, damaged or changed file. The same error is raised when the memory or the permission to
    read the folder is lacking, which says nothing against the slice.
    """
    folder = as_path(folder, "slice")
    with _explained(folder, "slice.json"):
        about = json.loads((folder / "slice.json").read_text(encoding="utf-8"))
        period = Period.parse(about["period"])
        as_of = dt.datetime.fromisoformat(about["as_of"])
        document_date = dt.date.fromisoformat(about["document_date"])
        origin = Origin.from_json(about["origin"]) if "origin" in about else None
        corrections = {
            rule_id: Correction(dt.date.fromisoformat(day), str(why))
            for rule_id, (day, why) in about.get("corrections", {}).items()
        }
        head = head_of(
            about["dang_bo"], period, as_of, document_date, about["rule_set"], origin, corrections
        )
        recorded = about["digest"]
    tables, texts = {}, {}
    for name in (*TABLES, "due", "change", "withdrawn"):
        if name in (*ONLY_FILLED, "withdrawn") and not (folder / f"{name}.parquet").exists():
            continue
        with _explained(folder, f"{name}.parquet"):
            tables[name] = _read(folder / f"{name}.parquet")
    for path in (p for part in ("rules", "annual") for p in sorted((folder / part).glob("*.yaml"))):
        with _explained(folder, path.relative_to(folder).as_posix()):
            texts[path.stem] = path.read_text(encoding="utf-8")
    digest = digest_of(head, tables, texts)
    if digest != recorded:
        raise input_error("slice-changed", str(folder))
    tables = {name: _whole(name, table) for name, table in tables.items()}
    forms = {
        rule_id: text
        for rule_id, text in texts.items()
        if not (folder / "annual" / f"{rule_id}.yaml").exists()
    }
    rule_sets = {
        rule_id: parse_rule_set(text, folder / "rules" / f"{rule_id}.yaml")
        for rule_id, text in forms.items()
    }
    of_year = [
        parse_annual_rules(text, folder / "annual" / f"{rule_id}.yaml")
        for rule_id, text in texts.items()
        if rule_id not in forms
    ]
    annual = of_year[0] if of_year else None
    return Slice(
        about["dang_bo"],
        period,
        as_of,
        document_date,
        about["rule_set"],
        tables,
        texts,
        rule_sets,
        digest,
        annual,
        origin,
        corrections,
    )


@contextlib.contextmanager
def _explained(folder: Path, name: str) -> Iterator[None]:
    """Turn an error while reading a file of a slice into an ``InputError`` that gives the cause."""
    try:
        yield
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        InputError,
        RecursionError,
        MemoryError,
        pa.ArrowException,
    ) as error:
        if is_no_memory(error):
            raise input_error("no-memory", str(folder)) from error
        lacks = isinstance(error, FileNotFoundError)
        if isinstance(error, OSError) and error.errno and not lacks:
            raise input_error("unreadable", str(folder / name), reason=reason(error)) from error
        if name == "slice.json":
            raise input_error("not-a-slice", str(folder)) from error
        raise input_error(
            "slice-lacks" if lacks else "slice-damaged", str(folder), found=name
        ) from error


def _read(path: Path) -> pd.DataFrame:
    """Read one table; ``pq.read_table`` costs more, as it plans for data sets of many files."""
    # without pre_buffer Arrow starts no thread: a process that is forked must have one only
    table = pq.ParquetFile(path, pre_buffer=False).read(use_threads=False)
    seconds = [
        field.with_type(pa.timestamp("s")) if pa.types.is_timestamp(field.type) else field
        for field in table.schema
    ]
    frame = table.cast(pa.schema(seconds)).to_pandas(
        ignore_metadata=True, use_threads=False, types_mapper=_FLAG.get
    )
    own = (
        {c.name: PANDAS[c.dtype] for c in TABLES[path.stem].columns} if path.stem in TABLES else {}
    )
    kinds = {name: own.get(name, _KINDS.get(name, "str")) for name in frame.columns}
    other = {
        name: kind
        for (name, kind), found in zip(kinds.items(), frame.dtypes, strict=True)
        if found != kind
    }
    return frame.astype(other) if other else frame


def _whole(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Add the columns introduced after the slice was written, with all values missing."""
    lacking = [c for c in TABLES[name].columns if c.name not in table] if name in TABLES else []
    return table.assign(
        **{
            c.name: pd.Series([None] * len(table), index=table.index, dtype=PANDAS[c.dtype])
            for c in lacking
        }
    )


OWN_FILES = "files"
"""The folder of a slice with files that a report reads besides the records."""
_KINDS = {"in_period": "bool", "recorded_at": PANDAS["moment"], **WITHDRAWN_KINDS}
"""The dtypes of the columns that only slices have and that are not text."""
_FLAG = {pa.bool_(): pd.BooleanDtype()}
