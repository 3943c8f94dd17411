"""``assess intake``: forms, monthly summaries and tables into the store."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assess.cli.options import (
    Bar,
    allow_future_option,
    clock_right_option,
    find_workspace,
    json_option,
    known_writer,
    period_of,
    recorded_at_option,
    stated_moment,
    store_option,
    workspace_option,
)

if TYPE_CHECKING:
    from assess.exchange.intake import Intake

_SHOWN = 40


@click.command(
    "intake",
    help="Nhận phiếu Excel, bảng tổng hợp tháng và bảng CSV vào kho số liệu. TỆP là tệp hoặc thư mục. Tệp có lỗi được để riêng, không mất; nhận lại cùng tệp thì không đổi gì.",
)
@click.argument("paths", metavar="TỆP...", nargs=-1, required=True, type=click.Path(path_type=Path))
@store_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("intake"),
    show_default=True,
    help="Thư mục nhận kết quả: trang lỗi, bản đánh dấu, tệp để riêng.",
)
@click.option(
    "--period", default="", help="Chỉ nhận phiếu của kỳ này, chẳng hạn 2026-03 hoặc 2026-Q1."
)
@click.option("--dang-bo", default="", help="Chỉ nhận phiếu của các chi bộ thuộc đảng bộ này.")
@recorded_at_option
@click.option(
    "--reason",
    default="",
    metavar="LÝ_DO",
    help="Vì sao nêu --recorded-at; giữ trong kho, xem bằng assess store log.",
)
@allow_future_option
@clock_right_option
@click.option(
    "--again", is_flag=True, help="Nhận lại cả tệp đã nhận, chẳng hạn để quay lại bản cũ."
)
@click.option(
    "--unicode",
    "to_unicode",
    is_flag=True,
    help="Chuyển chữ theo bảng mã TCVN3 (.VnTime), VNI sang Unicode; từng ô được báo.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1, 64),
    default=None,
    help="Số tệp đọc cùng lúc; mặc định bằng số lõi.",
)
@workspace_option
@json_option
def command(
    paths: tuple[Path, ...],
    store: Path,
    out: Path,
    period: str,
    dang_bo: str,
    recorded_at: str,
    reason: str,
    allow_future: bool,
    clock_right: bool,
    again: bool,
    to_unicode: bool,
    jobs: int | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Take files in; exit 1 when any was set aside."""
    from assess.base.machine import cores
    from assess.exchange.intake import take_in
    from assess.exchange.store import Store

    workspace = find_workspace(folder)
    at = stated_moment(recorded_at, reason, allow_future=allow_future)
    wanted = period_of(period) if period else None
    jobs = jobs or cores()
    by = known_writer(workspace, clock_right=clock_right, needed=False)
    kept = Store(workspace.root / store, create=True, by=by)
    rules = workspace.rules_for(kept)
    bar = Bar()
    intake = take_in(
        kept,
        rules,
        paths,
        recorded_at=at,
        reason=reason,
        again=again,
        to_unicode=to_unicode,
        without=out,
        period=wanted,
        dang_bo=dang_bo,
        jobs=jobs,
        progress=lambda done, total: bar.show(done, total, ""),
    )
    bar.close()
    answer(intake, out, jobs, as_json=as_json)


def answer(intake: Intake, out: Path, jobs: int, *, as_json: bool) -> None:
    """Write the page, findings and marked copies of an intake below ``out``; print; may exit 1."""
    from assess.exchange.intake.marked import send_back
    from assess.reports.intake_page import intake_page

    target = out / f"{intake.recorded_at:%Y%m%d-%H%M%S}"
    copies = send_back(intake, target, jobs)
    target.mkdir(parents=True, exist_ok=True)
    paths = {digest: copy.path for digest, copy in copies.items()}
    (target / "index.html").write_text(intake_page(intake, paths), encoding="utf-8")
    around = {digest: copy.around for digest, copy in copies.items() if copy.around}
    told = {**intake.as_json(), "copies": paths, "around": around}
    (target / "findings.json").write_text(
        json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    if as_json:
        click.echo(json.dumps(intake.as_json(), ensure_ascii=False, indent=1))
    else:
        _print(intake, target)
    if intake.count("set_aside"):
        sys.exit(1)


def _print(intake: Intake, target: Path) -> None:
    said = 0
    for result in intake.files:
        for finding in result.findings:
            if finding.severity == "error" and said < _SHOWN:
                click.echo(
                    f"✗ {finding}"
                    + (f" · cách sửa: {finding.fix}" if finding.fix and not finding.hint else ""),
                    err=True,
                )
                said += 1
    errors = sum(f.severity == "error" for result in intake.files for f in result.findings)
    if errors > said:
        click.echo(f"… và {errors - said} lỗi khác, xem trang lỗi", err=True)
    stopped = [
        f"{', '.join(result.holds)} ({len(found)} chỗ)"
        for result in intake.files
        if (found := result.unclassified)
    ]
    for about in stopped[:_SHOWN]:
        click.echo(f"! đã nhận, chưa xếp loại được: {about}", err=True)
    if len(stopped) > _SHOWN:
        click.echo(f"… và {len(stopped) - _SHOWN} tệp khác chưa xếp loại được", err=True)
    warnings = sum(
        f.severity == "warning"
        for result in intake.files
        if result.outcome == "taken"
        for f in result.findings
    )
    click.echo(
        f"{len(intake.files)} tệp: nhận {intake.count('taken')}, đã có kết quả từ trước {intake.count('known')}, để riêng {intake.count('set_aside')}. "
        f"Thêm {intake.added} dòng, {f'bổ sung {intake.completed} dòng, ' if intake.completed else ''}sửa {intake.revised} dòng; {warnings} chỗ cần xem lại. Chi tiết: {target / 'index.html'}"
    )
