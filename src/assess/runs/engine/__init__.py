"""The papermill engine ``assess``: cells run in a process of their own, without a Jupyter kernel.

Offers :class:`~assess.runs.engine.entry_point.AssessEngine`, which papermill finds by its name, so
that ``papermill --engine assess IN.ipynb OUT.ipynb`` works with any notebook.
Must not know: reports, slices, and the rest of the package.
"""

import os
import sys

ENGINE = "assess"
CAN_FORK = sys.platform == "linux" and hasattr(os, "fork") and hasattr(os, "memfd_create")
"""Whether this engine works here. Elsewhere papermill's own engine takes its place."""
