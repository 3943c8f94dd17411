"""``python -m assess.kernels.launcher``: ``ipykernel_launcher`` with the limits of :mod:`assess.kernels.guard`.

Started as a program it is a cold kernel; a forked kernel comes in by :func:`run` with the imports done.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MODULES = ("ipykernel_launcher", "ipykernel", "assess.kernels.launcher")
"""What a kernelspec may start with ``python -m`` and be forked instead."""


def run(arguments: Sequence[str], parent: int = 0) -> None:
    """Be an IPython kernel until it is told to stop. ``parent`` is the process whose end is also the kernel's."""
    from assess.kernels.guard import apply_limits

    apply_limits(os.environ)
    found = find_spec("ipykernel_launcher")
    sys.argv = [found.origin if found and found.origin else "ipykernel_launcher", *arguments]
    from ipykernel.kernelapp import IPKernelApp

    # the class took its own idea of the parent from the environment of the process that imported it
    IPKernelApp.launch_instance(
        argv=[*arguments, *([f"--IPKernelApp.parent_handle={parent}"] if parent else [])]
    )


if __name__ == "__main__":
    if sys.path[0] == "" or Path(sys.path[0]) == Path.cwd():
        del sys.path[
            0
        ]  # as ipykernel_launcher does: cells get the folder back, imports of the kernel must not see it
    run(sys.argv[1:])
