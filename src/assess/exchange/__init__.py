"""Exchange of data with offices: score forms, tables, intake and the store.

Offers the checks that forms, checklists and tables share: of entries, of tables, of the year's
tables; the sub-rooms are ``forms``, ``tables``, ``csv``, ``intake`` and ``store``.
Must not know: scores, studies, reports and notebooks.
"""

from assess.base.messages import add_messages
from assess.exchange.messages import FIXES, NOTES, SENTENCES, WARNINGS

add_messages(SENTENCES, FIXES, warnings=WARNINGS, notes=NOTES)
