"""How numbers and dates are written for Vietnamese readers, the same in HTML, PDF and text."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from assess.base.periods import MONTH, written_month

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("text", "letter", "code", "file", "integer", "points", "percent", "date", "month")
"""Kinds of table column.

``points`` have up to two decimals, ``percent`` is a ratio with one, a ``letter`` stands for a word,
a ``file`` is a path from the page, which HTML links.
"""

MISSING = "–"
_MOST = 12
_LEAST, _WRITTEN = Decimal(1).scaleb(-_MOST), Decimal(1).scaleb(-6)
"""The smallest steps of a printed number and of a number written in rules.

Totals have up to nine decimals; beyond ``_MOST`` there is only binary rounding noise.
"""
Scalar = str | int | float | bool | dt.date | None


def decimal(value: float, places: int) -> str:
    """Return a number with a decimal comma, rounded half up from its shortest decimal form.

    >>> decimal(92.25, 1), decimal(90.0, 1), decimal(0.5, 0)
    ('92,3', '90,0', '1')
    """
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return str(rounded or abs(rounded)).replace(".", ",")


def points(value: float) -> str:
    """Return points with up to two decimals; a value other than zero never becomes zero.

    >>> points(95.0), points(92.5), points(94.736842), points(0.004)
    ('95', '92,5', '94,74', '<0,01')
    """
    return _near_nothing(value) or decimal(value, _PLACES).rstrip("0").rstrip(",")


_PLACES = 2


def _near_nothing(value: float) -> str:
    """Return the text for points too small for the last decimal; empty for other values."""
    if not _NOTHING < abs(value) < 5 * 10 ** -(_PLACES + 1):
        return ""
    return "<0,01" if value > 0 else ">-0,01"


def written(value: float) -> str:
    """Return a number of the rules with all its decimals.

    >>> written(90.0), written(89.995)
    ('90', '89,995')
    """
    return f"{Decimal(repr(float(value))).normalize():f}".replace(".", ",")


def decimals_beside(value: float, cuts: Iterable[float], least: int) -> int:
    """Return the decimals, at least ``least``, that keep a number on its side of every cut.

    >>> decimals_beside(89.996, (90.0, 70.0), 2), decimals_beside(90.0, (90.0,), 2)
    (3, 2)
    """
    exact, *edges = (Decimal(repr(float(number))).quantize(_LEAST) for number in (value, *cuts))
    # a computed cut, such as 90 of 105, may never end: a value equal to it needs no more decimals
    edges = [edge for edge in edges if edge != exact or edge == edge.quantize(_WRITTEN)]
    for places in range(least, _MOST):
        rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if all(rounded.compare(edge) == exact.compare(edge) for edge in edges):
            return places
    return _MOST


def points_beside(value: float, cuts: Iterable[float]) -> str:
    """Return points like :func:`points`, with enough decimals beside the cuts they compare with.

    >>> points_beside(89.996, (90.0, 70.0)), points_beside(89.9958, (90.0,))
    ('89,996', '89,996')
    >>> points_beside(92.25, (90.0,))
    '92,25'
    """
    text = decimal(value, decimals_beside(value, cuts, 2))
    return text.rstrip("0").rstrip(",") if "," in text else text


def percent_beside(ratio: float, cuts: Iterable[float]) -> str:
    """Return a ratio like :func:`percent`, with enough decimals beside the cuts, 0 % and 100 %.

    >>> percent_beside(0.8996, (0.9,)), percent_beside(0.9, (0.9,)), percent_beside(0.9996, ())
    ('89,96%', '90,0%', '99,96%')
    """
    return _whole(ratio) or f"{decimal(_hundredfold(ratio), percent_decimals(ratio, cuts))}%"


def percent_decimals(ratio: float, cuts: Iterable[float]) -> int:
    """Return the decimals of a percentage beside the ratios it compares with, 0 and 1 included."""
    return decimals_beside(_hundredfold(ratio), [_hundredfold(cut) for cut in (0.0, 1.0, *cuts)], 1)


def _hundredfold(ratio: float) -> float:
    return float(Decimal(repr(float(ratio))) * 100)


def count(value: int) -> str:
    """Return a large count for use in a text, in groups of three digits.

    >>> count(960), count(34560)
    ('960', '34.560')
    """
    return f"{value:,}".replace(",", ".")


def percent(ratio: float) -> str:
    """Return a ratio as a percentage with one decimal; only none is 0 %, only all is 100 %.

    In a sentence all and none have no decimals; a column of a table has one throughout.

    >>> percent(0.9166), percent(1), percent(34550 / 34560), percent(1 / 3000)
    ('91,7%', '100%', '>99,9%', '<0,1%')
    """
    return _whole(ratio) or _percent(ratio, 1)


def _whole(ratio: float) -> str:
    """Return a ratio that is all or none; empty for any other."""
    return {0.0: "0%", 1.0: "100%"}.get(float(ratio), "")


def _percent(ratio: float, places: int) -> str:
    shown = decimal(_hundredfold(ratio), places)
    if shown.strip("-0,") == "" and abs(ratio) > _NOTHING:
        least = decimal(10.0**-places, places)
        return f"<{least}%" if ratio > 0 else f">-{least}%"
    if shown == decimal(100.0, places) and abs(ratio - 1) > _NOTHING:
        return f">{decimal(100 - 10.0**-places, places)}%" if ratio < 1 else ">100%"
    return f"{shown}%"


_NOTHING = 1e-9
"""Smaller differences are rounding errors of floating-point arithmetic."""


def day(value: dt.date) -> str:
    """Return a date as documents write it, see :func:`~assess.base.periods.written_month`.

    >>> day(dt.date(2026, 3, 5)), day(dt.date(2027, 1, 12))
    ('05/3/2026', '12/01/2027')
    """
    return f"{value.day:02d}/{written_month(value.month)}/{value.year}"


def month(value: str) -> str:
    """Return ``2026-03`` as ``3/2026`` and ``2026-01`` as ``01/2026``."""
    year, number = value.split("-")
    return f"{written_month(int(number))}/{year}"


def show(value: Scalar, kind: str, places: int | None = None) -> str:
    """Return a table value as text by its column's kind; a missing value is a dash.

    Empty text stays empty, as in a row of sums where nothing can be added.
    ``places`` fixes the decimals of points and percentages, the same for a whole column.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if value == "":
        return ""
    if kind in ("integer", "points", "percent"):
        return (
            _show_number(float(value), kind, places)
            if isinstance(value, int | float)
            else str(value)
        )
    if kind == "date":
        return day(value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)))
    if kind == "month" and MONTH.fullmatch(str(value)):
        return month(str(value))
    return str(value)


def places_beside(value: Scalar, kind: str, cuts: Iterable[float]) -> int | None:
    """Return the decimals that a value needs beside its cuts; None if its kind has no decimals."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    if kind == "percent":
        return percent_decimals(value, cuts) if cuts else 1
    return len(points_beside(value, cuts).partition(",")[2]) if kind == "points" else None


def _show_number(value: float, kind: str, places: int | None) -> str:
    if kind == "integer":
        return str(int(value))
    if kind == "percent":
        return _percent(value, 1 if places is None else places)
    return points(value) if places is None else _near_nothing(value) or decimal(value, places)
