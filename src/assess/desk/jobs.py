"""What the desk has asked ``assess`` to do: one process and one folder for each job.

A job outlives the browser and the server: it writes into its folder, and whoever looks later reads
there how far it came. The processes are those of :mod:`assess.desk.run_job`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from filelock import FileLock, Timeout

from assess.base.machine import now, private_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

State = Literal["waiting", "running", "done", "cut"]
ABOUT, CODE, LOCK = "viec.json", "ma-ket-thuc", "dang-lam.lock"
STARTED, BEGUN = "khoi-dong", "bat-dau"
OUT, ERR = "in-ra.txt", "loi.txt"
FAULT = 70
"""The exit code of a job that ended by a fault of ours."""
INBOX, RESULT = "vao", "ket-qua"
WRITING = "ghi.lock"
"""Held by the one job that writes the store, so that the others wait for it in their turn."""
_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
_PROGRESS = re.compile(r"([0-9]+)/([0-9]+)")
_CODE = re.compile(r" \[[a-z0-9-]+\]")
_PROBE = threading.Lock()
"""One look at a lock at a time, so that two looks are not taken for a job that runs."""
_STARTING = dt.timedelta(seconds=15)
"""How long a new process may take until it holds its lock."""
_KEPT = dt.timedelta(days=120)


@dataclass(frozen=True)
class Job:
    """A job: its folder, its title, the words after ``assess``, and what a page needs of it.

    ``kind`` names the page that shows its result; ``writes`` says that it changes what is on
    record.
    """

    folder: Path
    kind: str
    title: str
    words: tuple[str, ...]
    began: dt.datetime
    writes: bool
    about: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The job's name in addresses."""
        return self.folder.name

    @property
    def code(self) -> int | None:
        """The exit code; None while there is none."""
        try:
            return int((self.folder / CODE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    @cached_property
    def state(self) -> State:
        """Whether it waits, runs, is done, or was cut off: killed, or the machine went off."""
        if self.code is not None:
            return "done"
        begun = (self.folder / BEGUN).exists()
        try:
            with _PROBE, FileLock(self.folder / LOCK, timeout=0, thread_local=False):
                pass
        except Timeout:
            return "running" if begun else "waiting"
        except OSError:  # a drive that cannot be written to has no lock to try
            return "running"
        if self.code is not None:  # it ended just now
            return "done"
        return "waiting" if not begun and now() - self.started < _STARTING else "cut"

    @property
    def started(self) -> dt.datetime:
        """When its process was last started."""
        try:
            return dt.datetime.fromisoformat((self.folder / STARTED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return self.began

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it by itself."""
        return self.state in ("done", "cut")

    @property
    def progress(self) -> tuple[int, int]:
        """How many things are done, of how many; zeros where it has not said."""
        found = _PROGRESS.findall(self.printed(ERR))
        return (int(found[-1][0]), int(found[-1][1])) if found else (0, 0)

    def printed(self, name: str = OUT) -> str:
        """Return what it printed so far."""
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    @property
    def said(self) -> list[str]:
        """The sentences of its errors and notes, without lines of progress."""
        if self.code == FAULT:
            return []
        lines = self.printed(ERR).splitlines()
        return [
            in_plain_words(line)
            for line in lines
            if line.strip() and not _PROGRESS.fullmatch(line.strip())
        ]

    def result(self, name: str) -> Path | None:
        """Return the newest file of this name in the folder of results."""
        found = sorted((self.folder / RESULT).rglob(name))
        return found[-1] if found else None


def in_plain_words(line: str) -> str:
    """Return a line that ``assess`` printed, without the code and the address of a file.

    >>> in_plain_words("✗ 2026/x/y: còn phần chưa ghi [issue-room] · gợi ý: ghi vào")
    'Còn phần chưa ghi. Gợi ý: ghi vào'
    """
    text = _CODE.sub("", line.strip().lstrip("✗! "))
    place, colon, rest = text.partition(": ")
    text = rest if colon and " " not in place else text
    said = [part.strip() for part in text.split(" · ") if part.strip()]
    return ". ".join(part[:1].upper() + part[1:] for part in said)


class Jobs:
    """The jobs of a workspace, in ``ban-lam-viec/viec``."""

    def __init__(self, root: Path) -> None:
        """Keep the jobs of the workspace at ``root``."""
        self.root = root
        self.folder = root / "ban-lam-viec" / "viec"

    def new_folder(self) -> Path:
        """Return a new folder for a job, with its inbox."""
        with private_files():
            folder = self.folder / f"{now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
            (folder / INBOX).mkdir(parents=True)
        return folder

    def start(
        self,
        kind: str,
        title: str,
        words: Sequence[str],
        *,
        folder: Path | None = None,
        writes: bool = False,
        about: Mapping[str, Any] | None = None,
    ) -> Job:
        """Start ``assess WORDS``; the word ``{job}`` stands for the job's own folder."""
        folder = folder or self.new_folder()
        filled = [str(word).replace("{job}", str(folder)) for word in words]
        told = {
            "kind": kind,
            "title": title,
            "words": filled,
            "began": now().isoformat(),
            "writes": writes,
            "about": dict(about or {}),
        }
        with private_files():
            draft = folder / f".{ABOUT}"
            draft.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
            draft.replace(folder / ABOUT)
        self._run(folder)
        return _read(folder)

    def again(self, job: Job) -> None:
        """Start a job that was cut off once more; what it had done stays."""
        for name in (CODE, BEGUN):
            (job.folder / name).unlink(missing_ok=True)
        self._run(job.folder)

    def _run(self, folder: Path) -> None:
        (folder / STARTED).write_text(now().isoformat(), encoding="utf-8")
        start_apart([sys.executable, "-P", "-m", "assess.desk.run_job", str(folder)], self.root)

    def get(self, name: str) -> Job | None:
        """Return a job by its name; None if there is none."""
        folder = self.folder / name
        if _NAME.fullmatch(name) is None:
            return None
        try:
            return _read(folder)
        except (OSError, ValueError, KeyError, TypeError):
            return None  # cut off before it was written down

    def latest(self, kinds: Sequence[str] = ()) -> Iterator[Job]:
        """Yield the jobs, the newest first, of some kinds or of all."""
        names = sorted((path.name for path in self.folder.glob("*-*-*")), reverse=True)
        for name in names:
            job = self.get(name)
            if job is not None and (not kinds or job.kind in kinds):
                yield job

    def tidy(self) -> None:
        """Remove the folders of jobs of long ago: the store keeps what they took in."""
        for folder in self.folder.glob("*-*-*"):
            job = self.get(folder.name)
            try:
                age = time.time() - folder.stat().st_mtime
            except OSError:
                continue
            if age > _KEPT.total_seconds() and (job is None or job.ended):
                shutil.rmtree(folder, ignore_errors=True)


def start_apart(command: Sequence[str], cwd: Path) -> None:
    """Start a process that outlives this one."""
    environment = {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        detached = {"creationflags": flags}
    subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        **detached,
    )


def _read(folder: Path) -> Job:
    told = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    return Job(
        folder,
        told["kind"],
        told["title"],
        tuple(told["words"]),
        dt.datetime.fromisoformat(told["began"]),
        told["writes"],
        told["about"],
    )
