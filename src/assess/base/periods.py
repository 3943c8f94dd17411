"""Reporting periods: a month, a quarter, a half-year, a year."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from assess.base.errors import Finding, InputError, Place

MONTH = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])")
"""A month as ``YYYY-MM``; the groups are its year and its number."""
_SHAPE = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12])))?"
)
_ROMAN = ("I", "II", "III", "IV")
FAR_OFF = dt.datetime.fromisoformat("2999-12-31")
"""A moment later than any record. Records carry local time without a zone."""
ALLOWED = ("2025-03", "2025-Q3", "2025-H1", "2025")


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole months within one year; ``text`` is its written form, such as ``2025-Q3``."""

    text: str
    year: int
    first_month: int
    last_month: int

    @classmethod
    def parse(cls, text: str, place: Place | None = None) -> Period:
        """Parse ``2025-03``, ``2025-Q3``, ``2025-H1`` or ``2025``; raise ``InputError`` otherwise.

        >>> Period.parse("2026-Q2").months
        ('2026-04', '2026-05', '2026-06')
        """
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise InputError(
                [Finding("bad-period", place or Place("period"), {"found": text}, ALLOWED)]
            )
        year = int(match["year"])
        if match["month"]:
            first = last = int(match["month"])
        elif match["quarter"]:
            first, last = 3 * int(match["quarter"]) - 2, 3 * int(match["quarter"])
        elif match["half"]:
            first, last = 6 * int(match["half"]) - 5, 6 * int(match["half"])
        else:
            first, last = 1, 12
        return cls(text, year, first, last)

    @property
    def months(self) -> tuple[str, ...]:
        """The months as ``YYYY-MM``."""
        return tuple(f"{self.year}-{m:02d}" for m in range(self.first_month, self.last_month + 1))

    @property
    def start(self) -> dt.date:
        """The first day."""
        return dt.date(self.year, self.first_month, 1)

    @property
    def end(self) -> dt.date:
        """The last day."""
        return month_end(f"{self.year}-{self.last_month:02d}")

    @property
    def label(self) -> str:
        """The Vietnamese name in lower case, as used inside a sentence.

        >>> Period.parse("2026-H1").label, Period.parse("2026-03").label
        ('6 tháng đầu năm 2026', 'tháng 3/2026')
        """
        length = self.last_month - self.first_month + 1
        if length == 12:
            return f"năm {self.year}"
        if length == 6:
            return f"6 tháng {'đầu' if self.first_month == 1 else 'cuối'} năm {self.year}"
        if length == 3:
            return f"quý {_ROMAN[self.first_month // 3]}/{self.year}"
        return f"tháng {written_month(self.first_month)}/{self.year}"


def written_month(number: int) -> str:
    """Return a month's number with a zero before 1 and 2 alone, as Party documents write dates."""
    return f"{number:02d}" if number in (1, 2) else str(number)


def month_end(month: str) -> dt.date:
    """Return the last day of ``YYYY-MM``."""
    year, number = int(month[:4]), int(month[5:7])
    return dt.date(year, number, calendar.monthrange(year, number)[1])


def month_start(month: str) -> dt.date:
    """Return the first day of ``YYYY-MM``."""
    return dt.date(int(month[:4]), int(month[5:7]), 1)


def last_day(month: str, at: dt.date) -> dt.date:
    """Return the month's last day up to the day ``at``: its end, or ``at`` if that is earlier.

    >>> last_day("2026-11", dt.date(2026, 11, 28)), last_day("2026-11", dt.date(2026, 12, 3))
    (datetime.date(2026, 11, 28), datetime.date(2026, 11, 30))
    """
    return min(month_end(month), at)


def shift_month(month: str, by: int) -> str:
    """Return the month ``by`` months later (earlier when negative).

    >>> shift_month("2026-01", -1)
    '2025-12'
    """
    index = int(month[:4]) * 12 + int(month[5:7]) - 1 + by
    return f"{index // 12}-{index % 12 + 1:02d}"


def moment(text: str, place: Place | None = None) -> dt.datetime:
    """Parse a moment; a day means its end, so that everything recorded on that day counts.

    >>> moment("2026-12-31")
    datetime.datetime(2026, 12, 31, 23, 59, 59)
    """
    try:
        if len(text) == len("2026-12-31"):
            return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(23, 59, 59))
        value = dt.datetime.fromisoformat(text)
        if value.tzinfo is None:
            return value
    except ValueError:
        pass
    raise InputError([Finding("bad-moment", place or Place("as_of"), {"found": text})])
