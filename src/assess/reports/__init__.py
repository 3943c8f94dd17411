"""Blocks in executed notebooks, and the formats they are rendered to."""

from assess.base.messages import add_messages
from assess.reports.messages import SENTENCES

add_messages(SENTENCES)
