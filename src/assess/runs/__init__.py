"""From a matrix to published reports. Names are loaded when they are used: a worker needs few."""

import lazy_loader

from assess.base.messages import add_messages
from assess.runs.messages import FIXES, SENTENCES

add_messages(SENTENCES, FIXES)

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
