"""The environment variables of every process that makes reports."""

from __future__ import annotations

import contextlib
import os
from importlib.util import find_spec
from pathlib import Path

STEADY: dict[str, str] = {
    "PYTHONHASHSEED": "0",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUTF8": "1",
    "LC_ALL": "C.UTF-8",
    "TZ": "Asia/Ho_Chi_Minh",
    # one thread a process: reports are made side by side, and a process with threads is not forked
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""Variables of every such process, on any machine: the same inputs must give the same bytes."""


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
