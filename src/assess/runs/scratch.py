"""Temporary folders marked with their process, so that those of a killed process can be removed."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from pathlib import Path

PREFIX = "as-"
_MARK = ".assess-process"


class Scratch:
    """A private folder, removed after a ``with`` block, by :meth:`cleanup`, or by a later sweep."""

    def __init__(self) -> None:
        """Make the folder below the usual temporary folder."""
        self.name = tempfile.mkdtemp(prefix=PREFIX)
        mark(self.name)

    def __enter__(self) -> str:
        """Return the folder."""
        return self.name

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self.cleanup()

    def cleanup(self) -> None:
        """Remove the folder and its contents."""
        shutil.rmtree(self.name, ignore_errors=True)


def mark(folder: str) -> None:
    """Write into a folder who made it: the machine, the process, and when that started."""
    (Path(folder) / _MARK).write_text(_owner(os.getpid()), encoding="utf-8")


def sweep() -> None:
    """Remove private folders made on this machine whose process has ended."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # another run may sweep at the same time; a folder of another user is left alone
        with contextlib.suppress(OSError, ValueError):
            said = (path / _MARK).read_text(encoding="utf-8")
            host, pid, _ = said.split("\n")
            if host == _host() and not path.is_symlink() and _owner(int(pid)) != said:
                shutil.rmtree(path, ignore_errors=True)


def _owner(pid: int) -> str:
    return f"{_host()}\n{pid}\n{_started(pid)}"


def _host() -> str:
    """Return a name of this machine and container: process numbers have a meaning only there."""
    with contextlib.suppress(OSError):
        return f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"
    return socket.gethostname()


def _started(pid: int) -> str:
    """Return when a process started, in the system's clock ticks; empty when it does not exist."""
    try:
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="ascii", errors="replace")
            .rpartition(")")[2]
            .split()[19]
        )
    except OSError:
        return "" if Path("/proc/self/stat").exists() else "?"
