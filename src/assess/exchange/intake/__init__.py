"""Intake of files: each is parsed, checked, and either recorded or set aside as a whole."""

from assess.exchange.intake.result import FileResult, Intake
from assess.exchange.intake.take import take_in

__all__ = ["FileResult", "Intake", "take_in"]
