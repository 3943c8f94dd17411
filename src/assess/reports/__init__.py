"""Build reports from blocks in executed notebooks and render them to several formats.

Offers :func:`~assess.reports.report.open_report` for templates, the blocks, the document model,
and HTML, PDF, Word and Excel with their nbconvert exporters.
Must not know: matrices, engines, ledgers. In a run, a template reaches its slice and nothing
else.
"""

import lazy_loader

from assess.base.messages import add_messages
from assess.reports.messages import SENTENCES

add_messages(SENTENCES)

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["results", "sections"])
