"""Where the numbers and words of a report differ from those of the document that is out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assess.base import numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Block = dict[str, Any]

_SHOWN = 60


def differences(before: Sequence[Block], after: Sequence[Block]) -> list[str]:
    """Return each difference between two documents as a line: where, what was out, what is now.

    Tables are compared cell by cell, by their ids, keys and columns; other text sentence by
    sentence. Head, signature and stamp are left out: their numbers and days differ.
    """
    return [*_tables(before, after), *_texts(before, after)]


def _tables(before: Sequence[Block], after: Sequence[Block]) -> Iterator[str]:
    old, new = ({b["id"]: b for b in blocks if b["type"] == "table"} for blocks in (before, after))
    for name in dict.fromkeys((*old, *new)):
        if name not in new or name not in old:
            title = (old.get(name) or new[name])["title"]
            yield f"bảng “{title}” {'nay không còn' if name in old else 'nay mới có'}"
            continue
        ours, theirs = _cells(old[name]), _cells(new[name])
        for place in dict.fromkeys((*ours, *theirs)):
            if ours.get(place) != theirs.get(place):
                row, column = place
                was, is_ = ours.get(place, "không có"), theirs.get(place, "không có")
                yield f"bảng “{new[name]['title']}”, {row}, cột “{column}”: {was} → {is_}"


def _cells(table: Block) -> dict[tuple[str, str], str]:
    """Return the cells of a table as printed, by the name of their row and column."""
    columns = table["columns"]
    stub = table["stub"]
    bands = dict(tuple(band) for band in table["bands"])
    found: dict[tuple[str, str], str] = {}
    band, seen = "", dict[str, int]()
    for number, row in enumerate(table["rows"]):
        band = bands.get(number, band)
        shown = [numbers.show(v, c["kind"]) for v, c in zip(row, columns, strict=True)]
        heads = [
            text for text, c in zip(shown[:stub], columns, strict=False) if c["key"] != "number"
        ]
        name = " · ".join(filter(None, (band, *heads))) or f"hàng {number + 1}"
        seen[name] = seen.get(name, 0) + 1
        place = name if seen[name] == 1 else f"{name} ({seen[name]})"
        for text, column in zip(shown[stub:], columns[stub:], strict=True):
            found[place, column["title"]] = text
    return found


def _texts(before: Sequence[Block], after: Sequence[Block]) -> Iterator[str]:
    old, new = list(_sentences(before)), list(_sentences(after))
    gone = [text for text in old if text not in set(new)]
    come = [text for text in new if text not in set(old)]
    for number in range(max(len(gone), len(come))):
        was = gone[number] if number < len(gone) else ""
        is_ = come[number] if number < len(come) else ""
        yield f"lời văn: “{_short(was)}” → “{_short(is_)}”"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _sentences(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if block["type"] in ("paragraph", "note", "heading"):
            yield block["text"]
        elif block["type"] == "bullets":
            yield from block["items"]
