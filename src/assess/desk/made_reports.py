"""The reports that were made in a workspace, each with how it stands now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assess.base.periods import Period
from assess.runs.index import TITLES
from assess.runs.late_records import LateRecords
from assess.runs.ledger import Ledger, LedgerEntry
from assess.runs.register import Register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assess.desk.office import Office
    from assess.runs.register import Issued

REPORTS = "reports"
_WORDS = {"html": "Mở xem", "pdf": "Bản in PDF", "docx": "Bản Word", "xlsx": "Bản Excel"}
GROUPS = (
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
