"""What an intake writes of its files: transactions, notes on what was set aside, places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base.errors import Finding, Place
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assess.exchange.intake.result import FileResult

GROUP = 250
"""Most files in one transaction."""


def notes_about(result: FileResult) -> list[Finding]:
    """Return a note for each form of a file that was set aside: of which unit and month."""
    place = Place(result.name)
    return [Finding("form-of", place, {"unit": unit, "month": m}) for unit, m in result.about]


def reasons_of(results: Sequence[FileResult]) -> list[str]:
    """Return why rows are withdrawn, each reason once."""
    return list(dict.fromkeys(reason for result in results for reason in result.reasons))


def transactions(results: Sequence[FileResult]) -> Iterator[list[FileResult]]:
    """Divide files into transactions, each with a limited number of files and no row twice."""
    group: list[FileResult] = []
    keys: set[tuple[str, ...]] = set()
    for result in results:
        mine = {
            (name, *(row[k] for k in TABLES[name].key))
            for name, rows in result.rows.items()
            for row in rows
        }
        if group and (len(group) >= GROUP or mine & keys):
            yield group
            group, keys = [], set()
        group.append(result)
        keys |= mine
    if group:
        yield group


def in_file(place: Place, name: str) -> Place:
    """Convert the address ``sheet!B7`` or ``dòng 7`` into a place in a file."""
    if "!" not in place.file:
        return Place(name, int(place.file.rpartition(" ")[2] or 0), 0, place.label)
    sheet, _, cell = place.file.rpartition("!")
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    row = int(cell[len(letters) :] or 0)
    return Place(name, row, column, place.label, sheet or cell)
