"""The common style of written workbooks: safe text, reproducible bytes, fonts, an A4 page."""

from __future__ import annotations

import datetime as dt
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.base.machine_faults import reason
from assess.base.text import tidy

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_MM = 1 / 25.4
_LONGEST = 32_000
"""The longest text written to a cell; Excel allows 32 767 characters."""
_NARROW = 1.28
"""Letters of Times New Roman that fit in the width of one digit of the standard font."""
WRONG_ENTRY = "Nhập chưa đúng"
"""The title of the box that Excel shows at a value that a cell does not expect."""
ENTRY = "#FFF9E0"
HEAD = "#EFEFEF"


def new_workbook(path: Path, title: str) -> Workbook:
    """Open a workbook for writing under a temporary name; :func:`save` gives it its own name.

    No text becomes a formula, a number or a link. Equal content gives equal bytes.
    """
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }
    book = xlsxwriter.Workbook(
        str(path.with_name(f".{path.name}.new")), {**options, "default_date_format": "dd/mm/yyyy"}
    )
    book.set_properties({"title": tidy(title), "created": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)})
    return book


def save(book: Workbook, path: Path) -> None:
    """Write a workbook and rename it once complete; raise ``InputError`` if this fails."""
    from xlsxwriter.exceptions import XlsxWriterException

    try:
        book.close()
        Path(book.filename).replace(path)
    except XlsxWriterException as error:
        raise input_error("unwritable", str(path), reason=str(error)[:200]) from error
    except OSError as error:
        raise input_error("unwritable", str(path), reason=reason(error)) from error


def format_of(
    book: Workbook, cache: dict[tuple[tuple[str, Any], ...], Format], **values: Any
) -> Format:
    """Return a format in the workbooks' font; equal settings share one format."""
    wish = {
        "font_name": "Times New Roman",
        "font_size": 11,
        "valign": "vcenter",
        "text_wrap": True,
        **values,
    }
    key = tuple(sorted(wish.items()))
    if key not in cache:
        cache[key] = book.add_format(wish)
    return cache[key]


def write_value(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Any,
    style: Format | None,
    day_style: Format | None = None,
) -> None:
    """Write a value by its type: text always stays text, numbers stay numbers, dates stay dates."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float):
        if math.isfinite(value):
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_string(row, column, str(value), style)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, day_style or style)
    else:
        sheet.write_string(row, column, str(value)[:_LONGEST], style)


def page(sheet: Worksheet, *, landscape: bool, footer: str) -> None:
    """Set up an A4 page as wide as the worksheet.

    It has the margins of Party documents and a page number at the top.
    """
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(
        left=(20 if landscape else 30) * _MM, right=15 * _MM, top=20 * _MM, bottom=20 * _MM
    )
    sheet.set_header('&C&"Times New Roman"&11&P', {"margin": 10 * _MM})
    sheet.set_footer(
        f'&R&"Times New Roman,Italic"&8{footer.replace("&", "&&")[:180]}', {"margin": 8 * _MM}
    )
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a worksheet name close to ``wanted`` that Excel allows and that is not taken."""
    base = _FORBIDDEN.sub("_", tidy(wanted)).strip("'")[:31] or "Phiếu"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base[: 30 - len(str(number))]}~{number}"
    taken.add(name.casefold())
    return name


def lines_needed(text: str, width: float) -> int:
    """Return the lines that a text needs in a column of ``width`` characters, for merged rows."""
    per_line = max(1.0, width * _NARROW)
    return sum(max(1, math.ceil(len(part) / per_line)) for part in text.split("\n"))
