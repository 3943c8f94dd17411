"""The document model: an executed notebook as a list of parts that every format renders.

Our own blocks are read from their JSON. Markdown cells and other outputs (plain pandas tables,
figures, text) become the same parts. None of their HTML is passed on, so no code from a notebook
can run in a report.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assess.base import numbers
from assess.base.text import tidy
from assess.reports.block_json import MIME, flatten
from assess.reports.layouts import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import Tag
    from nbformat import NotebookNode

Part = dict[str, Any]

_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_MARK = "\u2063bảng\u2063"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
EDITOR_NOTE = "editor-note"
"""Cell tag for notes to template editors; cells with this tag are left out of reports."""
NO_ALT = "Hình không có mô tả"
_DATE = 0.125
"""Share of the line width that a date needs in small type."""
_RIGHT = ("integer", "points", "percent")
_CENTRE = ("date", "month", "letter")


@dataclass(frozen=True, slots=True)
class Document:
    """A title and its parts; ``stamp`` is ``None`` for notebooks that are not our reports."""

    title: str
    parts: tuple[Part, ...]
    stamp: Part | None

    @property
    def is_practice(self) -> bool:
        """Whether it was made from a practice workspace's invented records."""
        headers = (part for part in self.parts if part["type"] == "header")
        return any(mark.startswith(PRACTICE) for each in headers for mark in each["marks"])


def read_document(notebook: NotebookNode, name: str = "") -> Document:
    """Read an executed notebook; ``name`` is the title if the notebook gives none."""
    parts = [
        part
        for number, cell in enumerate(notebook.cells, start=1)
        for part in _cell_parts(cell, number)
    ]
    header = next((p for p in parts if p["type"] == "header"), None)
    stamp = next((p for p in parts if p["type"] == "stamp"), None)
    if header is not None:
        _number(parts)
    heading = next((p["text"] for p in parts if p["type"] == "heading"), "")
    if header is not None:
        title = f"{header['kind'].capitalize()} {header['subject']}"
        title += f" – {stamp['name']}" if stamp else ""
    else:
        title = heading or name or "Sổ tính"
    return Document(title, tuple(parts), stamp)


def block_parts(data: Part) -> list[Part]:
    """Return a block's JSON as parts, without numbered headings and captions."""
    return [_part(block) for block in flatten(data)]


def _number(parts: list[Part]) -> None:
    """Number sections, their parts, tables, figures and annexes in order.

    What stands in an annex, and a heading that begins with a number, is left as it is.
    """
    counts = dict.fromkeys(("heading", "table", "figure", "annex"), 0)
    below: int | None = None
    for part in parts:
        kind = part["type"]
        if kind == "annex":
            below = None
        if kind == "heading" and part["level"] == 2 and below is not None:
            below += 1
            part["text"] = _numbered(part["text"], below)
        if kind not in counts or (kind == "heading" and part["level"] != 1):
            continue
        if kind == "annex" and not part["numbered"]:
            continue
        counts[kind] += 1
        n = counts[kind]
        if kind == "heading":
            roman = "X" * (n // 10) + _ROMAN[n % 10]
            part["text"] = f"{roman}- {part['text']}"
            below = 0
        elif kind == "annex":
            part["label"] = f"Phụ lục {n}"
        else:
            part["title"] = f"{'Bảng' if kind == 'table' else 'Hình'} {n}. {part['title']}"


def _numbered(text: str, number: int) -> str:
    return text if text[:1].isdecimal() else f"{number}. {text}"


def _part(block: Part) -> Part:
    if block["type"] == "table":
        return _table(block)
    if block["type"] == "attachment":
        return {"type": "paragraph", "text": block["text"]}
    return dict(block)


def _table(block: Part) -> Part:
    """Format a table block's values as text by column kind; the raw values are kept as well."""
    kinds = [c["kind"] for c in block["columns"]]
    keys = [c["key"] for c in block["columns"]]
    places = [_places(block["rows"], i, column) for i, column in enumerate(block["columns"])]
    rows = [
        [
            numbers.show(v, kind, decimals)
            for v, kind, decimals in zip(row, kinds, places, strict=True)
        ]
        for row in block["rows"]
    ]
    return {
        "type": "table",
        "id": block["id"],
        "title": block["title"],
        "head": [c["title"] for c in block["columns"]],
        "align": ["r" if k in _RIGHT else "c" if k in _CENTRE else "l" for k in kinds],
        "widths": ["auto"] * len(kinds) if _is_small(block, rows) else _widths(block),
        "rows": rows,
        "stub": block["stub"],
        "total": block["total"],
        "note": block["note"],
        "empty": block["empty"],
        "bands": [list(band) for band in block["bands"]],
        "columns": keys,
        "keys": block["keys"],
        "values": block["rows"],
        "kinds": kinds,
        "places": places,
        "bar": keys.index(block["bars"]) if block.get("bars") in keys else -1,
        "bars": _bars(block),
        "shades": [_shades(row, kinds, block.get("shades", {})) for row in rows],
    }


def _bars(block: Part) -> list[float]:
    """Return the length of the bar of each row, from 0 to 1 for the longest; none for a total."""
    keys = [column["key"] for column in block["columns"]]
    if block.get("bars") not in keys:
        return []
    at = keys.index(block["bars"])
    values = [row[at] if isinstance(row[at], int | float) else 0 for row in block["rows"]]
    body = values[:-1] if block["total"] else values
    longest = max((value for value in body if not math.isnan(value)), default=0)
    return [
        round(value / longest, 3) if longest and place < len(body) and value > 0 else 0.0
        for place, value in enumerate(values)
    ]


def _shades(row: list[str], kinds: list[str], shades: dict[str, int]) -> list[int]:
    """Return the ink of each cell of a row; empty where none has any."""
    found = [
        shades.get(text, 0) if kind == "letter" else 0
        for text, kind in zip(row, kinds, strict=True)
    ]
    return found if any(found) else []


def _is_small(block: Part, rows: list[list[str]]) -> bool:
    """Return whether a table is as wide as its words: few columns, with little in them."""
    heads = [max(map(len, c["title"].split()), default=0) for c in block["columns"]]
    cells = zip(*rows, strict=True) if rows else [[""]] * len(heads)
    letters = sum(max(head, *map(len, column)) for head, column in zip(heads, cells, strict=True))
    letters += _BAR if block.get("bars") else 0
    return len(heads) < _MANY and letters + len(heads) * _GAP <= _FEW


_MANY = 6
"""A table with this many columns or more is as wide as the page."""
_GAP, _FEW, _BAR = 3, 70, 20
"""Letters between columns, the most letters of a row that is not stretched, those of a bar."""


def _widths(block: Part) -> list[float | str]:
    """Return column widths: automatic for codes and bars, wide enough on an A4 page for dates."""
    columns, bars = block["columns"], block.get("bars")
    total = sum(c["width"] for c in columns)
    least = {"date": _DATE * total}
    return [
        "auto"
        if c["kind"] == "code" or c["key"] == bars
        else max(c["width"], least.get(c["kind"], 0.0))
        for c in columns
    ]


def _places(rows: list[list[Any]], i: int, column: dict[str, Any]) -> int:
    """Return the decimals that the column needs, so that its decimal commas align."""
    needed = (numbers.places_beside(row[i], column["kind"], column.get("cuts", ())) for row in rows)
    return max((places for places in needed if places is not None), default=0)


# --- notebooks ------------------------------------------------------------------------------------


def _cell_parts(cell: NotebookNode, number: int) -> Iterator[Part]:
    if EDITOR_NOTE in cell.metadata.get("tags", []):
        return
    if cell.cell_type == "markdown":
        yield from markdown_parts(cell.source)
    elif cell.cell_type == "code":
        for output in cell.get("outputs", []):
            yield from _output_parts(output, number)


def _output_parts(output: NotebookNode, number: int) -> Iterator[Part]:
    kind = output.output_type
    if kind == "stream":
        if output.name == "stdout":
            yield {"type": "code", "text": _clean(output.text)}
    elif kind == "error":
        yield {
            "type": "note",
            "title": f"Lỗi ở ô lệnh {number}: {tidy(output.ename)}",
            "text": tidy(output.evalue),
        }
    elif kind in ("display_data", "execute_result"):
        yield from _data_parts(output.data, output.get("metadata", {}), number)


def _data_parts(data: NotebookNode, metadata: NotebookNode, number: int) -> Iterator[Part]:
    """Read the richest supported form of an output.

    Scripts, widgets, diagrams and remote content are not supported.
    """
    if MIME in data:
        yield from block_parts(data[MIME])
        return
    for mime, form in (("image/svg+xml", "svg"), ("image/png", "png"), ("image/jpeg", "jpeg")):
        if mime in data:
            part = _image(data[mime], metadata.get(mime, {}), form, number)
            if part is not None:
                yield part
                return
    if _VEGA.search("".join(data.get("text/html", ""))) or any("vega" in mime for mime in data):
        yield {
            "type": "note",
            "title": f"Hình altair ở ô lệnh {number} không in được",
            "text": _SVG,
        }
        return
    if "text/html" in data:
        parts = list(_html(data["text/html"]))
        if parts:
            yield from parts
            return
    if "text/markdown" in data:
        yield from markdown_parts(data["text/markdown"])
    elif "text/plain" in data and not _has_live_form(data):
        yield {"type": "code", "text": _clean(data["text/plain"])}


_VEGA = re.compile(r"vegaEmbed|vega-embed")
_SVG = 'Ghi alt.renderers.enable("svg") ở ô trước hình; cần cài thêm gói vl-convert-python.'


def _has_live_form(data: NotebookNode) -> bool:
    live = (
        "application/javascript",
        "application/vnd.jupyter.widget-view+json",
        "text/vnd.mermaid",
    )
    return any(mime in data for mime in live)


def _image(payload: str, metadata: NotebookNode, form: str, number: int) -> Part | None:
    if form == "svg":
        encoded = base64.b64encode("".join(payload).encode()).decode()
    else:
        encoded = re.sub(r"\s+", "", payload)
        try:
            base64.b64decode(encoded, validate=True)
        except binascii.Error:
            return None
    alt = tidy(str(metadata.get("alt", ""))) or f"{NO_ALT} (ô lệnh {number})"
    return {
        "type": "figure",
        "id": f"o-{number}",
        "title": "",
        "alt": alt,
        "format": form,
        "data": encoded,
    }


def _clean(text: str) -> str:
    """Return printed text without control characters and colours; spacing is kept."""
    lines = unicodedata.normalize("NFC", _ANSI.sub("", "".join(text))).expandtabs(4).splitlines()
    return "\n".join(_UNSEEN.sub("", line).rstrip() for line in lines).strip("\n")


def _html(source: str) -> Iterator[Part]:
    """Read tables and text from HTML in order; drop styles, scripts, links and images."""
    from bs4 import BeautifulSoup, Tag

    soup = BeautifulSoup("".join(source), "html.parser")
    for tag in soup(
        ["script", "style", "template", "iframe", "object", "svg", "math", "head", "noscript"]
    ):
        tag.decompose()
    tables = []
    for table in soup.find_all("table"):
        if isinstance(table, Tag) and table.find_parent("table") is None:
            tables.append(_html_table(table))
            table.replace_with(f"\n{_MARK}\n")
    for line in soup.get_text("\n").splitlines():
        text = tidy(line)
        if text == _MARK:
            part = tables.pop(0)
            if part is not None:
                yield part
        elif text:
            yield {"type": "paragraph", "text": text}


def _html_table(table: Tag) -> Part | None:
    """Lay out an HTML table on a grid; spanning header cells are repeated over their span."""
    grid: list[dict[int, str]] = []
    header_rows = 0
    for y, row in enumerate(table.find_all("tr")):
        if row.find_parent("table") is not table:
            continue
        while len(grid) <= y:
            grid.append({})
        cells = [c for c in row.find_all(["th", "td"]) if c.find_parent("tr") is row]
        heads = bool(cells) and all(c.name == "th" for c in cells)
        header_rows += heads and header_rows == y
        x = 0
        for cell in cells:
            while x in grid[y]:
                x += 1
            text, wide, high = (
                tidy(cell.get_text(" ")),
                _span(cell, "colspan"),
                _span(cell, "rowspan"),
            )
            for dy in range(high):
                while len(grid) <= y + dy:
                    grid.append({})
                for dx in range(wide):
                    grid[y + dy][x + dx] = text if heads or (dx == 0 and dy == 0) else ""
            x += wide
    width = max((max(row, default=-1) + 1 for row in grid), default=0)
    if not width:
        return None
    rows = [[row.get(x, "") for x in range(width)] for row in grid]
    head = [
        " ".join(dict.fromkeys(filter(None, column)))
        for column in zip(*rows[:header_rows], strict=True)
    ] or [""] * width
    body = rows[header_rows:]
    number = re.compile(r"[-+−]?[\d.,\s]*\d%?|NaN|–|")
    align = [
        "r" if body and all(number.fullmatch(row[i]) for row in body) else "l" for i in range(width)
    ]
    caption = table.find("caption")
    return {
        "type": "table",
        "id": "",
        "title": tidy(caption.get_text(" ")) if caption else "",
        "head": head,
        "align": align,
        "widths": ["auto"] * width,
        "rows": body,
        "stub": 1 if width > 1 else 0,
        "total": False,
        "note": "",
        "empty": "Không có.",
        "bands": [],
    }


def _span(cell: Tag, name: str) -> int:
    text = str(cell.get(name, "1"))
    return max(1, min(int(text), 200)) if text.isdecimal() else 1


# --- Markdown -------------------------------------------------------------------------------------


def markdown_parts(source: str) -> Iterator[Part]:
    """Read Markdown into parts; raw HTML in it stays text."""
    import mistune

    parse = mistune.create_markdown(renderer="ast", plugins=["table"])
    nodes: Any = parse("".join(source))
    for node in nodes:
        yield from _markdown_part(node)


def _markdown_part(node: dict[str, Any]) -> Iterator[Part]:
    kind = node["type"]
    if kind == "heading":
        yield {
            "type": "heading",
            "text": tidy(_inline(node)),
            "level": min(node["attrs"]["level"], 3),
        }
    elif kind in ("paragraph", "block_text"):
        text = tidy(_inline(node))
        if text:
            yield {"type": "paragraph", "text": text}
    elif kind == "list":
        yield {"type": "bullets", "title": "", "items": list(_items(node, 0))}
    elif kind == "block_quote":
        yield {"type": "note", "title": "", "text": tidy(_inline(node))}
    elif kind in ("block_code", "block_html"):
        yield {"type": "code", "text": _clean(node.get("raw", ""))}
    elif kind == "table":
        rows = [
            [tidy(_inline(cell)) for cell in row["children"]]
            for part in node["children"]
            if part["type"] == "table_body"
            for row in part["children"]
        ]
        head = [
            _inline(cell)
            for part in node["children"]
            if part["type"] == "table_head"
            for cell in part["children"]
        ]
        yield {
            "type": "table",
            "id": "",
            "title": "",
            "head": head,
            "align": ["l"] * len(head),
            "widths": [1.0] * len(head),
            "rows": rows,
            "stub": 1,
            "total": False,
            "note": "",
            "empty": "Không có.",
            "bands": [],
        }


def _items(node: dict[str, Any], depth: int) -> Iterator[str]:
    """Yield list items, each followed by its nested items, which are marked with dashes."""
    ordered = node.get("attrs", {}).get("ordered", False)
    for number, item in enumerate(
        node["children"], start=int(node.get("attrs", {}).get("start", 1) or 1)
    ):
        inner = [child for child in item["children"] if child["type"] == "list"]
        own = " ".join(_inline(child) for child in item["children"] if child["type"] != "list")
        yield f"{'– ' * depth}{f'{number}. ' if ordered else ''}{tidy(own)}"
        for child in inner:
            yield from _items(child, depth + 1)


def _inline(node: dict[str, Any]) -> str:
    """Return the text of a node without markup; a link is followed by its web address."""
    if node["type"] in ("linebreak", "softbreak"):
        return " "
    if "children" not in node:
        return str(node.get("raw", ""))
    separator = " " if node["type"] in ("block_quote", "list", "list_item") else ""
    text = separator.join(_inline(child) for child in node["children"])
    if node["type"] == "image":
        return f"[{text}]"
    address = str(node.get("attrs", {}).get("url", "")) if node["type"] == "link" else ""
    return (
        f"{text} ({address})"
        if address.startswith(("http://", "https://")) and address != text
        else text
    )
