"""What goes to offices and comes back: score forms, CSV tables, intake, the store."""

from assess.base.messages import add_messages
from assess.exchange.messages import FIXES, NOTES, SENTENCES, WARNINGS

add_messages(SENTENCES, FIXES, warnings=WARNINGS, notes=NOTES)
