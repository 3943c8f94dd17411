"""Executors, which run many jobs: one protocol (:class:`Executor`), one test suite, equal bytes.

Offers :class:`Serial`, :class:`Processes` and :class:`Dask`; one suite of tests holds for all
three.
Must not know: plan, ledger and published files: a job goes out, a result of bytes comes back.
"""

from assess.base.machine import cores
from assess.runs.executors.dask import Dask
from assess.runs.executors.processes import Processes
from assess.runs.executors.protocol import Executor
from assess.runs.executors.serial import Serial

__all__ = ["Dask", "Executor", "Processes", "Serial", "default_executor"]


def default_executor(jobs: int | None, *, warm: bool = True) -> Executor:
    """Return an executor with ``jobs`` processes on this machine (default: one per core)."""
    return Processes(jobs or cores(), warm=warm)
