"""Text columns as whole numbers: the position of each value in a list of names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]
    Flags = NDArray[np.bool_]
    Texts: TypeAlias = pd.Series | Sequence[str] | pa.Array


def positions(values: Texts, names: Texts) -> Ints:
    """Return the position of each value in ``names`` (no repeats); −1 if missing or unknown."""
    return _positions(_text(values), _text(names))


def positions_in_runs(values: Texts, names: Texts) -> Ints:
    """Return :func:`positions` for a long column with runs of equal values, one lookup per run."""
    firsts, lengths = [], []
    for _, text in blocks(values):
        changes = pc.not_equal(text[1:], text[:-1]).fill_null(True).to_numpy(zero_copy_only=False)
        starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
        firsts.append(text.take(pa.array(starts)))
        lengths.append(np.diff(np.append(starts, len(text))))
    if not firsts:
        return np.empty(0, dtype=np.int32)
    return np.repeat(_positions(pa.concat_arrays(firsts), _text(names)), np.concatenate(lengths))


_BLOCK = 1 << 18
"""Rows processed at a time: few enough for the intermediate arrays to stay in the CPU cache."""


def blocks(values: Texts) -> Iterator[tuple[slice, Any]]:
    """Yield a long column in blocks of rows, each as its slice and its text."""
    column = pa.array(values, from_pandas=True)
    for start in range(0, len(column), _BLOCK):
        part = slice(start, min(start + _BLOCK, len(column)))
        yield part, _text(column[part])


def pairs_among(first: pd.Series, second: pd.Series, known: tuple[pd.Series, pd.Series]) -> Flags:
    """Return where the pair of two values is one of the ``known`` pairs."""
    names = [pc.unique(_text(column)).drop_null() for column in known]
    # One extra row and column, so that −1 finds nothing.
    table = np.zeros([len(found) + 1 for found in names], dtype=bool)
    table[
        tuple(_positions(_text(column), found) for column, found in zip(known, names, strict=True))
    ] = True
    table[-1, :], table[:, -1] = False, False
    asked: Flags = table[_positions(_text(first), names[0]), _positions(_text(second), names[1])]
    return asked


def _positions(text: Any, names: Any) -> Ints:
    found: Ints = (
        pc.index_in(text, value_set=names, skip_nulls=True)
        .fill_null(-1)
        .to_numpy(zero_copy_only=False)
    )
    return found


def _text(values: Any) -> Any:
    found = (
        values
        if isinstance(values, pa.Array | pa.ChunkedArray)
        else pa.array(values, from_pandas=True)
    )
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    return found if found.type == pa.large_string() else found.cast(pa.large_string())
