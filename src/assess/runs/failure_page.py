"""The page shown for a failed or incomplete report: what failed, why, and which files exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.runs.index import render_page
from assess.runs.job import WORDS
from assess.runs.ledger import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.runs.job import Job, JobResult
    from assess.runs.ledger import KeptFiles

PAGE = ".failed.html"
_LAST_LINES = 40


def failure_page(
    order: Job, made: JobResult, older: Sequence[KeptFiles], *, has_notebook: bool
) -> str:
    """Return the page, which depends only on the inputs, the failure and the files kept so far."""
    failure = made.failure
    trace = failure.trace.splitlines() if failure else []
    what = "Không lập được báo cáo" if failure else "Báo cáo thiếu định dạng"
    return render_page(
        "failure.html.j2",
        title=f"{what}: {order.run.name}",
        order=order,
        failure=failure,
        lacking={WORDS.get(kind, kind): why for kind, why in made.lacking.items()},
        made=[
            (f"{order.run.name}{suffix}", WORDS.get(suffix[1:], suffix[1:]))
            for suffix in made.files
        ]
        if failure is None
        else [],
        older=[(old.words, shown(old.files)) for old in older],
        trace="\n".join(trace[-_LAST_LINES:]),
        cut=len(trace) > _LAST_LINES,
        has_notebook=has_notebook,
    )
