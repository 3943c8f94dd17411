"""Find characters that the PDF font lacks, where they occur, and what is printed instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assess.reports.document import Part

MOST = 40
"""Most different characters without a glyph in a document; each costs one more compilation."""
_TEXT = re.compile(r'(?:the text|contains the codepoint) `"(.*?)"`')
"""Typst's words for a letter without a glyph, and for a private-use letter, which PDF/A forbids."""
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))")
_SHOWN = 3
_AROUND = 24
_TITLE = 60
_NOT_SHOWN = ("type", "id", "rows", "values", "data", "bands", "kinds", "align")


def missing(error: str) -> str:
    """Return the text that Typst reports as not displayable, or empty for any other error."""
    found = _TEXT.search(error)
    return (
        _ESCAPE.sub(lambda mark: chr(int(mark[1], 16)) if mark[1] else mark[2], found[1])
        if found
        else ""
    )


def names(text: str) -> str:
    """Return the names of the code points of a text, such as ``U+F0B7``."""
    return " ".join(f"U+{ord(letter):04X}" for letter in text)


def stand_in(text: str) -> str:
    """Return the replacement for a text without glyphs.

    Return an empty string if the text contains ASCII: it is replaced everywhere, so plain text
    elsewhere would change too.
    """
    return f"[{names(text)}]" if text and not any(letter.isascii() for letter in text) else ""


def places(parts: Sequence[Part], text: str) -> str:
    """Describe for staff where a text occurs: table, row and column, or the surrounding words."""
    found = [place for part in parts for place in _in_part(part, text)]
    more = f" và {len(found) - _SHOWN} chỗ khác" if len(found) > _SHOWN else ""
    return "; ".join(found[:_SHOWN]) + more


def _in_part(part: Part, text: str) -> Iterator[str]:
    if part["type"] == "table":
        title = _short(part["title"], text)
        for number, row in enumerate(part["rows"], start=1):
            for head, cell in zip(part["head"], row, strict=False):
                if text in str(cell):
                    yield f"{title}, dòng {number} ({_short(str(row[0]), text)}), cột “{_short(str(head), text)}”"
    for near in _strings({key: value for key, value in part.items() if key not in _NOT_SHOWN}):
        at = near.find(text)
        if at >= 0:
            yield f"“{_short(near[max(0, at - _AROUND) : at + len(text) + _AROUND], text)}”"


def _short(text: str, lacking: str) -> str:
    return text.replace(lacking, f"[{names(lacking)}]")[:_TITLE]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
