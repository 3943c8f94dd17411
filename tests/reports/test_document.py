import base64

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from assess.base.errors import InputError
from assess.reports.block_json import MIME
from assess.reports.blocks import Column, Figure, Group, Heading, Note, Paragraph, Table
from assess.reports.document import block_parts, read_document
from assess.reports.html import block_html, render_html
from assess.reports.pdf import render_pdf, render_with_notes
from assess.runs.page_check import pdf_pages

HOSTILE = [
    "<script>alert(1)</script>",
    "=1+1",
    "../../x",
    "a" * 300,
    "\u0110a\u0309ng",
    "#panic() $x$ @ref",
    "& < > \" '",
    "*đậm* _nghiêng_",
    "\x00\x1b[31mđỏ\u202e",
]


def notebook(*outputs):
    return new_notebook(
        cells=[
            new_code_cell("x", outputs=[new_output("display_data", data=data) for data in outputs])
        ]
    )


def parts(*outputs):
    return read_document(notebook(*outputs), "thử").parts


def test_our_blocks_are_read_from_their_json_and_groups_are_opened():
    block = Group((Heading("Một"), Group((Paragraph("Hai"), Note("Ba")))))
    assert [p["type"] for p in parts({MIME: block.as_json(), "text/html": "<p>không đọc</p>"})] == [
        "heading",
        "paragraph",
        "note",
    ]


def test_a_plain_pandas_table_keeps_its_cells_in_their_columns():
    frame = pd.DataFrame({"Điểm": [92.5, 80.0], "Chi bộ": ["một", "<b>hai</b>"]})
    (table,) = parts({"text/html": frame.to_html()})
    assert table["head"] == ["", "Điểm", "Chi bộ"]
    assert table["rows"] == [["0", "92.5", "một"], ["1", "80.0", "<b>hai</b>"]]
    assert table["align"] == ["r", "r", "l"]


def test_spanning_rows_and_heads_hold_their_columns():
    index = pd.MultiIndex.from_tuples([("A", "x"), ("A", "y"), ("B", "x")], names=["g", "k"])
    columns = pd.MultiIndex.from_tuples([("N1", "a"), ("N1", "b")])
    (table,) = parts(
        {
            "text/html": pd.DataFrame(
                [[1, 4], [2, 5], [3, 6]], index=index, columns=columns
            ).to_html()
        }
    )
    assert table["head"][2:] == ["N1 a", "N1 b"]
    assert table["rows"] == [["A", "x", "1", "4"], ["", "y", "2", "5"], ["B", "x", "3", "6"]]


def test_text_and_tables_of_one_output_keep_their_order():
    found = parts(
        {"text/html": "<p>trước</p><table><tr><td>1</td><td>2</td></tr></table><p>sau</p>"}
    )
    assert [p["type"] for p in found] == ["paragraph", "table", "paragraph"]


@pytest.mark.parametrize(
    "html",
    [
        '<table><tr><td colspan="²">x</td></tr></table>',
        "<table></table>",
        "<table><tr></tr></table>",
        "<td>x",
    ],
)
def test_odd_tables_are_read_without_falling_over(html):
    parts({"text/html": html})


def test_scripts_widgets_and_diagrams_have_no_form():
    found = parts(
        {"text/html": "<script>alert(1)</script><style>p{}</style>"},
        {"application/javascript": "alert(1)", "text/plain": "<Javascript>"},
        {"text/vnd.mermaid": "graph TD", "text/plain": "x"},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Widget"},
    )
    assert found == ()


def test_a_figure_without_a_description_says_so_and_one_with_keeps_it():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'
    (figure,) = parts({"image/svg+xml": svg})
    assert "không có mô tả" in figure["alt"]
    nb = notebook({"image/svg+xml": svg})
    nb.cells[0].outputs[0].metadata = {"image/svg+xml": {"alt": "Biểu đồ"}}
    assert read_document(nb).parts[0]["alt"] == "Biểu đồ"


def test_our_own_figure_is_refused_without_a_description():
    with pytest.raises(InputError):
        Figure(id="h", title="Hình", alt=" ", svg="<svg/>")


def test_markdown_becomes_parts_and_its_html_stays_text():
    text = "# Đầu\n\nMột *hai* [ba](https://a.vn) `bốn`\n\n- a\n  - b\n- c\n\n1. x\n2. y\n\n<b>thô</b>\n\n| k | v |\n|---|---|\n| 1 | 2 |\n"
    found = read_document(new_notebook(cells=[new_markdown_cell(text)])).parts
    assert found[0] == {"type": "heading", "text": "Đầu", "level": 1}
    assert found[1]["text"] == "Một hai ba (https://a.vn) bốn"
    assert found[2]["items"] == ["a", "– b", "c"]
    assert found[3]["items"] == ["1. x", "2. y"]
    assert "<b>thô</b>" in found[4]["text"]
    assert found[5]["rows"] == [["1", "2"]]


def test_cells_for_the_editor_are_left_out():
    cell = new_markdown_cell("# Cho người sửa", metadata={"tags": ["editor-note"]})
    assert read_document(new_notebook(cells=[cell])).parts == ()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_every_format(text):
    table = Table(
        "t", text, (Column("a", text), Column("b", "Số", "points")), ((text, 1.5),), note=text
    )
    outputs = (
        {MIME: Group((Heading(text), Paragraph(text), Note(text, text), table)).as_json()},
        {"text/markdown": text},
    )
    document = read_document(notebook(*outputs), text)
    page = render_html(document)
    assert "<script" not in page
    assert "\x00" not in page
    assert "\u202e" not in page
    assert render_pdf(document).startswith(b"%PDF")
    assert "<script" not in block_html(table.as_json())


def test_a_letter_without_a_glyph_is_its_number_and_told_with_its_place_not_a_box(tmp_path):
    table = Table(
        "t",
        "Phát hiện",
        (Column("a", "Chi bộ"), Column("b", "Nội dung")),
        (("cb-01", "sạch"), ("cb-02", "\ue0b7 chậm 😀")),
    )
    pdf, notes = render_with_notes(
        read_document(notebook({MIME: Group((table,)).as_json()}), "Thử")
    )
    (tmp_path / "t.pdf").write_bytes(pdf)
    text = " ".join(" ".join(pdf_pages(tmp_path / "t.pdf")).split())
    assert "cb-02 [U+E0B7] chậm [U+1F600]" in text
    where = "Phát hiện, dòng 2 (cb-02), cột “Nội dung”"
    assert notes[0].endswith(f"U+1F600 ở {where}; U+E0B7 ở {where}")
    assert notes[0] in text


SIGNS = "✔✓☑☐☒▪➢➤►⇒☆❖✦☎✉●○■□→★№½²≥≤…–ﬁຊΔ◦◆❏⑵②Ⅱ"
"""What pastes from Word bring along, and Lao: each printed as itself, by one of the two faces."""


def test_signs_that_office_texts_hold_are_printed_as_they_are(tmp_path):
    pdf, notes = render_with_notes(
        read_document(notebook(*({"text/plain": f"thấy {sign} đây"} for sign in SIGNS)))
    )
    (tmp_path / "t.pdf").write_bytes(pdf)
    text = " ".join(pdf_pages(tmp_path / "t.pdf"))
    assert notes == ()
    assert [sign for sign in SIGNS if f"thấy {sign} đây" not in text and sign != "ﬁ"] == []


def test_a_sign_that_spoils_the_letters_beside_it_in_a_drawing_is_its_number_there(tmp_path):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="30"><text y="20" font-family="{}">Mẫu {} ợ</text></svg>'
    figure = Figure("h", "Hình", "một chữ", drawing.format("'Libertinus Serif'", "☐"))
    pdf, notes = render_with_notes(read_document(notebook({MIME: figure.as_json()})))
    (tmp_path / "t.pdf").write_bytes(pdf)
    assert "Mẫu [U+2610] ợ" in " ".join(pdf_pages(tmp_path / "t.pdf"))
    assert "U+2610 ở trong hình" in notes[0]
    figure = Figure("h", "Hình", "một chữ", drawing.format("'Libertinus Serif'", "½"))
    assert render_with_notes(read_document(notebook({MIME: figure.as_json()})))[1] == ()


def test_a_plain_letter_with_a_mark_without_glyph_is_an_error_with_its_place():
    with pytest.raises(InputError) as caught:
        render_pdf(read_document(notebook({"text/plain": "số a\u20e3"})))
    assert caught.value.findings[0].code == "missing-glyph"
    assert "số [U+0061]" in str(caught.value)
    assert "Typst" not in str(caught.value)


def test_every_vietnamese_letter_has_a_glyph():
    import unicodedata

    vowels = "aăâeêioôơuưy"
    tones = ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]
    letters = (
        "".join(unicodedata.normalize("NFC", v + t) for v in vowels + vowels.upper() for t in tones)
        + "đĐ₫–…“”≥≤%"
    )
    assert render_pdf(read_document(notebook({"text/plain": letters}))).startswith(b"%PDF")


def test_numbers_of_a_points_column_share_their_decimals():
    table = Table(
        "t",
        "Bảng",
        (Column("a", "A"), Column("b", "B", "points")),
        (("x", 90), ("y", 85.25), ("z", None)),
    )
    (part,) = parts({MIME: table.as_json()})
    assert [row[1] for row in part["rows"]] == ["90,00", "85,25", "–"]


def test_the_same_document_gives_the_same_bytes():
    made = [render_pdf(read_document(notebook({"text/plain": "một"}))) for _ in range(2)]
    assert made[0] == made[1]


def test_an_empty_cell_is_no_row_header_which_a_reader_of_pages_would_read_out():
    table = Table(
        "t",
        "Bảng",
        (Column("a", "Đơn vị"), Column("b", "Loại"), Column("c", "Số", "integer")),
        (("Một", "", 1), ("Hai", "x", 2)),
        stub=2,
    )
    page = block_html(table.as_json())
    assert "<th scope=row>Một<td><td>" in page.replace("\n", "")
    assert "<th scope=row>Hai<th scope=row>x<td>" in page.replace("\n", "")


def test_a_bitmap_is_embedded():
    png = base64.b64encode(
        base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )
    ).decode()
    nb = notebook({"image/png": png})
    assert nbformat.validate(nb) is None
    assert "data:image/png;base64," in render_html(read_document(nb))
    assert render_pdf(read_document(nb)).startswith(b"%PDF")


def test_values_beside_a_cut_have_the_decimals_that_show_their_side_and_one_column_has_as_many_in_every_row():
    columns = (
        Column("name", "Chi bộ"),
        Column("mean", "Bình quân", "points", cuts=(90.0,)),
        Column("rate", "Dự họp", "percent", cuts=(0.9,)),
    )
    rows = (("a", 89.9958, 0.8996), ("b", 92.5, 0.95), ("c", 90.0, None))
    table = Table("t", "Bảng", columns, rows)
    (part,) = block_parts(table.as_json())
    assert part["rows"] == [
        ["a", "89,996", "89,96%"],
        ["b", "92,500", "95,00%"],
        ["c", "90,000", "–"],
    ]
    assert part["places"] == [0, 3, 2]
    assert "89,996" in table.as_text()
    plain = Table(
        "t",
        "Bảng",
        (
            Column("name", "Chi bộ"),
            Column("mean", "Bình quân", "points"),
            Column("rate", "Dự họp", "percent"),
        ),
        rows,
    )
    assert block_parts(plain.as_json())[0]["rows"][0] == ["a", "90,0", "90,0%"]
