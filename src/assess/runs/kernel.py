"""Kernels for reports: this interpreter, in a folder of its own, over sockets of its own.

This avoids measured hazards: ``papermill.execute_notebook(cwd=…)`` changes the working folder of
the whole process; TCP ports collide; ``transport="ipc"`` alone gives every kernel the same socket
name, so that a client can talk to another run's kernel. Here each kernel has its connection file in
a short private folder, and the caller sets its working folder through nbclient's resources.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from assess.kernels import guard
from assess.runs.environment import TEMPLATE, KernelStartError, fixed_environment
from assess.runs.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_SOCKET_FOLDER = 60
"""Longest usable temporary folder: Unix socket paths are limited to about 104 bytes."""

_LOOK_AGAIN_MS = 4


@dataclass(frozen=True, slots=True)
class KernelLimits:
    """Settings of a report's kernel: ``memory`` in bytes (0: no limit), environment variables.

    ``warm`` kernels are forked from a template process; others are started cold.
    """

    memory: int = 0
    warm: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)


def kernel_manager(folder: Path, limits: KernelLimits) -> type[AsyncKernelManager]:
    """Return a kernel manager class for one run whose cells can write only in ``folder``.

    They can also write in the kernel's own temporary folder. Without Landlock nothing is confined
    (:mod:`assess.kernels.guard`).
    """

    class PrivateKernelManager(AsyncKernelManager):
        """Starts this interpreter's ipykernel; its sockets are removed with the run."""

        def __init__(self, **traits: Any) -> None:
            base = tempfile.gettempdir()
            if os.name == "posix" and len(base) > _LONGEST_SOCKET_FOLDER:
                base = "/tmp"
            self._private = Scratch(base)
            if os.name == "posix":
                traits |= {
                    "transport": "ipc",
                    "connection_file": str(Path(self._private.name) / "k.json"),
                }
            super().__init__(**traits, client_factory=PromptClient)
            env = {
                **fixed_environment(),
                "IPYTHONDIR": self._private.name,
                "TMPDIR": self._private.name,
                **limits.environment,
            }
            env[guard.WRITES] = os.pathsep.join((str(folder), self._private.name))
            env[guard.MEMORY] = str(limits.memory or "")
            argv = [sys.executable, "-m", "assess.kernels.launcher", "-f", "{connection_file}"]
            argv += ["--IPKernelApp.log_level=50", "--HistoryManager.enabled=False"]
            provisioner = {
                "kernel_provisioner": {"provisioner_name": "assess-warm", "config": TEMPLATE}
            }
            self._kernel_spec = KernelSpec(
                argv=argv,
                display_name="assess",
                language="python",
                env=env,
                metadata=provisioner if limits.warm else {},
            )

        async def _async_wait(self, pollinterval: float = 0.1) -> None:
            """Wait for the kernel to end, checking every 2 ms: a killed kernel ends at once."""
            del pollinterval
            while await self.is_alive():
                await asyncio.sleep(0.002)

        async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]  # as in its own class
            """End the kernel and remove its private folder."""
            await super().shutdown_kernel(now=now, restart=restart)
            if not restart:
                self._private.cleanup()

    return PrivateKernelManager


class PromptClient(AsyncKernelClient):
    """A kernel client that is ready as soon as the kernel is.

    jupyter_client waits until no message has come for 0.2 s. A current kernel announces the
    subscription itself (``iopub_welcome``); after that and one reply, no message can be lost.
    Without the announcement, wait as jupyter_client does.
    """

    about: dict[str, Any] | None = None
    """The kernel's ``kernel_info`` reply, once it is ready."""

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Connect, retrying every 4 ms instead of zmq's 100: the kernel is not listening yet."""
        self.context.setsockopt(zmq.RECONNECT_IVL, _LOOK_AGAIN_MS)
        super().start_channels(*args, **kwargs)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers.

        Raise :class:`KernelStartError` when it dies before that, or after ``timeout`` seconds.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        asked = self.kernel_info()
        welcome = asyncio.ensure_future(
            self._seen(self.iopub_channel, lambda m: m["msg_type"] == "iopub_welcome")
        )
        answer = asyncio.ensure_future(
            self._seen(self.shell_channel, lambda m: m["parent_header"].get("msg_id") == asked)
        )
        waiting = {welcome, answer}
        try:
            while waiting:
                done, waiting = await asyncio.wait(
                    waiting, timeout=0.5, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    task.result()
                if waiting and not await self.is_alive():
                    raise KernelStartError(
                        "tiến trình của sổ tính dừng ngay khi khởi động; có thể vì máy không đủ bộ nhớ"
                    )
                if waiting and answer.done() and not done:
                    return await super().wait_for_ready(timeout)
                if waiting and time.monotonic() > end:
                    raise KernelStartError(
                        f"tiến trình của sổ tính không trả lời trong {timeout} giây"
                    )
        finally:
            for task in waiting:
                task.cancel()
        self._handle_kernel_info_reply(answer.result())
        self.about = answer.result()["content"]
        return None

    async def _seen(self, channel: Any, wanted: Any) -> dict[str, Any]:
        """Read messages until the wanted one; nobody waits for those before it."""
        while True:
            try:
                message: dict[str, Any] = await channel.get_msg(timeout=1)
            except Empty:
                continue
            if wanted(message):
                return message
