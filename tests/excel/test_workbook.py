import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pytest
import xlsxwriter

from assess.base.errors import InputError
from assess.excel.workbook import _cell, read_workbook


def book(path, cells, **options):
    """Write cells (A1 → value) with XlsxWriter."""
    made = xlsxwriter.Workbook(str(path), options)
    sheet = made.add_worksheet("Trang")
    day = made.add_format({"num_format": "dd/mm/yyyy"})
    for where, value in cells.items():
        if isinstance(value, dt.date):
            sheet.write_datetime(where, dt.datetime.combine(value, dt.time()), day)
        else:
            sheet.write(where, value)
    made.close()
    return path


def code(path):
    with pytest.raises(InputError) as caught:
        read_workbook(path)
    return caught.value.findings[0].code


def test_every_kind_of_cell_is_told_apart(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        {"A1": "chữ", "B1": 4.5, "C1": True, "D1": dt.date(2026, 3, 5), "E1": "=1+1", "A3": "  "},
    )
    cells = read_workbook(path).sheets[0].cells
    assert cells[1, 1] == ("text", "chữ")
    assert cells[1, 2] == ("number", 4.5)
    assert cells[1, 3] == ("flag", True)
    assert cells[1, 4] == ("date", dt.datetime(2026, 3, 5))
    assert cells[1, 5] == ("formula", "=1+1")
    assert (3, 1) not in cells


def test_an_excel_error_is_an_error_not_text(tmp_path):
    made = openpyxl.Workbook()
    made.active["A1"] = "#REF!"
    made.active["A1"].data_type = "e"
    made.save(tmp_path / "a.xlsx")
    assert read_workbook(tmp_path / "a.xlsx").sheets[0].cells[1, 1] == ("error", "#REF!")


@pytest.mark.parametrize("mac", [False, True], ids=["1900", "1904"])
def test_days_are_read_in_both_date_systems(tmp_path, mac):
    made = openpyxl.Workbook()
    if mac:
        made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    made.active["A1"] = dt.date(2026, 3, 5)
    made.active["A2"] = openpyxl.utils.datetime.to_excel(dt.datetime(2026, 3, 5), made.epoch)
    made.save(tmp_path / "a.xlsx")
    found = read_workbook(tmp_path / "a.xlsx")
    assert found.sheets[0].cells[1, 1] == ("date", dt.datetime(2026, 3, 5))
    serial = found.sheets[0].cells[2, 1][1]
    assert found.day(serial) == dt.date(2026, 3, 5)


def test_merged_areas_are_known(tmp_path):
    made = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    first, second = made.add_worksheet(), made.add_worksheet()
    first.merge_range("B2:C4", "gộp")
    second.merge_range("A1:B1", "khác")
    made.close()
    assert [s.merged for s in read_workbook(tmp_path / "a.xlsx").sheets] == [
        ((2, 2, 4, 3),),
        ((1, 1, 1, 2),),
    ]


def test_characters_that_xml_cannot_hold_come_back_as_they_were(tmp_path):
    path = book(tmp_path / "a.xlsx", {"A1": "a\x01b", "A2": "_x0041_"}, strings_to_formulas=False)
    cells = read_workbook(path).sheets[0].cells
    assert (cells[1, 1][1], cells[2, 1][1]) == ("a\x01b", "_x0041_")


def with_part(path, name, data=b"x"):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("xl/vbaProject.bin", "workbook-macros"),
        ("xl/macrosheets/sheet1.xml", "workbook-macros"),
        ("xl/externalLinks/externalLink1.xml", "workbook-links"),
        ("xl/connections.xml", "workbook-links"),
        ("xl/embeddings/oleObject1.bin", "workbook-objects"),
    ],
)
def test_what_could_run_or_reach_out_is_refused(tmp_path, part, wanted):
    assert code(with_part(book(tmp_path / "a.xlsx", {"A1": 1}), part)) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"", "empty-file"),
        (b"STT;Ten\n", "not-a-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook-old"),
        (b"PK\x03\x04" + bytes(50), "workbook-broken"),
    ],
)
def test_what_is_no_workbook_is_told_what_it_is(tmp_path, raw, wanted):
    (tmp_path / "a.xlsx").write_bytes(raw)
    assert code(tmp_path / "a.xlsx") == wanted


def test_a_zip_that_is_no_workbook_and_a_cut_workbook_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("thu.txt", "x")
    assert code(tmp_path / "a.xlsx") == "not-a-workbook"
    whole = book(tmp_path / "b.xlsx", {"A1": 1}).read_bytes()
    (tmp_path / "c.xlsx").write_bytes(whole[: len(whole) // 2])
    assert code(tmp_path / "c.xlsx") == "workbook-broken"


@pytest.fixture
def calls(monkeypatch):
    """Record each call of a workbook reader: openpyxl, and the unpacking of a part."""
    made = []

    def noted(name, call):
        return lambda *given, **options: made.append(name) or call(*given, **options)

    monkeypatch.setattr(openpyxl, "load_workbook", noted("openpyxl", openpyxl.load_workbook))
    monkeypatch.setattr(zipfile.ZipFile, "open", noted("unpack", zipfile.ZipFile.open))
    return made


def test_a_workbook_of_4_kilobytes_with_cells_far_apart_is_refused_before_openpyxl_spreads_them(
    tmp_path, calls
):
    path = book(tmp_path / "a.xlsx", {"A1": 1, "XFD1048576": 2})
    assert path.stat().st_size < 8000
    calls.clear()
    assert code(path) == "workbook-wide"
    assert calls == ["unpack"]
    read_workbook(book(tmp_path / "b.xlsx", {"A1": 1}))
    assert "openpyxl" in calls


def bomb(path, megabytes):
    """A workbook whose worksheet unpacks to so many megabytes of rows."""
    row = b"<row><c><v>1</v></c></row>" * 4000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(megabytes * 1024 * 1024 // len(row) + 1):
                part.write(row)
    return path


def test_a_zip_bomb_of_744_megabytes_is_refused_without_unpacking_it(tmp_path, calls):
    path = bomb(tmp_path / "a.xlsx", 744)
    assert path.stat().st_size < 8 * 1024 * 1024
    calls.clear()
    assert code(path) == "workbook-bomb"
    assert calls == []


def test_a_bomb_that_lies_about_its_size_is_broken_not_unpacked(tmp_path):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(50_000_000))
    data = raw.getvalue()
    size = struct.pack("<L", 50_000_000)
    (tmp_path / "a.xlsx").write_bytes(data.replace(size, struct.pack("<L", 1000)))
    assert code(tmp_path / "a.xlsx") == "workbook-broken"


def test_merged_areas_without_number_are_refused(tmp_path):
    path = book(tmp_path / "a.xlsx", {"A1": 1})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    areas = "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(1, 30_000))
    sheet = parts["xl/worksheets/sheet1.xml"].replace(
        b"</sheetData>", f"</sheetData><mergeCells>{areas}</mergeCells>".encode()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in (parts | {"xl/worksheets/sheet1.xml": sheet}).items():
            archive.writestr(name, raw)
    assert code(path) == "workbook-large"


def test_strict_open_xml_is_named_with_the_way_to_save_it(tmp_path):
    path, strict = book(tmp_path / "a.xlsx", {"A1": "chữ"}), tmp_path / "strict.xlsx"
    with zipfile.ZipFile(path) as plain, zipfile.ZipFile(strict, "w") as out:
        for part in plain.namelist():
            raw = plain.read(part).replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
            out.writestr(part, raw)
    assert code(strict) == "workbook-strict"


ENTITIES = '<?xml version="1.0"{}?><!DOCTYPE a [<!ENTITY b "{}">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles.xml", "xl/la.bin"])
def test_a_part_that_declares_entities_is_refused_before_it_is_parsed(tmp_path, part, encoding):
    path, hostile = book(tmp_path / "a.xlsx", {"A1": "chữ"}), tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as plain, zipfile.ZipFile(hostile, "w") as out:
        for name in plain.namelist():
            if name != part:
                out.writestr(name, plain.read(name))
        declared = ENTITIES.format(f' encoding="{encoding}"', "x" * 1000)
        out.writestr(part, f"{declared}<sst>&b;</sst>".encode(encoding))
    assert code(hostile) == "workbook-entities"


def test_cells_are_read_the_same_without_looks_lists_and_drawings(tmp_path):
    path = tmp_path / "a.xlsx"
    made = xlsxwriter.Workbook(str(path))
    formats = [
        made.add_format({"num_format": shape, "bold": number % 2, "bg_color": "#FFEE00"})
        for number, shape in enumerate(["0%", "dd/mm/yyyy", '"5%" 0', "@", "0.00"])
    ]
    for title in ("Một", "Hai"):
        sheet = made.add_worksheet(title)
        for row in range(12):
            for column, shape in enumerate(formats):
                sheet.write_number(row, column, 40_000 + row, shape)
            sheet.write_string(row, 6, f"chữ {row}", formats[3])
            sheet.write_boolean(row, 7, row % 2 == 0)
            sheet.write_formula(row, 8, "=1+1", formats[0], 2)
        sheet.merge_range(14, 0, 15, 3, "gộp", formats[1])
        sheet.data_validation(0, 0, 5, 5, {"validate": "list", "source": ["x", "y"]})
        sheet.conditional_format(0, 0, 5, 5, {"type": "blanks", "format": formats[0]})
        sheet.write_comment(0, 0, "lời ghi")
    made.get_worksheet_by_name("Hai").hide()
    made.close()
    found = read_workbook(path)
    plain = openpyxl.load_workbook(path)
    for sheet in found.sheets:
        other = plain[sheet.name]
        cells = {
            (cell.row, cell.column): _cell(cell)
            for row in other.iter_rows()
            for cell in row
            if cell.value is not None
        }
        assert sheet.cells == cells
        assert len(cells) == 12 * 8 + 1
        assert sheet.merged == ((15, 1, 16, 4),)
        assert sheet.hidden == (other.sheet_state != "visible")
