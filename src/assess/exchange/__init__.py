"""Exchange of data with offices: score forms, CSV tables, intake and the store."""

from assess.base.messages import add_messages
from assess.exchange.messages import FIXES, NOTES, SENTENCES, WARNINGS

add_messages(SENTENCES, FIXES, warnings=WARNINGS, notes=NOTES)
