"""Kernels for reports: one of our own interpreter, in its own folder, over a socket that no other run can reach.

Measured hazards that this avoids: ``papermill.execute_notebook(cwd=…)`` changes the folder of the whole process; TCP
ports collide; ``transport="ipc"`` alone gives every kernel the same socket name, so that a client can talk to another
run's kernel. Here each kernel has a connection file in a short folder of its own, and the caller gives the kernel's
folder through nbclient's resources.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_SOCKET_FOLDER = 60
"""Unix socket paths end at about 104 bytes."""

STEADY: dict[str, str] = {
    "PYTHONHASHSEED": "0",
    "PYTHONWARNINGS": "ignore",
    "LC_ALL": "C.UTF-8",
    "TZ": "Asia/Ho_Chi_Minh",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""What every report's kernel sees, whatever the machine: the same inputs must give the same bytes."""


def kernel_manager(environment: Mapping[str, str]) -> type[AsyncKernelManager]:
    """Return a kernel manager class for one run; ``environment`` is added to :data:`STEADY`."""

    class PrivateKernelManager(AsyncKernelManager):
        """Starts this interpreter's ipykernel; its sockets live and die with the run."""

        def __init__(self, **traits: Any) -> None:
            base = tempfile.gettempdir()
            if len(base) > _LONGEST_SOCKET_FOLDER:
                base = "/tmp"
            self._private = tempfile.TemporaryDirectory(prefix="as-", dir=base, ignore_cleanup_errors=True)
            if os.name == "posix":
                traits |= {"transport": "ipc", "connection_file": str(Path(self._private.name) / "k.json")}
            super().__init__(**traits)
            env = {**STEADY, "IPYTHONDIR": self._private.name, **environment}
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--IPKernelApp.log_level=50"]
            self._kernel_spec = KernelSpec(argv=argv, display_name="assess", language="python", env=env)

    return PrivateKernelManager
