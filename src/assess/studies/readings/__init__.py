"""What the unclear clauses cost: the same sheets under every combination of readings, exactly."""

from assess.studies.readings.gathered import CONTESTED, VERDICTS
from assess.studies.readings.space import BASIS, PERIOD_QUESTIONS, Space, meeting_questions, period_questions, space_of
from assess.studies.readings.study import MEETING, MOST, PERIOD, Study, study_readings

__all__ = [
    "BASIS",
    "CONTESTED",
    "MEETING",
    "MOST",
    "PERIOD",
    "PERIOD_QUESTIONS",
    "VERDICTS",
    "Space",
    "Study",
    "meeting_questions",
    "period_questions",
    "space_of",
    "study_readings",
]
