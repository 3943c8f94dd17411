"""Private folders for a moment, with a mark of the process that made them, so that those of a process killed outright can be swept."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from pathlib import Path

PREFIX = "as-"
_SHORT = "/tmp"  # noqa: S108 - private folders with unforeseeable names, as mkdtemp makes them
"""Where a folder for sockets stands when the usual place has too long a name."""
_MARK = ".assess-process"


class Scratch:
    """A private folder, removed at the end of a ``with`` block or by :meth:`cleanup`; swept by a later run otherwise."""

    def __init__(self, base: str = "") -> None:
        """Make the folder below ``base`` (default: where temporary files go)."""
        self.name = tempfile.mkdtemp(prefix=PREFIX, dir=base or None)
        mark(self.name)

    def __enter__(self) -> str:
        """Return the folder."""
        return self.name

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self.cleanup()

    def cleanup(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.name, ignore_errors=True)


def mark(folder: str) -> None:
    """Write down who made a folder: the machine, the process, and when it started."""
    (Path(folder) / _MARK).write_text(_owner(os.getpid()), encoding="utf-8")


def sweep() -> None:
    """Remove private folders of ours, made on this machine, whose process is gone."""
    for base in {tempfile.gettempdir(), _SHORT}:
        for path in Path(base).glob(f"{PREFIX}*"):
            # another run may sweep at the same time, and a folder of somebody else is none of our affair
            with contextlib.suppress(OSError, ValueError):
                said = (path / _MARK).read_text(encoding="utf-8")
                host, pid, _ = said.split("\n")
                if host == _host() and not path.is_symlink() and _owner(int(pid)) != said:
                    shutil.rmtree(path, ignore_errors=True)


def _owner(pid: int) -> str:
    return f"{_host()}\n{pid}\n{_started(pid)}"


def _host() -> str:
    """This machine, or this container: process numbers mean nothing elsewhere."""
    with contextlib.suppress(OSError):
        return f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"
    return socket.gethostname()


def _started(pid: int) -> str:
    """When a process started, as its system counts; empty when there is none."""
    try:
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="ascii", errors="replace")
            .rpartition(")")[2]
            .split()[19]
        )
    except OSError:
        return "" if Path("/proc/self/stat").exists() else "?"
