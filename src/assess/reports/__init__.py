"""Build reports from blocks in executed notebooks and render them to several formats."""

from assess.base.messages import add_messages
from assess.reports.messages import SENTENCES

add_messages(SENTENCES)
