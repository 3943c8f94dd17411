"""``MANIFEST.sha256``: the digest of every published file, in the format that ``sha256sum -c`` checks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assess.base import digests

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME = "MANIFEST.sha256"


def write_manifest(folder: Path, keys: Iterable[str]) -> Path:
    """Write the manifest of the index and of every file of the runs with these keys; it replaces the old one at once.

    What stands in the folder from an earlier matrix is not in it.
    """
    paths = [folder / "index.html"]
    for key in keys:
        stem = folder / key
        paths += [path for path in stem.parent.glob(f"{stem.name}.*") if path.is_file()]
        paths += [path for path in (stem.parent / f"{stem.name}.slice").rglob("*") if path.is_file()]
    lines = [f"{digests.of_file(path)}  {path.relative_to(folder).as_posix()}\n" for path in sorted(paths)]
    return write_whole(folder / NAME, "".join(lines))


def write_whole(path: Path, text: str) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    (draft).replace(path)
    return path
