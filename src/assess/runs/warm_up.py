"""What a template process works out once for every report kernel that is forked from it."""

from __future__ import annotations

import assess.reports.report
import assess.reports.sections  # noqa: F401 - imported so that kernels need not


def fill_caches() -> None:
    """Draw and open nothing yet."""
