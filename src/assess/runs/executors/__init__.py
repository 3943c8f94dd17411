"""Executors, which run many jobs: one protocol (:class:`Executor`), one test suite, equal bytes.

Offers :class:`Forks`, :class:`Fresh` (where there is no fork, and as referee) and :class:`Dask`.
Must not know: plan, ledger and published files: a job goes out, a result of bytes comes back.
"""

from assess.runs.executors.choose import default_executor, kept_executor
from assess.runs.executors.dask import Dask
from assess.runs.executors.forks import Forks
from assess.runs.executors.fresh import Fresh
from assess.runs.executors.protocol import Executor

__all__ = ["Dask", "Executor", "Forks", "Fresh", "default_executor", "kept_executor"]
