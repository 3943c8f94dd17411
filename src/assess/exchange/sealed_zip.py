"""A zip file with a ``MANIFEST.sha256`` of all that is in it: written safely, read back proved."""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from assess.base import digests
from assess.base.errors import input_error

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

MANIFEST = "MANIFEST.sha256"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    EOFError,
    NotImplementedError,
    FileExistsError,
    NotADirectoryError,
    IsADirectoryError,
)
"""What a damaged zip may raise; a full disk is no damage and stays an ``OSError``."""
_AT_ONCE = 1 << 20


def write_sealed(draft: Path, files: Iterable[tuple[str, Path | bytes]]) -> None:
    """Write files by name with their manifest; it is on the disk when this returns."""
    lines = []
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as into:
        for name, content in files:
            if isinstance(content, bytes):
                into.writestr(name, content)
                digest = digests.of_bytes(content)
            else:
                into.write(content, name)
                digest = digests.of_file(content)
            lines.append(f"{digest}  {name}\n")
        into.writestr(MANIFEST, "".join(lines))
    with draft.open("rb") as handle:
        os.fsync(handle.fileno())


def extract_sealed(
    path: Path,
    folder: Path,
    shown: Path,
    code: str,
    most_bytes: int = 1 << 40,
    names: re.Pattern[str] | None = None,
) -> int:
    """Write the files of a zip into a folder, each proved by the manifest; return how many.

    Raise :class:`~assess.base.errors.InputError` with ``code`` for a file that is damaged, has a
    file more or less than its manifest or one that ``names`` does not match, or would take more
    than ``most_bytes``.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(each.file_size for each in packed.infolist()) > most_bytes or not all(
                each.compress_type in _METHODS and not each.flag_bits & _ENCRYPTED
                for each in packed.infolist()
            ):
                raise input_error(code, str(shown), found=shown.name)
            manifest = packed.read(MANIFEST).decode("utf-8")
            wanted = {
                name: digest
                for digest, _, name in (line.partition("  ") for line in manifest.splitlines())
            }
            if sorted(packed.namelist()) != sorted([*wanted, MANIFEST]):
                raise input_error(code, str(shown), found=MANIFEST)
            strange = next((n for n in wanted if names and not names.fullmatch(n)), None)
            if strange is not None:
                raise input_error(code, str(shown), found=repr(strange))
            for name, digest in wanted.items():
                inside = PurePosixPath(name)
                if inside.is_absolute() or ".." in inside.parts or "\\" in name or ":" in name:
                    raise input_error(code, str(shown), found=name)
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                sha = hashlib.sha256()
                with packed.open(name) as source, target.open("wb") as into:
                    while part := source.read(_AT_ONCE):
                        sha.update(part)
                        into.write(part)
                if sha.hexdigest() != digest:
                    raise input_error(code, str(shown), found=name)
    except _BROKEN as error:
        raise input_error(code, str(shown), found=shown.name) from error
    return len(wanted)
