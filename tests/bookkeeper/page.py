"""Read a published page: every group of digits with its address.

The sources are the HTML, the workbook and figures.json.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field

from lxml import html

DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SPACE = re.compile(r"[ \t\r\n\f]+")


def spelled_month(year, month):
    """Return a month as documents write it: a zero before January and February only."""
    return f"{'0' if int(month) < 3 else ''}{int(month)}/{year}"


def spelled_day(when):
    return f"{when.day:02d}/{spelled_month(when.year, when.month)}"


@dataclass
class Row:
    """One row of a table: its key, its heading, and its cells by the key of their column."""

    key: str
    band: str
    cells: dict[str, str]


@dataclass
class Table:
    """A table of the page: its rows, and its columns in order."""

    id: str
    columns: list[str]
    rows: list[Row] = field(default_factory=list)


@dataclass
class Page:
    """A page: its tables by id, the texts outside of cells in order, the figures named in them."""

    tables: dict[str, Table]
    texts: list[str]
    figures: list[dict]


def tidy(text):
    return _SPACE.sub(" ", text).strip()


def read_page(path):
    """Read ``NAME.html`` and the ``NAME.figures.json`` beside it."""
    tree = html.fromstring(path.read_text(encoding="utf-8"))
    (body,) = tree.xpath("//body")
    for gone in body.xpath(".//style|.//script|.//svg|.//img"):
        gone.drop_tree()
    tables = {}
    for table in body.xpath(".//table"):
        found = _table(table)
        assert found.id not in tables, f"two tables named {found.id}"
        tables[found.id] = found
    figures = json.loads(path.with_name(path.stem + ".figures.json").read_text(encoding="utf-8"))
    page = Page(tables, list(_texts(body)), figures)
    # every group of digits is in a cell or in a text, so that none is overlooked
    everything = sum(len(DIGITS.findall(text)) for text in body.itertext())
    cells = (text for table in tables.values() for row in table.rows for text in row.cells.values())
    assert everything == sum(len(DIGITS.findall(text)) for text in (*cells, *page.texts))
    return page


def _table(table):
    heads = table.xpath("./thead/tr/*")
    columns = (
        heads[0].getparent().get("data-k") or " ".join(f"?{place}" for place in range(len(heads)))
    ).split()
    found = Table(table.get("id"), columns)
    band, seen = "", Counter()
    for row in table.xpath("./tbody/tr"):
        cells = row.xpath("./*")
        texts = [tidy(cell.text_content()) for cell in cells]
        if len(cells) == 1 and cells[0].get("colspan"):
            if cells[0].get("scope") == "rowgroup":
                band = texts[0]
            continue
        heading = [text for cell, text in zip(cells, texts, strict=True) if cell.tag == "th"]
        key = row.get("data-k") or " · ".join(heading)
        seen[key] += 1
        place = key if seen[key] == 1 else f"{key} #{seen[key]}"
        found.rows.append(Row(place, band, dict(zip(columns, texts, strict=True))))
    return found


def _texts(body):
    """Yield every text outside of the rows of tables, one for each element that holds words.

    Table headings and notes are included.
    """
    for element in body.iter():
        if element.tag == "tbody":
            for band in element.xpath("./tr/th[@scope='rowgroup']|./tr/td[@colspan]"):
                yield tidy(band.text_content())
            continue
        if not isinstance(element.tag, str) or any(
            above.tag == "tbody" for above in element.iterancestors()
        ):
            continue
        head = element.tag == "th" and element.getparent().getparent().tag == "thead"
        if (
            element.tag in _TEXTS
            or head
            or (element.tag == "div" and element.get("class") == "note")
        ):
            yield tidy(element.text_content())


_TEXTS = ("p", "li", "caption", "h1", "h2", "h3", "h4", "dt", "dd", "figcaption", "pre")


def read_workbook(path):
    """Return the tables of ``NAME.xlsx`` in order: title, headings, rows of values as in Excel."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=False)
    found = []
    for sheet in book.worksheets[1:]:
        rows = list(sheet.iter_rows(values_only=True))
        found.append((rows[0][0], list(rows[1]), rows[2:]))
    return found
