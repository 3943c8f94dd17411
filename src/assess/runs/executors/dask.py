"""Dask distributed: workers anywhere that have this package. Needs the extra ``dask``."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from assess.base.errors import refuse
from assess.runs.executors.protocol import RETRIES, lost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from assess.runs.order import Made, Order

LOCAL = "local"
_AHEAD = 4
"""Orders given out beyond the number of threads: enough that no worker waits, few enough that the scheduler stays small."""


class Dask:
    """See :class:`~assess.runs.executors.protocol.Executor`. ``address`` is a scheduler's, or ``local`` for ``count`` processes here."""

    name = "dask"

    def __init__(self, address: str, count: int, connect_seconds: float = 20) -> None:
        """Say where, and for ``local`` how many; refuse when the extra is not installed."""
        try:
            import distributed  # noqa: F401 - whether it is there
        except ImportError as error:
            raise refuse("no-dask", "--dask") from error
        self._address, self._count, self._seconds = address, count, connect_seconds
        self._cluster: Any = None
        self._client: Any = None

    def __enter__(self) -> Self:
        """Connect, or start the local workers."""
        import distributed

        dask: Any = distributed

        if self._address == LOCAL:
            self._cluster = dask.LocalCluster(
                n_workers=self._count, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
            )
        try:
            self._client = dask.Client(self._cluster or self._address, timeout=self._seconds)
        except (OSError, ValueError) as error:
            raise refuse("dask-unreachable", self._address, reason=str(error)[:200]) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go: what is still waiting is cancelled with its futures."""
        if self._client is not None:
            self._client.close()
        if self._cluster is not None:
            self._cluster.close()

    def run(self, orders: Iterable[Order]) -> Iterator[Made]:
        """Yield what became of each order. A finished future is let go at once: a worker that dies later makes nothing twice."""
        import distributed

        dask: Any = distributed

        coming = iter(orders)
        given: dict[Any, tuple[Order, int]] = {}
        completed: Any = dask.as_completed()
        room = self._room()

        def give(order: Order, tries: int) -> None:
            future = self._client.submit(_make, order, pure=False, retries=0, resources=None)
            given[future] = (order, tries)
            completed.add(future)

        for order in itertools.islice(coming, room):
            give(order, 0)
        while given:
            future = next(completed)
            order, tries = given.pop(future)
            result = future.result() if future.status == "finished" else None
            future.release()
            if result is not None:
                yield result
            elif tries < RETRIES:
                give(order, tries + 1)
            else:
                yield lost(order)
            for order in itertools.islice(coming, max(0, self._room() - len(given))):
                give(order, 0)

    def _room(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return sum(threads.values()) + _AHEAD


def _make(order: Order) -> Made:
    """Make one report on a worker."""
    from assess.runs.make import make_report

    return make_report(order)
