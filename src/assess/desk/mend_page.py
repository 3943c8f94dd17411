"""The wrong cells of a form, mended on the page: a corrected copy is taken in, with the reason."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

from tornado import web

from assess.base.text import tidy
from assess.desk.job_pages import JOB, OfJob
from assess.desk.jobs import RESULT
from assess.desk.open_files import intake_told, open_file, open_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assess.desk.jobs import Job

_DAY_AND_MONTH = re.compile(r"\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\s*")
WHY = (
    ("hoi", "Đã hỏi lại chi bộ"),
    ("bien-ban", "Theo biên bản hoặc phiếu giấy đã ký"),
    ("khac", "Lý do khác"),
)


class MendPage(OfJob):
    """The wrong cells of a form beside what is asked for; a corrected copy is taken in."""

    async def get(self, name: str, digest: str) -> None:
        """Show the cells as they came."""
        job, found = self.job(name), self._found(name, digest)
        await self._show(job, found, {}, {}, 200)

    def _found(self, name: str, digest: str) -> dict[str, Any]:
        found = next((f for f in open_in(self.job(name)) if f["digest"] == digest), None)
        if found is None or not open_file(self.job(name), found).mendable:
            raise web.HTTPError(404)
        return found

    async def _show(
        self,
        job: Job,
        found: dict[str, Any],
        given: Mapping[str, str],
        errors: Mapping[str, str],
        status: int,
    ) -> None:
        waiting = [file for file in await self.away(self.desk.office.open_files) if file.mendable]
        here = next((n for n, file in enumerate(waiting) if file.digest == found["digest"]), 0)
        following = waiting[(here + 1) % len(waiting)] if len(waiting) > 1 else None
        told = await self.away(intake_told, job)
        await self.page(
            "sua-phieu.html",
            status,
            job=job,
            found=found,
            cells=wrong_cells(found),
            many=has_several(found),
            around=told.get("around", {}).get(found["digest"], []),
            given=given,
            errors=errors,
            why=WHY,
            number=here + 1,
            total=len(waiting),
            following=following,
            actor=self.desk.office.workspace.actor,
        )

    async def post(self, name: str, digest: str) -> None:
        """Take a corrected copy in, with the reason on record."""
        job, found, given = self.job(name), self._found(name, digest), self.fields
        cells = wrong_cells(found)
        month = found["about"][0][1] if found["about"] else ""
        labels = {cell["name"]: cell["label"] for cell in cells}
        values = {
            name.removeprefix("o-"): _in_full(value, labels.get(name, ""), month)
            for name, value in given.items()
            if name.startswith("o-") and value
        }
        errors = {}
        why = dict(WHY).get(given.get("vi_sao", ""), "")
        more = tidy(given.get("ai", ""))
        if given.get("vi_sao") == "khac":
            why = ""
        reason = ": ".join(part for part in (why, more) if part)
        if not reason:
            errors["ai"] = "Ghi lý do: hỏi ai, lúc nào, hoặc theo văn bản nào."
        if not self.desk.office.workspace.actor:
            errors["nguoi"] = "Chưa khai người làm việc trên máy này."
        if not values:
            errors["o"] = (
                "Chưa sửa ô nào. Ghi giá trị đúng vào ít nhất một ô, hoặc để phiếu này lại sau."
            )
        original = aside_file(job, digest)
        if original is None:
            raise web.HTTPError(404)
        if errors:
            await self._show(job, found, given, errors, 400)
            return
        folder = self.desk.jobs.new_folder()
        sent = folder / "vao" / found["file"].rsplit("/", 1)[-1]
        await self.away(shutil.copyfile, original, sent)
        pairs = [f"{address}={value}" for address, value in values.items()]
        started = self.desk.jobs.start(
            "sua",
            f"Sửa phiếu: {', '.join(found['holds']) or found['file']}",
            [
                "mend",
                "--reason",
                reason,
                "--out",
                f"{{job}}/{RESULT}",
                "-w",
                str(self.desk.jobs.root),
                "--",
                str(sent),
                *pairs,
            ],
            folder=folder,
            writes=True,
            about={"of": job.name},
        )
        self.redirect(self.address("viec", started.name))


def _in_full(value: str, label: str, month: str) -> str:
    """Return what was typed; a day and month get the year of the form."""
    found = _DAY_AND_MONTH.fullmatch(value)
    if found and month and "ngày" in label.casefold():
        return f"{int(found[1]):02d}/{int(found[2]):02d}/{month[:4]}"
    return tidy(value)


def has_several(found: Mapping[str, Any]) -> bool:
    """Whether the file holds several forms, so that an address needs its worksheet."""
    return len(found["about"]) > 1 or len({f["sheet"] for f in found["findings"] if f["cell"]}) > 1


def wrong_cells(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the cells with errors, each once with all that is wrong with it."""
    cells: dict[str, dict[str, Any]] = {}
    many = has_several(found)
    for finding in found["findings"]:
        if finding["severity"] != "error" or not finding["cell"]:
            continue
        address = f"{finding['sheet']}!{finding['cell']}" if many else finding["cell"]
        cell = cells.setdefault(
            address,
            {
                "address": address,
                "cell": finding["cell"],
                "name": f"o-{address}",
                "label": finding["label"],
                "was": finding["facts"].get("found", ""),
                "said": [],
                "allowed": finding["allowed"],
                "fix": finding.get("fix", ""),
                "clause": finding.get("clause", ""),
            },
        )
        cell["said"].append(finding["message"])
    return list(cells.values())


def aside_file(job: Job, digest: str) -> Path | None:
    """Return the file as it was sent, from those an intake set aside."""
    found = [p for p in (job.folder / RESULT).rglob(f"de-rieng/*-{digest[:8]}.*") if p.is_file()]
    return found[0] if found else None


PAGES = ((JOB + r"/sua/([0-9a-f]{64})", MendPage),)
