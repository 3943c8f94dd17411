"""The register of documents that were issued: one line each, never changed, and an Excel list."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assess.base import digests, numbers
from assess.base.errors import input_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from assess.runs.matrix import Run

FOLDER = "phat-hanh"
"""The folder of a workspace with the issued documents and their register."""
NAME, LIST = "so-van-ban.jsonl", "so-van-ban.xlsx"
HOW = {"": "", "replaces": "Thay thế", "adds_to": "Bổ sung"}
"""What a document may be to an earlier one."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A document that was issued, as it went out.

    ``sign`` is its number with its symbol (``38-BC/ĐU``), ``day`` the day printed on it; ``key`` is
    that of the report, ``batch`` its matrix. ``how`` and ``earlier`` say that it replaces an
    earlier document, or adds to it, by that one's sign. ``content`` is the digest of its slice,
    ``office`` that of what the office had settled; ``files`` the digest of every file in
    ``folder``. ``at`` is the moment of issuing, in Vietnam's time, and ``by`` the user of the
    machine. ``software`` is what the files were made with (:mod:`assess.runs.software`); empty in
    lines of before that was written down.
    """

    sign: str
    day: str
    kind: str
    subject: str
    issuer: str
    signer: str
    recipients: tuple[str, ...]
    batch: str
    key: str
    dang_bo: str
    period: str
    content: str
    office: str
    folder: str
    files: Mapping[str, str]
    how: str = ""
    earlier: str = ""
    at: str = ""
    by: str = ""
    software: Mapping[str, Any] = field(default_factory=dict)
    before: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The name that the document's files begin with."""
        return self.key.rpartition("/")[2]

    @property
    def words(self) -> str:
        """The document in a sentence: its kind, sign and day."""
        day = numbers.day(dt.date.fromisoformat(self.day))
        return f"{self.kind.capitalize()} số {self.sign}, ngày {day}"


class Register:
    """The register of a workspace; whoever writes it holds the lock of its folder."""

    def __init__(self, root: Path) -> None:
        """Read the register of a workspace, if there is one.

        A last line without an end was never finished, by a kill or a full disk, and does not
        count. Raise :class:`~assess.base.errors.InputError` for a line that was changed, added or
        taken away.
        """
        self.folder = root / FOLDER
        self.path = self.folder / NAME
        self.documents: list[Issued] = []
        self._before = ""
        text = self.path.read_bytes() if self.path.is_file() else b""
        self._length = text.rfind(b"\n") + 1
        for number, line in enumerate(text[: self._length].splitlines(), start=1):
            try:
                found = _issued(json.loads(line))
            except (ValueError, TypeError, AttributeError) as error:
                raise input_error("register-damaged", f"{self.path}, dòng {number}") from error
            if found.before != self._before:
                raise input_error("register-damaged", f"{self.path}, dòng {number}")
            self._before = digests.of_bytes(line)
            self.documents.append(found)

    def of(self, key: str) -> list[Issued]:
        """Return the documents of a report, the latest last."""
        return [document for document in self.documents if document.key == key]

    def standing(self, key: str) -> Issued | None:
        """Return the document of a report that holds: the latest that replaced the one before."""
        found = [document for document in self.of(key) if document.how != "adds_to"]
        return found[-1] if found else None

    def signed(self, sign: str) -> Issued | None:
        """Return the latest document with a sign."""
        found = [document for document in self.documents if document.sign == sign]
        return found[-1] if found else None

    def append(self, document: Issued) -> None:
        """Add a document; it is on the disk when this returns. Then write the list."""
        line = json.dumps(
            {**asdict(document), "before": self._before}, ensure_ascii=True, sort_keys=True
        ).encode()
        with self.path.open("ab") as handle:
            handle.truncate(self._length)
            handle.write(line + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
            self._length = handle.tell()
        self._before = digests.of_bytes(line)
        self.documents.append(document)
        self.write_list()

    def write_list(self) -> Path:
        """Write the register as an Excel list."""
        from assess.excel.style import HEAD, format_of, new_workbook, page, save, write_value

        path = self.folder / LIST
        formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        book = new_workbook(path, "Sổ văn bản đã phát hành")
        sheet = book.add_worksheet("Sổ văn bản")
        head = format_of(book, formats, bold=True, border=1, bg_color=HEAD, align="center")
        text, day = (format_of(book, formats, border=1, num_format=f) for f in ("@", "dd/mm/yyyy"))
        for column, (title, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        replacements = {
            (each.key, each.earlier): each.sign for each in self.documents if each.how == "replaces"
        }
        for row, document in enumerate(self.documents, start=1):
            replaced = replacements.get((document.key, document.sign), "")
            for column, value in enumerate(_cells(row, document, replaced)):
                write_value(sheet, row, column, value, text, day)
        sheet.freeze_panes(1, 0)
        page(sheet, landscape=True, footer="Sổ văn bản đã phát hành")
        save(book, path)
        return path


def without_used_number(root: Path, batch: str, runs: Sequence[Run]) -> list[Run]:
    """Return the runs without numbers under which they are out already.

    A report that is made again prints no number that a document has: the next issue gives it one.
    """
    used: dict[str, set[str]] = {}
    for document in Register(root).documents:
        if document.batch == batch:
            used.setdefault(document.key, set()).add(document.sign.partition("-")[0])
    return [replace(run, number="") if run.number in used.get(run.key, ()) else run for run in runs]


_COLUMNS = (
    ("TT", 5), ("Số, ký hiệu", 14), ("Ngày", 11), ("Loại", 12), ("Trích yếu", 44),
    ("Cơ quan ban hành", 24), ("Người ký", 22), ("Nơi nhận", 34), ("Thay thế, bổ sung", 22),
    ("Thư mục lưu", 34), ("Mã đối chiếu số liệu", 20),
)  # fmt: skip


def _cells(number: int, document: Issued, replaced: str) -> tuple[Any, ...]:
    how = [f"{HOW[document.how]} số {document.earlier}"] if document.how else []
    how += [f"Đã được thay thế bằng số {replaced}"] if replaced else []
    return (
        number,
        document.sign,
        dt.date.fromisoformat(document.day),
        document.kind.capitalize(),
        document.subject,
        document.issuer,
        document.signer,
        "; ".join(document.recipients),
        "; ".join(how),
        document.folder,
        document.content[:16],
    )


def _issued(line: dict[str, Any]) -> Issued:
    line["recipients"] = tuple(line["recipients"])
    found = Issued(**line)
    dt.date.fromisoformat(found.day)
    if not all(isinstance(part, dict) for part in (found.files, found.software)):
        raise TypeError("no line of the register")
    if found.how not in HOW:
        raise TypeError("no line of the register")
    return found
