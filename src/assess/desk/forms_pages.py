"""*Phiếu*: forms go out, files come in, who has not sent, the year of every chi bộ."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from assess.api import explain
from assess.base import numbers
from assess.base.errors import InputError, input_error
from assess.base.periods import Period, shift_month
from assess.base.text import listing, plain
from assess.desk.handlers import DeskHandler
from assess.desk.job_pages import send_file
from assess.desk.jobs import INBOX, RESULT, in_plain_words
from assess.desk.names import is_like
from assess.desk.uploads import MOST_BYTES, Upload
from assess.records.words import RATERS_SCORING
from assess.studies.receipts import ASIDE, MISSING, TAKEN, UNSCORED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assess.desk.jobs import Job, Jobs
    from assess.desk.year_sheet import MonthCell, YearRow

_ROWS = 60
_STATES = (
    ("", "Mọi tình trạng"),
    ("chua-gui", "Chưa gửi tháng này"),
    ("de-rieng", "Để riêng tháng này"),
    ("duoi-tot", "Có tháng dưới Tốt"),
)
_KINDS = {
    "nen": (("--out", "{out}"), "phieu-{month}.zip"),
    "so": (("--one-workbook", "--out", "{out}"), ""),
    "pdf": (("--pdf", "--out", "{out}"), ""),
}
_MAKING = 300.0
_CODES = re.compile(r" \[[a-z0-9_]+=[a-z0-9_]+\]")


class FormsPage(DeskHandler):
    """A month: what came, what is missing, sending out, taking in, the whole year."""

    section = "phieu"

    async def get(self) -> None:
        """Show it."""
        office = self.desk.office
        if not await self.away(lambda: office.has_units and office.has_rules):
            await self.page("phieu-chua.html")
            return
        month = self.month(await self.away(office.current_month))
        year = int(month[:4])
        counts = await self.away(office.months, year)
        rows = await self.away(office.year_sheet, year)
        asked, state = self.asked("ten"), self.asked("tinh-trang")
        chosen = [row for row in rows if is_like(row.name, asked) and _in_state(row, month, state)]
        page = self.whole_number("trang", 1, 1, 9999)
        pages = max(1, -(-len(chosen) // _ROWS))
        page = min(page, pages)
        shown = _by_trouble(chosen, month)[(page - 1) * _ROWS : page * _ROWS]
        count = next((each for each in counts if each.month == month), None)
        frame = await self.away(office.frame)
        await self.page(
            "phieu.html",
            month=month,
            year=year,
            count=count,
            before=shift_month(month, -1),
            after=shift_month(month, 1),
            groups=_groups(shown, month),
            months=Period.parse(str(year)).months,
            every=len(rows),
            found=len(chosen),
            page_number=page,
            pages=pages,
            asked=asked,
            state=state,
            states=_STATES,
            reminder=_reminder(frame.office, count) if count and count.missing else "",
            open_files=len(await self.away(office.open_files)),
            names=[row.name for row in rows],
        )


def _in_state(row: YearRow, month: str, state: str) -> bool:
    cell = next((each for each in row.cells if each.month == month), None)
    if state == "chua-gui":
        return cell is not None and cell.state == MISSING
    if state == "de-rieng":
        return cell is not None and cell.state == ASIDE
    if state == "duoi-tot":
        return any(each.look in ("kha", "tb", "kem") and each.state == TAKEN for each in row.cells)
    return True


def _at(row: YearRow, month: str) -> MonthCell:
    return next(each for each in row.cells if each.month == month)


_ORDER = {ASIDE: 0, MISSING: 1, UNSCORED: 2}
_GROUPS = ("Để riêng, chờ sửa", "Chưa gửi tháng {month}", "Chưa có điểm", "Các chi bộ khác")


def _by_trouble(rows: Sequence[YearRow], month: str) -> list[YearRow]:
    return sorted(rows, key=lambda row: _ORDER.get(_at(row, month).state, 3))


def _groups(rows: Sequence[YearRow], month: str) -> list[tuple[str, list[YearRow]]]:
    found: dict[int, list[YearRow]] = {}
    for row in rows:
        found.setdefault(_ORDER.get(_at(row, month).state, 3), []).append(row)
    return [
        (_GROUPS[number].format(month=int(month[5:])), found[number]) for number in sorted(found)
    ]


def _reminder(office: str, count: Any) -> str:
    return (
        f"Văn phòng {office} chưa nhận được phiếu chấm điểm tháng {numbers.month(count.month)} của: "
        f"{listing(count.missing)}. Đề nghị các chi bộ sớm gửi phiếu."
    )


@web.stream_request_body
class ReceivePage(DeskHandler):
    """Files that are sent in: written to disk as they come, then taken in by a job."""

    section = "phieu"
    _upload: Upload | None = None
    _fault: Exception | None = None

    # tornado declares a plain method, and awaits what it returns
    async def prepare(self) -> None:  # type: ignore[override]
        """Check who sends before anything is written; the token of the form is in the address."""
        await JupyterHandler.prepare(self, _redirect_to_login=False)
        if not self.current_user:
            raise web.HTTPError(403)
        if self.request.method == "POST":
            if self.desk.presence.writer() is not None:
                raise web.HTTPError(409)
            # a request that is being received has its connection
            self.request.connection.set_max_body_size(MOST_BYTES)  # type: ignore[union-attr]
            self._folder = self.desk.jobs.new_folder()
            try:
                content_type = self.request.headers.get("Content-Type", "")
                self._upload = Upload(content_type, self._folder / INBOX)
            except InputError:
                shutil.rmtree(self._folder, ignore_errors=True)
                raise

    def data_received(self, chunk: bytes) -> None:
        """Write a piece of what comes."""
        if self._upload is None or self._fault is not None:
            return
        try:
            self._upload.write(chunk)
        except (InputError, OSError) as error:
            self._fault = error  # an error raised here would end the connection without a word

    def on_connection_close(self) -> None:
        """Leave nothing of what did not come whole."""
        if self._upload is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def post(self) -> None:
        """Start the intake; without files say so."""
        upload = self._upload
        if upload is None:
            raise web.HTTPError(400)
        self._upload = None
        try:
            if self._fault is not None:
                raise self._fault
            await self.away(upload.end)
            if not upload.files:
                raise input_error("upload-empty", "tệp gửi lên")
            job = take_in_job(self.desk.jobs, self._folder, f"Nhận {len(upload.files)} tệp")
        except (InputError, OSError):
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self.redirect(self.address("viec", job.name), status=303)


def take_in_job(jobs: Jobs, folder: Path, title: str, kind: str = "nhan") -> Job:
    """Start the intake of what lies in the inbox of a job's folder."""
    words = ["intake", f"{{job}}/{INBOX}", "--out", f"{{job}}/{RESULT}", "-w", str(jobs.root)]
    return jobs.start(kind, title, words, folder=folder, writes=True)


class AsidePage(DeskHandler):
    """All files that wait."""

    section = "phieu"

    async def get(self) -> None:
        """List them, those first that can be mended here."""
        files = await self.away(self.desk.office.open_files)
        await self.page("de-rieng.html", files=sorted(files, key=lambda file: not file.mendable))


class SendPage(DeskHandler):
    """The forms of a month, made by ``assess form`` and sent to the browser."""

    section = "phieu"

    async def get(self) -> None:
        """Make them, then send one file."""
        office = self.desk.office
        month, kind = self.month(), self.asked("kieu", "nen")
        unit = await self.away(office.home)
        if kind not in _KINDS or not unit:
            raise web.HTTPError(404)
        words, name = _KINDS[kind]
        with tempfile.TemporaryDirectory(prefix="assess-phieu-") as folder:
            out = Path(folder) / "phieu"
            filled = [word.format(out=out) for word in words]
            await run_assess(office.workspace.root, "form", unit, month, *filled)
            files = [path for path in sorted(out.rglob("*")) if path.is_file()]
            if len(files) == 1 and kind != "nen":
                await send_file(self, files[0])
                return
            packed = Path(folder) / "phieu.zip"
            await self.away(shutil.make_archive, str(packed.with_suffix("")), "zip", out)
            await send_file(self, packed, name.format(month=month) or f"phieu-{month}.zip")


async def run_assess(root: Path, *words: str) -> str:
    """Run ``assess`` in a process of its own and wait; raise ``InputError`` with what it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "assess",
        *words,
        "-w",
        str(root),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=root,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), _MAKING)
    except TimeoutError as error:
        process.kill()
        raise input_error("took-long", words[0], seconds=int(_MAKING)) from error
    if process.returncode:
        said = err.decode("utf-8", "replace").strip().splitlines()
        raise input_error(
            "said", words[0], said=in_plain_words(said[-1]) if said else "chưa rõ vì sao"
        )
    return out.decode("utf-8", "replace")


class ChiBoPage(DeskHandler):
    """The months of a chi bộ: class, points, what led to each."""

    section = "phieu"

    async def get(self, chi_bo: str) -> None:
        """Show its year."""
        office = self.desk.office
        year = self.year
        tree = await self.away(lambda: office.tree)
        if tree is None or chi_bo not in tree.ids:
            raise web.HTTPError(404)
        rows = await self.away(office.year_sheet, year)
        row = next((each for each in rows if each.chi_bo == chi_bo), None)
        about = tree.row_on(chi_bo, office.today)
        await self.page(
            "chi-bo.html",
            chi_bo=chi_bo,
            name=tree.name_on(chi_bo, office.today),
            year=year,
            cells=row.cells if row else (),
            best=row.best if row else "",
            about=about,
            above=tree.name_on(str(about["parent_id"]), office.today)
            if about and about["parent_id"] == about["parent_id"] and about["parent_id"]
            else "",
        )


class ExplainPage(DeskHandler):
    """Why a meeting has its class."""

    section = "phieu"

    async def get(self, chi_bo: str, when: str) -> None:
        """Show the arithmetic, line by line."""
        office = self.desk.office
        if not await self.away(lambda: office.has_units):
            raise web.HTTPError(404)
        trace = await self.away(lambda: explain(chi_bo, when, workspace=office.workspace))
        told = trace.as_json() if hasattr(trace, "as_json") else None
        await self.page(
            "giai-thich.html",
            chi_bo=chi_bo,
            name=await self.away(office.name_of, chi_bo),
            when=when,
            told=told,
            text=trace.as_text(),
            raters=RATERS_SCORING,
            rules=await self.away(lambda: office.rules),
            bare=_bare,
            lines_of=_lines_of,
        )


def _bare(said: str) -> str:
    """Return a sentence about a reading without the codes behind it."""
    return _CODES.sub("", said)


def _lines_of(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a sheet with what each lost, the most first."""
    lines = [
        {**line, "lost": 0 if line["treatment"] == "left_out" else line["max"] - line["points"]}
        for line in sheet["lines"]
    ]
    return sorted(lines, key=lambda line: -line["lost"])


def ascii_name(text: str) -> str:
    """Return a name for a file that any system takes.

    >>> ascii_name("Chi bộ tổ dân phố 1")
    'chi-bo-to-dan-pho-1'
    """
    return "-".join(plain(text).lower().split())


PAGES: tuple[tuple[str, Any], ...] = (
    (r"/phieu", FormsPage),
    (r"/phieu/nhan", ReceivePage),
    (r"/phieu/de-rieng", AsidePage),
    (r"/phieu/gui", SendPage),
    (r"/chi-bo/([^/]+)", ChiBoPage),
    (r"/giai-thich/([^/]+)/([^/]+)", ExplainPage),
)
