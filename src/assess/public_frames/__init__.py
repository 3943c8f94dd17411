"""The columns of the public frames: name, type, meaning and unit, said once.

Offers :data:`FRAMES`; ``docs/library.md`` lists the same, and a test compares both with real
frames. Those of the tables of the records are :data:`assess.records.tables.TABLES`.
Must not know: how a frame is made.
"""

from assess.public_frames.column import PublicColumn, PublicFrame
from assess.public_frames.of_report import REPORT
from assess.public_frames.of_scores import SCORES
from assess.public_frames.of_slice import SLICE
from assess.public_frames.of_store import STORE
from assess.public_frames.of_study import STUDY
from assess.public_frames.of_verbs import ANNUAL, CLASSIFIED, PLAN, ROLLED_UP

FRAMES: dict[str, PublicFrame] = {
    "assess.classify": CLASSIFIED,
    "assess.roll_up": ROLLED_UP,
    "assess.annual_class": ANNUAL,
    "assess.inspection_plan": PLAN,
    **{f"Scores.{name}": frame for name, frame in SCORES.items()},
    **{f"Study.{name}": frame for name, frame in STUDY.items()},
    **{f"Report.{name}": frame for name, frame in REPORT.items()},
    **{f'Slice.tables["{name}"]': frame for name, frame in SLICE.items()},
    **{f"Store.{name}": frame for name, frame in STORE.items()},
}
"""Every public frame by where a caller gets it."""

__all__ = ["ANNUAL", "CLASSIFIED", "FRAMES", "PLAN", "ROLLED_UP", "PublicColumn", "PublicFrame"]
