"""``assess form``: Excel forms to send out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
@click.option("--pdf", is_flag=True, help="Một tệp PDF gồm phiếu của mọi chi bộ, để in và ghi tay.")
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
    pdf: bool,
    summary: bool,
    thematic: bool,
    rule_set: str,
    records: str,
    filled: bool,
    force: bool,
    folder: Path | None,
) -> None:
    """Write forms; a file that is there already is left alone unless told otherwise."""
    from assess.exchange.forms.make_forms import forms_of_month, make_forms
    from assess.records.unit_names import unit_meant
    from assess.workspace.practice import is_practice

    if summary and (filled or one_workbook or pdf):
        raise click.UsageError("--summary không đi cùng --filled, --one-workbook hay --pdf")
    if pdf and one_workbook:
        raise click.UsageError("--pdf không đi cùng --one-workbook")
    workspace = find_workspace(folder)
    source = workspace.source(records)
    if pdf:
        forms = forms_of_month(
            source,
            workspace.rules_for(source),
            unit,
            month,
            thematic=thematic,
            rule_set=rule_set,
            filled=filled,
        )
        path = _write_pdf(
            forms,
            unit_meant(source.tree, unit),
            out,
            force=force,
            practice=is_practice(workspace.root),
        )
        click.echo(f"Đã ghi {len(forms)} phiếu vào {path}")
        return
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


def _write_pdf(forms: list[Any], unit: str, out: Path, *, force: bool, practice: bool) -> Path:
    """Write the forms of a month as one PDF; return its path."""
    from assess.base.errors import input_error
    from assess.reports.form_pages import forms_pdf

    first = forms[0][0]
    kind = "-chuyen-de" if first.rules.meeting == "chuyen_de" else ""
    path = out / f"phieu-{unit}-{first.form_id.month}{kind}.pdf"
    if path.exists() and not force:
        raise input_error("file-exists", str(path), hint="--force")
    out.mkdir(parents=True, exist_ok=True)
    path.write_bytes(forms_pdf(forms, f"Phiếu chấm điểm {first.month}", practice=practice))
    return path
