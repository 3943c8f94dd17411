"""What goes to a worker and what comes back: values that hold all they need, so that a worker can be anywhere."""

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

WORDS = {"html": "HTML", "pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
"""What staff call the formats."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one report may take: private memory in bytes (0: no limit), seconds for one cell; forked or cold kernels."""

    memory: int = 0
    cell_seconds: int = 600
    warm: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """Ids of meetings and names of units, packed: those of the whole source, or of one slice."""

    packed: bytes

    @classmethod
    def of(cls, ids: Iterable[str], names: Iterable[str]) -> Names:
        """Pack ids and names; the same ones give the same bytes."""
        text = json.dumps([sorted(set(ids)), sorted(set(names))], ensure_ascii=False)
        return cls(zlib.compress(text.encode(), 1))

    @property
    def ids(self) -> frozenset[str]:
        """The ids."""
        return _unpacked(self.packed)[0]

    @property
    def names(self) -> frozenset[str]:
        """The names."""
        return _unpacked(self.packed)[1]


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> tuple[frozenset[str], frozenset[str]]:
    ids, names = json.loads(zlib.decompress(packed))
    return frozenset(ids), frozenset(names)


@dataclass(frozen=True, slots=True)
class Job:
    """One report to make: the template, the slice as files, and what the result must say and must not."""

    run: Run
    template: bytes
    slice: Mapping[str, bytes]
    digest: str
    dang_bo_name: str
    period_label: str
    known: Names
    own: Names
    limits: Limits

    @property
    def expected(self) -> PageExpectation:
        """What the post-condition looks for."""
        # a name that is part of our own names ("xã Mẫu" in "xã Mẫu Thử") or of the rules we cite says nothing
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
    """Why a report could not be made. ``cell`` counts from 1 (0: no cell is to blame); texts are as the notebook shows them.

    ``again``: what happened need not be the report's own doing, and is worth one more try.
    """

    message: str
    cell: int = 0
    source: str = ""
    error: str = ""
    trace: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a worker gives back: files by what follows the report's name in theirs, or a failure and the notebook up to it.

    ``lacking`` has the formats that could not be made of a report whose others could, and why; ``notes`` what staff must know of it.
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

    @property
    def ok(self) -> bool:
        """Whether there is a report, in every format that was asked for."""
        return self.failure is None and not self.lacking

    @property
    def message(self) -> str:
        """What is wrong, in Vietnamese; empty when nothing is."""
        if self.failure is not None:
            return self.failure.message
        return "; ".join(
            f"không dựng được {WORDS.get(kind, kind)}: {why}" for kind, why in self.lacking.items()
        )
