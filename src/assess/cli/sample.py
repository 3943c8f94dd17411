"""``assess sample``: a synthetic province."""

from __future__ import annotations

from pathlib import Path

import click

from assess.base.errors import refuse
from assess.cli.options import find_workspace, workspace_option


@click.command("sample", help="Tạo số liệu mẫu (CSV) của một tỉnh giả định; cùng tham số thì cùng số liệu.")
@click.argument("folder_out", metavar="THƯ_MỤC", type=click.Path(path_type=Path))
@click.option("--chi-bo", type=int, default=60, show_default=True, help="Số chi bộ.")
@click.option("--seed", type=int, default=2026, show_default=True, help="Số khởi tạo ngẫu nhiên.")
@click.option(
    "--form", default="", help="Cả tỉnh áp dụng một biểu này suốt thời gian; không nêu thì mỗi đảng bộ theo biểu của mình từng thời kỳ."
)
@click.option("--force", is_flag=True, help="Ghi đè các tệp CSV đã có.")
@workspace_option
def command(folder_out: Path, chi_bo: int, seed: int, form: str, force: bool, folder: Path | None) -> None:
    """Write the tables of a synthetic province."""
    from assess.records.csv_folder import write_folder
    from assess.records.sample import make_sample

    rules = find_workspace(folder).rules()
    if folder_out.is_dir() and any(folder_out.iterdir()) and not force:
        raise refuse("not-empty", str(folder_out), hint="--force")
    tables = make_sample(rules, chi_bo, seed, form)
    try:
        write_folder(folder_out, tables)
    except OSError as error:
        raise refuse("unwritable", str(error.filename or folder_out), reason=error.strerror or "?") from error
    counts = ", ".join(f"{name} {len(table)}" for name, table in tables.items())
    click.echo(f"Đã ghi {folder_out}: {counts} dòng.")
