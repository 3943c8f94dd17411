"""What a caller hands in, taken as it comes: a path as text, a year as a number, a day as text.

Each function returns the value that the package works with, or raises
:class:`~assess.base.errors.InputError` that names the argument, what was found and what is wanted.
"""

from __future__ import annotations

import datetime as dt
import os
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base.errors import Place, input_error
from assess.base.periods import ALLOWED, Period, moment

if TYPE_CHECKING:
    from assess.base.errors import InputError

_SHOWN = 60


def wrong_type(value: object, name: str, wanted: str) -> InputError:
    """Return the error that says what an argument is and what it should be."""
    shown = " ".join(repr(value).split())
    shown = f"{type(value).__name__} {shown[:_SHOWN]}{'…' if len(shown) > _SHOWN else ''}"
    return input_error("wrong-type", name, found=shown, wanted=wanted)


def as_path(value: Any, name: str = "path") -> Path:
    """Return a path that is given as text or as a path.

    >>> as_path("data/sample").parts
    ('data', 'sample')
    """
    if isinstance(value, str | os.PathLike):
        return Path(value)
    raise wrong_type(value, name, "đường dẫn (chữ hoặc Path)")


def as_text(value: Any, name: str) -> str:
    """Return text; a number or nothing is not taken for text."""
    if isinstance(value, str):
        return value
    raise wrong_type(value, name, "chữ")


def as_count(value: Any, name: str, least: int = 0) -> int:
    """Return a whole number, ``least`` or more; a truth value is none."""
    if isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least:
        return int(value)
    raise wrong_type(value, name, f"số nguyên từ {least}")


def as_period(value: Any, name: str = "period") -> Period:
    """Return a period that is given as one, as text, or as the number of a year.

    >>> as_period(2026) == as_period("2026") == as_period(as_period("2026"))
    True
    """
    if isinstance(value, Period):
        return value
    if isinstance(value, Integral) and not isinstance(value, bool):
        value = str(int(value))
    if isinstance(value, str):
        return Period.parse(value, Place(name))
    raise wrong_type(value, name, f"kỳ báo cáo, chẳng hạn {', '.join(ALLOWED)}")


def as_moment(value: Any, name: str = "as_of") -> dt.datetime:
    """Return a moment that is given as one, as a day (its end), or as text.

    >>> as_moment("2026-12-31") == as_moment(dt.date(2026, 12, 31))
    True
    """
    if isinstance(value, dt.datetime):
        plain = value if type(value) is dt.datetime else dt.datetime.fromisoformat(str(value))
        return moment(plain.isoformat(), Place(name))
    if isinstance(value, dt.date):
        return moment(value.isoformat(), Place(name))
    if isinstance(value, str):
        return moment(value, Place(name))
    raise wrong_type(value, name, "thời điểm, chẳng hạn 2026-12-31 hoặc 2026-12-31T17:00")


def as_day(value: Any, name: str) -> dt.date:
    """Return a day that is given as one, as a moment, or as text.

    >>> as_day("2026-12-31", "document_date")
    datetime.date(2026, 12, 31)
    """
    return as_moment(value, name).date()
