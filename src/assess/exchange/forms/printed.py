"""What a form prints beside its hidden names: a title, a maximum or a level that belongs to another line is told at its cell.

Programs that sort or move rows without the hidden column leave the names behind, and what was entered would go to other lines. A
label that was mended since the form was handed out is none of that: what is like it, or like no other line, is the line itself.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from assess.base.numbers import points
from assess.base.text import casefold_vi
from assess.exchange.forms.cells import read_number, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from assess.excel.workbook import Cell
    from assess.rules import Criterion

_ALIKE = 0.6
_LEVEL = re.compile(r"(?:\(|· )(\d+(?:[,.]\d+)?): ")
_SHOWN = 60


def plain(text: str) -> str:
    r"""Return a printed text as it compares: on one line, in one spelling.

    >>> plain("Đủ  các\nbước") == plain("đủ các bước")
    True
    """
    return " ".join(casefold_vi(text).split())


def title_of(printed: str, titles: Iterable[str]) -> str:
    """Return which of some titles (:func:`plain`) a text is, with its levels behind it or without; nothing where it is none."""
    return max(
        (title for title in titles if printed == title or printed.startswith(f"{title} (")),
        key=len,
        default="",
    )


def misplaced(
    printed: Iterable[str], own: str, all_titles: Iterable[str]
) -> tuple[str, str] | None:
    """Judge the texts that stand in a row named ``own``: the code of what is wrong and the text concerned, or nothing.

    *row-other*: the title of another row stands there; *row-unlike*: a text that is like no title of the form, or more like another.
    """
    texts = [text for text in printed if any(letter.isalpha() for letter in text)]
    titles = [plain(title) for title in all_titles]
    named = [title_of(plain(text), titles) for text in texts]
    if not texts or plain(own) in named:
        return None
    other = next((text for text, title in zip(texts, named, strict=True) if title), None)
    if other is not None:
        return "row-other", other
    longest = max(texts, key=len)
    return None if _alike(plain(longest), plain(own)) else ("row-unlike", longest)


def _alike(printed: str, own: str) -> bool:
    """Whether a printed title, with the levels that may stand behind it, may be an older wording of a line's own."""
    head = printed.partition(" (")[0]
    return any(
        difflib.SequenceMatcher(None, text, own, autojunk=False).ratio() >= _ALIKE
        for text in (printed, head)
    )


def short(text: str) -> str:
    """Return a printed text in short, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def other_maximum(criterion: Criterion, cell: Cell | None) -> str:
    """Return the maximum that a line prints where it is not the form's; nothing where it is, or where none stands there."""
    if cell is None or criterion.kind == "mark":
        return ""
    try:
        printed = read_number(cell)
    except ValueError:
        return shown(cell)
    return "" if printed == criterion.max else points(printed)


def other_levels(criterion: Criterion, printed: Iterable[str]) -> str:
    """Return the points of the levels that a line prints where they are not the form's; nothing where they are or none are printed."""
    found = {
        float(value.replace(",", "."))
        for text in printed
        for value in _LEVEL.findall(" ".join(text.split()))
    }
    if criterion.kind != "levels" or not found or found == set(criterion.allowed_points):
        return ""
    return "; ".join(points(value) for value in sorted(found, reverse=True))


def other_heads(
    columns: Mapping[str, Iterable[str]], titles: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield each column (by its mark) above which the head of another one stands, and that head.

    ``columns``: the texts above each; ``titles``: what each is headed.
    """
    heads = {plain(title): mark for mark, title in titles.items()}
    for mark, texts in columns.items():
        found = [(heads[plain(text)], text) for text in texts if plain(text) in heads]
        if found and all(of != mark for of, _ in found):
            yield mark, found[0][1]
