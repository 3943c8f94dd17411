"""A table together with where each of its rows stands, so that a check can say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from assess.base.errors import Place


@dataclass(frozen=True)
class Located:
    """A table and where each of its rows stands: ``place(position, column)``."""

    frame: pd.DataFrame
    place: Callable[[int, str], Place]
