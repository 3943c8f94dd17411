"""A workbook without all that says nothing of its cells, so that reading it takes half the time.

openpyxl makes an object of every font, fill, border, drop-down list and merged area.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEFT_OUT = (
    "docprops/",
    "xl/theme/",
    "xl/drawings/",
    "xl/media/",
    "xl/printersettings/",
    "xl/worksheets/_rels/",
    "xl/comments",
    "xl/calcchain",
)
_END_OF_CELLS = re.compile(rb"</((?:[A-Za-z][\w.-]*:)?)sheetData\s*>")
_LOOKS = re.compile(
    rb"<((?:[A-Za-z][\w.-]*:)?)(fonts|fills|borders|cellStyleXfs|cellStyles|dxfs|tableStyles)\b[^>]*>"
    rb".*?</\1\2\s*>",
    re.DOTALL,
)


def cells_only(parts: Mapping[str, bytes]) -> io.BytesIO:
    """Return a workbook, by the names and contents of its parts, with its cells and formats only.

    What follows the cells of a worksheet and the looks among the styles are left out. A part in
    which they are not where office programs put them stays as it is.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, raw in parts.items():
            lower = name.lower()
            if lower.startswith(_LEFT_OUT):
                continue
            if lower.startswith("xl/worksheets/"):
                archive.writestr(name, _until_end_of_cells(raw))
            elif lower == "xl/styles.xml":
                archive.writestr(name, _LOOKS.sub(b"", raw))
            else:
                archive.writestr(name, raw)
    out.seek(0)
    return out


def _until_end_of_cells(raw: bytes) -> bytes:
    ends = list(_END_OF_CELLS.finditer(raw))
    if not ends:
        return raw
    return raw[: ends[-1].end()] + b"</" + ends[-1][1] + b"worksheet>"
