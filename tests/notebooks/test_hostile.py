"""A province in which every text is hostile.

All reports are made and show the text as text; nothing runs or leaves the page.
"""

import shutil
import unicodedata
import zipfile

import openpyxl
import pytest
from lxml import etree, html

from assess.base.text import tidy
from assess.exchange.csv.folder import write_folder
from assess.records.tables import TABLES
from assess.runs import run_matrix
from assess.runs.page_check import pdf_pages
from assess.sample import make_sample
from assess.workspace import Workspace, lay_workspace
from kit.browser import browse

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=\"fetch('http://evil.test/a')\">",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "../../x",
    "x" * 300,
    "dài " * 75,
    unicodedata.normalize("NFD", "Chi bộ tổ dân phố Đường Thượng"),
    "chuông\x07 và \x1b[31mmàu\x1b[0m",
    "phải\u202egnúr\u202c sang trái\u2028dòng",
    '#read("/etc/passwd") #panic("x") $x$ @ref *đậm*',
    "{{ 7*7 }} {% include 'x' %} ${7*7} %(x)s {0}",
    "<svg onload=alert(1)><style>*{display:none}</style>",
    "[x](javascript:alert(1)) ![x](http://evil.test/p.png)",
    "\"'`&amp;&lt;;-- DROP TABLE unit",
    "<iframe src='http://evil.test'></iframe><link rel=stylesheet href=//evil.test/s.css>",
    "graph TD; A-->B; click A 'javascript:alert(1)'",
    "</title></head><body onload=alert(1)>",
    "null",
    "NaN",
    "@SUM(A1:A2)\ttab",
)
MATRIX = """
id: doc-hai
title: Bộ <script>alert(3)</script> </title>
records: data/sample
as_of: 2027-01-10
document_date: 2027-01-12
reports:
  - {template: annual_review, dang_bo: [phuong-vi-du, cq-dang-tinh], period: 2025}
  - {template: annual_review, dang_bo: xa-mau-thu, period: 2026, readings: {period_class: mean}, also: [docx, xlsx]}
  - {template: classing_proposal, dang_bo: [phuong-vi-du, dh-gia-lap], period: 2026, also: [docx, xlsx]}
  - {template: compliance_calendar, dang_bo: phuong-vi-du, period: 2026, also: [docx, xlsx]}
  - {template: attendance_programme, dang_bo: tinh, period: 2026, also: [docx, xlsx]}
  - {template: upward_summary, dang_bo: tinh, period: 2026-Q1}
  - {template: readings_case, dang_bo: cqd-01, period: 2025-03}
"""


def spoil(tables):
    """Put hostile texts into every text column, in turn, so that each comes up in each table."""
    for name, table in tables.items():
        for column in TABLES[name].columns:
            if column.dtype == "text" and (name, column.name) != ("adoption", "value"):
                shift = len(column.name)
                table[column.name] = [
                    HOSTILE[(i + shift) % len(HOSTILE)] for i in range(len(table))
                ]
    # each unit has a name of its own, so that the wrong unit's name in a report is still found
    units = dict.fromkeys(tables["unit"]["unit_id"])
    tables["unit"]["name"] = tables["unit"]["unit_id"].map(
        {u: f"{HOSTILE[i % len(HOSTILE)]} n{i}" for i, u in enumerate(units)}
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    workspace = lay_workspace(folder / "ws")
    shutil.rmtree(workspace.root / "data/sample")
    tables = make_sample(workspace.rules(), chi_bo=24)
    spoil(tables)
    write_folder(workspace.root / "data/sample", tables)
    rules = workspace.rules_folder / "an-phu-hd42.yaml"
    text = rules.read_text(encoding="utf-8").replace(
        "title: Tỷ lệ dự họp", "title: '<script>alert(2)</script>'"
    )
    rules.write_text(
        text.replace(
            "short: Biểu phường An Phú (HD 42)", "short: '<b onclick=alert(2)>Biểu</b> #panic()'"
        ),
        encoding="utf-8",
    )
    matrix = workspace.root / "params/runs/doc-hai.yaml"
    matrix.write_text(MATRIX, encoding="utf-8")
    before = {p for p in folder.rglob("*") if "reports" not in p.parts}
    batch = run_matrix(matrix, Workspace(workspace.root), folder / "reports")
    assert [(o.key, o.message) for o in batch.failed] == []
    after = {p for p in folder.rglob("*") if "reports" not in p.parts}
    assert after == before
    return batch.folder


def test_every_report_is_made_and_shows_hostile_text_as_text(made):
    pages = sorted(made.rglob("*.html"))
    assert len(pages) == 9 + 1
    shown = " ".join(
        html.fromstring(page.read_text(encoding="utf-8")).text_content() for page in pages
    )
    shown = " ".join(shown.split())
    for text in (
        "<script>alert(1)</script>",
        "=1+1",
        "../../x",
        '#read("/etc/passwd") #panic("x")',
        "{{ 7*7 }}",
        "<script>alert(2)</script>",
    ):
        assert tidy(text) in shown
    assert unicodedata.is_normalized("NFC", shown)
    assert "root:" not in shown


def test_no_page_holds_a_script_a_handler_or_an_address(made):
    for path in made.rglob("*.html"):
        tree = html.fromstring(path.read_text(encoding="utf-8"))
        assert (
            tree.xpath(
                "//script | //iframe | //object | //embed | //link[not(starts-with(@href, 'data:,'))] | //base | //form"
            )
            == []
        )
        assert [a for e in tree.iter() for a in e.attrib if str(a).startswith("on")] == []
        outside = [
            v
            for e in tree.iter()
            for a, v in e.attrib.items()
            if a in ("src", "href", "action") and not v.startswith(("#", "data:image/", "data:,"))
        ]
        assert [v for v in outside if ":" in v or v.startswith("/")] == []


def test_word_and_excel_hold_it_as_text_and_nothing_live(made):
    workbooks, documents = sorted(made.rglob("*.xlsx")), sorted(made.rglob("*.docx"))
    assert (len(workbooks), len(documents)) == (5, 5)
    shown: list[str] = []
    for path in workbooks:
        cells = [
            cell
            for sheet in openpyxl.load_workbook(path)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
        assert [cell.value for cell in cells if cell.data_type == "f"] == []
        assert [
            cell.value for cell in cells if cell.hyperlink is not None and cell.hyperlink.target
        ] == []
        shown += [str(cell.value) for cell in cells]
    assert any("<script>alert(1)</script>" in text for text in shown)
    assert any(text.startswith("=1+1") for text in shown)
    for path in documents:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    tree = etree.fromstring(archive.read(name))
                    assert not tree.xpath(
                        "//*[local-name()='altChunk' or local-name()='object']"
                    ), name
                    assert "External" not in [e.get("TargetMode") for e in tree.iter()], name


def test_the_pdfs_show_the_same_text(made):
    for path in sorted(made.rglob("annual_review.pdf"))[:3]:
        text = "".join(pdf_pages(path))
        assert "ĐẢNG CỘNG SẢN VIỆT NAM" in text
        assert "root:" not in text


@pytest.mark.chromium
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_in_a_browser_nothing_runs_and_nothing_is_asked_for(made, tmp_path, every):
    for i, page in enumerate(sorted(made.rglob("*.html"))[::every]):
        folder = tmp_path / str(i)
        folder.mkdir()
        requests, console = browse(folder, page)
        assert (page.name, requests, console) == (page.name, set(), [])
