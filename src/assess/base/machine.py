"""Functions that depend on the machine: cores, memory, clock, file permissions and locks."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from assess.base.errors import input_error
from assess.base.machine_faults import reason

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def cores() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fair_memory(shares: int) -> int:
    """Return the bytes that each of ``shares`` processes may use, 0 if this is unknown.

    Together they get four fifths of the memory of the machine or container, at most 4 GiB each.
    """
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0
    return min(4 << 30, min([whole, *_container_limits()]) * 4 // 5 // max(1, shares))


def _container_limits() -> list[int]:
    """Return the memory limits that control groups set for this process, as far as known."""
    found = []
    for name in _LIMITS:
        with contextlib.suppress(OSError, ValueError):
            found.append(int(Path(name).read_text(encoding="ascii")))
    return found


_VIETNAM = dt.timezone(dt.timedelta(hours=7))


def now() -> dt.datetime:
    """Return the time in Vietnam without a zone, to the second, as in the records.

    Vietnam has one zone and no summer time: the same wherever the machine is or thinks it is.
    """
    return dt.datetime.now(_VIETNAM).replace(microsecond=0, tzinfo=None)


def clock_now() -> dt.datetime:
    """Return what the machine's clock says, UTC without a zone, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0, tzinfo=None)


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Make files and folders created in this block readable by their owner only.

    This includes files of processes started in the block. Records of the Party are shared only on
    purpose, by the permissions of the folder they are copied to.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Give a draft beside a file that takes its place when the block ends; else nothing is left.

    The file may not exist. Raise :class:`~assess.base.errors.InputError` if it does, or cannot be
    written.
    """
    if target.exists():
        raise input_error("file-exists", str(target))
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        draft.replace(target)
    except OSError as error:
        raise input_error(
            "unwritable", str(error.filename or target), reason=reason(error)
        ) from error
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def file_lock(lock: Path) -> Iterator[None]:
    """Hold a lock file; a second process prints a notice and waits until it is free."""
    with warnings.catch_warnings():
        # on a system without locks filelock warns, in English, and uses a file that says who has it
        warnings.simplefilter("ignore")
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
    """Print a message to standard error."""
    print(text, file=sys.stderr)  # noqa: T201 - a waiting user must see the reason at once
