"""Build reports from blocks in executed notebooks and render them to several formats."""

import lazy_loader

from assess.base.messages import add_messages
from assess.reports.messages import SENTENCES

add_messages(SENTENCES)

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["sections"])
