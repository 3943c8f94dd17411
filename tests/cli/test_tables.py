"""``assess tables`` on the command line: which tables, of which unit, never over another file."""

import openpyxl
import pytest

from kit.command import assess

SAMPLE = ("--records", "data/sample")


@pytest.mark.parametrize("name", ["Đơn vị", "đơn vị", "unit"])
def test_a_table_is_named_in_vietnamese_or_by_its_name(tmp_path, name):
    path = tmp_path / "b.xlsx"
    done = assess("tables", name, *SAMPLE, "--out", path, "--unit", "Đảng bộ phường Ví Dụ")
    assert done.returncode == 0, done.stderr
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Đơn vị", "Danh mục"]
    assert book["Danh mục"].sheet_state == "hidden"
    again = assess("tables", name, *SAMPLE, "--out", path)
    assert (again.returncode, "đã có" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("đơn vi tinh",), "đơn vị"),
        (("meeting",), "áp dụng biểu"),
        (("--unit", "Đảng bộ không có"), "không có đơn vị"),
        (("--as-of", "hôm qua"), "hôm qua"),
    ],
)
def test_what_is_not_known_is_said_and_nothing_is_written(tmp_path, words, said):
    done = assess("tables", *words, *SAMPLE, "--out", tmp_path / "b.xlsx")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
