"""Scoring: from facts to points, classes and counts, with a trace of each."""

from assess.scoring.score import Scores, score

__all__ = ["Scores", "score"]
