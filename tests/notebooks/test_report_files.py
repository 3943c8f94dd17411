"""The rendered files: in a browser without network, and under the system's PDF tools."""

import json
import re
import subprocess
import unicodedata

import pytest
from lxml import html

from assess.runs.page_check import pdf_pages
from kit.browser import browse
from kit.rendered_tables import squeeze

STEM = "2026/xa-mau-thu/annual_review"


@pytest.mark.chromium
@pytest.mark.parametrize(
    "page", [f"{STEM}.html", "2026-Q1/xa-mau-thu/period_summary.html", "index.html"]
)
def test_a_page_opens_without_a_request_or_a_console_message(built, tmp_path, page):
    requests, console = browse(tmp_path, built / page)
    assert requests == set()
    assert console == []
    assert (tmp_path / "page.png").stat().st_size > 10_000


@pytest.mark.chromium
def test_the_browser_check_can_fail(tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        '<img src="http://example.test/x.png"><script>console.error("x")</script>', encoding="utf-8"
    )
    requests, console = browse(tmp_path, page)
    assert requests == {"http://example.test/x.png"}
    assert console


def test_a_page_without_its_figures_is_at_most_72_kb(built):
    for page in built.rglob("*.html"):
        bare = re.sub(r'src="data:[^"]*"', "", page.read_text(encoding="utf-8"))
        assert len(bare.encode()) <= 72_000, page.name


def test_a_page_is_accessible_by_construction(built):
    page = (built / f"{STEM}.html").read_text(encoding="utf-8")
    assert '<html lang="vi">' in page
    assert "<script" not in page
    assert "<img" not in page  # what is drawn stands beside its number
    bars = re.findall(r"<td class=bars><span>([^<]*)</span>(<i style=width:[0-9.]+em></i>)?", page)
    assert any(bar for _, bar in bars)
    assert all(number not in ("", "–") for number, bar in bars if bar)
    heads = re.findall(r"<thead>(.*?)</thead>", page)
    assert heads
    assert all("<th scope=col>" in head for head in heads)
    assert 'href="#noi-dung"' in page
    assert "default-src 'none'" in page


def test_page_and_pdf_say_the_same_text(built):
    tree = html.fromstring((built / f"{STEM}.html").read_text(encoding="utf-8"))
    said = [
        squeeze(part.text_content())
        for part in tree.xpath(
            "//main//p | //main//li | //h2 | //h3 | //caption | //dd | //div[@class='note']"
        )
    ]
    pdf = squeeze(
        " ".join(
            re.sub(r"^\d+ |Đảng bộ xã Mẫu Thử · năm 2026 · mã đối chiếu \w+$", "", page)
            for page in pdf_pages(built / f"{STEM}.pdf")
        )
    )
    assert len(said) > 40
    for text in said:
        # the PDF breaks the line after an annex's number, where the page has a full stop
        assert re.sub(r"^(Phụlục\d+)\.", r"\1", text.removeprefix("-")) in pdf


@pytest.mark.poppler
def test_every_font_of_the_pdf_is_embedded_with_its_unicode_map(built):
    out = subprocess.run(
        ["pdffonts", str(built / f"{STEM}.pdf")], capture_output=True, text=True, check=True
    ).stdout
    rows = out.splitlines()[2:]
    assert rows
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in rows), out


@pytest.mark.poppler
def test_the_pdfs_text_is_composed_vietnamese_and_page_one_has_no_number(built):
    out = subprocess.run(
        ["pdftotext", "-layout", str(built / f"{STEM}.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert unicodedata.is_normalized("NFC", out)
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in out
    assert "Đảng bộ xã Mẫu Thử" in out
    assert not re.search(r"[\ufffd\ue000-\uf8ff]", out)
    pages = out.split("\f")
    first_lines = [
        next(line.strip() for line in page.splitlines() if line.strip())
        for page in pages
        if page.strip()
    ]
    assert not first_lines[0].isdigit()
    assert first_lines[1:] == [str(n) for n in range(2, len(first_lines) + 1)]


@pytest.mark.poppler
def test_the_pdf_says_it_is_tagged_a4_and_vietnamese(built):
    out = subprocess.run(
        ["pdfinfo", str(built / f"{STEM}.pdf")], capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"Tagged: +yes", out)
    assert "A4" in out
    raw = (built / f"{STEM}.pdf").read_bytes()
    assert b"pdfaid:part" in raw
    assert b"pdfuaid:part" in raw
    assert b"vi-VN" in raw


def test_the_layout_follows_the_documents_date(built):
    early = pdf_pages(built / "2026-Q1/xa-mau-thu/period_summary.pdf")
    late = pdf_pages(built / f"{STEM}.pdf")
    assert "(để báo cáo)," in " ".join(early)
    assert "(để báo cáo);" in " ".join(late)


def test_the_notebook_holds_no_path_time_or_random_id(built):
    for path in built.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert str(built) not in text
        assert "papermill" not in text
        assert not re.search(r"0x[0-9a-f]{8}", text)
        cells = json.loads(text)["cells"]
        assert "injected-parameters" in [cell["id"] for cell in cells]
