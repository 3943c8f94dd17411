"""*Báo cáo*: what was made and what is out; make one, open it, issue it, verify it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from tornado import web

from assess.base import numbers
from assess.base.errors import input_error
from assess.base.periods import Period
from assess.base.text import tidy
from assess.desk.handlers import DeskHandler
from assess.desk.job_pages import inside, send_file
from assess.desk.made_reports import GROUPS, REPORTS, MadeReport, named_reports
from assess.runs.index import TITLES
from assess.runs.issue import blocks_of, changed_since
from assess.runs.plan import home, make_plan
from assess.runs.register import FOLDER as ISSUED
from assess.runs.register import Register
from assess.workspace.office import NUMBERED

if TYPE_CHECKING:
    from pathlib import Path

    from assess.runs.steps import Step
    from assess.workspace import Workspace

_SANDBOX = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
_OPENED = {".html": "text/html; charset=utf-8", ".pdf": "application/pdf"}


class _Reports(DeskHandler):
    section = "bao-cao"

    def reports(self) -> list[MadeReport]:
        """Return the reports, with the names of their units."""
        return named_reports(self.desk.office)

    def report(self, path: str) -> MadeReport:
        """Return the report of an address."""
        found = next((each for each in self.reports() if each.path == path), None)
        if found is None:
            raise web.HTTPError(404)
        return found


class ReportsPage(_Reports):
    """All reports of a year, by kind and period, and the documents that are out."""

    async def get(self) -> None:
        """Show them."""
        office = self.desk.office
        year = self.year
        reports = await self.away(self.reports)
        mine = [each for each in reports if each.period[:4] == str(year)]
        failed = [each for each in mine if not each.entry.has_report]
        register = await self.away(lambda: Register(office.workspace.root).documents)
        periods = sorted(
            {each.period for each in mine}, key=lambda p: (len(Period.parse(p).months), p)
        )
        groups = []
        for title, names in GROUPS:
            rows = [(name, [each for each in mine if each.template == name]) for name in names]
            rows = [(name, theirs) for name, theirs in rows if theirs]
            if rows:
                groups.append((title, [(TITLES[name], theirs) for name, theirs in rows]))
        other = [each for each in mine if not any(each.template in names for _, names in GROUPS)]
        if other:
            groups.append(("Mẫu riêng", [(each.template, [each]) for each in other]))
        await self.page(
            "bao-cao.html",
            year=year,
            groups=groups,
            many=len(mine),
            failed=failed,
            periods=periods,
            issued=[
                document
                for document in reversed(register)
                if document.day[:4] in (str(year), str(year + 1))
            ],
            has_units=await self.away(lambda: office.has_units),
        )


def _written(moment: str) -> str:
    """Return a moment of a ledger as people write it."""
    at = dt.datetime.fromisoformat(moment)
    return f"{at:%H:%M} ngày {numbers.day(at.date())}"


class ReportPage(_Reports):
    """A report that was made: its files, why it is a draft, issuing, verifying."""

    async def get(self, path: str) -> None:
        """Show it."""
        report = await self.away(self._found, path)
        if report is None:
            jobs = self.desk.jobs.latest(("bao-cao",))
            job = next((each for each in jobs if each.about.get("path") == path), None)
            if job is None:
                raise web.HTTPError(404)
            self.redirect(self.address("viec", job.name))
            return
        folder = self.desk.office.workspace.root / REPORTS / report.batch
        await self.page(
            "bao-cao-ket-qua.html",
            report=report,
            when=_written(report.entry.at),
            as_of=report.entry.as_of,
            results=report.entry.results,
            marks=report.entry.marks,
            symbol=_symbol(folder, report),
            last=_last_number(self.desk.office.workspace.root),
            today=self.desk.office.today,
            kind=_kind(folder, report),
            asks_why=_matrix(self.desk.office.workspace, report) is not None,
        )

    def _found(self, path: str) -> MadeReport | None:
        return next((each for each in self.reports() if each.path == path), None)


def _header(folder: Path, report: MadeReport) -> dict[str, Any]:
    path = folder / f"{report.key}.ipynb"
    if not path.is_file():
        return {}
    return next((block for block in blocks_of(path) if block.get("type") == "header"), {})


def _kind(folder: Path, report: MadeReport) -> str:
    return str(_header(folder, report).get("kind", ""))


def _symbol(folder: Path, report: MadeReport) -> str:
    """Return what follows the number, such as ``-BC/ĐU``; empty for what has no number."""
    header = _header(folder, report)
    kind = NUMBERED.get(str(header.get("kind", "")))
    return "" if kind is None else str(header.get("number") or f"-{kind}")


def _last_number(root: Path) -> str:
    documents = Register(root).documents
    return documents[-1].sign if documents else ""


class WhyPage(_Reports):
    """Why a report would be made again now, and where it differs from the document that is out."""

    async def get(self, path: str) -> None:
        """Show what ``assess plan`` says of it."""
        report = await self.away(self.report, path)
        matrix = _matrix(self.desk.office.workspace, report)
        if matrix is None:
            raise web.HTTPError(404)
        workspace = self.desk.office.workspace
        step = await self.away(_step, workspace, matrix, report)
        folder = workspace.root / REPORTS / report.batch
        differs = await self.away(changed_since, workspace, folder, report.key)
        await self.page("vi-sao.html", report=report, step=step, differs=differs)


def _matrix(workspace: Workspace, report: MadeReport) -> Path | None:
    """Return the matrix that a report was made from, if it still stands."""
    path = workspace.root / REPORTS / f"{report.batch}.yaml"
    return path if path.is_file() else None


def _step(workspace: Workspace, matrix: Path, report: MadeReport) -> Step | None:
    folder = workspace.root / REPORTS
    plan = make_plan(matrix, workspace, lambda name: home(folder, name), only=(report.key,))
    return next((step for step in plan.steps if step.run.key == report.key), None)


class IssuePage(_Reports):
    """Issuing cannot be taken back: what follows, then a button that names the number."""

    async def get(self, path: str) -> None:
        """Show what will happen."""
        await self._show(path, {}, "")

    async def _show(self, path: str, given: dict[str, str], error: str) -> None:
        report = await self.away(self.report, path)
        number = given.get("so") or self.asked("so")
        await self.page(
            "phat-hanh.html",
            400 if error else 200,
            report=report,
            number=number,
            earlier=report.issued,
            how=given.get("cach", ""),
            error=error,
        )

    async def post(self, path: str) -> None:
        """Issue it, or say why not."""
        report, given = await self.away(self.report, path), self.fields
        number = tidy(given.get("so", ""))
        if not number:
            await self._show(path, given, "Số của văn bản đang để trống. Ghi số, ví dụ 38.")
            return
        root = self.desk.office.workspace.root
        words = [
            "issue",
            str(root / REPORTS / f"{report.path}.html"),
            "--number",
            number,
            "-w",
            str(root),
        ]
        how = given.get("cach", "")
        if report.issued is not None:
            words += [
                {"thay": "--replaces", "bo-sung": "--adds-to"}.get(how, "--replaces"),
                report.issued.sign,
            ]
        job = self.desk.jobs.start("phat-hanh", f"Phát hành số {number}: {report.title}", words)
        self.redirect(self.address("viec", job.name))


class VerifyPage(_Reports):
    """Make reports again from their own records and compare every figure."""

    async def post(self, batch: str) -> None:
        """Start it."""
        root = self.desk.office.workspace.root
        if not (root / REPORTS / batch / "ledger.jsonl").is_file():
            raise web.HTTPError(404)
        words = ["verify", str(root / REPORTS / batch)]
        job = self.desk.jobs.start("kiem-lai", "Kiểm lại các báo cáo đã lập", words)
        self.redirect(self.address("viec", job.name))


class ArchivePage(_Reports):
    """The documents of a year that are out, with all they were made of, laid aside for good."""

    async def post(self) -> None:
        """Start it."""
        year = self.fields.get("nam", "")
        if not (year.isascii() and year.isdecimal() and len(year) == 4):
            raise input_error("not-a-number", "năm", found=year[:20], low=1990, high=2200)
        words = ["archive", "-w", str(self.desk.office.workspace.root), year]
        job = self.desk.jobs.start("luu-tru", f"Đóng hồ sơ năm {year}", words)
        self.redirect(self.address("viec", job.name))


class OpenPage(_Reports):
    """A file of a report or of an issued document, shown where it can do nothing."""

    async def get(self, where: str, place: str) -> None:
        """Send it: pages in a sandbox, PDF to look at, others to be saved."""
        root = self.desk.office.workspace.root
        folder = root / {"xem": REPORTS, "van-ban": ISSUED}[where]
        path = inside(folder, place)
        if any(part.endswith(".slice") for part in path.relative_to(folder.resolve()).parts):
            raise web.HTTPError(404)
        kind = _OPENED.get(path.suffix)
        if kind is None or self.asked("tai"):
            await send_file(self, path)
            return
        self.set_header("Content-Type", kind)
        self.set_header(
            "Content-Security-Policy",
            _SANDBOX
            if path.suffix == ".html"
            else "default-src 'none'; frame-ancestors 'none'; object-src 'self'; plugin-types application/pdf",
        )
        await self.finish(await self.away(path.read_bytes))


_PATH = r"([^/]+/[^/]+/[^/]+/[^/]+)"
PAGES: tuple[tuple[str, Any], ...] = (
    (r"/bao-cao", ReportsPage),
    (rf"/bao-cao/ket-qua/{_PATH}", ReportPage),
    (rf"/bao-cao/vi-sao/{_PATH}", WhyPage),
    (rf"/bao-cao/phat-hanh/{_PATH}", IssuePage),
    (r"/bao-cao/kiem-lai/([^/]+)", VerifyPage),
    (r"/bao-cao/luu-tru", ArchivePage),
    (r"/bao-cao/(xem|van-ban)/(.+)", OpenPage),
)
