"""Column and table specifications of the records."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a table.

    ``dtype`` is one of text, id, date, moment, month, year, period, integer, number, flag, choice.
    A ``free`` text is what somebody wrote in their own words; it can be blacked out on record.
    """

    name: str
    dtype: str
    about: str
    required: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    refers_to: str = ""
    unit: str = ""
    free: bool = False


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: its columns in file order, its key and its other unique columns.

    ``key`` names the columns that identify a row; ``unique`` lists other groups of columns that may
    not repeat. A folder of CSV files may lack an ``optional`` table; the table is then empty.
    """

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    optional: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in file order."""
        return tuple(c.name for c in self.columns)

    def __getitem__(self, name: str) -> ColumnSpec:
        """Return one column by name."""
        return next(c for c in self.columns if c.name == name)


def count(name: str, about: str, *, required: bool = False) -> ColumnSpec:
    """Return the specification of a column that counts people."""
    return ColumnSpec(name, "integer", about, required, low=0, unit="người")


RECORDED = ColumnSpec(
    "recorded_at", "moment", "when the row entered the records; empty means from the beginning"
)
