"""The files that were taken in, kept beside the store under their digests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assess.base import digests
from assess.base.errors import input_error
from assess.base.machine import private_files
from assess.base.machine_faults import reason

if TYPE_CHECKING:
    from pathlib import Path


class Originals:
    """A folder of files by digest; what is in it never changes."""

    def __init__(self, store: Path) -> None:
        """Use the folder beside a store, such as ``data/store.goc`` for ``data/store.duckdb``."""
        self.folder = store.with_name(f"{store.stem}.goc")

    def keep(self, path: Path, digest: str) -> None:
        """Keep a copy of a file whose bytes have a digest, safely on disk before this returns.

        Raise :class:`~assess.base.errors.InputError` if the file is another by now, or cannot be
        written.
        """
        if self.find(digest) is not None:
            return
        try:
            content = path.read_bytes()
        except OSError as error:
            raise input_error("unwritable", str(path), reason=reason(error)) from error
        if digests.of_bytes(content) != digest:
            raise input_error("file-changed", path.name)
        self.keep_bytes(content, path.suffix)

    @private_files()
    def keep_bytes(self, content: bytes, suffix: str) -> str:
        """Keep what stands in a file, as :meth:`keep` does; return its digest."""
        digest = digests.of_bytes(content)
        target = self.path(digest, suffix)
        if self.find(digest) is not None:
            return digest
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f".{target.name}.{os.getpid()}")
            with draft.open("wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            draft.replace(target)
        except OSError as error:
            raise input_error(
                "unwritable", str(error.filename or target), reason=reason(error)
            ) from error
        return digest

    def path(self, digest: str, suffix: str) -> Path:
        """Return where a file with a digest is kept."""
        return self.folder / digest[:2] / f"{digest}{suffix.lower()}"

    def find(self, digest: str) -> Path | None:
        """Return the kept file with a digest, or None."""
        return next(iter(sorted((self.folder / digest[:2]).glob(f"{digest}*"))), None)
