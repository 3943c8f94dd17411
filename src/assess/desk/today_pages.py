"""*Hôm nay* and the pages around it: first steps, the log, search, help, backup, closing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tornado import web

from assess.base import numbers
from assess.base.periods import Period, shift_month
from assess.base.text import listing, tidy
from assess.desk.handlers import DeskHandler
from assess.desk.office import due_after, is_like, weekday, when
from assess.runs.index import TITLES
from assess.workspace.practice import is_practice

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from assess.desk.jobs import Job, Jobs
    from assess.desk.office import MonthCount, Office

_MOST = 7
PRACTICE_FOLDER = "tap-huan"
_BACKUP_DAYS = 7


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to do: how urgent, since or until when, what, why, and the button."""

    urgency: int
    kind: str
    tag: str
    due: str
    title: str
    why: str
    button: str
    href: str
    post: str = ""


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
        errands = await self.away(lambda: sorted(_errands(office), key=lambda each: each.urgency))
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


def _errands(office: Office) -> Iterator[Errand]:
    yield from _cut_off(office.jobs)
    months = office.recent_months()
    begun = [count for count in months if not count.untouched]
    for count in reversed(begun):
        if count.missing:
            yield _missing(count, office.today)
    yield from _untouched([count for count in months if count.untouched])
    waiting = office.open_files()
    if waiting:
        mendable = sum(file.mendable for file in waiting)
        yield Errand(
            20,
            "bad",
            "Cần sửa",
            "chưa vào số liệu",
            f"{len(waiting)} tệp để riêng",
            _what_to_do(mendable, len(waiting)),
            f"Sửa {mendable} tệp" if mendable else f"Xem {len(waiting)} tệp để riêng",
            "phieu/de-rieng",
        )
    unscored = [count for count in months if count.unscored]
    for count in unscored:
        yield Errand(
            30,
            "warn",
            "Nên xem",
            f"tháng {int(count.month[5:])}",
            f"{count.unscored} buổi sinh hoạt tháng {int(count.month[5:])} chưa có điểm",
            "Đã ghi ngày sinh hoạt, số người dự mà chưa có điểm. Nhập điểm từ phiếu giấy hoặc đề nghị chi bộ gửi phiếu.",
            "Xem từng chi bộ",
            f"phieu?thang={count.month}",
        )
    yield from _reports_due(office)
    yield from _reports_late(office)
    yield from _backup_due(office)
    if not office.workspace.actor:
        yield Errand(
            25, "warn", "Chưa khai", "một lần", "Người làm việc trên máy này",
            "Mỗi lượt ghi, mỗi chỗ sửa đều kèm chức danh của người làm.", "Khai chức danh", "nguoi-lam",
        )  # fmt: skip


def _untouched(months: list[MonthCount]) -> Iterator[Errand]:
    """Yield one errand for the months of which nothing has come at all."""
    if not months:
        return
    names = listing(str(int(count.month[5:])) for count in months)
    yield Errand(
        35,
        "off",
        "Chưa có phiếu",
        f"tháng {names}",
        f"Chưa nhận phiếu nào của tháng {names}",
        "Nếu mới dùng bàn làm việc từ tháng sau đó thì không cần làm gì; còn phiếu cũ thì thả vào trang Phiếu.",
        "Xem từng chi bộ",
        f"phieu?thang={months[-1].month}",
    )


def _what_to_do(mendable: int, many: int) -> str:
    """Return what can be done with files that wait."""
    if mendable == many:
        return "Sửa được ngay trên trang, có ghi lý do; tệp gốc giữ nguyên."
    other = "Đề nghị chi bộ gửi lại, hoặc nhập từ giấy."
    if not mendable:
        return other
    return f"{mendable} tệp sửa được ngay trên trang; tệp khác thì {other[:1].lower()}{other[1:]}"


def _cut_off(jobs: Jobs) -> Iterator[Errand]:
    for job in jobs.latest():
        if job.state == "cut" and not (job.folder / "bo-qua").exists():
            done, total = job.progress
            far = (
                f"Lần trước dừng khi xong {done} trên {total}. Phần đã ghi còn nguyên."
                if total
                else "Lần trước dừng giữa chừng. Phần đã ghi còn nguyên."
            )
            yield Errand(
                5, "bad", "Dừng giữa chừng", when(job.began), job.title, far, "Làm nốt", f"viec/{job.name}"
            )  # fmt: skip


def _missing(count: MonthCount, today: dt.date) -> Errand:
    month, days = int(count.month[5:]), (today - due_after(count.month)).days
    names = (
        listing(count.missing)
        if len(count.missing) <= 6
        else (f"{', '.join(count.missing[:5])} và {len(count.missing) - 5} chi bộ khác")
    )
    return Errand(
        10 if days > 8 else 15,
        "bad",
        "Chưa gửi",
        f"hết tháng {month} đã {days} ngày" if days > 0 else f"tháng {month}",
        f"{len(count.missing)} chi bộ chưa gửi phiếu tháng {month}",
        f"{names}.",
        "Soạn lời nhắc",
        f"phieu?thang={count.month}#loi-nhac",
    )


def _reports_due(office: Office) -> Iterator[Errand]:
    from assess.desk.report_pages import made_reports

    home, today = office.home(), office.today
    made = {
        (report.template, report.period)
        for report in made_reports(office.workspace.root)
        if report.dang_bo == home and report.entry.has_report
    }
    last = shift_month(f"{today:%Y-%m}", -1)
    year, month = int(last[:4]), int(last[5:])
    wanted = [("period_summary", Period.parse(last))]
    if month % 3 == 0:
        wanted.append(("period_summary", Period.parse(f"{year}-Q{month // 3}")))
    if month >= 11:
        wanted.append(("annual_review", Period.parse(str(year))))
    counts = {count.month: count for count in office.months(year)}
    for template, period in wanted:
        if (template, period.text) in made:
            continue
        theirs = [counts[each] for each in period.months if each in counts]
        have, due = sum(count.taken for count in theirs), sum(count.expected for count in theirs)
        if not have:
            continue
        yield Errand(
            40,
            "info",
            "Chưa lập",
            period.label,
            f"{TITLES[template]} {period.label}",
            f"Đã có {have} trên {due} phiếu. Lập dự thảo được ngay; phiếu đến sau thì lập lại.",
            "Lập dự thảo",
            f"bao-cao/lap?mau={template}&ky={period.text}&dang_bo={home}",
        )


def _reports_late(office: Office) -> Iterator[Errand]:
    """Yield the reports whose meetings were recorded or changed since."""
    from assess.desk.report_pages import named_reports

    for report in named_reports(office):
        if report.late:
            issued = f"Bản đã phát hành {report.issued.sign} giữ nguyên." if report.issued else ""
            yield Errand(
                38,
                "warn",
                "Số liệu đã khác",
                f"{report.late} buổi",
                report.title,
                f"{report.late} buổi được ghi hoặc sửa sau khi lập. {issued}".strip(),
                "Xem báo cáo",
                f"bao-cao/ket-qua/{report.path}",
            )


def _backup_due(office: Office) -> Iterator[Errand]:
    last = office.last_backup()
    if last is not None and (office.today - last).days < _BACKUP_DAYS:
        return
    yield Errand(
        50,
        "info",
        "Đến hạn",
        "hằng tuần",
        "Sao lưu",
        f"Lần cuối ngày {numbers.day(last)}." if last else "Chưa có bản sao lưu nào.",
        "Sao lưu ngay",
        "",
        post="sao-luu",
    )


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
    from assess.desk.report_pages import named_reports

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
