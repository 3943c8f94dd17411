"""Facts → points → class → counts, and the trace of each."""

from assess.scoring.score import Scores, score

__all__ = ["Scores", "score"]
