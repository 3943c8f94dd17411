"""From a matrix to published reports.

Offers :func:`run_matrix` and :func:`make_plan`: plan with reasons, execution, check, publication,
ledger, manifest, and verification.
Must not know: how a number is worked out, and the command line.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from assess.base.messages import add_messages
from assess.runs.messages import FIXES, SENTENCES

add_messages(SENTENCES, FIXES)

if TYPE_CHECKING:
    from assess.runs.batch import BatchResult, run_matrix
    from assess.runs.job import Limits
    from assess.runs.ledger import LedgerEntry
    from assess.runs.plan import Plan, Step, make_plan

_HOMES = {
    "BatchResult": "batch",
    "run_matrix": "batch",
    "LedgerEntry": "ledger",
    "Limits": "job",
    "Plan": "plan",
    "Step": "plan",
    "make_plan": "plan",
}

__all__ = ["BatchResult", "LedgerEntry", "Limits", "Plan", "Step", "make_plan", "run_matrix"]


def __getattr__(name: str) -> Any:
    """Import what is asked for and no more: a worker needs neither the records nor pandas."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"assess.runs.{_HOMES[name]}"), name)
