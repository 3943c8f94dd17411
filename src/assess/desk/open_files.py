"""Files that an intake set aside, until something right comes in their place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assess.desk.jobs import Job
    from assess.exchange.store import Store


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that was set aside, with nothing in its place since: what it is, what is wrong."""

    job: str
    digest: str
    name: str
    unit: str
    findings: tuple[Mapping[str, Any], ...]
    marked: str

    @property
    def cells(self) -> tuple[Mapping[str, Any], ...]:
        """The findings at a cell that a person can mend on the page."""
        return tuple(f for f in self.findings if f["cell"] and f["severity"] == "error")

    @property
    def mendable(self) -> bool:
        """Whether every error is at a cell of a workbook."""
        errors = [f for f in self.findings if f["severity"] == "error"]
        named = self.name.lower().endswith(".xlsx")
        return bool(errors) and len(self.cells) == len(errors) and named


def open_in(job: Job) -> list[dict[str, Any]]:
    """Return the files that an intake set aside, with the address of each marked copy."""
    told, path = intake_told(job), job.result("findings.json")
    if path is None:
        return []
    copies = {
        digest: (path.parent / copy).relative_to(job.folder).as_posix()
        for digest, copy in told.get("copies", {}).items()
    }
    return [
        {**found, "marked": copies.get(found["digest"], ""), "about": found.get("about", [])}
        for found in told.get("results", [])
        if found["outcome"] == "set_aside"
    ]


def open_file(job: Job, found: Mapping[str, Any]) -> OpenFile:
    """Return a file that an intake set aside, from what it wrote down of it."""
    return OpenFile(
        job.name,
        found["digest"],
        found["file"],
        ", ".join(found["holds"]),
        tuple(found["findings"]),
        found["marked"],
    )


def intake_told(job: Job) -> dict[str, Any]:
    """Return what an intake wrote down of its files; nothing if it did not come that far."""
    path = job.result("findings.json")
    if path is None:
        return {}
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told


def waiting_files(store: Store, intakes: Iterable[Job]) -> list[OpenFile]:
    """Return the files that intakes set aside and that nothing has replaced, the newest first."""
    last: dict[str, tuple[str, int]] = {}
    for place, row in enumerate(store.files().itertuples(index=False)):
        last[row.digest] = row.outcome, place
    done: dict[tuple[str, str], int] = {}
    found: list[tuple[Job, dict[str, Any]]] = []
    for job in intakes:
        for told in intake_told(job).get("results", []):
            outcome, place = last.get(told["digest"], ("", -1))
            if outcome == "taken":
                for pair in map(tuple, told.get("about", [])):
                    done[pair] = max(place, done.get(pair, -1))
        found += [(job, each) for each in open_in(job)]
    meetings = store.tables(("meeting",))["meeting"]
    columns = (meetings["chi_bo_id"], meetings["for_month"], meetings["recorded_at"])
    changed = {(chi_bo, month): at for chi_bo, month, at in zip(*columns, strict=True)}
    seen: set[Any] = set()
    waiting = []
    for job, told in found:
        outcome, place = last.get(told["digest"], ("", -1))
        about = frozenset(map(tuple, told["about"]))
        key = about or told["digest"]
        since = pd.Timestamp(intake_told(job)["recorded_at"])
        mended = bool(about) and all(
            done.get(pair, -1) > place or (pair in changed and changed[pair] > since)
            for pair in about
        )
        if key not in seen and not mended and outcome != "taken":
            seen.add(key)
            waiting.append(open_file(job, told))
    return waiting
