"""``MANIFEST.sha256``: the digest of every published file, in the format that ``sha256sum -c`` checks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assess.base import digests

if TYPE_CHECKING:
    from pathlib import Path

NAME = "MANIFEST.sha256"


def write_manifest(folder: Path) -> Path:
    """Write the manifest of all files below a matrix's folder, hidden ones apart; the new one replaces the old at once."""
    lines = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and relative.name != NAME and not any(part.startswith(".") for part in relative.parts):
            lines.append(f"{digests.of_file(path)}  {relative.as_posix()}\n")
    return write_whole(folder / NAME, "".join(lines))


def write_whole(path: Path, text: str) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    (draft).replace(path)
    return path
