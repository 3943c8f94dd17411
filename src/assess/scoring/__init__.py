"""Scoring: from facts to points, classes and counts, with a trace of each.

Offers :func:`score` and its :class:`Scores`; ``sheets``, ``period`` and ``annual`` are its
steps, ``explain`` and ``explain_year`` tell how a result came about.
Must not know: where records are kept, workspaces, reports. It reads no file and no clock.
"""

from assess.scoring.score import Scores, score

__all__ = ["Scores", "score"]
