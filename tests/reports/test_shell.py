"""Frames that a cell of a report shows by itself are printed like the report's own tables."""

import datetime as dt
import io

import docx
import openpyxl
import pandas as pd
import pytest
from lxml import html

from assess.reports.document import read_document
from assess.reports.excel import render_xlsx
from assess.reports.frame_table import plain_table
from assess.reports.html import render_html
from assess.reports.pdf import render_pdf
from assess.reports.word import render_docx
from assess.runs.page_check import pdf_pages
from kit.own_cells import executed
from kit.rendered_tables import squeeze

OPEN = (
    "from assess.reports.shell import register_in_shell\nregister_in_shell()\nimport pandas as pd"
)
PLAIN = "pd.DataFrame({'Chi bộ': ['Một', 'Hai'], 'Điểm': [92.5, None], 'Số buổi': [12, 11]})"
INDEXED = (
    "frame = pd.DataFrame({'Tháng': ['01', '02'], 'Số': [3, 4]}).set_index('Tháng')\n"
    "frame.attrs['title'] = 'Số buổi từng tháng'\nframe"
)
SHOWN = [
    [["Chi bộ", "Điểm", "Số buổi"], ["Một", "92,5", "12"], ["Hai", "–", "11"]],
    [["Tháng", "Số"], ["01", "3"], ["02", "4"]],
]


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return read_document(executed(tmp_path_factory.mktemp("own"), OPEN, PLAIN, INDEXED), "của tôi")


def test_without_a_counted_index_and_as_vietnamese_numbers(document):
    page = html.fromstring(render_html(document))
    tables = [
        [["".join(cell.itertext()).strip() for cell in row] for row in table.iter("tr")]
        for table in page.iter("table")
    ]
    assert tables == SHOWN
    text = squeeze(" ".join(pdf_pages(render_pdf(document))))
    assert all(squeeze(cell) in text for table in SHOWN for row in table for cell in row)
    assert squeeze("Số buổi từng tháng") in text
    file = docx.Document(io.BytesIO(render_docx(document)))
    assert [[[c.text for c in row.cells] for row in t.rows] for t in file.tables] == SHOWN


def test_as_numbers_in_excel(document):
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(document)))
    found = [list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book.worksheets[1:]]
    assert found[0][1:] == [("Một", 92.5, 12), ("Hai", None, 11)]
    assert found[1][1:] == [("01", 3), ("02", 4)]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": range(501)}),
        pd.DataFrame({("a", "b"): [1]}),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame(),
        pd.DataFrame({str(name): [0] for name in range(21)}),
    ],
)
def test_what_is_too_large_or_has_no_plain_columns_is_left_to_pandas(frame):
    assert plain_table(frame) is None


def test_values_of_any_kind_are_text():
    table = plain_table(pd.DataFrame({1: [dt.date(2026, 1, 5)], "b": [{"x": 1}], "c": [True]}))
    assert [column.title for column in table.columns] == ["1", "b", "c"]
    assert table._repr_mimebundle_()["text/plain"]
