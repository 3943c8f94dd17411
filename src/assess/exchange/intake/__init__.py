"""Intake of files: each is parsed, checked, and either recorded or set aside as a whole.

Offers :func:`take_in`, the result of each file, and marked copies that go back to the sender; a
file is taken whole or set aside whole.
Must not know: scores and reports; the page of an intake is made in ``reports``.
"""

from assess.exchange.intake.result import FileResult, Intake
from assess.exchange.intake.take import take_in

__all__ = ["FileResult", "Intake", "take_in"]
