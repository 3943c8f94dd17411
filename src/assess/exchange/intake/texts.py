"""Look at the free texts of incoming rows: old letters, letters that do not print, names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assess.base.errors import Finding, Place
from assess.base.old_letters import converted
from assess.records import words
from assess.records.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from assess.exchange.intake.on_record import Rows

_SHOWN = 60
_CAPITAL = "A-ZÀ-ÝĂĐĨŨƠƯẠ-Ỹ"
_NAME = rf"(?:[{_CAPITAL}][^\W\d_]*)"
_SURNAMES = "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Đoàn|Lương|Mai|Tô|Cao"
_POSTS = (
    r"đồng chí|đ/c|ông|bà|bí thư|ủy viên|uỷ viên|trưởng|phó|chủ tịch|chủ nhiệm|đảng viên|giám đốc"
)
_PERSON = re.compile(
    rf"(?i:\b(?:{_POSTS})\b)(?:[ :]+[^\W\d_]+){{0,5}}?[ :]+((?:{_SURNAMES})(?: {_NAME}){{1,3}})"
)
_PLACE = re.compile(
    r"(?i:(?:phường|xã|đường|phố|trường|thpt|thcs|tiểu học|mầm non|công ty|quận|huyện|bệnh viện|khu|thôn|làng|ấp|cầu|chợ))$"
)
"""A person's name behind a post, and what makes a name that of a place or school."""


def look_at_texts(rows: Rows, *, convert: bool) -> Iterator[Finding]:
    """Yield what is odd about the texts of rows; with ``convert``, rewrite old letters in them.

    The places of the findings are addresses as rows have them.
    """
    for name, theirs in rows.items():
        columns = [column for column in TABLES[name].columns if column.dtype == "text"]
        for row in theirs:
            for column in columns:
                text = row.get(column.name)
                if not isinstance(text, str) or text.isascii() or row.get("withdrawn"):
                    continue
                place = _place(name, column.name, row)
                old = converted(text)
                if old is not None:
                    yield Finding(
                        "old-letters-converted" if convert else "old-letters",
                        place,
                        {"found": _short(text), "name": old[0], "wanted": _short(old[1])},
                    )
                    if convert:
                        row[column.name] = text = old[1]
                else:
                    lacking = unprinted(text)
                    if lacking:
                        facts = {"found": lacking, "text": _short(text)}
                        yield Finding("letters-unprinted", place, facts)
                person = person_in(text, post=column.name == "post")
                if person:
                    yield Finding("person-name", place, {"found": person, "count": 1})


def _place(table: str, column: str, row: dict[str, Any]) -> Place:
    where = row.get("cells", {}).get(column) or row.get("address", "")
    return Place(str(where), label=words.title_of(column, table))


def person_in(text: str, *, post: bool = False) -> str:
    """Return what looks like a person's name in a text, behind a post; empty if nothing does.

    >>> person_in("Đồng chí Bí thư Nguyễn Văn Mẫu chủ trì")
    'Nguyễn Văn Mẫu'
    >>> person_in("Phó Bí thư Đảng ủy phường Lê Lợi")
    ''
    """
    found = _PERSON.search(text)
    if found is None:
        if not post:
            return ""
        found = re.search(rf"((?:{_SURNAMES})(?: {_NAME}){{2,3}})$", text)
        if found is None:
            return ""
    return "" if _PLACE.search(text[: found.start(1)].rstrip()) else found[1]


def unprinted(text: str) -> str:
    """Return the letters of a text that reports cannot print, as code points; empty if none."""
    strange = sorted({sign for sign in text if not _is_usual(sign)})
    lacking = [sign for sign in strange if ord(sign) not in _printed()] if strange else []
    return ", ".join(f"U+{ord(sign):04X}" for sign in lacking)


def _is_usual(sign: str) -> bool:
    code = ord(sign)
    return code < 0x250 or 0x1E00 <= code <= 0x1EFF or 0x2010 <= code <= 0x2026


@lru_cache(maxsize=1)
def _printed() -> Collection[int]:
    """Return the letters of the wider of the two faces of reports, from matplotlib's package."""
    from matplotlib import get_data_path
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf").get_charmap())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
