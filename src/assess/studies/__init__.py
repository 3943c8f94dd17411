"""Studies of scores and records: lost points, rater agreement, contradictions, reforms.

Offers one module for each question, each returning a frame; ``readings``, ``signals`` and
``inspection`` are sub-rooms.
Must not know: reports, Vietnamese layout, runs. A study prints nothing and judges nobody.
"""

from assess.base.messages import add_messages
from assess.studies.contradictions import contradictions
from assess.studies.losses import losses_by_criterion, losses_by_group
from assess.studies.messages import FIXES, NOTES, SENTENCES, WARNINGS
from assess.studies.moves import moves
from assess.studies.raters import rater_pairs, rater_summary
from assess.studies.readings.combinations import every_combination
from assess.studies.reform import Reform, compare

add_messages(SENTENCES, FIXES, warnings=WARNINGS, notes=NOTES)

__all__ = [
    "Reform",
    "compare",
    "contradictions",
    "every_combination",
    "losses_by_criterion",
    "losses_by_group",
    "moves",
    "rater_pairs",
    "rater_summary",
]
