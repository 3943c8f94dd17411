"""Names and moments as people type, sort and say them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.machine import now
from assess.base.text import casefold_vi, plain

if TYPE_CHECKING:
    import datetime as dt

_SYNONYMS = (("tdp", "to dan pho"), ("ubnd", "uy ban nhan dan"), ("hdnd", "hoi dong nhan dan"))
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def folded(text: str) -> str:
    """Return text for searching: without marks and case, usual abbreviations spelt out.

    >>> folded("Chi bộ TDP 12")
    'chi bo to dan pho 12'
    """
    bare = plain(casefold_vi(text))
    for short, full in _SYNONYMS:
        bare = re.sub(rf"\b{short}\b", full, bare)
    return bare


def is_like(name: str, asked: str) -> bool:
    """Whether a name holds all the words asked for, numbers whole.

    >>> is_like("Chi bộ tổ dân phố 12", "to dan pho 1"), is_like("Chi bộ tổ dân phố 12", "tdp 12")
    (False, True)
    """
    words = folded(name).split()
    return all(
        any(word == want if want.isdigit() else word.startswith(want) for word in words)
        for want in folded(asked).split()
    )


def natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts names as people do, 2 before 10."""
    return [
        (int(part), "") if part.isdigit() else (0, part)
        for part in re.split(r"([0-9]+)", casefold_vi(name))
    ]


def when(moment: dt.datetime) -> str:
    """Return a moment as people say it: the hour today, else the day.

    >>> when(dt.datetime(2020, 3, 5, 8, 0))
    'ngày 05/3/2020'
    """
    if moment.date() == now().date():
        return f"{moment:%H:%M} hôm nay"
    return f"ngày {numbers.day(moment.date())}"


def weekday(day: dt.date) -> str:
    """Return a day with its weekday."""
    return f"{_WEEKDAYS[day.weekday()]}, {numbers.day(day)}"
