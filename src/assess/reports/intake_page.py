"""The result page of an intake: files taken or set aside, and each error with its cell and fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assess.base import numbers
from assess.exchange.intake.result import STOPS_CLASSIFYING
from assess.reports.blocks import Block, Bullets, Column, Group, Heading, Paragraph, Table
from assess.reports.document import Document, block_parts
from assess.reports.html import render_html

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from assess.base.errors import Finding
    from assess.exchange.intake import FileResult, Intake

_MOST = 3000
"""Most rows in a table; the rest are counted and listed in full in ``findings.json``."""

_COLUMNS = (
    Column("cell", "Ô, dòng", "code"),
    Column("what", "Chỗ cần xem", width=2.2),
    Column("found", "Điều thấy", width=3),
    Column("allowed", "Cho phép", width=1.6),
    Column("fix", "Cách sửa", width=2),
    Column("clause", "Căn cứ", width=1.5),
)


def intake_page(intake: Intake, copies: Mapping[str, str]) -> str:
    """Return the page as HTML; ``copies`` maps a file's digest to the name of its marked copy."""
    aside = [result for result in intake.files if result.outcome == "set_aside"]
    taken = [result for result in intake.files if result.outcome == "taken"]
    moment = f"{intake.recorded_at:%H:%M} ngày {numbers.day(intake.recorded_at.date())}"
    known = intake.count("known")
    text = (
        f"Lúc {moment} có {len(intake.files)} tệp gửi đến: {len(taken)} tệp được nhận, {known} tệp đã có kết quả từ trước nên không đổi gì, "
        f"{len(aside)} tệp để riêng vì có lỗi. Số liệu thêm mới {intake.added} dòng, bổ sung chỗ còn trống ở {intake.completed} dòng, sửa {intake.revised} dòng."
    )
    blocks: list[Block] = [Heading("Kết quả"), Paragraph(text)]
    if aside:
        notes = (
            "Tệp để riêng không bị mất: bản gốc nằm trong thư mục de-rieng.",
            "Bản trong thư mục danh-dau có lời ghi ở từng ô sai; gửi lại cho người lập phiếu, sửa xong có thể gửi vào như phiếu thường.",
        )
        blocks += [Bullets(notes), _files("Tệp để riêng", "de-rieng", aside, copies)]
        blocks += [
            Heading("Lỗi phải sửa"),
            _findings("Lỗi trong các tệp để riêng", "loi", aside, _of_aside),
        ]
    blocks += _of_taken(taken) + _not_told_again(intake.files)
    title = "Kết quả nhận phiếu chấm điểm"
    return render_html(Document(title, tuple(block_parts(Group(tuple(blocks)).as_json())), None))


def _of_taken(taken: Sequence[FileResult]) -> list[Block]:
    blocks: list[Block] = []
    stopped = [result for result in taken if result.unclassified]
    if stopped:
        blocks += [
            Heading("Đã nhận, chưa xếp loại được"),
            _findings("Chỗ phải bổ sung để xếp loại", "chua-xep-loai", stopped, _of_stopped),
        ]
    odd = [result for result in taken if _of_odd(result)]
    if odd:
        blocks += [
            Heading("Đã nhận, cần xem lại"),
            _findings("Chỗ cần xem lại trong các tệp đã nhận", "xem-lai", odd, _of_odd),
        ]
    changed = [(result, f) for result in taken for f in result.findings if f.code == "revises"]
    if changed:
        columns = (
            Column("file", "Tệp", width=1.4),
            Column("what", "Số liệu", width=2),
            Column("before", "Trước"),
            Column("after", "Nay sửa thành"),
        )
        rows = tuple(
            (r.name, f.place.label, _text(f.facts["found"]), _text(f.facts["wanted"]))
            for r, f in changed[:_MOST]
        )
        blocks += [
            Heading("Số liệu đã sửa"),
            Table(
                id="da-sua",
                title="Số liệu được sửa bởi các tệp lần này",
                columns=columns,
                rows=rows,
                note=_more(len(changed)),
            ),
        ]
    return blocks


def _not_told_again(results: Sequence[FileResult]) -> list[Block]:
    """Return the files that were set aside before and have nothing left to mend, if any."""
    found = [(r, f) for r in results for f in r.findings if f.code in ("no-form-again", "mended")]
    if not found:
        return []
    columns = (Column("file", "Tệp"), Column("why", "Vì sao", width=3))
    rows = tuple((result.name, finding.sentence) for result, finding in found[:_MOST])
    title = "Tệp đã để riêng từ trước, không còn gì phải sửa"
    return [
        Heading("Không báo lại"),
        Table(id="khong-bao-lai", title=title, columns=columns, rows=rows, note=_more(len(found))),
    ]


def _text(value: object) -> str:
    return (
        numbers.points(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
    )


def _files(
    title: str, name: str, results: Sequence[FileResult], copies: Mapping[str, str]
) -> Table:
    columns = (
        Column("file", "Tệp", width=2),
        Column("holds", "Phiếu", width=1.4),
        Column("errors", "Số lỗi", "integer"),
        Column("first", "Lỗi đầu tiên", width=3),
        Column("copy", "Bản đánh dấu", "file", width=2),
    )
    rows = []
    for result in results[:_MOST]:
        errors = [f for f in result.findings if f.severity == "error"]
        holds = ", ".join(result.holds[:3]) + (
            f" và {len(result.holds) - 3} phiếu khác" if len(result.holds) > 3 else ""
        )
        rows.append(
            (
                result.name,
                holds or None,
                len(errors),
                errors[0].sentence if errors else None,
                copies.get(result.digest),
            )
        )
    return Table(id=name, title=title, columns=columns, rows=tuple(rows), note=_more(len(results)))


def _of_aside(result: FileResult) -> list[Finding]:
    """Return what is told of a file that was set aside."""
    return [f for f in result.findings if f.severity != "note" and f.code != "revises"]


def _of_stopped(result: FileResult) -> list[Finding]:
    """Return what stops the forms of a taken file from being classified."""
    return result.unclassified


def _of_odd(result: FileResult) -> list[Finding]:
    """Return what else is to be looked at in a taken file."""
    stops = result.unclassified
    return [
        f
        for f in result.findings
        if f.severity == "warning" and f.code != "revises" and f not in stops
    ]


def _findings(
    title: str,
    name: str,
    results: Sequence[FileResult],
    told: Callable[[FileResult], list[Finding]],
) -> Table:
    """Return one table for all files, with a heading for each file."""
    rows: list[tuple[str | None, ...]] = []
    bands: list[tuple[int, str]] = []
    total = 0
    for result in results:
        found = told(result)
        total += len(found)
        if len(rows) < _MOST and found:
            bands.append((len(rows), result.name))
            rows.extend(_row(finding) for finding in found)
    return Table(
        id=name,
        title=title,
        columns=_COLUMNS,
        rows=tuple(rows),
        bands=tuple(bands),
        note=_more(total, len(rows)),
    )


def _row(finding: Finding) -> tuple[str | None, ...]:
    place = finding.place
    where = (
        f"{place.sheet}!{place.cell}"
        if place.cell
        else place.sheet or (f"dòng {place.line}" if place.line else "cả tệp")
    )
    stops = finding.severity == "error" or finding.code in STOPS_CLASSIFYING
    severity = "" if stops else "(xem lại) "
    allowed = ", ".join(finding.allowed[:12]) or None
    return (
        where,
        place.label or None,
        severity + finding.sentence,
        allowed,
        finding.fix or None,
        finding.clause or None,
    )


def _more(count: int, shown: int = _MOST) -> str:
    return f"Còn {count - shown} dòng nữa, xem trong findings.json." if count > shown else ""
