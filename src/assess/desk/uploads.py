"""Files that a browser sends, written to disk as they come; their names are never paths."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

from assess.base.errors import input_error
from assess.base.text import names_no_file, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_BYTES = 400 * 1024 * 1024
"""The files of one post together."""
MOST_FILES = 5000
_LONGEST_FIELD = 64 * 1024
_LONGEST = 120
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\/]')
_HELD_IN_MEMORY = 256 * 1024


class Upload:
    """A ``multipart/form-data`` body on its way into a folder."""

    def __init__(self, content_type: str, folder: Path) -> None:
        """Take the header and where files go; raise ``InputError`` for another kind of body."""
        from python_multipart import FormParser
        from python_multipart.multipart import parse_options_header

        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise input_error("upload-unreadable", "tệp gửi lên")
        self.folder = folder
        self.fields: dict[str, str] = {}
        self.files: list[Path] = []
        self._taken: set[str] = set()
        self._parser = FormParser(
            "multipart/form-data",
            self._field,
            self._file,
            boundary=boundary,
            config={
                "UPLOAD_DIR": str(folder.parent),
                "UPLOAD_DELETE_TMP": False,  # it is moved to its place
                "UPLOAD_KEEP_FILENAME": False,
                "MAX_MEMORY_FILE_SIZE": _HELD_IN_MEMORY,
            },
        )

    def write(self, chunk: bytes) -> None:
        """Take a piece of the body; raise ``InputError`` if it is no such body."""
        from python_multipart.exceptions import FormParserError

        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise input_error("upload-unreadable", "tệp gửi lên") from error

    def end(self) -> None:
        """Finish; what did not come whole is left out."""
        self._parser.finalize()
        self._parser.close()

    def _field(self, field: Any) -> None:
        value = (field.value or b"")[:_LONGEST_FIELD]
        self.fields[field.field_name.decode("utf-8", "replace")] = value.decode("utf-8", "replace")

    def _file(self, file: Any) -> None:
        name = (file.file_name or b"").decode("utf-8", "replace")
        if not name:  # a file input that was left empty
            return
        if len(self.files) >= MOST_FILES:
            raise input_error("upload-many", "tệp gửi lên", limit=MOST_FILES)
        target = self._place_of(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.in_memory:
            file.flush_to_disk()
        file.close()  # Windows moves no open file
        shutil.move(file.actual_file_name, target)
        self.files.append(target)

    def _place_of(self, name: str) -> Path:
        parts = safe_parts(name)
        place = "/".join(parts).casefold()
        number = 1
        while place in self._taken:
            number += 1
            place = "/".join([*parts[:-1], f"{number} {parts[-1]}"]).casefold()
        self._taken.add(place)
        last = parts[-1] if number == 1 else f"{number} {parts[-1]}"
        return self.folder.joinpath(*parts[:-1], last)


def safe_parts(name: str) -> list[str]:
    r"""Return the folders and the name of a file as a browser gives them, fit for any system.

    >>> safe_parts("thang 3/../C:\\\\phieu.xlsx")
    ['thang 3', 'C_', 'phieu.xlsx']
    >>> safe_parts("con"), safe_parts("..")
    (['_con'], ['tep'])
    """
    parts = []
    for part in re.split(r"[/\\]", name):
        clean = _UNSAFE.sub("_", tidy(part)).strip(". ")
        if clean and clean not in (".", ".."):
            stem, dot, suffix = clean.rpartition(".")
            short = f"{stem[: _LONGEST - len(suffix)]}{dot}{suffix}" if dot else clean[:_LONGEST]
            parts.append(f"_{short}" if names_no_file(short) else short)
    return parts[-4:] or ["tep"]


def field_values(arguments: Mapping[str, list[bytes]]) -> dict[str, str]:
    """Return the last value of each field of a form, as tidy text."""
    return {name: tidy(value) for name, value in typed_values(arguments).items()}


def typed_values(arguments: Mapping[str, list[bytes]]) -> dict[str, str]:
    """Return the last value of each field of a form, as typed.

    Tornado gives names of fields as if they were in Latin letters.
    """
    return {
        name.encode("latin-1").decode("utf-8", "replace"): values[-1]
        .decode("utf-8", "replace")
        .replace("\r\n", "\n")
        for name, values in arguments.items()
    }
