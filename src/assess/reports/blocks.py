"""Blocks: the values that notebook cells return and that every exporter reads.

A block is plain data with three representations: text, HTML (for JupyterLab) and
``application/vnd.assess.block+json``. Numbers stay numbers in the JSON;
:func:`assess.base.numbers.show` formats them the same way for every output format.
"""

from __future__ import annotations

import base64
import datetime as dt
import math
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from assess.base import numbers
from assess.base.errors import input_error
from assess.reports.block_json import MIME
from assess.reports.named_figures import split_named

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Block:
    """Base class of blocks; subclasses are frozen dataclasses with a ``type``."""

    type: ClassVar[str]

    def as_json(self) -> dict[str, Any]:
        """Return the block as plain data with its text in NFC.

        ``figures`` holds the numbers named in its texts, see :mod:`assess.reports.named_figures`.
        """
        return self._with_figures({f.name: getattr(self, f.name) for f in fields(self)})

    def _with_figures(self, values: dict[str, Any]) -> dict[str, Any]:
        figures: list[dict[str, Any]] = []
        data = {"type": self.type, **_plain(values, figures)}
        return {**data, "figures": figures} if figures else data

    def as_text(self) -> str:
        """Return the block as plain text, for a terminal."""
        return self.text_of(self.as_json())

    def text_of(self, data: dict[str, Any]) -> str:
        """Return the plain text of the block whose JSON is ``data``."""
        return str(data.get("text", self.type))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from assess.reports.html import block_html

        data = self.as_json()
        return {MIME: data, "text/html": block_html(data), "text/plain": self.text_of(data)}


@dataclass(frozen=True)
class Header(Block):
    """The head of a Party document, with the report's type and subject.

    An empty ``number`` is left blank to be written by hand. ``marks`` must appear on page one:
    *minh họa*, *giả định*. A document without a ``sign`` has no number. ``under`` is a line below
    the subject: which document it replaces.
    """

    type: ClassVar[str] = "header"
    superior: str
    issuer: str
    sign: str
    place: str
    date: str
    kind: str
    subject: str
    layout: str
    marks: tuple[str, ...] = ()
    number: str = ""
    under: str = ""

    def text_of(self, data: dict[str, Any]) -> str:
        """Return type and subject, then issuer and date."""
        return f"{self.kind} {self.subject}\n{self.issuer}, {self.date}"


@dataclass(frozen=True)
class Heading(Block):
    """A heading of level 1 to 3."""

    type: ClassVar[str] = "heading"
    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph(Block):
    """A paragraph of text."""

    type: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True)
class Note(Block):
    """A highlighted paragraph: how to read what follows, or a warning."""

    type: ClassVar[str] = "note"
    text: str
    title: str = ""


@dataclass(frozen=True)
class Bullets(Block):
    """A bulleted list with an optional ``title`` above it."""

    type: ClassVar[str] = "bullets"
    items: tuple[str, ...]
    title: str = ""

    def text_of(self, data: dict[str, Any]) -> str:
        """Return one line per item."""
        return "\n".join([data["title"], *(f"- {item}" for item in data["items"])]).strip()


@dataclass(frozen=True)
class Column:
    """A table column.

    ``kind`` is one of :data:`assess.base.numbers.KINDS`; ``width`` is relative to other columns.
    ``cuts`` are the thresholds that points or ratios are compared with; values are printed with
    enough decimals to show on which side of a threshold they lie.
    """

    key: str
    title: str
    kind: str = "text"
    width: float = 1.0
    cuts: tuple[float, ...] = ()


@dataclass(frozen=True)
class Table(Block):
    """A table whose first ``stub`` columns are row headers; with ``total``, the last row totals.

    ``bands`` are headings between rows: (index of the row below, text). ``keys`` identify the rows,
    for example by chi bộ id; without them the stub texts do. A number is found by table, row and
    column. ``bars`` is the key of a column whose numbers are also drawn, as bars in their cells.
    ``shades`` says how much ink the cells of letters get: none for letters that are not in it, then
    1 light grey, 2 dark grey, 3 black.
    """

    type: ClassVar[str] = "table"
    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    stub: int = 1
    total: bool = False
    note: str = ""
    empty: str = "Không có."
    bands: tuple[tuple[int, str], ...] = ()
    keys: tuple[str, ...] = ()
    bars: str = ""
    shades: Mapping[str, int] = field(default_factory=dict)

    def text_of(self, data: dict[str, Any]) -> str:
        """Return the table with aligned columns."""
        rows = [tuple(c.title for c in self.columns)]
        cells = (zip(row, self.columns, strict=True) for row in data["rows"])
        rows += [
            tuple(numbers.show(v, c.kind, numbers.places_beside(v, c.kind, c.cuts)) for v, c in row)
            for row in cells
        ]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.columns))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([data["title"], *lines])


@dataclass(frozen=True)
class Figure(Block):
    """A vector figure with a text alternative and a caption."""

    type: ClassVar[str] = "figure"
    id: str
    title: str
    alt: str
    svg: str

    def __post_init__(self) -> None:
        """Raise :class:`~assess.base.errors.InputError` if the figure has no text alternative."""
        if not self.alt.strip():
            raise input_error("figure-without-alt", self.id)

    def as_json(self) -> dict[str, Any]:
        """Return the block with the drawing as base64."""
        data = self._with_figures(
            {"id": self.id, "title": self.title, "alt": self.alt, "format": "svg"}
        )
        return {**data, "data": base64.b64encode(self.svg.encode()).decode()}

    def text_of(self, data: dict[str, Any]) -> str:
        """Return caption and text alternative."""
        return f"{data['title']}\n{data['alt']}"


@dataclass(frozen=True)
class Signature(Block):
    """Recipients on the left; authority and post on the right, with space to sign and to seal.

    ``name`` is that of the signer, below the space; empty where it is written by hand. Where
    somebody signs on the ``left``, no recipients are listed.
    """

    type: ClassVar[str] = "signature"
    recipients: tuple[str, ...]
    authority: str
    post: str
    seal: bool = True
    name: str = ""
    left: str = ""

    def text_of(self, data: dict[str, Any]) -> str:
        """Return authority and post."""
        return f"{self.authority}\n{self.post}"


@dataclass(frozen=True)
class Annex(Block):
    """The start of an annex, on a new page; one that is not ``numbered`` is no annex in law.

    ``under`` is a line below its title.
    """

    type: ClassVar[str] = "annex"
    text: str
    numbered: bool = True
    under: str = ""


@dataclass(frozen=True)
class Stamp(Block):
    """The provenance of the report, for verification.

    It is printed at the end of the report and, abridged, on each page of the PDF.
    """

    type: ClassVar[str] = "stamp"
    dang_bo: str
    name: str
    period: str
    period_label: str
    as_of: str
    document_date: str
    rule_sets: tuple[str, ...]
    digest: str
    facts: tuple[tuple[str, str], ...] = field(default=())

    def text_of(self, data: dict[str, Any]) -> str:
        """Return đảng bộ, period and digest."""
        return f"{self.name} · {self.period_label} · {self.digest}"


@dataclass(frozen=True)
class Attachment(Block):
    """A file that a batch writes next to the report, as the report's name followed by ``name``."""

    type: ClassVar[str] = "attachment"
    name: str
    content: str
    text: str

    def as_json(self) -> dict[str, Any]:
        """Return the block with its file content unchanged: its lines are not tidied."""
        return {
            **self._with_figures({"name": self.name, "text": self.text}),
            "content": self.content,
        }


@dataclass(frozen=True)
class Group(Block):
    """Several blocks from one cell."""

    type: ClassVar[str] = "group"
    blocks: tuple[Block, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the blocks in order."""
        return {"type": self.type, "blocks": [block.as_json() for block in self.blocks]}

    def text_of(self, data: dict[str, Any]) -> str:
        """Return the blocks' text in order."""
        return "\n\n".join(
            block.text_of(theirs) for block, theirs in zip(self.blocks, data["blocks"], strict=True)
        )


def _scalar(value: Any) -> numbers.Scalar:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Decimal):
        value = float(value)
    return (
        None
        if value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
        else value
    )


def _plain(value: Any, figures: list[dict[str, Any]]) -> Any:
    """Return a value as JSON types, with dates as text, missing values as null and tidy text.

    The figures named in texts are appended to ``figures``.
    """
    if isinstance(value, str):
        text, found = split_named(value)
        figures += [{**figure, "of": text} for figure in found]
        return text
    if isinstance(value, list | tuple):
        return [_plain(inner, figures) for inner in value]
    if isinstance(value, dict):
        return {key: _plain(inner, figures) for key, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name), figures) for f in fields(value)}
    value = _scalar(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value
