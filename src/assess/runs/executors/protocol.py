"""What every executor promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from assess.runs.job import Failure, JobResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from assess.runs.job import Job

RETRIES = 1
"""How often an order is given out again after its worker died; what a template does to its kernel is no reason."""


class Executor(Protocol):
    """Makes reports out of orders. Used as a context: what it started ends with it, also on Ctrl-C.

    ``run`` gives back one :class:`~assess.runs.job.JobResult` for each order, as they are done, in any order; an order whose worker dies
    is given out again, and fails after :data:`RETRIES` more tries. Orders are taken from the iterable only as there is
    room for them.
    """

    name: str

    def __enter__(self) -> Self:
        """Start what it needs."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        ...

    def run(self, orders: Iterable[Job]) -> Iterator[JobResult]:
        """Yield what became of each order."""
        ...


def lost(order: Job, reason: str = "") -> JobResult:
    """Return the failure of an order whose worker died again."""
    return JobResult(
        order.run.key,
        {},
        Failure("tiến trình làm báo cáo bị dừng giữa chừng" + (f" ({reason})" if reason else "")),
    )
