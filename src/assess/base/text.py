"""Helpers for Vietnamese text: normal form, comparison, nearest names, lists, committee names."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_SPACE = re.compile(r"[^\S\n]+")
_OFFICE_SIGNS = {
    0xF000 + code: sign
    for code, sign in {
        # Symbol: the bullet that Word puts at a list, and what its Insert menu offers
        0x44: "Δ",
        0xA3: "≤",
        0xAE: "→",
        0xB0: "°",
        0xB1: "±",
        0xB3: "≥",
        0xB4: "×",
        0xB7: "•",
        0xB8: "÷",
        0xB9: "≠",
        0xBB: "≈",
        # Wingdings: Word's other bullets, boxes and ticks
        0x6C: "●",
        0x6E: "■",
        0x6F: "□",
        0x71: "❑",
        0x75: "◆",
        0x76: "❖",
        0xA7: "▪",
        0xA8: "◻",
        0xD8: "➢",
        0xE0: "→",
        0xE8: "➔",
        0xF0: "⇨",
        0xFB: "✗",
        0xFC: "✓",
        0xFD: "☒",
        0xFE: "☑",
    }.items()
}
"""Private-use letters by which office programs store signs of the fonts Symbol and Wingdings.

Only those whose meaning does not depend on which of the two fonts was meant.
"""


_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_WINDOWS_1258 = frozenset(
    unicodedata.normalize("NFC", letter + tone)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", *_MARKS)
) | frozenset("đĐ“”‘’–—…•·°₫«»§©®±×")


def tidy_vietnamese(text: str) -> str:
    """Return a text decoded from an old code page in NFC; empty where it cannot be Vietnamese.

    Of other code pages and damaged files hardly any has nothing but letters that Vietnamese has.
    """
    whole = unicodedata.normalize("NFC", text)
    strange = {sign for sign in whole if not sign.isascii()} - _WINDOWS_1258
    return "" if strange else whole


def tidy(text: str) -> str:
    r"""Return ``text`` in NFC, trimmed, with single spaces, without control and direction marks.

    A sign that an office program stored as a private-use letter becomes the letter that is meant.

    >>> tidy("  Đa\u0309ng \u200b uỷ ")
    'Đảng uỷ'
    >>> tidy("\uf0b7 ghi thiếu")
    '• ghi thiếu'
    """
    return _tidied(text) if len(text) <= _OFTEN else _tidy(text)


_OFTEN = 200
"""Shorter texts, such as titles of forms, come again and again."""


def _tidy(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.translate(_OFFICE_SIGNS))
    return _SPACE.sub(" ", _CONTROL.sub("", composed)).strip()


_tidied = lru_cache(maxsize=20_000)(_tidy)


_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def invisible(text: str) -> str:
    """Return the letters of a text that nobody sees, as code points; empty if there are none.

    >>> invisible("Chi\u200b bộ")
    'U+200B'
    """
    return ", ".join(sorted({f"U+{ord(sign):04X}" for sign in _INVISIBLE.findall(text)}))


_TONES = {
    f"{glide}{new}": f"{old}{vowel}"
    for glide, vowel, pairs in (
        ("o", "a", "àòáóảỏãõạọ"),
        ("o", "e", "èòéóẻỏẽõẹọ"),
        ("u", "y", "ỳùýúỷủỹũỵụ"),
    )
    for new, old in zip(pairs[::2], pairs[1::2], strict=True)
}


def casefold_vi(text: str) -> str:
    """Return ``text`` for comparison: tidy, without case, tone marks placed one way.

    >>> casefold_vi("ĐẢNG  UỶ") == casefold_vi("Đảng ủy")
    True
    """
    plain = tidy(text).casefold()
    for new, old in _TONES.items():
        plain = plain.replace(new, old)
    return plain


def plain(text: str) -> str:
    """Return text without Vietnamese diacritics, for names of files and ids.

    >>> plain("Phiếu Đảng ủy")
    'Phieu Dang uy'
    """
    bare = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def names_no_file(name: str) -> bool:
    """Return whether Windows can hold no file of this name: a device's name, or a dot at the end.

    >>> [names_no_file(name) for name in ("con", "aux.1", "a.", "con-01", "a.b")]
    [True, True, True, False, False]
    """
    return name.endswith(".") or _DEVICES.fullmatch(name) is not None


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the entry of ``names`` most like ``name``, or an empty string if none is near.

    >>> nearest("perod", ["period", "dang_bo"])
    'period'
    """
    found = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return found[0] if found else ""


def listing(words: Iterable[str]) -> str:
    """Join words as in a Vietnamese sentence.

    >>> listing(["quý I", "quý II", "quý III"])
    'quý I, quý II và quý III'
    """
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} và {items[-1]}"


def committee_of(unit_name: str) -> str:
    """Return the name of the committee that signs for a unit: for a *đảng bộ* its *đảng ủy*.

    >>> committee_of("Đảng bộ phường Ví Dụ")
    'Đảng ủy phường Ví Dụ'
    >>> committee_of("Chi bộ Trường Mầm non Mẫu")
    'Chi bộ Trường Mầm non Mẫu'
    """
    prefix, rest = unit_name[:7], unit_name[7:]
    if prefix.casefold() != "đảng bộ":
        return unit_name
    if rest.startswith(" tỉnh "):
        return f"Tỉnh ủy{rest.removeprefix(' tỉnh')}"
    if rest.startswith(" huyện "):
        return f"Huyện ủy{rest.removeprefix(' huyện')}"
    return f"Đảng ủy{rest}"
