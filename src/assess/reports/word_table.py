"""Tables for Word: columns fit their longest word, heads repeat, rows are kept whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assess.reports.word_xml import cell, paragraph, run, sub, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assess.reports.document import Part

SIZES = (10.5, 9.0, 8.0, 7.0, 6.0)
"""Font sizes of tables in points; each has its paragraph style."""
_MANY = 7
"""Tables with more columns than this use smaller type, as in the PDF."""
_SMALL = 25
"""Tables with at most this many rows stay on one page, as in the PDF."""
_TALL = 30
"""Rows with more lines than this may break across pages: they might not fit on one."""
_SENTENCE = 60
"""Stub columns with longer texts are not bold: sentences are hard to read in bold."""
_PADDING = 150
_WIDEST, _LONGEST_WORD = 0.4, 0.2
"""Maximum shares of the page width that a text and a single word may claim."""
_SIDES = {"r": "right", "c": "center"}
_HEAD, _BAND = "ECECEC", "F6F6F6"
_INKS = ("", "DFDFDF", "666666", "000000")
"""The ground of cells of letters, by how much ink they get."""
_SLIM, _WIDE = re.compile(r"[ijltfrI.,:;|()/'\- ]"), re.compile(r"[A-ZÀ-ỸĐƠƯmwMW%–]")


def add_table(parent: Any, part: Part, room: int) -> None:
    """Append a table with title and note; ``room`` is the page width in twips."""
    size, widths = _fitted(part, room)
    style = f"Table{size * 2:g}"
    if part["title"]:
        paragraph(parent, "Caption", run(part["title"]))
    element = table(parent, "TableGrid", widths, part["title"])
    whole = len(part["rows"]) <= _SMALL
    head = _row(element, whole=True, head=True)
    for text, width in zip(part["head"], widths, strict=True):
        _write(
            cell(head, width, fill=_HEAD, middle=True), style, text, "center", bold=True, keep=True
        )
    if not part["rows"]:
        _write(_across(element, widths, ""), style, part["empty"], keep=bool(part["note"]))
    bands: dict[int, list[str]] = {}
    for place, text in part["bands"]:
        bands.setdefault(place, []).append(text)
    sides = [_SIDES.get(letter, "") for letter in part["align"]]
    strong = [
        number < part["stub"] and all(len(row[number]) <= _SENTENCE for row in part["rows"])
        for number in range(len(sides))
    ]
    last, shades = len(part["rows"]) - 1, part.get("shades")
    for place, values in enumerate(part["rows"]):
        for text in bands.get(place, ()):
            _write(_across(element, widths, _BAND), style, text, bold=True, keep=True)
        total = part["total"] and place == last
        row = _row(element, whole=_lines(values, widths, size) <= _TALL)
        keep = (
            (whole and place < last) or (bool(part["note"]) and place == last) or place == last - 1
        )
        inks = shades[place] or [0] * len(values) if shades else [0] * len(values)
        for value, width, side, stub, ink in zip(values, widths, sides, strong, inks, strict=True):
            _write(
                cell(row, width, fill=_HEAD if total else _INKS[ink]),
                style,
                value,
                side,
                bold=total or stub,
                keep=keep,
                white=ink > 1,
            )
    if part["note"]:
        paragraph(parent, "TableNote", run(part["note"]))
    else:
        paragraph(parent, "AfterTable")


def _row(element: Any, *, whole: bool, head: bool = False) -> Any:
    row = sub(element, "tr")
    properties = sub(row, "trPr")
    if whole:
        sub(properties, "cantSplit")
    if head:
        sub(properties, "tblHeader")
    return row


def _across(element: Any, widths: list[int], fill: str) -> Any:
    return cell(_row(element, whole=True), sum(widths), span=len(widths), fill=fill)


def _write(
    box: Any,
    style: str,
    text: str,
    side: str = "",
    *,
    bold: bool = False,
    keep: bool = False,
    white: bool = False,
) -> None:
    marks: dict[str, str | int] = {"b": 1} if bold else {}
    marks |= {"color": "FFFFFF"} if white else {}
    properties = paragraph(box, style, run(text, **marks))
    if keep:
        sub(properties, "keepNext")
    if side:
        sub(properties, "jc", val=side)


# --- widths ---------------------------------------------------------------------------------------


def _fitted(part: Part, room: int) -> tuple[float, list[int]]:
    """Return the largest font size at which columns fit their longest word, and their widths."""
    columns = list(zip(part["head"], *part["rows"], strict=True))
    first = 1 if len(columns) > _MANY else 0
    for size in SIZES[first:]:
        needs = [
            min(_width(_longest(text.split() for text in column), size), room * _LONGEST_WORD)
            for column in columns
        ]
        if sum(needs) <= room:
            break
    wholes = [min(_width(_longest([column]), size), room * _WIDEST) for column in columns]
    fixed = [width == "auto" for width in part["widths"]]
    if all(fixed):
        return size, _shared(wholes, needs, min(room, max(sum(wholes), sum(needs))))
    weights = [
        0.0 if narrow else float(width) for narrow, width in zip(fixed, part["widths"], strict=True)
    ]
    least = [
        max(whole, need) if narrow else need
        for narrow, whole, need in zip(fixed, wholes, needs, strict=True)
    ]
    return size, _shared(weights, least if sum(least) <= room else needs, room)


def _shared(weights: list[float], needs: list[float], room: float) -> list[int]:
    """Divide the room by weight but at least by need; if the needs exceed it, shrink all alike.

    >>> _shared([1, 3], [10, 10], 100), _shared([1, 9], [30, 10], 100), _shared(
    ...     [1, 1], [150, 50], 100
    ... )
    ([25, 75], [30, 70], [75, 25])
    """
    if sum(needs) >= room:
        return [int(need * room / sum(needs)) for need in needs]
    given: dict[int, float] = {}
    while True:
        rest = [i for i in range(len(weights)) if i not in given]
        free, weight = room - sum(given.values()), sum(weights[i] for i in rest)
        share = {i: free * weights[i] / weight if weight else needs[i] for i in rest}
        short = {i: needs[i] for i in rest if share[i] < needs[i]}
        if not short:
            return [int(width) for _, width in sorted({**given, **share}.items())]
        given |= short


def _longest(texts: Iterable[Iterable[str]]) -> str:
    """Return the longest of all texts."""
    return max((word for words in texts for word in words), key=len, default="")


def _width(text: str, size: float) -> float:
    """Return the approximate width in twips of bold Times New Roman text, with the cell padding."""
    slim, wide = len(_SLIM.findall(text)), len(_WIDE.findall(text))
    return (0.33 * slim + 0.8 * wide + 0.52 * (len(text) - slim - wide)) * size * 20 + _PADDING


def _lines(values: list[str], widths: list[int], size: float) -> float:
    """Return the approximate number of lines of the tallest cell in a row."""
    return max(
        len(value) * size * 10 / max(width - _PADDING, 100)
        for value, width in zip(values, widths, strict=True)
    )
