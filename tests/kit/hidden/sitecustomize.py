"""Hide from Python what systems other than Linux lack; loaded first where this is on PYTHONPATH."""

import ctypes
import os
import socket
import sys

for name in ("fcntl", "resource", "termios", "pwd", "grp"):
    sys.modules[name] = None
for name in ("fork", "forkpty", "memfd_create", "pidfd_open", "sched_getaffinity", "getuid"):
    # what a library asks for on Linux alone, and would not on the system that is played here
    if hasattr(os, name) and name != os.environ.get("NOT_HIDDEN"):
        delattr(os, name)
for name in ("send_fds", "recv_fds"):
    if hasattr(socket, name):
        delattr(socket, name)


class _NoCalls(ctypes.CDLL):
    """A C library without system calls: no Landlock, no prctl."""

    def __getattr__(self, name):
        if name in ("syscall", "prctl"):
            raise AttributeError(name)
        return super().__getattr__(name)


ctypes.CDLL = _NoCalls
