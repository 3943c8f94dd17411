import datetime as dt
import io
import zipfile

import openpyxl
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from assess.base import numbers
from assess.reports.block_json import MIME
from assess.reports.blocks import Column, Group, Header, Heading, Paragraph, Stamp, Table
from assess.reports.document import read_document
from assess.reports.excel import CONTENTS, render_xlsx
from assess.reports.html import render_html
from kit.rendered_tables import html_tables

COLUMNS = (
    Column("code", "Mã", "code"),
    Column("name", "Chi bộ", width=3.0),
    Column("n", "Số buổi", "integer"),
    Column("p", "Điểm", "points"),
    Column("r", "Tỷ lệ", "percent"),
    Column("d", "Ngày", "date"),
    Column("m", "Tháng", "month"),
)
ROWS = (
    ("007", "=1+1", 12, 92.25, 0.9166, dt.date(2026, 3, 5), "2026-03"),
    ("008", "http://x.vn", 3, 80.0, 1.0, None, "2026-11"),
    ("", "+cmd|' /C calc'!A0", 0, None, 0.0, dt.date(1899, 1, 1), "cả năm"),
)
HEADER = Header(
    "ĐẢNG BỘ TỈNH A",
    "ĐẢNG ỦY XÃ B",
    "-BC/ĐU",
    "B",
    "B, ngày 12 tháng 01 năm 2027",
    "BÁO CÁO",
    "năm 2026",
    "hd05",
    ("Minh họa",),
)
STAMP = Stamp(
    "xa-b",
    "Đảng bộ xã B",
    "2026",
    "năm 2026",
    "23:59 ngày 10/01/2027",
    "2027-01-12",
    ("r",),
    "ab" * 32,
    (
        ("Tổ chức đảng", "Đảng bộ xã B, mã xa-b"),
        ("Kỳ báo cáo", "năm 2026"),
        ("Số liệu ghi nhận đến", "23:59 ngày 10/01/2027"),
        ("Mã đối chiếu số liệu (SHA-256)", "ab" * 32),
    ),
)
TABLE = Table("t", "Kết quả", COLUMNS, ROWS, note="Chú thích.", bands=((1, "Nhóm hai"),))
PLAIN = Table("u", "Tổng", COLUMNS, (*ROWS[:2] * 8, ROWS[2]), total=True)
BLOCKS = (HEADER, Heading("Một"), TABLE, PLAIN, STAMP)


def document(*blocks):
    return read_document(
        new_notebook(
            cells=[
                new_code_cell(
                    "x", outputs=[new_output("display_data", data={MIME: Group(blocks).as_json()})]
                )
            ]
        )
    )


def opened(made):
    return openpyxl.load_workbook(io.BytesIO(made))


@pytest.fixture(scope="module")
def made():
    return render_xlsx(document(*BLOCKS))


@pytest.fixture(scope="module")
def book(made):
    return opened(made)


def values(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_first_sheet_says_what_the_report_is_and_leads_to_each_table(book):
    sheet = book[CONTENTS]
    assert book.sheetnames == [CONTENTS, "Bảng 1", "Bảng 2"]
    rows = values(sheet)
    assert rows[0][0] == "Báo cáo năm 2026 – Đảng bộ xã B"
    facts = {name: value for name, value in rows if name}
    assert facts["Kỳ báo cáo"] == "năm 2026"
    assert facts["Số liệu ghi nhận đến"] == "23:59 ngày 10/01/2027"
    assert facts["Mã đối chiếu số liệu (SHA-256)"] == "ab" * 32
    assert "Minh họa" in facts
    assert (facts["Bảng 1"], facts["Bảng 2"]) == ("Kết quả", "Tổng")
    links = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'Bảng 1'!A1", "'Bảng 2'!A1"]


def test_numbers_are_numbers_dates_are_dates_and_text_is_text(book):
    head, *rows = values(book["Bảng 1"])[1:]
    assert head == ["Nhóm", *(column.title for column in COLUMNS)]
    assert [row[0] for row in rows[:3]] == [None, "Nhóm hai", "Nhóm hai"]
    rows = [row[1:] for row in rows]
    assert rows[0] == [
        "007",
        "=1+1",
        12,
        92.25,
        0.9166,
        dt.datetime(2026, 3, 5),
        dt.datetime(2026, 3, 1),
    ]
    assert rows[1] == ["008", "http://x.vn", 3, 80, 1, None, dt.datetime(2026, 11, 1)]
    assert rows[2] == [None, "+cmd|' /C calc'!A0", 0, None, 0, "01/01/1899", "cả năm"]
    formats = [cell.number_format for cell in book["Bảng 1"][3][1:]]
    assert formats == ["General", "General", "0", "0.00", "0.0%", "dd/mm/yyyy", "m/yyyy"]


def test_no_cell_is_a_formula_and_no_text_a_link(made, book):
    for sheet in book.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        if sheet.title != CONTENTS:
            assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(io.BytesIO(made)) as folder:
        assert not any(
            "rels" in name and b"http://x.vn" in folder.read(name) for name in folder.namelist()
        )


def test_a_sheet_says_what_the_page_says(book, tmp_path):
    (tmp_path / "a.html").write_text(render_html(document(*BLOCKS)), encoding="utf-8")
    for name, id_ in (("Bảng 1", "t"), ("Bảng 2", "u")):
        head, rows, _ = html_tables(tmp_path / "a.html")[id_]
        sheet = book[name]
        aside = 1 if name == "Bảng 1" else 0  # its groups are a column
        written = [row[aside:] for row in values(sheet)[2 : 2 + len(rows)]]
        assert [cell.value for cell in sheet[2]][aside:] == head
        assert [
            [shown(value, column.kind) for value, column in zip(row, COLUMNS, strict=True)]
            for row in written
        ] == rows


def shown(value, kind):
    if isinstance(value, dt.datetime):
        return numbers.show(value.strftime("%Y-%m") if kind == "month" else value.date(), kind)
    if value is None and kind == "code":
        return ""
    if isinstance(value, str):
        return value
    return numbers.show(value, kind, 2 if kind == "points" else None)


def test_title_head_and_note_stand_where_one_looks_for_them(book):
    sheet = book["Bảng 1"]
    assert sheet["A1"].value == "Bảng 1. Kết quả"
    assert all(cell.font.bold for cell in sheet[2])
    assert [sheet["A6"].value, sheet["A7"].value] == ["Chú thích.", "Minh họa"]
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$2:$2"
    setup = sheet.page_setup
    assert (setup.paperSize, setup.fitToWidth or 1, setup.fitToHeight) == (9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_a_long_table_has_a_filter_that_leaves_the_total_out(book):
    assert book["Bảng 1"].auto_filter.ref is None
    assert book["Bảng 2"].auto_filter.ref == "A2:G18"
    assert all(cell.font.bold for cell in book["Bảng 2"][19])


def test_the_properties_hold_the_documents_date_and_no_clock(book):
    assert book.properties.title == "Báo cáo năm 2026 – Đảng bộ xã B"
    assert book.properties.creator == "ĐẢNG ỦY XÃ B"
    assert book.properties.keywords == f"xa-b 2026 {'ab' * 32}"
    assert book.properties.created == book.properties.modified == dt.datetime(2027, 1, 12)


def test_tables_of_other_notebooks_stay_text():
    html = pd.DataFrame({"Điểm": ["=2+2", "92.5"]}).to_html()
    outputs = [new_output("display_data", data={"text/html": html})] * 2
    nb = new_notebook(cells=[new_code_cell("x", outputs=outputs)])
    book = opened(render_xlsx(read_document(nb, "sổ")))
    assert book.sheetnames == [CONTENTS, "Bảng 1", "Bảng 2"]
    assert values(book["Bảng 1"])[1:] == [[None, "Điểm"], ["0", "=2+2"], ["1", "92.5"]]


@pytest.mark.parametrize(
    "text",
    ["x" * 40_000, "_x0041_", "\x00\ud800a\ufffe", "'q", "[a]:*?/\\", "Bảng 1. Bảng 1. x", "&A&P"],
)
def test_odd_text_is_kept_as_text_wherever_it_stands(text):
    table = Table("t", text, (Column("a", text), Column("b", "B")), ((text, 1),), note=text)
    book = opened(render_xlsx(document(Paragraph(text), table, table)))
    assert len(book.sheetnames) == 3
    for sheet in book.worksheets[1:]:
        found = sheet["A3"].value
        assert found in {text, "a", f"{text[:32_000]}…"}


def test_a_document_without_tables_and_an_empty_table_are_workbooks():
    book = opened(render_xlsx(read_document(new_notebook(cells=[new_markdown_cell("# Sổ")]))))
    assert book.sheetnames == [CONTENTS]
    assert book[CONTENTS]["A1"].value == "Sổ"
    empty = opened(render_xlsx(document(Table("t", "T", COLUMNS, ()))))
    assert empty["Bảng 1"]["A3"].value == "Không có."
    assert (
        opened(render_xlsx(document(Table("t", "T", COLUMNS[:1], (), note="n"))))["Bảng 1"][
            "A4"
        ].value
        == "n"
    )


@pytest.mark.libreoffice
def test_libreoffice_opens_it_and_finds_the_same(tmp_path, made, convert_by_office):
    (tmp_path / "a.xlsx").write_bytes(made)
    convert_by_office("xlsx", tmp_path / "out", tmp_path / "a.xlsx")
    again = openpyxl.load_workbook(tmp_path / "out/a.xlsx")
    assert values(again["Bảng 1"])[1:6] == values(opened(made)["Bảng 1"])[1:6]
