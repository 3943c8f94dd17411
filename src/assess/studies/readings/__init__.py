"""Effects of unclear clauses: the same sheets scored under every combination of readings.

Offers :func:`study_readings` and its :class:`Study`, the space of combinations, the questions
that rule sets raise, and verdicts on how firm a class is.
Must not know: signals, inspection and reports. It scores by the ordinary functions only.
"""

from assess.studies.readings.raised import raised_questions
from assess.studies.readings.space import (
    BASIS,
    MEETING,
    MOST,
    PERIOD,
    PERIOD_QUESTIONS,
    WAY,
    RaisedQuestions,
    Space,
    meeting_questions,
    period_questions,
    space_of,
)
from assess.studies.readings.study import Study, study_readings
from assess.studies.readings.verdicts import CONTESTED, VERDICTS

__all__ = [
    "BASIS",
    "CONTESTED",
    "MEETING",
    "MOST",
    "PERIOD",
    "PERIOD_QUESTIONS",
    "VERDICTS",
    "WAY",
    "RaisedQuestions",
    "Space",
    "Study",
    "meeting_questions",
    "period_questions",
    "raised_questions",
    "space_of",
    "study_readings",
]
