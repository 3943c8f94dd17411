"""Where the rows of a slice stand in the store that they were cut from."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH = "batch"
"""A further column of tables that a store gives: the batch that recorded the row as it stands."""
WITHDRAWN_COLUMNS = ("table", "unit_id", "time", "what", "rows", "withdrawn_at", "reason", "batch")
"""The columns of withdrawals: the table, whose row it was, the month, day or year that it was of,
its id, how many rows went with it, when and why it was withdrawn, and by which batch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a report says of a batch of the store: its number, link and moment.

    ``own_moments``: its rows came with moments of their own, as a history brought in.
    """

    number: int
    link: str
    moment: dt.datetime
    own_moments: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """The latest batch with a row in a slice, and how many rows are a history brought in.

    A batch that recorded nothing of the slice changes nothing of it.
    """

    number: int
    link: str
    moment: dt.datetime
    brought_in: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "moment": self.moment.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Origin:
        """Return what :meth:`as_json` was made of."""
        return cls(**{**data, "moment": dt.datetime.fromisoformat(data["moment"])})


WITHDRAWN_KINDS = {"rows": "float64", "withdrawn_at": "datetime64[s]"}
"""The dtypes of those of these columns that are no text, but ``batch``."""


def no_withdrawals() -> pd.DataFrame:
    """Return an empty frame of withdrawals."""
    kinds = {**WITHDRAWN_KINDS, BATCH: "float64"}
    return pd.DataFrame(
        {name: pd.Series(dtype=kinds.get(name, "str")) for name in WITHDRAWN_COLUMNS}
    )


def origin_of(
    tables: Mapping[str, pd.DataFrame],
    withdrawn: pd.DataFrame,
    batches: Mapping[int, Batch],
) -> tuple[dict[str, pd.DataFrame], Origin | None]:
    """Return the tables of a slice without the column ``batch``, and what it says of them.

    ``batches`` are those of the store; without any, the tables are not from one.
    """
    own = [number for number, batch in batches.items() if batch.own_moments]
    latest, brought_in, plain = 0, 0, {}
    for name, table in tables.items():
        if BATCH not in table.columns:
            plain[name] = table
            continue
        latest = max(latest, int(table[BATCH].max()) if len(table) else 0)
        brought_in += int(table[BATCH].isin(own).sum())
        plain[name] = table.drop(columns=BATCH)
    latest = max(latest, int(withdrawn[BATCH].max()) if len(withdrawn) else 0)
    if latest not in batches:
        return plain, None
    found = batches[latest]
    return plain, Origin(found.number, found.link, found.moment, brought_in)
