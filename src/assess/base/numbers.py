"""How numbers and dates are written for Vietnamese readers: one place, so that HTML, PDF and text say the same."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal

KINDS = ("text", "code", "integer", "points", "percent", "date", "month")
"""Kinds of table column; ``points`` has at most two decimals, ``percent`` is a ratio shown with one."""

MISSING = "–"
_MONTH = re.compile(r"\d{4}-\d{2}")
Scalar = str | int | float | bool | dt.date | None


def decimal(value: float, places: int) -> str:
    """Return a number with a decimal comma, rounded half up from its shortest decimal form.

    >>> decimal(92.25, 1), decimal(90.0, 1), decimal(0.5, 0)
    ('92,3', '90,0', '1')
    """
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return str(rounded or abs(rounded)).replace(".", ",")


def points(value: float) -> str:
    """Return points with as many decimals as they need, two at the most; what is not zero is never written as zero.

    >>> points(95.0), points(92.5), points(94.736842), points(0.004)
    ('95', '92,5', '94,74', '<0,01')
    """
    return _near_nothing(value) or decimal(value, _PLACES).rstrip("0").rstrip(",")


_PLACES = 2


def _near_nothing(value: float) -> str:
    """How points are written that are less than their last decimal can show; nothing for others."""
    if not _NOTHING < abs(value) < 5 * 10 ** -(_PLACES + 1):
        return ""
    return "<0,01" if value > 0 else ">-0,01"


def count(value: int) -> str:
    """Return a large count within a text, in groups of three digits.

    >>> count(960), count(34560)
    ('960', '34.560')
    """
    return f"{value:,}".replace(",", ".")


def percent(ratio: float) -> str:
    """Return a ratio as a percentage with one decimal; 0 % and 100 % are said of none and of all alone.

    >>> percent(0.9166), percent(1), percent(34550 / 34560), percent(1 / 3000)
    ('91,7%', '100,0%', '>99,9%', '<0,1%')
    """
    shown = decimal(float(Decimal(repr(float(ratio))) * 100), 1)
    if shown.lstrip("-") == "0,0" and abs(ratio) > _NOTHING:
        return "<0,1%" if ratio > 0 else ">-0,1%"
    if shown == "100,0" and abs(ratio - 1) > _NOTHING:
        return ">99,9%" if ratio < 1 else ">100%"
    return f"{shown}%"


_NOTHING = 1e-9
"""A difference of less is one of floating-point arithmetic."""


def day(value: dt.date) -> str:
    """Return a date as ``dd/mm/yyyy``."""
    return f"{value.day:02d}/{value.month:02d}/{value.year}"


def month(value: str) -> str:
    """Return ``2026-03`` as ``3/2026``; the letterless form used in tables."""
    year, number = value.split("-")
    return f"{int(number)}/{year}"


def show(value: Scalar, kind: str, places: int | None = None) -> str:
    """Return a table value as text by its column's kind; a missing value is a dash.

    ``places`` gives points a fixed number of decimals, as the values of one column should have.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if kind in ("integer", "points", "percent"):
        return _show_number(float(value), kind, places) if isinstance(value, int | float) else str(value)
    if kind == "date":
        return day(value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)))
    if kind == "month" and _MONTH.fullmatch(str(value)):
        return month(str(value))
    return str(value)


def _show_number(value: float, kind: str, places: int | None) -> str:
    if kind == "integer":
        return str(int(value))
    if kind == "percent":
        return percent(value)
    return points(value) if places is None else _near_nothing(value) or decimal(value, places)
