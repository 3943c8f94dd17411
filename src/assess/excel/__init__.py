"""Excel workbooks: read safely in a confined child process, written in one common style."""

from assess.base.messages import add_messages
from assess.excel.messages import FIXES, SENTENCES

add_messages(SENTENCES, FIXES)
