"""Read tables back from rendered files.

From the page with an HTML parser, from the PDF by the lines drawn in it.
"""

from __future__ import annotations

import re

import pdfplumber
from lxml import html


def html_tables(path):
    """Return tables by id: (head, rows, bands), each cell as text.

    Bands are the headings between rows.
    """
    tree = html.fromstring(path.read_text(encoding="utf-8"))
    found = {}
    for table in tree.xpath("//table"):
        head = [cell.text_content().strip() for cell in table.xpath("./thead/tr/*")]
        rows, bands = [], []
        for row in table.xpath("./tbody/tr"):
            cells = row.xpath("./*")
            texts = [cell.text_content().strip() for cell in cells]
            if len(cells) == 1 and cells[0].get("colspan"):
                bands.append(texts[0])
            else:
                rows.append(texts)
        found[table.get("id")] = (head, rows, bands)
    return found


def pdf_tables(path):
    """Return all tables in the order of pages.

    A table that goes on over a page is joined; every page's part must repeat the head.
    """
    joined = []
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            for table in page.extract_tables():
                rows = [[squeeze(cell or "") for cell in row] for row in table]
                if len(rows[0]) < 2 or not all(rows[0]):
                    continue  # the frame of a note, or the bars of a chart
                if joined and joined[-1][0] == rows[0]:
                    joined[-1].extend(rows[1:])
                else:
                    joined.append(rows)
    return joined


def squeeze(text):
    return re.sub(r"\s+", "", text)


def number(text):
    """Return a Vietnamese number as a float; a dash is None."""
    text = text.strip()
    if text == "–":
        return None
    return float(text.removesuffix("%").replace(",", "."))
