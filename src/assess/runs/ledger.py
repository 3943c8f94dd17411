"""The ledger: one JSON line for every report that was made or could not be, in a file that is only ever added to.

What a line says of the report (``key``, ``ok``, ``content_key``, ``components``, ``files``, ``results``, ``message``) depends on
the inputs alone; when and how it was made (``at``, ``seconds``, ``by``) does not. The last line of a run counts. A line cut short
by a crash is passed over: its report is made again.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from assess.base.machine import now

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "ledger.jsonl"
Results = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
"""Tables of results: the title and the meetings of each class in it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger says of one run, named by its ``key`` (``<period>/<dang_bo>/<name>``). ``files`` gives the digest of each published file by its path below the run's folder."""

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

    @property
    def statement(self) -> dict[str, Any]:
        """What depends on the inputs alone."""
        return {name: value for name, value in asdict(self).items() if name not in ("at", "seconds", "by")}


class Ledger:
    """A matrix's ledger. One process writes, under the lock of the matrix's folder."""

    def __init__(self, folder: Path) -> None:
        """Read what is there."""
        self.path = folder / NAME
        self.entries: dict[str, Entry] = {}
        self.environments: dict[str, dict[str, str]] = {}
        self.late: dict[str, dict[str, Any]] = {}
        """By run, what was recorded after its ``as_of`` when it was last looked at, see :class:`assess.runs.late.Late`."""
        for line in self._lines():
            try:
                self._take(json.loads(line))
            except (ValueError, TypeError, KeyError):
                continue  # a line that a crash or an editor spoilt says nothing

    def append(self, entry: Entry) -> None:
        """Add what became of a run; it is on the disk when this returns."""
        self.entries[entry.key] = entry
        self._write({**asdict(entry), "at": now().isoformat()})

    def note_environment(self, digest: str, packages: Mapping[str, str]) -> None:
        """Add the versions behind an environment's digest, once."""
        if digest not in self.environments:
            self.environments[digest] = dict(packages)
            self._write({"environment": digest, "packages": dict(packages)})

    def note_late(self, key: str, late: dict[str, Any] | None) -> None:
        """Add what a run leaves out, when it is not what was noted last; nothing is noted where it never left out anything."""
        if self.late.get(key, {}) != (late or {}):
            self.late[key] = late or {}
            self._write({"late": late or {}, "key": key})

    def _write(self, line: Mapping[str, Any]) -> None:
        with self.path.open("ab+") as handle:
            # a crash may have left half a line: begin a new one
            if handle.seek(0, os.SEEK_END) and handle.seek(-1, os.SEEK_END) >= 0 and handle.read(1) != b"\n":
                handle.write(b"\n")
            handle.write(json.dumps(line, sort_keys=True).encode() + b"\n")  # in ASCII: no letter of a message can end a line
            handle.flush()
            os.fsync(handle.fileno())

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return []

    def _take(self, line: dict[str, Any]) -> None:
        if "environment" in line:
            self.environments[line["environment"]] = line["packages"]
            return
        if "late" in line:
            self.late[line["key"]] = line["late"]
            return
        line["results"] = tuple((title, tuple((name, count) for name, count in counts)) for title, counts in line["results"])
        entry = Entry(**line)
        if not isinstance(entry.files, dict) or not isinstance(entry.components, dict):
            raise TypeError("a line that says nothing of its files")
        self.entries[entry.key] = entry
