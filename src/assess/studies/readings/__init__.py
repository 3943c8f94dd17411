"""What the unclear clauses cost: the same sheets under every combination of readings, exactly."""

from assess.studies.readings.space import Space, space_of
from assess.studies.readings.study import CONTESTED, MOST, VERDICTS, Study, study_readings

__all__ = ["CONTESTED", "MOST", "VERDICTS", "Space", "Study", "space_of", "study_readings"]
