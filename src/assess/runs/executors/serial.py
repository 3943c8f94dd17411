"""One report after the other, in this process: for a few reports, and for looking for faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.runs.make_report import make_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from assess.runs.job import Job, JobResult


class Serial:
    """See :class:`~assess.runs.executors.protocol.Executor`."""

    name = "serial"

    def __enter__(self) -> Self:
        """Nothing to start."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to end: the process that kernels were forked from serves the next batch too, and ends with this one."""

    def run(self, orders: Iterable[Job]) -> Iterator[JobResult]:
        """Yield what became of each order."""
        for order in orders:
            yield make_report(order)
