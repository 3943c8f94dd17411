"""The index pages: what failed or changed in a matrix, its results, and every report."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from assess.base import numbers
from assess.base.periods import Period
from assess.reports.html import style
from assess.runs import report_keys
from assess.runs.job import WORDS
from assess.runs.ledger import shown
from assess.runs.make_report import FAILED
from assess.runs.manifest import NAME as MANIFEST
from assess.runs.manifest import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from assess.runs.ledger import LedgerEntry
    from assess.runs.matrix import Matrix, Run

TITLES = {
    "annual_review": "Báo cáo",
    "attendance_programme": "Lãnh đạo dự sinh hoạt",
    "clarification_request": "Đề nghị hướng dẫn",
    "class_list": "Bảng xếp loại",
    "classing_proposal": "Đề nghị xếp loại",
    "compliance_calendar": "Chế độ và lịch",
    "period_summary": "Tổng hợp",
    "readings_case": "Các cách hiểu",
    "readings_study": "Nghiên cứu cách hiểu",
    "inspection_plan": "Kế hoạch kiểm tra sinh hoạt chi bộ",
    "inspection_plan_annex": "Phụ lục nội bộ của kế hoạch kiểm tra (không gửi chi bộ)",
    "inspection_dossier": "Tài liệu phục vụ kiểm tra",
    "inspection_report": "Kết quả kiểm tra sinh hoạt chi bộ",
    "inspection_programme": "Chương trình kiểm tra, giám sát",
    "upward_summary": "Số liệu gửi cấp trên",
}
_DRAFT = "Dự thảo"
_ENGINE = "ô lệnh chạy bằng bộ chạy của papermill: chỉ giới hạn thời gian, không giới hạn bộ nhớ và chỗ ghi tệp"


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A run on the index: what it is, how it stands, and the files to open (path, word)."""

    key: str
    unit: str
    title: str
    period: str
    entry: LedgerEntry
    made: bool
    missing: bool
    pages: tuple[tuple[str, str], ...]
    failure: tuple[tuple[str, str], ...]
    older: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    changes: str
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The report and its period."""
        return f"{self.title} {self.period}"

    @property
    def draft(self) -> str:
        """Why the document is a draft; empty where it is none."""
        return "; ".join(mark for mark in self.entry.marks if mark.startswith(_DRAFT))


@dataclass(frozen=True, slots=True)
class IndexCell:
    """The result of a đảng bộ in a period: the share of its best class, in words and as a ratio."""

    row: IndexRow
    best: str = ""
    ratio: float = 0.0
    share: str = ""
    count: str = ""
    below: str = ""


def write_index(
    folder: Path,
    matrix: Matrix,
    outcomes: Sequence[LedgerEntry],
    names: Mapping[str, str],
    *,
    missing: Collection[str] = (),
    late: Mapping[str, str] | None = None,
    earlier: Mapping[str, LedgerEntry] | None = None,
    head: Mapping[str, Any] | None = None,
) -> Path:
    """Write a matrix's ``index.html``.

    First what needs a look: failures, results that changed, drafts. Then the share of the best
    class by đảng bộ and period, and every report by đảng bộ.

    Runs in ``missing`` (keys) have never been made. ``late`` says by key what a report leaves out
    because it was recorded after its ``as_of``; ``earlier`` has the reports made before of other
    inputs; ``head`` is the last link of the store when a report was last made.
    """
    late, earlier = late or {}, earlier or {}
    by_key = {outcome.key: outcome for outcome in outcomes}
    double = Counter(names.values())
    titles = {
        dang_bo: name if double[name] == 1 else f"{name} ({dang_bo})"
        for dang_bo, name in names.items()
    }
    rows = [
        _row(
            run,
            titles[run.dang_bo],
            by_key[run.key],
            missing=run.key in missing,
            late=late.get(run.key, ""),
            earlier=earlier.get(run.key),
        )
        for run in matrix.runs
    ]
    sections: dict[str, list[IndexRow]] = {}
    for row in rows:
        sections.setdefault(row.unit, []).append(row)
    periods = _periods(matrix)
    cells = {unit: _cells(of_unit, periods) for unit, of_unit in sections.items()}
    page = render_page(
        "index.html.j2",
        title=matrix.title,
        sections=sections,
        periods=[period for period in periods if any(period in of for of in cells.values())],
        cells=cells,
        failed=[row for row in rows if not row.made and not row.missing],
        partial=[row for row in rows if row.made and not row.entry.ok],
        changed=[row for row in rows if row.made and row.changes],
        drafts=[row for row in rows if row.made and row.draft],
        noted=[row for row in rows if row.notes],
        missing=len(missing),
        count=len(rows),
        late=len(late),
        head=head or {},
    )
    return write_whole(folder / "index.html", page)


def _row(
    run: Run,
    unit: str,
    entry: LedgerEntry,
    *,
    missing: bool,
    late: str,
    earlier: LedgerEntry | None,
) -> IndexRow:
    def link(place: str) -> str:
        return f"{run.folder}/{place}"

    notes = [late] if late else []
    notes += [_ENGINE] if entry.engine == "papermill" else []
    return IndexRow(
        run.key,
        unit,
        TITLES.get(run.name, run.name),
        Period.parse(run.period).label,
        entry,
        entry.has_report,
        missing,
        tuple(
            (link(place), _word(place))
            for place in shown(entry.files)
            if place.removeprefix(f"{run.name}.") in WORDS_BY_KIND
        ),
        tuple(
            (link(place), word)
            for place, word in (
                (f"{run.name}.failed.html", "xem lỗi"),
                (f"{run.name}{FAILED}", "sổ tính có ô lệnh lỗi"),
            )
            if place in entry.files
        ),
        tuple(
            (old.words, tuple((link(place), _word(place)) for place in shown(old.files)))
            for old in entry.older
        ),
        _changes(entry, earlier) if earlier is not None else "",
        tuple(notes),
    )


WORDS_BY_KIND = {**WORDS, "ipynb": "sổ tính Jupyter"}
"""The files of a report by suffix, as staff call them."""


def _word(place: str) -> str:
    kind = place.rpartition(".")[2]
    return WORDS_BY_KIND.get(kind, kind)


def _changes(entry: LedgerEntry, earlier: LedgerEntry) -> str:
    """Return which counts of classes differ from those of the report before, and why."""
    if entry.results == earlier.results or not entry.has_report:
        return ""
    now, before = (
        {(title, name): count for title, counts in each.results for name, count in counts}
        for each in (entry, earlier)
    )
    moved = [
        f"{name} {before.get((title, name), 0)} → {now.get((title, name), 0)}"
        for title, name in dict.fromkeys((*before, *now))
        if before.get((title, name), 0) != now.get((title, name), 0)
    ]
    why = [
        title
        for part, title in report_keys.TITLES.items()
        if entry.components.get(part) != earlier.components.get(part)
    ]
    return f"{', '.join(moved) or 'các bảng kết quả'} ({'; '.join(why)} đã khác)"


def _periods(matrix: Matrix) -> list[str]:
    """Return the labels of the periods in order of time, a year after its quarters."""
    found = {Period.parse(run.period) for run in matrix.runs}
    return [period.label for period in sorted(found, key=lambda p: (p.end, -p.start.toordinal()))]


def _cells(rows: Sequence[IndexRow], periods: Sequence[str]) -> dict[str, IndexCell]:
    """Return by period the cell of the first report that has results, or that should have."""
    found: dict[str, IndexCell] = {}
    for period in periods:
        theirs = [row for row in rows if row.period == period]
        with_results = [row for row in theirs if row.made and row.entry.results]
        lacking = [row for row in theirs if not row.made and row.title in _WITH_RESULTS]
        for row in (with_results or lacking)[:1]:
            found[period] = _cell(row)
    return found


_WITH_RESULTS = tuple(TITLES[name] for name in ("annual_review", "period_summary"))


def _cell(row: IndexRow) -> IndexCell:
    if not row.made or len(row.entry.results) != 1:
        return IndexCell(row)
    counts = row.entry.results[0][1]
    total = sum(count for _, count in counts)
    if not total:
        return IndexCell(row, share="chưa có buổi nào được xếp loại")
    best, most = counts[0]
    below = sum(count for _, count in counts[2:])
    return IndexCell(
        row,
        best,
        most / total,
        numbers.percent(most / total),
        f"{most} trên {total}",
        f"{below} dưới {counts[1][0]}" if below else "",
    )


def write_top(out: Path) -> Path:
    """Write the ``index.html`` of the output folder: a link to each matrix."""
    matrices = []
    for path in sorted(out.glob("*/index.html")):
        if (path.parent / MANIFEST).exists():
            page = path.read_text(encoding="utf-8", errors="replace")
            found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
            matrices.append((path.parent.name, unescape(found[1]) if found else path.parent.name))
    return write_whole(
        out / "index.html", render_page("top.html.j2", title="Các bộ báo cáo", matrices=matrices)
    )


def render_page(name: str, **values: object) -> str:
    """Render one of the pages that accompany reports; all values but the style are escaped."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("assess.runs.pages")
    return environment.from_string(folder.joinpath(name).read_text(encoding="utf-8")).render(
        style=style("page") + style("blocks"), **values
    )
