"""What a document was made with: version and digest of the package, versions of all packages.

The lock file of that version is kept beside the register, once, so that the same packages can be
installed years later and give the same bytes.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from assess.base import digests
from assess.runs.report_keys import this_machine
from assess.workspace import shipped_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER = "phien-ban"
"""The folder beside the register with the lock files."""
LOCK = "requirements.lock"


def this_software(face: str = "") -> dict[str, Any]:
    """Return the ``version`` of the package, the digest of its ``source``, and all ``packages``.

    ``face`` is the digest of the fonts that the workspace has for its PDF.
    """
    here = this_machine()
    return {
        "version": version("assess"),
        "source": here.assess,
        "packages": dict(here.packages),
        "face": face,
    }


def keep_lock(folder: Path, software: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the package's lock file below ``folder``; return the software with its digest.

    Without a lock file in the package nothing is kept, and ``lock`` is empty.
    """
    source = shipped_workspace() / LOCK
    if not source.is_file():
        return {**software, "lock": ""}
    content = source.read_bytes()
    digest = digests.of_bytes(content)
    kept = folder / FOLDER / f"{digest}.lock"
    if not kept.is_file() or digests.of_file(kept) != digest:
        kept.parent.mkdir(exist_ok=True)
        draft = kept.with_suffix(".dang-ghi")
        draft.write_bytes(content)
        draft.replace(kept)
    return {**software, "lock": digest}


def kept_lock(folder: Path, software: Mapping[str, Any]) -> bytes | None:
    """Return the lock file that was kept, empty where none was; None if it is not as it was."""
    digest = software.get("lock", "")
    if not digest:
        return b""
    try:
        content = (folder / FOLDER / f"{digest}.lock").read_bytes()
    except (OSError, ValueError):
        return None
    return content if digests.of_bytes(content) == digest else None
