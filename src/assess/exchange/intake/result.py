"""The results of an intake, in total and per file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from assess.base.errors import Finding

STOPS_CLASSIFYING = frozenset({"blank-line", "over-maximum"})
"""The warnings on a form that is taken but cannot be classified until it is completed."""
FileOutcome = Literal["taken", "known", "set_aside"]


@dataclass
class FileResult:
    """The result for one file: its name, outcome and findings.

    The outcome is *known* if the file was taken before, or set aside before with nothing left to
    mend, and so changed nothing. ``holds`` describes its content (name of the chi bộ and month of
    each form) and ``about`` names them by id; ``rows`` are its rows for the records, by table;
    ``reasons`` say why rows of a workbook of tables are withdrawn.
    """

    path: Path
    name: str
    digest: str = ""
    outcome: FileOutcome = "taken"
    findings: list[Finding] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    about: list[tuple[str, str]] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def unclassified(self) -> list[Finding]:
        """What stops the forms of a taken file from being classified."""
        if self.outcome != "taken":
            return []
        return [finding for finding in self.findings if finding.code in STOPS_CLASSIFYING]

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain data for ``--json``."""
        findings = [finding.as_json() for finding in self.findings]
        return {
            "file": self.name,
            "digest": self.digest,
            "outcome": self.outcome,
            "holds": self.holds,
            "about": [list(pair) for pair in self.about],
            "findings": findings,
        }


@dataclass(frozen=True)
class Intake:
    """The result of an intake: all files by name, and the rows added, revised or only completed."""

    recorded_at: dt.datetime
    files: tuple[FileResult, ...]
    added: int
    revised: int
    completed: int = 0

    def count(self, outcome: FileOutcome) -> int:
        """Return how many files had an outcome; the three outcomes add up to all files."""
        return sum(result.outcome == outcome for result in self.files)

    def as_json(self) -> dict[str, Any]:
        """Return the intake as plain data for ``--json``."""
        outcomes: tuple[FileOutcome, ...] = ("taken", "known", "set_aside")
        return {
            "recorded_at": self.recorded_at.isoformat(),
            "files": len(self.files),
            **{outcome: self.count(outcome) for outcome in outcomes},
            "added": self.added,
            "revised": self.revised,
            "completed": self.completed,
            "results": [result.as_json() for result in self.files],
        }
