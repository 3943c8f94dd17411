"""The environment variables of report kernels, and the template process they are forked from."""

from __future__ import annotations

import contextlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from assess.kernels.template import (
    Kind,
    TemplateError,
    close_template,
    is_alive,
    join_template,
    template_for,
)

if TYPE_CHECKING:
    import socket

STEADY: dict[str, str] = {
    "PYTHONHASHSEED": "0",
    "PYTHONWARNINGS": "ignore",
    "LC_ALL": "C.UTF-8",
    "TZ": "Asia/Ho_Chi_Minh",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""Variables of every report kernel, on any machine: the same inputs must give the same bytes."""
TEMPLATE = {"modules": ["assess.runs.warm_up"], "calls": ["assess.runs.warm_up:fill_caches"]}
"""What the template process of report kernels imports and calls (:mod:`assess.kernels.server`)."""


class KernelStartError(RuntimeError):
    """A kernel did not start; the message is for staff."""


def fixed_environment() -> dict[str, str]:
    """Return :data:`STEADY` plus matplotlib's default settings and a folder for its font list.

    The defaults replace the user's settings. The folder is shared by all runs of a user; cells
    cannot write to it. Without matplotlib, or a writable folder, return :data:`STEADY` alone.
    """
    found = find_spec("matplotlib")
    home = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assess" / "matplotlib"
    )
    with contextlib.suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
    if found is None or found.origin is None or not os.access(home, os.W_OK):
        return STEADY
    settings = Path(found.origin).parent / "mpl-data" / "matplotlibrc"
    return {**STEADY, "MATPLOTLIBRC": str(settings), "MPLCONFIGDIR": str(home)}


def start_template() -> socket.socket | None:
    """Start the template process of report kernels; return a link to it for one worker.

    It serves this process and every worker that joins. Return None where it cannot be started.
    """
    with contextlib.suppress(TemplateError):
        return template_for(_kind()).link()
    return None


def join(link: socket.socket | None) -> None:
    """Fork this worker's kernels from the template process behind a link; None: use its own."""
    if link is not None:
        join_template(link, _kind())


def template_is_gone() -> bool:
    """Whether the template process of this process has ended and has not been replaced yet."""
    return is_alive(_kind()) is False


def has_template() -> bool:
    """Whether this process has a running template process."""
    return is_alive(_kind()) is True


def stop_template() -> None:
    """Close the template process of this process, if there is one."""
    close_template(_kind())


def _kind() -> Kind:
    return Kind(
        sys.executable,
        tuple(TEMPLATE["modules"]),
        tuple(TEMPLATE["calls"]),
        {**os.environ, **fixed_environment()},
    )
