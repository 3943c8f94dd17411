"""Open the store's file in the one DuckDB instance of this process.

A new instance takes 25 ms, attaching a file to one 3 ms. A file is attached only while something
reads or writes it, so that other processes can have it in between.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_lock = threading.Lock()
_instance: Any = None
_names = count(1)
_users: dict[tuple[str, bool], tuple[str, int]] = {}
"""By path and whether only for reading: the name a file is attached under, and how many use it."""


class AttachedFile:
    """A connection whose default database is an attached file; readers of one file share it."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        """Attach the file, which must exist for readers. Raise ``duckdb.Error``."""
        global _instance  # noqa: PLW0603 - one a process is the point
        import duckdb

        self._key = str(path.resolve()), read_only
        with _lock:
            if _instance is None:
                options: dict[str, Any] = {
                    "threads": 2,
                    "preserve_insertion_order": True,
                    "temp_directory": tempfile.gettempdir(),
                }
                _instance = duckdb.connect(":memory:", config=options)
            self.connection = _instance.cursor()
            name, users = _users.get(self._key, ("", 0))
            if not users:
                name = f"store_{next(_names)}"
                quoted = self._key[0].replace("'", "''")
                mode = "TYPE DUCKDB, READ_ONLY" if read_only else "TYPE DUCKDB"
                self.connection.execute(f"ATTACH '{quoted}' AS {name} ({mode})")
            _users[self._key] = name, users + 1
        self.connection.execute(f"USE {name}")

    def close(self) -> None:
        """Leave the file, undoing what was not committed; the last one detaches it."""
        global _instance  # noqa: PLW0603 - the same
        import duckdb

        for statement in ("ROLLBACK", "USE memory"):
            with contextlib.suppress(duckdb.Error):
                self.connection.execute(statement)
        with _lock:
            name, users = _users.pop(self._key)
            if users > 1:
                _users[self._key] = name, users - 1
            else:
                try:
                    self.connection.execute(f"DETACH {name}")
                except duckdb.Error:  # a full disk, say: let go of the file all the same
                    _instance.close()
                    _instance = None
        self.connection.close()


def _forget() -> None:
    """In a forked copy of this process: the instance and its threads are the parent's."""
    global _instance, _lock
    _instance, _lock = None, threading.Lock()
    _users.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
