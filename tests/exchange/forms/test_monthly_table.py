import openpyxl
import pytest

from assess.excel.workbook import read_workbook
from assess.exchange.forms import monthly_table_of, parse_monthly_table, write_monthly_table
from kit.score_forms import codes


@pytest.fixture
def table(tmp_path, rules, source):
    """A monthly table of the sample with one row filled in.

    ``read(change)`` changes it and parses it again.
    """
    summary = monthly_table_of(rules["an-phu-hd42"], source.tree, "xa-mau-thu", "2026-03")
    path = tmp_path / "t.xlsx"

    def read(change=lambda sheet: None):
        write_monthly_table(
            path,
            summary,
            {summary.chi_bo[0][0]: {"held_on": "3/3/2026", "self": 95, "class:tot": "x"}},
        )
        book = openpyxl.load_workbook(path)
        change(book.active)
        book.save(path)
        back = read_workbook(path)
        return parse_monthly_table(path.name, back.sheets[0], back, rules, source.tree)

    return read


def exchange(sheet, one, other):
    sheet[one], sheet[other] = sheet[other].value, sheet[one].value


def test_an_untouched_table_has_no_findings(table):
    assert table().findings == []


def test_a_total_that_shows_as_a_percentage_is_refused(table):
    def percent(sheet):
        sheet["H9"] = 0.95
        sheet["H9"].number_format = "0%"

    found = table(percent)
    assert [(f.code, f.place.cell, f.facts["found"]) for f in found.findings] == [
        ("percent-in-number", "H9", "95%")
    ]


def test_a_row_that_prints_the_name_of_another_chi_bo_is_refused_and_a_changed_name_is_only_told(
    table,
):
    def names(sheet):
        exchange(sheet, "D9", "D10")
        sheet["C9"] = None

    found = table(names)
    assert (found.ok, [(f.code, f.place.cell) for f in found.findings]) == (
        False,
        [("row-other", "D9")],
    )
    found = table(lambda sheet: sheet.__setitem__("D9", "Chi bộ tên khác"))
    assert (found.ok, codes(found.findings)) == (True, ["unit-name"])


@pytest.mark.parametrize(("one", "other"), [("H8", "I8"), ("J8", "K8"), ("E8", "G8")])
def test_columns_exchanged_without_their_hidden_names_are_refused_at_their_heads(table, one, other):
    found = table(lambda sheet: exchange(sheet, one, other))
    assert [(f.code, f.place.cell) for f in found.findings] == [
        ("column-other", one),
        ("column-other", other),
    ]
    assert not found.ok


def test_the_total_and_the_signatures_are_no_rows_of_a_chi_bo(table):
    found = table(lambda sheet: None)
    assert found.ok
    assert len(found.rows["sheet"]) == 1


def test_it_prints_as_a_document_without_codes(rules, source, tmp_path):
    summary = monthly_table_of(rules["an-phu-hd42"], source.tree, "xa-mau-thu", "2026-03")
    write_monthly_table(tmp_path / "t.xlsx", summary)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    for wanted in ("ĐẢNG CỘNG SẢN VIỆT NAM", "ĐẢNG ỦY XÃ MẪU THỬ", "Cộng", "NGƯỜI LẬP BIỂU"):
        assert wanted in texts
    code = next(cell.column_letter for cell in sheet[1] if cell.value == "@code")
    assert sheet.column_dimensions[code].hidden
    assert "xa-mau-thu" not in sheet.oddFooter.right.text
