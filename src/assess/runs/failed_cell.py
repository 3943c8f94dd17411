"""The error of a failed notebook cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


_QUOTED = re.compile(r"['\"‘“](.+?)['\"’”]")
_WORDS = {
    "NameError": "dùng tên {what} chưa có",
    "UnboundLocalError": "dùng tên {what} chưa có",
    "UndefinedError": "lời văn dùng tên {what} chưa có",
    "TemplateSyntaxError": "lời văn viết sai cú pháp trong {{{{ … }}}}",
    "KeyError": "không có cột hoặc mục {what}",
    "AttributeError": "không có mục {what}",
    "IndexError": "danh sách không dài đến mục được hỏi",
    "ZeroDivisionError": "chia cho 0",
    "SyntaxError": "ô lệnh viết sai cú pháp",
    "IndentationError": "ô lệnh thụt dòng sai",
    "ModuleNotFoundError": "chưa cài gói phần mềm {what}",
    "FileNotFoundError": "không có tệp {what}",
    "TypeError": "phép tính không hợp với kiểu của số liệu",
    "ValueError": "có giá trị không dùng được",
    "AssertionError": "điều kiện mà mẫu đặt ra không đúng",
}
"""What usual errors of Python and Jinja mean, for staff; ``what`` is the name that they quote."""


class CellFailedError(Exception):
    """A cell failed: its number (from 1), the error's name and value, and the notebook so far."""

    def __init__(self, notebook: NotebookNode, cell: int, name: str, value: str) -> None:
        """Store the facts."""
        super().__init__(name, value, cell)
        self.notebook, self.cell, self.name, self.value = notebook, cell, name, value

    @property
    def in_words(self) -> str:
        """What went wrong, for staff; the words of Python stand in :attr:`trace`."""
        words = _WORDS.get(self.name)
        if words is None or not self.value.isascii():  # our own errors speak Vietnamese
            return f"{self.name}: {self.value}"
        quoted = _QUOTED.findall(self.value)
        what = f"“{quoted[-1] if self.name == 'AttributeError' else quoted[0]}”" if quoted else ""
        return f"{' '.join(words.format(what=what).split())} [{self.name}]"

    @property
    def source(self) -> str:
        """The code of the cell."""
        return str(self._cell.source)

    @property
    def trace(self) -> str:
        """The traceback as text, without colour codes."""
        found = [o for o in self._cell.get("outputs", []) if o["output_type"] == "error"]
        return _COLOUR.sub("", "\n".join(found[-1]["traceback"])) if found else ""

    @property
    def _cell(self) -> NotebookNode:
        cell: NotebookNode = self.notebook.cells[self.cell - 1]
        return cell
