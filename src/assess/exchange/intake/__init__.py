"""What comes back: files read, judged, recorded or set aside; nothing is dropped."""

from assess.exchange.intake.result import FileResult, Intake
from assess.exchange.intake.take import take_in

__all__ = ["FileResult", "Intake", "take_in"]
