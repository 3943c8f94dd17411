"""Which machines have the desk of a workspace open: on a network drive only one of them writes.

Each machine touches a file of its own. Times are those that the drive gives to these files, so
that clocks that differ do no harm.
"""

from __future__ import annotations

import json
import os
import platform
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.base.machine import now, private_files

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 20
"""How often a machine touches its file."""
_ALIVE = 75.0
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class OtherMachine:
    """Another machine that has the desk open, and since when, as it says itself."""

    host: str
    since: str


class Presence:
    """This machine among those that have the desk of a workspace open."""

    def __init__(self, root: Path, host: str = "") -> None:
        """Say that the desk is open here."""
        self.host = host or platform.node() or "máy này"
        self.folder = root / "ban-lam-viec" / "may"
        self.path = self.folder / f"{_UNSAFE.sub('_', self.host)}-{os.getpid()}.json"
        self._since = f"{now():%H:%M ngày %d/%m/%Y}"
        self._touched: float | None = None
        self._began = 0.0
        self.beat()

    def beat(self) -> None:
        """Touch this machine's file; a drive that cannot be written to is told where it matters."""
        try:
            with private_files():
                self.folder.mkdir(parents=True, exist_ok=True)
                before = self._touched
                self.path.touch()
                self._touched = self.path.stat().st_mtime
                if before is None or self._touched - before > _ALIVE:
                    self._began = self._touched  # it slept meanwhile: others may have begun
                told = {"host": self.host, "since": self._since, "order": self._began}
                self.path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        except OSError:
            return

    def writer(self) -> OtherMachine | None:
        """Return the other machine that writes now; None where this one may."""
        self.beat()
        try:
            here = self.path.stat().st_mtime
            others = [path for path in self.folder.glob("*.json") if path != self.path]
        except OSError:
            return None
        for path in others:
            try:
                told = json.loads(path.read_text(encoding="utf-8"))
                alive = here - path.stat().st_mtime < _ALIVE
                mine, theirs = (self._began, self.host), (float(told["order"]), str(told["host"]))
            except (OSError, ValueError, KeyError, TypeError):
                continue
            if alive and theirs[1] != self.host and theirs < mine:
                return OtherMachine(theirs[1], str(told["since"]))
        return None

    def leave(self) -> None:
        """Say that the desk is closed here."""
        self.path.unlink(missing_ok=True)
