"""The page of a job: how far it is, then what came of it; the files of an intake, one by one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from tornado import web

from assess.base import numbers
from assess.base.text import tidy
from assess.desk.handlers import MENU, DeskHandler
from assess.desk.jobs import ERR, FAULT, OUT, in_plain_words
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


class OfJob(DeskHandler):
    """A page about one job."""

    section = "phieu"

    def job(self, name: str) -> Job:
        """Return the job of an address."""
        found = self.desk.jobs.get(name)
        if found is None:
            raise web.HTTPError(404)
        self.section = _SECTIONS.get(found.kind, "phieu")
        return found


class JobPage(OfJob):
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


class ProgressData(OfJob):
    """How far a job is, for the desk's script."""

    async def get(self, name: str) -> None:
        """Answer in JSON."""
        job = self.job(name)
        ended = await self.away(lambda: job.ended)
        done, total = job.progress
        self.answer_json({"ended": ended, "done": done, "total": total, "words": _in_words(job)})


class AgainPage(OfJob):
    """Go on with a job that was cut off."""

    async def post(self, name: str) -> None:
        """Start it again in its folder."""
        job = self.job(name)
        if await self.away(lambda: job.state) == "cut":
            await self.away(self.desk.jobs.again, job)
        self.redirect(self.address("viec", job.name))


class LeavePage(OfJob):
    """Leave a job that was cut off as it is."""

    async def post(self, name: str) -> None:
        """Remember it, so that it is not told again."""
        job = self.job(name)
        (job.folder / "bo-qua").touch()
        self.redirect(self.address("hom-nay"))


class TakeBackPage(OfJob):
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


class JobFile(OfJob):
    """A file that a job wrote: a marked copy, a file as it was sent, a workbook, a PDF."""

    async def get(self, name: str, place: str) -> None:
        """Send it to be saved."""
        job = self.job(name)
        path = inside(job.folder, place)
        if path.name in (ERR, OUT) or path.suffix in (".json", ".lock"):
            raise web.HTTPError(404)
        await send_file(self, path)


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


JOB = r"/viec/([0-9]{8}-[0-9]{6}-[0-9a-f]{6})"
PAGES = (
    (JOB, JobPage),
    (JOB + r"/tien-do", ProgressData),
    (JOB + r"/lam-not", AgainPage),
    (JOB + r"/bo-qua", LeavePage),
    (JOB + r"/rut-lai", TakeBackPage),
    (JOB + r"/tep/(.+)", JobFile),
)
