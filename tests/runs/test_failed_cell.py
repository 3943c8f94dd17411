"""What went wrong in a cell is said to staff in Vietnamese."""

import nbformat
import pytest

from assess.runs.failed_cell import CellFailedError


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("NameError", "name 'so_buoi' is not defined", "dùng tên “so_buoi” chưa có [NameError]"),
        ("UndefinedError", "'due' is undefined", "lời văn dùng tên “due” chưa có [UndefinedError]"),
        ("KeyError", "'chi_bo'", "không có cột hoặc mục “chi_bo” [KeyError]"),
        (
            "AttributeError",
            "'DataFrame' object has no attribute 'tong'",
            "không có mục “tong” [AttributeError]",
        ),
        ("ZeroDivisionError", "division by zero", "chia cho 0 [ZeroDivisionError]"),
        (
            "TemplateSyntaxError",
            "unexpected '}'",
            "lời văn viết sai cú pháp trong {{ … }} [TemplateSyntaxError]",
        ),
        ("CellTookTooLong", "ô lệnh chạy quá 3 giây", "CellTookTooLong: ô lệnh chạy quá 3 giây"),
        ("ValueError", "kỳ không có", "ValueError: kỳ không có"),
        ("OwnError", "no words for it", "OwnError: no words for it"),
    ],
)
def test_usual_errors_are_said_in_vietnamese(name, value, said):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x")])
    assert CellFailedError(notebook, 1, name, value).in_words == said
