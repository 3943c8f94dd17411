"""``assess issue``: a report goes out, with its number, and is kept as it went."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assess.base.errors import input_error
from assess.cli.options import find_workspace, workspace_option


@click.command(
    "issue",
    help=(
        "Phát hành một báo cáo đã lập: lập lại từ chính số liệu của nó với số văn bản, lưu nguyên trạng vào phat-hanh/ (không ghi đè), ghi vào "
        "sổ văn bản, kèm danh sách Excel. Bản phát hành lại phải nêu thay thế hoặc bổ sung cho số nào. Không nêu báo cáo: kiểm tra sổ và các tệp đã phát hành."
    ),
)
@click.argument("report", metavar="BÁO_CÁO", type=click.Path(path_type=Path), required=False)
@click.option("--number", default="", metavar="SỐ", help="Số của văn bản, ví dụ 38.")
@click.option("--replaces", default="", metavar="SỐ", help="Thay thế văn bản này, ví dụ 38-BC/ĐU.")
@click.option("--adds-to", default="", metavar="SỐ", help="Bổ sung cho văn bản này.")
@workspace_option
def command(
    report: Path | None, number: str, replaces: str, adds_to: str, folder: Path | None
) -> None:
    """Issue a report, or check what was issued."""
    from assess.base.machine import now
    from assess.runs.issue import check_issued, issue, written
    from assess.runs.register import LIST, Register

    workspace = find_workspace(folder)
    if report is None and (number or replaces or adds_to):
        raise input_error("issue-no-report", "BÁO_CÁO")
    if report is None:
        problems = check_issued(workspace)
        register = Register(workspace.root)
        for document in register.documents:
            click.echo(f"{document.words}: {document.subject} → {document.folder}")
        for problem in problems:
            click.echo(f"✗ {problem}", err=True)
        if register.documents:
            click.echo(f"Danh sách: {register.write_list()}")
        else:
            click.echo("Chưa phát hành văn bản nào.")
        if problems:
            sys.exit(1)
        return
    if not number:
        raise input_error("issue-which-number", "--number")
    if replaces and adds_to:
        raise input_error("issue-both", "--replaces, --adds-to")
    how = "replaces" if replaces else "adds_to" if adds_to else ""
    document = issue(workspace, report, number, how=how, earlier=replaces or adds_to)
    today = now().date().isoformat()
    if document.day != today:
        click.echo(
            f"! ngày ghi trên văn bản là {written(document.day)}, hôm nay là {written(today)}",
            err=True,
        )
    click.echo(f"Đã phát hành {document.words}. Lưu tại {document.folder}; sổ: phat-hanh/{LIST}")
