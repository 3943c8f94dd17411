"""*Hôm nay* and the pages around it: first steps, the log, search, help, backup, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tornado import web

from assess.base.text import tidy
from assess.desk.errands import errands_of
from assess.desk.handlers import DeskHandler
from assess.desk.made_reports import named_reports
from assess.desk.names import is_like, weekday, when
from assess.workspace.practice import is_practice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assess.desk.jobs import Job
    from assess.desk.office import Office

_MOST = 7
PRACTICE_FOLDER = "tap-huan"


class HomePage(DeskHandler):
    """The prefix alone leads to *Hôm nay*."""

    async def get(self) -> None:
        """Go there."""
        self.redirect(self.address("hom-nay"))


class TodayPage(DeskHandler):
    """What is due, what waits, how the months stand, what was done last."""

    section = "hom-nay"

    async def get(self) -> None:
        """Show it; in an empty workspace the first steps."""
        office = self.desk.office
        ready = await self.away(lambda: (office.has_units, office.has_rules))
        if not all(ready):
            await self.page(
                "bat-dau.html",
                has_units=ready[0],
                actor=office.workspace.actor,
                rule_sets=await self.away(lambda: _rule_sets(office)),
                units=await self.away(office.units_with_chi_bo),
                today=office.today,
            )
            return
        errands = await self.away(lambda: sorted(errands_of(office), key=lambda each: each.urgency))
        months = await self.away(office.recent_months)
        month = await self.away(office.current_month)
        await self.page(
            "hom-nay.html",
            day=weekday(office.today),
            errands=errands[:_MOST],
            more=max(0, len(errands) - _MOST),
            months=months,
            month=next((count for count in months if count.month == month), None),
            log=[_logged(job) for job, _ in zip(self.desk.jobs.latest(), range(8), strict=False)],
            today=office.today,
        )


def _rule_sets(office: Office) -> list[tuple[str, str, str]]:
    return [
        (rules.id, rules.title, str(rules.meeting)) for rules in office.workspace.rules().values()
    ]


def _logged(job: Job) -> dict[str, Any]:
    return {
        "job": job,
        "when": f"{job.began:%H:%M}" if "hôm nay" in when(job.began) else f"{job.began:%d/%m}",
    }


class BackupPage(DeskHandler):
    """Back up into the workspace's own folder."""

    section = "hom-nay"

    async def post(self) -> None:
        """Start it."""
        job = self.desk.jobs.start("sao-luu", "Sao lưu", ["backup", "-w", str(self.desk.jobs.root)])
        self.redirect(self.address("viec", job.name))


class CheckPage(DeskHandler):
    """Hold the store against its seal."""

    section = "hom-nay"

    async def post(self) -> None:
        """Start it."""
        words = ["store", "check", "-w", str(self.desk.jobs.root)]
        job = self.desk.jobs.start("doi-chieu", "Đối chiếu kho số liệu", words)
        self.redirect(self.address("viec", job.name))


class ActorPage(DeskHandler):
    """Who works at this desk."""

    section = "hom-nay"

    async def get(self) -> None:
        """Ask for the post."""
        await self.page("nguoi-lam.html", actor=self.desk.office.workspace.actor, error="")

    async def post(self) -> None:
        """Write it down."""
        actor = tidy(self.fields.get("chuc_danh", ""))
        if not actor or len(actor) > 120:
            await self.page(
                "nguoi-lam.html",
                400,
                actor=actor,
                error="Chức danh đang để trống hoặc dài quá 120 ký tự. Ghi chức danh, ví dụ: cán bộ Văn phòng Đảng ủy.",
            )
            return
        await self.away(self.desk.office.workspace.set_actor, actor)
        self.redirect(self.address("hom-nay"))


class SearchPage(DeskHandler):
    """Chi bộ, reports and lines of rule sets by name, typed with or without marks."""

    async def get(self) -> None:
        """Show what was found; a single hit opens."""
        asked, office = self.asked("q"), self.desk.office
        units, reports, lines, total = await self.away(_found, office, asked)
        if len(units) + len(reports) + len(lines) == 1:
            places: list[tuple[str, ...]] = [("chi-bo", unit) for unit, _ in units]
            places += [("bao-cao", "ket-qua", report.path) for report in reports]
            places += [("quy-dinh", rules) for rules, _, _ in lines]
            self.redirect(self.address(*places[0]))
            return
        await self.page(
            "tim.html", asked=asked, units=units, reports=reports, lines=lines[:60], total=total
        )


def _found(office: Office, asked: str) -> tuple[list[Any], list[Any], list[Any], int]:
    """Return chi bộ, reports and lines like what is asked, and the number of all chi bộ."""
    every = office.chi_bo_like("")
    if not asked:
        return [], [], [], len(every)
    reports = [report for report in named_reports(office) if is_like(report.title, asked)]
    return office.chi_bo_like(asked), reports, list(_lines_like(office, asked)), len(every)


def _lines_like(office: Office, asked: str) -> Iterator[tuple[str, str, str]]:
    for rules in office.rules.values():
        for line in rules.criteria:
            if is_like(line.title, asked):
                yield rules.id, rules.short or rules.title, line.title


class HelpPage(DeskHandler):
    """The office's guide, as it lies in the workspace."""

    async def get(self) -> None:
        """Send the guide as a page without scripts."""
        path = self.desk.office.workspace.root / "docs" / "huong-dan.html"
        if not path.is_file():
            raise web.HTTPError(404)
        self.set_header(
            "Content-Security-Policy",
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        await self.finish(path.read_bytes())


class KeysPage(DeskHandler):
    """The keys that can be used."""

    async def get(self) -> None:
        """Show them."""
        await self.page("phim.html")


class PracticePage(DeskHandler):
    """A desk of its own for practice, below this workspace."""

    section = "hom-nay"

    async def post(self) -> None:
        """Open it; where there is none yet, lay it first."""
        root = self.desk.jobs.root
        if is_practice(root):
            raise web.HTTPError(405)
        folder = root / PRACTICE_FOLDER
        if not is_practice(folder):
            words = ["init", "--practice", str(folder)]
            job = self.desk.jobs.start("tap-huan", "Lập không gian tập huấn", words)
            self.redirect(self.address("viec", job.name))
            return
        address = await self.away(self.desk.open_desk, folder)
        if not address:
            raise web.HTTPError(500)
        # a form may not lead to another server, a link may
        await self.page("tap-huan.html", address=address)


class PracticeAnewPage(DeskHandler):
    """Practice from the beginning again."""

    section = "hom-nay"

    async def post(self) -> None:
        """Start it, in a workspace for practice alone."""
        root = self.desk.jobs.root
        if not is_practice(root):
            raise web.HTTPError(405)
        words = ["init", "--practice", str(root)]
        job = self.desk.jobs.start("tap-huan", "Làm lại tập huấn", words, writes=True)
        self.redirect(self.address("viec", job.name))


class ClosePage(DeskHandler):
    """Close the desk: jobs that run go on."""

    async def get(self) -> None:
        """Ask, saying what follows."""
        running = [job for job in self.desk.jobs.latest() if not job.ended]
        practice = is_practice(self.desk.jobs.root)
        await self.page("dong.html", running=running, alone=self.desk.alone, practice=practice)

    async def post(self) -> None:
        """Stop the server that carries nothing but the desk."""
        if not self.desk.alone:
            raise web.HTTPError(405)
        await self.page("da-dong.html")
        self.desk.stop_soon()


PAGES = (
    (r"/?", HomePage),
    (r"/hom-nay", TodayPage),
    (r"/sao-luu", BackupPage),
    (r"/doi-chieu", CheckPage),
    (r"/nguoi-lam", ActorPage),
    (r"/tim", SearchPage),
    (r"/huong-dan", HelpPage),
    (r"/phim", KeysPage),
    (r"/dong", ClosePage),
    (r"/tap-huan", PracticePage),
    (r"/tap-huan/lam-lai", PracticeAnewPage),
)
