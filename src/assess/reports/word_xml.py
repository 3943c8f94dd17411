"""Build WordprocessingML elements one by one, so that no data is ever parsed as markup."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_ILLEGAL = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    r"""Return text without the characters that XML does not allow.

    >>> clean("một\x00 <w:p>")
    'một <w:p>'
    """
    return _ILLEGAL.sub("", text)


def sub(parent: Any, name: str, **attributes: str | int) -> Any:
    """Append an element with attributes in Word's namespace and return it."""
    return etree.SubElement(
        parent, W + name, {W + key: str(value) for key, value in attributes.items()}
    )


def run(text: str, **marks: str | int) -> Any:
    """Return a run of text; line ends become line breaks.

    ``marks`` are its properties in the order that Word requires (``b=1``, ``sz=30``).
    """
    element = etree.Element(W + "r")
    if marks:
        properties = sub(element, "rPr")
        for name, value in marks.items():
            sub(properties, name, val=value)
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            sub(element, "br")
        inner = sub(element, "t")
        inner.set(_SPACE, "preserve")
        inner.text = line
    return element


def paragraph(parent: Any, style: str, *runs: Any) -> Any:
    """Append a paragraph in a style and return its properties, to add to those of the style."""
    element = sub(parent, "p")
    properties = sub(element, "pPr")
    sub(properties, "pStyle", val=style)
    element.extend(runs)
    return properties


def table(parent: Any, style: str, widths: list[int], title: str = "") -> Any:
    """Append a table; ``widths`` are in twentieths of a point, ``title`` describes it."""
    element = sub(parent, "tbl")
    properties = sub(element, "tblPr")
    sub(properties, "tblStyle", val=style)
    sub(properties, "tblW", w=sum(widths), type="dxa")
    sub(properties, "tblLayout", type="fixed")
    sub(
        properties,
        "tblLook",
        val="0420",
        firstRow=1,
        lastRow=0,
        firstColumn=0,
        lastColumn=0,
        noHBand=0,
        noVBand=1,
    )
    if title:
        sub(properties, "tblCaption", val=clean(title))
    grid = sub(element, "tblGrid")
    for width in widths:
        sub(grid, "gridCol", w=width)
    return element


def cell(row: Any, width: int, *, span: int = 1, fill: str = "", middle: bool = False) -> Any:
    """Append a cell to a row."""
    element = sub(row, "tc")
    properties = sub(element, "tcPr")
    sub(properties, "tcW", w=width, type="dxa")
    if span > 1:
        sub(properties, "gridSpan", val=span)
    if fill:
        sub(properties, "shd", val="clear", color="auto", fill=fill)
    if middle:
        sub(properties, "vAlign", val="center")
    return element
