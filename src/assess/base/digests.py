"""Digests over meaning, not over file bytes: the same rows give the same digest whatever wrote them."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def canonical(value: Any) -> str:
    """Return JSON with sorted keys and no spaces; equal values give equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def of_text(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def of_rows(rows: Iterable[Iterable[Any]]) -> str:
    """Return the SHA-256 of rows of JSON values, one canonical line each, in the order given."""
    sha = hashlib.sha256()
    for row in rows:
        sha.update(canonical(list(row)).encode())
        sha.update(b"\n")
    return sha.hexdigest()


def of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex, as ``sha256sum`` prints it."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
