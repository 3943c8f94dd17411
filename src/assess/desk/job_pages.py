"""The page of a job: how far it is, then what came of it; the files of an intake, one by one."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from typing import TYPE_CHECKING, Any

from tornado import web

from assess.base import numbers
from assess.base.text import tidy
from assess.desk.handlers import MENU, DeskHandler
from assess.desk.jobs import ERR, FAULT, OUT, RESULT, in_plain_words
from assess.desk.names import when
from assess.desk.office import INTAKES
from assess.desk.open_files import intake_told, open_file, open_in
from assess.runs.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assess.desk.jobs import Job

_TOLD = {
    "sao-luu": (
        "Đã sao lưu vào thư mục sao-luu của thư mục làm việc, đã đọc lại, còn nguyên. Chép tệp ấy sang ổ khác, nơi khác.",
        "Đã sao lưu, có chỗ cần xem ở trên.",
    ),
    "doi-chieu": (
        "Kho số liệu nguyên vẹn: mọi lượt ghi khớp dấu niêm phong.",
        "Kho số liệu có chỗ không khớp. Ngừng ghi; gọi người hỗ trợ, giữ bản sao lưu gần nhất.",
    ),
    "luu-tru": (
        "Đã lập bản lưu trữ trong thư mục luu-tru của thư mục làm việc, đã đọc lại, còn nguyên. Chép sang nơi lưu trữ.",
        "Đã lập bản lưu trữ, có chỗ cần xem ở trên.",
    ),
    "tap-huan": (
        "Không gian tập huấn đã sẵn sàng: một tỉnh giả, một năm số liệu, sáu phiếu hỏng trong thư mục phieu-tap-huan.",
        "Không gian tập huấn có chỗ cần xem ở trên.",
    ),
    "kiem-lai": (
        "Các báo cáo còn nguyên vẹn; lập lại từ số liệu gốc ra đúng từng con số, từng chữ.",
        "Có báo cáo không khớp, nêu ở trên.",
    ),
}
"""What came of jobs that print for people of the trade: when all is well, and when not."""
_SECTIONS = {
    "bao-cao": "bao-cao",
    "phat-hanh": "bao-cao",
    "kiem-lai": "bao-cao",
    "luu-tru": "bao-cao",
    "sao-luu": "hom-nay",
    "doi-chieu": "hom-nay",
    "dong": "so-viec",
}
_DAY_AND_MONTH = re.compile(r"\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\s*")
WHY = (
    ("hoi", "Đã hỏi lại chi bộ"),
    ("bien-ban", "Theo biên bản hoặc phiếu giấy đã ký"),
    ("khac", "Lý do khác"),
)


class _OfJob(DeskHandler):
    section = "phieu"

    def job(self, name: str) -> Job:
        """Return the job of an address."""
        found = self.desk.jobs.get(name)
        if found is None:
            raise web.HTTPError(404)
        self.section = _SECTIONS.get(found.kind, "phieu")
        return found


class JobPage(_OfJob):
    """A job: running, cut off, or done with its result."""

    async def get(self, name: str) -> None:
        """Show it as it stands."""
        job = self.job(name)
        state = await self.away(lambda: job.state)
        if state in ("waiting", "running"):
            done, total = job.progress
            await self.page("dang-lam.html", job=job, done=done, total=total, words=_in_words(job))
        elif state == "cut":
            done, total = job.progress
            await self.page("dut.html", job=job, done=done, total=total, when=when(job.began))
        elif job.kind in INTAKES and (told := await self.away(intake_told, job)):
            await self._intake(job, told)
        elif job.kind == "bao-cao" and await self.away(_made_since, job, self.desk.jobs.root):
            self.redirect(self.address("bao-cao", "ket-qua", job.about["path"]))
        else:
            await self.page(
                "xong.html",
                job=job,
                when=when(job.began),
                printed=_told(job),
                raw=job.printed().strip(),
                said=job.said,
                detail=job.printed(ERR) if job.code == FAULT else "",
            )

    async def _intake(self, job: Job, told: Mapping[str, Any]) -> None:
        aside = await self.away(open_in, job)
        waiting = {file.digest for file in await self.away(self.desk.office.open_files)}
        taken = [found for found in told["results"] if found["outcome"] == "taken"]
        odd = [
            (found, [f for f in found["findings"] if f["severity"] == "warning"]) for found in taken
        ]
        await self.page(
            "ket-qua-nhan.html",
            job=job,
            told=told,
            back=job.about.get("page", "phieu"),
            back_title=dict(MENU)[job.about.get("page", "phieu").split("/")[0]],
            when=when(job.began),
            aside=[
                (found, found["digest"] in waiting, open_file(job, found).mendable)
                for found in aside
            ],
            odd=[pair for pair in odd if pair[1]],
            taken=taken,
            known=[found for found in told["results"] if found["outcome"] == "known"],
            withdrawn=any(
                each.about.get("of") == job.name and each.code == 0
                for each in self.desk.jobs.latest(("rut",))
            ),
        )


class ProgressData(_OfJob):
    """How far a job is, for the desk's script."""

    async def get(self, name: str) -> None:
        """Answer in JSON."""
        job = self.job(name)
        ended = await self.away(lambda: job.ended)
        done, total = job.progress
        self.answer_json({"ended": ended, "done": done, "total": total, "words": _in_words(job)})


class AgainPage(_OfJob):
    """Go on with a job that was cut off."""

    async def post(self, name: str) -> None:
        """Start it again in its folder."""
        job = self.job(name)
        if await self.away(lambda: job.state) == "cut":
            await self.away(self.desk.jobs.again, job)
        self.redirect(self.address("viec", job.name))


class LeavePage(_OfJob):
    """Leave a job that was cut off as it is."""

    async def post(self, name: str) -> None:
        """Remember it, so that it is not told again."""
        job = self.job(name)
        (job.folder / "bo-qua").touch()
        self.redirect(self.address("hom-nay"))


class TakeBackPage(_OfJob):
    """An intake taken back: everything as before, nothing erased."""

    async def post(self, name: str) -> None:
        """Start it."""
        job = self.job(name)
        told = await self.away(intake_told, job)
        if not told:
            raise web.HTTPError(404)
        reason = tidy(self.fields.get("ly_do", "")) or "nhận nhầm"
        words = ["store", "take-back", told["recorded_at"], "--reason", reason]
        started = self.desk.jobs.start(
            "rut",
            f"Rút lại: {job.title}",
            [*words, "-w", str(self.desk.jobs.root)],
            writes=True,
            about={"of": job.name},
        )
        self.redirect(self.address("viec", started.name))


class JobFile(_OfJob):
    """A file that a job wrote: a marked copy, a file as it was sent, a workbook, a PDF."""

    async def get(self, name: str, place: str) -> None:
        """Send it to be saved."""
        job = self.job(name)
        path = inside(job.folder, place)
        if path.name in (ERR, OUT) or path.suffix in (".json", ".lock"):
            raise web.HTTPError(404)
        await send_file(self, path)


class MendPage(_OfJob):
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


def inside(folder: Path, place: str) -> Path:
    """Return a file below a folder; anything else is not there."""
    if "\0" in place:
        raise web.HTTPError(404)
    path = (folder / place).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise web.HTTPError(404)
    return path


async def send_file(handler: DeskHandler, path: Path, name: str = "") -> None:
    """Send a file to be saved, a piece at a time."""
    handler.set_header("Content-Type", "application/octet-stream")
    handler.set_header("Content-Length", str(path.stat().st_size))
    handler.set_attachment_header(name or path.name)
    with path.open("rb") as file:
        while piece := await handler.away(file.read, 1 << 20):
            handler.write(piece)
            await handler.flush()
    await handler.finish()


def _told(job: Job) -> list[str]:
    """Return what came of a job in a sentence or two; what it printed stands below the details."""
    if job.code not in (0, 1):
        return []
    told = _TOLD.get(job.kind)
    if told is not None:
        return [told[int(job.code != 0)]]
    return [in_plain_words(line) for line in job.printed().strip().splitlines()[:1]]


def _made_since(job: Job, root: Path) -> bool:
    """Whether the report that a job was to make was made, or failed on record, since it began."""
    batch, _, key = str(job.about.get("path", "")).partition("/")
    entry = Ledger(root / "reports" / batch).entries.get(key) if batch else None
    if entry is None or not entry.at:
        return False
    made = dt.datetime.fromisoformat(entry.at)
    return made >= job.began or job.code == 0  # nothing had changed: it stands as it was


def _in_words(job: Job) -> str:
    done, total = job.progress
    if job.state == "waiting":
        return "Đang chờ đến lượt ghi"
    if not total:
        return "Đang làm"
    return f"Xong {numbers.count(done)} trên {numbers.count(total)}"


_JOB = r"/viec/([0-9]{8}-[0-9]{6}-[0-9a-f]{6})"
PAGES = (
    (_JOB, JobPage),
    (_JOB + r"/tien-do", ProgressData),
    (_JOB + r"/lam-not", AgainPage),
    (_JOB + r"/bo-qua", LeavePage),
    (_JOB + r"/rut-lai", TakeBackPage),
    (_JOB + r"/tep/(.+)", JobFile),
    (_JOB + r"/sua/([0-9a-f]{64})", MendPage),
)
