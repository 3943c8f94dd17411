"""How the chi bộ of a đảng bộ changed in a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.reports.named_figures import NamedCount, NamedList

if TYPE_CHECKING:
    import datetime as dt

    from assess.reports.report import Report


@dataclass(frozen=True)
class Move:
    """What became of some chi bộ on one day.

    ``what`` is that of :func:`assess.studies.moves`: *came* from ``other``, *left* for it, *ended*
    (merged into it, or for good where it is empty), *founded*, or moved *within* the đảng bộ, from
    ``other``.
    """

    day: dt.date
    what: str
    other: str
    count: NamedCount
    names: NamedList


def moves(report: Report) -> tuple[Move, ...]:
    """Return the changes of the period in the order of their days."""
    tree = report.slice.tree
    found = []
    for (day, what, other), theirs in report.moves.groupby(["day", "what", "other"], sort=True):
        name = f"moves.{day:%Y-%m-%d}.{what}{f'.{other}' if other else ''}"
        found.append(
            Move(
                day,
                what,
                tree.name_on(other, day) if other else "",
                NamedCount(name, len(theirs)),
                NamedList(name, (report.names[chi_bo] for chi_bo in theirs["chi_bo_id"])),
            )
        )
    return tuple(found)
