"""Excel workbooks: read safely in a confined child process, written in one common style.

Offers a workbook as plain cells, child processes with limits on memory, time and files, and the
style that all workbooks of ours share.
Must not know: what a cell means: forms, records and rules are unknown here.
"""

from assess.base.messages import add_messages
from assess.excel.messages import FIXES, SENTENCES

add_messages(SENTENCES, FIXES)
