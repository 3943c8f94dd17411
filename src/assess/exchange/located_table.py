"""A table together with the place of each of its rows, for use in findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from assess.base.errors import Place


@dataclass(frozen=True)
class Located:
    """A table and the function ``place(position, column)`` that gives the place of a value."""

    frame: pd.DataFrame
    place: Callable[[int, str], Place]
