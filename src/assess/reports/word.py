"""Render the parts of the PDF as an editable Word file with real headings, lists and tables."""

from __future__ import annotations

import base64
import datetime as dt
import io
import itertools
from functools import lru_cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from lxml import etree

from assess.reports.layouts import by_id
from assess.reports.pdf import fix_heading_levels, footer, timestamp
from assess.reports.word_table import add_table
from assess.reports.word_xml import W, cell, clean, paragraph, run, sub, table
from assess.reports.zipped import strip_volatile

if TYPE_CHECKING:
    from assess.reports.document import Document, Part
    from assess.reports.layouts import Layout

_MM = 1440 / 25.4
_ROOM = int(165 * _MM)
"""Width of an A4 page within its margins, in twips."""
_WIDEST, _HIGHEST = 165.0, 200.0
"""Maximum size of a picture in millimetres."""
_BARE = (
    "stylesWithEffects",
    "customXml",
    "theme",
    "fontTable",
    "webSettings",
    "thumbnail",
    "extended-properties",
)
"""Parts of the library's empty document that we do not use."""
_DRAWING = b"""#set page(width: 165mm, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)"""
_BLANK = "\u00a0" * 10


def render_docx(document: Document) -> bytes:
    """Return the document as .docx bytes; the same document gives the same bytes."""
    import docx

    parts = [dict(part) for part in document.parts]
    fix_heading_levels(parts)
    header = next((part for part in parts if part["type"] == "header"), None)
    writer = _Writer(
        docx.Document(), by_id(header["layout"] if header else "hd36"), official=header is not None
    )
    writer.prepare(document, header)
    if header is None:
        paragraph(writer.body, "Title", run(document.title))
    for part, after in itertools.zip_longest(parts, parts[1:]):
        writer.add(part, leads=after is not None and after["type"] in _LED)
    return writer.bytes()


_LED = ("table", "bullets", "signature")
"""What a paragraph before it introduces; a signature is never alone on a page."""


class _Writer:
    """Appends parts to the body of a Word file."""

    def __init__(self, file: Any, layout: Layout, *, official: bool) -> None:
        self.file = file
        self.layout = layout
        self.official = official
        self.body = file.element.body
        self.figures = 0

    def bytes(self) -> bytes:
        """Return the file."""
        self.body.append(self.body.sectPr)  # Word requires the section properties last
        made = io.BytesIO()
        self.file.save(made)
        return strip_volatile(made.getvalue())

    # --- the file around the body -----------------------------------------------------------------

    def prepare(self, document: Document, header: Part | None) -> None:
        """Give the empty document our styles, page setup and properties."""
        for rels in (self.file.part.rels, self.file.part.package.rels):
            for key in [key for key, rel in rels.items() if rel.reltype.endswith(_BARE)]:
                del rels[key]
        source = files("assess.reports.templates").joinpath("word.xml").read_text(encoding="utf-8")
        sizes = {
            "body": f"{self.layout.body_size * 2:g}",
            "title": f"{self.layout.title_size * 2:g}",
        }
        styles, numbering, settings = etree.fromstring(Template(source).substitute(sizes))
        self.file.styles.element[:] = list(styles)
        self.file.part.numbering_part.element[:] = list(numbering)
        self.file.settings.element[:] = list(settings)
        self._set_page(footer(document))
        self._set_properties(document, header)

    def _set_page(self, line: str) -> None:
        from docx.shared import Mm

        section = self.file.sections[0]
        sizes = {
            "page_width": 210,
            "page_height": 297,
            "top_margin": 20,
            "bottom_margin": 20,
            "left_margin": 30,
            "right_margin": 15,
        }
        for name, millimetres in {**sizes, "header_distance": 10, "footer_distance": 10}.items():
            setattr(section, name, Mm(millimetres))
        section.different_first_page_header_footer = True
        for corner in (
            section.header,
            section.first_page_header,
            section.footer,
            section.first_page_footer,
        ):
            corner.is_linked_to_previous = False
        number = section.header.paragraphs[0].add_run("2").element
        sub(number.getparent(), "fldSimple", instr=" PAGE ").append(number)
        for corner in (section.footer, section.first_page_footer):
            corner.paragraphs[0].add_run(clean(line))

    def _set_properties(self, document: Document, header: Part | None) -> None:
        about, stamp = self.file.core_properties, document.stamp
        moment = dt.datetime.fromtimestamp(timestamp(stamp), dt.UTC).replace(tzinfo=None)
        about.title = clean(document.title)[:255]
        about.author = about.last_modified_by = clean(header["issuer"] if header else "")[:255]
        about.keywords = clean(
            " ".join((stamp["dang_bo"], stamp["period"], stamp["digest"])) if stamp else ""
        )[:255]
        about.comments = ""
        about.language = "vi-VN"
        about.created = about.modified = moment

    # --- parts ------------------------------------------------------------------------------------

    def add(self, part: Part, *, leads: bool) -> None:
        """Append a part; a paragraph that ``leads`` is kept on the same page as the next part."""
        draw = getattr(self, f"_{part['type']}", None)
        if part["type"] == "paragraph":
            self._paragraph(part, leads=leads)
        elif draw is not None:
            draw(part)

    def _header(self, part: Part) -> None:
        widths = [int(_ROOM * 0.48), _ROOM - int(_ROOM * 0.48)]
        row = sub(table(self.body, "TableNormal", widths), "tr")
        left, right = (cell(row, width) for width in widths)
        if part["superior"]:
            paragraph(left, "Head", run(_whole_end(part["superior"])))
        paragraph(left, "Head", run(_whole_end(part["issuer"]), b=1))
        paragraph(left, "Head", run("*"))
        if part["sign"]:
            number = f" {part['number']}" if part["number"] else _BLANK
            paragraph(left, "Head", run(f"Số{number}{part['sign']}"))
        party = paragraph(right, "Party", run("ĐẢNG CỘNG SẢN VIỆT NAM"))
        aside = int((widths[1] - self.layout.title_size * 20 * 14.2) / 2)
        sub(party, "ind", left=aside, right=aside)
        paragraph(right, "Head", run(part["date"], i=1))
        paragraph(self.body, "Title", run(f"{part['kind']}\n", sz=30), run(part["subject"]))
        if part["under"]:
            paragraph(self.body, "Head", run(part["under"], i=1))
        for mark in part["marks"]:
            paragraph(self.body, "Mark", run(mark))

    def _heading(self, part: Part) -> None:
        paragraph(self.body, f"Heading{part['level']}", run(part["text"]))

    def _annex(self, part: Part) -> None:
        label = f"{part['label']}\n" if part.get("label") else ""
        properties = paragraph(self.body, "Heading1", run(label + part["text"]))
        sub(properties, "pageBreakBefore")
        sub(properties, "jc", val="center")
        if part["under"]:
            paragraph(self.body, "Head", run(part["under"], i=1))

    def _paragraph(self, part: Part, *, leads: bool) -> None:
        properties = paragraph(self.body, "BodyText", run(part["text"]))
        if leads:
            sub(properties, "keepNext")
        if self.official:
            sub(properties, "ind", firstLine=int(10 * _MM))

    def _note(self, part: Part) -> None:
        title = [run(f"{part['title']}. ", b=1)] if part["title"] else []
        paragraph(self.body, "Note", *title, run(part["text"]))

    def _bullets(self, part: Part) -> None:
        if part["title"]:
            sub(paragraph(self.body, "BodyText", run(part["title"], b=1)), "keepNext")
        for item in part["items"]:
            text = item.lstrip("– ")
            depth = min(item[: len(item) - len(text)].count("–"), 2)
            properties = paragraph(self.body, "ListBullet", run(text))
            if depth:
                numbers = sub(properties, "numPr")
                sub(numbers, "ilvl", val=depth)
                sub(numbers, "numId", val=1)

    def _table(self, part: Part) -> None:
        add_table(self.body, part, _ROOM)

    def _code(self, part: Part) -> None:
        paragraph(self.body, "Code", run(part["text"]))

    def _figure(self, part: Part) -> None:
        from docx.oxml.shape import CT_Inline
        from docx.shared import Mm

        picture = _bitmap(part["data"], part["format"])
        try:
            name, image = self.file.part.get_or_add_image(io.BytesIO(picture))
        except Exception:  # noqa: BLE001 - show the text alternative of an unreadable picture
            paragraph(self.body, "Note", run("Không đọc được hình. ", b=1), run(part["alt"]))
            return
        self.figures += 1
        wide, high = image.width.mm, image.height.mm
        scale = min(1.0, _WIDEST / wide, _HIGHEST / high)
        file = f"hinh-{self.figures}.{image.ext}"
        inline = CT_Inline.new_pic_inline(
            self.figures, name, file, Mm(wide * scale), Mm(high * scale)
        )
        inline.docPr.set("name", f"Hình {self.figures}")
        inline.docPr.set("descr", clean(part["alt"]))
        holder = etree.Element(W + "r")
        sub(holder, "drawing").append(inline)
        properties = paragraph(self.body, "Figure", holder)
        if part["title"]:
            sub(properties, "keepNext")
            paragraph(self.body, "FigureCaption", run(part["title"]))

    def _signature(self, part: Part) -> None:
        paragraph(self.body, "AfterTable")
        half = _ROOM // 2
        row = sub(table(self.body, "TableNormal", [half, half]), "tr")
        sub(sub(row, "trPr"), "cantSplit")
        left, right = cell(row, half), cell(row, half)
        if part["left"]:
            paragraph(left, "Sign", run(part["left"], b=1))
        else:
            paragraph(left, "Recipient", run("Nơi nhận:", u="single"))
        for number, name in enumerate(part["recipients"], start=1):
            paragraph(
                left,
                "Recipient",
                run(
                    f"- {name}{'.' if number == len(part['recipients']) else self.layout.separator}"
                ),
            )
        if part["authority"]:
            paragraph(right, "Sign", run(part["authority"], b=1))
        post = run(part["post"]) if part["authority"] else run(part["post"], b=1)
        sub(paragraph(right, "Sign", post), "spacing", after=int(30 * _MM))
        if part["name"]:
            paragraph(right, "Sign", run(part["name"], b=1))
        paragraph(self.body, "AfterTable")

    def _stamp(self, part: Part) -> None:
        for number, (name, value) in enumerate(part["facts"]):
            properties = paragraph(self.body, "Stamp", run(f"{name}: ", b=1), run(value))
            if number < len(part["facts"]) - 1:
                sub(properties, "keepNext")
            if number == 0:
                sub(sub(properties, "pBdr"), "top", val="single", sz=4, space=4, color="000000")
                sub(properties, "spacing", before=240)


def _whole_end(name: str) -> str:
    """Join the last three words of a name with no-break spaces, to keep place names whole."""
    words = name.split(" ")
    return name if len(words) < 5 else " ".join([*words[:-3], "\u00a0".join(words[-3:])])


@lru_cache(maxsize=1)
def _compiler() -> Any:
    import typst

    return typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False, font_paths=[]))


def _bitmap(data: str, form: str) -> bytes:
    """Return a picture as a bitmap; Word shows SVG only with a bitmap beside it."""
    raw = base64.b64decode(data)
    if form != "svg":
        return raw
    import typst

    try:
        drawn: bytes = _compiler().compile(
            _DRAWING, sys_inputs={"svg": raw.decode()}, format="png", ppi=200
        )
    except (typst.TypstError, UnicodeDecodeError):
        return b""
    return drawn
