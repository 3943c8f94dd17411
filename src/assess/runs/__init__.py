"""From a matrix to published reports. Names are loaded when they are used: a worker needs few.

Offers :func:`run_matrix` and :func:`make_plan`: plan with reasons, execution, check,
publication, ledger, manifest, and verification.
Must not know: how a number is worked out, and the command line.
"""

import lazy_loader

from assess.base.messages import add_messages
from assess.runs.messages import FIXES, SENTENCES

add_messages(SENTENCES, FIXES)

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
