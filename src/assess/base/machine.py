"""What we ask of the machine: how many cores, and a lock that one process at a time holds."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base.errors import input_error
from assess.base.faults import reason

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def cores() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fair_memory(shares: int) -> int:
    """Return the bytes that each of so many processes may take, 0 where it cannot be known.

    Together four fifths of the memory that the machine, or the container, has; at most 4 GiB each.
    """
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0
    return min(4 << 30, min([whole, *_container_limits()]) * 4 // 5 // max(1, shares))


def _container_limits() -> list[int]:
    """The memory that control groups leave to this process, as far as they say."""
    found = []
    for name in _LIMITS:
        with contextlib.suppress(OSError, ValueError):
            found.append(int(Path(name).read_text(encoding="ascii")))
    return found


def now() -> dt.datetime:
    """Return the moment by this machine's clock, to the second: local time without a zone, as records carry it."""
    return dt.datetime.now().replace(microsecond=0)  # noqa: DTZ005 - records carry local time


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Let files and folders that are made meanwhile be readable by their owner only, also those of processes started meanwhile.

    They are records of the Party: whoever shares them does so on purpose, by the rights of the folder that they are copied to.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextlib.contextmanager
def file_lock(lock: Path) -> Iterator[None]:
    """Hold a lock file; a second process says that it waits, until the first is done or has died."""
    from filelock import FileLock, Timeout

    held = FileLock(lock)
    try:
        try:
            held.acquire(blocking=False)
        except Timeout:
            warn_user(f"{lock.parent}: đang có lượt khác làm việc ở đây, đang chờ …")
            held.acquire()
    except OSError as error:
        raise input_error("unwritable", str(lock), reason=reason(error)) from error
    try:
        yield
    finally:
        held.release()


def warn_user(text: str) -> None:
    """Tell whoever sits at the terminal why nothing happens."""
    print(text, file=sys.stderr)  # noqa: T201 - a wait must be seen while it lasts
