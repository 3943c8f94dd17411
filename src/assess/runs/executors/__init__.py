"""Ways to have many reports made, all with one contract (:class:`Executor`), one conformance suite, and the same bytes."""

from assess.base.machine import cores
from assess.runs.executors.dask import Dask
from assess.runs.executors.processes import Processes
from assess.runs.executors.protocol import Executor
from assess.runs.executors.serial import Serial

__all__ = ["Dask", "Executor", "Processes", "Serial", "default_executor"]


def default_executor(jobs: int | None, *, warm: bool = True) -> Executor:
    """Return worker processes on this machine: as many as cores, or as are asked for."""
    return Processes(jobs or cores(), warm=warm)
