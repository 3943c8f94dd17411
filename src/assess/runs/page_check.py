"""Check rendered files: they must name their own đảng bộ and hold nobody else's data.

Batch tools of this kind tend to put, at some time, one organisation's content under another's file
name. So before a report gets its final name, the text of its files is read back and compared with
the job.
"""

from __future__ import annotations

import re
import threading
import zipfile
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from assess.base.text import tidy

if TYPE_CHECKING:
    from pathlib import Path

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_CODED = re.compile(r"<table [^>]* data-codes>(.*?)</table>", re.DOTALL)
_CODE = re.compile(r"<tr><th scope=row>([^<]*)")
_KEY = re.compile(r'<tr data-k="([^"]*)">')
"""The key of a row: the id of a meeting or a unit, or a name of ours."""
_PARAGRAPH = re.compile(r"</(?:w:p|w:tc|si|c)>")
_TAG = re.compile(r"<[^>]*>")
_SHOWN = 3
_PDFIUM = threading.Lock()
"""PDFium is not thread-safe, and a Dask worker may have several threads."""


@dataclass(frozen=True, slots=True)
class PageExpectation:
    """What a report must say, and the ids and names outside its slice that it must not contain."""

    dang_bo: str
    name: str
    period: str
    period_label: str
    digest: str
    foreign_ids: frozenset[str]
    foreign_names: frozenset[str]


def check_report(expected: PageExpectation, html: Path, pdf: Path | None) -> list[str]:
    """Return what is wrong with a rendered report, in Vietnamese; empty when it is as expected.

    Without ``pdf``, only the HTML is checked.
    """
    page = html.read_text(encoding="utf-8")
    problems = [f"HTML: {problem}" for problem in _problems(expected, html_text(page))]
    coded = (code for table in _CODED.findall(page) for code in _CODE.findall(table))
    keys = (*coded, *_KEY.findall(page))
    codes = {unescape(key).strip() for key in keys} & expected.foreign_ids
    if codes:
        problems.append(f"HTML: bảng có mã của đơn vị khác: {', '.join(sorted(codes)[:_SHOWN])}")
    for key, wanted in (
        ("dang-bo", expected.dang_bo),
        ("period", expected.period),
        ("digest", expected.digest),
    ):
        found = re.search(rf'<meta name="assess-{key}" content="([^"]*)">', page)
        if found is None or unescape(found[1]) != wanted:
            problems.append(f"HTML: nhãn assess-{key} không phải {wanted}")
    return problems if pdf is None else problems + check_pdf(expected, pdf)


def check_pdf(expected: PageExpectation, pdf: Path) -> list[str]:
    """Return what is wrong with a rendered PDF, in Vietnamese; empty when it is as expected."""
    pages = pdf_pages(pdf)
    problems = [f"PDF: {problem}" for problem in _problems(expected, " ".join(pages))]
    first = _squeezed(pages[0]) if pages else ""
    problems += [
        f"PDF: trang 1 không nêu {what}"
        for what in (expected.name, expected.period_label)
        if _squeezed(what) not in first
    ]
    return problems


def check_office(expected: PageExpectation, path: Path) -> list[str]:
    """Return what is wrong with a rendered Word or Excel file; empty when it is as expected."""
    with zipfile.ZipFile(path) as archive:
        parts = {
            name: archive.read(name).decode("utf-8")
            for name in archive.namelist()
            if name.endswith(".xml")
        }
    about = parts.get("docProps/core.xml", "")
    body = " ".join(
        _TAG.sub("", _PARAGRAPH.sub(" ", text))
        for name, text in sorted(parts.items())
        if not name.startswith("docProps/")
    )
    kind = path.suffix[1:].upper()
    problems = [f"{kind}: {problem}" for problem in _problems(expected, tidy(unescape(body)))]
    wanted = (expected.dang_bo, expected.period, expected.digest)
    problems += [
        f"{kind}: thuộc tính tài liệu không nêu {what}"
        for what in wanted
        if what not in unescape(about)
    ]
    return problems


def check_attachment(expected: PageExpectation, path: Path) -> list[str]:
    """Return which data of other units an attached file contains."""
    return [
        f"{path.name}: {problem}"
        for problem in _foreign(expected, tidy(path.read_text(encoding="utf-8")))
    ]


def html_text(page: str) -> str:
    """Return the text of an HTML page as a reader sees it."""
    body = page[page.find("<body") :]
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", body, flags=re.DOTALL | re.IGNORECASE)
    return tidy(unescape(re.sub(r"<[^>]*>", " ", body)))


def pdf_pages(path: Path) -> list[str]:
    """Return the text of each page of a PDF."""
    import pypdfium2

    with _PDFIUM:
        document = pypdfium2.PdfDocument(path)
        try:
            return [
                tidy(document[i].get_textpage().get_text_bounded()) for i in range(len(document))
            ]
        finally:
            document.close()


def _problems(expected: PageExpectation, text: str) -> list[str]:
    squeezed = _squeezed(text)
    problems = [
        f"không nêu {what}"
        for what in (expected.name, expected.period_label, expected.digest)
        if _squeezed(what) not in squeezed
    ]
    return problems + _foreign(expected, text)


def _foreign(expected: PageExpectation, text: str) -> list[str]:
    """Return the problems of a text that has ids or names outside the report's slice."""
    squeezed, problems = _squeezed(text), []
    # a purely numeric id may be any number of the page; check_report looks at codes in tables
    tokens = {token for token in _TOKEN.findall(text) if not token.isdecimal()}
    foreign = sorted(tokens & expected.foreign_ids)
    if foreign:
        problems.append(f"có số liệu của đơn vị khác: {', '.join(foreign[:_SHOWN])}")
    others = sorted(name for name in expected.foreign_names if _squeezed(name) in squeezed)
    if others:
        problems.append(f"có tên đơn vị khác: {', '.join(others[:_SHOWN])}")
    return problems


def _squeezed(text: str) -> str:
    """Remove spaces and case, so that text broken over lines or set in capitals compares equal."""
    return re.sub(r"\s+", "", tidy(text)).casefold()
