"""What the unclear clauses cost: the same sheets under every combination of readings, exactly."""

from assess.studies.readings.space import BASIS, Space, meeting_questions, space_of
from assess.studies.readings.study import CONTESTED, MOST, VERDICTS, Study, study_readings

__all__ = ["BASIS", "CONTESTED", "MOST", "VERDICTS", "Space", "Study", "meeting_questions", "space_of", "study_readings"]
