"""Tables from frames: their columns, sums, bars and shades, in every format."""

import io
import re

import docx
import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pypdfium2
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from assess.base.errors import InputError
from assess.reports.block_json import MIME
from assess.reports.document import read_document
from assess.reports.excel import render_xlsx
from assess.reports.frame_table import frame_table, with_kinds
from assess.reports.html import render_html
from assess.reports.pdf import render_pdf
from assess.reports.word import render_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CLASSES = with_kinds(
    pd.DataFrame(
        {"class": ["Tốt", "Khá", "Kém"], "count": [6, 2, 0], "share": [0.75, 0.25, 0.0], "no": 0}
    ),
    {"share": "share"},
)
MONTHS = with_kinds(
    pd.DataFrame(
        {"name": ["Chi bộ Một", "Chi bộ Hai"], "2026-01": ["T", "K"], "2026-02": ["TB", "Kém"]}
    ),
    {"2026-01": "letter", "2026-02": "letter"},
)
TITLES = {"class": "Xếp loại", "count": "Số buổi", "share": "Tỷ lệ"}
SHADES = {"T": 0, "K": 1, "TB": 2, "Kém": 3}


def drawn():
    return [
        frame_table("muc", "Xếp loại", CLASSES, TITLES, total="Cộng", bars="share"),
        frame_table(
            "thang",
            "Từng tháng",
            MONTHS,
            {"name": "Chi bộ", "2026-01": "T1", "2026-02": "T2"},
            shades=SHADES,
        ),
    ]


@pytest.fixture(scope="module")
def document():
    cells = [
        new_code_cell(
            "x", outputs=[new_output("execute_result", {MIME: block.as_json()}, execution_count=1)]
        )
        for block in drawn()
    ]
    return read_document(nbformat.from_dict(new_notebook(cells=cells)), "x")


def test_sums_are_of_counts_and_shares_and_idle_columns_are_named_below():
    table = frame_table(
        "muc", "", CLASSES, {**TITLES, "no": "Không phiếu"}, total="Cộng", optional=["no"]
    )
    assert [column.key for column in table.columns] == ["class", "count", "share"]
    assert table.rows[-1] == ("Cộng", 8, 1.0)
    assert table.note == "Không có: không phiếu."


@pytest.mark.parametrize("wrong", [{"bars": "shar"}, {"keys": "x"}, {"groups": "x"}])
def test_a_column_that_the_frame_does_not_have_is_one_sentence(wrong):
    with pytest.raises(InputError, match="no-such-column"):
        frame_table("muc", "", CLASSES, TITLES, **wrong)


def test_bars_are_as_long_as_their_numbers_and_a_total_has_none(document):
    page = render_html(document)
    bars = re.findall(r"<td class=bars><span>([^<]*)</span>(?:<i style=width:([0-9.]+)em>)?", page)
    assert [number for number, _ in bars] == ["75,0%", "25,0%", "0,0%", "100,0%"]
    first, second = (float(length) for _, length in bars[:2])
    assert first == pytest.approx(3 * second, rel=0.01)
    assert [length for _, length in bars[2:]] == ["", ""]


def test_letters_of_lower_classes_have_more_ink_in_every_format(document):
    page = render_html(document)
    assert re.findall(r"<td(?: class=s(\d))?>(T|K|TB|Kém)\b", page) == [
        ("", "T"), ("2", "TB"), ("1", "K"), ("3", "Kém"),
    ]  # fmt: skip
    word = docx.Document(io.BytesIO(render_docx(document))).tables[1]
    shades = [
        [cell.find(f".//{W}shd") for cell in row._tr.findall(f"{W}tc")[1:]]  # noqa: SLF001 - python-docx has no word for it
        for row in word.rows[1:]
    ]
    fills = [["" if shade is None else shade.get(f"{W}fill") for shade in row] for row in shades]
    assert fills == [["", "666666"], ["DFDFDF", "000000"]]
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(document))).worksheets[2]
    found = {
        cell.value: cell.fill.fgColor.rgb[-6:] if cell.fill.fill_type else ""
        for row in sheet.iter_rows(min_row=3, min_col=2)
        for cell in row
        if cell.value
    }
    assert found == {"T": "", "TB": "666666", "K": "DFDFDF", "Kém": "000000"}


def test_the_pdf_has_the_ink_and_the_bars(document):
    page = pypdfium2.PdfDocument(render_pdf(document))[0]
    picture = np.asarray(page.render(scale=3).to_pil().convert("L")).astype(int)
    # dark and black grounds of two cells: rows of pixels that are all of one grey
    for grey in (0, 102, 223):
        runs = (np.abs(picture - grey) <= 1).sum(axis=1)
        assert runs.max() > 30, grey
    bar = (np.abs(picture - 225) <= 1).sum(axis=1)
    assert bar.max() > 3 * 60


def test_excel_draws_bars_of_its_own_beside_real_numbers(document):
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(document))).worksheets[1]
    (where,) = sheet.conditional_formatting
    assert str(where.sqref) == "C3:C5"
    assert where.rules[0].type == "dataBar"
    assert [sheet.cell(row, 3).value for row in (3, 4, 5)] == [0.75, 0.25, 0]
