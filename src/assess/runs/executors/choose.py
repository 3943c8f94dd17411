"""Which executor makes reports on this machine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from assess.base.machine import cores
from assess.runs.engine import CAN_FORK, ENGINE
from assess.runs.executors.forks import Forks, make_forked
from assess.runs.executors.fresh import Fresh, make_fresh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.runs.executors.protocol import Executor
    from assess.runs.job import Job, JobResult

_kept: list[Forks] = []


def default_executor(jobs: int | None, engine: str = ENGINE) -> Executor:
    """Return an executor that makes ``jobs`` reports at once here (default: one per core).

    Where this system has no fork, or another engine is asked for, each report has a process anew.
    """
    if engine != ENGINE or not CAN_FORK:
        return Fresh(jobs or cores())
    kept = next((each for each in _kept if jobs in (None, each.count)), None)
    return kept or Forks(jobs or cores())


@contextlib.contextmanager
def kept_executor(jobs: int | None = None) -> Iterator[None]:
    """Keep one executor running in this block, for all batches of this process.

    A fork server takes some seconds to start: worth keeping for a desk, a notebook or a test run.
    It starts with the first batch.
    """
    executor = default_executor(jobs)
    if not isinstance(executor, Forks):
        yield
        return
    with executor.held():
        _kept.append(executor)
        try:
            yield
        finally:
            _kept.remove(executor)


def make_here(job: Job) -> JobResult | None:
    """Make one report in a process of its own, as a Dask worker does; None when it was lost."""
    if job.limits.engine != ENGINE or not CAN_FORK:
        return make_fresh(job)
    return make_forked(job)
