"""What comes back: files read, judged, recorded or set aside; nothing is dropped."""

from assess.records.intake.result import FileResult, Intake
from assess.records.intake.take import take_in

__all__ = ["FileResult", "Intake", "take_in"]
