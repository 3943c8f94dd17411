"""From a matrix to published reports."""

from assess.runs.batch import Batch, run_matrix
from assess.runs.make import Outcome

__all__ = ["Batch", "Outcome", "run_matrix"]
