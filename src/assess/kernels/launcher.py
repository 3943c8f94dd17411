"""``ipykernel_launcher`` with the limits of :mod:`assess.kernels.guard`.

``python -m assess.kernels.launcher`` is a cold kernel; a forked kernel calls :func:`run`.
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
"""Modules that a kernelspec may start with ``python -m``, and that can be forked instead."""


def run(arguments: Sequence[str], parent: int = 0) -> None:
    """Run an IPython kernel until it is stopped, or until the process ``parent`` ends."""
    from assess.kernels.guard import apply_limits

    apply_limits(os.environ)
    found = find_spec("ipykernel_launcher")
    sys.argv = [found.origin if found and found.origin else "ipykernel_launcher", *arguments]
    from ipykernel.kernelapp import IPKernelApp

    # the class read its parent from the environment of the process that imported it
    IPKernelApp.launch_instance(
        argv=[*arguments, *([f"--IPKernelApp.parent_handle={parent}"] if parent else [])]
    )


if __name__ == "__main__":
    if sys.path[0] == "" or Path(sys.path[0]) == Path.cwd():
        del sys.path[
            0
        ]  # as ipykernel_launcher does: hidden from the kernel's imports, given back to cells
    run(sys.argv[1:])
