"""What every report's kernel sees of its machine, and the process that such kernels are forked from."""

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
"""What every report's kernel sees, whatever the machine: the same inputs must give the same bytes."""
TEMPLATE = {"modules": ["assess.runs.warm_up"], "calls": ["assess.runs.warm_up:fill_caches"]}
"""What the process that report kernels are forked from has ready (:mod:`assess.kernels.server`)."""


class KernelStartError(RuntimeError):
    """A kernel did not start; the message is for staff."""


def fixed_environment() -> dict[str, str]:
    """Return :data:`STEADY` with matplotlib's own settings in place of the user's, and a folder for its list of fonts.

    The folder is made once for a user; cells cannot write there.
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
    """Start getting the process ready that report kernels are forked from; return a link to it for one worker.

    It serves this process and every worker that joins. Nothing is returned where it cannot be.
    """
    with contextlib.suppress(TemplateError):
        return template_for(_kind()).link()
    return None


def join(link: socket.socket | None) -> None:
    """Fork this worker's kernels from the process at the other end of a link; without one, it starts its own."""
    if link is not None:
        join_template(link, _kind())


def template_is_gone() -> bool:
    """Whether the process that this one's kernels are forked from has ended, and no other has taken its place yet."""
    return is_alive(_kind()) is False


def has_template() -> bool:
    """Whether this process has one that its kernels are forked from."""
    return is_alive(_kind()) is True


def stop_template() -> None:
    """Let it go."""
    close_template(_kind())


def _kind() -> Kind:
    return Kind(
        sys.executable,
        tuple(TEMPLATE["modules"]),
        tuple(TEMPLATE["calls"]),
        {**os.environ, **fixed_environment()},
    )
