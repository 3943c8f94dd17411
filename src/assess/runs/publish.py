"""Give finished reports their final names. One process does it, so that no two results mix.

The old files of a report are removed before the new ones are renamed into place. A reader, or a
crash, may find a report incomplete for a moment, but never files of two results whose names do not
tell them apart.

Files that cannot be remade are kept: where a report fails, the last one stays beside the failure
page; where one format fails, the last file of that format stays as ``NAME.older.pdf``.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from assess.base import digests
from assess.runs.failure_page import PAGE, failure_page
from assess.runs.ledger import KeptFiles
from assess.runs.make_report import FAILED, FAILED_SLICE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from assess.runs.job import Job, JobResult
    from assess.runs.ledger import LedgerEntry

OLDER = ".older"
"""Inserted before the suffix of a file that is older than the report's other files."""


def publish(
    order: Job, made: JobResult, folder: Path, draft: Path, before: LedgerEntry | None = None
) -> tuple[dict[str, str], tuple[KeptFiles, ...]]:
    """Put a report, or its failure page, in its place below the matrix's ``folder``.

    ``draft`` is a folder on the same disk, ``before`` the run's last ledger entry. Return the
    digest of each file by name, and the files kept of earlier reports. Raise ``OSError`` when the
    disk is full; no half-written file has a final name then.
    """
    name, final = order.run.name, folder / order.run.folder
    standing = list(_standing(before, final))
    renamed: dict[str, str] = {}
    if made.failure is None:
        standing, renamed = _of_lacking(standing, name, made.lacking)
    files = {f"{name}{suffix}": content for suffix, content in made.files.items()}
    if not made.ok:
        files[f"{name}{PAGE}"] = failure_page(
            order, made, standing, has_notebook=FAILED in made.files
        ).encode()
    if made.failure is None:
        files |= {f"{name}.slice/{part}": content for part, content in order.slice.items()}
    elif FAILED in made.files:
        files |= {f"{name}{FAILED_SLICE}/{part}": content for part, content in order.slice.items()}
    shutil.rmtree(draft, ignore_errors=True)
    for place, content in files.items():
        path = draft / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    final.mkdir(parents=True, exist_ok=True)
    for old, new in renamed.items():
        (final / old).replace(final / new)
    withdraw(final, name, {place for old in standing for place in old.files})
    for path in sorted(draft.iterdir()):
        path.replace(final / path.name)
    draft.rmdir()
    return {place: digests.of_bytes(content) for place, content in sorted(files.items())}, tuple(
        standing
    )


def _standing(before: LedgerEntry | None, final: Path) -> Iterator[KeptFiles]:
    """Yield the files of earlier reports, newest first; altered files are left out."""
    if before is None:
        return
    told = (f"{before.name}{PAGE}",)
    own = (
        [KeptFiles(before.as_of, before.document_date, before.components, before.files)]
        if before.has_report
        else []
    )
    for old in (*own, *before.older):
        there = {
            place: digest
            for place, digest in old.files.items()
            if place not in told and _is(final / place, digest)
        }
        if there:
            yield KeptFiles(old.as_of, old.document_date, old.components, there)


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and digests.of_file(path) == digest


def _of_lacking(
    standing: list[KeptFiles], name: str, lacking: Collection[str]
) -> tuple[list[KeptFiles], dict[str, str]]:
    """Keep the newest file of each lacking format; return the kept files and the renamings."""
    kept: list[KeptFiles] = []
    renamed: dict[str, str] = {}
    found: set[str] = set()
    for old in standing:
        files = {}
        for kind in set(lacking) - found:
            aside = f"{name}{OLDER}.{kind}"
            for place in (f"{name}.{kind}", aside):
                if place in old.files:
                    files[aside] = old.files[place]
                    found.add(kind)
                    if place != aside:
                        renamed[place] = aside
                    break
        if files:
            kept.append(KeptFiles(old.as_of, old.document_date, old.components, files))
    return kept, renamed


def withdraw(final: Path, name: str, kept: Collection[str] = ()) -> None:
    """Remove all files of a report's name except those ``kept``."""
    for path in final.glob(f"{name}.*"):
        if path.is_dir() and not path.is_symlink():
            if not any(place.startswith(f"{path.name}/") for place in kept):
                shutil.rmtree(path, ignore_errors=True)
        elif path.name not in kept:
            path.unlink()


def altered(final: Path, name: str, files: Mapping[str, str]) -> str:
    """Return the first missing, altered or extra file, in Vietnamese; empty when there is none."""
    for place, digest in files.items():
        path = final / place
        if not path.is_file():
            return f"{place} không còn"
        if digests.of_file(path) != digest:
            return f"{place} đã bị sửa"
    strangers = sorted(_places(final, name) - set(files))
    return f"{strangers[0]} là tệp lạ" if strangers else ""


def _places(final: Path, name: str) -> set[str]:
    """Return the files under a report's name, by path below ``final``."""
    found: set[str] = set()
    for path in final.glob(f"{name}.*"):
        if path.is_dir():
            for folder, _, names in os.walk(path):
                below = folder[len(str(final)) + 1 :].replace(os.sep, "/")
                found.update(f"{below}/{inner}" for inner in names)
        else:
            found.add(path.name)
    return found
