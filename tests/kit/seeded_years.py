"""Take seeded years into stores, make their reports and compare each with the bookkeeper's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bookkeeper import records
from bookkeeper.audit import EXCEPTIONS, audit, audit_workbook
from bookkeeper.book import Book
from bookkeeper.page import read_page, read_workbook
from bookkeeper.readings import asked_on
from bookkeeper.templates import expected_of

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Wanted:
    """One report of a seeded year."""

    template: str
    dang_bo: str
    period: str
    as_of: str

    @property
    def name(self):
        return f"{self.template}-{self.dang_bo}-{self.period}".lower()


YEAR_OVER = "2027-01-10"
WANTED = (
    Wanted("annual_review", "phuong", "2026", YEAR_OVER),
    Wanted("period_summary", "phuong", "2026-Q3", YEAR_OVER),
    Wanted("period_summary", "phuong", "2026-Q1", "2026-04-10"),
    Wanted("class_list", "phuong", "2026-03", YEAR_OVER),
    Wanted("class_list", "phuong", "2026-H1", YEAR_OVER),
    Wanted("upward_summary", "phuong", "2026-Q1", "2026-04-10"),
    Wanted("upward_summary", "tinh", "2026", YEAR_OVER),
    Wanted("attendance_programme", "phuong", "2026-H2", YEAR_OVER),
    Wanted("compliance_calendar", "phuong", "2026", YEAR_OVER),
    Wanted("classing_proposal", "phuong", "2026", YEAR_OVER),
    Wanted("inspection_programme", "tinh", "2026", YEAR_OVER),
    Wanted("inspection_plan", "phuong", "2026", YEAR_OVER),
    Wanted("inspection_plan_annex", "phuong", "2026", YEAR_OVER),
    Wanted("readings_case", "cb01", "2026-03", YEAR_OVER),
    Wanted("readings_case", "cb02", "2026-04", YEAR_OVER),
    Wanted("readings_study", "cb01", "2026-02", YEAR_OVER),
    Wanted("clarification_request", "phuong", "2026-Q1", YEAR_OVER),
    Wanted("inspection_report", "phuong", "2026", YEAR_OVER),
    Wanted("inspection_dossier", "phuong", "2026", YEAR_OVER),
)
LONG = (
    Wanted("readings_study", "cb01", "2026-Q1", YEAR_OVER),
    Wanted("readings_study", "cb04", "2026-Q2", YEAR_OVER),
)
"""Studies of more meetings, for the long trials."""


def take(workspace, folder: Path, moments=(records.TAKEN, records.CORRECTED)):
    """Take the intakes of a seeded year into a store; every row must be accepted."""
    from assess.base.periods import moment
    from assess.exchange.intake import take_in
    from assess.exchange.store import Store

    store = folder / "store.duckdb"
    for part, at in zip(("dau", "sua"), moments, strict=True):
        if (folder / part).is_dir():
            taken = take_in(
                Store(store, create=True),
                workspace.rules(),
                [folder / part],
                recorded_at=moment(at),
                without=folder / "ra",
                jobs=1,
            )
            assert {result.outcome for result in taken.files} == {"taken"}, [
                str(f) for r in taken.files for f in r.findings if f.severity == "error"
            ]
    return store


def make(workspace, folder: Path, wanted, moments=(records.TAKEN, records.CORRECTED)):
    """Make the reports, as drafts: HTML, Excel and the named figures."""
    from assess.runs import run_matrix

    store = folder / "store.duckdb"
    if not store.exists():
        take(workspace, folder, moments)
    lines = [
        "id: so",
        "title: Sổ của người ghi sổ thứ hai",
        f"records: {store}",
        "also: [xlsx]",
        "reports:",
    ]
    for report in wanted:
        parts = {
            "template": report.template,
            "name": report.name,
            "dang_bo": report.dang_bo,
            "period": f'"{report.period}"',
        }
        parts |= {"as_of": report.as_of, "document_date": report.as_of}
        lines.append("  - {" + ", ".join(f"{key}: {value}" for key, value in parts.items()) + "}")
    matrix = folder / "so.yaml"
    matrix.write_text("\n".join(lines) + "\n", encoding="utf-8")
    batch = run_matrix(matrix, workspace, folder / "out", draft=True)
    assert batch.failed == (), [failed.message for failed in batch.failed]
    return batch.folder


def compare(root: Path, folder: Path, out: Path, report: Wanted, corrected=records.CORRECTED):
    """Compare one report with the bookkeeper's."""
    (path,) = out.glob(f"{report.period}/*/{report.name}.html")
    page = read_page(path)
    book = Book(
        root,
        folder,
        dang_bo=report.dang_bo,
        period=report.period,
        as_of=report.as_of,
        corrected=corrected,
    )
    book.asked = asked_on(page, book)
    expected = expected_of(report.template, book)
    found = audit(page, expected, EXCEPTIONS)
    audit_workbook(found, read_workbook(path.with_suffix(".xlsx")), page, expected)
    return found
