"""Limits that a process sets on itself before it runs cells: its memory, and where it may write.

Writing is confined with Landlock (Linux 5.13 and later), for every library. Elsewhere
:func:`confine_writes` returns False, and nothing is confined.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# linux/landlock.h; the system call numbers are the same on every architecture
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH, _NO_NEW_PRIVS = 1, 1, 38
_WRITE_FILE, _TRUNCATE, _REFER = 1 << 1, 1 << 14, 1 << 13
_CHANGE_FOLDER = sum(1 << bit for bit in range(4, 13))
"""Remove and make entries of every kind: directories, files, sockets, pipes, devices, links."""
_ABI_REFER, _ABI_TRUNCATE = 2, 3


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def limit_memory(size: int) -> None:
    """Limit private memory to what this process has now plus ``size`` bytes.

    A cell that needs more gets ``MemoryError``. What a forked process starts with is mostly shared
    with its parent; a limit below that would stop it at its first thread.
    """
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    size += _private_memory()
    soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _private_memory() -> int:
    """Return this process's private memory in bytes, as the limit counts it; 0 where unknown."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - no pathlib
            return next(
                (int(line.split()[1]) << 10 for line in status if line.startswith("VmData:")), 0
            )
    except OSError:
        return 0


def confine_writes(folders: Iterable[str]) -> bool:
    """Let this process and its children write only below ``folders`` and to devices.

    Return whether the system can do that. Open descriptors stay usable. Raise ``OSError`` when a
    folder does not exist.
    """
    version = landlock_version()
    if version < 1:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    handled = _WRITE_FILE | _CHANGE_FOLDER
    handled |= _REFER if version >= _ABI_REFER else 0
    handled |= _TRUNCATE if version >= _ABI_TRUNCATE else 0
    attributes = _Ruleset(handled)
    ruleset = _checked(
        libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
    )
    try:
        for folder in folders:
            _allow(libc, ruleset, folder, handled)
        _allow(libc, ruleset, "/dev", handled & (_WRITE_FILE | _TRUNCATE))
        if os.path.isdir("/dev/shm"):  # noqa: PTH112, S108 - shared memory of a cell's processes
            _allow(libc, ruleset, "/dev/shm", handled)  # noqa: S108 - the same
        _checked(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def landlock_version() -> int:
    """Return the version of Landlock that this system has; 0 without it."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)))


def _allow(libc: ctypes.CDLL, ruleset: int, folder: str, access: int) -> None:
    descriptor = os.open(folder, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    try:
        beneath = _Beneath(access, descriptor)
        _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(beneath), 0))
    finally:
        os.close(descriptor)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {errno.errorcode.get(number, number)}")
    return result
