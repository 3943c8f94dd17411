"""The months of a chi bộ and of all chi bộ, as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assess.studies.receipts import ASIDE, MISSING, NOT_DUE, NOT_HELD, TAKEN, UNSCORED

_LETTERS = {"Tốt": "T", "Khá": "K", "Trung bình": "TB", "Kém": "Kém"}
"""What a cell shows of a class: no two alike, also on a copy in black and white."""


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A month of a chi bộ: a letter, its look, what a screen reader says, and where it leads."""

    month: str
    state: str
    letter: str
    look: str
    said: str
    total: float | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class YearRow:
    """A chi bộ with its months of a year."""

    chi_bo: str
    name: str
    cells: tuple[MonthCell, ...]

    @property
    def best(self) -> str:
        """How many of its classed meetings are in the best class, of how many."""
        classed = [cell for cell in self.cells if cell.state == TAKEN and cell.letter != "?"]
        return f"{sum(cell.look == 't' for cell in classed)}/{len(classed)}"


@dataclass(frozen=True, slots=True)
class MonthCount:
    """What came of the forms of a month, with the names of who is missing."""

    month: str
    due: int
    taken: int
    not_held: int
    aside: int
    unscored: int
    missing: tuple[str, ...]
    waiting: int

    @property
    def expected(self) -> int:
        """How many forms there are to be: of all chi bộ but those that said they did not meet."""
        return self.due - self.not_held

    @property
    def untouched(self) -> bool:
        """Whether it is due and nothing of it has come: perhaps from before the desk was used."""
        come = self.taken + self.not_held + self.aside + self.unscored
        return bool(self.missing) and not come and not self.waiting

    @property
    def complete(self) -> bool:
        """Whether nothing is open."""
        return not (self.missing or self.aside or self.unscored or self.waiting)

    @property
    def rest(self) -> str:
        """What is open, in words."""
        said = []
        if self.missing:
            said.append(f"{len(self.missing)} chưa gửi")
        if self.aside:
            said.append(f"{self.aside} để riêng")
        if self.unscored:
            said.append(f"{self.unscored} chưa có điểm")
        if self.waiting:
            said.append(f"{self.waiting} chưa đến hạn")
        return ", ".join(said) or "đủ"


def cell_of(month: str, row: Any, found: tuple[str, float | None, int] | None) -> MonthCell:
    """Return the cell of a month: the class, or why there is none."""
    told = f"tháng {int(month[5:])}"
    if row is None:
        return MonthCell(month, "", "·", "now", f"{told}: chưa đến")
    if row.state == TAKEN and found is not None and found[0]:
        title, total, place = found
        letter = _LETTERS.get(title) or "".join(word[0] for word in title.split()).upper()
        look = ("t", "kha", "tb", "kem")[min(place, 3)]
        return MonthCell(month, TAKEN, letter, look, f"{told}: {title}", total)
    letters = {
        TAKEN: ("?", "tb", "đã nhận, chưa xếp loại được"),
        UNSCORED: ("?", "tb", "chưa có điểm"),
        NOT_HELD: ("–", "now", "hoãn, hủy hoặc gộp"),
        ASIDE: ("!", "set", "để riêng, chờ sửa"),
        MISSING: ("○", "none", "chưa gửi"),
        NOT_DUE: ("·", "now", "chưa đến hạn"),
    }
    letter, look, words = letters[row.state]
    return MonthCell(month, row.state, letter, look, f"{told}: {words}", None, row.file)
