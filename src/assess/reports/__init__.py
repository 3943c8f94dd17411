"""Blocks in executed notebooks, and the formats they are rendered to."""

import lazy_loader

from assess.base.messages import add_messages
from assess.reports.messages import SENTENCES

add_messages(SENTENCES)

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["sections"])
