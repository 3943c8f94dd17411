"""The digest of a table's columns and rows, whatever file, library or string type stores them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assess.base.digests import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd


def of_table(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a frame's columns and rows, in hex, in the order given.

    Each column gives its name, kind and number of rows as canonical JSON, then its values,
    little-endian. A ``number`` is an IEEE double (no negative zero, one NaN for missing); a
    ``time`` is seconds since 1970 as 64 bits (the lowest number for missing); a ``flag`` is one
    byte: 0, 1, or 255 for missing. A ``text`` column gives the UTF-8 length of every value as
    64 bits (-1 for missing), then all texts without separators.
    """
    sha = hashlib.sha256()
    for name, values in table.items():
        kind = _KINDS.get(values.dtype.kind, "text")
        sha.update(canonical([str(name), kind, len(values)]).encode())
        if len(values):
            for part in _WRITERS[kind](values):
                sha.update(np.ascontiguousarray(part).data)
    return sha.hexdigest()


def _numbers(values: pd.Series) -> Iterator[np.ndarray]:
    found = values.to_numpy(dtype="<f8", na_value=np.nan) + 0.0  # adding 0.0 turns -0.0 into 0.0
    found[np.isnan(found)] = np.nan
    yield found


def _times(values: pd.Series) -> Iterator[np.ndarray]:
    yield values.to_numpy(dtype="datetime64[s]").astype("<i8")


def _flags(values: pd.Series) -> Iterator[np.ndarray]:
    missing = values.isna().to_numpy()
    yield np.where(
        missing, np.uint8(255), values.to_numpy(dtype=bool, na_value=False).astype(np.uint8)
    ).astype(np.uint8)


def _texts(values: pd.Series) -> Iterator[np.ndarray]:
    texts = pa.array(values, from_pandas=True)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if texts.type != pa.large_string():
        texts = texts.cast(pa.large_string())
    lacking = texts.null_count > 0
    filled = pc.fill_null(texts, "") if lacking else texts  # bytes under a null are undefined
    _, offsets, whole = filled.buffers()
    ends = np.frombuffer(offsets, dtype="<i8")[filled.offset : filled.offset + len(filled) + 1]
    lengths = np.diff(ends)
    if lacking:
        lengths[texts.is_null().to_numpy(zero_copy_only=False)] = -1
    yield lengths
    if whole is not None:
        yield np.frombuffer(whole, dtype=np.uint8)[ends[0] : ends[-1]]


_KINDS = {"f": "number", "i": "number", "u": "number", "M": "time", "b": "flag"}
"""The kind of a column by numpy's letter for its dtype; all others are text."""
_WRITERS = {"number": _numbers, "time": _times, "flag": _flags, "text": _texts}
