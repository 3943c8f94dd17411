"""Give finished reports their final names. One process does it, so that no two results ever mix.

What stood under a name is taken away before the new files come, each renamed into place whole: a reader, or a crash, may
find a report incomplete for a moment, but never files of two results side by side.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from assess.base import digests
from assess.runs.failure import PAGE, failure_page
from assess.runs.make import FAILED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assess.runs.order import Made, Order


def publish(order: Order, made: Made, folder: Path, draft: Path) -> dict[str, str]:
    """Put a report, or the page of its failure, in its place below the matrix's ``folder``; return the digest of each file by name.

    ``draft`` is a folder on the same disk. Raises ``OSError`` when the disk is full; nothing half-written has a final name then.
    """
    name = order.run.name
    files = {f"{name}{suffix}": content for suffix, content in made.files.items()}
    if made.failure is not None:
        files[f"{name}{PAGE}"] = failure_page(order, made.failure, has_notebook=FAILED in made.files).encode()
    if made.ok or FAILED in made.files:
        files |= {f"{name}.slice/{part}": content for part, content in order.slice.items()}
    shutil.rmtree(draft, ignore_errors=True)
    for place, content in files.items():
        path = draft / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    final = folder / order.run.folder
    withdraw(final, name)
    final.mkdir(parents=True, exist_ok=True)
    for path in sorted(draft.iterdir()):
        path.replace(final / path.name)
    draft.rmdir()
    return {place: digests.of_bytes(content) for place, content in sorted(files.items())}


def withdraw(final: Path, name: str) -> None:
    """Take away whatever stands under a report's name."""
    for path in final.glob(f"{name}.*"):
        if path.is_file():
            path.unlink()
    shutil.rmtree(final / f"{name}.slice", ignore_errors=True)


def altered(final: Path, name: str, files: Mapping[str, str]) -> str:
    """Return the first published file that is not as the ledger says, or one too many; empty when all are."""
    for place, digest in files.items():
        path = final / place
        if not path.is_file():
            return f"{place} không còn"
        if digests.of_file(path) != digest:
            return f"{place} đã bị sửa"
    found = {path.name for path in final.glob(f"{name}.*") if path.is_file()}
    found |= {path.relative_to(final).as_posix() for path in (final / f"{name}.slice").rglob("*") if path.is_file()}
    strangers = sorted(found - set(files))
    return f"{strangers[0]} là tệp lạ" if strangers else ""
