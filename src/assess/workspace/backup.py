"""One dated file with all that a workspace cannot make again, read back before it counts.

A backup holds the stores with the files that were taken in, ``params``, the templates and the
issued documents, and a ``MANIFEST.sha256`` of them. Reports are not in it: they can be made again
from what is.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base import digests
from assess.base.errors import input_error
from assess.base.machine import new_file, now, private_files
from assess.base.machine_faults import reason
from assess.exchange.sealed_zip import extract_sealed, write_sealed
from assess.exchange.store import Store, Writer
from assess.workspace import STORE_SUFFIX, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.exchange.store import Link

PARTS = ("params", "notebooks", "data", "phat-hanh", "docs/huong-dan.md", ".assess")
"""What is backed up of a workspace."""
FOLDER = "sao-luu"
"""The folder of a workspace for its own backups: to be copied elsewhere."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read back: its file, digest, number of files and last link by store."""

    path: Path
    digest: str
    files: int
    heads: dict[str, Link | None]


@private_files()
def back_up(workspace: Workspace, target: Path | None = None) -> Backup:
    """Write a backup of a workspace and read it back; return it.

    The default is a new file in :data:`FOLDER`, named by the moment. While the stores are copied
    nobody can write to them. Raise :class:`~assess.base.errors.InputError` if the file exists,
    cannot be written, or a store in it does not hold.
    """
    target = target or workspace.root / FOLDER / f"{now():%Y-%m-%d-%H%M%S}.zip"
    root = workspace.root
    with new_file(target) as draft:
        with _still(workspace):
            write_sealed(
                draft, ((path.relative_to(root).as_posix(), path) for path in _files(root))
            )
        return _read_back(draft, target)


def _stores(root: Path) -> list[Path]:
    return sorted((root / "data").glob(f"*{STORE_SUFFIX}"))


@contextlib.contextmanager
def _still(workspace: Workspace) -> Iterator[None]:
    """Keep writers out of all stores of a workspace."""
    with contextlib.ExitStack() as held:
        for path in _stores(workspace.root):
            store = Store(path)
            held.enter_context(store.exclusive_writer())
            store.links()  # takes in what a killed process left in its log
        yield


def _files(root: Path) -> Iterator[Path]:
    for part in PARTS:
        start = root / part
        for path in [start] if start.is_file() else sorted(start.rglob("*")):
            if path.is_file() and not path.is_symlink() and not _passing(path):
                yield path


def _passing(path: Path) -> bool:
    """Whether a file is a lock or a draft, of no use later."""
    hidden = path.name.startswith(".") and path.parent.name != ".assess"
    return hidden or "__pycache__" in path.parts or ".ipynb_checkpoints" in path.parts


def _read_back(path: Path, shown: Path) -> Backup:
    """Prove every file of a backup and every store in it; return the backup.

    Raise :class:`~assess.base.errors.InputError` for one that is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="assess-sao-luu-") as scratch:
        count = extract_sealed(path, Path(scratch), shown, "backup-damaged")
        heads = {}
        for store in _stores(Path(scratch)):
            found = [f for f in Store(store).check() if f.severity == "error"]
            if found:
                raise input_error("backup-store", str(shown), found=str(found[0]))
            heads[store.relative_to(scratch).as_posix()] = _head(Store(store))
    return Backup(shown, digests.of_file(path), count, heads)


def _head(store: Store) -> Link | None:
    return next(reversed(store.links()), None)


@private_files()
def restore(path: Path, folder: Path, by: Writer | None = None) -> Backup:
    """Lay a backup into a new or empty folder, proved; each store gets a link that says so.

    ``by`` is who restores; by default who works in the workspace. Nothing is left in the folder if
    the backup does not hold. Raise :class:`~assess.base.errors.InputError` for such a backup.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise input_error("not-empty", str(folder))
    if not path.is_file():
        raise input_error("unreadable", str(path), reason="không có tệp này")
    backup = _read_back(path, path)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        extract_sealed(path, draft, path, "backup-damaged")
        workspace = Workspace(draft)
        for store in _stores(draft):
            writer = by or Writer(workspace.actor)
            Store(store, by=writer).note_restored(backup.digest)
        if folder.exists():
            folder.rmdir()
        draft.replace(folder)
    except OSError as error:
        raise input_error(
            "unwritable", str(error.filename or folder), reason=reason(error)
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return backup
