# The names of this room that others use, and where each is defined.
from .batch import BatchResult as BatchResult
from .batch import run_matrix as run_matrix
from .job import Limits as Limits
from .ledger import LedgerEntry as LedgerEntry
from .plan import Plan as Plan
from .plan import make_plan as make_plan
from .steps import Step as Step
