"""The index pages: every report of a matrix with its class distribution, and what failed."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from assess.base.periods import Period
from assess.runs.job import WORDS
from assess.runs.ledger import shown
from assess.runs.make_report import FAILED
from assess.runs.manifest import NAME as MANIFEST
from assess.runs.manifest import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from assess.runs.ledger import LedgerEntry
    from assess.runs.matrix import Matrix

TITLES = {
    "annual_review": "Báo cáo",
    "attendance_programme": "Lãnh đạo dự sinh hoạt",
    "clarification_request": "Đề nghị hướng dẫn",
    "classing_proposal": "Đề xuất xếp loại",
    "compliance_calendar": "Chế độ và lịch",
    "period_summary": "Tổng hợp",
    "readings_case": "Các cách hiểu",
    "readings_study": "Nghiên cứu cách hiểu",
    "inspection_plan": "Kế hoạch kiểm tra sinh hoạt chi bộ",
    "inspection_plan_annex": "Phụ lục nội bộ của kế hoạch kiểm tra (không gửi chi bộ)",
    "inspection_dossier": "Hồ sơ trước kiểm tra",
    "inspection_report": "Kết quả kiểm tra sinh hoạt chi bộ",
    "inspection_programme": "Chương trình kiểm tra, giám sát",
    "upward_summary": "Số liệu gửi cấp trên",
}


def _pages(name: str) -> tuple[tuple[str, str], ...]:
    return (f"{name}.failed.html", "xem lỗi"), (f"{name}{FAILED}", "sổ tính có ô lệnh lỗi")


_OFFICE = ("docx", "xlsx")


def _word(place: str) -> str:
    """Return what staff call a file, by its suffix."""
    kind = place.rpartition(".")[2]
    return "sổ tính Jupyter" if kind == "ipynb" else WORDS.get(kind, kind)


def write_index(
    folder: Path,
    matrix: Matrix,
    outcomes: Sequence[LedgerEntry],
    names: Mapping[str, str],
    missing: Collection[str] = (),
    late: Mapping[str, str] | None = None,
) -> Path:
    """Write a matrix's ``index.html``: one section per đảng bộ, one row per report.

    Runs in ``missing`` (keys) have never been made. ``late`` says by key what a report leaves out
    because it was recorded after its ``as_of``.
    """
    late = late or {}
    by_key = {outcome.key: outcome for outcome in outcomes}
    sections: dict[str, list[dict[str, object]]] = {}
    double = Counter(names.values())
    titles = {
        dang_bo: name if double[name] == 1 else f"{name} ({dang_bo})"
        for dang_bo, name in names.items()
    }
    for run in matrix.runs:
        outcome = by_key[run.key]
        label = Period.parse(run.period).label
        sections.setdefault(titles[run.dang_bo], []).append(
            {
                "title": f"{TITLES.get(run.name, run.name)} {label}",
                "stem": f"{run.folder}/{run.name}",
                "pages": [
                    (f"{run.folder}/{place}", word)
                    for place, word in _pages(run.name)
                    if place in outcome.files
                ],
                "outcome": outcome,
                "older": [
                    (
                        old.words,
                        [(f"{run.folder}/{place}", _word(place)) for place in shown(old.files)],
                    )
                    for old in outcome.older
                ],
                "missing": run.key in missing,
                "late": late.get(run.key, ""),
                "pdf": f"{run.name}.pdf" in outcome.files,
                "also": [
                    (kind, WORDS[kind]) for kind in _OFFICE if f"{run.name}.{kind}" in outcome.files
                ],
                "results": dict(outcome.results[0][1]) if len(outcome.results) == 1 else {},
                "forms": outcome.results if len(outcome.results) > 1 else (),
                "total": sum(count for _, count in outcome.results[0][1])
                if len(outcome.results) == 1
                else "–",
            }
        )
    alone = [outcome.results[0][1] for outcome in outcomes if len(outcome.results) == 1]
    classes = list(dict.fromkeys(name for counts in alone for name, _ in counts))
    page = render_page(
        "index.html.j2",
        title=matrix.title,
        sections=sections,
        classes=classes,
        failed=sum(not outcome.has_report and outcome.key not in missing for outcome in outcomes),
        partial=sum(outcome.has_report and not outcome.ok for outcome in outcomes),
        missing=len(missing),
        count=len(outcomes),
        late=len(late),
    )
    return write_whole(folder / "index.html", page)


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
    style = files("assess.reports.templates").joinpath("report.css").read_text(encoding="utf-8")
    return environment.from_string(folder.joinpath(name).read_text(encoding="utf-8")).render(
        style=style, **values
    )
