import datetime as dt
import zipfile

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from assess.exchange.forms import FilledValues, write_forms
from kit.score_forms import form, full_entries, good_facts


def test_the_same_form_is_the_same_bytes(tmp_path, rules):
    for name in ("a", "b"):
        write_forms(
            tmp_path / f"{name}.xlsx",
            [
                (
                    form(rules),
                    FilledValues(good_facts(), full_entries(form(rules)), {"c1_time": "=1+1"}),
                )
            ],
        )
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_that_was_filled_in_becomes_a_formula_a_link_or_a_number(tmp_path, rules):
    hostile = ["=1+1", "+1", "-1", "@x", "{=1}", "http://example.org", "007", "<b>"]
    notes = dict(zip([c.id for c in rules["an-phu-hd42"].criteria], hostile, strict=False))
    write_forms(
        tmp_path / "a.xlsx",
        [
            (
                form(rules),
                FilledValues(
                    {**good_facts(), "topic": "=cmd|' /C calc'!A0"},
                    full_entries(form(rules)),
                    notes,
                ),
            )
        ],
    )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    formulas = {cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}
    assert all(text.startswith("=IF(") for text in formulas)  # our own help text only
    found = {cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "s"}
    assert set(hostile) | {"=cmd|' /C calc'!A0"} <= found
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"hyperlink" not in archive.read("xl/worksheets/sheet1.xml").lower()


def test_numbers_stay_numbers_also_negative_ones(tmp_path, rules):
    write_forms(
        tmp_path / "a.xlsx",
        [(form(rules), FilledValues({**good_facts(), "minutes": -5}, {("self", "c1_time"): 4.5}))],
    )
    values = [
        c.value
        for row in openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows()
        for c in row
        if c.data_type == "n"
    ]
    assert -5 in values
    assert 4.5 in values


@pytest.mark.parametrize(
    "rule_set_id", ["an-phu-hd42", "hd12-2018", "lai-chau-qd14", "nghe-an-qd27-bieu2"]
)
def test_a_form_asks_for_every_line_in_the_official_order_and_says_how_true_it_is(
    tmp_path, rules, rule_set_id
):
    write_forms(tmp_path / "a.xlsx", [(form(rules, rule_set_id), None)])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    keys = [cell.value for cell in sheet["A"] if str(cell.value).startswith("line:")]
    assert keys == [f"line:{c.id}" for c in rules[rule_set_id].criteria]
    head = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "STT")
    assert head[2:7] == (
        "Tiêu chí",
        "Điểm tối đa" if rules[rule_set_id].has_points else "",
        "Chi bộ tự chấm",
        "Cấp trên chấm",
        "Ghi chú",
    )
    text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert ("minh họa" in text) == (rules[rule_set_id].fidelity == "illustrative")
    assert "CỘNG SẢN VIỆT NAM" in text
    assert "Cộng hòa" not in text


def test_only_entries_are_unlocked_and_they_have_drop_downs_with_not_applicable(tmp_path, rules):
    write_forms(tmp_path / "a.xlsx", [(form(rules), None)])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet.protection.sheet
    unlocked = {
        (cell.row, get_column_letter(cell.column))
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    lines = {cell.row for cell in sheet["A"] if str(cell.value).startswith("line:")}
    assert {(row, column) for row in lines for column in "EFG"} <= unlocked
    assert not any(column in "ABCD" for _, column in unlocked)
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    of_lines = [rule for rule in lists if any(area.min_row in lines for area in rule.sqref.ranges)]
    assert len(of_lines) == 28
    assert all("Không áp dụng" in rule.formula1 for rule in of_lines)
    assert sheet.column_dimensions["A"].hidden
    assert sheet.row_dimensions[1].hidden


def test_a_workbook_for_many_chi_bo_has_a_sheet_for_each_whatever_they_are_called(tmp_path, rules):
    forms = [form(rules)] * 3
    write_forms(tmp_path / "a.xlsx", [(f, None) for f in forms])
    names = openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert len({name.casefold() for name in names}) == 3
    assert all(len(name) <= 31 for name in names)


@pytest.mark.libreoffice
def test_the_help_at_the_foot_adds_up_and_classes_as_the_default_reading_does(
    tmp_path, rules, convert_by_office
):
    f = form(rules)
    entries = full_entries(f) | {
        ("self", "c4_thematic"): "Không áp dụng",
        ("self", "c7_result"): 24,
    }
    write_forms(
        tmp_path / "a.xlsx",
        [(f, FilledValues({**good_facts(), "held_on": dt.date(2026, 3, 3)}, entries))],
    )
    convert_by_office("xlsx", tmp_path / "out", tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out/a.xlsx", data_only=True).active
    rows = {str(row[1]): row[4] for row in sheet.iter_rows(values_only=True) if row[1]}
    assert rows["Tổng cộng (để tham khảo)"] == 89
    assert rows["Xếp loại theo tổng (để tham khảo)"] == "Tốt"  # 89 of 95 that apply is 93,68 of 100


def test_a_drop_down_informs_where_a_reading_counts_part_of_the_points_and_warns_elsewhere(
    tmp_path, rules
):
    write_forms(tmp_path / "a.xlsx", [(form(rules), None)])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    rows = {cell.value: cell.row for cell in sheet["A"] if cell.value}
    style = {
        area.min_row: (rule.errorStyle, rule.error)
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
    }
    assert style[rows["line:c4_regular"]][0] == "information"
    assert "một phần" in style[rows["line:c4_regular"]][1]
    assert style[rows["line:c7_result"]][0] == "warning"
