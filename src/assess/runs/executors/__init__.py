"""Ways to have many reports made, all with one contract (:class:`Executor`) and the same bytes.

Offers :class:`Serial`, :class:`Processes` and :class:`Dask`; one suite of tests is for all three.
Must not know: plan, ledger and published files: a job goes out, a result of bytes comes back.
"""

from assess.base.machine import cores
from assess.runs.executors.dask import Dask
from assess.runs.executors.processes import Processes
from assess.runs.executors.protocol import Executor
from assess.runs.executors.serial import Serial

__all__ = ["Dask", "Executor", "Processes", "Serial", "default_executor"]


def default_executor(jobs: int | None, *, warm: bool = True) -> Executor:
    """Return worker processes on this machine: as many as cores, or as are asked for."""
    return Processes(jobs or cores(), warm=warm)
