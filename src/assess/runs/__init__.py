"""From a matrix to published reports."""

from assess.runs.batch import Batch, run_matrix
from assess.runs.ledger import Entry
from assess.runs.order import Limits
from assess.runs.plan import Plan, Step, make_plan

__all__ = ["Batch", "Entry", "Limits", "Plan", "Step", "make_plan", "run_matrix"]
