"""Compare the printed titles, maxima and levels of a form with its hidden keys.

Programs that sort or move rows without the hidden column leave the keys behind, so entries would
go to other lines. A label that was merely corrected after the form was issued is accepted if it is
similar to the present one.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
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


@lru_cache(maxsize=10_000)  # the same titles stand on every form, and each row looks at all
def plain(text: str) -> str:
    r"""Return a printed text normalized for comparison: on one line, in one spelling.

    >>> plain("Đủ  các\nbước") == plain("đủ các bước")
    True
    """
    return " ".join(casefold_vi(text).split())


def title_of(printed: str, titles: Iterable[str]) -> str:
    """Return which title (:func:`plain`) a text is, with or without its levels, else ``""``."""
    return max(
        (title for title in titles if printed == title or printed.startswith(f"{title} (")),
        key=len,
        default="",
    )


def misplaced(
    printed: Iterable[str], own: str, all_titles: Iterable[str]
) -> tuple[str, str] | None:
    """Return the finding code and text if no text of a row is its title ``own``, else None.

    *row-other*: a text is the title of another row. *row-unlike*: the longest text is no title
    and not similar to ``own``.
    """
    printed = list(printed)
    if own in printed or plain(own) in map(plain, printed):
        return None
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
    """Whether a printed title, with or without its levels, may be an older wording of ``own``."""
    head = printed.partition(" (")[0]
    return any(
        difflib.SequenceMatcher(None, text, own, autojunk=False).ratio() >= _ALIKE
        for text in (printed, head)
    )


def short(text: str) -> str:
    """Return a printed text shortened to one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def other_maximum(criterion: Criterion, cell: Cell | None) -> str:
    """Return a line's printed maximum if it differs from the rule set, else ``""``."""
    if cell is None or criterion.kind == "mark":
        return ""
    try:
        printed = read_number(cell)
    except ValueError:
        return shown(cell)
    return "" if printed == criterion.max else points(printed)


def other_levels(criterion: Criterion, printed: Iterable[str]) -> str:
    """Return a line's printed level points if they differ from the rule set, else ``""``."""
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
    """Yield each column mark that has the head of another column above it, and that head.

    ``columns`` are the texts above each column; ``titles`` the right head of each.
    """
    heads = {plain(title): mark for mark, title in titles.items()}
    for mark, texts in columns.items():
        found = [(heads[plain(text)], text) for text in texts if plain(text) in heads]
        if found and all(of != mark for of, _ in found):
            yield mark, found[0][1]
