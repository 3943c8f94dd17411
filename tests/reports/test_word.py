import base64
import datetime as dt
import io
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import nbformat
import pypdfium2
import pytest
from docx.shared import Mm, Pt
from lxml import etree
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from assess.reports.block_json import MIME
from assess.reports.blocks import (
    Annex,
    Bullets,
    Column,
    Figure,
    Group,
    Header,
    Heading,
    Note,
    Paragraph,
    Signature,
    Stamp,
    Table,
)
from assess.reports.document import read_document
from assess.reports.html import render_html
from assess.reports.word import render_docx
from kit.rendered_tables import html_tables

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><rect width="300" height="100" fill="#888"/></svg>'
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
    ("cb-01", "=1+1", 12, 92.25, 0.9166, dt.date(2026, 3, 5), "2026-03"),
    ("cb-02", "<w:p>&]]>", 3, 80.0, 1.0, None, "2026-11"),
    ("", "Cộng", 15, None, 0.5, None, None),
)
HEADER = Header(
    "ĐẢNG BỘ TỈNH A",
    "ĐẢNG ỦY XÃ B",
    "-BC/ĐU",
    "B",
    "B, ngày 12 tháng 01 năm 2027",
    "BÁO CÁO",
    "kết quả năm 2026",
    "hd05",
    ("Minh họa",),
)
STAMP = Stamp(
    "xa-b",
    "Đảng bộ xã B",
    "2026",
    "năm 2026",
    "2027-01-10",
    "2027-01-12",
    ("r",),
    "0" * 64,
    (("Kỳ báo cáo", "năm 2026"),),
)
TABLE = Table(
    "t", "Kết quả", COLUMNS, ROWS, total=True, note="Chú thích.", bands=((0, "Nhóm một"),)
)
BODY = (
    Heading("Kết quả"),
    Heading("Chi tiết", 3),
    Paragraph("Đoạn văn."),
    Note("Lời", "Chú ý"),
    Bullets(("một", "hai")),
    TABLE,
    Figure("f", "Biểu đồ", "Cột cao dần", SVG),
    Signature(("Tỉnh ủy", "Lưu"), "T/M ĐẢNG ỦY", "BÍ THƯ"),
    STAMP,
    Annex("Điểm từng buổi"),
)


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
    return docx.Document(io.BytesIO(made))


@pytest.fixture(scope="module")
def made():
    return render_docx(document(HEADER, *BODY))


@pytest.fixture(scope="module")
def file(made):
    return opened(made)


def styled(file, name):
    return [p.text for p in file.paragraphs if p.style.name == name]


def grids(file):
    """Return the tables with borders, which hold data."""
    return [table for table in file.tables if table.style.name == "Table Grid"]


def texts(row):
    """Return the texts of the real cells of a row; a cell that spans columns counts once."""
    cells = row._tr.iterchildren(f"{W}tc")  # noqa: SLF001
    return ["".join(t.text or "" for t in tc.iter(f"{W}t")) for tc in cells]


def test_headings_annexes_and_title_are_real_headings(file):
    assert styled(file, "Title") == ["BÁO CÁO\nkết quả năm 2026"]
    assert styled(file, "Heading 1") == ["I- Kết quả", "Phụ lục 1\nĐiểm từng buổi"]
    assert styled(file, "Heading 2") == ["Chi tiết"]  # no level is skipped
    for name in ("Heading 1", "Heading 2", "Heading 3", "Title"):
        face = file.styles[name].element
        assert face.xpath(".//w:color") == face.xpath(".//w:rFonts") == []
    annex = next(p for p in file.paragraphs if p.text.startswith("Phụ lục"))
    assert annex.paragraph_format.page_break_before


def test_the_page_the_face_and_the_language_are_those_of_a_party_document(file):
    section = file.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(m.mm) for m in margins] == [20, 20, 30, 15]
    (defaults,) = file.styles.element.xpath("./w:docDefaults//w:rPr")
    assert defaults.find(f"{W}rFonts").get(f"{W}ascii") == "Times New Roman"
    assert defaults.find(f"{W}lang").get(f"{W}val") == "vi-VN"
    assert defaults.find(f"{W}sz").get(f"{W}val") == "28"


def test_the_page_number_is_a_field_at_the_top_of_every_page_but_the_first(file):
    section = file.sections[0]
    assert section.different_first_page_header_footer
    assert "PAGE" in etree.tostring(section.header._element).decode()  # noqa: SLF001
    assert "PAGE" not in etree.tostring(section.first_page_header._element).decode()  # noqa: SLF001
    assert "mã đối chiếu 0000" in section.first_page_footer.paragraphs[0].text


def test_the_head_names_party_issuer_and_date_and_the_mark_stands_in_a_box(file):
    left, right = (cell.text for cell in file.tables[0].rows[0].cells)
    assert left.replace("\u00a0", " ").startswith("ĐẢNG BỘ TỈNH A\nĐẢNG ỦY XÃ B\n*\nSố")
    assert left.endswith("-BC/ĐU")
    assert right == "ĐẢNG CỘNG SẢN VIỆT NAM\nB, ngày 12 tháng 01 năm 2027"
    assert styled(file, "Khung lưu ý") == ["Minh họa"]


def test_a_table_repeats_its_head_keeps_its_rows_whole_and_says_what_the_page_says(file, tmp_path):
    (table,) = grids(file)
    head, *rows = table.rows
    heads = [row._tr.xpath("./w:trPr/w:tblHeader") != [] for row in table.rows]  # noqa: SLF001
    assert heads == [True] + [False] * 4
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in table.rows)  # noqa: SLF001
    (tmp_path / "a.html").write_text(render_html(document(HEADER, *BODY)), encoding="utf-8")
    shown_head, shown_rows, bands = html_tables(tmp_path / "a.html")["t"]
    assert texts(head) == shown_head
    assert [texts(row) for row in rows if len(texts(row)) > 1] == shown_rows
    assert [texts(row) for row in rows if len(texts(row)) == 1] == [[band] for band in bands]


def test_the_tables_title_stands_above_it_and_stays_with_it_and_its_note_below(file):
    around = [
        (e.tag.removeprefix(W), "".join(t.text or "" for t in e.iter(f"{W}t")))
        for e in file.element.body
    ]
    place = next(i for i, (tag, text) in enumerate(around) if tag == "tbl" and "Số buổi" in text)
    assert around[place - 1] == ("p", "Bảng 1. Kết quả")
    assert around[place + 1] == ("p", "Chú thích.")
    assert file.styles["Caption"].paragraph_format.keep_with_next


def test_totals_and_names_of_rows_are_bold_and_numbers_stand_right(file):
    (table,) = grids(file)
    first, total = table.rows[2], table.rows[-1]
    assert [bool(cell.paragraphs[0].runs[0].bold) for cell in first.cells] == [True] + [False] * 6
    assert all(cell.paragraphs[0].runs[0].bold for cell in total.cells)
    assert [cell.paragraphs[0].alignment for cell in first.cells] == [None, None, 2, 2, 2, 1, 1]


@pytest.mark.parametrize("count", [2, 9, 14, 30])
def test_a_table_of_any_number_of_columns_is_as_wide_as_the_page_at_the_most(count):
    columns = tuple(Column(str(i), f"Cột số {i}", "integer", 0.5) for i in range(count))
    row = tuple(range(count))
    if count < 6:  # a table with few words is as wide as its words
        columns = tuple(replace(c, kind="text", title=f"Cột {c.key}") for c in columns)
        row = ("chữ " * 20,) * count
    file = opened(render_docx(document(Table("t", "Rộng", columns, (row,)))))
    widths = [int(column.get(f"{W}w")) for column in grids(file)[0]._tbl.tblGrid]  # noqa: SLF001
    assert sum(widths) <= Mm(165).twips
    assert sum(widths) > Mm(160).twips
    assert min(widths) > 0
    size = grids(file)[0].rows[0].cells[0].paragraphs[0].style.font.size
    assert (size < Pt(10)) == (count > 7)


def test_a_column_is_wide_enough_for_its_longest_number(file):
    (table,) = grids(file)
    widths = [int(column.get(f"{W}w")) / 20 for column in table._tbl.tblGrid]  # noqa: SLF001
    assert (
        widths[5] > (8 * 0.5 + 2 * 0.278) * 10.5 + 6
    )  # digits and slashes of 05/3/2026, and the padding


def test_figures_are_bitmaps_with_their_description(file):
    (shape,) = file.inline_shapes
    assert shape._inline.docPr.get("descr") == "Cột cao dần"  # noqa: SLF001
    assert shape.width <= Mm(165)
    (image,) = (part for part in file.part.package.iter_parts() if part.partname.endswith(".png"))
    assert image.blob.startswith(b"\x89PNG")
    assert styled(file, "Tên hình") == ["Hình 1. Biểu đồ"]


def test_a_picture_that_cannot_be_read_leaves_its_description():
    bad = base64.b64encode(b"\x89PNG\r\n\x1a\nkhong phai hinh").decode()
    cell = new_code_cell(
        "x",
        outputs=[
            new_output(
                "display_data", data={"image/png": bad}, metadata={"image/png": {"alt": "Bản đồ"}}
            )
        ],
    )
    file = opened(render_docx(read_document(new_notebook(cells=[cell]))))
    assert any("Bản đồ" in p.text for p in file.paragraphs)


def test_the_signature_names_recipients_left_and_authority_right(file):
    left, right = (cell.text for cell in file.tables[-1].rows[0].cells)
    assert left == "Nơi nhận:\n- Tỉnh ủy;\n- Lưu."
    assert right == "T/M ĐẢNG ỦY\nBÍ THƯ"


def test_the_files_properties_are_the_documents_and_no_clock_is_in_them(file, made):
    about = file.core_properties
    assert about.title == "Báo cáo kết quả năm 2026 – Đảng bộ xã B"
    assert (about.author, about.keywords) == ("ĐẢNG ỦY XÃ B", f"xa-b 2026 {'0' * 64}")
    assert about.created == about.modified == dt.datetime(2027, 1, 12, tzinfo=dt.UTC)
    dates = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(made)).infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}


SCRIPT = """
import sys, hashlib, nbformat
from assess.reports.document import read_document
from assess.reports.word import render_docx
from assess.reports.excel import render_xlsx
document = read_document(nbformat.read(sys.argv[1], 4))
for render in (render_docx, render_xlsx):
    print(hashlib.sha256(render(document)).hexdigest())
"""


def test_bytes_are_the_same_in_another_place_language_and_hash_seed(tmp_path):
    data = Group((HEADER, *BODY)).as_json()
    nb = new_notebook(
        cells=[new_code_cell("x", outputs=[new_output("display_data", data={MIME: data})])]
    )
    nbformat.write(nb, tmp_path / "a.ipynb")
    digests = set()
    for zone, language, seed, wait in (
        ("Asia/Ho_Chi_Minh", "C.UTF-8", "1", 2),
        ("America/New_York", "vi_VN.UTF-8", "2", 0),
    ):
        changed = {
            **os.environ,
            "TZ": zone,
            "LANG": language,
            "LC_ALL": language,
            "PYTHONHASHSEED": seed,
        }
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / "a.ipynb")]
        done = subprocess.run(
            command, env=changed, capture_output=True, text=True, check=True, cwd=tmp_path
        )
        digests.add(done.stdout)
        time.sleep(wait)  # zip files store times in steps of two seconds
    assert len(digests) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<w:p>x</w:p>",
        "]]>&amp;",
        "{{ x }}",
        "x" * 5000,
        "a\tb",
        "=1+1",
        "$body $title ${x}",
        "\U0001f600",
    ],
)
def test_any_text_is_text_wherever_it_stands(text):
    blocks = (Heading(text), Paragraph(text), Note(text, text), Bullets((text,)), Annex(text))
    table = Table(
        "t",
        text,
        (Column("a", text), Column("b", "B")),
        ((text, 1),),
        note=text,
        bands=((0, text),),
    )
    figure = Figure("f", text, text, SVG)
    file = opened(render_docx(document(*blocks, table, figure)))
    shown = "".join(t.text or "" for t in file.element.body.iter(f"{W}t"))
    assert shown.count(" ".join(text.split())) == 13


def test_characters_that_xml_does_not_allow_are_left_out_of_text_that_nobody_tidied():
    nb = new_notebook(cells=[new_markdown_cell("| a\x0bb | c\ud800d |\n| - | - |\n| 1 | 2 |")])
    (table,) = grids(opened(render_docx(read_document(nb))))
    assert [cell.text for cell in table.rows[0].cells] == ["ab", "cd"]


def test_an_empty_notebook_and_an_empty_table_are_documents():
    assert opened(render_docx(read_document(new_notebook(), "trống"))).paragraphs[0].text == "trống"
    (table,) = grids(opened(render_docx(document(Table("t", "T", COLUMNS, ())))))
    assert texts(table.rows[1]) == ["Không có."]


def test_two_thousand_rows_are_written_without_a_python_docx_cell(monkeypatch):
    """Cells made through python-docx take several times as long, and longer with each row."""
    made = []
    begin = docx.table._Cell.__init__  # noqa: SLF001
    cell_class = docx.table._Cell  # noqa: SLF001
    monkeypatch.setattr(cell_class, "__init__", lambda *given: made.append(given) or begin(*given))
    table = Table(
        "t",
        "Dài",
        (*COLUMNS, Column("x", "X"), Column("y", "Y")),
        tuple((*ROWS[0], f"{i}", "y") for i in range(2000)),
    )
    long = document(table)
    written = render_docx(long)
    assert made == []
    (table,) = grids(opened(written))
    assert len(table._tbl.tr_lst) == 2001  # noqa: SLF001
    assert table.cell(0, 0)
    assert made  # the counter does count


@pytest.mark.libreoffice
def test_libreoffice_opens_it_and_page_one_bears_no_number(tmp_path, convert_by_office):
    long = Table(
        "u",
        "Dài",
        COLUMNS,
        tuple(
            (f"cb-{i}", f"Chi bộ {i}", i, i / 3, i / 100, dt.date(2026, 1, 1), "2026-01")
            for i in range(90)
        ),
    )
    (tmp_path / "a.docx").write_bytes(
        render_docx(document(HEADER, Paragraph("<w:p>"), long, *BODY[2:]))
    )
    convert_by_office("pdf", tmp_path, tmp_path / "a.docx")
    pdf = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    pages = [page.get_textpage().get_text_bounded().split() for page in pdf]
    pdf.close()
    assert len(pages) >= 3
    assert pages[0][0] != "1"
    assert [page[0] for page in pages[1:]] == [str(n) for n in range(2, len(pages) + 1)]
    assert "<w:p>" in pages[0]
    for page in pages[1:3]:  # the head is on each page of the table
        assert {"Mã", "Điểm", "Tháng"} <= set(page)


def test_nbconvert_writes_it(tmp_path):
    data = Group((HEADER, *BODY)).as_json()
    nbformat.write(
        new_notebook(
            cells=[new_code_cell("x", outputs=[new_output("display_data", data={MIME: data})])]
        ),
        tmp_path / "a.ipynb",
    )
    for to in ("docx", "xlsx"):
        command = [
            str(Path(sys.executable).parent / "jupyter-nbconvert"),
            "--to",
            f"assess-{to}",
            str(tmp_path / "a.ipynb"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"a.{to}").read_bytes().startswith(b"PK")
