"""Blocks in executed notebooks, and the formats they are rendered to.

Offers :func:`~assess.reports.report.open_report` for templates, the blocks, the document model, and
HTML, PDF, Word and Excel with their nbconvert exporters.
Must not know: matrices, kernels, ledgers. In a run, a template reaches its
slice and nothing else.
"""

from assess.base.messages import add_messages
from assess.reports.messages import SENTENCES

add_messages(SENTENCES)
