"""A table of a report from a frame: which columns, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from assess.base import digests
from assess.base.digests import canonical
from assess.base.errors import input_error
from assess.base.text import nearest
from assess.reports.blocks import Column, Table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    Kinds = Mapping[str, str | tuple[str, tuple[float, ...]]]

_KINDS = "kinds"
"""The attribute of a frame with what its columns measure."""
MARK = "x"
"""A letter that says that its column holds for a row; a total counts them."""
SHARE = "share"
"""A percentage whose column adds up to a whole, unlike that of a rate."""
_LETTERS, _LONGEST = 7.0, 22
"""Letters per unit of width, and the most letters of a text that are counted."""
_MOST_ROWS, _MOST_COLUMNS = 500, 20
"""The largest frame that a cell shows by itself as a table of the report."""
_SPAN = {"points": 6, "percent": 6, "date": 10, "month": 7}
"""Letters of a value by the kind of its column."""


def with_kinds(frame: pd.DataFrame, kinds: Kinds) -> pd.DataFrame:
    """Return a frame that knows what its columns measure, for :func:`frame_table`.

    A kind is one of :data:`assess.base.numbers.KINDS` or ``share``, alone or with the thresholds
    that its values are compared with.
    """
    made = frame.copy(deep=False)
    made.attrs = {_KINDS: {**frame.attrs.get(_KINDS, {}), **kinds}}
    return made


def frame_table(  # noqa: PLR0913 - what a table may have, each by name
    table_id: str,
    title: str,
    frame: pd.DataFrame,
    columns: Mapping[str, str | Column],
    *,
    keys: str = "",
    groups: str = "",
    optional: Collection[str] = (),
    total: str = "",
    last_is_total: bool = False,
    stub: int = 0,
    note: str = "",
    empty: str = "Không có.",
    bars: str = "",
    shades: Mapping[str, int] | None = None,
) -> Table:
    """Return the rows of ``frame`` as a table with the columns named in ``columns``, in that order.

    A column is printed as the frame says (see :func:`with_kinds`), else by its type: whole numbers,
    points, days, text. A :class:`Column` says otherwise. ``keys`` is the column whose values
    identify the rows. ``groups`` is a column whose values stand as headings above their rows. Of
    ``optional`` columns those with nothing but zeros and missing values are left out; the note
    below names those that count. ``total`` is the name of a last row with the sums of counts and
    shares; ``last_is_total`` says that the frame's own last row is one. The first ``stub`` columns
    are headings of their rows: by default the first one, and the one after a number. ``bars`` is a
    column to draw as well, ``shades`` the ink of letters, see
    :class:`~assess.reports.blocks.Table`.

    Raise :class:`~assess.base.errors.InputError` for a column that the frame does not have.
    """
    for name in filter(None, (*columns, keys, groups, bars)):
        if name not in frame.columns:
            known = [str(each) for each in frame.columns]
            raise input_error(
                "no-such-column", table_id, allowed=known, found=name, hint=nearest(name, known)
            )
    kinds = frame.attrs.get(_KINDS, {})
    idle = [
        name for name in columns if name in optional and not any(_tells(v) for v in frame[name])
    ]
    made = tuple(
        title if isinstance(title, Column) else _column(frame[name], name, title, kinds.get(name))
        for name, title in columns.items()
        if name not in idle
    )
    rows = list(frame[[c.key for c in made]].itertuples(index=False, name=None))
    none = [str(columns[name]).lower() for name in idle if frame[name].notna().any()]
    if none:
        note = f"{note} Không có: {', '.join(none)}.".strip()
    if total:
        rows.append(_sums(total, frame, made, kinds))
    return Table(
        table_id,
        title,
        made,
        tuple(rows),
        stub=stub or (2 if len(made) > 1 and made[0].kind == "integer" else 1),
        total=bool(total) or last_is_total,
        note=note,
        empty=empty,
        bands=_bands(frame[groups]) if groups else (),
        keys=(*map(str, frame[keys]), *([total] if total else [])) if keys else (),
        bars=bars,
        shades=shades or {},
    )


def plain_table(frame: pd.DataFrame) -> Table | None:
    """Return a frame that a cell shows by itself as a table; None for one that is too large.

    Every column is printed by its type under its own name, and the index where it says something.
    The title is ``frame.attrs["title"]``, if any.
    """
    if len(frame) > _MOST_ROWS or frame.columns.nlevels > 1 or not len(frame.columns):
        return None
    counted = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    shown = frame if counted else frame.reset_index()
    names = [str(name) for name in shown.columns]
    if len(set(names)) < len(names) or len(names) > _MOST_COLUMNS:
        return None
    shown = shown.set_axis(names, axis="columns")
    heads = {name: "" if not counted and name == "index" else name for name in names}
    title = str(frame.attrs.get("title", ""))
    return frame_table(f"rieng-{digests.of_text(canonical(names))[:8]}", title, shown, heads)


def _column(
    values: pd.Series[Any], name: str, title: str, kind: str | tuple[str, tuple[float, ...]] | None
) -> Column:
    of, cuts = kind if isinstance(kind, tuple) else (kind, ())
    if of is None:
        of = _kind_of(values)
    shown = "percent" if of == SHARE else of
    longest = _SPAN.get(shown) or min(max((_span(str(v)) for v in values), default=0), _LONGEST)
    letters = max(longest, *map(_span, title.split()), len(title) // 2, 3)
    return Column(name, title, shown, round(letters / _LETTERS, 1), cuts)


def _tells(value: Any) -> bool:
    """Return whether a value is neither missing nor zero."""
    return not pd.isna(value) and value not in (0, "")


def _span(text: str) -> int:
    """Return the width of a text in letters; a capital is wider."""
    return len(text) + sum(letter.isupper() for letter in text) // 2


def _kind_of(values: pd.Series[Any]) -> str:
    types = pd.api.types
    if types.is_datetime64_any_dtype(values):
        return "date"
    if types.is_integer_dtype(values):
        return "integer"
    return "points" if types.is_float_dtype(values) else "text"


def _sums(
    total: str, frame: pd.DataFrame, columns: tuple[Column, ...], kinds: Kinds
) -> tuple[Any, ...]:
    """Return a row with the sums of counts, shares and marks, and its name before them."""
    row: list[Any] = [""] * len(columns)
    for place, column in enumerate(columns):
        values = frame[column.key]
        if column.kind == "letter":
            row[place] = int((values == MARK).sum())
        elif column.key != "number" and (
            column.kind == "integer" or kinds.get(column.key) == SHARE
        ):
            row[place] = values.sum() if len(frame) and values.notna().any() else None
    numeric = ("integer", "points", "percent")
    row[next((i for i, c in enumerate(columns) if c.kind not in numeric), 0)] = total
    return tuple(row)


def _bands(groups: pd.Series[Any]) -> tuple[tuple[int, str], ...]:
    """Return each heading with the number of its first row."""
    values = list(groups)
    return tuple(
        (row, str(value))
        for row, value in enumerate(values)
        if row == 0 or values[row - 1] != value
    )
