"""The kernel provisioner ``assess-warm``, with which ``jupyter_client`` controls a kernel."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from assess.kernels.launcher import MODULES
from assess.kernels.template import CAN_FORK, Forked, Kind, TemplateError, template_for

COLD = "ASSESS_COLD_KERNELS"
"""Environment variable that, set to anything, makes all kernels start cold."""
_UNDERSTOOD = {
    "env",
    "cwd",
    "stdin",
    "stdout",
    "stderr",
    "independent",
    "extra_arguments",
    "kernel_id",
}


class WarmProvisioner(LocalProvisioner):
    """Forks an IPython kernel from a template process; starts it cold where that is not possible.

    Configured in ``kernel.json`` under ``metadata.kernel_provisioner.config``: ``modules`` to
    import in the template, and ``calls``, functions as ``module:name`` that fill caches there.
    """

    modules = List(
        Unicode(),
        [
            "pandas",
            "matplotlib.figure",
            "matplotlib.backends.backend_agg",
            "matplotlib.backends.backend_svg",
        ],
    )
    calls = List(Unicode(), [])

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork the kernel where that can be done, else start it as a new process."""
        forked = None
        if _forkable(cmd, kwargs):
            with contextlib.suppress(TemplateError):
                forked = await asyncio.get_running_loop().run_in_executor(
                    None, self._fork, cmd, kwargs
                )
        if forked is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process: Any = forked
        self.pid = self.pgid = forked.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel to end; check every 2 ms at first, then up to every 100 ms."""
        if isinstance(self.process, Forked):
            pause = 0.002
            while self.process.poll() is None:
                await asyncio.sleep(pause)
                pause = min(0.1, pause * 1.5)
        return await super().wait()

    def _fork(self, cmd: list[str], kwargs: dict[str, Any]) -> Forked:
        environment = dict(kwargs["env"]) if kwargs.get("env") is not None else dict(os.environ)
        if sys.platform != "win32":
            environment["JPY_PARENT_PID"] = str(os.getpid())
        template = template_for(Kind(cmd[0], tuple(self.modules), tuple(self.calls), environment))
        given, kept, mine = _streams(kwargs)
        try:
            return template.fork(
                cmd[3:], environment, str(kwargs.get("cwd") or Path.cwd()), given, kept
            )
        except TemplateError:
            for stream in kept.values():
                stream.close()
            raise
        finally:
            for descriptor in mine:
                os.close(descriptor)

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel's group while it runs; the number of an ended one may be reused."""
        if not isinstance(self.process, Forked) or self.process.poll() is None:
            await super().send_signal(signum)


def _forkable(cmd: list[str], kwargs: dict[str, Any]) -> bool:
    """Whether a command is ``python -m ipykernel_launcher …`` without options that need a start."""
    if (
        not CAN_FORK
        or os.environ.get(COLD)
        or kwargs.get("independent")
        or set(kwargs) - _UNDERSTOOD
    ):
        return False
    return len(cmd) > 2 and cmd[1] == "-m" and cmd[2] in MODULES and _same(cmd[0], sys.executable)


def _same(one: str, other: str) -> bool:
    return Path(one).absolute() == Path(other).absolute()


def _streams(kwargs: dict[str, Any]) -> tuple[tuple[int, int, int], dict[str, Any], list[int]]:
    """Return the kernel's three descriptors, the client's ends of pipes, and those to close."""
    given: list[int] = []
    kept: dict[str, Any] = {}
    mine: list[int] = []
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        wanted = kwargs.get(name)
        if wanted is None and number == 0:
            wanted = (
                subprocess.DEVNULL
            )  # as a pipe that is closed at once: reading it finds the end
        if wanted is None:
            given.append(number)
        elif wanted == subprocess.PIPE:
            reading, writing = os.pipe()
            theirs, ours = (reading, writing) if number == 0 else (writing, reading)
            kept[name] = os.fdopen(ours, "wb" if number == 0 else "rb", 0)
            given.append(theirs)
            mine.append(theirs)
        elif wanted == subprocess.DEVNULL:
            mine.append(os.open(os.devnull, os.O_RDWR))
            given.append(mine[-1])
        elif wanted == subprocess.STDOUT:
            given.append(given[1])
        else:
            given.append(wanted if isinstance(wanted, int) else wanted.fileno())
    return (given[0], given[1], given[2]), kept, mine
