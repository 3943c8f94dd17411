"""Jobs and results of workers: self-contained values, so that a worker can run anywhere."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from assess.runs.page_check import PageExpectation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assess.runs.ledger import Results
    from assess.runs.matrix import Run
    from assess.workspace.face import Face

WORDS = {"html": "HTML", "pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
"""The names of the formats, for staff."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one report: private memory in bytes (0: no limit) and seconds for one cell.

    ``engine`` runs the cells: ``assess``, or ``papermill`` for papermill's own with an ordinary
    kernel, which keeps the time only and is used where a process cannot be forked.
    """

    memory: int = 0
    cell_seconds: int = 600
    engine: str = "assess"


@dataclass(frozen=True, slots=True)
class Names:
    """Meeting ids and unit names, compressed: those of the whole source, or of one slice."""

    packed: bytes

    @classmethod
    def of(cls, ids: Iterable[str], names: Iterable[str]) -> Names:
        """Pack ids and names; equal sets give equal bytes."""
        text = json.dumps([sorted(set(ids)), sorted(set(names))], ensure_ascii=False)
        return cls(zlib.compress(text.encode(), 1))

    @property
    def ids(self) -> frozenset[str]:
        """The meeting ids."""
        return _unpacked(self.packed)[0]

    @property
    def names(self) -> frozenset[str]:
        """The unit names, and in a slice's own also its rule texts."""
        return _unpacked(self.packed)[1]


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> tuple[frozenset[str], frozenset[str]]:
    ids, names = json.loads(zlib.decompress(packed))
    return frozenset(ids), frozenset(names)


@dataclass(frozen=True, slots=True)
class Job:
    """One report to make: the template, the slice as files, and what the result must (not) say.

    ``face`` has the fonts of the PDF, where the workspace has its own.
    """

    run: Run
    template: bytes
    slice: Mapping[str, bytes]
    digest: str
    dang_bo_name: str
    period_label: str
    known: Names
    own: Names
    limits: Limits
    face: Face | None = None

    @property
    def expected(self) -> PageExpectation:
        """What the check of the rendered files looks for."""
        # a name within our own ("xã Mẫu" in "xã Mẫu Thử") or in the cited rules proves nothing
        ours = "\n".join(self.own.names).casefold()
        foreign = frozenset(name for name in self.known.names if name.casefold() not in ours)
        return PageExpectation(
            self.run.dang_bo,
            self.dang_bo_name,
            self.run.period,
            self.period_label,
            self.digest,
            self.known.ids - self.own.ids,
            foreign,
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a report could not be made.

    ``cell`` is the number of the failed cell from 1 (0: none); ``source``, ``error`` and ``trace``
    are as in the notebook.
    """

    message: str
    cell: int = 0
    source: str = ""
    error: str = ""
    trace: str = ""


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a worker returns: the report's files by suffix, or a failure and the failed notebook.

    ``lacking`` gives the reason for each format that could not be made, when the report itself
    could; ``notes`` are remarks for staff, ``marks`` those that stand on page one.
    """

    key: str
    files: Mapping[str, bytes]
    failure: Failure | None = None
    results: Results = ()
    seconds: float = 0.0
    assess: str = ""
    environment: str = ""
    lacking: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    engine: str = ""
    """What ran the cells, see :class:`Limits`."""
    marks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the report exists in every requested format."""
        return self.failure is None and not self.lacking

    @property
    def message(self) -> str:
        """What is wrong, in Vietnamese; empty when nothing is."""
        if self.failure is not None:
            return self.failure.message
        return "; ".join(
            f"không dựng được {WORDS.get(kind, kind)}: {why}" for kind, why in self.lacking.items()
        )
