"""Render parts as a PDF that conforms to PDF/A-2a and PDF/UA-1.

Typst comes from its wheel and runs our template on JSON data, without system fonts.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import itertools
import json
import math
import os
import re
from functools import lru_cache
from html import unescape
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from assess.base.errors import InputError, input_error
from assess.reports import glyphs
from assess.reports.layouts import PRACTICE, by_id
from assess.workspace.face import LETTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.reports.document import Document, Part
    from assess.workspace.face import Face

_FOOT = 80
_STEP = 24
_BREAK = "\u200b"
_LONG_RUN = re.compile(r"\S{67,}")
"""A run of characters that may not fit on a line; a SHA-256 digest does."""
_NOTE = "Phông chữ của bản PDF không có chữ cho các ký hiệu sau, nên in mã của chúng thay vào: "
FONTS = ("Libertinus Serif", "DejaVu Sans")
"""The face of documents, then the one for letters that it lacks: ticks, boxes, arrows, Lao."""
_FALLBACK = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
"""Files of the second face, from matplotlib's package: no font of the system is looked for."""
_UNDRAWN = ("values", "kinds", "places")
_MANY = 7
"""Tables with more columns than this use smaller type."""
STANDARDS = ["a-2a", "ua-1"]
_GLYPH = re.compile(
    r"could not be displayed[^:]*|contains the codepoint|no font could be found|missing glyph|not found in any font",
    re.IGNORECASE,
)


def render_pdf(document: Document) -> bytes:
    """Return the document as PDF bytes; see :func:`render_with_notes`."""
    return render_with_notes(document)[0]


def render_with_notes(
    document: Document, face: Face | None = None
) -> tuple[bytes, tuple[str, ...]]:
    """Return the document as PDF bytes and notes for staff; the same document gives the same bytes.

    It is set in ``face`` if there is one, else in the first of :data:`FONTS`.
    A character without a glyph is printed as its code point, such as ``[U+1F4AF]``, with a note at
    the end. Raises :class:`~assess.base.errors.InputError` if this is impossible, or if a figure
    has no text alternative.
    """
    header = next((part for part in document.parts if part["type"] == "header"), None)
    layout = by_id(header["layout"] if header else "hd36")
    stamp = document.stamp
    parts = [_drawable(part, face.family if face else FONTS[0]) for part in document.parts]
    for part in parts:
        if part["type"] == "table":
            part["whole"] = _height(part) <= _WHOLE
    for part, after in itertools.pairwise(parts):
        part["lead"] = part["type"] == "paragraph" and _is_led(after)
    fix_heading_levels(parts)
    data = {
        "title": document.title,
        "author": header["issuer"] if header else "",
        "keywords": [stamp["dang_bo"], stamp["period"], stamp["digest"]] if stamp else [],
        "foot": footer(document),
        "fonts": [face.family, *FONTS] if face else list(FONTS),
        "body": layout.body_size,
        "title-size": layout.title_size,
        "separator": layout.separator,
        "official": header is not None,
        "shift": 1,
        "parts": _breakable(parts),
    }
    with TemporaryDirectory() as folder:
        for name, content in face.files.items() if face else ():
            (Path(folder) / name).write_bytes(content)
        compiler = _compiler_with(Path(folder)) if face else _compiler()
        return _in_spite_of_glyphs(compiler, data, document.parts, timestamp(stamp))


def _in_spite_of_glyphs(
    compiler: Any, data: dict[str, Any], parts: Sequence[Part], moment: int
) -> tuple[bytes, tuple[str, ...]]:
    """Compile, and retry with replacements for characters without a glyph until it succeeds."""
    lacking: dict[str, str] = {}
    in_figures: list[str] = []
    while True:
        told = [f"{glyphs.names(text)} ở {where}" for text, where in lacking.items()]
        told += [f"{glyphs.names(letter)} ở trong hình" for letter in in_figures]
        notes = (_NOTE + "; ".join(told),) if told else ()
        end = [{"type": "paragraph", "text": note, "lead": False} for note in notes]
        drawn = [_without(part, in_figures) for part in data["parts"]]
        text = json.dumps({**data, "parts": [*drawn, *end]}, ensure_ascii=False)
        for letter in lacking:
            text = text.replace(letter, glyphs.stand_in(letter))
        try:
            return _compile(compiler, text, moment), notes
        except InputError as error:
            letter = glyphs.missing(str(error.__cause__))
            if _IN_A_FIGURE in str(error.__cause__) and not in_figures:
                in_figures = _lacking_in_figures(compiler, data, moment)
                if in_figures:
                    continue
            if not glyphs.stand_in(letter) or letter in lacking or len(lacking) == glyphs.MOST:
                raise _without_glyph(letter, parts) if letter else error from error
            lacking[letter] = glyphs.places(parts, letter)


def _without(part: Part, letters: Sequence[str]) -> Part:
    """Return a part with the numbers of some letters instead of them, if it is a drawing."""
    if part["type"] != "figure" or not isinstance(part["data"], str):
        return part
    drawn = part["data"]
    for letter in letters:
        drawn = drawn.replace(letter, glyphs.stand_in(letter))
    return {**part, "data": drawn}


_IN_A_FIGURE = "text with missing codepoints"
"""Typst's words for a letter of a drawing that only the second face has: it is not named."""
_PROBE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text font-family="{}">ẫ {} ợ</text></svg>'


def _lacking_in_figures(compiler: Any, data: dict[str, Any], moment: int) -> list[str]:
    """Return the letters of drawings that cannot be drawn, each found by drawing it alone.

    It stands between Vietnamese letters: a sign for which Typst turns to the second face there
    spoils them too.
    """
    drawings = [part["data"] for part in data["parts"] if part["type"] == "figure"]
    letters = {letter for text in drawings if isinstance(text, str) for letter in unescape(text)}
    found = []
    for letter in sorted(x for x in letters if not x.isascii() and x not in LETTERS):
        probe = {"type": "figure", "format": "svg", "title": "", "alt": "-"}
        parts = [{**probe, "data": _PROBE.format(data["fonts"][0], letter)}]
        try:
            _compile(compiler, json.dumps({**data, "parts": parts}, ensure_ascii=False), moment)
        except InputError:
            found.append(letter)
    return found


def _without_glyph(letter: str, parts: Sequence[Part]) -> InputError:
    return input_error(
        "missing-glyph", "PDF", found=f"{glyphs.names(letter)} ở {glyphs.places(parts, letter)}"
    )


def _drawable(part: Part, family: str) -> Part:
    """Return a part for the template: SVG as text, bitmaps as bytes, tables without raw values.

    The text of our figures is in the ``family`` of the document.
    """
    if part["type"] != "figure":
        return {key: value for key, value in part.items() if key not in _UNDRAWN}
    raw = base64.b64decode(part["data"])
    drawn = raw.decode().replace(f"'{FONTS[0]}'", f"'{family}'") if part["format"] == "svg" else ""
    return {**part, "data": drawn or list(raw)}


_WHOLE, _SMALL = 560.0, 250.0
"""Heights in points up to which a table stays on one page, and also with the text before it."""
_WIDTH = 468.0
"""Width of a page's text in points."""


def _is_led(part: Part) -> bool:
    """Return whether a part stays on the page of the paragraph before it."""
    if part["type"] == "table":
        return not part["whole"] or _height(part) <= _SMALL
    return bool(part["type"] == "signature")


def _height(table: Part) -> float:
    """Return the approximate height of a table in points."""
    size = 9.0 if len(table["head"]) > _MANY else 10.5
    letters = _WIDTH / (size * 0.47)
    columns = [*zip(table["head"], *table["rows"], strict=True)]
    longest = [max(map(len, column)) for column in columns]
    widths = [
        float(most) if width == "auto" else 0.0
        for most, width in zip(longest, table["widths"], strict=True)
    ]
    weights = [0.0 if width == "auto" else float(width) for width in table["widths"]]
    room = max(letters - sum(widths), 1.0) / (sum(weights) or 1.0)
    given = [
        max(width or weight * room, 1.0) for width, weight in zip(widths, weights, strict=True)
    ]
    rows = [table["head"], *table["rows"], *([text] for _, text in table["bands"])]
    lines = sum(
        max(math.ceil(len(text) / width) for text, width in zip(row, given, strict=False))
        for row in rows
    )
    return lines * size * 1.25 + len(rows) * 5.0


def footer(document: Document) -> str:
    """Return the footer of every page: name, period label and the start of the digest.

    Pages of a practice workspace say so first.
    """
    stamp = document.stamp
    if stamp is None:
        return PRACTICE if document.is_practice else ""
    name = stamp["name"] if len(stamp["name"]) <= _FOOT else f"{stamp['name'][: _FOOT - 1]}…"
    parts = [name, stamp["period_label"], f"mã đối chiếu {stamp['digest'][:16]}"]
    return " · ".join([PRACTICE, *parts] if document.is_practice else parts)


def _breakable(value: Any) -> Any:
    """Insert zero-width spaces into runs of characters that are too long for a line."""
    if isinstance(value, dict):
        return {key: inner if key == "data" else _breakable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_breakable(inner) for inner in value]
    if not isinstance(value, str):
        return value
    return _LONG_RUN.sub(
        lambda run: _BREAK.join(run[0][i : i + _STEP] for i in range(0, len(run[0]), _STEP)), value
    )


def fix_heading_levels(parts: list[dict[str, Any]]) -> None:
    """Limit each heading to one level below the previous: PDF/UA allows no skipped level."""
    current = 0
    for part in parts:
        if part["type"] == "annex":
            current = 1
        elif part["type"] == "heading":
            part["level"] = min(part["level"], current + 1)
            current = part["level"]


def timestamp(stamp: Part | None) -> int:
    """Return the document's date, else ``SOURCE_DATE_EPOCH``, else 0: never the current time."""
    if stamp is not None:
        day = dt.date.fromisoformat(stamp["document_date"])
        return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())
    value = os.environ.get("SOURCE_DATE_EPOCH", "0")
    return int(value) if value.isdigit() else 0


@lru_cache(maxsize=1)
def _compiler() -> Any:
    return _compiler_with()


def _compiler_with(*folders: Path) -> Any:
    """Return a compiler with the usual fonts and those in some folders."""
    import matplotlib as mpl
    import typst

    fallback = [Path(mpl.get_data_path()) / "fonts/ttf" / name for name in _FALLBACK]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[*folders, *fallback])
    return typst.Compiler(font_paths=fonts)


def compile_data(template: str, data: str) -> bytes:
    """Return what one of our Typst templates makes of JSON data, as PDF bytes."""
    return _compile(_compiler(), data, 0, template)


def _compile(compiler: Any, data: str, timestamp: int, name: str = "report.typ") -> bytes:
    import typst

    template = files("assess.reports.templates").joinpath(name).read_bytes()
    try:
        pdf: bytes = compiler.compile(
            template,
            sys_inputs={"data": data},
            format="pdf",
            timestamp=timestamp,
            pdf_standards=STANDARDS,
        )
    except typst.TypstError as error:
        raise _explained(error) from error
    return recompress(pdf)


def recompress(pdf: bytes) -> bytes:
    """Return the same document with compressed object streams, as PDF 1.7 and PDF/A-2 allow.

    The tags that make tables accessible are many small objects; compressed, a long report is a
    fifth of the size.
    """
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return out.getvalue()


def _explained(error: Exception) -> InputError:
    text = " ".join(str(error).split())
    if _GLYPH.search(text):
        return input_error("missing-glyph", "PDF", found=text)
    return input_error("pdf-failed", "PDF", reason=text[:400])
