"""What a user's own cells print comes out in every format: frames, styles, figures, Markdown."""

import io
import re
import zipfile

import docx
import openpyxl
import pikepdf
import pytest
from lxml import html
from nbformat.v4 import new_code_cell, new_notebook, new_output

from assess.reports.document import read_document
from assess.reports.excel import render_xlsx
from assess.reports.html import render_html
from assess.reports.pdf import render_pdf
from assess.reports.word import render_docx
from assess.runs.page_check import html_text, pdf_pages
from kit.own_cells import executed
from kit.rendered_tables import squeeze

CELLS = (
    "import pandas as pd\nfrom IPython.display import Markdown, display",
    "pd.DataFrame({'Chi bộ': ['Một', 'Hai'], 'Điểm': [92.5, 80.25]})",
    "pd.DataFrame({'Chi bộ': ['Ba', 'Bốn'], 'Tỷ lệ': [0.925, 1 / 3]}).style.format({'Tỷ lệ': '{:.1%}'}, decimal=',').hide(axis='index').set_caption('Bảng của tôi')",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(4, 2))\nax.plot([1, 2, 3], [70, 75, 80]);",
    "display(Markdown('**Nhận xét**: số buổi *tăng*.\\n\\n- ý một\\n- ý hai'))",
)
TABLES = (
    [["", "Chi bộ", "Điểm"], ["0", "Một", "92.50"], ["1", "Hai", "80.25"]],
    [["Chi bộ", "Tỷ lệ"], ["Ba", "92,5%"], ["Bốn", "33,3%"]],
)
SAID = ("Bảng của tôi", "Nhận xét: số buổi tăng.", "ý một", "ý hai")


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return read_document(executed(tmp_path_factory.mktemp("own"), *CELLS), "của tôi")


def test_html(document):
    page = render_html(document)
    tables = [
        [["".join(cell.itertext()).strip() for cell in row] for row in table.iter("tr")]
        for table in html.fromstring(page).iter("table")
    ]
    assert tables == list(TABLES)
    assert all(text in html_text(page) for text in SAID)
    assert len(re.findall(r'<img alt="[^"]+" src="data:image/png', page)) == 1
    assert "<script" not in page


def test_pdf(document):
    pdf = render_pdf(document)
    text = squeeze(" ".join(pdf_pages(pdf)))
    assert all(squeeze(each) in text for each in SAID)
    assert all(squeeze(cell) in text for table in TABLES for row in table for cell in row)
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert sum(len(page.get_images()) for page in file.pages) == 1


def test_word(document):
    made = render_docx(document)
    file = docx.Document(io.BytesIO(made))
    assert [
        [[cell.text for cell in row.cells] for row in table.rows] for table in file.tables
    ] == list(TABLES)
    text = [paragraph.text for paragraph in file.paragraphs]
    assert all(any(each in line for line in text) for each in SAID)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert sum(name.startswith("word/media/") for name in parts.namelist()) == 1


def test_excel(document):
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(document)))
    sheets = [
        [[cell or "" for cell in row] for row in sheet.iter_rows(min_row=2, values_only=True)]
        for sheet in book.worksheets[1:]
    ]
    assert sheets == list(TABLES)


def test_an_altair_chart_that_needs_a_script_says_what_to_do_and_is_no_code():
    cell = new_code_cell(
        "chart",
        outputs=[
            new_output(
                "execute_result",
                {
                    "text/html": "<div id=vis></div><script>vegaEmbed('#vis', {})</script>",
                    "text/plain": "alt.Chart(...)",
                },
                execution_count=1,
            )
        ],
    )
    page = html_text(render_html(read_document(new_notebook(cells=[cell]), "x")))
    assert 'alt.renderers.enable("svg")' in page
    assert "alt.Chart" not in page


def test_an_altair_chart_as_svg_is_a_figure(tmp_path):
    pytest.importorskip("altair", reason="altair is optional: pip install altair vl-convert-python")
    pytest.importorskip("vl_convert", reason="vl-convert-python is optional")
    source = (
        "import altair as alt\nimport pandas as pd\nalt.renderers.enable('svg')\n"
        "alt.Chart(pd.DataFrame({'t': [1, 2], 'n': [3, 4]})).mark_bar().encode(x='t:O', y='n')"
    )
    found = read_document(executed(tmp_path, source), "x")
    assert [(part["type"], part["format"]) for part in found.parts] == [("figure", "svg")]
    assert render_pdf(found)
