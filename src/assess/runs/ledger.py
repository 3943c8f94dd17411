"""The ledger: an append-only file with one JSON line for every report made or failed.

A line depends on the inputs alone, except for ``older`` (earlier files kept) and for when and how
the report was made (``at``, ``seconds``, ``by``, ``engine``). The last line of a run counts. A line
cut short by a crash is ignored, and its report is made again.

Each line has the digest of the line before it, and a batch ends with a closing line: the runs of
the matrix and the digest of the manifest. So a line that was changed, removed or inserted is
detected, unless all lines after it are rewritten.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from assess.base import digests, numbers
from assess.base.machine import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NAME = "ledger.jsonl"
_UNSEEN = (".slice/", ".failed.", ".figures.json")
_FIRST = ("html", "pdf", "docx", "xlsx", "ipynb")
Results = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
"""Tables of results: the title, and the number of meetings of each class."""


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """Files of an earlier report, kept because new ones could not be made.

    ``as_of``, ``document_date`` and ``components`` are those of that report.
    """

    as_of: str
    document_date: str
    components: Mapping[str, Any]
    files: Mapping[str, str]

    @property
    def words(self) -> str:
        """Which report the files belong to, in Vietnamese."""
        if not self.as_of:
            return "bản cũ"
        at, day = dt.datetime.fromisoformat(self.as_of), dt.date.fromisoformat(self.document_date)
        return f"bản cũ, số liệu ghi nhận đến {at:%H:%M} ngày {numbers.day(at.date())}, văn bản ngày {numbers.day(day)}"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The ledger's line on one run, named by its ``key`` (``<period>/<dang_bo>/<name>``).

    ``files`` gives the digest of each published file by its path below the run's folder. ``marks``
    are those of page one, such as why a document is a draft. ``ok``:
    every requested format was made; ``lacking`` gives the reason for each that was not. ``older``
    has files of earlier reports, kept until new ones are made.
    """

    key: str
    ok: bool
    content_key: str
    components: Mapping[str, Any]
    files: Mapping[str, str]
    results: Results = ()
    message: str = ""
    at: str = ""
    seconds: float = 0.0
    by: str = ""
    engine: str = ""
    as_of: str = ""
    document_date: str = ""
    lacking: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    older: tuple[KeptFiles, ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name that the report's files begin with."""
        return self.key.rpartition("/")[2]

    @property
    def has_report(self) -> bool:
        """Whether there is a report, even if some of its formats could not be made."""
        return f"{self.name}.html" in self.files

    @property
    def standing(self) -> dict[str, str]:
        """The digest of every file under the report's name, including those of earlier reports."""
        return {
            place: digest
            for files in (*(old.files for old in self.older), self.files)
            for place, digest in files.items()
        }

    @property
    def told(self) -> str:
        """What is wrong, and which files there are nevertheless, in Vietnamese."""
        there = []
        if self.has_report and self.lacking:
            there.append("các định dạng khác đã lập")
        there += [f"{old.words}, còn nguyên: {', '.join(shown(old.files))}" for old in self.older]
        return "; ".join([self.message, *there])

    @property
    def statement(self) -> dict[str, Any]:
        """All fields but those that say when and how: ``at``, ``seconds``, ``by``, ``engine``."""
        return {
            name: value
            for name, value in asdict(self).items()
            if name not in ("at", "seconds", "by", "engine")
        }


def shown(files: Iterable[str]) -> list[str]:
    """Return the files for readers, HTML first, without slices, failure files and figures."""
    found = sorted(place for place in files if not any(part in place for part in _UNSEEN))
    return sorted(
        found,
        key=lambda place: (
            _FIRST.index(kind) if (kind := place.rpartition(".")[2]) in _FIRST else len(_FIRST)
        ),
    )


class Ledger:
    """The ledger of a matrix. One process writes it, under the lock of the matrix's folder."""

    def __init__(self, folder: Path) -> None:
        """Parse the ledger of ``folder``, if there is one."""
        self.path = folder / NAME
        self.entries: dict[str, LedgerEntry] = {}
        self.earlier: dict[str, LedgerEntry] = {}
        """By run, the last report made of other inputs than the present one."""
        self.environments: dict[str, dict[str, str]] = {}
        self.late: dict[str, dict[str, Any]] = {}
        """By run, the last noted ``LateCount`` as JSON; empty for none."""
        self.head: dict[str, Any] = {}
        """The ``number`` and ``link`` of the store's last batch when a report was last made."""
        self.closed: dict[str, Any] = {}
        """The ``runs`` (keys) and ``manifest`` (digest) of a closing last line, else empty."""
        self.broken: list[int] = []
        """Numbers of lines (from 1) that do not have the digest of the line before them."""
        self.chained = False
        """Whether lines have the digest of the line before; not in ledgers of earlier versions."""
        self._before = ""
        for number, line in enumerate(self._lines(), start=1):
            self.closed = {}
            # ignore a line that a crash or an editor damaged
            with contextlib.suppress(
                ValueError, TypeError, KeyError, AttributeError, RecursionError
            ):
                self._read(number, json.loads(line))
            self._before = digests.of_bytes(line)

    def append(self, entry: LedgerEntry) -> None:
        """Add the entry of a run; it is on the disk when this returns."""
        self._enter(entry)
        self._write({**asdict(entry), "at": now().isoformat()})

    def _enter(self, entry: LedgerEntry) -> None:
        last = self.entries.get(entry.key)
        if last is not None and last.has_report and last.content_key != entry.content_key:
            self.earlier[entry.key] = last
        self.entries[entry.key] = entry

    def note_environment(self, digest: str, packages: Mapping[str, str]) -> None:
        """Add the package versions of an environment's digest, once."""
        if digest not in self.environments:
            self.environments[digest] = dict(packages)
            self._write({"environment": digest, "packages": dict(packages)})

    def note_head(self, number: int, link: str) -> None:
        """Add the last link of the store that reports are made of, if it is another than before."""
        head = {"number": number, "link": link}
        if head != self.head:
            self.head = head
            self._write({"head": head})

    def note_late(self, key: str, late: dict[str, Any] | None) -> None:
        """Add what a run leaves out, if it differs from the last note (no note: nothing)."""
        if self.late.get(key, {}) != (late or {}):
            self.late[key] = late or {}
            self._write({"late": late or {}, "key": key})

    def close(self, runs: Iterable[str], manifest: str) -> None:
        """Add the closing line of a batch, unless the ledger already ends with the same one."""
        closed = {"runs": sorted(runs), "manifest": manifest}
        if closed != self.closed:
            self._write({"closed": closed})
            self.closed = closed

    def _write(self, line: Mapping[str, Any]) -> None:
        content = json.dumps(
            {**line, "before": self._before}, sort_keys=True
        ).encode()  # ASCII: no character of a message can end a line
        with self.path.open("ab+") as handle:
            # a crash may have left half a line: start a new one
            if (
                handle.seek(0, os.SEEK_END)
                and handle.seek(-1, os.SEEK_END) >= 0
                and handle.read(1) != b"\n"
            ):
                handle.write(b"\n")
            handle.write(content + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        self._before, self.closed = digests.of_bytes(content), {}

    def _lines(self) -> list[bytes]:
        try:
            return [line for line in self.path.read_bytes().split(b"\n") if line]
        except FileNotFoundError:
            return []

    def _read(self, number: int, line: dict[str, Any]) -> None:
        before = line.pop("before", None)
        if before != self._before and (self.chained or before is not None):
            self.broken.append(number)
        self.chained = self.chained or before is not None
        if "closed" in line:
            self.closed = {
                "runs": [str(key) for key in line["closed"]["runs"]],
                "manifest": str(line["closed"]["manifest"]),
            }
            return
        if "environment" in line:
            self.environments[line["environment"]] = line["packages"]
            return
        if "head" in line:
            self.head = {"number": int(line["head"]["number"]), "link": str(line["head"]["link"])}
            return
        if "late" in line:
            self.late[line["key"]] = line["late"]
            return
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        line["results"] = tuple(
            (title, tuple((name, count) for name, count in counts))
            for title, counts in line["results"]
        )
        line["older"] = tuple(KeptFiles(**old) for old in line.get("older", ()))
        if not all(old.words for old in line["older"]):
            raise TypeError("files of no report")
        line["notes"] = tuple(line.get("notes", ()))
        line["marks"] = tuple(line.get("marks", ()))
        entry = LedgerEntry(**line)
        if not isinstance(entry.files, dict) or not isinstance(entry.components, dict):
            raise TypeError("a line that says nothing of its files")
        self._enter(entry)
