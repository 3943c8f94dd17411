"""*Báo cáo*: what was made and what is out; make one, open it, issue it, verify it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tornado import web

from assess.base import numbers
from assess.base.errors import InputError, input_error
from assess.base.periods import Period
from assess.base.text import tidy
from assess.desk.handlers import DeskHandler
from assess.desk.job_pages import inside, send_file
from assess.desk.uploads import typed_values
from assess.reports.own_words import parse_words
from assess.runs.index import TITLES
from assess.runs.issue import blocks_of
from assess.runs.late_records import LateRecords
from assess.runs.ledger import Ledger, LedgerEntry
from assess.runs.new_matrix import one_template
from assess.runs.register import FOLDER as ISSUED
from assess.runs.register import Register
from assess.runs.template import Template, find_template, template_paths
from assess.workspace.office import NUMBERED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from assess.desk.office import Office
    from assess.runs.register import Issued

REPORTS = "reports"
_SANDBOX = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
_OPENED = {".html": "text/html; charset=utf-8", ".pdf": "application/pdf"}
_WORDS = {"html": "Mở xem", "pdf": "Bản in PDF", "docx": "Bản Word", "xlsx": "Bản Excel"}
_GROUPS = (
    ("Hằng tháng, hằng quý", ("period_summary", "upward_summary", "class_list")),
    (
        "Cuối năm",
        ("annual_review", "classing_proposal", "attendance_programme", "compliance_calendar"),
    ),
    (
        "Kiểm tra",
        ("inspection_programme", "inspection_plan", "inspection_plan_annex", "inspection_dossier", "inspection_report"),
    ),
    ("Chỗ chưa rõ của quy định", ("clarification_request", "readings_case", "readings_study")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report that was made, or failed: where it is, of what, and how it stands."""

    batch: str
    key: str
    entry: LedgerEntry
    unit: str
    issued: Issued | None
    late: int = 0
    """How many of its meetings were recorded or changed since it was made."""

    @property
    def path(self) -> str:
        """Its place below the folder of reports, without a suffix."""
        return f"{self.batch}/{self.key}"

    @property
    def template(self) -> str:
        """The name that its files begin with."""
        return self.entry.name

    @property
    def period(self) -> str:
        """Its period."""
        return self.key.split("/")[0]

    @property
    def dang_bo(self) -> str:
        """The unit that it is about."""
        return self.key.split("/")[1]

    @property
    def title(self) -> str:
        """Kind, period and unit."""
        kind = TITLES.get(self.template, self.template)
        return f"{kind} {Period.parse(self.period).label}, {self.unit}"

    @property
    def state(self) -> tuple[str, str]:
        """The look and the words of how it stands."""
        if self.entry.has_report and self.late:
            return "warn", "Số liệu đã khác"
        if self.issued is not None:
            return "ok", f"Đã phát hành {self.issued.sign}"
        if not self.entry.has_report:
            return "bad", "Không lập được"
        if not self.entry.ok:
            return "warn", "Chưa đủ tệp"
        draft = any(mark.startswith("Dự thảo") for mark in self.entry.marks)
        return ("info", "Dự thảo") if draft else ("info", "Đã lập")

    @property
    def files(self) -> list[tuple[str, str]]:
        """Words and places of the files to open."""
        stem = f"{self.key}."
        return [
            (words, f"{self.batch}/{stem}{suffix}")
            for suffix, words in _WORDS.items()
            if f"{self.template}.{suffix}" in self.entry.files
            or (suffix == "html" and self.entry.has_report)
        ]


def made_reports(root: Path) -> Iterator[MadeReport]:
    """Yield the reports of a workspace, the latest batch first."""
    register = Register(root)
    ledgers = sorted((root / REPORTS).glob("*/ledger.jsonl"), key=lambda p: -p.stat().st_mtime)
    for path in ledgers:
        for key, entry in Ledger(path.parent).entries.items():
            if key.count("/") != 2 or (
                not (path.parent / f"{key}.html").is_file() and entry.has_report
            ):
                continue
            document = register.standing(key)
            mine = document if document is not None and document.batch == path.parent.name else None
            yield MadeReport(path.parent.name, key, entry, key.split("/")[1], mine)


def named_reports(office: Office) -> list[MadeReport]:
    """Return the reports of a workspace with the names of their units as on record."""
    store, tree, today = office.store, office.tree, office.today
    if store is None or tree is None:
        return list(made_reports(office.workspace.root))
    late = office.once("late", lambda: LateRecords(store))
    return [
        replace(report, unit=tree.name_on(report.dang_bo, today), late=_late(late, report))
        for report in made_reports(office.workspace.root)
    ]


def _late(records: LateRecords, report: MadeReport) -> int:
    if not report.entry.has_report or not report.entry.as_of:
        return 0
    as_of = dt.datetime.fromisoformat(report.entry.as_of)
    return records.meetings_since(as_of, report.dang_bo, Period.parse(report.period))


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
        for title, names in _GROUPS:
            rows = [(name, [each for each in mine if each.template == name]) for name in names]
            rows = [(name, theirs) for name, theirs in rows if theirs]
            if rows:
                groups.append((title, [(TITLES[name], theirs) for name, theirs in rows]))
        other = [each for each in mine if not any(each.template in names for _, names in _GROUPS)]
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


class MakePage(_Reports):
    """Choose kind, period, unit and parameters; a draft is made as often as one likes."""

    async def get(self) -> None:
        """Show the fields, as far as the address fills them."""
        await self._show({}, {})

    async def _show(self, given: dict[str, str], errors: dict[str, str], status: int = 200) -> None:
        office = self.desk.office
        templates = await self.away(lambda: list(_templates(office.workspace)))
        name = given.get("mau") or self.asked("mau", "period_summary")
        template = next((each for each in templates if each.name == name), None)
        if template is None:
            raise web.HTTPError(404)
        year = office.today.year
        period = given.get("ky") or self.asked("ky") or str(year)
        home = await self.away(office.home)
        unit = given.get("dang_bo") or self.asked("dang_bo") or home
        words = await self.away(_words, office, period, unit, template) if period else {}
        span = None if errors.get("ky") else Period.parse(period)
        counts = await self.away(office.months, int(span.text[:4])) if home and span else []
        months = span.months if span else ()
        await self.page(
            "bao-cao-lap.html",
            status,
            groups=[(title, [t for t in templates if t.name in names]) for title, names in _GROUPS]
            + [("Mẫu riêng", [t for t in templates if not any(t.name in n for _, n in _GROUPS)])],
            titles=TITLES,
            template=template,
            periods=_periods(year, span),
            period=period,
            units=await self.away(office.units_with_chi_bo),
            unit=unit,
            given=given,
            errors=errors,
            words_of=f"{period}|{unit}|{template.name}",
            words={part: given.get(f"lv-{part}", words.get(part, "")) for part in template.words},
            counts=[count for count in counts if count.month in months],
            default=_default,
        )

    async def post(self) -> None:
        """Start the job."""
        office, given = self.desk.office, self.fields
        template = await self.away(find_template, office.workspace, given.get("mau", ""))
        errors = {}
        try:
            span = Period.parse(given.get("ky", ""))
        except InputError as error:
            errors["ky"] = error.findings[0].sentence
        unit = given.get("dang_bo", "")
        known = dict(await self.away(office.units_with_chi_bo))
        if unit not in known:
            errors["dang_bo"] = "Chọn một đảng bộ trong danh sách."
        values = {
            name: given[f"p-{name}"]
            for name, own in template.own.items()
            if given.get(f"p-{name}", "") not in ("", _default(own.default))
        }
        if not errors:
            try:
                matrix_id, _ = one_template(
                    template, [span.text], [unit], "data/store.duckdb", values
                )
            except InputError as error:
                errors["tham_so"] = error.findings[0].sentence
        if errors:
            await self._show(given, errors, 400)
            return
        about = (span.text, unit, template.name)
        typed = typed_values(self.request.body_arguments)
        texts = {part: typed[f"lv-{part}"] for part in template.words if f"lv-{part}" in typed}
        if texts and given.get("lv-cua") != "|".join(about):
            # the fields are those of another report: its texts are shown before any are written
            kept = await self.away(_words, office, *about[:2], template)
            given |= {f"lv-{part}": kept.get(part, "") for part in template.words}
            said = "Lời văn dưới đây nay là của báo cáo vừa chọn; xem lại rồi lập."
            await self._show(given, {"loi_van": said}, 400)
            return
        await self.away(_write_words, office, about, texts)
        words = ["run", "--template", template.name, "--period", span.text, "--dang-bo", unit]
        for name, value in values.items():
            words += ["-p", name, value]
        words += ["--also", "docx", "--also", "xlsx"]
        words += ["--out", REPORTS, "-w", str(office.workspace.root)]
        title = f"{TITLES.get(template.name, template.title)} {span.label}"
        path = f"{matrix_id}/{span.text}/{unit}/{template.name}"
        job = self.desk.jobs.start("bao-cao", f"Lập {title}", words, about={"path": path})
        self.redirect(self.address("viec", job.name))


def _words(office: Office, period: str, unit: str, template: Template) -> dict[str, str]:
    """Return what the office wrote for a report, by part."""
    path = office.workspace.words_path(period, unit, template.name)
    if not path.is_file():
        return {}
    return parse_words(path.read_text(encoding="utf-8-sig"), path.name)


def _written(moment: str) -> str:
    """Return a moment of a ledger as people write it."""
    at = dt.datetime.fromisoformat(moment)
    return f"{at:%H:%M} ngày {numbers.day(at.date())}"


def _write_words(office: Office, report: tuple[str, str, str], texts: Mapping[str, str]) -> None:
    """Write what was typed for the parts of a report; other parts of the file stay."""
    path = office.workspace.words_path(*report)
    before = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    parts = {**parse_words(before, path.name), **texts}
    text = "\n".join(f"# {part}\n{each.strip()}\n" for part, each in parts.items() if each.strip())
    parse_words(text, path.name)  # markup is refused before anything is written
    if text != before:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _templates(workspace: Any) -> Iterator[Template]:
    for name in template_paths(workspace):
        try:
            yield find_template(workspace, name)
        except InputError:
            continue


def _default(value: Any) -> str:
    """Return the default of a parameter as it is typed into a field."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return "; ".join(f"{name}={each}" for name, each in value.items())
    return str(value)


def _periods(year: int, asked: Period | None) -> list[tuple[str, str]]:
    """Return the periods of this year and the last, and the one that is asked for."""
    years = {year, year - 1, *([int(asked.text[:4])] if asked else [])}
    parts = ("", "-H1", "-H2", "-Q1", "-Q2", "-Q3", "-Q4", *(f"-{n:02d}" for n in range(1, 13)))
    texts = [f"{each}{part}" for each in sorted(years, reverse=True) for part in parts]
    return [(text, Period.parse(text).label) for text in texts]


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
    (r"/bao-cao/lap", MakePage),
    (rf"/bao-cao/ket-qua/{_PATH}", ReportPage),
    (rf"/bao-cao/phat-hanh/{_PATH}", IssuePage),
    (r"/bao-cao/kiem-lai/([^/]+)", VerifyPage),
    (r"/bao-cao/luu-tru", ArchivePage),
    (r"/bao-cao/(xem|van-ban)/(.+)", OpenPage),
)
