"""End what a process has started, and what that has started, also when it ends unexpectedly.

Linux only: a process can ask to be killed with its parent, and to become the parent of all
processes below it whose own parent has ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from pathlib import Path

_PDEATHSIG, _CHILD_SUBREAPER = 1, 36


def end_with_parent() -> None:
    """Let this process be killed when the thread that started it ends."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it had ended before
        os._exit(1)


def adopt_orphans() -> None:
    """Let processes below this one become its children when their parent ends."""
    ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_children(spared: frozenset[int] = frozenset()) -> None:
    """Kill and collect every child of this process, and the orphans that it gets meanwhile."""
    while True:
        found = children() - spared
        if not found:
            return
        for child in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        for child in found:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


def children() -> set[int]:
    """Return the process numbers of this process's children, ended ones included."""
    me = os.getpid()
    try:
        text = Path(f"/proc/self/task/{me}/children").read_text(encoding="ascii")
    except OSError:  # a system built without this list
        return {pid for pid in _every_process() if _parent(pid) == me}
    return {int(each) for each in text.split()}


def _every_process() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return int(stat.rpartition(")")[2].split()[1])
    return 0
