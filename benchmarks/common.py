"""Repetitions in alternating order, and a row of the results table, for all benchmarks."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Row:
    """One row of the results table.

    ``ours`` and ``peer`` are measurements in ``unit``; ``ratio`` is how many times better ours is.
    """

    what: str
    goal: str
    unit: str
    ours: tuple[float, ...]
    peer: tuple[float, ...] = ()
    ratio: tuple[float, ...] = ()
    reached: bool | None = None
    note: str = ""


def spread(values, digits=2):
    """Format measurements as min–median–max."""
    if not values:
        return "—"
    return " – ".join(f"{v:.{digits}f}" for v in (min(values), median(values), max(values)))


def seconds(command, **options):
    """Run a command once and return its wall time."""
    began = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr[-2000:]}")
    return time.perf_counter() - began
