"""The protocol of executors, which run the jobs of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from assess.runs.job import Failure, JobResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from assess.runs.job import Job

RETRIES = 1
"""How often a job is made again after its process was lost; a failing template is no reason."""


class Executor(Protocol):
    """Runs jobs. It is a context manager: what it started ends with it, also on Ctrl-C.

    ``run`` yields one :class:`~assess.runs.job.JobResult` for each job, as they are done. A job
    whose worker dies is retried, and fails after :data:`RETRIES` more tries. Jobs are taken from
    the iterable only when they can be started or queued.
    """

    name: str

    def __enter__(self) -> Self:
        """Start workers or connect to them."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End what was started."""
        ...

    def expect(self, count: int) -> None:
        """Prepare for at most so many jobs, before the first is there."""
        ...

    def run(self, orders: Iterable[Job]) -> Iterator[JobResult]:
        """Yield the result of each job, as they are done."""
        ...


def lost(order: Job, reason: str = "") -> JobResult:
    """Return the failed result of a job whose worker died on every try."""
    return JobResult(
        order.run.key,
        {},
        Failure("tiến trình làm báo cáo bị dừng giữa chừng" + (f" ({reason})" if reason else "")),
    )
