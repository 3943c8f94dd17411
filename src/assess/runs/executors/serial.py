"""Run jobs one after the other in this process: for few reports, and for debugging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.runs.make_report import make_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from assess.runs.job import Job, JobResult


class Serial:
    """Executor without workers (:class:`~assess.runs.executors.protocol.Executor`)."""

    name = "serial"

    def __enter__(self) -> Self:
        """Return the executor; there is nothing to start."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Do nothing: the template process of kernels serves until this process ends."""

    def run(self, orders: Iterable[Job]) -> Iterator[JobResult]:
        """Yield the result of each job, in order."""
        for order in orders:
            yield make_report(order)
