"""``MANIFEST.sha256``: the digest of every published file, as ``sha256sum -c`` reads it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from assess.base import digests

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from assess.runs.ledger import LedgerEntry

NAME = "MANIFEST.sha256"


def write_manifest(folder: Path, entries: Iterable[LedgerEntry]) -> Path:
    """Write the manifest of the index and of every file in ``entries``, replacing the old one.

    Files of reports that are no longer in the matrix are not listed.
    """
    found = {"index.html": digests.of_file(folder / "index.html")}
    for entry in entries:
        place = entry.key.rpartition("/")[0]
        found |= {f"{place}/{name}": digest for name, digest in entry.standing.items()}
    return write_whole(
        folder / NAME, "".join(f"{digest}  {path}\n" for path, digest in sorted(found.items()))
    )


def write_whole(path: Path, text: str) -> Path:
    """Write a file atomically: a reader sees the old one or the new one, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return path


def drop_drafts(folder: Path) -> None:
    """Remove the drafts of a killed :func:`write_whole`; call it only under the folder's lock."""
    for path in folder.glob(".*"):
        if re.fullmatch(r"\..+\.\d+", path.name) and path.is_file():
            path.unlink(missing_ok=True)
