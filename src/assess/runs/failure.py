"""The page of a report that could not be made: which cell, what it said, and how to see it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.runs.index import render_page

if TYPE_CHECKING:
    from assess.runs.order import Failure, Order

PAGE = ".failed.html"
_LAST_LINES = 40


def failure_page(order: Order, failure: Failure, *, has_notebook: bool) -> str:
    """Return the page. It depends on the inputs and the failure alone."""
    trace = failure.trace.splitlines()
    return render_page(
        "failure.html.j2",
        title=f"Không lập được báo cáo: {order.run.name}",
        order=order,
        failure=failure,
        trace="\n".join(trace[-_LAST_LINES:]),
        cut=len(trace) > _LAST_LINES,
        has_notebook=has_notebook,
    )
