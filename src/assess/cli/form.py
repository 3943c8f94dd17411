"""``assess form``: Excel forms to send out."""

from __future__ import annotations

from pathlib import Path

import click

from assess.cli.options import find_workspace, records_option, workspace_option


@click.command(
    "form",
    help="Lập phiếu chấm điểm Excel của một chi bộ, hoặc của mọi chi bộ thuộc một đảng bộ, cho một tháng. ĐƠN_VỊ là mã chi bộ hoặc đảng bộ; THÁNG dạng 2026-03.",
)
@click.argument("unit", metavar="ĐƠN_VỊ")
@click.argument("month", metavar="THÁNG")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("forms"),
    show_default=True,
    help="Thư mục nhận phiếu.",
)
@click.option(
    "--one-workbook",
    is_flag=True,
    help="Một sổ cho cả đảng bộ, mỗi chi bộ một trang; mặc định mỗi chi bộ một tệp.",
)
@click.option(
    "--summary", is_flag=True, help="Bảng tổng hợp tháng của đảng bộ thay cho phiếu từng chi bộ."
)
@click.option("--thematic", is_flag=True, help="Phiếu của buổi chuyên đề họp riêng.")
@click.option(
    "--rule-set",
    default="auto",
    show_default=True,
    help="Biểu điểm; auto là biểu mà chi bộ đang áp dụng.",
)
@records_option
@click.option(
    "--filled",
    is_flag=True,
    help="Ghi sẵn số liệu đã có của buổi họp (không dùng cho bảng tổng hợp).",
)
@click.option("--force", is_flag=True, help="Ghi đè tệp đã có.")
@workspace_option
def command(
    unit: str,
    month: str,
    out: Path,
    one_workbook: bool,
    summary: bool,
    thematic: bool,
    rule_set: str,
    records: str,
    filled: bool,
    force: bool,
    folder: Path | None,
) -> None:
    """Write forms; a file that is there already is left alone unless told otherwise."""
    from assess.exchange.forms.make_forms import make_forms

    if summary and (filled or one_workbook):
        raise click.UsageError("--summary không đi cùng --filled hay --one-workbook")
    workspace = find_workspace(folder)
    source = workspace.source(records)
    written = make_forms(
        source,
        workspace.rules_for(source),
        unit,
        month,
        out,
        how="summary" if summary else "workbook" if one_workbook else "files",
        thematic=thematic,
        rule_set=rule_set,
        filled=filled,
        force=force,
    )
    click.echo(
        f"Đã ghi {len(written)} tệp vào {out}: {written[0].name}"
        + (f" … {written[-1].name}" if len(written) > 1 else "")
    )
