"""What is to be done today: due, waiting, out of date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assess.base import numbers
from assess.base.periods import Period, month_end, shift_month
from assess.base.text import listing
from assess.desk.made_reports import made_reports, named_reports
from assess.desk.names import when
from assess.runs.index import TITLES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from assess.desk.jobs import Jobs
    from assess.desk.office import Office
    from assess.desk.year_sheet import MonthCount

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


def errands_of(office: Office) -> Iterator[Errand]:
    """Yield what there is to do, in no order of urgency."""
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
    month, days = int(count.month[5:]), (today - month_end(count.month)).days
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
