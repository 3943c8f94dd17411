"""Reproducible assessment of the quality of Party-cell meetings.

The public names are listed in ``__init__.pyi`` and are loaded when they are first used. They are
stable: a later version changes one only with a note in the changelog. Everything else may change.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
