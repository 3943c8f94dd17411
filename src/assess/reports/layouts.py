"""Layouts of Party documents, chosen by the document's date.

HD 36-HD/VPTW (3/4/2018) applies until 26/5/2026, HD 05-HD/VPTW (27/5/2026, under QĐ 399-QĐ/TW)
from then on. Several public sources agree on the margins and the place of title, issuer and page
number. The text of HD 05 was not seen: its details follow public implementations and may differ.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

PRACTICE = "TẬP HUẤN"
"""How the mark of a document from a practice workspace begins; every printed page says it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Font sizes in points; ``separator`` separates the recipients."""

    id: str
    name: str
    valid_from: dt.date
    title_size: float
    body_size: float
    separator: str


LAYOUTS = (
    Layout("hd36", "Hướng dẫn 36-HD/VPTW", dt.date(2018, 4, 3), 15, 13, ","),
    Layout("hd05", "Hướng dẫn 05-HD/VPTW", dt.date(2026, 5, 27), 14, 14, ";"),
)


def layout_on(day: dt.date) -> Layout:
    """Return the layout for a document of that day.

    >>> layout_on(dt.date(2026, 5, 26)).id, layout_on(dt.date(2026, 5, 27)).id
    ('hd36', 'hd05')
    """
    return max(
        (layout for layout in LAYOUTS if layout.valid_from <= day),
        key=lambda x: x.valid_from,
        default=LAYOUTS[0],
    )


def by_id(layout_id: str) -> Layout:
    """Return a layout by its id."""
    return next(layout for layout in LAYOUTS if layout.id == layout_id)
