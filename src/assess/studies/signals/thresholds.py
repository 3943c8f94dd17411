"""The numbers from which something recorded is a reason to look; an office may set its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from assess.base import numbers
from assess.base.errors import input_error

_SHARES = ("exact_share", "few")


@dataclass(frozen=True, slots=True)
class SignalThresholds:
    """Where the signals of plain facts begin; proposed by this toolkit, in no instrument.

    ``points_apart``: how many points of 100 the chi bộ's total is above another rater's, at least;
    ``alike``: the fewest months in a row with the same sheet, or meetings that all have the
    maximum; ``steady``: the fewest meetings for equal totals, or for lengths equal to the required
    minutes; ``exact_share``: the least share of meetings that last exactly the required minutes;
    ``few``: the share of those who must attend under which few were present; ``late_days``: the
    days from the meeting to the signature after which a sheet is late; ``signed_together``: the
    fewest months whose sheets were signed on one day.
    """

    points_apart: float = 5.0
    alike: int = 3
    steady: int = 6
    exact_share: float = 0.9
    few: float = 0.5
    late_days: int = 31
    signed_together: int = 3

    def __post_init__(self) -> None:
        """Refuse what would call every meeting a reason to look, or none."""
        for name, least in (("alike", 2), ("steady", 2), ("signed_together", 2), ("late_days", 0)):
            if getattr(self, name) < least:
                raise input_error(
                    "threshold-least", name, found=str(getattr(self, name)), limit=least
                )
        if not 0 < self.points_apart <= 100:
            raise input_error("threshold-points", "points_apart", found=str(self.points_apart))
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise input_error("plan-part", name, found=str(getattr(self, name)))

    def in_words(self) -> dict[str, str]:
        """Return each threshold as a text prints it."""
        return {
            name: f"{numbers.written(round(100 * value, 6))}%"
            if name in _SHARES
            else numbers.written(value)
            for name, value in asdict(self).items()
        }
