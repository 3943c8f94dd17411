"""What people and Excel write for a day, a month, a period, yes or no, or a word of a list.

Text that can mean one thing only is turned into the form of the records; any other is left as it
is, for the reader to refuse.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from assess.base.text import casefold_vi
from assess.records import words
from assess.records.tables import WANTED as STRICT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from assess.records.columns import ColumnSpec

_TIME = r"(?:[ T]+(\d{1,2}):(\d\d)(?::\d\d(?:\.0+)?)?)?"
_DAY_FIRST = re.compile(
    rf"(?:ngày )?(\d{{1,2}})(?: ?[/.\-] ?| tháng )(\d{{1,2}})(?: ?[/.\-] ?| năm )(\d{{4}}|\d\d){_TIME}"
)
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_MONTH_FIRST = re.compile(r"(?:tháng |thg ?|t)?(\d{1,2}) ?[/.\-] ?(\d{4}|\d\d)")
_MONTH_LAST = re.compile(r"(\d{4}) ?[/.\-] ?(\d{1,2})")
_MONTH_NAMED = re.compile(r"([a-z]{3})[a-z]*[ \-/.](\d{4}|\d\d)")
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""As an Excel that is set to English writes a month."""
_QUARTER = re.compile(r"(?:quý|q) ?(iv|i{1,3}|[1-4]) ?[/.\- ] ?(?:năm )?(\d{4})")
_HALF = re.compile(r"6 tháng (đầu|cuối) năm (\d{4})")
_YEAR = re.compile(r"(?:năm )?(\d{4})")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_YES = frozenset(casefold_vi(word) for word in (words.YES, "co", "x", "v", "✓", "✔", "true", "1"))
_NO = frozenset(casefold_vi(word) for word in (words.NO, "khong", "ko", "k", "false", "0"))
_YES_WITH_NOTE = re.compile(rf"{casefold_vi(words.YES)} ?\((?!.*\b(?:không|chưa)\b).*\)")
"""How people say yes and no in a cell; a yes may have a remark in brackets."""
_SYNONYMS = {"định kỳ": "thường kỳ"}
_SUFFIXES = {
    "phút": "phút|p|'",
    "người": "người|đ/c|đc|đồng chí|đảng viên|đv",
    "điểm": "điểm|đ",
    "lần": "lần",
    "lượt": "lượt",
}
"""What people write behind a number, by the unit of its column."""
_HOURS = re.compile(r"(\d{1,2}) ?(?:h|giờ)(?: ?(\d{1,2}) ?(?:phút|p|')?)?")
WANTED = STRICT | {
    "date": "ngày có thật, chẳng hạn 05/3/2026",
    "month": "tháng, chẳng hạn 3/2026",
    "period": "kỳ, chẳng hạn 2026, 6 tháng đầu năm 2026, quý I/2026 hoặc 3/2026",
    "moment": "thời điểm, chẳng hạn 05/3/2026 08:30",
    "flag": "có hoặc không",
}
"""What a column accepts, in words for whoever fills in a table."""
MANGLED = re.compile(r"#{2,}|#(?:NAME\?|REF!|VALUE!|N/A|DIV/0!|NUM!|NULL!)|[\d.,]+E[+\-]\d+")
"""What Excel shows in place of a value, and saves in a CSV file."""


def canonical(column: ColumnSpec, text: str) -> str:
    """Return a written value in the form of the records, or the text as it is.

    Days come first, as they are written in Vietnam: 5/3/2026 is the fifth of March. A year of two
    figures is of this century.
    """
    if not text or column.dtype not in _KINDS:
        return text
    return _KINDS[column.dtype](column, text)


def read_day(text: str) -> tuple[dt.date, str] | None:
    """Return the day that a text means, and its time of day (``HH:MM``, or empty); None if none."""
    plain = text.strip().casefold()
    first, year = _DAY_FIRST.fullmatch(plain), _YEAR_FIRST.fullmatch(plain)
    found = first or year
    if found is None:
        return None
    order = (3, 2, 1) if first else (1, 2, 3)
    try:
        day = dt.date(_year(found[order[0]]), int(found[order[1]]), int(found[order[2]]))
        time = dt.time(int(found[4]), int(found[5])) if found[4] else None
    except ValueError:
        return None
    return day, f"{time:%H:%M}" if time else ""


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _date(_: ColumnSpec, text: str) -> str:
    found = read_day(text)
    return found[0].isoformat() if found and found[1] in ("", "00:00") else text


def _moment(_: ColumnSpec, text: str) -> str:
    found = read_day(text)
    if found is None:
        return text
    day, time = found
    return f"{day.isoformat()}T{time}" if time else text


def _month(_: ColumnSpec, text: str) -> str:
    plain = text.casefold()
    day = read_day(text)
    if day and day[0].day == 1 and day[1] in ("", "00:00"):  # Excel made a day of the month
        return f"{day[0]:%Y-%m}"
    first, last = _MONTH_FIRST.fullmatch(plain), _MONTH_LAST.fullmatch(plain)
    named = _MONTH_NAMED.fullmatch(plain)
    if first:
        year, month = _year(first[2]), int(first[1])
    elif last:
        year, month = int(last[1]), int(last[2])
    elif named and named[1] in _ENGLISH:
        year, month = _year(named[2]), _ENGLISH.index(named[1]) + 1
    else:
        return text
    return f"{year}-{month:02d}" if 1 <= month <= 12 else text


def _period(column: ColumnSpec, text: str) -> str:
    plain = text.casefold()
    quarter, half, year = (p.fullmatch(plain) for p in (_QUARTER, _HALF, _YEAR))
    if quarter:
        return f"{quarter[2]}-Q{_ROMAN.get(quarter[1], quarter[1])}"
    if half:
        return f"{half[2]}-H{1 if half[1] == 'đầu' else 2}"
    if re.fullmatch(r"\d{4}-[qh]\d", plain):
        return plain.upper()
    return year[1] if year else _month(column, text)


def _only_year(_: ColumnSpec, text: str) -> str:
    found = _YEAR.fullmatch(text.casefold())
    return found[1] if found else text


def _flag(_: ColumnSpec, text: str) -> str:
    found = read_yes_no(text)
    return text if found is None else "true" if found else "false"


def read_yes_no(text: str) -> bool | None:
    """Return whether a text says yes or no; None if it says neither.

    >>> [read_yes_no(text) for text in ("Có (biên bản số 5)", "ko", "có lẽ")]
    [True, False, None]
    """
    plain = one_line(text)
    if plain in _YES or _YES_WITH_NOTE.fullmatch(plain):
        return True
    return False if plain in _NO else None


def one_line(text: str) -> str:
    """Return a text for comparison: on one line, without case, with *kỳ* for *kì*."""
    return re.sub(r"\bkì\b", "kỳ", " ".join(casefold_vi(text).split()))


def read_choice(choices: Mapping[str, str], text: str) -> str | None:
    """Return the code of a list that a text means, by code or word; None if it means none."""
    plain = one_line(text)
    plain = _SYNONYMS.get(plain, plain)
    return next((c for c, word in choices.items() if plain in (one_line(word), one_line(c))), None)


def _choice(column: ColumnSpec, text: str) -> str:
    return read_choice(words.choices_of(column), text) or text


def without_unit(unit: str, text: str) -> str:
    """Return the number of a text without the unit written behind it; hours become minutes.

    >>> [without_unit("phút", text) for text in ("95 phút", "1h35", "2 giờ")]
    ['95', '95', '120']
    >>> [without_unit("người", text) for text in ("16 đ/c", "16 lần")]
    ['16', '16 lần']
    """
    plain = one_line(text)
    hours = _HOURS.fullmatch(plain) if unit == "phút" else None
    if hours and int(hours[2] or 0) < 60:
        return str(60 * int(hours[1]) + int(hours[2] or 0))
    suffix = _SUFFIXES.get(unit)
    return re.sub(rf" ?(?:{suffix})\.?", "", plain) if suffix and _bare(plain, suffix) else text


def _bare(plain: str, suffix: str) -> bool:
    return re.fullmatch(rf"[+-]?\d[\d.,]* ?(?:{suffix})\.?", plain) is not None


def _number(column: ColumnSpec, text: str) -> str:
    return without_unit(column.unit, text)


_KINDS: dict[str, Callable[[ColumnSpec, str], str]] = {
    "date": _date,
    "moment": _moment,
    "month": _month,
    "year": _only_year,
    "period": _period,
    "flag": _flag,
    "choice": _choice,
    "integer": _number,
    "number": _number,
}
