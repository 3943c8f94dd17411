"""One report after the other, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.runs.make import make_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from assess.runs.order import Made, Order


class Serial:
    """See :class:`~assess.runs.executors.protocol.Executor`."""

    name = "serial"

    def __enter__(self) -> Self:
        """Nothing to start."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the processes go that kernels were forked from."""
        from assess.kernels.template import close_all

        close_all()

    def run(self, orders: Iterable[Order]) -> Iterator[Made]:
        """Yield what became of each order."""
        for order in orders:
            yield make_report(order)
